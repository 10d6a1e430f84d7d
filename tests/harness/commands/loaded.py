"""The library's loans with readers in numbers: what ``stageproof load`` needs of an application."""

from pathlib import Path

from tests.apps.loans import changed, mended

STREAM = """      BillingMode: PAY_PER_REQUEST
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
"""

LOAD = """
[observe]
key = ["loanId"]

[observe.tables.LoansTableName]
entity = "loan"
key = "loanId"
state = "length"

[history]
allow = ["loanId", "length"]

[load]
locustfile = "load/readers.py"
prepare = "load.desk:prepare"
laws = "load.desk:LAWS"
begins = ["POST /loans"]
entity = "loan.length"
ends = ["one week"]

[load.spans."wish to loan"]
to = ["one week"]
p99 = 20
"""

PREPARE = """
from harness.laws import nothing_lost
from harness.load.preparing import Prepared

LAWS = (nothing_lost("POST /loans", ("one week",), entity="loan.length"),)


async def stamp(loan):
    return {"stamped": loan}


def prepare(stage, wanted):
    return Prepared(
        customers=[stage.identities["amina"]] * wanted.customers,
        wishes=[{"days": 7 + n % 7} for n in range(wanted.journeys)],
        errands={"stamp": stamp},
    )
"""

READERS = """
from harness.load.users import Customer, task


class Reader(Customer):
    @task
    def borrows(self):
        wish = self.next_wish()
        loan = self.call("borrow", body={"isbn": "9780140328721", "days": wish["days"]})
        if not loan.ok:
            self.complains(f"answered {loan.status}")
            return
        seen = self.call("getLoan", path={"loanId": loan.body["loanId"]})
        stamped = self.errand("stamp", loan=loan.body["loanId"])
        if seen.body == loan.body and stamped == {"stamped": loan.body["loanId"]}:
            self.ended()
"""


def loaded(root: Path) -> Path:
    """The application, mended, with its readers."""
    mended(root)
    changed(root / "template.yaml", {"      BillingMode: PAY_PER_REQUEST\n": STREAM})
    toml = root / "harness.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + LOAD, encoding="utf-8")
    folder = root / "load"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "desk.py").write_text(PREPARE, encoding="utf-8")
    (folder / "readers.py").write_text(READERS, encoding="utf-8")
    return root
