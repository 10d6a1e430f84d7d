"""The reconciler's real schedule, waited for once."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from larder.adapters.orders import DynamoOrders
from larder.domain.lifecycle import Status

from harness.deploy import Application, PackageSettings, apply, load_template
from harness.targets import Aws, Endpoint
from harness.targets.appsync.addresses import Place, attributes_of
from tests.reference_impl.samples import an_order

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds: a rate of one minute, and the emulator's own ten."""


def test_the_schedule_takes_care_of_a_payment_that_nobody_announced(emulator: Endpoint) -> None:
    template = ROOT / "reference_impl" / "template.yaml"
    nobody = attributes_of(  # no customer listens here
        load_template(template).body, {"GraphApi": 9}, Place("scheduled", emulator.region, "0" * 12)
    )
    stage = apply(
        Application(
            root=ROOT,
            template=template,
            package=PackageSettings(exclude=("seed/**", "*.yaml", "requirements.txt")),
            base_url="ApiUrl",
        ),
        emulator,
        stack="scheduled",
        parameters={"PaymentCheckAfter": "1", "WorkerFleet": "small"},
        environment={"PAYSTACK_URL": "http://127.0.0.1:9"},
        stand_ins=nobody,
        signal=lambda _: None,
    )
    table = stage.outputs["OrdersTable"]
    orders = DynamoOrders(Aws.of(stage).client("dynamodb"), table, lambda: uuid.uuid4().hex)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    # Nothing but the reconciler touches an order that waits for its customer.
    waiting = an_order(
        Status.PAYMENT_INITIATED, order_id=str(uuid.uuid4()), version=1, updated_at=long_ago
    )
    orders.create(waiting)

    deadline, now_and_then = time.monotonic() + PATIENCE, threading.Event()
    while (
        (found := orders.get(waiting.order_id)) is not None
        and found.version == 1
        and time.monotonic() < deadline
    ):
        now_and_then.wait(0.5)

    assert found is not None
    assert found.version > waiting.version
