"""The records behind a person, those that weigh first, with the running sum, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from countylines.web.covering import cover
from countylines.web.evidence import Evidence, Piece, evidence
from countylines.web.paging import paged
from countylines.web.persons import Card
from countylines.web.reader import Reader
from countylines.web.why import Why, groups_of, running

Row = dict[str, Any]
A_PAGE = 10
OF_A_PERSON = (
    "SELECT r.record_id, r.source, r.occurred, r.recorded, r.score, r.area, r.restricted, r.outcome_code,"
    " group_concat(i.role, ';') AS roles FROM involvements i JOIN records r ON r.record_id = i.record_id"
    " WHERE i.nominal_id = ? GROUP BY r.record_id"
)


@dataclass(frozen=True)
class Shown:
    """One record on a person's page.

    Attributes:
        other: with whom its connection is; None = nobody, or no connection.
        connects: whether it stands behind a connection.
        new: the groups of words that it adds to the connection.
        so_far: what the connection comes to with it; None = not told by groups.
        closed: restricted, and no reason was given for it yet: its text isn't shown.
    """

    found: Evidence
    other: Card | None
    connects: bool
    new: tuple[str, ...]
    so_far: float | None
    closed: bool


def own_records(reader: Reader, nominal_id: str) -> list[Row]:
    """The person's records without their texts, the latest first; ``roles``: theirs there, sorted."""
    rows = reader.index.query(OF_A_PERSON, nominal_id)
    made = [{**row, "roles": sorted((row["roles"] or "").split(";"))} for row in rows]
    return sorted(made, key=lambda row: (row["recorded"] or row["occurred"] or "", row["record_id"]), reverse=True)


def ordered(why: Why, own: Sequence[Row]) -> list[str]:
    """Their records: those of the strongest connection, of the others, of ties to matched people, then the rest."""
    score = {row["record_id"]: row["score"] or 0.0 for row in own}
    latest = {row["record_id"]: i for i, row in enumerate(own)}

    def heaviest(ids: Iterable[str]) -> list[str]:
        return sorted((r for r in ids if r in score), key=lambda r: (-score[r], latest[r]))

    behind = [heaviest(each.record_ids) for each in why.found.connections]
    behind += [heaviest(b.tie.record_ids) for b in why.carrying]
    return list(dict.fromkeys([*(r for some in behind for r in some), *heaviest(score)]))


def page_of(
    reader: Reader, why: Why, order: Sequence[str], page: int, opened: Iterable[str], *, cancelled: bool, covered: bool
) -> tuple[list[Shown], int, int]:
    """The records of one page, its number, and how many pages there are.

    Args:
        order: of :func:`ordered`.
        opened: restricted records that a reason was given for.
        cancelled: whether to show cancelled hits.
        covered: whether names in texts are covered.
    """
    here, at, pages = paged(len(order), page, A_PAGE)
    some = order[here]
    sums = running(
        why.found.connections,
        groups_of(reader, {r for each in why.found.connections for r in each.record_ids}),
        order,
        why.graded,
    )
    may = set(opened)
    found = {each.record["record_id"]: each for each in evidence(reader, some, why.found.nominal_id)}
    made = []
    for record in some:
        each = found[record] if cancelled else without_cancelled(found[record])
        other, new, so_far = sums.get(record, (None, (), None))
        card = why.cards.get(other) if other else None
        closed = bool(each.record["restricted"]) and record not in may
        made.append(Shown(cover(reader, each) if covered else each, card, record in sums, new, so_far, closed))
    return made, at, pages


def without_cancelled(found: Evidence) -> Evidence:
    """The record without its cancelled hits: as plain text, and not in the sum."""
    pieces = tuple(Piece(piece.text) if piece.kind == "cancelled" else piece for piece in found.pieces)
    return replace(found, pieces=pieces, parts=tuple(part for part in found.parts if part.counts))
