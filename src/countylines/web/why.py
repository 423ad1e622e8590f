"""Why somebody is in the network or isn't: METHOD 3's derivation, from the reading index instead of the run's files."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup

from countylines.match.lexicon import MARKER
from countylines.report.explain import Connection, Explanation, Facts, Tie, derive
from countylines.tables import CONNECTING_ROLES
from countylines.web.evidence import weights_of, with_marker
from countylines.web.marks import HIDDEN, f
from countylines.web.persons import Card
from countylines.web.reader import Reader

Row = dict[str, Any]
WIDTH = 240  # of a bar from 0 to 1, in the drawing's own units


@dataclass(frozen=True)
class Beside:
    """Somebody the person shares records with.

    Attributes:
        card: None = the other isn't in these extracts any more.
        c: what their matched records weigh together, from this person's side; None = no matched record together.
    """

    card: Card
    tie: Tie
    c: float | None


@dataclass(frozen=True)
class Why:
    """A derivation with the people in it.

    Attributes:
        found: the derivation.
        cards: everybody in it.
        beside: whom they share records with, the heaviest connection first, then the heaviest person.
        graded: gradings multiply weights in this run, so that groups of words alone don't add up to a connection.
    """

    found: Explanation
    cards: Mapping[str, Card]
    beside: tuple[Beside, ...]
    graded: bool

    @property
    def kept(self) -> bool:
        """Whether they are in the network."""
        return self.found.decision in ("matched", "associate")

    @property
    def decides(self) -> Connection | None:
        """The connection that decides; None = several would do, or something else does."""
        return self.found.strongest[0] if len(self.found.strongest) == 1 else None

    @property
    def carrying(self) -> tuple[Beside, ...]:
        """The ties to matched people that make somebody an associate."""
        keep = self.found.keep_weight - 1e-9
        return tuple(b for b in self.beside if b.tie.kind == "associative" and b.tie.p >= keep)

    def bar(self, connection: Connection) -> Markup:
        """A connection as a bar of its groups of words."""
        groups = {} if self.graded else connection.groups
        return stacked(groups, connection.c, self.found.keep_weight)


def why(reader: Reader, nominal_id: str) -> Why:
    """The derivation for one person of the extracts."""
    found = derive(facts(reader, nominal_id))
    c = {each.other: each.c for each in found.connections if each.other}
    cards = reader.cards([tie.other for tie in found.ties] + list(c))
    beside = [Beside(cards[tie.other], tie, c.get(tie.other)) for tie in found.ties if tie.other in cards]
    order = sorted(beside, key=lambda b: (-(b.c or 0.0), -b.tie.p, -len(b.tie.record_ids), b.tie.other))
    return Why(found, cards, tuple(order), bool(reader.settings["match"]["grading_weights"]))


def facts(reader: Reader, nominal_id: str) -> Facts:
    """What the derivation needs, from the index and the tables in memory."""
    marks = ", ".join("?" * len(CONNECTING_ROLES))
    around = reader.index.query(
        "SELECT DISTINCT o.record_id, o.nominal_id, o.role FROM involvements i JOIN involvements o"
        f" ON o.record_id = i.record_id WHERE i.nominal_id = ? AND i.role IN ({marks}) AND o.role IN ({marks})",
        nominal_id,
        *CONNECTING_ROLES,
        *CONNECTING_ROLES,
    )
    own = reader.index.query("SELECT * FROM connections WHERE nominal_id = ?", nominal_id)
    connections = [
        {**row, "groups": json.loads(row["groups"]), "record_ids": json.loads(row["record_ids"])} for row in own
    ]
    met = _considered(reader, {row["nominal_id"] for row in around} | {nominal_id})
    kept = reader.rows("nominals", "nominal_id", nominal_id)
    group = reader.rows("groups", "group_id", kept[0]["group_id"]) if kept and kept[0]["group_id"] else []
    return Facts(
        nominal_id=nominal_id,
        considered=met.get(nominal_id),
        kept=kept[0] if kept else None,
        connections=connections,
        around=[(row["record_id"], row["nominal_id"], row["role"]) for row in around],
        p={person: row["provisional_weight"] for person, row in met.items()},
        listed=reader.rows("safeguarding", "nominal_id", nominal_id),
        group_name=group[0]["name"] if group else None,
        settings=reader.settings["network"],
        weights=weights_of(reader),
    )


def _considered(reader: Reader, ids: Iterable[str]) -> dict[str, Row]:
    """Their rows of the table ``considered``, which can have hundreds of thousands: found by place, not by search."""

    def make(reader: Reader) -> dict[str, int]:
        return {nominal: i for i, nominal in enumerate(reader.table("considered")["nominal_id"])}

    place: dict[str, int] = reader.made("places of the considered", make)
    wanted = sorted(place[nominal] for nominal in ids if nominal in place)
    rows = reader.table("considered")[pl.Series(wanted, dtype=pl.UInt32)].to_dicts() if wanted else []
    return {row["nominal_id"]: row for row in rows}


def groups_of(reader: Reader, record_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The groups of words that count in each record, the marker among them, the heaviest first."""
    weights, ids = weights_of(reader), sorted(set(record_ids))
    rows = reader.index.among(
        'SELECT DISTINCT record_id, "group" FROM hits WHERE excepted_by IS NULL AND record_id IN ({ids})', ids
    )
    found: dict[str, list[str]] = defaultdict(list)
    for record in with_marker(reader, ids):
        found[record].append(MARKER)
    for row in rows:
        found[row["record_id"]].append(row["group"])
    order = {record: sorted(groups, key=lambda g: (-weights.get(g, 0.0), g)) for record, groups in found.items()}
    return {record: tuple(groups) for record, groups in order.items()}


