"""Which call a fault is for, and what is known of its firing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from harness.faults import FaultBox, fault
from harness.model import Action, Fault, Header, Point
from harness.recorder import Recorder


def hits(box: FaultBox, count: int, **call: object) -> list[bool]:
    return [box.take("till", "sell", **call) is not None for _ in range(count)]  # type: ignore[arg-type]


def test_a_fault_is_for_its_nth_call_alone(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset", nth=2))
    assert hits(box, 4) == [False, True, False, False]


def test_a_fault_for_every_call_is_for_every_call(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset", nth=None))
    assert hits(box, 3) == [True, True, True]


def test_calls_of_other_services_and_operations_are_not_counted(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset", nth=1))
    assert box.take("till", "close") is None
    assert box.take("bank", "sell") is None
    assert hits(box, 1) == [True]


def test_counting_starts_again_with_a_new_case(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset", nth=2))
    assert hits(box, 1) == [False]
    box.reset()
    assert hits(box, 2) == [False, True]


def test_a_fault_per_key_counts_each_key_for_itself(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset", nth=2, per_key=True))
    seen = [box.take("till", "sell", key=key) is not None for key in ("a", "b", "a", "b", "a")]
    assert seen == [False, False, True, True, False]


def test_a_fault_of_one_key_is_for_the_first_that_gets_there_and_for_no_other(
    box: FaultBox,
) -> None:
    box.inject(fault("till.sell", "reset", nth=2, per_key="one"))
    keys = ("a", "b", "b", "a", "b", "c", "c")
    assert [box.take("till", "sell", key=key) is not None for key in keys] == [
        False, False, True, False, False, False, False,
    ]  # fmt: skip
    box.reset()
    assert [box.take("till", "sell", key="a") is not None for _ in range(2)] == [False, True]


def test_a_fault_of_one_key_that_another_fault_was_taken_for_waits_for_the_next_key(
    box: FaultBox,
) -> None:
    box.inject(fault("till.sell", "error"), fault("till.sell", "reset", per_key="one"))
    taken = [box.take("till", "sell", key=key) for key in ("a", "b")]
    assert [each and each.do.do for each in taken] == ["error", "reset"]


def test_a_call_that_another_fault_befell_was_met_though_it_did_not_fire(box: FaultBox) -> None:
    plan, own = fault("till.sell", "error"), fault("till.sell", "reset")
    missed = fault("till.sell", "latency", nth=2)
    box.inject(plan, own, missed)
    call = box.take("till", "sell")
    assert call == plan
    box.fired(1, plan)
    assert box.not_fired() == (own, missed)
    assert box.not_met() == (missed,)


def test_every_call_of_one_key_can_be_failed(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset", nth=None, per_key="one"))
    taken = [box.take("till", "sell", key=key) for key in (None, "a", "b", "a")]
    assert [each is not None for each in taken] == [False, True, False, True]


def test_every_attempt_of_one_keys_call_is_failed(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset", per_key="one"))
    asked = [("a", "x", 1), ("b", "y", 1), ("a", "x", 2), ("a", "z", 1)]
    taken = [
        box.take("till", "sell", key=key, sdk_call=sdk_call, attempt=attempt)
        for key, sdk_call, attempt in asked
    ]
    assert [each is not None for each in taken] == [True, False, True, False]


def test_a_fault_per_key_leaves_calls_without_a_key_alone(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset", nth=1, per_key=True))
    assert hits(box, 2) == [False, False]


def test_a_numbered_fault_comes_before_one_for_every_call(box: FaultBox) -> None:
    always, second = fault("till.sell", "latency", nth=None), fault("till.sell", "reset", nth=2)
    box.inject(always, second)
    assert [box.take("till", "sell") for _ in range(3)] == [always, second, always]


def test_the_attempts_of_one_sdk_call_count_as_one_call(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset", nth=2))
    first = [box.take("till", "sell", attempt=n, sdk_call="x") for n in (1, 2, 3)]
    second = [box.take("till", "sell", attempt=n, sdk_call="y") for n in (1, 2)]
    assert [f is not None for f in (*first, *second)] == [False, False, False, True, True]


def test_a_fault_of_the_first_attempt_lets_the_sdks_retry_through(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset").model_copy(update={"attempts": "first"}))
    taken = [box.take("till", "sell", attempt=n, sdk_call="x") for n in (1, 2)]
    assert [f is not None for f in taken] == [True, False]


def test_a_point_can_name_function_resource_and_fields_of_the_request(box: FaultBox) -> None:
    at = Point(
        service="till", operation="sell", function="pay", resource="t1", match={"order.id": "o1"}
    )
    box.inject(Fault(at=at, nth="every", do=Action(do="reset")))
    right = {"function": "pay", "resource": "t1", "request": {"order": {"id": "o1"}}}
    assert hits(box, 1, **right) == [True]
    for wrong in ({"function": "match"}, {"resource": "t2"}, {"request": {"order": "o1"}}):
        assert hits(box, 1, **{**right, **wrong}) == [False]


def test_a_healed_fault_is_taken_no_more_but_still_known_as_not_fired(box: FaultBox) -> None:
    planned = fault("till.sell", "reset")
    box.inject(planned)
    box.heal()
    assert hits(box, 1) == [False]
    assert box.not_fired() == (planned,)


def test_healing_by_id_leaves_other_faults_in_force(box: FaultBox) -> None:
    stays, goes = fault("till.sell", "reset", nth=2), fault("till.sell", "latency")
    box.inject(stays, goes)
    box.heal(goes.id)
    assert hits(box, 2) == [False, True]


def test_what_somebody_outside_injected_outlasts_a_case_until_they_take_it_back(
    box: FaultBox,
) -> None:
    rule = fault("till.sell", "reset", nth=None)
    box.inject(rule, stays=True)
    box.heal()
    box.reset()
    box.heal(rule.id)
    assert hits(box, 2) == [True, True]
    box.remove(rule)
    assert hits(box, 1) == [False]


def test_only_a_fault_that_was_said_to_have_happened_has_fired(box: FaultBox) -> None:
    planned = fault("till.sell", "reset")
    box.inject(planned)
    assert box.take("till", "sell") == planned
    assert box.not_fired() == (planned,)
    box.fired(7, planned)
    assert box.not_fired() == ()
    assert [(f.fault, f.call) for f in box.firings] == [(planned.id, 7)]


def test_a_new_case_forgets_healed_faults_and_firings(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset"))
    box.fired(1, fault("till.sell", "reset"))
    box.heal()
    box.reset()
    assert (box.firings, box.not_fired()) == ((), ())


def test_of_many_calls_at_once_exactly_one_is_the_nth(box: FaultBox) -> None:
    box.inject(fault("till.sell", "reset", nth=20))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: box.take("till", "sell"), range(40)))
    assert sum(f is not None for f in taken) == 1


def test_a_probability_is_replayed_by_its_seed(tmp_path: Path) -> None:
    def drawn(seed: int) -> list[bool]:
        box = FaultBox(Recorder(tmp_path / "history.jsonl", Header()), Random(seed))  # noqa: S311
        maybe = fault("till.sell", "reset", nth=None).model_copy(update={"probability": 0.5})
        box.inject(maybe)
        return hits(box, 40)

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert 0 < sum(drawn(1)) < 40
