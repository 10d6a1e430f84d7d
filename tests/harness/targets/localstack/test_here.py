"""Container or program: one decision, said with its reason, and overridable."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.targets import Endpoint, TargetError, TargetSettings
from harness.targets.endpoint import Progress
from harness.targets.localstack import (
    LocalStackContainer,
    LocalStackHere,
    LocalStackProcess,
    container,
    engine,
)
from harness.targets.localstack.container import BUILT, IMAGE

Start = Callable[..., list[str]]


class Started(Exception):
    """Which way was taken."""


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Start it without starting anything; what was said, ending with the way that was taken."""

    def taken(self: object, progress: Progress) -> Endpoint:
        raise Started(type(self).__name__)

    monkeypatch.setattr(LocalStackContainer, "start", taken)
    monkeypatch.setattr(LocalStackProcess, "start", taken)

    def begin(missing: str = "", mode: str | None = None, **user: str) -> list[str]:
        def available(self: LocalStackContainer, progress: Progress) -> None:
            if missing:
                raise TargetError(missing)

        monkeypatch.setattr(LocalStackContainer, "available", available)
        settings = TargetSettings.model_validate({"mode": mode})
        said: list[str] = []
        with pytest.raises(Started) as caught:
            LocalStackHere(settings, tmp_path, user=user, log=None).start(said.append)
        return [*said, str(caught.value)]

    return begin


def test_where_an_engine_has_the_image_it_is_a_container(start: Start) -> None:
    said = start()
    assert said == [f"LocalStack in a container of {IMAGE} (LOCALSTACK_MODE=process)",
                    "LocalStackContainer"]  # fmt: skip


def test_elsewhere_it_is_a_program_and_why_is_said(start: Start) -> None:
    said = start("no Docker engine answers: refused")
    assert said == [
        "LocalStack as a program of this machine, since no Docker engine answers: refused "
        "(LOCALSTACK_MODE=container)",
        "LocalStackProcess",
    ]


@pytest.mark.parametrize(("mode", "taken"), [("container", "LocalStackContainer"),
                                              ("process", "LocalStackProcess")])  # fmt: skip
def test_the_file_and_the_environment_decide_the_environment_first(
    start: Start, mode: str, taken: str
) -> None:
    other = "process" if mode == "container" else "container"
    assert start("nothing here", mode)[-1] == taken
    assert start("nothing here", other, LOCALSTACK_MODE=mode)[-1] == taken


def test_a_mode_that_there_is_none_of_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="no mode 'pod'"):
        LocalStackHere(TargetSettings(), tmp_path, user={"LOCALSTACK_MODE": "pod"}, log=None)


def test_no_engine_is_told_with_what_to_do(tmp_path: Path) -> None:
    nowhere = {"DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    with pytest.raises(TargetError, match="no Docker engine answers") as caught:
        engine.client_of(nowhere)
    assert "LOCALSTACK_MODE=process" in caught.value.mend
    assert engine.engine_here(nowhere) is None


class Images:
    """An engine's images; none can be pulled."""

    def __init__(self, *here: str) -> None:
        self._here = here

    def get(self, name: str) -> object:
        from docker.errors import ImageNotFound

        if name not in self._here:
            raise ImageNotFound(name)
        return name


class Api:
    def pull(self, image: str, **_: object) -> list[dict[str, str]]:
        return [{"status": "Pulling"}, {"error": "lookup registry: no such host"}]


class Client:
    def __init__(self, *here: str) -> None:
        self.images, self.api = Images(*here), Api()

    def close(self) -> None: ...


def test_an_image_that_cannot_be_pulled_is_told_with_every_way_out() -> None:
    with pytest.raises(TargetError, match="can't be pulled: lookup registry") as caught:
        engine.have_image(Client(), "x:1", lambda _: None)
    for way in ("docker load", "localstack/image", "image", "LOCALSTACK_MODE=process"):
        assert way in caught.value.mend


@pytest.mark.parametrize(
    ("here", "named", "taken"),
    [
        ((IMAGE, BUILT), "", IMAGE),
        ((BUILT,), "", BUILT),
        (("mine", BUILT), "mine", "mine"),
    ],
)
def test_the_image_is_the_one_named_else_the_official_else_one_that_was_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, here: tuple[str, ...], named: str, taken: str
) -> None:
    monkeypatch.setattr(container, "client_of", lambda _: Client(*here))
    monkeypatch.setattr(container, "end_orphans", lambda *_: None)
    made = LocalStackContainer(
        TargetSettings(), tmp_path, user={"LOCALSTACK_IMAGE": named}, log=None
    )
    made.available(lambda _: None)
    assert made.image == taken


def test_the_official_image_is_asked_for_where_none_is_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(container, "client_of", lambda _: Client())
    monkeypatch.setattr(container, "end_orphans", lambda *_: None)
    made = LocalStackContainer(TargetSettings(), tmp_path, user={}, log=None)
    with pytest.raises(TargetError, match=f"the image {IMAGE} isn't here"):
        made.available(lambda _: None)
