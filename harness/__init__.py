"""Proves that a serverless stage is fit to be promoted."""
