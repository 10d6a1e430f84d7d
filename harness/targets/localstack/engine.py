"""A Docker engine, and whether it has the image or can get it."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from harness.targets.endpoint import Progress
from harness.targets.errors import TargetError

_PATIENCE = 10
"""Seconds that an engine has to answer."""
MEND_ENGINE = (
    "Start one (Debian: apt-get install docker.io; dockerd), or choose LOCALSTACK_MODE=process."
)


def client_of(user: Mapping[str, str]) -> Any:
    """docker's client of the engine that answers.

    Raises:
        TargetError: none does.
    """
    import docker  # noqa: PLC0415 (half a second that other targets needn't pay)
    from docker.errors import DockerException  # noqa: PLC0415

    try:
        client = docker.from_env(environment=dict(user), timeout=_PATIENCE)
        client.ping()
    except (DockerException, OSError) as error:
        raise TargetError(f"no Docker engine answers: {_short(error)}", MEND_ENGINE) from None
    return client


def have_image(client: Any, image: str, progress: Progress) -> None:
    """See to it that the engine has the image, pulling it if need be.

    Raises:
        TargetError: it is neither here nor to be had.
    """
    from docker.errors import APIError, DockerException, ImageNotFound  # noqa: PLC0415

    try:
        with suppress(ImageNotFound):
            client.images.get(image)
            return
        progress(f"pulling {image} (once)")
        for line in client.api.pull(image, stream=True, decode=True):
            if "error" in line:
                raise TargetError(_unpullable(image, line["error"]), _mend(image))
            _tell(line, progress)
        client.images.get(image)
    except (APIError, DockerException, OSError) as error:
        raise TargetError(_unpullable(image, _short(error)), _mend(image)) from None


def first_here(client: Any, *images: str) -> str | None:
    """The first of these that the engine has; None where it has none, or doesn't say."""
    from docker.errors import DockerException  # noqa: PLC0415

    for image in images:
        with suppress(DockerException, OSError):
            client.images.get(image)
            return image
    return None


def _tell(line: Mapping[str, Any], progress: Progress) -> None:
    if line.get("status") == "Download complete":
        progress(f"fetched layer {line.get('id', '')}")
    total = (line.get("progressDetail") or {}).get("total")
    if line.get("status") == "Downloading" and total and not line["progressDetail"].get("current"):
        progress(f"fetching layer {line.get('id', '')} ({total / 1e6:.0f} MB)")


def _unpullable(image: str, why: str) -> str:
    return f"the image {image} isn't here and can't be pulled: {why}"


def _mend(image: str) -> str:
    return (
        "Load it by hand (docker load), name another (LOCALSTACK_IMAGE), build one like it "
        "(localstack/image/build.sh), or choose LOCALSTACK_MODE=process, which needs none."
    )


def _short(error: object) -> str:
    text = " ".join(str(error).split())
    with suppress(ValueError, TypeError, KeyError):
        text = json.loads(text)["message"]
    return text[:200]


def engine_here(user: Mapping[str, str] = os.environ) -> str | None:
    """The version of the engine that answers; None if none does."""
    try:
        client = client_of(user)
    except TargetError:
        return None
    try:
        return str(client.version().get("Version", "?"))
    finally:
        client.close()
