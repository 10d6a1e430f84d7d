"""What ``cdk synth`` leaves, taken as it is: its assets go where the stack's code goes.

A synthesized template expects its assets in the bucket that ``cdk bootstrap`` makes, under keys
that the manifest beside it has. They are put into the stack's own bucket instead, so that neither
the ``cdk`` command nor a bootstrapped account is needed, and what only checks for these is struck.

https://docs.aws.amazon.com/cdk/v2/guide/assets.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from harness.deploy.errors import DeployError
from harness.model import Frozen

_SUFFIX = ".template.json"
_METADATA = "AWS::CDK::Metadata"
_PARAMETER, _RULE = "BootstrapVersion", "CheckBootstrapVersion"
_AGAIN = "Synthesize it again (cdk synth), and name the template that lies in cdk.out."


class _Source(Frozen, extra="ignore"):
    path: str = ""
    packaging: str = "file"


class _Destination(Frozen, extra="ignore"):
    bucketName: str
    objectKey: str


class _File(Frozen, extra="ignore"):
    source: _Source
    destinations: dict[str, _Destination]


class _Manifest(Frozen, extra="ignore"):
    files: dict[str, _File] = Field(default_factory=dict)
    dockerImages: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class Asset:
    """A file or a folder, and where the template expects it."""

    path: Path
    zipped: bool
    """Whether a folder that lies there as a zip."""
    bucket: str
    """As the template has it, mostly with ``${AWS::AccountId}`` and ``${AWS::Region}``."""
    key: str

    @property
    def suffix(self) -> str:
        """Of its key."""
        return Path(self.key).suffix


def assets_of(path: Path, body: Mapping[str, Any]) -> tuple[Asset, ...]:
    """The assets that the template refers to; none where it isn't CDK's.

    Args:
        path: the template's; its manifest lies beside it.

    Raises:
        DeployError: the manifest or an asset isn't there, or an asset is a container's image.
    """
    manifest = path.with_name(path.name.removesuffix(_SUFFIX) + ".assets.json")
    if not path.name.endswith(_SUFFIX) or not manifest.is_file():
        if alone := list(_staged(body)):
            raise DeployError(
                f"{path}: {alone[0]}'s code is an asset of CDK's, and {manifest.name} isn't there",
                _AGAIN,
            )
        return ()
    said, text = _read(manifest), json.dumps(body)
    if images := [name for name in said.dockerImages if name in text]:
        raise DeployError(
            f"{manifest}: {len(images)} assets are container images, and these aren't built here",
            "Let these functions be code, or attach to a stage that is deployed: --target live.",
        )
    return tuple(x for x in _assets(said, path) if x.key in text)


def moved(node: Any, places: Mapping[Asset, tuple[str, str]]) -> Any:
    """A part of a template with the assets' own places in it: asset → (bucket, key)."""
    if isinstance(node, list):
        return [moved(x, places) for x in node]
    if isinstance(node, Mapping):
        if len(node) == 1 and (bucket := _whole(node.get("Fn::Sub"), places)):
            return bucket
        return {k: moved(v, places) for k, v in node.items()}
    if isinstance(node, str):
        for asset, (bucket, key) in places.items():
            node = node.replace(asset.bucket, bucket).replace(asset.key, key)
    return node


def without_bootstrap(body: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The template without what only the ``cdk`` command needs; and what was struck, in words."""
    told = []
    kept = {name: dict(body.get(name) or {}) for name in ("Resources", "Parameters", "Rules")}
    for name, resource in list(kept["Resources"].items()):
        if isinstance(resource, Mapping) and resource.get("Type") == _METADATA:
            del kept["Resources"][name]
            told.append(f"{name} ({_METADATA}): it tells CDK's makers that it is used")
    declared = kept["Parameters"].get(_PARAMETER) or {}
    if str(declared.get("Default", "")).startswith("/cdk-bootstrap/"):
        del kept["Parameters"][_PARAMETER]
        kept["Rules"].pop(_RULE, None)
        told.append(f"parameter {_PARAMETER}: assets lie in the stack's own bucket")
    if not told:
        return body, ()
    rest = {name: part for name, part in kept.items() if part or name == "Resources"}
    return {**{n: p for n, p in body.items() if n not in kept}, **rest}, tuple(told)


def _staged(body: Mapping[str, Any]) -> Iterator[str]:
    """Resources whose metadata says that CDK staged a file or folder for them."""
    for name, resource in body["Resources"].items():
        if "aws:asset:path" in (resource.get("Metadata") or {}):
            properties = resource.get("Properties") or {}
            if not isinstance(properties.get(resource["Metadata"]["aws:asset:property"]), str):
                yield name


def _read(manifest: Path) -> _Manifest:
    try:
        return _Manifest.model_validate_json(manifest.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise DeployError(
            f"{manifest} is no manifest of assets: {str(error).splitlines()[0]}", _AGAIN
        ) from None


def _assets(manifest: _Manifest, template: Path) -> Iterator[Asset]:
    for file in manifest.files.values():
        path = (template.parent / file.source.path).resolve()
        if path == template.resolve():
            continue
        for place in file.destinations.values():
            if not path.exists():
                raise DeployError(
                    f"{template}: its asset {file.source.path} isn't there",
                    "Synthesize it again (cdk synth); check in what it leaves, assets too.",
                )
            zipped = file.source.packaging == "zip"
            yield Asset(path, zipped, place.bucketName, place.objectKey)


def _whole(text: object, places: Mapping[Asset, tuple[str, str]]) -> str | None:
    """The bucket, where a ``Fn::Sub`` is nothing but CDK's."""
    return next((bucket for asset, (bucket, _) in places.items() if asset.bucket == text), None)
