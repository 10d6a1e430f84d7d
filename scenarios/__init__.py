"""Larder's stories, its laws and the third parties they need, through the harness's public API."""
