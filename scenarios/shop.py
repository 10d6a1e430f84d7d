"""What people do with Larder, in their own words: submit, read, pay, decline, ask again; each by
the door of their choice."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from harness import Stage
from harness.engine.seeds import unit_seed
from harness.model import Identity, Json
from scenarios.baskets import Basket
from scenarios.doors import UNAVAILABLE, Door, Said, door, list_of

_PATIENCE = 10
"""How often a customer asks for a link while the provider is down."""


@dataclass(frozen=True)
class Order:
    """An order that Larder accepted."""

    id: str
    basket: Basket
    customer: Identity
    key: str
    """Its idempotency key."""


class Shop:
    """Larder as its customers meet it, on one stage, in one case."""

    def __init__(self, stage: Stage, *, tier: str = "verification") -> None:
        self._stage = stage
        self._tier = tier
        self._sent = 0
        self._asked = 0

    def customer(self, number: int) -> Identity:
        """One of the case's customers; nobody of another case or run."""
        subject = f"c-{self._id(f'customer {number} {self._tier}')}"
        email = f"{subject}@example.com"
        token = self._stage.double("issuer").token(subject, tier=self._tier, email=email)
        return Identity(subject, token, subject, self._tier, email)

    def intends(self, basket: Basket) -> Order:
        """A customer is about to send a list: an order with a key, and no id yet."""
        self._sent += 1
        return Order("", basket, self.customer(basket.customer), self._id(f"list {self._sent}"))

    async def submit(self, basket: Basket) -> Order:
        """A customer sends a list; the model will know what it asks for."""
        return await self.sends(self.intends(basket))

    async def sends(self, order: Order) -> Order:
        """A customer sends what was intended; gives the order that Larder accepted."""
        said = await self.submits_again(order)
        assert said.ok, f"a sensible list was answered {said.refusal}"
        return replace(order, id=said.body["orderId"])

    async def submits_again(self, order: Order) -> Said:
        """The request, again if it was sent before, until Larder isn't what fails."""
        return await self._patiently(lambda: self.submits_once(order))

    async def submits_once(self, order: Order) -> Said:
        """The request, however it is answered; the model knows what it asks for."""
        self._stage.double("bedrock").knows(
            order.basket.text,
            [{"name": w.product.words, "quantity": w.quantity} for w in order.basket.wanted],
        )
        return await self._door(order).submit(order.customer, order.key, order.basket.text)

    async def submits_wrongly(self, order: Order, given: Mapping[str, Json]) -> Said:
        """The request, with what is ``given`` in place of what it should hold."""
        good = list_of(order.customer, order.key, order.basket.text)
        return await self._door(order).sends(order.customer, {**good, **given})

    async def reads(self, order: Order) -> Said:
        """The customer looks at the order."""
        return await self._patiently(lambda: self._door(order).read(order.customer, order.id))

    async def pays(self, order: Order, **otherwise: Any) -> None:
        """The customer follows the link that the order shows, and pays there: the sum asked for,
        or ``otherwise`` (another ``amount`` or ``currency``)."""
        reference = await self.link_of(order)
        await self._stage.double("paystack").pay(reference, **otherwise)

    async def is_declined(self, order: Order) -> None:
        """The customer follows the link, and the bank says no."""
        await self.is_declined_at(await self.link_of(order))

    async def asks_for_a_link(self, order: Order, wish: str = "") -> Said:
        """The customer wants to pay again; the same ``wish`` is the same request."""
        self._asked += 1
        key = self._id(wish or f"link {self._asked}")
        return await self._door(order).ask_for_link(order.customer, key, order.id)

    async def wishes_for_a_link(self, order: Order) -> Said:
        """The same, but one wish of an order's: however often it is sent, it is one request."""
        wish = f"link for {order.key}"
        return await self._patiently(lambda: self.asks_for_a_link(order, wish))

    async def link_of(self, order: Order) -> str:
        """The provider's reference behind the link that the order shows."""
        said = await self.reads(order)
        assert said.ok, f"one's own order was answered {said.refusal}"
        return str(said.body["payment"]["reference"])

    async def pays_at(self, reference: str) -> None:
        """The customer still has a link from before, and pays there."""
        await self._stage.double("paystack").pay(reference)

    async def is_declined_at(self, reference: str) -> None:
        """The bank says no to the link of this reference."""
        await self._stage.double("paystack").decline(reference)

    async def gets_a_new_link(self, order: Order) -> None:
        """The customer asks, and asks the same again while the provider can't be reached."""
        self._asked += 1
        wish = f"link {self._asked}"
        for _ in range(_PATIENCE):
            said = await self.asks_for_a_link(order, wish)
            if said.refusal not in UNAVAILABLE and not (said.failed and self._faulty):
                break
        assert said.ok, f"a new link was answered {said.refusal}"

    async def hears_again_from_paystack(self, order: Order) -> None:
        """The provider repeats what it announced."""
        await self._stage.double("paystack").repeat_webhooks(order.id)

    async def hears_forged(self, order: Order, how: str) -> int | None:
        """Somebody forges that it was paid; gives the status they were met with."""
        reference, paystack = _guessed(order), self._stage.double("paystack")
        return cast("int | None", await paystack.forge(reference, how, order=order.id))

    async def hears_untrue(self, order: Order, event: str) -> int | None:
        """A signed event tells what didn't happen; gives the status it was met with."""
        reference, paystack = _guessed(order), self._stage.double("paystack")
        return cast("int | None", await paystack.announces(event, reference, order.id))

    def people_send_on(self, order: Order) -> None:
        """Whoever was called looked at it, and lets it go on from where it stood; asks again where
        that failed because a fault happened."""
        wish = {"orderId": order.id, "who": "verification"}
        answer = self._stage.invoke("HealOrderFunction", wish)
        for _ in range(_PATIENCE):
            if not (_went_wrong(answer) and self._faulty):
                break
            answer = self._stage.invoke("HealOrderFunction", wish)
        # Where it was asked for twice, by us or by the SDK, the order may have gone on already.
        goes_on = {"MATCHED", "PAYMENT_INITIATED"} if self._faulty else {"MATCHED"}
        assert isinstance(answer, dict), f"healing was answered {answer!r}"
        assert answer.get("status") in goes_on, f"healing was answered {answer}"

    def links(self, order: Order) -> int:
        """How many links the provider has made for it."""
        return len(self._stage.double("paystack").references(order.id))

    def charges(self, order: Order) -> int:
        """How many charges the provider has made for it."""
        return sum(c.order == order.id for c in self._stage.double("paystack").charges)

    async def _patiently(self, ask: Callable[[], Awaitable[Said]]) -> Said:
        """Ask as an app does: again, where Larder failed because a fault happened. Without any, an
        answer that failed is for the story to judge."""
        said = await ask()
        for _ in range(_PATIENCE):
            if not (said.failed and self._faulty):
                break
            said = await ask()
        return said

    @property
    def _faulty(self) -> bool:
        """Whether a fault happened: then who meets a failure asks again."""
        return bool(self._stage.faults.firings)

    def _door(self, order: Order) -> Door:
        return door(self._stage, order.basket.by)

    def _id(self, of: str) -> str:
        return fresh_id(self._stage, of)


def _guessed(order: Order) -> str:
    """The reference of its first link, which whoever knows the order can make up."""
    return f"ldr-{order.id.replace('-', '')}-1"


def fresh_id(stage: Stage, of: str) -> str:
    """A UUID for something of this case: made of names, so that replays make it again."""
    high = unit_seed(0, f"{stage.run} {stage.case} {of}")
    low = unit_seed(1, f"{stage.run} {stage.case} {of}")
    return str(UUID(int=high << 64 | low, version=4))


def _went_wrong(answer: Json) -> bool:
    """Whether a function that was invoked by hand raised or died."""
    return isinstance(answer, dict) and "errorType" in answer
