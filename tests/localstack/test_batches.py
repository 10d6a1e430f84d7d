"""Lines and figures of functions are gathered, and none is lost."""

from dataclasses import dataclass
from typing import Any

from process_executor.batches import _MOST, Figures, Lines

END = object()


@dataclass(frozen=True)
class Item:
    """As LocalStack's own."""

    log_group: str
    log_stream: str
    logs: str


def test_lines_of_one_stream_come_together_in_their_order() -> None:
    lines = Lines(0.05)
    for item in (Item("g", "a", "1"), Item("g", "b", "2"), Item("g", "a", "3")):
        lines.put(item)
    assert [lines.get(), lines.get()] == [Item("g", "a", "1\n3"), Item("g", "b", "2")]
    lines.put(Item("g", "a", "4"))
    assert lines.get() == Item("g", "a", "4")


def test_the_end_is_not_waited_for_and_comes_after_the_lines() -> None:
    lines = Lines(600)
    lines.put(Item("g", "a", "1"))
    lines.put(END)
    assert lines.get() == Item("g", "a", "1")
    assert lines.get() is END
    lines.put(END)
    assert lines.get() is END


def test_figures_are_brought_once_by_account_and_region() -> None:
    brought: list[tuple[str, str, list[dict[str, Any]]]] = []
    figures = Figures(lambda *said: brought.append(said))
    for function in ("f", "g"):
        figures.add("Invocations", 1, {"func_name": function}, account_id="1", region_name="r")
    figures.add("Errors", 1, {"func_name": "f"}, region_name="s")
    figures.bring()
    figures.bring()
    assert [(account, region, len(each)) for account, region, each in brought] == [
        ("1", "r", 2), ("", "s", 1),
    ]  # fmt: skip
    first = brought[0][2][0]
    assert first["MetricName"] == "Invocations"
    assert first["Dimensions"] == [{"Name": "FunctionName", "Value": "f"}]


def test_more_figures_than_a_request_takes_are_brought_in_several() -> None:
    brought: list[int] = []
    figures = Figures(lambda account, region, each: brought.append(len(each)))
    for _ in range(_MOST + 1):
        figures.add("Invocations", 1, {"func_name": "f"})
    figures.bring()
    assert brought == [_MOST, 1]
