"""The network's data file, in compact columns: what the explorer draws, and nothing a person may not see.

Harm and roles are there for rankable people only, the mark of how somebody is treated for everybody (METHOD 1).
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from countylines.graph import Flags, Ints
from countylines.web.layout import layout_of
from countylines.web.network_facts import BANDS, CHILD, ROLE_NAMES, SOURCE_NAMES, timeline
from countylines.web.network_seen import Seen, seen_in
from countylines.web.reader import Reader

AT_ONCE = 2_000  # people: above so many the graph of groups opens first (SCREENS 1, Network)
MOST_PEOPLE = 20_000
MOST_TIES = 100_000
AROUND = 2_000
HUES = 8


@dataclass(frozen=True)
class About:
    """What stands in each file: the house's marking, and whether everybody in it is invented."""

    marking: str
    synthetic: bool


def prepare(reader: Reader, about: About) -> None:
    """Make the first files of those who see the whole network with names, before somebody asks for one."""
    for everybody in (False, True):
        whole_file(reader, seen_in(reader), about, everybody)


@dataclass(frozen=True)
class Wanted:
    """A part of the network: a group, those within some steps of somebody, or the first view; ``everybody``: of all."""

    group: str = ""
    around: str = ""
    steps: int = 1
    everybody: bool = False


def file_of(reader: Reader, seen: Seen, about: About, wanted: Wanted) -> bytes:
    """The file of a part.

    Raises:
        Missing, Refused: there is no such group or person, or it may not be seen.
    """
    if wanted.group:
        return group_file(reader, seen, about, wanted.group)
    if wanted.around:
        return around_file(reader, seen, about, wanted.around, wanted.steps)
    return whole_file(reader, seen, about, everybody=wanted.everybody)


def rows_of(seen: Seen, wanted: Wanted) -> Ints:
    """Whom the file of a part has, as rows of the facts; for the log.

    Raises:
        Missing, Refused: as :func:`file_of`.
    """
    if wanted.group:
        return seen.members(wanted.group)[:MOST_PEOPLE]
    if wanted.around:
        return np.sort(around(seen, seen.find(wanted.around), wanted.steps)[:AROUND])
    rows = np.flatnonzero(seen.people)
    return _up_to(seen, rows, MOST_PEOPLE) if wanted.everybody or len(rows) <= AT_ONCE else rows[:0]


def whole_file(
    reader: Reader,
    seen: Seen,
    about: About,
    everybody: bool = False,
    *,
    at_once: int = AT_ONCE,
    most: int = MOST_PEOPLE,
) -> bytes:
    """The first file, as gzip: everybody, or above 2,000 people the groups only; made once and kept.

    Args:
        everybody: all people whatever their number, up to ``most``.
        at_once: people above whose number the groups come first.
        most: people in a file; whole groups are kept, the largest first.
    """
    key = f"{seen.key}, {'all' if everybody else 'first'}, {about}, {at_once}, {most}"

    def make(reader: Reader) -> bytes:
        rows = np.flatnonzero(seen.people)
        if not everybody and len(rows) > at_once:
            return packed(network(reader, seen, about, rows[:0], seen.people[:0]))
        kept = _up_to(seen, rows, most)
        made = network(reader, seen, about, kept, np.ones(len(seen.groups), np.bool_), left_out=len(rows) - len(kept))
        return packed(made)

    found: bytes = reader.made(key, make)
    return found


def group_file(reader: Reader, seen: Seen, about: About, group_id: str) -> bytes:
    """The people of one group.

    Raises:
        Missing: there is no such group, or it may not be seen.
    """
    rows = seen.members(group_id)
    is_open = np.array([each == group_id for each in seen.groups], np.bool_)
    kept = rows[:MOST_PEOPLE]
    return packed(network(reader, seen, about, kept, is_open, left_out=len(rows) - len(kept)))


def around_file(reader: Reader, seen: Seen, about: About, nominal_id: str, steps: int, most: int = AROUND) -> bytes:
    """Somebody and everybody within so many steps, the nearest first, up to ``most`` people.

    Raises:
        Missing, Refused: as :meth:`Seen.find`.
    """
    order = around(seen, seen.find(nominal_id), steps)
    kept = np.sort(order[:most])
    is_open = np.zeros(len(seen.groups), np.bool_)
    return packed(network(reader, seen, about, kept, is_open, left_out=len(order) - len(kept)))


def around(seen: Seen, start: int, steps: int) -> Ints:
    """Rows of everybody within so many steps of somebody, the nearest first, then by id."""
    a, b = seen.facts.a[seen.ties], seen.facts.b[seen.ties]
    reached = np.zeros(len(seen.facts.ids), np.bool_)
    reached[start] = True
    rings = [np.array([start])]
    for _ in range(steps):
        ring = np.unique(np.concatenate((b[reached[a] & ~reached[b]], a[reached[b] & ~reached[a]])))
        reached[ring] = True
        rings.append(ring)
    return np.concatenate(rings)


def packed(made: dict[str, Any]) -> bytes:
    """A file as gzip; the same content gives the same bytes."""
    return gzip.compress(json.dumps(made, separators=(",", ":")).encode(), 6, mtime=0)


