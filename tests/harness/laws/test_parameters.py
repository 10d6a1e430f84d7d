import pytest

from harness.laws import LawError, from_parameter
from harness.laws.parameters import number, numbers
from harness.model import Header, History


def of(**parameters: str) -> History:
    return History(Header(parameters=parameters), [])


def test_a_literal_is_itself() -> None:
    assert number(4.0, of()) == 4
    assert numbers((1.0, 2.0), of()) == (1, 2)


def test_a_number_is_scaled_and_shifted() -> None:
    assert number(from_parameter("P", times=2, plus=1), of(P="3")) == 7


def test_a_list_is_what_commas_separate() -> None:
    assert numbers(from_parameter("P"), of(P="1, 2,4")) == (1, 2, 4)
    assert number(from_parameter("P", 1), of(P="1,2,4")) == 2


def test_a_single_number_is_a_list_of_one() -> None:
    assert numbers(from_parameter("P"), of(P="5")) == (5,)
    assert number(from_parameter("P", 0), of(P="5")) == 5
    with pytest.raises(LawError, match="a value that has 1"):
        number(from_parameter("P", 1), of(P="5"))


def test_a_path_leads_into_json() -> None:
    assert number(from_parameter("P", "a", "n"), of(P='{"a": {"n": 7}}')) == 7


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", "x"])
def test_what_is_not_there_is_named(text: str) -> None:
    with pytest.raises(LawError, match="parameter P"):
        number(from_parameter("P", "b"), of(P=text))
