from types import SimpleNamespace
from typing import Any, cast

from harness.engine.contract import callers
from harness.engine.contract.breaches import Breaches
from harness.model import Admission, Identity

ALICE, BOB, EVE = (Identity(name, name) for name in ("alice", "bob", "eve"))


def context(*identities: Identity, other_tier: Identity | None = None) -> Any:
    return SimpleNamespace(identities=identities, other_tier=other_tier, forged={"expired": EVE})


def test_nobody_and_whoever_has_a_bad_token_are_tried_everywhere() -> None:
    assert callers.strangers_to(context(ALICE), owned=False) == {"none", "malformed", "expired"}


def test_what_has_an_owner_is_tried_by_others_too_where_there_are_any() -> None:
    due = callers.strangers_to(context(ALICE, BOB, other_tier=EVE), owned=True)
    assert due - {"none", "malformed", "expired"} == {"other customer", "other tier"}
    assert callers.strangers_to(context(ALICE), owned=True) == {"none", "malformed", "expired"}


def test_who_was_due_and_was_not_tried_is_unknown() -> None:
    tried = {"none": Admission(outcome="401", met=True)}
    exchanges = SimpleNamespace(
        admissions=tried, breaches=Breaches(), unit=SimpleNamespace(id="unit")
    )
    callers.no_hole(cast(Any, exchanges), "GET /orders", {"none", "expired"})
    (doubt,) = exchanges.breaches.unknowns
    assert (doubt.what, doubt.why) == ("GET /orders", "it was not tried as expired")
