"""Who is let in: each mode in a module of its own, and the choice between them."""

from harness.targets.appsync.auth.door import Door
from harness.targets.appsync.auth.jwks import KeySets

__all__ = ["Door", "KeySets"]
