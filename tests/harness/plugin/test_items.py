import json
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from xml.etree import ElementTree

import pytest

# Imported out here, so that pytester finds it imported and leaves it alone.
import harness.engine.contract.run
import harness.items.units
from tests.harness.plugin.fake_session import FakeSession

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[3]

CONTRACT = """\
openapi: 3.1.0
info: {title: A, version: '1'}
paths:
  /a:
    get:
      operationId: readA
      parameters: [{name: q, in: query, schema: {type: integer}}]
      responses: {'200': {description: A.}}
  /b/{id}:
    get:
      operationId: readB
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: B.}}
"""

STORY = '''\
from hypothesis import strategies as st
from harness import scenario


@scenario(work=st.just(1), laws=[])
def lamps_light(stage, work):
    """Every lamp lights."""
'''

INSTALLED = any(e.value == "harness.pytest_plugin" for e in entry_points(group="pytest11"))

Verify = Callable[..., pytest.RunResult]


@pytest.fixture
def project(pytester: pytest.Pytester) -> Path:
    """An application with two operations and one scenario."""
    root = pytester.path
    (root / "template.yaml").write_text("Resources: {}\n")
    (root / "api.yaml").write_text(CONTRACT)
    (root / "stories").mkdir()
    (root / "stories" / "__init__.py").touch()
    (root / "stories" / "lamps.py").write_text(STORY)
    (root / "stories" / "helper.py").write_text("raise RuntimeError('not to be imported')\n")
    (root / "test_other.py").write_text("def test_not_ours(): pass\n")
    (root / "harness.toml").write_text(
        'application = "lamps"\ntemplate = "template.yaml"\n'
        '[contracts]\nopenapi = "api.yaml"\n[scenarios]\nfolders = ["stories"]\n'
    )
    return root


