"""Doubles: stand-ins for third parties, hosted as real HTTP servers on loopback.

A double says what its provider would answer; the host serves it, does the planned faults and
writes every call into the history.
"""

from harness.doubles.double import Double
from harness.doubles.errors import DoubleError
from harness.doubles.exchange import Reply, Request, Route
from harness.doubles.host import Host
from harness.doubles.hosting import Doubles, menus_of, start_doubles
from harness.doubles.mishaps import GENERIC
from harness.doubles.settings import DoubleSettings

__all__ = [
    "GENERIC",
    "Double",
    "DoubleError",
    "DoubleSettings",
    "Doubles",
    "Host",
    "Reply",
    "Request",
    "Route",
    "menus_of",
    "start_doubles",
]
