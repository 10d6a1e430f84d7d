"""One call to a double, from its record to its answer, with the fault that was planned for it."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from harness.doubles import mishaps
from harness.doubles.double import Double
from harness.doubles.exchange import Reply, Request, Route
from harness.faults import kill, reset
from harness.model import GONE, Fault, Json, Kind

if TYPE_CHECKING:
    from harness.doubles.host import Host

_LATENCY = 1.0
"""Seconds, where a fault doesn't say."""


def kind_of(status: int | None) -> Kind:
    """What a status says of the effect: done, refused, or perhaps done."""
    if status is None or status >= 500:
        return "info"
    return "fail" if status >= 400 else "ok"


@dataclass
class Answering:
    """The life of one call."""

    host: "Host"
    double: Double
    route: Route
    request: web.Request
    asked: Request
    pid: int | None
    call: int = 0
    fault: Fault | None = None

    async def answer(self) -> web.StreamResponse:
        """Record it, do the effect and the fault in the planned order, record the outcome."""
        self._begin()
        fault = self.fault
        if fault is None or fault.do.do not in mishaps.GENERIC:
            return await self._own(fault)
        if fault.do.do == "duplicate":
            self._fired(fault)
            reply = await self._effect()
            await self._effect()
            return self._finish(reply)
        if fault.place == "before" and fault.do.do != "lose":
            self._fired(fault)
            return await self._spoil(fault, None)
        reply = await self._effect()
        self._fired(fault)
        return await self._spoil(fault, reply)

    def _begin(self) -> None:
        double, asked = self.double, self.asked
        key, function = double.key(asked), self.host.function(self.pid)
        attempt, sdk_call = double.attempt(asked)
        summary = dict(double.summary(asked))
        self.fault = self.host.faults.take(
            double.name, asked.operation, key=key, function=function, request=summary,
            attempt=attempt, sdk_call=sdk_call,
        )  # fmt: skip
        own = {"environment": self.pid, "function": function, "attempt": attempt}
        self.call = self.host.recorder.invoke(
            "double", f"{double.name}.{asked.operation}", key=key, value={**summary, **own},
        )  # fmt: skip

    async def _own(self, fault: Fault | None) -> web.StreamResponse:
        """The double does it all; a fault of its own kind fires if the double took it."""
        self.asked.planned = fault.do if fault else None
        reply = await self._effect()
        if fault is not None and self.asked.acted:
            self._fired(fault)
        else:
            self.fault = None
        return self._finish(reply)

    async def _effect(self) -> Reply:
        return await self.host.effect(self.double, self.route, self.asked)

    async def _spoil(self, fault: Fault, reply: Reply | None) -> web.StreamResponse:
        """Do a generic fault: before the effect (no reply yet) or after it."""
        do, action = fault.do.do, fault.do
        if do == "latency":
            await asyncio.sleep(_LATENCY if action.seconds is None else action.seconds)
            return self._finish(reply or await self._effect())
        if do == "error":
            await asyncio.sleep(action.seconds or 0)
            status = action.status or 500
            return self._finish(self.double.error(status, action.code), happened=reply is not None)
        if do == "malformed":
            good = reply or self.double.error(200)
            return self._finish(
                Reply(good.status, mishaps.MALFORMED, good.headers, good.key), reason="malformed"
            )
        if do == "truncate":
            good = reply or Reply(200, b'{"status": true}')
            self._complete("info", {"status": good.status, "reason": "truncated"}, good.key)
            return await mishaps.truncate(self.request, good.status, _headers(good), good.encoded())
        return await self._break(fault, reply)

    async def _break(self, fault: Fault, reply: Reply | None) -> web.StreamResponse:
        """No answer at all: hold, reset, lose or kill."""
        do = fault.do.do
        if do == "hold":
            await mishaps.hold(self.request, fault.do.seconds)
        if do == "kill":
            kill(self.pid, self.host.function(self.pid))
        self._complete("info", {"status": None, "reason": do}, reply.key if reply else None)
        if self.request.transport is not None:
            reset(self.request.transport)
        return web.Response()

    def _finish(
        self, reply: Reply, *, happened: bool = False, reason: str | None = None
    ) -> web.StreamResponse:
        """Answer. ``happened``: the effect was done, whatever the answer says."""
        lost = mishaps.gone(self.request)
        value = {**reply.value, "status": reply.status}
        if lost or reason:
            value["reason"] = reason or GONE
        kind: Kind = "info" if happened or lost or reason else kind_of(reply.status)
        self._complete(kind, value, reply.key)
        return web.Response(status=reply.status, body=reply.encoded(), headers=_headers(reply))

    def _complete(self, kind: Kind, value: dict[str, Json], key: str | None) -> None:
        self.host.recorder.complete(
            self.call, kind, key=key, value=value, fault=self.fault.id if self.fault else None
        )

    def _fired(self, fault: Fault) -> None:
        self.host.faults.fired(self.call, fault)


def _headers(reply: Reply) -> dict[str, str]:
    return {"Content-Type": "application/json", **reply.headers}
