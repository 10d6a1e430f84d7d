"""Making a payment link. Its reference is claimed before the provider is asked, so that whatever
answer is lost, no two workers offer the customer two links."""

from __future__ import annotations

from dataclasses import replace

from larder.domain.changes import is_due, link_made
from larder.domain.messages import Work
from larder.domain.order import LinkState, Order, PaymentLink, Step
from larder.domain.payments import reference_for
from larder.services.errors import Contended, DuplicateReference
from larder.services.outcomes import Done, Outcome
from larder.services.ports import InitializeRequest, Links
from larder.services.settle import ProviderPorts, apply, verify
from larder.services.steps import NOTHING_DUE, StepPorts, run_step
from larder.services.updates import update_seen

MOST_LOST_LINKS = 20  # in one attempt; each one needs a lost answer of the provider


def pay(work: Work, ports: StepPorts, links: Links, provider: ProviderPorts) -> Outcome:
    """Do the pay step of an order."""

    def do(order: Order) -> Outcome:
        if not is_due(order, Step.PAY):
            return NOTHING_DUE
        seen = _after_last_link(order, ports, provider)
        if not is_due(seen, Step.PAY):
            return Done("the last link was paid meanwhile")
        link = _link_for(order, ports, links, provider)
        now = ports.clock.now()
        update_seen(
            ports.orders,
            seen,
            lambda stored: link_made(stored, link, now) if is_due(stored, Step.PAY) else None,
        )
        return Done(f"made {link.reference}")

    return run_step(work, ports, do)


def _after_last_link(order: Order, ports: StepPorts, provider: ProviderPorts) -> Order:
    """The order after the provider was asked again about the link before this one."""
    if order.payment_reference is None:
        return order
    transaction = verify(order.payment_reference, provider)
    return apply(order.order_id, transaction, ports.orders, ports.clock, provider.alerts)


def _link_for(order: Order, ports: StepPorts, links: Links, provider: ProviderPorts) -> PaymentLink:
    """An open link that no customer was shown before."""
    first = order.payment_attempt + 1
    for attempt in range(first, first + MOST_LOST_LINKS):
        link = _open(_claim(order, attempt, ports, links), order, links, provider)
        if link.state is LinkState.OPEN:
            return link
    raise Contended(f"{MOST_LOST_LINKS} links of order {order.order_id} were lost in a row.")


def _claim(order: Order, attempt: int, ports: StepPorts, links: Links) -> PaymentLink:
    if order.total is None:
        raise ValueError(f"The order {order.order_id} has no total to be paid.")
    return links.claim(
        PaymentLink(
            order_id=order.order_id,
            attempt=attempt,
            reference=reference_for(order.order_id, attempt),
            amount=order.total,
            created_at=ports.clock.now(),
        )
    )


def _open(link: PaymentLink, order: Order, links: Links, provider: ProviderPorts) -> PaymentLink:
    """The link with its URL; LOST when the provider made it but its answer never came.

    A claim of another worker, or of one that died, is taken up: at worst the provider says that
    the reference is taken.
    """
    if link.state is not LinkState.CLAIMED:
        return link
    request = InitializeRequest(order.customer_email, link.amount, link.reference, order.order_id)
    try:
        url = provider.breaker.call(lambda: provider.provider.initialize(request))
    except DuplicateReference:
        return links.lose(link)
    opened = replace(link, state=LinkState.OPEN, url=url)
    links.open(opened)
    return opened
