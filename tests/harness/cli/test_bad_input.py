"""What a person can mend is said in words, with the next thing to do, and is 2."""

import json
from pathlib import Path

import pytest

from harness.cli import cli, guarded
from harness.commands.verify import Wish
from tests.apps.loans import changed
from tests.harness.commands.conftest import Here


def line_of(file: Path, text: str) -> int:
    """The first line that has it, counted from 1."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if text in line)


def started_nothing(project: Path) -> bool:
    return not (project / ".stageproof" / "runs").exists()


def test_a_sound_project_passes_the_lint(here: Here) -> None:
    said = here("lint")
    assert (said.code, said.err) == (0, "")
    assert "in order" in said.out


@pytest.mark.parametrize("command", ["lint", "verify", "up"])
def test_an_unknown_key_is_named_with_the_one_that_was_meant(
    here: Here, project: Path, command: str
) -> None:
    changed(project / "harness.toml", {"[checks]": "[cheks]"})
    said = here(command)
    assert said.code == 2
    assert "cheks: unknown key (did you mean 'checks'?)" in said.err
    assert "What to do:" in said.err
    assert started_nothing(project)


@pytest.mark.parametrize("command", ["lint", "verify", "up"])
def test_a_broken_contract_is_told_by_file_and_line_with_how_to_mend_it(
    here: Here, project: Path, command: str
) -> None:
    api = project / "api.yaml"
    changed(api, {"in: query, schema: {type: integer,": "in: query, schema: {type: whole,"})
    said = here(command)
    assert said.code == 2
    assert f"api.yaml:{line_of(api, 'type: whole')}: is no JSON Schema" in said.err
    assert "mend the schema" in said.err
    assert started_nothing(project)


def test_every_mistake_in_a_contract_is_told_at_once(here: Here, project: Path) -> None:
    api = project / "api.yaml"
    changed(api, {"in: query, schema: {type: integer,": "in: query, schema: {type: whole,"})
    changed(api, {"error: {type: string": "error: {type: strung"})
    said = here("lint")
    assert said.code == 2
    for text in ("type: whole", "type: strung"):
        assert f"api.yaml:{line_of(api, text)}: " in said.err


def test_a_contract_that_is_no_yaml_is_told_with_its_line(here: Here, project: Path) -> None:
    (project / "api.yaml").write_text("openapi: 3.1.0\ninfo: {title: [}\n")
    said = here("verify")
    assert said.code == 2
    assert "api.yaml:2: is not YAML" in said.err


@pytest.mark.parametrize("command", ["verify", "up"])
def test_an_unknown_target_is_named_with_the_one_that_was_meant(
    here: Here, project: Path, command: str
) -> None:
    said = here(command, "--target", "embeded")
    assert said.code == 2
    assert "no target 'embeded' (did you mean 'embedded'?)" in said.err
    assert started_nothing(project)


def test_without_a_harness_toml_it_says_where_to_run_it(here: Here, project: Path) -> None:
    (project / "harness.toml").unlink()
    said = here("verify")
    assert said.code == 2
    assert "there is no harness.toml" in said.err
    assert "--config" in said.err


def test_a_folder_that_holds_something_is_not_taken_for_evidence(here: Here, project: Path) -> None:
    said = here("verify", "--evidence", "src")
    assert said.code == 2
    assert "src is not empty" in said.err
    assert "another --evidence folder" in said.err
    assert [p.name for p in (project / "src").iterdir()] == ["app.py"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["verify", "--evidence", "harness.toml"], "is a file"),
        (["verify", "--seed", "seven"], "not a valid integer"),
        (["verify", "-n", "99"], "is not in the range"),
        (["check"], "Missing argument"),
    ],
)
def test_arguments_that_make_no_sense_are_2(here: Here, arguments: list[str], says: str) -> None:
    said = here(*arguments)
    assert said.code == 2
    assert says in said.err


def test_down_where_nothing_stands_says_so(here: Here) -> None:
    said = here("down")
    assert said.code == 2
    assert "no stage stands here" in said.err


def test_verify_up_where_nothing_stands_says_how_to_get_one(here: Here) -> None:
    said = here("verify", "--up")
    assert said.code == 2
    assert "no stage stands here" in said.err
    assert "stageproof up" in said.err


def test_the_schema_is_one_that_describes_the_file(here: Here) -> None:
    said = here("schema")
    assert said.code == 0
    assert set(json.loads(said.out)["required"]) == {"application", "contracts"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["verify", "-h"]])
def test_help_is_0(here: Here, arguments: list[str]) -> None:
    assert here(*arguments).code == 0


def test_an_interrupt_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert guarded(interrupted) == 130
    assert "interrupted" in capsys.readouterr().err


def test_what_the_system_refuses_is_2_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: Path("/nowhere/at/all").write_text("")) == 2
    assert "/nowhere/at/all" in capsys.readouterr().err


def test_a_bug_of_ours_is_2_and_its_traceback_is_kept_for_the_report(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert guarded(lambda: {}["absent"]) == 2
    said = capsys.readouterr().err
    (kept,) = tmp_path.iterdir()
    assert str(kept) in said
    assert "KeyError: 'absent'" in said
    assert "Traceback" not in said
    assert "Traceback" in kept.read_text()


@pytest.mark.parametrize(
    ("arguments", "target"),
    [
        (("verify", "--stack", "prod"), "live"),
        (("verify", "--outputs", "outputs.json"), "live"),
        (("verify", "--endpoint", "http://127.0.0.1:4566"), "localstack"),
        (("up", "--keep"), "localstack"),
        (("verify", "--stack", "prod", "--target", "localstack"), "live"),
    ],
)
def test_an_option_of_another_target_is_never_ignored(
    arguments: tuple[str, ...], target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # A gate that judged the embedded stage instead of prod would let everything through.
    assert guarded(lambda: cli.main(args=list(arguments), standalone_mode=False)) == 2
    assert f"is for --target {target}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "same"),
    [
        ((), ""),
        (("--target", "localstack"), " --target localstack"),
        (
            ("--endpoint", "http://127.0.0.1:4566", "--keep", "--target", "localstack"),
            " --target localstack --endpoint http://127.0.0.1:4566 --keep",
        ),
        (("--target", "live", "--stack", "my prod"), " --target live --stack 'my prod'"),
    ],
)
def test_the_options_that_mean_a_stage_are_kept_for_the_next_command(
    arguments: tuple[str, ...], same: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOCALSTACK_ENDPOINT", "STAGEPROOF_KEEP", "STAGEPROOF_STACK"):
        monkeypatch.setenv(name, "")  # which the options set, and the test's end takes back
    wishes: list[Wish] = []
    monkeypatch.setattr("harness.commands.verify.verify", lambda wish, _: wishes.append(wish) or 0)
    cli.main(args=["verify", *arguments], standalone_mode=False)
    assert [wish.same for wish in wishes] == [same]
