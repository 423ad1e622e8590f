"""The graph drawn anew: without some of its records, or with its records shuffled (METHOD section 4).

What rests on a few records, and what chance alone would make, can only be seen on other networks of the same people.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from countylines.errors import InputError
from countylines.graph import Floats, Graph, Ints
from countylines.progress import Advance
from countylines.settings import Stability

Result = TypeVar("Result")

SHUFFLE = 1  # third entry of a shuffle's seed, so that it shares no random number with draw i
ALONE_BELOW = 3.0  # seconds of work that two processes, which take one or two to start, don't make shorter
LOW, HIGH = 0.05, 0.95  # the ends of every range over draws


@dataclass(frozen=True, eq=False)
class Ties:
    """The graph of METHOD 3.7 with the records behind each edge.

    Attributes:
        ids: the id of each kept person, sorted.
        matched: whether each person entered as matched.
        a, b: the two ends of each edge, a < b, sorted by (a, b).
        weight: b of METHOD 3.4 of each edge.
        edge, record: one entry for each record behind each edge: the edge's number and the record's, 0 to records - 1.
        records: how many records stand behind any associative edge, numbered in order of their ids.
    """

    ids: tuple[str, ...]
    matched: npt.NDArray[np.bool_]
    a: Ints
    b: Ints
    weight: Floats
    edge: Ints
    record: Ints
    records: int

    def counted(self) -> Ties:
        """The same ties, each record of weight 1: w = n."""
        return replace(self, weight=np.ones(len(self.a)))

    def graph(self, kept: npt.NDArray[np.bool_] | None = None) -> Graph:
        """The graph that these records make: n recounted, edges with n = 0 dropped, w = b * n.

        Args:
            kept: whether each record is there; None = all.
        """
        edge = self.edge if kept is None else self.edge[kept[self.record]]
        n = np.bincount(edge, minlength=len(self.a))
        left = n > 0
        return Graph(self.ids, self.a[left], self.b[left], self.weight[left] * n[left])

    def draw(self, seed: int, i: int, share: float) -> Graph:
        """Draw i: each record stays with probability ``share``, for all its edges alike."""
        return self.graph(np.random.default_rng([seed, i]).random(self.records) < share)

    def incidences(self) -> tuple[Ints, Ints]:
        """Every person in every record behind the graph, once each: people and records, sorted by record and person."""
        both = np.concatenate(
            (self.record * len(self.ids) + self.a[self.edge], self.record * len(self.ids) + self.b[self.edge])
        )
        record, person = np.divmod(np.unique(both), max(1, len(self.ids)))
        return person, record

    def shuffled(self, seed: int, i: int) -> Ties:
        """Shuffle i: the incidences (person, record) behind the graph permuted.

        Everybody keeps how many records they are in and every record its size, but for somebody drawn twice into the
        same record, who counts once. As in the graph itself, an edge needs a matched end. w = n.
        """
        person, record = self.incidences()
        permuted = np.random.default_rng([seed, i, SHUFFLE]).permutation(person)
        return self.meeting(permuted, record)

    def meeting(self, person: Ints, record: Ints) -> Ties:
        """The ties of the same people when these are the incidences; each record of weight 1."""
        n = max(1, len(self.ids))
        where, who = np.divmod(np.unique(record * n + person), n)
        found = []
        for apart in range(1, int(np.bincount(where).max(initial=0))):
            first = np.flatnonzero(where[apart:] == where[:-apart])  # sorted by record, so neighbours share one
            found.append(np.column_stack((who[first], who[first + apart], where[first])))
        pairs = np.concatenate(found) if found else np.empty((0, 3), np.int64)
        pairs = pairs[self.matched[pairs[:, 0]] | self.matched[pairs[:, 1]]]
        keys, edge = np.unique(pairs[:, 0] * n + pairs[:, 1], return_inverse=True)
        a, b = np.divmod(keys, n)
        return Ties(self.ids, self.matched, a, b, np.ones(len(a)), edge, pairs[:, 2], self.records)


@dataclass(frozen=True, eq=False)
class Draws:
    """The networks drawn anew, each made when it is asked for: ``draws(i)`` for i from 0 to ``count`` - 1."""

    ties: Ties
    count: int = 100
    share: float = 0.9
    seed: int = 1
    workers: int = 0

    def __call__(self, i: int) -> Graph:
        """The graph of draw i; kept people and b are the same in all."""
        return self.ties.draw(self.seed, i, self.share)


def draws_of(nominals: pl.DataFrame, edges: pl.DataFrame, settings: Stability) -> Draws:
    """The draws that the settings ask for, of a run's network.

    Args:
        nominals, edges: as for :func:`ties_of`.
    """
    return Draws(ties_of(nominals, edges), settings.draws, settings.keep_share, settings.seed, settings.workers)


def ties_of(nominals: pl.DataFrame, edges: pl.DataFrame) -> Ties:
    """The graph's edges with the records behind them; ``graph_of`` tells which edges these are.

    Args:
        nominals: as the run table; needs nominal_id and entered_by.
        edges: as the run table; needs nominal_a, nominal_b, weight, kind and record_ids.

    Example:
        >>> people = pl.DataFrame({"nominal_id": ["b", "a"], "entered_by": ["matched", "associate"]})
        >>> pair = {"nominal_a": ["a"], "nominal_b": ["b"], "weight": [0.5], "kind": ["associative"]}
        >>> ties = ties_of(people, pl.DataFrame({**pair, "record_ids": [["r1", "r2"]]}))
        >>> ties.graph().w.tolist(), ties.graph(np.array([True, False])).w.tolist()
        ([1.0], [0.5])
    """
    people = nominals.select("nominal_id", matched=pl.col("entered_by") == "matched").sort("nominal_id")
    number = people.with_row_index("number").select("nominal_id", pl.col("number").cast(pl.Int64), "matched")
    associative = edges.filter(pl.col("kind") == "associative")
    names = (
        associative.select(pl.col("record_ids").explode().alias("record_id")).drop_nulls().unique().sort("record_id")
    )
    records = names.with_row_index("record").with_columns(pl.col("record").cast(pl.Int64))
    one = number.select(nominal_a="nominal_id", a="number", a_matched="matched")
    other = number.select(nominal_b="nominal_id", b="number", b_matched="matched")
    tied = associative.join(one, on="nominal_a").join(other, on="nominal_b")
    tied = tied.filter((pl.col("weight") > 0) & (pl.col("a_matched") | pl.col("b_matched"))).sort("a", "b")
    numbered = tied.with_row_index("edge").with_columns(pl.col("edge").cast(pl.Int64))
    behind = numbered.select("edge", record_id="record_ids").explode("record_id").join(records, on="record_id")
    behind = behind.sort("edge", "record")
    return Ties(
        ids=tuple(people["nominal_id"].to_list()),
        matched=people["matched"].to_numpy(),
        a=tied["a"].to_numpy(),
        b=tied["b"].to_numpy(),
        weight=tied["weight"].to_numpy(),
        edge=behind["edge"].to_numpy(),
        record=behind["record"].to_numpy(),
        records=len(records),
    )


def over_draws(
    function: Callable[[int], Result],
    draws: int,
    workers: int = 0,
    advance: Advance | None = None,
    alone_below: float = ALONE_BELOW,
) -> list[Result]:
    """``function(i)`` for i from 0 to ``draws`` - 1, in parallel processes where that pays; the same for any number.

    The first is done here. While what is left would take less than ``alone_below`` seconds, so are the others.

    Args:
        function: picklable: a function of a module, or an object of a class of one that can be called.
        draws: how many.
        workers: processes; 0 = one a core, 1 = none but this one.
        advance: told each draw that is done.

    Raises:
        InputError: a process was stopped from outside, most often for want of memory.

    Example:
        >>> over_draws(abs, 3)
        [0, 1, 2]
    """
    results: list[Result] = []
    workers = workers or os.cpu_count() or 1
    started = time.perf_counter()
    while len(results) < draws:
        spent, left = time.perf_counter() - started, draws - len(results)
        if workers > 1 and results and spent / len(results) * left >= alone_below:
            return results + _in_processes(function, range(len(results), draws), workers, advance)
        results.append(function(len(results)))
        if advance:
            advance(1)
    return results


def _in_processes(
    function: Callable[[int], Result], numbers: Sequence[int], workers: int, advance: Advance | None
) -> list[Result]:
    """Started anew, not forked: the threads of other libraries don't survive a fork, and Windows has none."""
    started_anew = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(numbers)), started_anew, _take, (function,))
    results: list[Result] = []
    try:
        with _without_the_script():
            coming = pool.map(_do, numbers)
        for result in coming:
            results.append(result)
            if advance:
                advance(1)
    except BrokenProcessPool as error:
        advice = "give it more memory, or set workers = 1"
        raise InputError("a process that draws networks anew was stopped", advice, field="[stability]") from error
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupt waits for the draws under way, not for all
    return results


@contextlib.contextmanager
def _without_the_script() -> Iterator[None]:
    """Processes that start meanwhile don't run the caller's script again, to know what it defines.

    What they do is this package's own. Without ``if __name__ == "__main__":`` a script would begin anew in each.
    """
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


_function: Callable[[int], Any] | None = None  # of a process: sent once, not with every draw


def _take(function: Callable[[int], Any]) -> None:
    global _function  # noqa: PLW0603
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends this process
    _function = function


def _do(i: int) -> Any:
    assert _function is not None
    return _function(i)
