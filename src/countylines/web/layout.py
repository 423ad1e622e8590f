"""Where everybody stands in drawings of the network: made from the run alone, so it is the same on each visit.

Groups are placed first, each with a disc of its own; its members stand inside that disc, so no two groups' outlines
cross; people in no group stand on rings around all discs (SCREENS section 1, Network). Nothing depends on row order.
Places start from ids, so a group that keeps its id, and a person who stays in it, move little from run to run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from countylines.graph import Floats, Ints
from countylines.web.layout_groups import place_groups
from countylines.web.layout_people import inside_discs, on_rings
from countylines.web.reader import Reader

APART = 10.0  # people of a group stand about so far from each other
RIM = 8.0  # between the outermost member and the disc's edge
GAP = 16.0  # least space between two discs, and between the discs and the people in no group


@dataclass(frozen=True)
class Disc:
    """A group's own ground; no two touch."""

    x: float
    y: float
    r: float


@dataclass(frozen=True, eq=False)
class Layout:
    """Places of all kept people and all groups, in the same units; y grows downwards, the middle is (0, 0).

    People of a group stand about 10 units apart, at least 8 inside their disc's edge.

    Attributes:
        ids: all kept people, sorted.
        x, y: where each stands, in order of ``ids``.
        discs: by group_id, sorted.
        row: where an id stands in ``ids``.
    """

    ids: tuple[str, ...]
    x: Floats
    y: Floats
    discs: Mapping[str, Disc]
    row: Mapping[str, int]

    def at(self, nominal_id: str) -> tuple[float, float]:
        """Where somebody stands.

        Raises:
            KeyError: nobody by that id is kept.
        """
        i = self.row[nominal_id]
        return float(self.x[i]), float(self.y[i])

    def inside(self, nominal_id: str, group_id: str) -> tuple[float, float]:
        """Where a member stands within their disc, each -1 to 1 from its middle.

        Raises:
            KeyError: nobody by that id is kept, or there is no such group.
        """
        disc, (x, y) = self.discs[group_id], self.at(nominal_id)
        return (x - disc.x) / disc.r, (y - disc.y) / disc.r


def layout(reader: Reader) -> Layout:
    """The run's places; ask for it by ``layout_of``, which makes it once."""
    return arrange(reader.table("nominals"), reader.table("edges"))


def layout_of(reader: Reader) -> Layout:
    """The run's places, made at the first need and kept."""
    found: Layout = reader.made("layout", layout)
    return found


def arrange(nominals: pl.DataFrame, edges: pl.DataFrame) -> Layout:
    """Places for the people of these tables, whatever the order of their rows.

    Args:
        nominals: ``nominal_id``, ``group_id`` (null = in no group).
        edges: ``nominal_a``, ``nominal_b``, ``n_records``.

    Example:
        >>> people = pl.DataFrame({"nominal_id": ["a", "b", "c", "d"], "group_id": ["G1", "G1", "G1", None]})
        >>> ties = pl.DataFrame({"nominal_a": ["a"], "nominal_b": ["b"], "n_records": [2]})
        >>> made = arrange(people, ties)
        >>> made.ids, list(made.discs)
        (('a', 'b', 'c', 'd'), ['G1'])
    """
    people = nominals.select("nominal_id", "group_id").sort("nominal_id")
    ids: list[str] = people["nominal_id"].to_list()
    names: list[str] = people["group_id"].drop_nulls().unique().sort().to_list()
    number = {name: i for i, name in enumerate(names)}
    group = np.array([number.get(name, -1) for name in people["group_id"].to_list()], np.int64)
    ends, weight = _ties(ids, edges)
    sizes = np.bincount(group[group >= 0], minlength=len(names)).astype(np.int64)
    radii = radius(sizes)
    centres = place_groups(names, radii, *_between(group, ends, weight, len(names)), gap=GAP)
    at = inside_discs(ids, group, ends, weight, sizes)
    at = at * np.append(radii - RIM, 0.0)[group, None] + np.append(centres, np.zeros((1, 2)), axis=0)[group]  # -1: last
    alone = np.flatnonzero(group < 0)
    reach = float((np.hypot(*centres.T) + radii).max()) if len(names) else 0.0
    at[alone] = on_rings(ids, alone, at, group, ends, weight, start=reach + GAP, apart=APART)
    discs = {name: Disc(*(round(v, 2) for v in (*centres[i].tolist(), float(radii[i])))) for name, i in number.items()}
    places = at.round(2)
    return Layout(tuple(ids), places[:, 0], places[:, 1], discs, {name: i for i, name in enumerate(ids)})


def radius(size: Ints) -> Floats:
    """The disc of a group of so many people: each has the same ground, whatever the group's size.

    Example:
        >>> radius(np.array([3, 12])).round(1).tolist()
        [20.1, 32.2]
    """
    made: Floats = RIM + 0.7 * APART * np.sqrt(size)
    return made


def _ties(ids: Sequence[str], edges: pl.DataFrame) -> tuple[Ints, Floats]:
    """The ends of each edge as rows of ``ids``, shape (edges, 2), and how much it pulls."""
    row = pl.DataFrame({"id": ids, "row": np.arange(len(ids))}, schema={"id": pl.String, "row": pl.Int64})
    found = (
        edges.select("nominal_a", "nominal_b", "n_records")
        .sort("nominal_a", "nominal_b")
        .join(row.rename({"id": "nominal_a", "row": "a"}), on="nominal_a", maintain_order="left")
        .join(row.rename({"id": "nominal_b", "row": "b"}), on="nominal_b", maintain_order="left")
    )
    ends: Ints = found.select("a", "b").to_numpy().astype(np.int64).reshape(-1, 2)
    return ends, np.log1p(found["n_records"].to_numpy().astype(np.float64))


def _between(group: Ints, ends: Ints, weight: Floats, groups: int) -> tuple[Ints, Floats]:
    """The ties between groups: pairs of groups, first < second, and how much each pair's ties pull together."""
    pair = np.sort(group[ends], axis=1)
    crossing = (pair[:, 0] >= 0) & (pair[:, 0] != pair[:, 1])
    key, place = np.unique(pair[crossing, 0] * groups + pair[crossing, 1], return_inverse=True)
    pull = np.bincount(place, weight[crossing], len(key)).astype(np.float64)
    pairs: Ints = np.column_stack(np.divmod(key, max(1, groups)))
    return pairs, pull
