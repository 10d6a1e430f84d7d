"""What could not be told, as data."""

from harness.model import Capability, Judgement, Unknown, UnknownKind, Verdict

LACK = Capability.QUEUE_CONCURRENCY


def test_what_is_lacking_is_written_and_read_again() -> None:
    told = Unknown(
        kind=UnknownKind.CAPABILITY, what="w", why="y", capabilities=(LACK,), answer=("op", "500")
    )
    assert Unknown.model_validate_json(told.model_dump_json()) == told


def test_an_unknown_that_lacks_nothing_is_written_as_older_versions_read_it() -> None:
    told = Unknown(kind=UnknownKind.BUDGET, what="w", why="y")
    assert told.model_dump(mode="json") == {"kind": "budget", "what": "w", "why": "y", "unit": ""}
    assert Unknown.model_validate(told.model_dump()) == told


def test_a_law_lacks_what_it_says_or_what_its_words_name_and_only_where_it_is_that_unknown() -> (
    None
):
    said = Judgement(
        law="l", verdict=Verdict.UNKNOWN, unknown=UnknownKind.CAPABILITY, why=f"few ({LACK})"
    )
    assert said.lacks == (LACK,)
    assert said.model_copy(update={"capabilities": (Capability.WAF,)}).lacks == (Capability.WAF,)
    assert said.model_copy(update={"unknown": UnknownKind.BUDGET}).lacks == ()
