from collections.abc import Callable

from harness.engine.contract import ContractContext
from harness.model import Identity, UnitResult
from tests.harness.engine.contract.graphql.conftest import BOB

Make = Callable[..., ContractContext]
Run = Callable[..., list[UnitResult]]


def digests(context: Make, run: Run, *defects: str, **changes: object) -> list[str]:
    return [r.digest for r in run(context(*defects, **changes), "Mutation.writeNote")]


def test_a_seed_gives_the_same_cases_twice(context: Make, run: Run) -> None:
    assert digests(context, run) == digests(context, run)


def test_another_seed_gives_other_drawn_cases(context: Make, run: Run) -> None:
    first, second = digests(context, run), digests(context, run, seed=8)
    examples, boundaries, positive, negative, identities = range(5)
    assert first[positive] != second[positive]
    assert first[negative] != second[negative]
    assert [first[n] for n in (examples, boundaries, identities)] == [
        second[n] for n in (examples, boundaries, identities)
    ]


def test_tokens_and_ids_from_answers_are_no_part_of_the_cases(context: Make, run: Run) -> None:
    renewed = [Identity("alice", "token-alice-2", subject="alice"), BOB]
    mine = [r.digest for r in run(context(), "Query.note:")]
    theirs = [r.digest for r in run(context(identities=renewed), "Query.note:")]
    assert mine == theirs


def test_what_the_service_answers_does_not_change_what_is_drawn(context: Make, run: Run) -> None:
    def drawn(*defects: str) -> list[str]:
        return [r.digest for r in run(context(*defects), "Mutation.writeNote:positive")]

    assert drawn() == drawn("stars beyond five pass", "an error tells an ARN")
