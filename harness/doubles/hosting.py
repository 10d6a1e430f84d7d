"""All doubles of a run: started before the deploy, bound to the stage after it."""

import asyncio
import importlib
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from harness.doubles.double import Double
from harness.doubles.errors import DoubleError
from harness.doubles.host import Host, Posted
from harness.doubles.settings import DoubleSettings
from harness.faults import FaultBox, Menu
from harness.model import Stage
from harness.recorder import Recorder
from harness.targets import Aws

T = TypeVar("T")

_READ_SECONDS = 10


class Document(Protocol):
    """Something that a double serves: its name and a path."""

    @property
    def double(self) -> str:
        """The double's name in ``harness.toml``."""
        ...

    @property
    def path(self) -> str:
        """Where the double serves it."""
        ...


@dataclass(frozen=True)
class _Hosted:
    double: Any
    host: Host
    settings: DoubleSettings


class Doubles(Mapping[str, Any]):
    """The doubles by name; each is spoken to by what its own class offers."""

    def __init__(self, hosted: Mapping[str, _Hosted], loop: asyncio.AbstractEventLoop) -> None:
        self._hosted = hosted
        self._loop = loop

    def __getitem__(self, name: str) -> Any:
        return self._hosted[name].double

    def __iter__(self) -> Iterator[str]:
        return iter(self._hosted)

    def __len__(self) -> int:
        return len(self._hosted)

    @property
    def urls(self) -> Mapping[str, str]:
        """Where each answers."""
        return {name: hosted.host.url for name, hosted in self._hosted.items()}

    @property
    def environment(self) -> Mapping[str, str]:
        """What every function must be told of them."""
        return {
            variable: value.replace("{url}", hosted.host.url)
            for hosted in self._hosted.values()
            for variable, value in hosted.settings.environment.items()
        }

    @property
    def errors(self) -> tuple[Exception, ...]:
        """Mistakes inside doubles: the harness's, never the application's."""
        return tuple(error for hosted in self._hosted.values() for error in hosted.host.errors)

    def document(self, document: Document) -> str:
        """What a double serves at a path, such as its key set.

        Raises:
            DoubleError: there is no such double, or it doesn't serve that.
        """
        if document.double not in self._hosted:
            raise DoubleError(
                f"a document of the double {document.double!r} is asked for, which isn't declared",
                f"Declared: {', '.join(self._hosted) or 'none'}.",
            )
        url = self._hosted[document.double].host.url + document.path
        try:
            # A user's proxy has no business between two ends of loopback.
            with build_opener(ProxyHandler({})).open(url, timeout=_READ_SECONDS) as answer:
                return str(answer.read().decode())
        except URLError as error:
            raise DoubleError(
                f"double {document.double} does not serve {document.path}: {error.reason}",
                "Name a path that it serves.",
            ) from None

    def hear(self, posted: Posted) -> None:
        """Be told of each request that a double makes by itself, on the loop's thread."""
        for hosted in self._hosted.values():
            hosted.host.posted.append(posted)

    def bind(self, stage: Stage) -> None:
        """Tell the doubles what the deploy made: endpoints of the stage, shared secrets.

        Raises:
            DoubleError: an output or a secret that a double is promised isn't there.
        """
        for name, hosted in self._hosted.items():
            settings = hosted.settings
            hosted.host.bind(
                {n: stage.base_url + path for n, path in settings.endpoints.items()},
                {n: _secret(stage, name, output) for n, output in settings.secrets.items()},
            )

    def run(self, work: Awaitable[T]) -> T:
        """Await something of a double, for a caller that isn't asynchronous."""
        return _run(work, self._loop)

    def stop(self) -> None:
        """Close every port."""
        for hosted in self._hosted.values():
            _run(hosted.host.stop(), self._loop)


def start_doubles(
    settings: Mapping[str, DoubleSettings],
    recorder: Recorder,
    faults: FaultBox,
    loop: asyncio.AbstractEventLoop,
) -> Doubles:
    """Load and serve the doubles on the running ``loop`` (of another thread).

    Raises:
        DoubleError: one can't be loaded or its port is taken; none is left open then.
    """
    doubles: dict[str, _Hosted] = {}
    try:
        for name, one in settings.items():
            host = Host(recorder, faults, loop, port=one.port)
            double = _load(name, one, host)
            _run(host.serve(double), loop)
            doubles[name] = _Hosted(double, host, one)
    except BaseException:
        Doubles(doubles, loop).stop()
        raise
    return Doubles(doubles, loop)


def menus_of(settings: Mapping[str, DoubleSettings]) -> dict[str, Menu]:
    """What can go wrong with each double, by its service; nothing is started.

    Raises:
        DoubleError: one can't be loaded.
    """
    kinds = [_attribute(name, one) for name, one in settings.items()]
    return {kind.name: kind.menu for kind in kinds if hasattr(kind, "menu")}


def _attribute(name: str, settings: DoubleSettings) -> Any:
    module, _, attribute = settings.factory.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise _unknown(name, settings, error) from error


def _unknown(name: str, settings: DoubleSettings, error: Exception) -> DoubleError:
    return DoubleError(
        f"[doubles.{name}] factory {settings.factory!r} can't be had: {error}",
        "Give module:Class of a Double, and options that it takes.",
    )


def _load(name: str, settings: DoubleSettings, host: Host) -> Double:
    try:
        double = _attribute(name, settings)(host, **settings.options)
    except (AttributeError, TypeError) as error:
        raise _unknown(name, settings, error) from error
    if not isinstance(double, Double):
        raise DoubleError(
            f"[doubles.{name}] factory {settings.factory!r} doesn't make a Double",
            "Derive it from harness.doubles.Double.",
        )
    return double


def _secret(stage: Stage, double: str, output: str) -> str:
    if output not in stage.outputs:
        raise DoubleError(
            f"[doubles.{double}] secrets names the output {output!r}, which the stack doesn't have",
            f"It has: {', '.join(sorted(stage.outputs)) or 'none'}.",
        )
    client = Aws.of(stage).client("secretsmanager")
    return str(client.get_secret_value(SecretId=stage.outputs[output])["SecretString"])


async def _awaited(work: Awaitable[T]) -> T:
    return await work


def _run(work: Awaitable[T], loop: asyncio.AbstractEventLoop) -> T:
    return asyncio.run_coroutine_threadsafe(_awaited(work), loop).result()
