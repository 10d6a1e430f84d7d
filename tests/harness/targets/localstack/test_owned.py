"""Containers of runs that were killed are removed; nobody else's are."""

import os
import subprocess
import sys
from dataclasses import dataclass, field

from harness.targets.localstack.owned import OWNER, end_orphans
from harness.targets.owners import owner


@dataclass
class Container:
    labels: dict[str, str]
    name: str = "stageproof-4566"
    removed: bool = False

    def remove(self, *, force: bool, v: bool) -> None:
        self.removed = force and v


@dataclass
class Engine:
    """Has these containers; knows one filter."""

    found: list[Container] = field(default_factory=list)

    @property
    def containers(self) -> "Engine":
        return self

    def list(self, *, all: bool, filters: dict[str, str]) -> list[Container]:
        return [c for c in self.found if all and filters["label"] in c.labels]


def _ended() -> str:
    """The owner that a process would have been that has ended."""
    code = "from harness.targets.owners import owner; print(owner())"
    return subprocess.check_output([sys.executable, "-c", code], text=True).strip()


def test_what_an_ended_run_left_is_removed_and_told() -> None:
    orphan, ours = Container({OWNER: _ended()}), Container({OWNER: owner()})
    said: list[str] = []
    end_orphans(Engine([orphan, ours, Container({})]), said.append)
    assert orphan.removed
    assert not ours.removed
    assert len(said) == 1


def test_a_later_process_of_the_same_number_is_another_owner() -> None:
    pid, _, rest = owner().partition("/")
    assert pid == str(os.getpid())
    orphan = Container({OWNER: f"{pid}/1@{rest.partition('@')[2]}"})
    end_orphans(Engine([orphan]), lambda _: None)
    assert orphan.removed


def test_of_another_machine_or_of_a_form_unknown_none_is_removed() -> None:
    here = owner().rpartition("@")[2]
    names = ("1/2@elsewhere", "?", "", f"7/@{here}", f"seven/8@{here}")
    others = [Container({OWNER: said}) for said in names]
    end_orphans(Engine(list(others)), lambda _: None)
    assert not any(each.removed for each in others)
