"""Which rulings could release somebody protected or held, by what they set aside: one of two people is safeguarding."""

from __future__ import annotations

from collections.abc import Iterable

from countylines.govern.rulings import BY_SAFEGUARDING, WITHDRAWING, Ruling
from countylines.web.reader import Reader


def guarded(reader: Reader, found: Iterable[Ruling]) -> frozenset[int]:
    """The rulings that set aside rows of somebody protected or held, or of whom or what this run doesn't know.

    To be under 18 in a matched record holds an adult (METHOD 1); without that record they would be free to be ranked.
    """
    some = [one for one in found if one.decision in WITHDRAWING]
    inside = people_in(reader, {one.record_id for one in some if one.record_id})
    about = {one.ruling_id: {one.nominal_id} if one.nominal_id else inside.get(one.record_id, set()) for one in some}
    cards = reader.cards({each for people in about.values() for each in people if each})
    free = {nominal for nominal, card in cards.items() if not card.guarded}
    return frozenset(name for name, people in about.items() if not people or not people <= free)


def people_in(reader: Reader, records: Iterable[str]) -> dict[str | None, set[str | None]]:
    """Everybody with a part in these records, by record."""
    rows = reader.index.among("SELECT record_id, nominal_id FROM involvements WHERE record_id IN ({ids})", records)
    found: dict[str | None, set[str | None]] = {}
    for row in rows:
        found.setdefault(row["record_id"], set()).add(row["nominal_id"])
    return found


def by_safeguarding(reader: Reader, found: Iterable[Ruling]) -> frozenset[int]:
    """The rulings of which one of the two people must be from safeguarding."""
    every = list(found)
    return guarded(reader, every) | {one.ruling_id for one in every if one.decision in BY_SAFEGUARDING}
