"""The rows behind a number: records with their text, hits, weights and sum, grading and roles"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from countylines.match.lexicon import MARKER
from countylines.web.persons import Card, visible
from countylines.web.reader import Reader

Row = dict[str, Any]
WINDOW = 260  # characters shown before the first and after the last hit of a text
SYSTEMS = {
    "crime": "Crime",
    "intelligence": "Intelligence (IMS)",
    "custody": "Custody (ICIS)",
    "prison": "Prison (PINS)",
    "missing": "Missing (COMPACT)",
}


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: plain, a hit, or a hit that an exception cancels.

    Attributes:
        kind: plain, hit or cancelled.
        weight: of the hit's group.
    """

    text: str
    kind: str = "plain"
    group: str = ""
    term: str = ""
    weight: float | None = None
    excepted_by: str = ""
    start: int = 0


@dataclass(frozen=True)
class Part:
    """One search group of a record's sum, or one that an exception cancelled."""

    group: str
    weight: float
    counts: bool
    excepted_by: str = ""


@dataclass(frozen=True)
class Involved:
    """Somebody in a record, with their roles there."""

    card: Card
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """One record as a page shows it.

    Attributes:
        record: the row of the extracts, and its score (None = nothing hit).
        system: the source system, as spoken.
        native_id: the id there.
        pieces: the text in stretches; around the hits only, unless whole.
        before, after: whether text was left out there.
        parts: what makes up the score.
        roles: of the person the page is about.
        involved: everybody in it.
    """

    record: Row
    system: str
    native_id: str
    pieces: tuple[Piece, ...]
    before: bool
    after: bool
    parts: tuple[Part, ...]
    roles: tuple[str, ...] = ()
    involved: tuple[Involved, ...] = ()

    @property
    def date(self) -> str | None:
        """The record's date: recorded, else occurred (METHOD 1)."""
        found: str | None = self.record["recorded"] or self.record["occurred"]
        return found

    @property
    def score(self) -> float:
        """s of METHOD 2."""
        return self.record["score"] or 0.0

    @property
    def marked(self) -> bool:
        """Whether the special interest marker is a part of the sum."""
        return any(part.group == MARKER and part.counts for part in self.parts)


def evidence(
    reader: Reader, record_ids: Iterable[str], nominal_id: str | None = None, *, whole: bool = False
) -> list[Evidence]:
    """The records, the heaviest first, then the latest.

    Args:
        reader: the run.
        record_ids: which; ids that no record has are left out.
        nominal_id: whose roles to tell.
        whole: the whole text instead of what stands around the hits.
    """
    ids = sorted(set(record_ids))
    rows = reader.index.among("SELECT * FROM records WHERE record_id IN ({ids})", ids)
    hits: dict[str, list[Row]] = defaultdict(list)
    for hit in reader.index.among('SELECT * FROM hits WHERE record_id IN ({ids}) ORDER BY record_id, "start"', ids):
        hits[hit["record_id"]].append(hit)
    involved = _involved(reader, ids)
    weights, marked = weights_of(reader), with_marker(reader, ids)
    made = [
        _evidence(row, hits[row["record_id"]], involved.get(row["record_id"], ()), nominal_id, weights, whole)
        for row in rows
    ]
    made = [_with_marker(each, weights) if each.record["record_id"] in marked else each for each in made]
    latest = sorted(made, key=lambda each: (each.date or "", each.record["record_id"]), reverse=True)
    return sorted(latest, key=lambda each: -each.score)


def weights_of(reader: Reader) -> dict[str, float]:
    """The weight of each search group."""
    made: dict[str, float] = reader.made(
        "weights of search groups",
        lambda reader: dict(reader.table("term_table").select("group", "weight").iter_rows()),
    )
    return made


