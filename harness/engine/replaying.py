"""A failing case kept as a file, and played again from it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.engine.lacking import check_playable
from harness.engine.playing import Played, play
from harness.engine.runner import Failure
from harness.engine.scenario import ScenarioUnit
from harness.engine.stage import Stage
from harness.engine.work import work_as_json, work_from_json
from harness.evidence import Broke, Folder, Replay
from harness.laws import dump
from harness.model import Law, fingerprint


def kept(
    failure: Failure,
    unit: ScenarioUnit,
    stage: Stage,
    *,
    seed: int,
    contracts: Mapping[str, str],
    laws: Sequence[Law],
) -> Replay:
    """The failing case as data; ``contracts`` are the digests of the contracts' files, ``laws``
    those that will judge it again.

    Raises:
        HarnessError: its work can't be written as JSON.
    """
    return Replay(
        application=stage.recorder.header.application,
        unit=unit.id,
        work=work_as_json(unit.scenario, failure.drawn),
        plan=failure.plan,
        broke=tuple(Broke(law=f.law, title=f.title) for f in failure.findings),
        laws=tuple(dump(law) for law in laws),
        target=stage.deployed.target,
        seed=seed,
        digests={**contracts, **stage.deployed.digests},
    )


def left(replay: Replay, folder: Folder) -> Path:
    """Write it into an evidence folder; where it is."""
    name = replay.unit.rpartition("::")[2]
    mark = fingerprint(*(b.law for b in replay.broke), replay.plan.model_dump_json())
    return folder.write(f"replays/{name}-{mark[:6]}.json", replay.model_dump_json(indent=1) + "\n")


def played_again(
    replay: Replay, unit: ScenarioUnit, stage: Stage, laws: Sequence[Law], nth: int = 1
) -> Played:
    """Play it on a stage, for the nth time: the same work, the same faults, the laws as they are
    now.

    Raises:
        HarnessError: the stage lacks what it needs, or the scenario's work has another shape now.
    """
    check_playable(unit, stage.deployed, replay.plan)
    work = work_from_json(unit.scenario, replay.work)
    case = f"{unit.id}#replay" if nth == 1 else f"{unit.id}#replay{nth}"
    return play(unit, stage, case, work, replay.plan, laws, patient=True)
