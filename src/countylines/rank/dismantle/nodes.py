"""Who stands in a network given as files: harm, cost, and who may not be removed."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from countylines.errors import InputError
from countylines.graph import Graph, graph_from, read_edges

OF_A_RUN = frozenset({"nominal_a", "nominal_b", "record_ids", "n_records"})  # columns of a run's table edges only
NODE_NAMES = ("node", "nominal_id")
STATUS = ("protected", "held", "rankable")
YES, NO = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


@dataclass(frozen=True, slots=True)
class Node:
    """One person of a nodes file."""

    harm: float
    cost: float
    removable: bool


@dataclass(frozen=True, slots=True)
class Nodes:
    """A nodes file: its people by id, and which columns say who may not be removed."""

    people: dict[str, Node]
    status: tuple[str, ...]


def read_ties(path: Path) -> tuple[Graph, bool]:
    """The ties of an edge list, and whether a run of ours exported it.

    Such a file is recognised by its columns (nominal_a, nominal_b, record_ids or n_records): its people may be
    children. Of a run's edges only the associative ones are ties here (METHOD section 3).

    Raises:
        InputError: as :func:`countylines.graph.read_edges`.
    """
    header = set(next(_rows(path), (0, {}))[1])
    if not {"nominal_a", "nominal_b"} <= header:
        return read_edges(path), bool(header & OF_A_RUN)
    pairs: dict[tuple[str, str], float] = {}
    people: set[str] = set()
    for number, cells in _rows(path):
        one, other = cells["nominal_a"], cells["nominal_b"]
        if not one or not other or one == other:
            raise InputError(
                "an edge needs two different ids",
                "export the edges again",
                file=path.name,
                row=number,
                field="nominal_a",
            )
        people |= {one, other}
        if cells.get("kind", "associative") == "associative":
            pairs[min(one, other), max(one, other)] = 1.0
    return graph_from(sorted(people), pairs), True


def read_nodes(path: Path) -> Nodes:
    """Read CSV with the columns node (or nominal_id) and, where they are known, harm, cost, protected, held, rankable.

    Harm (h of METHOD 6) is 0 or more, cost above 0; both 1 where empty or missing. Whoever is protected, held for any
    reason, or not rankable can't be removed; where one of these is empty the person can't be, either: unknown is not
    free.

    Raises:
        InputError: names the file, the row and the column: no such file, not UTF-8, a missing column, an empty or
            repeated id, a number or a truth value that isn't one.
    """
    people: dict[str, Node] = {}
    status: tuple[str, ...] = ()
    for number, cells in _rows(path):
        name = next((field for field in NODE_NAMES if field in cells), None)
        if name is None:
            raise InputError("there is no column 'node'", "the first row must name it", file=path.name, field="node")
        status = tuple(field for field in STATUS if field in cells)
        node = cells[name]
        if not node:
            raise InputError("there is no id", "each row needs one", file=path.name, row=number, field=name)
        if node in people:
            raise InputError(f"{node!r} is there twice", "keep one row", file=path.name, row=number, field=name)
        harm, cost = (_number(cells.get(field, ""), path, number, field) for field in ("harm", "cost"))
        people[node] = Node(harm, cost, all(_free(cells[field], path, number, field) for field in status))
    return Nodes(people, status)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each data row with its number, cells by lower-case column name, without blanks around; at least the header."""
    row = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header = [name.strip().lower() for name in next(reader, [])]
            for row, cells in enumerate(filter(None, reader), start=1):
                padded = [*cells, *[""] * (len(header) - len(cells))]
                yield row, {name: cell.strip() for name, cell in zip(header, padded, strict=False)}
    except OSError as error:
        raise InputError(f"the file can't be read: {error.strerror}", "check the path", file=path) from error
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8 text", "save it as CSV in UTF-8", file=path.name) from error
    except csv.Error as error:
        raise InputError(f"this is not CSV: {error}", "check the quotes", file=path.name, row=row + 1) from error


def _number(text: str, path: Path, row: int, field: str) -> float:
    if not text:
        return 1.0
    try:
        value = float("" if "_" in text else text)
    except ValueError:
        value = math.nan
    least = 0.0 if field == "harm" else 1e-9
    if not (value == 0 == least or 1e-9 <= value <= 1e9):  # not a number, too; squares and sums stay exact enough
        advice = f"give a number {'of 0 or more' if field == 'harm' else 'above 0'}, or leave it empty for 1"
        raise InputError(f"{text!r} can't be a {field}", advice, file=path.name, row=row, field=field)
    return value


def _free(text: str, path: Path, row: int, field: str) -> bool:
    """Whether this cell leaves the person free to be removed; held may be a list of reasons."""
    value = text.lower()
    if field == "held" and value not in YES:
        return value in NO or value == "[]"
    if value and value not in YES | NO:
        raise InputError(
            f"{text!r} is neither true nor false", "write true or false", file=path.name, row=row, field=field
        )
    return value in (YES if field == "rankable" else NO)
