"""Every mistake in ``harness.toml`` is told with its key and how to mend it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.config import Config, ConfigError, load_config
from harness.targets import TargetSettings

ROOT = Path(__file__).parents[3]

Load = Callable[[str], Config]

LEAST = """
application = "shop"
template = "template.yaml"
[contracts]
openapi = "api.yaml"
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a ``harness.toml`` of this text, next to a template."""
    (tmp_path / "template.yaml").touch()

    def load(text: str) -> Config:
        path = tmp_path / "harness.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path)

    return load


def complaint(load: Load, text: str) -> str:
    with pytest.raises(ConfigError) as raised:
        load(text)
    assert raised.value.mend, "a mistake without a word on how to mend it"
    return raised.value.what


def test_the_least_that_is_needed_has_defaults_for_the_rest(load: Load) -> None:
    config = load(LEAST)
    assert config.application == "shop"
    assert (config.contracts.base_url, config.contracts.rest_output) == ("ApiUrl", "ApiUrl")
    assert config.scenarios.folders == ()


def test_without_a_contract_there_is_nothing_to_judge_by(load: Load) -> None:
    text = LEAST.replace('openapi = "api.yaml"', 'base_url = "Url"')
    assert "[contracts] names no contract" in complaint(load, text)


def test_a_graphql_schema_alone_asks_for_no_rest_api(load: Load) -> None:
    config = load(LEAST.replace('openapi = "api.yaml"', 'graphql = "schema.graphql"'))
    assert (config.contracts.rest_output, config.contracts.graphql_output) == ("", "GraphQLUrl")


def test_a_stage_that_is_there_needs_no_template(load: Load, tmp_path: Path) -> None:
    config = load(LEAST.replace('template = "template.yaml"\n', ""))
    assert config.template_in(tmp_path) is None
    assert load(LEAST).template_in(tmp_path) == tmp_path / "template.yaml"


@pytest.mark.parametrize(
    "path",
    ["harness.toml", "tests/apps/library_loans/harness.toml", "tests/apps/parcels/harness.toml"],
)
def test_the_applications_of_this_project_are_understood(path: str) -> None:
    load_config(ROOT / path)


def test_a_target_without_settings_has_the_defaults(load: Load) -> None:
    assert load(LEAST).target("embedded") == TargetSettings()


def test_numbers_and_booleans_are_parameters_as_cloudformation_has_them(load: Load) -> None:
    config = load(LEAST + "[targets.embedded.parameters]\nWindow = 4\nRate = 0.5\nFast = true")
    assert config.target("embedded").parameters == {"Window": "4", "Rate": "0.5", "Fast": "true"}


def test_a_search_is_given_what_is_said_for_it_over_what_a_target_is_given_else(
    load: Load,
) -> None:
    text = LEAST + "[targets.embedded.parameters]\nWaits = 9\nName = 'x'\n"
    config = load(text + "[targets.embedded.search]\npatience = 5\nparameters = { Waits = 1 }\n")
    assert config.target("embedded").parameters == {"Waits": "9", "Name": "x"}
    assert config.searching("embedded").target("embedded").parameters == {"Waits": "1", "Name": "x"}
    assert config.searching("embedded").target("embedded").patience == 5
    assert config.searching("localstack").target("localstack").parameters == {}


def test_a_file_that_is_not_there_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no ") as raised:
        load_config(tmp_path / "harness.toml")
    assert "--config" in raised.value.mend


def test_what_is_no_toml_is_told_with_its_line(load: Load) -> None:
    assert "line 2" in complaint(load, 'application = "shop"\ntemplate = \n[contracts]')


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "harness.toml"
    path.write_bytes(b'application = "\xff"')
    with pytest.raises(ConfigError, match="not readable TOML"):
        load_config(path)


@pytest.mark.parametrize(
    ("text", "key", "meant"),
    [
        (LEAST + "openapy = 'api.yaml'", "contracts.openapy", "openapi"),
        (LEAST + "[target.embedded]", "target", "targets"),
        (LEAST + "[targets.embedded]\nparamters = {}", "targets.embedded.paramters", "parameters"),
        (LEAST + "[checks]\nexample = 3", "checks.example", "examples"),
        (LEAST + "[seed.Products]\ncvs = 'a.csv'", "seed.Products.cvs", "csv"),
        (
            LEAST + "[observe.tables.Orders]\nentitty = 'order'",
            "observe.tables.Orders.entitty",
            "entity",
        ),
        (
            LEAST + "[doubles.bank]\nfactory = 'a.b:Bank'\nenvironent = {}",
            "doubles.bank.environent",
            "environment",
        ),
        (
            LEAST + "[identities.ann]\nkind = 'oauth'\nclientid = 'c'\ntoken_url = 'u'",
            "identities.ann.clientid",
            "client_id",
        ),
        (
            LEAST + "[targets.embedded.parameters]\nKeys = { doubel = 'issuer', path = '/' }",
            "targets.embedded.parameters.Keys.doubel",
            "double",
        ),
    ],
)
def test_an_unknown_key_proposes_the_nearest(load: Load, text: str, key: str, meant: str) -> None:
    assert f"{key}: unknown key (did you mean {meant!r}?)" in complaint(load, text)


def test_a_key_that_is_like_no_other_gets_no_proposal(load: Load) -> None:
    said = complaint(load, LEAST + "[zzz]")
    assert "zzz: unknown key" in said
    assert "did you mean" not in said


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('template = "template.yaml"\n[contracts]', "application"),
        ('application = "shop"\ntemplate = "template.yaml"', "contracts"),
        (LEAST + "[seed.Products]", "seed.Products.csv"),
        (LEAST + "[doubles.bank]", "doubles.bank.factory"),
        (LEAST + "[observe.tables.Orders]\nentity = 'order'", "observe.tables.Orders.key"),
        (LEAST + "[identities.ann]\nkind = 'command'", "identities.ann.argv"),
        (LEAST + "[identities.ann]\ntoken = 't'", "identities.ann.kind"),
    ],
)
def test_a_missing_key_is_named(load: Load, text: str, key: str) -> None:
    assert f"{key}: missing" in complaint(load, text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (LEAST.replace('"shop"', '"Shop!"'), "application"),
        (LEAST.replace('"shop"', "7"), "application"),
        (LEAST + "[checks]\nexamples = 'many'", "checks.examples"),
        (LEAST + "[checks]\nexamples = 0", "checks.examples"),
        (LEAST + "[scenarios]\npatience = 0", "scenarios.patience"),
        (LEAST + "[scenarios]\nlaws = 'laws.py'", "scenarios.laws"),
        (LEAST + "[doubles.bank]\nfactory = 'bank.py'", "doubles.bank.factory"),
        (LEAST + "[targets.embedded]\nport = 70000", "targets.embedded.port"),
        (LEAST + "[targets.embedded.parameters]\nKeys = [1]", "targets.embedded.parameters.Keys"),
        (LEAST + "[seed.Products]\ncsv = 'a'\ntypes = { price = 'date' }", "seed.Products.types"),
        (LEAST + "[history]\nallow = 'orderId'", "history.allow"),
        (LEAST + "[identities.ann]\nkind = 'magic'", "identities.ann.kind"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_with_its_key(load: Load, text: str, key: str) -> None:
    assert f"\n  {key}" in complaint(load, text)


def test_a_wrong_value_is_shown(load: Load) -> None:
    assert "(it is 'many')" in complaint(load, LEAST + "[checks]\nexamples = 'many'")


def test_a_key_is_called_as_the_file_calls_it(load: Load) -> None:
    said = complaint(load, LEAST + "[targets.embedded.parameters]\nKeys = { double = 'issuer' }")
    assert said.splitlines()[1:] == ["  targets.embedded.parameters.Keys.path: missing"]


def test_all_mistakes_are_told_at_once(load: Load) -> None:
    said = complaint(load, LEAST + "[checks]\nexamples = 0\n[scenaros]\n[doubles.bank]")
    assert {line.split(":")[0].strip() for line in said.splitlines()[1:]} == {
        "checks.examples",
        "scenaros",
        "doubles.bank.factory",
    }


@pytest.mark.parametrize(
    "checks", ["identities = ['an']", "limited = 'an'", "forged = { expired = 'an' }"]
)
def test_an_identity_that_nobody_declared_proposes_the_nearest(load: Load, checks: str) -> None:
    said = complaint(load, LEAST + f"[checks]\n{checks}\n[identities.ann]\nkind = 'static'")
    assert "'an'" in said
    assert "did you mean 'ann'?" in said


@pytest.mark.parametrize(
    "text",
    [
        "[targets.embedded.parameters]\nKeys = { double = 'isuer', path = '/' }",
        "[identities.ann]\nkind = 'oauth'\nclient_id = 'c'\n"
        "token_url = { double = 'isuer', path = '/' }",
    ],
)
def test_a_double_that_nobody_declared_proposes_the_nearest(load: Load, text: str) -> None:
    said = complaint(load, LEAST + f"[doubles.issuer]\nfactory = 'a:Issuer'\n{text}")
    assert "'isuer'" in said
    assert "did you mean 'issuer'?" in said


def test_a_template_that_is_not_there_is_told(load: Load) -> None:
    said = complaint(load, LEAST.replace("template.yaml", "elsewhere.yaml"))
    assert "template 'elsewhere.yaml' is not a file" in said


def test_a_scenario_folder_that_is_not_there_is_told(load: Load) -> None:
    said = complaint(load, LEAST + "[scenarios]\nfolders = ['stories']")
    assert "scenario folder 'stories' is not a folder" in said