def stacked(groups: Mapping[str, float], c: float, keep: float, width: int = WIDTH, height: int = 18) -> Markup:
    """A bar up to 1 made of groups of words, the heaviest first, with the keep line.

    Args:
        groups: their weights; none = the whole bar in one piece.
        c: what they come to, at most 1.
    """
    drawn, at = [], 0.0
    order = sorted(groups.items(), key=lambda pair: (-pair[1], pair[0])) or [("", c)]
    for i, (name, weight) in enumerate(order):
        to = min(1.0, at + weight)
        if to > at:
            title = f"<title>{Markup.escape(name)} {weight:.3g}</title>" if name else ""
            drawn.append(
                f'<rect class="wf-b{i % 3}" x="{f(at * width)}" y="2" width="{f(max(1.0, (to - at) * width))}" '
                f'height="{height - 4}">{title}</rect>'
            )
        at = to
    line = f'<line class="wf-cut" x1="{f(keep * width)}" x2="{f(keep * width)}" y1="0" y2="{height}"/>'
    return Markup(
        f'<svg class="cl-stack" viewBox="0 0 {width} {height}" width="{width}" height="{height}" {HIDDEN}>'
        f'<rect class="bt" y="2" width="{width}" height="{height - 4}"/>{"".join(drawn)}{line}</svg>'
    )


def scale(keep: float, width: int = WIDTH) -> Markup:
    """What stands above the bars: 0, the keep line, 1."""
    return Markup(
        f'<svg class="cl-stack" viewBox="0 0 {width} 14" width="{width}" height="14" {HIDDEN}><text class="wf-tick" '
        f'x="0" y="11">0</text><text class="wf-tick" x="{f(keep * width)}" y="11" text-anchor="middle">keep at '
        f'{keep:.2f}</text><text class="wf-tick" x="{width}" y="11" text-anchor="end">1</text></svg>'
    )


def running(
    connections: Sequence[Connection], groups: Mapping[str, Sequence[str]], order: Sequence[str], graded: bool
) -> dict[str, tuple[str | None, tuple[str, ...], float | None]]:
    """For each record of a connection: with whom, which groups it adds, and what the connection comes to by then.

    A record of several connections stands under the strongest. ``order``: as the page lists the records.
    """
    home: dict[str, int] = {}
    for i, connection in enumerate(connections):
        for record in connection.record_ids:
            home.setdefault(record, i)
    seen: dict[int, dict[str, float]] = defaultdict(dict)
    made: dict[str, tuple[str | None, tuple[str, ...], float | None]] = {}
    for record in order:
        if record not in home:
            continue
        connection = connections[home[record]]
        own = [group for group in groups.get(record, ()) if group in connection.groups]
        new = tuple(group for group in own if group not in seen[home[record]])
        seen[home[record]].update({group: connection.groups[group] for group in new})
        so_far = None if graded else min(1.0, round(sum(seen[home[record]].values()), 9))
        made[record] = (connection.other, new, so_far)
    return made
