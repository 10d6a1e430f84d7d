"""Measurements as data: compared, written, shown as a page."""

from datetime import date
from pathlib import Path

import pytest

from harness.commands.probe import page
from harness.model import Capability, Measured
from harness.probe import differences, table, write
from harness.probe.asking import Question
from harness.probe.bench import Bench
from harness.probe.probing import measured
from harness.targets import capabilities_of

ROOT = Path(__file__).parents[3]


def _measured(capability: Capability, has: bool, how: str = "tried") -> dict[Capability, Measured]:
    return {capability: Measured(capability, has, how)}


def test_the_same_answer_in_other_words_is_no_difference() -> None:
    assert (
        differences(_measured(Capability.WAF, False, "a"), _measured(Capability.WAF, False, "b"))
        == []
    )


def test_another_answer_a_new_one_and_one_not_asked_again_are_told() -> None:
    now = {**_measured(Capability.WAF, True), **_measured(Capability.TTL, False)}
    kept = {**_measured(Capability.WAF, False), **_measured(Capability.PIPES, True)}
    told = differences(now, kept)
    assert len(told) == 3
    assert any(line.startswith("waf: was no (tried); is yes") for line in told)
    assert any(line.startswith("ttl: new; no") for line in told)
    assert any(line.startswith("pipes: was not measured again") for line in told)


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x-1.json"
    write(path, _measured(Capability.WAF, False, 'said "ü"'), version="1", day=date(2026, 1, 2))
    text = path.read_text("utf-8")
    assert '{"capability": "waf", "has": false, "how": "said \\"ü\\""}' in text
    assert '"date": "2026-01-02"' in text


def test_the_page_has_a_row_for_each_capability_and_what_happened() -> None:
    said = table({"x-1": _measured(Capability.WAF, False, "tried | and failed")})
    assert "| `waf` | a web ACL that blocks everything: 403 | ✘ |" in said
    assert "| `ttl` | an expired item is deleted, within days | ? |" in said
    assert "tried \\| and failed" in said


def test_the_published_page_is_that_of_the_data() -> None:
    assert (ROOT / "docs" / "capabilities.md").read_text("utf-8") == page(), (
        "renew it: stageproof probe --write"
    )


def test_both_emulators_that_targets_start_were_asked_everything() -> None:
    for emulator in ("ministack-1.5.33", "localstack-4.14.0"):
        assert set(capabilities_of(emulator)) == set(Capability)


def test_an_answer_unlike_aws_is_a_lack_and_a_mistake_of_ours_is_not(tmp_path: Path) -> None:
    def unlike(bench: Bench) -> tuple[bool, str]:
        raise KeyError("Messages")

    def mistaken(bench: Bench) -> tuple[bool, str]:
        raise TypeError("ours")

    bench: Bench = object()  # type: ignore[assignment]  # neither uses it
    said = measured(bench, Question(Capability.WAF, unlike, "…"))
    assert not said.has
    assert "not answered as AWS does: KeyError" in said.how
    with pytest.raises(TypeError, match="ours"):
        measured(bench, Question(Capability.WAF, mistaken, "…"))
