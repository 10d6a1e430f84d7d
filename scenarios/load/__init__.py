"""Larder under load: who its customers are, what they do, and what must hold."""
