import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from harness.deploy import DeployError, PackageSettings
from harness.deploy.package import Packager, packages_of
from harness.deploy.template import Template
from harness.targets import Python, TargetError

FAKE_UV = """#!{python}
import pathlib, sys
arguments = sys.argv[1:]
target = pathlib.Path(arguments[arguments.index("--target") + 1])
requirements = pathlib.Path(arguments[arguments.index("--requirements") + 1]).read_text()
pathlib.Path({log!r}).open("a").write(" ".join(arguments) + chr(10))
if "unbuildable" in requirements:
    sys.exit("hint: Wheels are required for `unbuildable` because building is disabled; "
             "unbuildable has no usable wheels")
(target / "library").mkdir()
(target / "library" / "__init__.py").write_text("NAME = 'library'")
(target / "bin").mkdir()
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "handler.py").write_text("def handler(event, context): return 1\n")
    (folder / "seed").mkdir()
    (folder / "seed" / "data.csv").write_text("a\n")
    return folder


@pytest.fixture
def uv_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A uv that installs one library and writes down how it was called."""
    log, program = tmp_path / "uv.log", tmp_path / "uv"
    program.write_text(FAKE_UV.format(python=sys.executable, log=str(log)))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setitem(sys.modules, "uv", None)
    return log


def _packager(tmp_path: Path, **python: object) -> Packager:
    return Packager(
        PackageSettings(exclude=("seed/**", "*.yaml", "requirements.txt")),
        home=tmp_path / "cache",
        python=Python(**{"version": "3.11", "platform": "", **python}),  # type: ignore[arg-type]
        user={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        progress=lambda _: None,
    )


def _names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_the_code_is_zipped_without_what_is_excluded(tmp_path: Path, app: Path) -> None:
    (app / "shop" / "__pycache__").mkdir()
    (app / "shop" / "__pycache__" / "old.pyc").touch()
    package = _packager(tmp_path).code(app, with_libraries=False)
    assert _names(package.path) == ["shop/handler.py"]


def test_the_same_code_gives_the_same_zip_and_other_code_another(tmp_path: Path, app: Path) -> None:
    first = _packager(tmp_path / "1").code(app, with_libraries=False)
    os.utime(app / "shop" / "handler.py", (1, 1))
    second = _packager(tmp_path / "2").code(app, with_libraries=False)
    assert first.digest == second.digest
    assert first.path.read_bytes() == second.path.read_bytes()
    (app / "shop" / "handler.py").write_text("changed = True\n")
    assert _packager(tmp_path / "1").code(app, with_libraries=False).digest != first.digest


def test_bytecode_is_packed_where_the_targets_python_is_here(tmp_path: Path, app: Path) -> None:
    packager = _packager(tmp_path, executable=Path(sys.executable))
    names = _names(packager.code(app, with_libraries=False).path)
    assert "shop/handler.py" in names
    assert any(n.startswith("shop/__pycache__/handler.") and n.endswith(".pyc") for n in names)


def test_a_folder_without_code_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DeployError, match="holds no code"):
        _packager(tmp_path).code(tmp_path / "empty", with_libraries=False)


def test_a_layer_is_built_for_the_targets_python_from_wheels_alone(
    tmp_path: Path, app: Path, uv_log: Path
) -> None:
    (app / "requirements.txt").write_text("library==1\n")
    package = _packager(tmp_path, platform="aarch64-unknown-linux-gnu").layer(app)
    assert _names(package.path) == ["python/library/__init__.py"]
    called = uv_log.read_text()
    assert "--python-version 3.11 --python-platform aarch64-unknown-linux-gnu" in called
    assert "--only-binary :all:" in called


def test_a_layer_is_built_again_only_when_what_is_asked_for_changes(
    tmp_path: Path, app: Path, uv_log: Path
) -> None:
    for text in ("library==1\n", "# a comment\nlibrary==1  # why\n", "library==2\n"):
        (app / "requirements.txt").write_text(text)
        _packager(tmp_path).layer(app)
    assert len(uv_log.read_text().splitlines()) == 2


