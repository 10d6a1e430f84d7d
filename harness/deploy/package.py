"""Code and libraries as AWS expects them: a zip for each folder, kept by content."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.deploy.application import PackageSettings
from harness.deploy.archive import digest, files_of, write_zip
from harness.deploy.errors import DeployError
from harness.deploy.template import Template
from harness.targets import Python, Uv, made_once
from harness.targets.endpoint import Progress

_REQUIREMENTS = "requirements.txt"
_ZIP = "package.zip"
# Unpacking 4,000 files of libraries takes an emulator seconds at every cold start. Where functions
# can read this machine's files their layer is one line that puts the same libraries on their path,
# before the emulator's own.
_LINK = "linked-layer.pth"
_LINE = "import sys; sys.path.insert(0, {!r})\n"
_ARCHIVES = (".zip", ".jar")
_SERVERLESS = "AWS::Serverless::Function"
_LAMBDA = "AWS::Lambda::Function"
_LAYERS = {"AWS::Serverless::LayerVersion": "ContentUri", "AWS::Lambda::LayerVersion": "Content"}


@dataclass(frozen=True)
class Package:
    """A zip in the cache."""

    path: Path
    digest: str


class Packager:
    """Makes packages for one target's Python, or finds them in the cache.

    Args:
        home: the cache's folder.
        python: what the target's functions run on.
        user: the user's environment, for downloads.
    """

    def __init__(
        self,
        settings: PackageSettings,
        *,
        home: Path,
        python: Python,
        user: Mapping[str, str],
        progress: Progress,
    ) -> None:
        self._settings = settings
        self._home = home
        self._python = python
        self._user = user
        self._progress = progress

    def code(self, folder: Path, *, with_libraries: bool) -> Package:
        """A function's folder; with its requirements inside when no layer brings them."""
        sources = list(files_of(folder, self._settings.exclude))
        if not sources:
            raise DeployError(
                f"{folder} holds no code to deploy", "Mend CodeUri, or [package] exclude."
            )
        libraries = self._libraries(folder / _REQUIREMENTS) if with_libraries else None
        content = digest((name, path.read_bytes()) for name, path in sources)
        key = digest([(self._tag, content.encode()), ("with", str(libraries or "").encode())])

        def make(partial: Path) -> None:
            tree = partial / "tree"
            for name, path in sources:
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, tree / name)
            self._compile(tree)
            members = [*_everything(tree), *(_everything(libraries) if libraries else ())]
            write_zip(partial / _ZIP, members)
            shutil.rmtree(tree)

        kept = made_once(self._home / "code" / key[:24], make, progress=self._progress)
        return Package(kept / _ZIP, content)

    def as_it_is(self, file: Path) -> Package:
        """Something built by somebody else: a zip, a jar."""
        content = digest([("", file.read_bytes())])

        def make(partial: Path) -> None:
            shutil.copyfile(file, partial / _ZIP)

        kept = made_once(self._home / "code" / content[:24], make, progress=self._progress)
        return Package(kept / _ZIP, content)

    def layer(self, folder: Path) -> Package:
        """A layer: its requirements under ``python/``, or the folder as it stands."""
        if not (folder / _REQUIREMENTS).is_file():
            return self.code(folder, with_libraries=False)
        libraries = self._libraries(folder / _REQUIREMENTS)
        linked = self._python.reads_our_files
        key = f"{libraries.name}-linked" if linked else libraries.name

        def make(partial: Path) -> None:
            if linked:
                (partial / _LINK).write_text(_LINE.format(str(libraries)), encoding="utf-8")
                inside = f"python/lib/python{self._python.version}/site-packages/{_LINK}"
                write_zip(partial / _ZIP, [(inside, partial / _LINK)])
            else:
                write_zip(
                    partial / _ZIP, ((f"python/{n}", path) for n, path in _everything(libraries))
                )

        kept = made_once(self._home / "layers" / key, make, progress=self._progress)
        return Package(kept / _ZIP, libraries.name)

    @property
    def _tag(self) -> str:
        return f"{self._python.version}-{self._python.platform}"

    def _libraries(self, requirements: Path) -> Path:
        """A folder with what a requirements file asks for, for the target's Python."""
        wanted = _meaningful(requirements)
        key = digest([(self._tag, wanted.encode())])

        def make(partial: Path) -> None:
            self._progress("building the functions' libraries (once)")
            platform = ["--python-platform", self._python.platform] if self._python.platform else []
            Uv.find(self._user).run(
                ["pip", "install", "--target", partial, "--python-version", self._python.version,
                 *platform, "--only-binary", ":all:", "--link-mode", "copy",
                 "--requirements", requirements],
                doing=f"build the libraries of {requirements}",
            )  # fmt: skip
            shutil.rmtree(partial / "bin", ignore_errors=True)
            self._compile(partial)

        return made_once(self._home / "libraries" / key[:24], make, progress=self._progress)

    def _compile(self, tree: Path) -> None:
        """Bytecode that needs no source time stamps, which unpacking loses: cold starts halve."""
        if self._python.executable is None:
            return
        subprocess.run(  # noqa: S603 (the target's own interpreter)
            [self._python.executable, "-m", "compileall", "-q", "-j", "0",
             "--invalidation-mode", "unchecked-hash", "-s", tree, tree],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip


def packages_of(template: Template, packager: Packager) -> dict[tuple[str, str], Package]:
    """The package behind each local path of a template: (logical id, property) → package.

    Raises:
        DeployError: a path that isn't there.
        TargetError: a library that can't be had.
    """
    base = template.path.parent
    built_as_layer = set()
    found: dict[tuple[str, str], Package] = {}
    for kind, key in _LAYERS.items():
        for name, resource in template.of_type(kind).items():
            if local := _local(base, name, key, resource.get("Properties", {}).get(key)):
                built_as_layer.add(local)
                found[name, key] = _layer(packager, local, built=_built(template.path, resource))
    for name, key, uri in _codes(template):
        if local := _local(base, name, key, uri):
            alone = local not in built_as_layer and (local / _REQUIREMENTS).is_file()
            alone = alone and not _built(template.path, template.resources[name])
            found[name, key] = _code(packager, local, with_libraries=alone)
    return found


def _layer(packager: Packager, local: Path, *, built: bool) -> Package:
    return _code(packager, local, with_libraries=False) if built else packager.layer(local)


def _code(packager: Packager, local: Path, *, with_libraries: bool) -> Package:
    if local.is_file():
        return packager.as_it_is(local)
    return packager.code(local, with_libraries=with_libraries)


def _built(template: Path, resource: Mapping[str, Any]) -> bool:
    """Whether ``sam build`` did it already: its libraries lie beside the code.

    It says so of each resource, and beside the folder that it builds into.
    """
    said = resource.get("Metadata") or {}
    return "SamResourceId" in said or (template.parent.parent / "build.toml").is_file()


def _codes(template: Template) -> list[tuple[str, str, Any]]:
    globally = ((template.body.get("Globals") or {}).get("Function") or {}).get("CodeUri")
    codes = []
    for name, resource in template.of_type(_SERVERLESS).items():
        properties = resource.get("Properties", {})
        if "InlineCode" not in properties and properties.get("PackageType") != "Image":
            codes.append((name, "CodeUri", properties.get("CodeUri", globally or ".")))
    for name, resource in template.of_type(_LAMBDA).items():
        codes.append((name, "Code", resource.get("Properties", {}).get("Code")))
    return codes


def _local(base: Path, name: str, key: str, uri: Any) -> Path | None:
    """The folder or zip that a path in the template means; None for what is on S3 or inline."""
    if not isinstance(uri, str) or uri.startswith("s3://"):
        return None
    local = (base / uri).resolve()
    if not local.is_dir() and not (local.is_file() and local.suffix in _ARCHIVES):
        raise DeployError(
            f"{name}'s {key} {uri!r} is not a folder next to the template, nor a zip",
            "Mend the path; it is relative to the template.",
        )
    return local


def _everything(folder: Path) -> list[tuple[str, Path]]:
    """All files, bytecode included."""
    return [(p.relative_to(folder).as_posix(), p) for p in sorted(folder.rglob("*")) if p.is_file()]


def _meaningful(requirements: Path) -> str:
    """Its lines without comments: editing a comment must not build the libraries again."""
    lines = (
        line.split(" #", 1)[0].strip() for line in requirements.read_text("utf-8").splitlines()
    )
    return "\n".join(line for line in lines if line and not line.startswith("#"))
