"""Content types are parsed once, not with every request.

The web server builds an e-mail message of each to read it: a twelfth of what LocalStack does all
day, for a handful of values.
"""

from functools import lru_cache

_KNOWN = 256


def patch() -> None:
    """Let the web server remember what it parsed."""
    from twisted.web import http  # noqa: PLC0415

    parse = getattr(http, "_parseContentType", None)  # another release's may have none
    if parse is not None and not hasattr(parse, "cache_info"):
        http._parseContentType = lru_cache(_KNOWN)(parse)
