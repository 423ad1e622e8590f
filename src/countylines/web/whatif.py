"""What if some people stepped out of the network: the parts it falls into and the harm that stays connected.

For prioritising lawful disruption or support to stop; no prediction. Whoever is protected or held can't be taken out,
also if asked for by hand: they stay, and are named with why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from countylines.graph import Flags, Graph, Ints, components, graph_of
from countylines.rank.dismantle.objective import Problem, curve, problem_of
from countylines.rank.dismantle.scopes import NETWORK, YEAR, inside
from countylines.rank.harm import mass
from countylines.report.show.words import counted
from countylines.web.network_facts import CHILD, facts_of, rankable
from countylines.web.network_seen import Seen
from countylines.web.reader import Reader
from countylines.web.removal import BASELINES, CALLED

OURS = "This run's order of removal"
LISTED = 10  # parts named one by one, where they have more than PAIR people
PAIR = 2


@dataclass(frozen=True, eq=False)
class Whole:
    """The run's network as METHOD 6 takes it apart: ties that can hold a group together, and each person's mass."""

    graph: Graph
    problem: Problem


def whole_of(reader: Reader) -> Whole:
    """Made at the first need and kept."""
    found: Whole = reader.made("network taken apart", _whole)
    return found


def of_people(whole: Whole, ids: Collection[str]) -> Problem:
    """The problem of some people alone: a group's; who isn't in the network is left out."""
    rows = np.array([i for i, name in enumerate(whole.graph.ids) if name in ids], np.int64)
    part = inside(whole.graph, rows)
    return problem_of(part, whole.problem.harm[rows], None, whole.problem.removable[rows])


def changed(reader: Reader) -> bool:
    """Whether somebody whom the run ranks may not be ranked any more.

    What the run says of orders that they are in would tell their own part by what is left out of it.
    """
    cards = facts_of(reader).cards
    ranked = reader.table("nominals").filter("rankable")["nominal_id"].to_list()
    return any(not rankable(cards[name]) for name in ranked)


def _whole(reader: Reader) -> Whole:
    graph = graph_of(reader.table("nominals"), reader.table("edges"))
    asked = reader.settings["dismantling"]["harm"]
    days = {} if asked == "unit" else mass(reader.table("nominal_harm"), asked)
    cards = facts_of(reader).cards
    free = np.array([rankable(cards[name]) for name in graph.ids], np.bool_)
    harm = 1 + np.where(free, [days.get(name, 0.0) for name in graph.ids], 0.0) / YEAR
    return Whole(graph, problem_of(graph, harm, None, free))


def what_if(reader: Reader, seen: Seen, asked: Sequence[str]) -> dict[str, Any]:
    """The network without these people, beside as many taken out by other rules.

    Args:
        asked: ids; those who are protected or held are refused, each with why.

    Raises:
        Missing, Refused: somebody isn't in the network, or may not be seen.
    """
    whole = whole_of(reader)
    problem = whole.problem
    removed: list[str] = []
    refused: list[dict[str, str]] = []
    for nominal in dict.fromkeys(asked):
        i = seen.find(nominal)
        if seen.rankable(i) and problem.removable[i]:
            removed.append(nominal)
        else:
            words = f"{seen.label(i)} stays: {seen.why_not(i)}. Protected and held people are never taken out."
            refused.append({"id": nominal, "why": words})
    order = np.array([seen.facts.row[nominal] for nominal in removed], np.int64)
    found = curve(problem, order)
    before = float(found.mass[0])
    return {
        "removed": removed,
        "refused": refused,
        "people": problem.n,
        "fragments": fragments(whole.graph, order),
        "parts": parts(whole.graph, order, np.array(seen.facts.mark, np.int64), seen.facts.ageless),
        "parts_before": len(fragments(whole.graph, order[:0])),
        "largest_before": int(found.largest[0]),
        "largest_after": int(found.largest[-1]),
        "harm_left": float(found.mass[-1]) / before if before else 0.0,
        "baselines": beside(reader, len(removed), before) if removed and not changed(reader) else [],
    }


def parts(graph: Graph, removed: Ints, mark: Ints, ageless: Flags, most: int = LISTED) -> list[dict[str, Any]]:
    """The parts of what stays, the largest first, and in the last row those that aren't named one by one.

    Args:
        removed: numbers of those who are taken out.
        mark: of each person, as in network_facts.MARKS.
        ageless: of each person, whether their age isn't known.
        most: parts that are named; those of one or two people never are.

    Example:
        >>> from countylines.graph import graph_from
        >>> line = graph_from("abcdefg", {(u, v): 1.0 for u, v in zip("abcdef", "bcdefg")})
        >>> mark = np.array([0, 1, 4, 0, 0, 0, 1])
        >>> for row in parts(line, np.array([3, 5]), mark, mark == 4):
        ...     print(row)
        {'called': '3 people', 'people': 3, 'children': 1, 'ages': 1, 'guarded': 2}
        {'called': '2 more of 1', 'people': 2, 'children': 1, 'ages': 0, 'guarded': 1}
    """
    stays = np.setdiff1d(np.arange(graph.n), removed)
    number = components(inside(graph, stays)) if len(stays) else np.empty(0, np.int64)
    size = np.bincount(number)
    children = np.bincount(number[np.isin(mark[stays], CHILD)], minlength=len(size))
    ages = np.bincount(number[ageless[stays]], minlength=len(size))
    guarded = np.bincount(number[mark[stays] != 0], minlength=len(size))
    order = np.lexsort((np.arange(len(size)), -guarded, -size))
    named = order[: min(most, int((size > PAIR).sum()))]
    rest = order[len(named) :]

    def row(called: str, which: Ints) -> dict[str, Any]:
        counts = {"people": size, "children": children, "ages": ages, "guarded": guarded}
        return {"called": called, **{name: int(count[which].sum()) for name, count in counts.items()}}

    made = [row(counted(int(size[one]), "person", "people"), np.array([one])) for one in named.tolist()]
    return made + ([row(f"{len(rest):,} more of {_from_to(size[rest])}", rest)] if len(rest) else [])


def _from_to(sizes: Ints) -> str:
    least, most = int(sizes.min()), int(sizes.max())
    return f"{least}" if least == most else f"{least} {'or' if most == least + 1 else 'to'} {most:,}"


def fragments(graph: Graph, removed: Ints) -> list[int]:
    """People per connected part of what stays, the largest first.

    Example:
        >>> from countylines.graph import graph_from
        >>> fragments(graph_from("abcd", {("a", "b"): 1.0, ("b", "c"): 1.0}), np.array([1]))
        [1, 1, 1]
    """
    stays = np.setdiff1d(np.arange(graph.n), removed)
    sizes = np.bincount(components(inside(graph, stays))) if len(stays) else np.empty(0, np.int64)
    return sorted(sizes.tolist(), reverse=True)


def beside(reader: Reader, k: int, before: float) -> list[dict[str, Any]]:
    """As many people taken out by this run's order and by the plain orders, where the run went so far.

    Args:
        k: people.
        before: harm-connected mass of the whole network.
    """
    at = (pl.col("scope") == NETWORK) & (pl.col("step") == k)
    order = reader.table("dismantling").filter(at & (pl.col("question") == "order")).to_dicts()
    made = [_line(OURS, row, before) for row in order]
    plain = {row["baseline"]: row for row in reader.table("dismantling_baselines").filter(at).to_dicts()}
    return made + [_line(CALLED[name], plain[name], before) for name in BASELINES if name in plain]


def _line(name: str, row: Mapping[str, Any], before: float) -> dict[str, Any]:
    made = {
        "name": name,
        "largest": round(row["largest_component"], 1),
        "harm_left": row["harm_connected"] / before if before else 0.0,
    }
    if row.get("harm_least") is not None and before:
        made |= {"low": row["harm_least"] / before, "high": row["harm_most"] / before}
    return made
