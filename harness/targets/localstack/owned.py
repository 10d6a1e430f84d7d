"""Containers whose owner is gone: a run that was killed can't end its own."""

from contextlib import suppress
from typing import Any

from harness.targets.endpoint import Progress
from harness.targets.owners import is_gone

OWNER = "stageproof.owner"
"""The label that says whose a container is."""


def end_orphans(client: Any, progress: Progress) -> None:
    """Remove containers of runs on this machine that have ended without doing so themselves."""
    from docker.errors import DockerException  # noqa: PLC0415 (other targets needn't pay for it)

    with suppress(DockerException):  # then it stays for the next run
        for container in client.containers.list(all=True, filters={"label": OWNER}):
            if is_gone(str(container.labels.get(OWNER))):
                progress(f"removing {container.name}, which a run that was killed left")
                container.remove(force=True, v=True)
