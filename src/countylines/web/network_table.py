"""The table twin of the network as the server writes it, for everybody without a script: the same people, in pages."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from countylines.graph import Ints
from countylines.web.network_data import AROUND, around
from countylines.web.network_facts import BANDS, EPOCH, Day
from countylines.web.network_seen import Seen
from countylines.web.persons import Card
from countylines.web.render import day

A_PAGE = 50


@dataclass(frozen=True)
class Row:
    """One person.

    Attributes:
        words: how they are treated.
        harm: a band; "Not ranked" for everybody protected or held.
        group: id and name; empty = in none.
        links: ties to people who may be seen.
    """

    card: Card
    words: str
    group: tuple[str, str] | None
    links: int
    harm: str
    first: str
    last: str


@dataclass(frozen=True)
class Page:
    """Some of the people.

    Attributes:
        of: what is listed, in words; empty = everybody.
        left_out: people within the steps who are left out by the cap.
    """

    rows: tuple[Row, ...]
    total: int
    number: int
    pages: int
    of: str
    left_out: int


def page_of(seen: Seen, *, group: str, person: str, steps: int, q: str, page: int) -> Page:
    """The people asked for: found, around somebody, of a group, or everybody; by group, then name.

    Raises:
        Missing, Refused: there is no such person or group, or it may not be seen.
    """
    rows, of, left_out = np.flatnonzero(seen.people), "", 0
    if group:
        rows, of = seen.members(group), f"in {group} {seen.names[group]}"
    if person:
        i = seen.find(person)
        near = around(seen, i, steps)
        left_out = max(0, len(near) - AROUND)
        rows, of = near[:AROUND], f"within {steps} step{'s' * (steps != 1)} of {seen.label(i)}"
    if q:
        sought = np.zeros(len(seen.people), np.bool_)
        sought[found_by(seen, q)] = True
        rows, of = rows[sought[rows]], f"found by \N{LEFT DOUBLE QUOTATION MARK}{q}\N{RIGHT DOUBLE QUOTATION MARK}"
    last = len(seen.groups)
    order = sorted(rows.tolist(), key=lambda i: (seen.home[i] if seen.home[i] >= 0 else last, seen.label(i), i))
    pages = max(1, -(-len(order) // A_PAGE))
    at = min(page, pages)
    degree = np.bincount(
        np.concatenate((seen.facts.a[seen.ties], seen.facts.b[seen.ties])), minlength=len(seen.facts.ids)
    )
    some = order[(at - 1) * A_PAGE : at * A_PAGE]
    return Page(tuple(_row(seen, i, degree) for i in some), len(order), at, pages, of, left_out)


def _row(seen: Seen, i: int, degree: Ints) -> Row:
    facts = seen.facts
    card, harm = facts.cards[facts.ids[i]], facts.harm[i]
    said = "Not ranked" if not seen.rankable(i) else "Not known" if harm is None else BANDS[harm][0]
    group = seen.groups[seen.home[i]] if seen.home[i] >= 0 else None
    home = (group, seen.names[group]) if group else None
    return Row(card, seen.words(i), home, int(degree[i]), said, _said(facts.first[i]), _said(facts.last[i]))


def _said(value: Day) -> str:
    return "No date" if value is None else day(EPOCH.fromordinal(EPOCH.toordinal() + value))


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
