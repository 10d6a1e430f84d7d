"""What a story waits for, told by records."""

from harness import Reaches
from harness.model import Record


def changed(key: str, **value: object) -> Record:
    return Record(
        call=1, kind="ok", at=0, feed="observe", name="order.status", key=key, cases=(), held=value
    )


def test_entities_reach_a_state_that_their_records_show() -> None:
    paid = Reaches("order.status", ["a", "b"], {"PAID"})
    paid.see(changed("a", to="PAID"))
    assert not paid.met()
    assert "1 of 2 not in PAID: b is unseen" in paid.missing()
    assert paid.at("PAID") == {"a"}
    paid.see(changed("b", to="PAID"))
    assert paid.met()


def test_a_state_may_be_a_number_and_stand_in_another_field() -> None:
    second = Reaches("order.status", ["a"], {2}, field="attempt")
    second.see(changed("a", to="OPEN", attempt=1))
    assert "1 of 1 not in 2: a is 1" in second.missing()
    second.see(changed("a", to="OPEN", attempt=2))
    assert second.met()
    second.see(changed("a", to="OPEN"))
    assert not second.met()
