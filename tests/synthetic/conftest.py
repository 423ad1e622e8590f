"""Invented forces that several tests look at, and their tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from countylines.synthetic import synth
from tests.synthetic.vocabulary import ANY, groups_in


@dataclass(frozen=True)
class Made:
    """One invented force on disk."""

    folder: Path
    records: int

    def read(self, name: str) -> pl.DataFrame:
        """One of its tables, as ``records`` or ``truth/person``."""
        return pl.read_parquet(self.folder / f"{name}.parquet")

    def used(self) -> pl.DataFrame:
        """The records that METHOD 1 doesn't set aside."""
        middle = pl.col("grading").str.replace_all("[^A-Za-z0-9]", "").str.slice(1, 1)
        late = pl.col("recorded") >= pl.date(2015, 1, 1)
        false = middle.is_in(["E", "5"]).fill_null(False)
        return self.read("records").filter(late, ~pl.col("restricted"), ~false)

    def said(self) -> list[set[str]]:
        """The word groups that each used record says."""
        return _said(self)


@cache
def _said(made: Made) -> list[set[str]]:
    texts = made.used()["text"]
    some = texts.str.contains(f"(?i){ANY.pattern}")  # few do, and the others are told apart much faster so
    return [groups_in(text) if says else set() for text, says in zip(texts, some, strict=True)]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("town") / "force"
    synth(folder, 20_000, seed=7)
    return Made(folder, 20_000)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("city") / "force"
    synth(folder, 60_000, seed=3)
    return Made(folder, 60_000)
