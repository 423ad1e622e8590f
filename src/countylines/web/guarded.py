"""Whom the latest run protects or holds: kept beside the reading indexes, so that it outlives that run and a restart.

Pages of earlier runs rank nobody whom a later one guards. That run may be damaged or deleted meanwhile: its word stays.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from countylines.runs import Run
from countylines.web.index import people

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guarded:
    """A run's word on whom to guard.

    Attributes:
        stamp: of its manifest.
        as_of, at: its day, and when its manifest was written (nanoseconds): which of two runs is later.
        ids: who is protected or held.
    """

    stamp: str
    as_of: str
    at: int
    ids: frozenset[str]

    def later_than(self, as_of: str, at: int) -> bool:
        """Whether it is the word of a later run than that.

        Example:
            >>> Guarded("b1", "2026-02-01", 5, frozenset()).later_than("2026-01-01", 9)
            True
        """
        return (self.as_of, self.at) > (as_of, at)


def read_guarded(run: Run, stamp: str, at: int) -> Guarded:
    """A run's word.

    Raises:
        InputError, OSError, PolarsError: a table of it isn't there or is damaged.
    """
    told = people(run).filter(pl.col("protected") | (pl.col("held") != "[]")).select("nominal_id").collect()
    return Guarded(stamp, str(run.manifest["as_of"]), at, frozenset(told["nominal_id"]))


def both(kept: Guarded, other: Guarded) -> Guarded:
    """The later word, with whom the other guards, too, where a run that is gone was later than any that is there."""
    return replace(kept, ids=kept.ids | other.ids)


def recall(path: Path) -> Guarded | None:
    """The word that was kept; None = none was, or it can't be read any more."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Guarded(str(told["stamp"]), str(told["as_of"]), int(told["at"]), frozenset(map(str, told["ids"])))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("%s can't be read: whom the latest run guards is asked anew", path.name)
        return None


def keep(path: Path, word: Guarded) -> None:
    """Keep it, whole or not at all; for the server's own user only."""
    partial = path.with_suffix(f".{os.getpid()}.partial")
    told = {"stamp": word.stamp, "as_of": word.as_of, "at": word.at, "ids": sorted(word.ids)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(told), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        log.warning("whom the latest run guards can't be kept: %s", error)
