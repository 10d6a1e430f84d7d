"""The smaller parts: an outage's plan, Locust's command line, how busy the machine was."""

from pathlib import Path

import pytest

from harness.faults import Menu, Option
from harness.load.errors import LoadError
from harness.load.locust import Asked, command, environment
from harness.load.machine import machine, ticks
from harness.load.outage import faults_of
from harness.load.preparing import prepare_of
from harness.model import Action

TILL = Menu(
    "till",
    (
        Option("pay", "before", Action(do="error", status=429), "too many"),
        Option("pay", "after", Action(do="error", status=500), "fell"),
        Option("ask", "before", Action(do="error", status=503), "down"),
        Option("tell", "before", Action(do="drop"), "lost"),
    ),
)


def test_who_is_down_fails_every_call_of_what_it_can_fail() -> None:
    faults = faults_of("till", {"till": TILL})
    assert [str(f.at) for f in faults] == ["till.pay", "till.ask"]
    assert all(f.nth == "every" and f.do.status == 503 for f in faults)


@pytest.mark.parametrize("name", ["tilll", "quiet"])
def test_who_can_not_be_down_is_told_with_the_nearest(name: str) -> None:
    menus = {"till": TILL, "quiet": Menu("quiet", ())}
    with pytest.raises(LoadError) as error:
        faults_of(name, menus)
    assert f"--outage {name}" in error.value.what
    assert ("did you mean 'till'?" in error.value.what) == (name == "tilll")


def asked(port: int | None) -> Asked:
    return Asked(Path("/p/users.py"), Path("/p"), 20, 4.0, Path("/e"), port)


def test_locust_runs_without_its_page_unless_that_is_wanted() -> None:
    assert "--headless" in command(asked(None))
    shown = command(asked(8089))
    assert "--headless" not in shown
    assert shown[shown.index("--web-host") + 1] == "127.0.0.1"
    assert shown[shown.index("--web-port") + 1] == "8089"
    assert shown[shown.index("--users") + 1] == "20"


def test_nothing_configures_locust_behind_our_back_and_no_proxy_is_in_between() -> None:
    ours = {
        "LOCUST_USERS": "9",
        "HTTP_PROXY": "x",
        "https_proxy": "y",
        "PYTHONPATH": "/a",
        "A": "1",
    }
    told = environment(ours, Path("/t/line"), Path("/p"))
    assert told == {"A": "1", "PYTHONPATH": "/p:/a", "STAGEPROOF_LOAD": "/t/line"}


def test_how_busy_the_machine_was_is_what_worked_of_all_ticks() -> None:
    before = ticks(lambda: "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 …")
    after = ticks(lambda: "cpu  160 0 70 810 60 0 0 0 0 0\ncpu0 …")
    assert machine(before, after).busy == 0.8


def test_a_machine_that_does_not_say_is_not_made_up() -> None:
    def nothing() -> str:
        raise FileNotFoundError

    assert machine(ticks(nothing), ticks(nothing)).busy is None
    assert ticks(lambda: "no figures") is None


@pytest.mark.parametrize("named", ["nowhere:prepare", "json:prepare", "os.path:sep", "os:getcwd"])
def test_a_prepare_that_can_not_be_had_is_named(named: str) -> None:
    with pytest.raises(LoadError, match="prepare = "):
        prepare_of(named)
