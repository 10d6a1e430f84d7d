from harness.laws import at_most_once, effect, never_final_without, one_charge_applied
from harness.model import Verdict
from tests.harness.laws.telling import Telling, the_finding, titles

ONCE = at_most_once("mail.sent", "to")
CHARGE = effect("pay.charge", status="success")
ONE = one_charge_applied(
    CHARGE, effect("pay.refund"), entity="order.status", identity="reference",
    applied="chargeId", applying=("PAID",), excused=("HELP",), patience=5,
)  # fmt: skip
NEVER = never_final_without(("PAID", "DONE"), CHARGE, entity="order.status")


def charged(told: Telling, *references: str, key: str = "a") -> Telling:
    for n, reference in enumerate(references):
        told.saw("pay.charge", 1 + n, key, "double", reference=reference, status="success")
    return told


class TestAtMostOnce:
    def test_passes_one_for_each_key(self) -> None:
        told = Telling().saw("mail.sent", 1, "a", to="x").saw("mail.sent", 2, "a", to="y")
        assert ONCE.judge(told.history).verdict is Verdict.PASS

    def test_fails_a_second_one(self) -> None:
        told = Telling().saw("mail.sent", 1, "a", to="x").saw("mail.sent", 2, "a", to="x")
        found = the_finding(ONCE.judge(told.history))
        assert "happened again for x: at 1.000 s and at 2.000 s" in found.title

    def test_goes_by_the_entity_when_no_field_is_named(self) -> None:
        told = Telling().saw("mail.sent", 1, "a").saw("mail.sent", 2, "a")
        assert at_most_once("mail.sent").judge(told.history).verdict is Verdict.FAIL

    def test_a_call_whose_outcome_is_open_is_no_second_time(self) -> None:
        told = Telling()
        for kind in ("ok", "info", "fail", None):
            told.call("mail.sent", 1, kind, key="a", feed="double")
        assert at_most_once("mail.sent").judge(told.history).verdict is Verdict.PASS

    def test_is_unknown_without_any(self) -> None:
        assert ONCE.judge(Telling().history).verdict is Verdict.UNKNOWN


class TestOneChargeApplied:
    def test_passes_one_charge_that_is_kept(self) -> None:
        told = charged(Telling(), "r1").life("a", "NEW", "PAID")
        assert ONE.judge(told.history).verdict is Verdict.PASS

    def test_passes_two_charges_of_which_one_is_given_back(self) -> None:
        told = charged(Telling(), "r1", "r2").saw("pay.refund", 4, "a", reference="r2")
        told.life("a", "NEW").step("a", 2, "NEW", "PAID", chargeId="r1").settled(9)
        assert ONE.judge(told.history).verdict is Verdict.PASS

    def test_fails_two_charges_that_are_both_kept(self) -> None:
        told = charged(Telling(), "r1", "r2").life("a", "NEW", "PAID").settled(9)
        found = the_finding(ONE.judge(told.history))
        assert found.title == "order a was charged 2 times and 2 charges were kept"

    def test_fails_a_charge_that_is_kept_for_an_order_that_is_never_paid(self) -> None:
        told = charged(Telling(), "r1").life("a", "NEW").settled(9)
        found = the_finding(ONE.judge(told.history))
        assert found.title == "order a was charged and the charge was kept, but it is still NEW"

    def test_waits_for_a_charge_to_be_applied_that_still_may_be(self) -> None:
        told = charged(Telling(), "r1").life("a", "NEW").saw("else", 4)
        assert ONE.judge(told.history).undecided == ("a",)

    def test_waits_for_a_refund_that_may_still_come(self) -> None:
        told = charged(Telling(), "r1", "r2").life("a", "NEW", "PAID").saw("else", 4)
        assert ONE.judge(told.history).undecided == ("a",)

    def test_fails_a_charge_that_is_given_back_twice(self) -> None:
        told = charged(Telling(), "r1", "r2")
        told.saw("pay.refund", 4, "a", reference="r2").saw("pay.refund", 5, "a", reference="r2")
        assert "charge r2 was given back 2 times" in titles(ONE.judge(told.history))

    def test_fails_when_the_applied_charge_is_given_back(self) -> None:
        told = charged(Telling(), "r1", "r2").saw("pay.refund", 4, "a", reference="r1")
        told.life("a", "NEW").step("a", 2, "NEW", "PAID", chargeId="r1")
        assert "charge r1 was applied and given back" in titles(ONE.judge(told.history))

    def test_fails_when_nothing_is_kept_of_a_paid_order(self) -> None:
        told = charged(Telling(), "r1").saw("pay.refund", 4, "a", reference="r1")
        told.life("a", "NEW", "PAID")
        assert "all its 1 charges were given back" in titles(ONE.judge(told.history))

    def test_fails_when_another_charge_is_applied_later(self) -> None:
        told = charged(Telling(), "r1", "r2").saw("pay.refund", 4, "a", reference="r2")
        told.life("a", "NEW").step("a", 2, "NEW", "PAID", chargeId="r1")
        told.step("a", 3, "PAID", "PAID", chargeId="r2")
        assert "charge r1 was applied, then r2" in titles(ONE.judge(told.history))

    def test_fails_when_a_charge_is_applied_that_was_never_made(self) -> None:
        told = charged(Telling(), "r1").life("a", "NEW")
        told.step("a", 2, "NEW", "PAID", chargeId="r9")
        assert "charge r9 was applied, but never made" in titles(ONE.judge(told.history))

    def test_leaves_to_people_what_is_with_people(self) -> None:
        told = charged(Telling(), "r1", "r2").life("a", "NEW", "HELP").settled(9)
        assert ONE.judge(told.history).verdict is Verdict.PASS

    def test_is_unknown_without_a_charge(self) -> None:
        assert ONE.judge(Telling().life("a", "NEW").history).verdict is Verdict.UNKNOWN


class TestNeverFinalWithout:
    def test_passes_an_order_that_was_charged_before(self) -> None:
        told = charged(Telling(), "r1").life("a", "NEW", "OPEN", "PAID", "DONE")
        judged = NEVER.judge(told.history)
        assert (judged.verdict, judged.saw) == (Verdict.PASS, 1)

    def test_fails_an_order_that_was_never_charged(self) -> None:
        found = the_finding(NEVER.judge(Telling().life("a", "NEW", "PAID").history))
        assert "order a is PAID since 1.000 s, but pay.charge happened never" in found.title

    def test_fails_an_order_that_was_charged_only_afterwards(self) -> None:
        told = charged(Telling(), "r1").life("a", "NEW", "PAID", apart=0.5)
        assert "only at 1.000 s" in titles(NEVER.judge(told.history))

    def test_a_charge_of_another_kind_does_not_count(self) -> None:
        told = Telling().saw("pay.charge", 0, "a", status="declined").life("a", "NEW", "PAID")
        assert NEVER.judge(told.history).verdict is Verdict.FAIL

    def test_a_call_that_may_have_charged_leaves_it_open(self) -> None:
        law = never_final_without("PAID", effect("pay.call"), entity="order.status")
        told = Telling().call("pay.call", 0, "info", key="a", feed="double")
        told.life("a", "NEW", "PAID")
        judged = law.judge(told.history)
        assert (judged.verdict, judged.undecided) == (Verdict.PASS, ("a",))

    def test_is_unknown_when_no_order_got_there(self) -> None:
        assert NEVER.judge(Telling().life("a", "NEW").history).verdict is Verdict.UNKNOWN