def network(
    reader: Reader, seen: Seen, about: About, rows: Ints, is_open: Flags, *, left_out: int = 0
) -> dict[str, Any]:
    """The file of some people and all groups.

    Args:
        rows: of the facts, sorted; all may be seen.
        is_open: per group of ``seen.groups``, whether its people are in the file; empty = none.
        left_out: people left out by a cap.
    """
    facts = seen.facts
    here = np.full(len(facts.ids), -1)
    here[rows] = np.arange(len(rows))
    inside = seen.ties[(here[facts.a[seen.ties]] >= 0) & (here[facts.b[seen.ties]] >= 0)]
    cut = max(0, len(inside) - MOST_TIES)
    if cut:  # those of the fewest records are left out
        inside = np.sort(inside[np.argsort(-facts.n[inside], kind="stable")[:MOST_TIES]])
    unlinked = int((seen.people & (seen.home < 0)).sum())
    start, counts = reader.made(f"{seen.key}, timeline", lambda _: timeline(facts, seen.ties))
    return {
        "version": 1,
        "run": reader.name,
        "marking": about.marking,
        "synthetic": about.synthetic,
        "sources": SOURCE_NAMES,
        "roles": ROLE_NAMES,
        "harm_bands": [name for name, _ in BANDS],
        "people": _people(reader, seen, rows, inside),
        "edges": _edges(seen, here, inside),
        "groups": _groups(reader, seen, is_open),
        "group_edges": _group_edges(seen),
        "timeline": {"start": start, "counts": counts},
        "totals": {"people": int(seen.people.sum()), "edges": len(seen.ties), "unlinked": unlinked},
        "left_out": {"people": left_out, "edges": cut},
    }


def _people(reader: Reader, seen: Seen, rows: Ints, inside: Ints) -> dict[str, Any]:
    facts, places = seen.facts, layout_of(reader)
    which = rows.tolist()
    cards = [facts.cards[facts.ids[i]] for i in which]
    stand = [places.at(facts.ids[i]) for i in which]
    more = _degree(seen, seen.ties) - _degree(seen, inside)
    return {
        "id": [facts.ids[i] for i in which],
        "label": [seen.label(i) for i in which],
        "x": [round(x, 1) for x, _ in stand],
        "y": [round(-y, 1) for _, y in stand],  # the layout's y grows downwards
        "size": [facts.size[i] for i in which],
        "mark": [facts.mark[i] for i in which],
        "soc": [card.soc for card in cards],
        "group": seen.home[rows].tolist(),
        "harm": [facts.harm[i] for i in which],
        "roles": [facts.roles[i] for i in which],
        "first": [facts.first[i] for i in which],
        "last": [facts.last[i] for i in which],
        "sources": [facts.sources[i] for i in which],
        "stays": [facts.stays[i] for i in which],
        "more": more[rows].tolist(),
        "why": [card.words if card.mark == "held" else None for card in cards],
    }


def _degree(seen: Seen, ties: Ints) -> Ints:
    facts = seen.facts
    made: Ints = np.bincount(np.concatenate((facts.a[ties], facts.b[ties])), minlength=len(facts.ids))
    return made


def _edges(seen: Seen, here: Ints, inside: Ints) -> dict[str, Any]:
    facts, which = seen.facts, inside.tolist()
    return {
        "a": here[facts.a[inside]].tolist(),
        "b": here[facts.b[inside]].tolist(),
        "n": facts.n[inside].tolist(),
        "weight": [facts.weight[i] for i in which],
        "kind": [facts.kind[i] for i in which],
        "first": [facts.tie_first[i] for i in which],
        "last": [facts.tie_last[i] for i in which],
        "sources": [facts.tie_sources[i] for i in which],
    }


def _groups(reader: Reader, seen: Seen, is_open: Flags) -> dict[str, Any]:
    discs = layout_of(reader).discs
    own = seen.home[seen.people]
    child = np.isin(np.array(seen.facts.mark, np.int64)[seen.people], CHILD)
    n = len(seen.groups)
    return {
        "id": seen.groups,
        "name": [seen.names[group] for group in seen.groups],
        "hue": [i % HUES for i in range(n)],
        "size": np.bincount(own[own >= 0], minlength=n).tolist(),
        "children": np.bincount(own[(own >= 0) & child], minlength=n).tolist(),
        "ages": np.bincount(own[(own >= 0) & seen.facts.ageless[seen.people]], minlength=n).tolist(),
        "x": [round(discs[group].x, 1) for group in seen.groups],
        "y": [round(-discs[group].y, 1) for group in seen.groups],
        "open": is_open.tolist() if len(is_open) else [False] * n,
    }


def _group_edges(seen: Seen) -> dict[str, list[int]]:
    ends = np.sort(np.column_stack((seen.home[seen.facts.a[seen.ties]], seen.home[seen.facts.b[seen.ties]])), axis=1)
    between = ends[(ends[:, 0] >= 0) & (ends[:, 0] != ends[:, 1])]
    pairs, n = np.unique(between, axis=0, return_counts=True) if len(between) else (between, np.empty(0, np.int64))
    return {"a": pairs[:, 0].tolist(), "b": pairs[:, 1].tolist(), "n": n.tolist()}


def _up_to(seen: Seen, rows: Ints, most: int) -> Ints:
    """Where there are too many: whole groups, the largest first, then people in none."""
    if len(rows) <= most:
        return rows
    size = np.append(np.bincount(seen.home[rows][seen.home[rows] >= 0], minlength=len(seen.groups)), -1)
    home = seen.home[rows]
    order = np.lexsort((rows, home, -size[home]))
    return np.sort(rows[order[:most]])
