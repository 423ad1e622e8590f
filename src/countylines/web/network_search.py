"""Whom a search in the network means: by name or id as written, else by names like it, as the main search does."""

from __future__ import annotations

import unicodedata

import numpy as np

from countylines.web import finding
from countylines.web.network_seen import Seen
from countylines.web.reader import Reader


def sought(reader: Reader, seen: Seen, q: str) -> tuple[list[int], bool]:
    """Rows of those who are found, and whether they are only like what was written; then the likest come first.

    Where names are covered only ids are looked at, and nobody is found by likeness: that would tell names.
    """
    rows = found_by(seen, q)
    if rows or seen.covered or not q.strip():
        return rows, False
    found = finding.people(reader, q, seen.areas, most=finding.CANDIDATES).rows
    row = seen.facts.row
    near = [row[each.card.nominal_id] for each in found if each.card.nominal_id in row]
    return [i for i in near if seen.people[i]], True


def found_by(seen: Seen, q: str) -> list[int]:
    """Rows of people whose shown name or id holds every word; where names are covered only ids are looked at."""
    words = plain(q).split()
    if not words:
        return []
    return [
        i
        for i in np.flatnonzero(seen.people).tolist()
        if all(word in plain(f"{seen.label(i)} {seen.facts.ids[i]}") for word in words)
    ]


def plain(text: str) -> str:
    """Without accents and case.

    Example:
        >>> plain("Zo\N{LATIN SMALL LETTER E WITH DIAERESIS} ")
        'zoe '
    """
    apart = unicodedata.normalize("NFD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()
