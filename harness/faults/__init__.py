"""Faults: drawn as plans, matched to calls, counted, and shown to have fired.

Knows nothing of how a fault is done; whoever hosts a call (the wire, a double) does it.
"""

from harness.faults.box import FaultBox
from harness.faults.breaking import kill, reset
from harness.faults.counting import Counting
from harness.faults.matching import ANY
from harness.faults.menu import Menu, Option, fault, plans
from harness.faults.peers import Peers
from harness.faults.rules import RuleError, from_rule, from_rules, to_rules

__all__ = [
    "ANY",
    "Counting",
    "FaultBox",
    "Menu",
    "Option",
    "Peers",
    "RuleError",
    "fault",
    "from_rule",
    "from_rules",
    "kill",
    "plans",
    "reset",
    "to_rules",
]
