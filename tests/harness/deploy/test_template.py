from pathlib import Path

import pytest

from harness.deploy import DeployError, deployed_parameters, load_template
from harness.deploy.template import Template, parameters_of, prepare
from harness.model import Capability, Measured
from harness.targets import Endpoint, Python


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(text)
    return path


def _endpoint(*can: Capability) -> Endpoint:
    return Endpoint(
        target="embedded", url="http://127.0.0.1:1", region="eu-west-1", credentials={},
        python=Python("3.11", ""), log=Path("log"),
        capabilities={c: Measured(c, c in can, "tried") for c in Capability},
    )  # fmt: skip


def _template(**resources: object) -> Template:
    return Template(Path("t.yaml"), {"Resources": resources})


def test_short_tags_get_their_long_form(tmp_path: Path) -> None:
    text = "Resources:\n  A: {X: !Ref B, Y: !GetAtt C.D.E, Z: !Sub 'a${B}', I: !If [c, 1, 2]}\n"
    assert load_template(_write(tmp_path, text)).resources["A"] == {
        "X": {"Ref": "B"},
        "Y": {"Fn::GetAtt": ["C", "D.E"]},
        "Z": {"Fn::Sub": "a${B}"},
        "I": {"Fn::If": ["c", 1, 2]},
    }


def test_a_policys_version_stays_text(tmp_path: Path) -> None:
    path = _write(tmp_path, "Resources:\n  A: {Version: 2012-10-17}\n")
    assert load_template(path).resources["A"]["Version"] == "2012-10-17"


def test_a_template_that_does_not_parse_is_told_with_its_line(tmp_path: Path) -> None:
    path = _write(tmp_path, "Resources:\n  A: [1,\n  B: }\n")
    with pytest.raises(DeployError, match=r"template\.yaml:3:\d+: the template is no YAML"):
        load_template(path)


@pytest.mark.parametrize("text", ["", "Outputs: {}", "- a list"])
def test_a_template_without_resources_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DeployError, match="has no Resources"):
        load_template(_write(tmp_path, text))


def test_a_missing_template_is_told() -> None:
    with pytest.raises(DeployError, match=r"can't read the template nowhere\.yaml"):
        load_template(Path("nowhere.yaml"))


def test_without_a_template_nothing_is_deployed_and_what_is_given_holds() -> None:
    with pytest.raises(DeployError, match="names no template") as told:
        load_template(None)
    assert "--target live" in told.value.mend
    assert deployed_parameters(None, {"Wait": "3"}) == {"Wait": "3"}


def test_parameters_are_the_given_ones_over_the_defaults() -> None:
    declared = {"A": {"Default": 5}, "B": {}, "C": {"Default": True}}
    template = Template(Path("t"), {"Resources": {}, "Parameters": declared})
    assert parameters_of(template, {"B": "b"}) == {"A": "5", "B": "b", "C": "true"}


def test_every_parameter_that_does_not_fit_is_named_at_once() -> None:
    template = Template(Path("t"), {"Resources": {}, "Parameters": {"RetryWaits": {}}})
    with pytest.raises(DeployError) as caught:
        parameters_of(template, {"RetryWait": "1"})
    assert "unknown 'RetryWait' (did you mean 'RetryWaits'?)" in caught.value.what
    assert "no value for 'RetryWaits'" in caught.value.what


def test_the_parameters_of_a_deploy_are_known_before_it(tmp_path: Path) -> None:
    path = _write(tmp_path, "Parameters: {A: {Default: 1}, B: {}}\nResources: {}\n")
    assert deployed_parameters(path, {"Other": "x"}) == {"A": "1"}


def test_what_the_target_lacks_is_pruned_with_the_outputs_that_show_it() -> None:
    template = _template(
        Acl={"Type": "AWS::WAFv2::WebACL"},
        Link={"Type": "AWS::WAFv2::WebACLAssociation", "Properties": {"W": {"Ref": "Acl"}}},
        Queue={"Type": "AWS::SQS::Queue", "DependsOn": ["Acl", "Other"]},
    )
    template.body["Outputs"] = {"A": {"Value": {"Fn::GetAtt": ["Acl", "Arn"]}}, "Q": {"Value": 1}}
    ready = prepare(template, _endpoint(), {})
    assert set(ready.resources) == {"Queue"}
    assert set(ready.body["Outputs"]) == {"Q"}
    assert ready.resources["Queue"]["DependsOn"] == ["Other"]
    assert ready.pruned[0] == "Acl (AWS::WAFv2::WebACL): the target lacks waf"
    assert set(template.resources) == {"Acl", "Link", "Queue"}, "the original is kept"


def test_nothing_is_pruned_where_the_target_can_do_it() -> None:
    template = _template(Acl={"Type": "AWS::WAFv2::WebACL"})
    assert prepare(template, _endpoint(Capability.WAF), {}).pruned == ()


@pytest.mark.parametrize(
    "reference", [{"Ref": "Acl"}, {"Fn::GetAtt": ["Acl", "Arn"]}, {"Fn::Sub": "x/${Acl.Arn}"}]
)
def test_a_resource_that_needs_a_pruned_one_is_named(reference: object) -> None:
    template = _template(
        Acl={"Type": "AWS::WAFv2::WebACL"}, Fn={"Type": "X", "Properties": {"P": [reference]}}
    )
    with pytest.raises(DeployError, match="Fn needs Acl, which embedded can't have"):
        prepare(template, _endpoint(), {})


def test_references_to_nothing_are_told_with_who_has_them() -> None:
    template = _template(
        Fn={"Type": "X", "Properties": {"A": {"Ref": "Tabel"}, "B": {"Fn::Sub": "${Qeue.Arn}"}}}
    )
    with pytest.raises(DeployError, match="Fn refers to 'Tabel'; Fn refers to 'Qeue'"):
        prepare(template, _endpoint(), {})


def test_what_sam_makes_and_what_a_sub_brings_along_may_be_referred_to() -> None:
    template = _template(
        Api={"Type": "AWS::Serverless::Api"},
        Fn={"Type": "X", "Properties": {
            "A": {"Ref": "ApiLiveStage"},
            "B": {"Ref": "ServerlessRestApi"},
            "C": {"Fn::Sub": ["${Local}/${!Literal}/${AWS::Region}", {"Local": {"Ref": "Api"}}]},
        }},
    )  # fmt: skip
    assert set(prepare(template, _endpoint(), {}).resources) == {"Api", "Fn"}


def test_every_function_gets_the_injected_environment_over_its_own() -> None:
    template = _template(
        A={"Type": "AWS::Serverless::Function",
           "Properties": {"Environment": {"Variables": {"URL": "real", "KEEP": "x"}}}},
        B={"Type": "AWS::Lambda::Function"},
        Q={"Type": "AWS::SQS::Queue"},
    )  # fmt: skip
    ready = prepare(template, _endpoint(), {"URL": "double"})
    variables = [ready.resources[n]["Properties"]["Environment"]["Variables"] for n in "AB"]
    assert variables == [{"URL": "double", "KEEP": "x"}, {"URL": "double"}]
    assert ready.injected == ("A: URL", "B: URL")
    assert ready.resources["Q"] == {"Type": "AWS::SQS::Queue"}
