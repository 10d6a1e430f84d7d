"""Paystack's webhooks: signed, delivered until they are accepted; and what forgers send."""

import asyncio
import hmac
import json
from collections.abc import Mapping, Sequence

from harness.doubles import Host
from harness.model import Fault, Json

SIGNATURE = "x-paystack-signature"

FORGED: tuple[str, ...] = (
    "unsigned",
    "garbage-signature",
    "other-key",
    "plain-hash",
    "altered-body",
    "oversized",
    "malformed",
)
"""Ways in which an event can be somebody else's, or nobody's: ``oversized`` and ``malformed`` carry
a good signature, since only the body is wrong with them."""

_AGAIN = (0.5, 1.0, 2.0)
"""Seconds after which an event that wasn't met with a 2xx is sent again. Paystack takes minutes,
then hours; scaled down as everything else is."""
_OVERSIZE = 70_000
"""Bytes: beyond the largest event that the application takes (64 KB)."""
_LATE = 1.0
_REORDER = 3.0
"""Seconds that an event waits for a later one to overtake it."""


class Webhooks:
    """Sends events to the application's endpoint ``webhook`` under the secret ``key``."""

    def __init__(self, host: Host, again: Sequence[float] = _AGAIN) -> None:
        self._host = host
        self._again = tuple(again)
        self._sent = asyncio.Condition()
        self._count = 0

    async def announce(self, event: str, data: Mapping[str, Json], key: str | None) -> None:
        """Deliver an event as Paystack would, or as a planned fault has it."""
        fault = self._host.take("webhook", key=key, reference=data.get("reference"))
        do = fault.do.do if fault else ""
        if fault is not None and do == "drop":
            call = self._host.recorder.observe(
                "paystack.webhook.dropped", key=key, feed="double",
                value={"event": event, "reference": data.get("reference")},
            )  # fmt: skip
            self._host.faults.fired(call, fault)
            return
        if fault is not None and do == "latency":
            await asyncio.sleep(fault.do.seconds or _LATE)
        if fault is not None and do == "reorder":
            await self._overtaken(fault.do.seconds or _REORDER)
        times = int((fault.do.arguments if fault else {}).get("times", 2)) if do == "repeat" else 1
        for _ in range(times):
            await self._until_accepted(event, data, key, fault)

    async def send(
        self, event: str, data: Mapping[str, Json], key: str | None, fault: Fault | None = None
    ) -> int | None:
        """Post an event once, signed; gives the status it was met with."""
        body = _body(event, data)
        headers = {SIGNATURE: self.signature(body)}
        return await self._post(body, headers, event, key, data, fault)

    async def forge(self, how: str, data: Mapping[str, Json], key: str | None) -> int | None:
        """Post a ``charge.success`` that isn't Paystack's; ``how`` is one of FORGED."""
        event = "charge.success"
        body = _body(event, data)
        headers: dict[str, str] = {}
        match how:
            case "unsigned":
                pass
            case "garbage-signature":
                headers = {SIGNATURE: "0" * 128}
            case "other-key":
                headers = {SIGNATURE: _hmac(b"sk_test_somebody_elses", body)}
            case "plain-hash":
                headers = {SIGNATURE: hmac.digest(b"", body, "sha512").hex()}
            case "altered-body":
                headers = {SIGNATURE: self.signature(body)}
                body = _body(event, {**data, "amount": int(data["amount"]) + 1})
            case "oversized":
                body = _body(event, {**data, "message": "x" * _OVERSIZE})
                headers = {SIGNATURE: self.signature(body)}
            case "malformed":
                body = body[:-2]
                headers = {SIGNATURE: self.signature(body)}
            case _:
                raise ValueError(f"{how!r} is none of {', '.join(FORGED)}")
        return await self._post(body, headers, event, key, data, None, forged=how)

    async def _until_accepted(
        self, event: str, data: Mapping[str, Json], key: str | None, fault: Fault | None
    ) -> None:
        for wait in (*self._again, None):
            status = await self.send(event, data, key, fault)
            if wait is None or (status is not None and status < 300):
                return
            await asyncio.sleep(wait)

    async def _overtaken(self, seconds: float) -> None:
        """Wait for another event to be sent first; in vain if there is none."""
        async with self._sent:
            before = self._count
            try:
                async with asyncio.timeout(seconds):
                    await self._sent.wait_for(lambda: self._count > before)
            except TimeoutError:
                return

    async def _post(
        self, body: bytes, headers: Mapping[str, str], event: str, key: str | None,
        data: Mapping[str, Json], fault: Fault | None, *, forged: str | None = None,
    ) -> int | None:  # fmt: skip
        value = {
            "event": event,
            "reference": data.get("reference"),
            "transaction": data.get("id"),
            "forged": forged,
        }
        status = await self._host.send(
            self._host.endpoint("webhook"),
            {"Content-Type": "application/json", **headers},
            body,
            key=key,
            value=value,
            fault=fault,
            genuine=forged is None,
        )
        async with self._sent:
            self._count += 1
            self._sent.notify_all()
        return status

    def signature(self, body: bytes) -> str:
        """Paystack's signature of a body, in hexadecimal."""
        return _hmac(self._host.secret("key").encode(), body)


def _body(event: str, data: Mapping[str, Json]) -> bytes:
    return json.dumps({"event": event, "data": data}, separators=(",", ":")).encode()


def _hmac(key: bytes, body: bytes) -> str:
    return hmac.digest(key, body, "sha512").hex()
