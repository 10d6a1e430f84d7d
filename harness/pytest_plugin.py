"""Units as pytest items: pytest selects, schedules and reports; the engine does the work.

Inert without ``--stageproof-config``, and then imports nothing of the harness.
"""

from __future__ import annotations

import os
import tempfile

import pytest

_CONFIG = "stageproof_config"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options by which ``stageproof verify`` talks to its child."""
    group = parser.getgroup("stageproof", "verify a serverless stage")
    group.addoption(
        "--stageproof-config",
        metavar="FILE",
        help="harness.toml; collects its contracts and scenarios instead of tests",
    )
    group.addoption(
        "--stageproof-folder",
        metavar="DIR",
        help="where the evidence goes; default: a new temporary folder",
    )
    group.addoption(
        "--stageproof-places",
        metavar="PATHS",
        default="",
        help=f"what to collect, with {os.pathsep!r} between, if known; else harness.toml says",
    )
    group.addoption("--stageproof-target", metavar="NAME", default="embedded", help="which target")
    group.addoption(
        "--stageproof-seed", metavar="N", type=int, default=0, help="the seed of every case"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> None:
    """Name what is collected before anybody's ``testpaths`` do."""
    known = early_config.known_args_namespace
    path = getattr(known, _CONFIG, None)
    if path and not known.file_or_dir:
        known.file_or_dir = _places(known.stageproof_places, path)
        args.extend(known.file_or_dir)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Become active where a ``harness.toml`` was given."""
    option = config.option
    if not getattr(option, _CONFIG, None):
        return
    if not option.stageproof_folder:
        option.stageproof_folder = tempfile.mkdtemp(prefix="stageproof-")
    if _only_controls(config):
        from harness.items.dealing import Dealer  # noqa: PLC0415

        config.pluginmanager.register(Dealer(option.stageproof_folder), "stageproof-dealer")
        if option.stageproof_places:
            return
    from harness.items.units import Units  # noqa: PLC0415

    config.pluginmanager.register(Units(config), "stageproof-units")


def _places(known: str, path: str) -> list[str]:
    if known:
        return known.split(os.pathsep)
    from harness.items.places import places  # noqa: PLC0415

    return places(path)


def _only_controls(config: pytest.Config) -> bool:
    """Whether others run the units: then whoever knew the places has read all there is to read,
    and importing the engine here would only keep them waiting."""
    shared = config.getoption("dist", "no") != "no" and not config.option.collectonly
    return shared and not hasattr(config, "workerinput")
