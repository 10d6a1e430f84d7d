"""Who shops at Larder when many do, and what they want: drawn by the seed of the run."""

from functools import partial
from random import Random
from uuid import UUID

from harness import Stage
from harness.engine.seeds import unit_seed
from harness.load.preparing import Prepared
from harness.load.preparing import Wanted as Load
from harness.model import Identity, Json
from scenarios.baskets import AMOUNTS, BETWEEN, MOST_OF_ONE, Basket, Wanted, catalogue, written

_TIER = "standard"
"""As customers have it: limits stay on."""
_MOST = 5
"""Products of a list."""


def prepare(stage: Stage, load: Load) -> Prepared:
    """Customers with tokens of their own, and a basket for each journey, which the model knows."""
    baskets = baskets_of(load.seed, load.journeys)
    for basket in baskets:
        stage.double("bedrock").knows(
            basket.text, [{"name": w.product.words, "quantity": w.quantity} for w in basket.wanted]
        )
    return Prepared(
        customers=[_customer(stage, number) for number in range(load.customers)],
        wishes=[_wish(stage, number, basket) for number, basket in enumerate(baskets)],
        errands={"pay": partial(_pay, stage)},
    )


def baskets_of(seed: int, count: int) -> list[Basket]:
    """So many sensible lists; equal seeds begin equally."""
    random = Random(unit_seed(seed, "load"))  # noqa: S311  # the same again, not a secret
    return [_basket(random, number) for number in range(count)]


def _basket(random: Random, customer: int) -> Basket:
    products = random.sample(catalogue(), random.randint(1, _MOST))
    wanted = tuple(Wanted(p, random.randint(1, MOST_OF_ONE)) for p in products)
    text = written(wanted, random.choice(BETWEEN), random.choice(AMOUNTS))
    return Basket(wanted, text, customer)


async def _pay(stage: Stage, reference: str) -> None:
    """On the provider's page; done when its webhook was delivered."""
    await stage.double("paystack").pay(reference)


def _customer(stage: Stage, number: int) -> Identity:
    subject = f"c-{_id(stage, f'customer {number}')}"
    email = f"{subject}@example.com"
    token = stage.double("issuer").token(subject, tier=_TIER, email=email)
    return Identity(subject, token, subject, _TIER, email)


def _wish(stage: Stage, number: int, basket: Basket) -> Json:
    return {
        "text": basket.text,
        "total": basket.total,
        "key": _id(stage, f"list {number}"),
    }


def _id(stage: Stage, of: str) -> str:
    """A UUID for something of this run: nobody's of another run on the same stage."""
    high, low = (unit_seed(n, f"{stage.run} load {of}") for n in (0, 1))
    return str(UUID(int=high << 64 | low, version=4))
