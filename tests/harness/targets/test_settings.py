import pytest

from harness.targets import FromDouble, TargetError, TargetSettings, open_target


def test_numbers_and_booleans_become_the_text_that_cloudformation_takes() -> None:
    given = {"A": 3, "B": 0.5, "C": True, "D": "x"}
    settings = TargetSettings.model_validate({"parameters": given})
    assert settings.parameters == {"A": "3", "B": "0.5", "C": "true", "D": "x"}


def test_a_parameter_may_come_from_a_double() -> None:
    settings = TargetSettings.model_validate({"parameters": {"K": {"double": "i", "path": "/k"}}})
    assert settings.parameters["K"] == FromDouble(double="i", path="/k")


def test_an_unknown_target_is_named_with_the_nearest_known() -> None:
    with pytest.raises(TargetError, match=r"no target 'embeded' \(did you mean 'embedded'\?\)"):
        open_target("embeded", TargetSettings())
