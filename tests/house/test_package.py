"""What leaves the house: wheel and source archive hold the package, and nothing of the tests or the real data."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def archives(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    """The names inside the wheel and inside the source archive, built as `make wheel` builds them."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(root)]
    subprocess.run(command, check=True, capture_output=True)
    wheel = zipfile.ZipFile(next(out.glob("*.whl"))).namelist()
    with tarfile.open(next(out.glob("*.tar.gz"))) as archive:
        source = [name.split("/", 1)[1] for name in archive.getnames() if "/" in name]
    return wheel, source


def test_the_wheel_holds_the_package_only(archives: tuple[list[str], list[str]]) -> None:
    wheel, _ = archives
    assert {name.split("/")[0] for name in wheel} == {"countylines", "countylines-0.1.0.dist-info"}
    assert "countylines/tables/extracts.py" in wheel
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel)


def test_the_source_archive_holds_no_tests_and_no_real_data(archives: tuple[list[str], list[str]]) -> None:
    _, source = archives
    assert {"pyproject.toml", "constraints.txt", "README.md", "src/countylines/tables/extracts.py"} <= set(source)
    assert not [name for name in source if name.startswith(("tests", "examples", "benchmarks", "docs"))]


def test_data_files_of_the_package_are_in_the_wheel(archives: tuple[list[str], list[str]], modules: list[Path]) -> None:
    wheel, _ = archives
    package = next(path for path in modules if path.name == "pipeline.py").parent
    data = [path for path in package.rglob("*") if path.suffix in {".yaml", ".csv", ".txt", ".html", ".toml"}]
    assert {f"countylines/{path.relative_to(package).as_posix()}" for path in data} <= set(wheel)


def test_every_dependency_is_pinned(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {one.split(">")[0].split("[")[0].split("<")[0].strip().lower() for one in wanted}
    pinned = {line.split("==")[0] for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    assert names <= pinned