@pytest.fixture
def verify(pytester: pytest.Pytester, project: Path, monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Runs pytest with the plugin on a stage that is none."""
    monkeypatch.setattr(harness.items.units, "Session", FakeSession)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in [m for m in sys.modules if m.startswith("stories")]:
        monkeypatch.delitem(sys.modules, name)

    def run(*arguments: str) -> pytest.RunResult:
        plugin = [] if INSTALLED else ["-p", "harness.pytest_plugin"]
        return pytester.runpytest_inprocess(
            *plugin, "--stageproof-config=harness.toml", "--stageproof-folder=evidence",
            "-p", "no:hypothesispytest", *arguments,
        )  # fmt: skip

    return run


def diary(project: Path, worker: str = "main") -> list[str]:
    return (project / "evidence" / f"diary-{worker}").read_text().splitlines()


def ran(project: Path) -> list[str]:
    return [line.removeprefix("ran ") for line in diary(project) if line.startswith("ran ")]


def test_scenarios_and_contracts_become_items_and_tests_do_not(verify: Verify) -> None:
    result = verify("--collect-only", "-q")
    items = [line for line in result.outlines if "::" in line]
    assert items == [
        "stories/lamps.py::lamps_light",
        "api.yaml::GET /a::examples",
        "api.yaml::GET /a::boundaries",
        "api.yaml::GET /a::positive",
        "api.yaml::GET /a::negative",
        "api.yaml::GET /b/{id}::examples",
        "api.yaml::GET /b/{id}::boundaries",
        "api.yaml::GET /b/{id}::positive",
        "api.yaml::GET /b/{id}::negative",
    ]


SCHEMA = """\
type Query { lamp(id: ID!): String lamps: [String] }
type Mutation { light(id: ID!): String @aws_iam }
"""


def test_fields_of_a_schema_become_items_too(project: Path, verify: Verify) -> None:
    (project / "schema.graphql").write_text(SCHEMA)
    config = project / "harness.toml"
    text = config.read_text()
    config.write_text(
        text.replace('openapi = "api.yaml"', 'openapi = "api.yaml"\ngraphql = "schema.graphql"')
    )
    result = verify("--collect-only", "-q", "-k", "graphql")
    items = [line for line in result.outlines if "::" in line]
    assert items == [
        "schema.graphql::Query.lamp::examples",
        "schema.graphql::Query.lamp::boundaries",
        "schema.graphql::Query.lamp::positive",
        "schema.graphql::Query.lamp::negative",
        "schema.graphql::Query.lamp::identities",
        "schema.graphql::Query.lamps::examples",
        "schema.graphql::Query.lamps::boundaries",
        "schema.graphql::Query.lamps::positive",
        "schema.graphql::Query.lamps::identities",
        "schema.graphql::Mutation.light::identities",
        "schema.graphql::documents::boundaries",
    ]
    one = verify("--collect-only", "-q", "-k", "Query.lamp:boundaries")
    assert [line for line in one.outlines if "::" in line] == [
        "schema.graphql::Query.lamp::boundaries"
    ]


def test_one_stage_comes_up_runs_all_is_judged_and_goes_down(verify: Verify, project: Path) -> None:
    verify()
    said = diary(project)
    assert (said[0], said[-2], said[-1]) == ("up", "judged", "down")
    assert len(ran(project)) == 9


def test_verdicts_become_outcomes(verify: Verify) -> None:
    # fail and an unexcused unknown fail; what the target lacks is skipped.
    verify().assert_outcomes(passed=3, failed=4, skipped=2)


def test_a_failure_reads_as_a_finding_without_traceback(verify: Verify) -> None:
    result = verify("-k", "readA and negative")
    result.stdout.fnmatch_lines(
        [
            "GET /a answered 500: the server failed",
            "  broke: not_a_server_error",
            "  request:",
            "    GET /a as alice",
            "  logs behind it:",
            "    IndexError: list index out of range",
            '  reproduce: stageproof verify -k "readA and negative" --seed 0',
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_an_unknown_says_why(verify: Verify) -> None:
    result = verify("-k", "readA and boundaries")
    result.stdout.fnmatch_lines(["unknown (budget): sequences: only 3 of 5 sequences"])


def test_k_selects_by_operation_kind_and_path(verify: Verify, project: Path) -> None:
    verify("-k", "readB and positive")
    assert ran(project) == ["api.yaml::GET /b/{id}::positive"]


def test_a_unit_is_selected_by_its_name(verify: Verify, project: Path) -> None:
    verify("api.yaml::GET /b/{id}::negative")
    assert ran(project) == ["api.yaml::GET /b/{id}::negative"]


def test_what_is_going_to_run_is_written_down_first(verify: Verify, project: Path) -> None:
    verify("-k", "positive")
    expected = json.loads((project / "evidence" / "expected.json").read_text())
    assert expected == ran(project)


def test_x_stops_at_the_first_failure_and_still_takes_the_stage_down(
    verify: Verify, project: Path
) -> None:
    verify("-x").assert_outcomes(passed=1, failed=1, skipped=1)
    assert diary(project)[-1] == "down"


def test_lf_runs_what_failed_until_it_is_mended(verify: Verify, project: Path) -> None:
    verify("-k", "negative or positive")
    (project / "evidence" / "diary-main").unlink()
    (project / "mended").touch()
    verify("--lf").assert_outcomes(passed=2)
    assert {u.rpartition("::")[2] for u in ran(project)} == {"negative"}


def test_junit_has_a_case_for_each_unit_with_its_digest(verify: Verify, project: Path) -> None:
    verify("--junitxml=out.xml", "-k", "readA")
    cases = ElementTree.parse(project / "out.xml").getroot().iter("testcase")  # noqa: S314
    by_name = {case.attrib["name"]: case for case in cases}
    assert set(by_name) == {"examples", "boundaries", "positive", "negative"}
    properties = {p.attrib["name"]: p.attrib["value"] for p in by_name["negative"].iter("property")}
    assert properties == {"cases": "3", "digest": "abc"}


def test_no_stage_means_one_clear_error_and_nothing_further(verify: Verify, project: Path) -> None:
    (project / "no-stage").touch()
    result = verify()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the port is taken", "  Free it."])
    error = json.loads((project / "evidence" / "error-main.json").read_text())
    assert error["what"] == "the port is taken"


def test_a_scenario_that_cannot_be_imported_is_an_error_of_the_run(
    verify: Verify, project: Path
) -> None:
    (project / "stories" / "lamps.py").write_text(STORY + "import gone\n")
    verify().assert_outcomes(errors=1)
    error = json.loads((project / "evidence" / "error-main.json").read_text())
    assert "stories/lamps.py can't be imported" in error["what"]


def test_a_broken_contract_is_told_before_anything_starts(verify: Verify, project: Path) -> None:
    (project / "api.yaml").write_text(CONTRACT.replace("'200'", "'404'", 1))
    result = verify()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*api.yaml:5: GET /a documents no success*"])
    assert not (project / "evidence").exists()


@pytest.mark.parametrize("places", [(), ("--stageproof-places=stories:api.yaml",)])
def test_two_workers_have_a_stage_each_and_share_the_units(
    pytester: pytest.Pytester,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    places: tuple[str, ...],
) -> None:
    (project / "with_fake.py").write_text(
        "import harness.items.units as units\n"
        "from tests.harness.plugin.fake_session import FakeSession\n"
        "units.Session = FakeSession\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{project}")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    plugin = [] if INSTALLED else ["-p", "harness.pytest_plugin"]
    result = pytester.runpytest_subprocess(
        *plugin, "-p", "with_fake", "-n", "2", "--stageproof-config=harness.toml",
        "--stageproof-folder=evidence", "-p", "no:schemathesis", *places,
    )  # fmt: skip
    result.assert_outcomes(passed=3, failed=4, skipped=2)
    both = diary(project, "gw0") + diary(project, "gw1")
    assert both.count("up") == both.count("down") == 2
    assert len([line for line in both if line.startswith("ran ")]) == 9


def test_units_can_be_named_whatever_the_number_of_workers(
    pytester: pytest.Pytester, project: Path
) -> None:
    plugin = [] if INSTALLED else ["-p", "harness.pytest_plugin"]
    result = pytester.runpytest_subprocess(
        *plugin, "-n", "2", "--collect-only", "-q", "--stageproof-config=harness.toml",
        "--stageproof-folder=evidence", "--stageproof-places=stories:api.yaml",
        "-p", "no:schemathesis",
    )  # fmt: skip
    result.stdout.fnmatch_lines(["*9 tests collected*"])


def test_without_its_option_the_plugin_does_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one(): pass")
    plugin = [] if INSTALLED else ["-p", "harness.pytest_plugin"]
    pytester.runpytest_inprocess(*plugin).assert_outcomes(passed=1)
