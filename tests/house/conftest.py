"""The files that belong to the project, for the tests of the house."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = {"dist", "build", "demo", "node_modules", "__pycache__"}
HIDDEN = {".ci", ".gitignore", ".importlinter"}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def project_files() -> list[Path]:
    """Every file that git knows or would take; without git, every file outside the folders that the tools make."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if is_ours(path.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file())


def is_ours(parts: tuple[str, ...]) -> bool:
    return not any(part in MADE or (part.startswith(".") and part not in HIDDEN) for part in parts)


@pytest.fixture(scope="session")
def modules(project_files: list[Path]) -> list[Path]:
    """The package's own Python files."""
    return [path for path in project_files if path.suffix == ".py" and path.is_relative_to(ROOT / "src")]
