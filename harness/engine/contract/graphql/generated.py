"""Documents that hypothesis-graphql draws, run by Schemathesis and judged by our laws."""

from typing import Any

from requests import Request
from schemathesis import Case, Response
from schemathesis.transport.requests import RequestsTransport

from harness.engine.contract.graphql.document import Asked
from harness.engine.contract.graphql.filling import filled
from harness.engine.contract.graphql.reading import INVALID, Reading
from harness.engine.contract.graphql.resting import let_rest
from harness.engine.contract.graphql.trial import Trial
from harness.engine.contract.schemathesis_adapter import Stopped, play_graphql
from harness.engine.seeds import unit_seed
from harness.model import UnknownKind


def run_generated(trial: Trial) -> None:
    """Play the unit's drawn documents as the customer."""
    exchanges = trial.asker.exchanges
    context, unit = exchanges.context, exchanges.unit
    if unit.kind == "positive":
        let_rest(trial, trial.values.required(trial.field, trial.identity) or {})
    for item in play_graphql(
        trial.asker.ground.api, trial.field, unit.kind, context.graphql_url, _Transport(trial),
        seed=unit_seed(context.seed, unit.id), examples=context.graphql.drawn,
        timeout=context.timeout,
    ):  # fmt: skip
        if isinstance(item, Stopped):
            exchanges.breaches.doubt(UnknownKind.HARNESS_ERROR, item.label, item.why[:400], unit.id)


class _Transport(RequestsTransport):
    """Hands what Schemathesis draws to the unit's own client."""

    def __init__(self, trial: Trial) -> None:
        super().__init__()
        self._trial = trial
        self._drawn = 0

    def send(self, case: Case[Any], **kwargs: Any) -> Response:
        """Ask; half of the valid ones with good values, since drawn texts are seldom what the
        application takes."""
        trial = self._trial
        if trial.asker.exchanges.unit.kind == "negative":
            asked = Asked(trial.field, str(case.body))
            reading = trial.refused("a drawn invalid document", asked, case=asked.text)
            return _response(case, reading)
        self._drawn += 1
        good = self._drawn % 2 == 1
        made = filled(str(case.body), trial, real=good)
        asked = Asked(trial.field, made.text)
        what = f"a drawn document{' with good values' if good else ''}"
        met = trial.takes_it_for_valid if good else _is_understood
        return _response(case, trial.accepted(what, asked, met=met, case=made.case))


def _is_understood(reading: Reading) -> bool:
    """Whether AppSync took the document for one of the schema's."""
    return reading.outcome != INVALID


def _response(case: Case[Any], reading: Reading | None) -> Response:
    """What Schemathesis wants to see; it doesn't judge it."""
    request = Request("POST", case.operation.base_url or "http://localhost").prepare()
    body = reading.answer.body if reading else b"{}"
    headers = {"content-type": ["application/json"]}
    return Response(reading.answer.status if reading else 200, headers, body, request, 0.0, False)
