"""Larder: a grocery store that turns a free-text list into a paid order."""
