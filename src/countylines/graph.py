"""The border: from tables of kept people and their ties to a graph of integers, and back to ids.

Before this file everything is tables of any size on an engine; after it the pruned network is in memory. Vertices stand
in order of id and edges in order of (a, b), so that nothing that follows depends on row order (METHOD section 4).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from countylines.errors import InputError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

END_NAMES = (("a", "b"), ("source", "target"))
WEIGHT_NAME = "weight"
WEIGHT_RANGE = (1e-100, 1e100)  # outside it the squares in modularity leave the range of a 64-bit float


@dataclass(frozen=True, eq=False)
class Graph:
    """An undirected, weighted graph without self-loops or parallel edges.

    Attributes:
        ids: the id of each vertex, sorted as text.
        a, b: the two ends of each edge as vertex numbers, a < b, sorted by (a, b).
        w: the weight of each edge, finite and above 0.
    """

    ids: tuple[str, ...]
    a: Ints
    b: Ints
    w: Floats

    @property
    def n(self) -> int:
        """The number of vertices."""
        return len(self.ids)

    @property
    def strength(self) -> Floats:
        """s(u), the sum of the weights at each vertex, added in order of (a, b)."""
        ends = np.column_stack((self.a, self.b)).ravel()
        return np.bincount(ends, np.repeat(self.w, 2), self.n).astype(np.float64)


def graph_from(ids: Sequence[str], pairs: Mapping[tuple[str, str], float]) -> Graph:
    """Make a graph of ids in any order and pairs of different ids, each pair once, with its weight.

    Example:
        >>> graph = graph_from(["cat", "ann", "bob"], {("cat", "ann"): 2.0, ("ann", "bob"): 1.0})
        >>> graph.ids, graph.a.tolist(), graph.b.tolist(), graph.w.tolist()
        (('ann', 'bob', 'cat'), [0, 0], [1, 2], [1.0, 2.0])
    """
    ordered = tuple(sorted(ids))
    number = {name: i for i, name in enumerate(ordered)}
    edges = sorted((*sorted((number[one], number[other])), weight) for (one, other), weight in pairs.items())
    return Graph(
        ordered,
        np.array([edge[0] for edge in edges], np.int64),
        np.array([edge[1] for edge in edges], np.int64),
        np.array([edge[2] for edge in edges], np.float64),
    )


def graph_of(nominals: pl.DataFrame, edges: pl.DataFrame) -> Graph:
    """The graph of METHOD section 3.7: all kept people, and the ties that can hold a group together.

    A tie is an edge of kind associative with b > 0 and at least one end that entered as matched; w = b * n_records.

    Args:
        nominals: as the run table ``nominals``; needs nominal_id and entered_by.
        edges: as the run table ``edges``; needs nominal_a, nominal_b, weight (b), n_records and kind.

    Raises:
        InputError: an edge names someone who is not in ``nominals``.
    """
    kept = sorted(nominals["nominal_id"].to_list())
    matched = set(nominals.filter(pl.col("entered_by") == "matched")["nominal_id"].to_list())
    unknown = set(edges["nominal_a"]).union(edges["nominal_b"]).difference(kept)
    if unknown:
        raise InputError(f"{min(unknown)!r} is not among the nominals", "make the run again", file="edges")
    ties = edges.filter((pl.col("kind") == "associative") & (pl.col("weight") > 0))
    rows = ties.select("nominal_a", "nominal_b", "weight", "n_records").iter_rows()
    pairs = {(one, other): b * n for one, other, b, n in rows if one in matched or other in matched}
    return graph_from(kept, pairs)


def components(graph: Graph) -> Ints:
    """The number of each vertex's connected component, numbered from 0 by first member.

    Example:
        >>> components(graph_from("abcd", {("a", "c"): 1.0})).tolist()
        [0, 1, 0, 2]
    """
    from scipy.sparse import coo_array  # here: half of what needs a graph's types never asks this, and SciPy takes long
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(graph.a), np.int8), (graph.a, graph.b)), shape=(graph.n, graph.n))
    return numbered(connected_components(links, directed=False)[1])


def numbered(labels: npt.ArrayLike) -> Ints:
    """Labels renumbered from 0 in order of first appearance.

    Example:
        >>> numbered([7, 3, 7, 5]).tolist()
        [0, 1, 0, 2]
    """
    _, first, inverse = np.unique(np.asarray(labels), return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def split(graph: Graph, number: Ints) -> Iterator[tuple[Ints, Graph]]:
    """Each component with its vertices' numbers in the whole, vertices and edges in the order they have there.

    Args:
        graph: the whole.
        number: its components, as made by :func:`components`.
    """
    place = np.empty(graph.n, np.int64)  # of each vertex in its component
    for own, rows in zip(_by_number(number, number), _by_number(number[graph.a], number), strict=True):
        place[own] = np.arange(len(own))
        ids = tuple(graph.ids[u] for u in own.tolist())
        yield own, Graph(ids, place[graph.a[rows]], place[graph.b[rows]], graph.w[rows])


def _by_number(labels: Ints, number: Ints) -> list[Ints]:
    """The positions in ``labels`` of 0, of 1 and so on, for each number there is."""
    if not len(number):
        return []
    ends = np.cumsum(np.bincount(labels, minlength=int(number.max()) + 1))
    return np.split(np.argsort(labels, kind="stable"), ends[:-1])


def read_edges(path: Path) -> Graph:
    """Read a list of edges: CSV with the columns a, b (or source, target) and, if there are weights, weight.

    Ids are text, without the blanks around them, and sort as text: 10 stands before 9. An edge given several times, in
    either direction, is one edge of the summed weight (igraph's Walktrap treats parallel edges unlike one heavy edge).
    Without a weight column every row weighs 1. Other columns and empty lines are not read.

    Raises:
        InputError: names the file, the row (1 = first data row) and the column: no file, not UTF-8, a missing column,
            an empty id, a self-loop, a weight that is not a finite number above 0, or no edge at all.
    """
    file, row = path.name, 0
    weights: dict[tuple[str, str], list[float]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            columns = _columns(next(reader, []), file)
            for row, cells in enumerate(filter(None, reader), start=1):
                pair, weight = _edge(cells, columns, file, row)
                weights.setdefault(pair, []).append(weight)
    except OSError as error:
        raise InputError(f"the file can't be read: {error.strerror}", "check the path", file=path) from error
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8 text", "save it as CSV in UTF-8", file=file) from error
    except csv.Error as error:
        raise InputError(f"this is not CSV: {error}", "check the quotes", file=file, row=row + 1) from error
    if not weights:
        raise InputError("there is no edge in it", "give a row for each edge", file=file)
    ids = {name for pair in weights for name in pair}
    return graph_from(sorted(ids), {pair: math.fsum(each) for pair, each in weights.items()})  # any order, the same sum


def _columns(header: list[str], file: str) -> dict[str, int]:
    """The names and places of the two ends and, where there is one, of the weight."""
    names = [name.strip().lower() for name in header]
    ends = next((ends for ends in END_NAMES if set(ends) & set(names)), END_NAMES[0])
    for name in ends:
        if name not in names:
            advice = "the first row must name a, b and, if there are weights, weight"
            raise InputError(f"there is no column {name!r}", advice, file=file, field=name)
    return {name: names.index(name) for name in (*ends, WEIGHT_NAME) if name in names}


def _edge(cells: list[str], columns: Mapping[str, int], file: str, row: int) -> tuple[tuple[str, str], float]:
    """One row as a pair in order and a weight."""
    values = {name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()}
    (one, u), (other, v), *_ = values.items()
    for name in (one, other):
        if not values[name]:
            raise InputError("there is no id", "each row needs two", file=file, row=row, field=name)
    if u == v:
        raise InputError(f"{u!r} is tied to itself", "remove the row", file=file, row=row, field=other)
    weight = _weight(values[WEIGHT_NAME], file, row) if WEIGHT_NAME in values else 1.0
    return (min(u, v), max(u, v)), weight


def _weight(text: str, file: str, row: int) -> float:
    advice = "give a number above 0, as 2 or 0.5"
    try:
        value = float("" if "_" in text else text)  # Python reads 1_000, nobody else does
    except ValueError as error:
        raise InputError(f"{text!r} is not a number", advice, file=file, row=row, field=WEIGHT_NAME) from error
    least, most = WEIGHT_RANGE
    if not least <= value <= most:  # not a number, too
        raise InputError(f"{text!r} can't be a weight", advice, file=file, row=row, field=WEIGHT_NAME)
    return value
