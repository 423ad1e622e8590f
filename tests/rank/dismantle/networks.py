"""The networks of reference_dismantling.csv, each its largest component, and the harm and cost drawn for them."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np

from countylines.graph import Graph, components, graph_from, split
from countylines.rank.dismantle.objective import Problem, problem_of

REFERENCE = Path(__file__).parents[2] / "reference"
DISMANTLING = REFERENCE / "dismantling"
EVENT = ("crime", "summit")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def reference() -> dict[str, dict[str, str]]:
    """The rows of the reference by network."""
    return {row["network"]: row for row in rows(DISMANTLING / "reference_dismantling.csv")}


@cache
def network(name: str) -> Graph:
    """A network's largest component."""
    if name == "stlouis_crime":
        return largest(meeting(REFERENCE / "networks" / "stlouis_crime_incidence.csv"))
    if name.startswith("infinito"):
        locale = {row["person"]: row["locale"] for row in rows(DISMANTLING / "infinito_summits_persons.csv")}
        known = {person for person, place in locale.items() if place not in ("", "OUT", "MISS")}
        if name == "infinito_core84":
            big = [place for place, _ in Counter(locale[person] for person in sorted(known)).most_common(5)]
            known = {person for person in known if locale[person] in big}
        return largest(meeting(DISMANTLING / "infinito_summits_incidence.csv", known))
    folder = DISMANTLING if name == "cocaine_juanes" else REFERENCE / "networks"
    pairs = {}
    for row in rows(folder / f"{name}_edges.csv"):
        if row["source"] != row["target"]:
            pairs[min(row["source"], row["target"]), max(row["source"], row["target"])] = 1.0
    return largest(pairs)


def meeting(path: Path, people: set[str] | None = None) -> dict[tuple[str, str], float]:
    """The ties of people who were at something together."""
    together: dict[str, set[str]] = {}
    for row in rows(path):
        if people is None or row["person"] in people:
            together.setdefault(next(row[name] for name in EVENT if name in row), set()).add(row["person"])
    return {pair: 1.0 for each in together.values() for pair in combinations(sorted(each), 2)}


def largest(pairs: dict[tuple[str, str], float]) -> Graph:
    graph = graph_from(sorted({name for pair in pairs for name in pair}), pairs)
    return max((part for _, part in split(graph, components(graph))), key=lambda part: part.n)


def plain(name: str) -> Problem:
    """The network with harm and cost 1."""
    return problem_of(network(name))


def weighed(name: str) -> Problem:
    """The network with harm 1 + an exponential of mean 2 and cost uniform on [0.5, 2], by a fixed seed."""
    graph = network(name)
    random = np.random.default_rng([2026, sorted(reference()).index(name)])
    return problem_of(graph, 1 + random.exponential(2, graph.n), random.uniform(0.5, 2, graph.n))
