"""An order and its record."""

from hypothesis import given
from larder.adapters.items import from_item, to_item
from larder.adapters.order_records import place_of, read_order, write_order
from larder.domain.lifecycle import Status
from larder.domain.order import Order

from tests.reference_impl.adapters.strategies import ORDERS
from tests.reference_impl.samples import an_order


@given(ORDERS)
def test_what_was_written_is_what_is_read(order: Order) -> None:
    assert read_order(from_item(to_item(write_order(order)))) == order


def test_money_is_kept_as_whole_minor_units_beside_its_currency() -> None:
    record = write_order(an_order(Status.MATCHED))
    assert (record["total"], record["currency"]) == (540000, "NGN")
    assert record["lines"][0]["unitPrice"] == 180000


def test_an_order_on_which_nothing_is_due_is_not_in_the_index_of_due_steps() -> None:
    assert "step" not in to_item(write_order(an_order(step=None)))


def test_the_place_among_a_customers_orders_sorts_as_time_does() -> None:
    assert place_of(an_order()) == "1795251600000-5f0c7c0e6f0e5b839a520d1c4a4a9f11"
