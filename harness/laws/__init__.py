"""Judges of a history: general laws, filled in with an application's names.

A law is data (a frozen model with a ``kind``), so that the header of a history carries it and the
history can be judged again without the application. It is pure; it takes what is uncertain as
Jepsen does: a call whose outcome is open may have happened, now or later, and is never a failure
by itself. A law that saw nothing, or that crashed, is ``unknown`` with the reason.
"""

from harness.laws.announced import announced
from harness.laws.base import SETTLED, BaseLaw
from harness.laws.breaker import breaker
from harness.laws.check import check, recheck
from harness.laws.dead_letters import dead_letters
from harness.laws.effects import (
    Effect,
    at_most_once,
    effect,
    never_final_without,
    one_charge_applied,
)
from harness.laws.errors import LawError
from harness.laws.faults_fired import faults_fired
from harness.laws.heard import MessagePaths, heard
from harness.laws.idempotent import idempotent
from harness.laws.messages import messages_kept
from harness.laws.no_secret import no_secret
from harness.laws.parameters import FromParameter, from_parameter
from harness.laws.patience import gives_up
from harness.laws.quiet import quiet
from harness.laws.refusals import refused_does_nothing
from harness.laws.registry import AnyLaw, dump, judge, judge_all, load
from harness.laws.retries import retries
from harness.laws.settling import HEALED, answers_within, nothing_lost, settles
from harness.laws.totals import LinePaths, totals
from harness.laws.tracing import (
    owners_only,
    refused_writes_nothing,
    writes_trace_to_accepted_requests,
)
from harness.laws.transitions import Graph, graph, legal_transitions, read_graph
from harness.laws.window_limit import window_limit

__all__ = [
    "HEALED",
    "SETTLED",
    "AnyLaw",
    "BaseLaw",
    "Effect",
    "FromParameter",
    "Graph",
    "LawError",
    "LinePaths",
    "MessagePaths",
    "announced",
    "answers_within",
    "at_most_once",
    "breaker",
    "check",
    "dead_letters",
    "dump",
    "effect",
    "faults_fired",
    "from_parameter",
    "gives_up",
    "graph",
    "heard",
    "idempotent",
    "judge",
    "judge_all",
    "legal_transitions",
    "load",
    "messages_kept",
    "never_final_without",
    "no_secret",
    "nothing_lost",
    "one_charge_applied",
    "owners_only",
    "quiet",
    "read_graph",
    "recheck",
    "refused_does_nothing",
    "refused_writes_nothing",
    "retries",
    "settles",
    "totals",
    "window_limit",
    "writes_trace_to_accepted_requests",
]
