"""AWS's services as botocore describes them: who is meant by a signature, a target, a version.

Nothing but each service's metadata is read at first, and that is kept by botocore's version; a
service's operations are read when it is first called.
"""

import difflib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import botocore
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from harness.model import Frozen
from harness.wire.errors import WireError

_MODEL = "service-2.json.gz"
_HEAD = 16_384
"""Bytes of an uncompressed model in which its metadata is: it comes first."""


class Service(Frozen):
    """One service's metadata."""

    name: str
    """As boto3 has it: ``dynamodb``, ``events``."""
    protocol: str
    """The one that an SDK prefers."""
    protocols: tuple[str, ...] = ()
    signing: str
    """The name in a signature's scope; several services may share one."""
    prefix: str = ""
    """Of ``X-Amz-Target``; empty where it has none."""
    version: str = ""
    """Of its API, as query requests carry it."""

    @property
    def speaks(self) -> tuple[str, ...]:
        """Every protocol that it understands."""
        return self.protocols or (self.protocol,)


class _Index(Frozen):
    services: tuple[Service, ...]


@dataclass
class Models:
    """Every service that botocore knows.

    Args:
        cache: where the index is kept; without one it is made anew (a tenth of a second).
    """

    cache: Path | None = None

    def __post_init__(self) -> None:
        self._loader = Loader()
        self._models: dict[str, ServiceModel] = {}

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """By name."""
        return {s.name: s for s in self._index()}

    @cached_property
    def by_prefix(self) -> Mapping[str, tuple[str, ...]]:
        """Prefix of ``X-Amz-Target`` → services."""
        return _grouped((s.prefix, s.name) for s in self.services.values() if s.prefix)

    @cached_property
    def by_signing(self) -> Mapping[str, tuple[str, ...]]:
        """Name in a signature's scope → services; the one of that very name first."""
        named = sorted(self.services.values(), key=lambda s: s.name != s.signing)
        return _grouped((s.signing, s.name) for s in named)

    @cached_property
    def by_version(self) -> Mapping[str, tuple[str, ...]]:
        """API version → services; those that take forms (``Action=``) first."""
        forms = {"query", "ec2"}
        asked = sorted(self.services.values(), key=lambda s: not forms.intersection(s.speaks))
        return _grouped((s.version, s.name) for s in asked)

    def model(self, service: str) -> ServiceModel:
        """A service's operations and shapes; read once."""
        if service not in self._models:
            loaded = self._loader.load_service_model(service, "service-2")
            self._models[service] = ServiceModel(loaded, service)
        return self._models[service]

    def operation(self, service: str, operation: str) -> OperationModel:
        """One operation's model.

        Raises:
            WireError: there is none of that name; the nearest is named.
        """
        if service not in self.services:
            raise WireError(
                f"AWS has no service {service!r}{_nearest(service, self.services)}",
                "Name it as boto3 does: dynamodb, sqs, events, secretsmanager …",
            )
        model = self.model(service)
        if operation not in model.operation_names:
            raise WireError(
                f"{service} has no operation {operation!r}"
                f"{_nearest(operation, model.operation_names)}",
                "Name it as AWS's API does: PutItem, SendMessage …",
            )
        return model.operation_model(operation)

    def _index(self) -> tuple[Service, ...]:
        kept = None if self.cache is None else self.cache / f"botocore-{botocore.__version__}.json"
        if kept is not None and kept.is_file():
            try:
                return _Index.model_validate_json(kept.read_bytes()).services
            except ValueError:
                pass  # cut short or of another format: made anew below
        services = tuple(_scanned(self._loader))
        if kept is not None:
            _keep(kept, _Index(services=services))
        return services


def _keep(path: Path, index: _Index) -> None:
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(index.model_dump_json())
        partial.replace(path)
    except OSError:
        return  # a full or read-only cache costs a tenth of a second a run, no more


def _scanned(loader: Loader) -> Iterable[Service]:
    for root in map(Path, loader.search_paths):
        for folder in sorted(root.glob("*")) if root.is_dir() else ():
            newest = max(folder.glob(f"*/{_MODEL}"), default=None)
            if newest is not None:
                yield _service(folder.name, newest)


def _service(name: str, path: Path) -> Service:
    metadata = _metadata(path)
    return Service(
        name=name,
        protocol=metadata["protocol"],
        protocols=tuple(metadata.get("protocols", ())),
        signing=metadata.get("signingName") or metadata["endpointPrefix"],
        prefix=metadata.get("targetPrefix", ""),
        version=metadata.get("apiVersion", ""),
    )


def _metadata(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        text = zlib.decompressobj(31).decompress(file.read(_HEAD), _HEAD).decode("utf-8", "ignore")
    found = text.find('"metadata"')
    if found < 0:  # an odd order of keys: read the whole
        return dict(json.loads(zlib.decompress(path.read_bytes(), 31))["metadata"])
    metadata, _ = json.JSONDecoder().raw_decode(text, text.index("{", found))
    return dict(metadata)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, tuple[str, ...]] = {}
    for key, value in pairs:
        grouped[key] = (*grouped.get(key, ()), value)
    return grouped


def _nearest(name: str, known: Iterable[str]) -> str:
    by_lower = {k.lower(): k for k in known}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f" (did you mean {by_lower[near[0]]!r}?)" if near else ""
