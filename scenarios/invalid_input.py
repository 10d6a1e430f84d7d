"""What breaks the contract is refused in clear words, and leaves nothing behind."""

from dataclasses import replace

from harness import Budget, Stage, scenario
from scenarios.laws import (
    LIFECYCLE,
    NOTHING_LOST,
    REFUSED_DOES_NOTHING,
    REFUSED_WRITES_NOTHING,
    TRACED,
)
from scenarios.shop import Shop
from scenarios.waiting import LINKED, are
from scenarios.wrong_lists import WrongList, wrong_lists

CLEAR = {"INVALID_PARAMETER", "INVALID_BODY", "PAYLOAD_TOO_LARGE", "INVALID_DOCUMENT"}
"""Whose fault it is, by either door; the last is the schema's own word."""


@scenario(
    work=wrong_lists(count=(20, 24)),
    laws=[REFUSED_DOES_NOTHING, REFUSED_WRITES_NOTHING, TRACED, LIFECYCLE, NOTHING_LOST],
    budget=Budget(cases=2),
)
def invalid_input(stage: Stage, work: tuple[WrongList, ...]) -> None:
    """Wrong sizes, characters, kinds and keys are refused; a refused key does for a good list."""
    shop = Shop(stage)
    wishes = [shop.intends(wrong.good) for wrong in work]
    said = stage.together(map(shop.submits_wrongly, wishes, (wrong.given for wrong in work)))
    for wrong, answer in zip(work, said, strict=True):
        assert answer.refusal in CLEAR, f"{wrong} was answered {answer.refusal or 'as a good one'}"

    kept = stage.together(map(shop.submits_again, wishes[::4]))
    assert all(each.ok and not each.replayed for each in kept), "a refused list left something"
    orders = [
        replace(w, id=each.body["orderId"]) for w, each in zip(wishes[::4], kept, strict=True)
    ]
    stage.until(are(orders, LINKED))
