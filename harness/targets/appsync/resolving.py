"""Runs resolvers: one step, or a pipeline that hands ``prev`` and ``stash`` on."""

from dataclasses import dataclass, field

from harness.model import Json
from harness.targets.appsync.api import Resolver, Step
from harness.targets.appsync.batching import Batch
from harness.targets.appsync.context import Context, part_of
from harness.targets.appsync.errors import FieldError
from harness.targets.appsync.invoke import Invoke


@dataclass
class Resolving:
    """The resolvers of one request: calls that can be joined are joined within it."""

    invoke: Invoke
    _batches: dict[tuple[str, str, int], Batch] = field(default_factory=dict)

    async def run(self, resolver: Resolver, context: Context) -> Json:
        """The field's value.

        Raises:
            FieldError: a function failed.
        """
        if not resolver.pipeline:
            return await self._step(resolver, 0, context)
        prev: Json = {}
        for position in range(len(resolver.steps)):
            step_context = {**context, "prev": {"result": prev}}
            prev = await self._step(resolver, position, step_context)
        return prev

    async def _step(self, resolver: Resolver, position: int, context: Context) -> Json:
        step = resolver.steps[position]
        payload = part_of(context, step.payload)
        if step.function is None:
            return payload
        if step.batch:
            return await self._batch(resolver, position, step.function, step)(payload)
        invocation = await self.invoke(step.function, payload)
        if invocation.error is None:
            return opened(invocation.result) if step.envelope else invocation.result
        if step.raises:
            raise FieldError(invocation.message, f"Lambda:{invocation.error}")
        return None  # what AppSync makes of an error that the mapping never asked for

    def _batch(self, resolver: Resolver, position: int, function: str, step: Step) -> Batch:
        where = (resolver.type_name, resolver.field_name, position)
        if where not in self._batches:
            self._batches[where] = Batch(self.invoke, function, step.batch, step.raises)
        return self._batches[where]


def opened(answer: Json) -> Json:
    """The data in ``{data, errorMessage, errorType, errorInfo}``.

    Raises:
        FieldError: there is an error in it, or it isn't one of these.
    """
    if not isinstance(answer, dict):
        raise FieldError("Runtime Error", "Code")  # as APPSYNC_JS says of reading null's property
    if answer.get("errorType") or answer.get("errorMessage"):
        message, kind = str(answer.get("errorMessage")), str(answer.get("errorType"))
        raise FieldError(message, kind, answer.get("data"), answer.get("errorInfo"))
    return answer.get("data")
