"""A run of an invented force, for the tests that compare its harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from countylines.engine import DuckDB
from countylines.pipeline import run
from countylines.rank.evidence import Evidence
from countylines.settings import Settings
from countylines.synthetic import synth
from tests.rank.harm.made import from_run


@pytest.fixture(scope="session")
def force_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of a small force."""
    folder = tmp_path_factory.mktemp("harm")
    synth(folder / "force", 8_000, 5)
    engine = DuckDB(threads=2)
    try:
        return run(folder / "force", folder / "run", Settings(), engine)
    finally:
        engine.close()


@pytest.fixture(scope="session")
def force_evidence(force_run: Path) -> Evidence:
    """What harm reads of it."""
    return from_run(force_run)