def test_where_functions_read_our_files_a_layer_is_a_link(
    tmp_path: Path, app: Path, uv_log: Path
) -> None:
    (app / "requirements.txt").write_text("library==1\n")
    package = _packager(tmp_path, reads_our_files=True).layer(app)
    (name,) = _names(package.path)
    assert name == "python/lib/python3.11/site-packages/linked-layer.pth"
    with zipfile.ZipFile(package.path) as archive:
        line = archive.read(name).decode()
    libraries = Path(line.split("'")[1])
    assert (libraries / "library" / "__init__.py").exists()


def test_a_missing_wheel_is_named_and_leaves_no_half_made_layer(
    tmp_path: Path, app: Path, uv_log: Path
) -> None:
    (app / "requirements.txt").write_text("unbuildable==1\n")
    with pytest.raises(TargetError, match="unbuildable has no wheel for this Python"):
        _packager(tmp_path).layer(app)
    assert not [p for p in (tmp_path / "cache" / "libraries").iterdir() if p.is_dir()]


def _packages(tmp_path: Path, app: Path, resources: dict[str, object]) -> dict[str, list[str]]:
    template = Template(app / "template.yaml", {"Resources": resources})
    found = packages_of(template, _packager(tmp_path))
    return {name: _names(p.path) for (name, _), p in found.items()}


def test_libraries_are_in_the_layer_or_else_in_the_functions_zip(
    tmp_path: Path, app: Path, uv_log: Path
) -> None:
    (app / "requirements.txt").write_text("library==1\n")
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "."}}
    layer = {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "."}}
    alone = _packages(tmp_path, app, {"F": function})
    assert alone["F"] == ["shop/handler.py", "library/__init__.py"]
    both = _packages(tmp_path, app, {"F": function, "L": layer})
    assert both == {"L": ["python/library/__init__.py"], "F": ["shop/handler.py"]}


def test_code_that_is_elsewhere_or_inline_is_left_alone(tmp_path: Path, app: Path) -> None:
    resources: dict[str, object] = {
        "A": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "s3://b/k"}},
        "B": {"Type": "AWS::Serverless::Function", "Properties": {"InlineCode": "x = 1"}},
        "C": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"ZipFile": "x = 1"}}},
        "D": {"Type": "AWS::Lambda::Function", "Properties": {"Code": "shop"}},
    }
    assert _packages(tmp_path, app, resources) == {"D": ["handler.py"]}


def test_a_path_that_is_not_there_is_named(tmp_path: Path, app: Path) -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "srcc"}}
    with pytest.raises(DeployError, match="F's CodeUri 'srcc' is not a folder"):
        _packages(tmp_path, app, {"F": function})


def _prebuilt(tmp_path: Path, uri: str, **resource: object) -> Template:
    function = {
        "Type": "AWS::Serverless::Function", "Properties": {"CodeUri": uri}, **resource,
    }  # fmt: skip
    return Template(tmp_path / "template.yaml", {"Resources": {"F": function}})


def test_a_zip_is_taken_as_it_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "built.zip", "w") as archive:
        archive.writestr("handler.py", "x = 1")
    packages = packages_of(_prebuilt(tmp_path, "built.zip"), _packager(tmp_path))
    package = packages["F", "CodeUri"]
    assert package.path.read_bytes() == (tmp_path / "built.zip").read_bytes()


@pytest.mark.parametrize("marked", ["by the resource", "by the folder"])
def test_what_sam_built_is_not_built_again(
    tmp_path: Path, app: Path, uv_log: Path, marked: str
) -> None:
    (app / "requirements.txt").write_text("library\n")
    if marked == "by the folder":
        (tmp_path / "build.toml").touch()
        template = Template(
            tmp_path / "build" / "template.yaml",
            _prebuilt(tmp_path, "../app").body,
        )
    else:
        template = _prebuilt(tmp_path, "app", Metadata={"SamResourceId": "F"})
    packages = packages_of(template, _packager(tmp_path))
    assert "shop/handler.py" in _names(packages["F", "CodeUri"].path)
    assert not uv_log.exists()