def with_marker(reader: Reader, record_ids: Iterable[str]) -> set[str]:
    """Of some records those whose special interest marker is one more group (METHOD 2, use_marker): it is no hit."""
    if not reader.settings["match"]["use_marker"]:
        return set()
    rows = reader.index.among("SELECT record_id FROM records WHERE marker = 1 AND record_id IN ({ids})", record_ids)
    return {row["record_id"] for row in rows}


def _involved(reader: Reader, ids: Sequence[str]) -> dict[str, tuple[Involved, ...]]:
    rows = reader.index.among(
        "SELECT record_id, nominal_id, role FROM involvements WHERE record_id IN ({ids}) ORDER BY nominal_id, role", ids
    )
    cards = reader.cards(row["nominal_id"] for row in rows)
    roles: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        roles[row["record_id"]][row["nominal_id"]].append(row["role"])
    return {
        record: tuple(Involved(cards[person], tuple(own)) for person, own in people.items() if person in cards)
        for record, people in roles.items()
    }


def _evidence(
    row: Row,
    hits: Sequence[Row],
    involved: tuple[Involved, ...],
    nominal_id: str | None,
    weights: dict[str, float],
    whole: bool,
) -> Evidence:
    text = row["text"] or ""
    first, last = 0, len(text)
    if not whole and hits:
        first = max(0, min(hit["start"] for hit in hits) - WINDOW)
        last = min(last, max(hit["end"] for hit in hits) + WINDOW)
    elif not whole:
        last = min(last, 2 * WINDOW)
    own = next((each.roles for each in involved if each.card.nominal_id == nominal_id), ())
    return Evidence(
        record=row,
        system=SYSTEMS.get(str(row["source"]), str(row["source"])),
        native_id=row["record_id"].partition(":")[2] or row["record_id"],
        pieces=tuple(pieces(text, hits, weights, first, last)),
        before=first > 0,
        after=last < len(text),
        parts=tuple(_parts(hits, weights)),
        roles=own,
        involved=involved,
    )


def _with_marker(found: Evidence, weights: dict[str, float]) -> Evidence:
    return replace(found, parts=(Part(MARKER, weights[MARKER], True), *found.parts))


def pieces(text: str, hits: Sequence[Row], weights: dict[str, float], first: int, last: int) -> Iterable[Piece]:
    """The text from ``first`` to ``last`` cut at its hits; of hits that overlap the one that begins first is marked.

    Example:
        >>> hit = {"group": "CUCKOO", "term": "cuckooed", "start": 4, "end": 12, "excepted_by": None}
        >>> [(piece.text, piece.kind) for piece in pieces("was cuckooed.", [hit], {"CUCKOO": 0.5}, 0, 13)]
        [('was ', 'plain'), ('cuckooed', 'hit'), ('.', 'plain')]
    """
    at = first
    for hit in sorted(hits, key=lambda hit: (hit["start"], hit["excepted_by"] is not None, -hit["end"])):
        if hit["start"] < at or hit["end"] > last:
            continue
        if hit["start"] > at:
            yield Piece(visible(text[at : hit["start"]]))
        kind = "cancelled" if hit["excepted_by"] else "hit"
        yield Piece(
            visible(text[hit["start"] : hit["end"]]),
            kind,
            hit["group"],
            hit["term"],
            weights.get(hit["group"]),
            hit["excepted_by"] or "",
            hit["start"],
        )
        at = hit["end"]
    if at < last:
        yield Piece(visible(text[at:last]))


def _parts(hits: Sequence[Row], weights: dict[str, float]) -> Iterable[Part]:
    counted = sorted({hit["group"] for hit in hits if not hit["excepted_by"]})
    for group in sorted(counted, key=lambda group: -weights.get(group, 0.0)):
        yield Part(group, weights.get(group, 0.0), True)
    cancelled = {hit["group"]: hit["excepted_by"] for hit in hits if hit["excepted_by"]}
    for group, rule in sorted(cancelled.items()):
        if group not in counted:
            yield Part(group, weights.get(group, 0.0), False, rule)
