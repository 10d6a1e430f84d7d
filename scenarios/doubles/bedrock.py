"""Amazon Bedrock's Converse operation, with a model that answers from ground truth.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. The story tells
it what each list means, so nothing of the application's own parsing is used to judge it. A list
that carries an injection makes it answer as a compromised model would: it does as it is told.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from time import monotonic
from typing import ClassVar

from harness.doubles import Double, Host, Reply, Request, Route
from harness.faults import Menu, Option
from harness.model import Action, Json
from scenarios.doubles.model import Item, Knowledge, answer, nonsense, obeyed
from scenarios.doubles.prompt import Prompt, read

_ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("ValidationException", "The input fails to satisfy the constraints."),
    403: ("AccessDeniedException", "You don't have access to the model with that model ID."),
    404: ("ResourceNotFoundException", "Could not resolve the foundation model."),
    408: ("ModelTimeoutException", "The request took too long to process."),
    424: ("ModelErrorException", "The request failed due to an error while processing the model."),
    429: ("ThrottlingException", "Too many requests, please wait before trying again."),
    500: ("InternalServerException", "An internal server error occurred. Retry your request."),
    503: ("ServiceUnavailableException", "Bedrock is unable to process your request."),
}
"""What the service model documents, by HTTP status. ModelNotReadyException shares 429."""

_MODEL_ID = re.compile(r"[A-Za-z0-9.:/_-]{1,2048}")
_SLOW = 6.0

BEDROCK = Menu(
    "bedrock",
    (
        Option("converse", "before", Action(do="error", status=429), "our quota is used up"),
        Option("converse", "before", Action(do="error", status=503), "Bedrock is overloaded"),
        Option("converse", "before", Action(do="error", status=408), "the model took too long"),
        Option("converse", "before", Action(do="error", status=424), "the model failed"),
        Option("converse", "before", Action(do="error", status=500), "Bedrock is broken"),
        Option("converse", "before", Action(do="reset"), "the connection broke"),
        Option("converse", "after", Action(do="truncate"), "the connection broke in the answer"),
        Option("converse", "before", Action(do="hold", seconds=_SLOW), "no answer at all"),
        Option("converse", "before", Action(do="nonsense"), "an answer of another shape"),
        Option("converse", "before", Action(do="prose"), "the model talks, and calls no tool"),
        Option("converse", "before", Action(do="max_tokens"), "the answer ends in the middle"),
        Option("converse", "before", Action(do="filtered"), "a guardrail steps in"),
    ),
)


class Bedrock(Double):
    """One model behind Converse, whichever model is asked for."""

    name: ClassVar[str] = "bedrock"
    menu: ClassVar[Menu] = BEDROCK

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._known = Knowledge()

    def knows(self, text: str, items: Sequence[Item | Mapping[str, Json]]) -> None:
        """This list means these items. Safe from any thread."""
        self._known.add(text, [i if isinstance(i, Item) else Item(**i) for i in items])

    def means(self, name: str, product: str | None) -> None:
        """An item of this name is this product; None for none of them. Safe from any thread."""
        self._known.choose(name, product)

    def routes(self) -> Sequence[Route]:
        """Converse."""
        return (Route("POST", "/model/{modelId}/converse", "converse", self._converse),)

    def error(self, status: int, code: str | None = None) -> Reply:
        """An error of the rest-json protocol, with its type in the header."""
        usual, message = _ERRORS.get(status, ("ValidationException", "Unknown operation."))
        kind = code or usual
        headers = {"x-amzn-ErrorType": kind, "x-amzn-RequestId": "double"}
        return Reply(status, {"message": message}, headers, value={"code": kind})

    def key(self, request: Request) -> str | None:
        """The order, where the caller names it in ``requestMetadata``."""
        body = request.json()
        metadata = body.get("requestMetadata") if isinstance(body, dict) else None
        order = metadata.get("orderId") if isinstance(metadata, dict) else None
        return order if isinstance(order, str) else None

    def summary(self, request: Request) -> Mapping[str, Json]:
        """Which model and which tool; never the prompt."""
        prompt = read(request.json())
        return {
            "model": request.parameters.get("modelId"),
            "tool": prompt.tool if isinstance(prompt, Prompt) else None,
        }

    def attempt(self, request: Request) -> tuple[int, str | None]:
        """The SDK says so in its headers."""
        counted = re.search(r"attempt=(\d+)", request.headers.get("amz-sdk-request", ""))
        sdk_call = request.headers.get("amz-sdk-invocation-id")
        return (int(counted.group(1)) if counted else 1), sdk_call

    def _converse(self, request: Request) -> Reply:
        start = monotonic()
        prompt = read(request.json())
        if not _MODEL_ID.fullmatch(request.parameters["modelId"]) or isinstance(prompt, str):
            return self.error(400)
        for action, spoil in _SPOILT.items():
            if request.act(action):
                return _said(prompt, *spoil(prompt), start)
        if prompt.tool is None:
            return _said(prompt, [{"text": "How can I help?"}], "end_turn", start)
        told = obeyed(prompt, self._known) if self._known.injected(prompt.text) else None
        given = answer(prompt, self._known) if told is None else told
        return _said(prompt, [_used(prompt, given)], "tool_use", start)


def _used(prompt: Prompt, given: Json) -> dict[str, Json]:
    made = sha256(prompt.text.encode()).hexdigest()[:22]
    return {"toolUse": {"toolUseId": f"tooluse_{made}", "name": prompt.tool, "input": given}}


_Spoil = Callable[[Prompt], tuple[list[dict[str, Json]], str]]

_SPOILT: Mapping[str, _Spoil] = {
    "nonsense": lambda prompt: ([_used(prompt, nonsense(prompt))], "tool_use"),
    "prose": lambda _: ([{"text": "Here is your list, nicely formatted!"}], "end_turn"),
    "max_tokens": lambda _: ([{"text": '{"items": [{"na'}], "max_tokens"),
    "filtered": lambda _: ([{"text": "Sorry, I can't help with that."}], "guardrail_intervened"),
}
"""Ways in which a model fails with status 200."""


def _said(prompt: Prompt, content: list[dict[str, Json]], stop: str, start: float) -> Reply:
    took_in, said = prompt.size // 4 + 1, len(str(content)) // 4 + 1
    body = {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop,
        "usage": {"inputTokens": took_in, "outputTokens": said, "totalTokens": took_in + said},
        "metrics": {"latencyMs": round((monotonic() - start) * 1000)},
    }
    return Reply(200, body, {"x-amzn-RequestId": "double"}, value={"reason": stop})
