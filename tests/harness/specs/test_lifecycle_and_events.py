from pathlib import Path

import pytest

from harness.specs import (
    ContractError,
    ContractSettings,
    load_contracts,
    load_document,
    read_asyncapi,
    read_lifecycle,
)

ROOT = Path(__file__).parents[3]

EVENTS = """\
asyncapi: 3.0.0
info: {title: E, version: '1'}
channels:
  lamps:
    messages:
      switched:
        payload: {type: object, required: [lamp], properties: {lamp: {type: string}}}
        examples: [{payload: {lamp: a}}]
operations:
  tell: {action: send, channel: {$ref: '#/channels/lamps'}}
"""


def test_a_lifecycle_is_a_graph(tmp_path: Path) -> None:
    (tmp_path / "l.yaml").write_text(
        "initial: a\nfinal: [b]\nstates: {a: {}, b: {}}\nsteps: [{from: a, to: b}]\n"
    )
    read = read_lifecycle(load_document(tmp_path, "l.yaml"))
    assert read.graph == {"a": ("b",), "b": ()}
    assert read.allows("a", "b")
    assert not read.allows("b", "a")


THREE = "initial: a\nfinal: [b]\nstates: [a, b, c]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (THREE + "steps: [{from: a, to: b}]", "c can't be reached"),
        (THREE + "steps: [{from: a, to: b}, {from: a, to: c}]", "c leads to no final state"),
        ("initial: a\nfinal: [b]\nstates: [a, b]\nsteps: [{from: a, to: x}]", "'x' is no state"),
        (
            "initial: a\nfinal: [a]\nstates: [a, b]\nsteps: [{from: a, to: b}, {from: b, to: a}]",
            "a is final but has a step",
        ),
        ("initial: a\nstates: [a]\nsteps: []", "final is missing"),
        ("initial: a\nfinal: [a]\nstates: [a]\nsteps: [{to: a}]", "a step needs from and to"),
    ],
)  # fmt: skip
def test_a_lifecycle_that_makes_no_sense_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "l.yaml").write_text(text)
    with pytest.raises(ContractError, match=said):
        read_lifecycle(load_document(tmp_path, "l.yaml"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("3.0.0", "2.6.0", "is not AsyncAPI 3"),
        ("version: '1'", "x: 1", "has no title and version"),
        ("action: send", "action: shout", "tell has no action"),
        ("#/channels/lamps", "#/channels/none", "refers to nothing"),
        ("{lamp: a}", "{lamp: 1}", "example 1 breaks its payload schema at lamp"),
        ("type: object,", "type: thing,", "payload is no JSON Schema"),
        ("        payload:", "        x-payload:", "switched has no payload"),
    ],
)
def test_events_that_make_no_sense_are_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in EVENTS
    (tmp_path / "e.yaml").write_text(EVENTS.replace(old, new, 1))
    with pytest.raises(ContractError, match=said):
        read_asyncapi(load_document(tmp_path, "e.yaml"))


def test_events_are_read_with_their_channel(tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(EVENTS)
    (message,) = read_asyncapi(load_document(tmp_path, "e.yaml")).messages
    assert (message.channel, message.name) == ("lamps", "switched")


def test_events_may_refer_to_the_rest_contract(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n"
        "components: {schemas: {L: {$ref: '#/components/schemas/M'}, M: {type: integer}}}\n"
    )
    events = EVENTS.replace("{type: string}", "{$ref: './api.yaml#/components/schemas/L'}")
    (tmp_path / "e.yaml").write_text(events)
    with pytest.raises(ContractError, match="breaks its payload schema at lamp"):
        load_contracts(ContractSettings(openapi="api.yaml", asyncapi="e.yaml"), tmp_path)


def test_problems_of_all_files_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "l.yaml").write_text("initial: a\n")
    settings = ContractSettings(openapi="none.yaml", lifecycle="l.yaml")
    with pytest.raises(ContractError) as caught:
        load_contracts(settings, tmp_path)
    assert {p.file.name for p in caught.value.problems} == {"none.yaml", "l.yaml"}


def test_this_projects_own_contracts_keep_the_house_rules() -> None:
    settings = ContractSettings(
        openapi="contracts/openapi.yaml",
        asyncapi="contracts/asyncapi.yaml",
        lifecycle="contracts/lifecycle.yaml",
        strict=True,
    )
    contracts = load_contracts(settings, ROOT)
    assert len(contracts.digests) == 3
