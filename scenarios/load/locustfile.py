"""What Larder's customers do when many shop at once: submit a list, watch it, pay, look again; and
some only look around.

Run by ``stageproof load``, in Locust's process.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import uuid4

import gevent
from locust.exception import StopUser

from harness.load.users import Answer, Customer, task

_LOOK, _SELDOM = 1.0, 5.0
"""Seconds between two looks at an order: soon at first, then ever later, up to this."""
_STROLL = 10.0
"""Seconds between two looks around."""
_TRIES = 8
"""How often an app asks again where Larder fails, before it gives up."""
_PATIENCE = 60
"""Looks at an order, before its customer gives up on it."""
_LINKED = frozenset({"PAYMENT_INITIATED"})
_END = frozenset({"FULFILLED", "UNMATCHED", "NEEDS_ATTENTION"})
_TOO_MANY = 429


class Visitor(Customer):
    """Asks as an app does."""

    abstract = True

    def patiently(self, ask: Callable[[], Answer]) -> Answer:
        """Ask; again where Larder failed, later where a limit is used up."""
        answer = ask()
        for _ in range(_TRIES):
            if not answer.failed and answer.status != _TOO_MANY:
                break
            gevent.sleep(max(answer.wait, _LOOK))
            answer = ask()
        return answer


class Shopper(Visitor):
    """Sends lists, one after the other, and sees each to its end."""

    weight = 4

    @task
    def journey(self) -> None:
        """One list, from its sending to the groceries."""
        wish = self.next_wish()
        order = self._submits(wish)
        linked = self._watches(order, _LINKED | _END) if order else None
        if order is None or linked is None or not self._costs(linked, wish):
            return
        if linked["status"] in _LINKED:
            self.errand("pay", reference=linked["payment"]["reference"])
        if self._watches(order, _END) is not None:
            self.ended()

    def _submits(self, wish: Mapping[str, Any]) -> str | None:
        body = {"customerEmail": self.me["email"], "groceryList": wish["text"]}
        headers = {"Idempotency-Key": wish["key"]}
        answer = self.patiently(lambda: self.call("submitGroceryList", headers=headers, body=body))
        if not answer.ok:
            self.complains(f"a list was answered {answer.status or answer.error}")
            return None
        return str(answer.body["orderId"])

    def _watches(self, order: str, states: Collection[str]) -> Mapping[str, Any] | None:
        for looked in range(_PATIENCE):
            answer = self.patiently(lambda: self.call("getOrder", path={"orderId": order}))
            if answer.ok and answer.body["status"] in states:
                found: Mapping[str, Any] = answer.body
                return found
            gevent.sleep(min(_LOOK + looked, _SELDOM))
        self.complains(f"after {_PATIENCE} looks an order was in none of {sorted(states)}")
        return None

    def _costs(self, order: Mapping[str, Any], wish: Mapping[str, Any]) -> bool:
        """What the catalogue says."""
        if "total" in order and order["total"]["amount"] != wish["total"]:
            self.complains(f"a list of {wish['total']} costs {order['total']}")
            return False
        return True


class Passerby(Visitor):
    """Looks at the shelves and at what was bought before, and sends a list with nothing on it."""

    weight = 1

    @task
    def looks_around(self) -> None:
        """A look, and another, until there is nobody left who shops."""
        if not self.wishes_left:
            raise StopUser
        self.patiently(lambda: self.call("listProducts", query={"limit": 10}))
        self.patiently(lambda: self.call("listOrders", query={"limit": 5}))
        body = {"customerEmail": self.me["email"], "groceryList": ""}
        headers = {"Idempotency-Key": str(uuid4())}
        if self.call("submitGroceryList", headers=headers, body=body).ok:
            self.complains("an empty list was accepted")
        gevent.sleep(_STROLL)
