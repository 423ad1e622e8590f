"""Frames for the tests of the network, on each engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from countylines.engine import Engine
from tests.network.frames import Frames


@pytest.fixture
def frames(engine: Engine, tmp_path: Path) -> Frames:
    return Frames(engine, tmp_path)
