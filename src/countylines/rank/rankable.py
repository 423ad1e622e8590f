"""Who may be ranked: a type that can't be made of anybody who is protected or held (METHOD 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Rankable:
    """The people who are neither protected nor held: the only ones who have a harm row, a rank or a step.

    Every function that makes a table of ranked people takes one, so a protected person can't be passed to it.

    Attributes:
        ids: their nominal_ids, sorted.

    Example:
        >>> people = pl.DataFrame({"nominal_id": ["b", "a"], "protected": [False, True], "held": [[], []]})
        >>> Rankable(people)
        Traceback (most recent call last):
        ValueError: 1 of these people are protected or held and can't be ranked
        >>> rankable_of(people).ids
        ('b',)
    """

    ids: tuple[str, ...]

    def __init__(self, nominals: pl.DataFrame) -> None:
        """Take rows of the run table ``nominals``: nominal_id, protected, held.

        Raises:
            ValueError: somebody is protected or held, or isn't known not to be.
        """
        wrong = nominals.filter(~_free())
        if len(wrong):
            raise ValueError(f"{len(wrong)} of these people are protected or held and can't be ranked")
        object.__setattr__(self, "ids", tuple(sorted(nominals["nominal_id"].to_list())))

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, frame: pl.DataFrame, column: str = "nominal_id") -> pl.DataFrame:
        """The frame's rows about rankable people."""
        return frame.filter(pl.col(column).is_in(list(self.ids)))

    def mask(self, ids: Iterable[str]) -> npt.NDArray[np.bool_]:
        """For each id whether it may be ranked."""
        known = set(self.ids)
        return np.array([name in known for name in ids], dtype=bool)


def rankable_of(nominals: pl.DataFrame) -> Rankable:
    """The rankable people of the run table ``nominals``."""
    return Rankable(nominals.filter(_free()))


def _free() -> pl.Expr:
    """Known not to be protected, and held for no reason; anything unknown counts as a reason."""
    return ~pl.col("protected").fill_null(True) & (pl.col("held").list.len().fill_null(1) == 0)
