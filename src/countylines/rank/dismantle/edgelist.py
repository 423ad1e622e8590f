"""Dismantling of any list of edges: files in, a file out, never without a word on who is protected."""

from __future__ import annotations

import csv
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from countylines.errors import InputError
from countylines.graph import Graph
from countylines.rank.dismantle.goal import goal
from countylines.rank.dismantle.nodes import Node, Nodes, read_nodes, read_ties
from countylines.rank.dismantle.objective import Problem, problem_of
from countylines.rank.dismantle.only_k import only_k
from countylines.rank.dismantle.order import best_order
from countylines.rank.dismantle.tables import order_proof, steps_frame

COLUMNS = ("step", "node", "largest_component", "harm_connected", "proof", "removable")
ALL = "all, by --all-removable"


@dataclass(frozen=True, slots=True)
class Written:
    """What was read and written.

    Attributes:
        people, ties, removable: how many there are, and how many people may be removed.
        steps: how many are in the answer.
        before, after: the largest component at the start and at the end.
        proof: what is known about how good the answer is.
    """

    people: int
    ties: int
    removable: int
    steps: int
    before: int
    after: int
    proof: str

    @property
    def lines(self) -> list[str]:
        """What to print."""
        return [
            f"{self.people:,} people and {self.ties:,} ties; {self.removable:,} people may be removed.",
            f"{self.steps:,} removals take the largest component from {self.before:,} to {self.after:,}. {self.proof}.",
            "For prioritising lawful disruption or support to stop; it says nothing about what anybody will do.",
        ]


def dismantle_file(
    edges: Path,
    out: Path,
    nodes: Path | None = None,
    *,
    order: bool = False,
    target: float | None = None,
    k: float | None = None,
    all_removable: bool = False,
) -> Written:
    """Answer one question about a network and write step, node, largest_component, harm_connected, proof, removable.

    Step 0 is the network as it stands. ``removable`` says in every row what decided who may be removed. A cell that a
    spreadsheet would take for a formula gets an apostrophe in front.

    Args:
        edges: CSV as :func:`countylines.graph.read_edges` takes it, or a run's own table edges.
        out: the file to write; it appears whole or not at all and must not exist yet.
        nodes: CSV as :func:`read_nodes` takes it; people in it without a tie count, too.
        order: the order, which is also made when nothing is asked.
        target: fewest removals until the largest component has at most this share of its people.
        k: if you can only do so many (with costs: spend so much).
        all_removable: nobody is protected; refused where a file says otherwise or a run of ours made it.

    Raises:
        InputError: something in the files, two questions at once, nothing that says who is protected, or ``out``.
    """
    _check(out)
    if order + (target is not None) + (k is not None) > 1:
        raise InputError("these are several questions", "give one of --order, --target and --k", field="--k")
    if target is not None and not 0 < target <= 1:
        raise InputError(f"{target:g} isn't a share", "give a number above 0, at most 1", field="--target")
    if k is not None and not 0 < k <= 1e9:
        raise InputError(f"{k:g} can't be a number of people", "give a number above 0", field="--k")
    graph, ours = read_ties(edges)
    given = None if nodes is None else read_nodes(nodes)
    _refuse_without_status(edges, nodes, given, ours, all_removable)
    problem = _problem(graph, edges, nodes, given)
    frame = _answer(problem, target, k)
    status = ALL if all_removable or given is None else f"by {', '.join(given.status)} in {nodes.name if nodes else ''}"
    _write(frame, status, out)
    first, last = frame.row(0, named=True), frame.row(-1, named=True)
    return Written(
        problem.n,
        len(graph.a),
        int(problem.removable.sum()),
        len(frame) - 1,
        first["largest_component"],
        last["largest_component"],
        first["proof"],
    )


def _answer(problem: Problem, target: float | None, k: float | None) -> pl.DataFrame:
    if target is not None:
        aim = goal(problem, target)
        return steps_frame("network", problem, "goal", aim.order, aim.proof)
    if k is not None:
        chosen = only_k(problem, k)
        return steps_frame("network", problem, "k", chosen.people, chosen.proof)
    order = best_order(problem)
    return steps_frame("network", problem, "order", order, order_proof(problem, order))


def _refuse_without_status(
    edges: Path, nodes: Path | None, given: Nodes | None, ours: bool, all_removable: bool
) -> None:
    """Nobody is removed unless it is known who may not be."""
    status = given.status if given else ()
    if ours and not ("protected" in status and {"held", "rankable"} & set(status)):
        raise InputError(
            "a run made this file, so there may be children in it",
            "give --nodes with the run's nominals: node, protected, and held or rankable",
            file=(nodes or edges).name,
            field="protected",
        )
    if status and all_removable:
        raise InputError(
            f"the column {status[0]!r} says who may not be removed",
            "leave --all-removable away",
            file=nodes.name if nodes else None,
            field="--all-removable",
        )
    if "protected" not in status and not all_removable:
        raise InputError(
            "nothing says who is protected",
            "give --nodes with a column protected (true or false), or --all-removable if nobody is",
            file=(nodes or edges).name,
            field="protected",
        )


def _problem(graph: Graph, edges: Path, nodes: Path | None, given: Nodes | None) -> Problem:
    if given is None or nodes is None:
        return problem_of(graph)
    missing = sorted(set(graph.ids).difference(given.people))
    if missing:
        raise InputError(
            f"{missing[0]!r} of {edges.name} is not in it ({len(missing):,} such in all)",
            "give each node a row",
            file=nodes.name,
            field="node",
        )
    ids = sorted(given.people)
    number = {name: i for i, name in enumerate(ids)}
    place = np.array([number[name] for name in graph.ids], np.int64)  # both sorted, so edges keep their order
    whole = Graph(tuple(ids), place[graph.a], place[graph.b], graph.w)
    people: list[Node] = [given.people[name] for name in ids]
    return problem_of(whole, [p.harm for p in people], [p.cost for p in people], [p.removable for p in people])


def _check(out: Path) -> None:
    if out.exists():
        raise InputError("there is something of this name already", "choose another name or remove it", file=out)
    if not out.parent.is_dir():
        raise InputError("the folder does not exist", "make it first", file=out)


def _write(frame: pl.DataFrame, status: str, out: Path) -> None:
    """Write beside the place and move there at the end."""
    named = frame.rename({"nominal_id": "node"}).with_columns(pl.lit(status).alias("removable")).select(COLUMNS)
    safe = named.with_columns(pl.col(pl.String).str.replace(r"^([=+\-@\t\r])", "'${1}"))
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
            made = Path(folder, out.name)
            with made.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(COLUMNS)
                writer.writerows(safe.iter_rows())
                file.flush()
                os.fsync(file.fileno())
            _check(out)
            made.replace(out)
    except OSError as error:
        advice = "free some space or choose another folder"
        raise InputError(f"the file can't be written: {error.strerror}", advice, file=out) from error
