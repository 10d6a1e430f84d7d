"""One document with an expectation, and what is said when it isn't met."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.engine.contract.cases import Cases
from harness.engine.contract.graphql.asker import Asker
from harness.engine.contract.graphql.document import Asked
from harness.engine.contract.graphql.reading import INVALID, Reading
from harness.engine.contract.graphql.selection import Selections
from harness.engine.contract.graphql.values import Values
from harness.engine.contract.response_laws import Broken
from harness.model import Identity, Json, UnknownKind
from harness.specs import RootField


@dataclass(frozen=True)
class Trial:
    """What the cases of a unit share."""

    asker: Asker
    values: Values
    selections: Selections
    cases: Cases
    field: RootField
    identity: Identity

    def expect(
        self, law: str, what: str, asked: Asked, met: Callable[[Reading], bool], expected: str,
        *, identity: Identity | None = None, case: Json = None, times: int = 1, who: str = "",
    ) -> Reading | None:  # fmt: skip
        """Ask; an answer that doesn't meet the expectation breaks the law.

        ``what`` goes on from "… answered ok to"; ``case`` tells cases of the same name apart;
        ``who`` is the kind of caller in the table of who is let in.
        """
        exchanges = self.asker.exchanges
        reading = self.asker.ask(asked, identity or self.identity, times=times)
        self.cases.add(self.field.label, law, what, case)
        good = reading is not None and met(reading)
        if who and reading is not None:
            exchanges.admit(who, reading.outcome, met=good)
        if reading is not None and not good:
            self.said(
                law, f"{reading.outcome} {what}",
                f"{self.field.label} answered {reading.outcome} to {what}",
                f"Expected {expected}.", reading,
            )  # fmt: skip
        exchanges.context.case_ended(exchanges.unit.id, good)
        return reading

    def refused(self, what: str, asked: Asked, *, case: Json = None) -> Reading | None:
        """Ask what has to be refused."""
        return self.expect(
            "negative_data_rejection", what, asked, is_refused, "an error and no value", case=case
        )

    def accepted(
        self, what: str, asked: Asked, *, met: Callable[[Reading], bool] | None = None,
        case: Json = None,
    ) -> Reading | None:  # fmt: skip
        """Ask what is valid: a state may still refuse it, but not for its form."""
        return self.expect(
            "positive_data_acceptance", what, asked, met or self.takes_it_for_valid,
            "a value, or an error that doesn't blame the request", case=case,
        )  # fmt: skip

    def lawful(self, what: str, asked: Asked) -> Reading | None:
        """Ask what may be answered in any lawful way."""
        return self.expect("lawful", what, asked, lambda reading: True, "any answer")

    def takes_it_for_valid(self, reading: Reading) -> bool:
        """Whether an answer doesn't blame the request."""
        settings = self.asker.ground.settings
        return reading.ok or reading.outcome not in (INVALID, *settings.invalid)

    def said(self, law: str, subject: str, title: str, detail: str, reading: Reading) -> None:
        """A law broken in a way that no single outcome tells."""
        self.asker.broken(self.field.label, Broken(law, subject, title, detail), reading.answer)

    def doubt(self, what: str, why: str) -> None:
        """Something that could not be tried."""
        exchanges = self.asker.exchanges
        exchanges.breaches.doubt(UnknownKind.NOTHING_SEEN, what, why, exchanges.unit.id)


def is_refused(reading: Reading) -> bool:
    """Whether there is an error, and no value for the field."""
    return bool(reading.errors) and reading.value is None
