"""Which use case serves which step: the pay queue holds three kinds."""

from __future__ import annotations

from larder.domain.messages import Work
from larder.domain.order import Step
from larder.services.outcomes import Outcome
from larder.services.pay import pay
from larder.services.ports import Links
from larder.services.refund import RefundRules, refund
from larder.services.settle import ProviderPorts, settle
from larder.services.steps import StepPorts, wrong_queue


def process_payment(
    work: Work, ports: StepPorts, links: Links, provider: ProviderPorts, rules: RefundRules
) -> Outcome:
    """Do a piece of work of the pay queue, whichever of its kinds it is."""
    if work.step is Step.PAY:
        return pay(work, ports, links, provider)
    if work.step is Step.SETTLE:
        return settle(work, ports, provider)
    if work.step is Step.REFUND:
        return refund(work, ports, provider, rules)
    return wrong_queue(work)
