"""A person as lists show them: name, age, and first of all how they are treated (SCREENS 1, METHOD 1)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from countylines.tables import BOTH

Mark = Literal["child", "both", "exploited", "unknown", "held", "adult"]

HELD_WORDS = "Held"
MARK_WORDS: Mapping[Mark, str] = {
    "child": "Under 18",
    "both": "Under 18, believed exploited",
    "exploited": "Believed exploited",
    "unknown": "Age unknown",
    "held": HELD_WORDS,
    "adult": "Adult",
}
AGE_ASSUMED = "Age unknown, counted as an adult"  # unknown_age = "adult" (METHOD 1)


@dataclass(frozen=True)
class Card:
    """One person of a run's extracts, kept in the network or not.

    Attributes:
        age: full years at the run's as_of; None = no birth date.
        is_child: None = age unknown.
        protected, held: as METHOD 1; ``held`` has the reasons, of kept people.
        rankable: kept and neither protected nor held.
        group_id: of kept people in a group.
        soc: the SOC groups they are a known member of.
        episodes: missing episodes in the extracts.
        away: whoever reads has own areas, and this person has no record there; their page doesn't open.
    """

    nominal_id: str
    name: str
    aliases: tuple[str, ...]
    date_of_birth: dt.date | None
    age: int | None
    sex: str | None
    looked_after: bool | None
    home_authority: str | None
    responsible_authority: str | None
    is_child: bool | None
    believed_exploited: bool
    protected: bool
    held: tuple[str, ...]
    kept: bool
    rankable: bool
    group_id: str | None
    soc: tuple[str, ...]
    episodes: int
    away: bool = False

    @property
    def mark(self) -> Mark:
        """The one sign drawn for this person: shape and colour say how they are treated.

        Example:
            >>> card = card_of({"nominal_id": "n1", "name": "A", "is_child": True, "believed_exploited": True})
            >>> card.mark, card.protected
            ('both', True)
        """
        if self.is_child:
            return "both" if self.believed_exploited else "child"
        if self.believed_exploited:
            return "exploited"
        if self.protected:
            return "unknown"
        return "held" if self.held else "adult"

    @property
    def words(self) -> str:
        """The mark in words, with the age where it is known."""
        if self.mark in ("child", "both"):
            return f"Child, {self.age}" + (", believed exploited" if self.mark == "both" else "")
        if self.held == (LATEST_UNREAD,) and self.mark == "held":
            return f"Not ranked: {LATEST_UNREAD}"
        if self.mark == "held":
            return "Held: " + ", ".join(self.held)
        if self.mark == "adult" and self.is_child is None:
            return AGE_ASSUMED
        return MARK_WORDS[self.mark]

    @property
    def guarded(self) -> bool:
        """Protected or held: never ranked, never under a criminal role."""
        return self.protected or bool(self.held)


def card_of(row: Mapping[str, Any]) -> Card:
    """A card from a row of the reading index; what is missing there is unknown, and so protected."""
    child = row.get("is_child")
    exploited = bool(row.get("believed_exploited"))
    protected = row.get("protected")
    born = row.get("date_of_birth")
    return Card(
        nominal_id=row["nominal_id"],
        name=visible(row.get("name") or row["nominal_id"]),
        aliases=tuple(visible(alias) for alias in json.loads(row.get("aliases") or "[]")),
        date_of_birth=dt.date.fromisoformat(born) if born else None,
        age=row.get("age"),
        sex=row.get("sex"),
        looked_after=_flag(row.get("looked_after")),
        home_authority=row.get("home_authority"),
        responsible_authority=row.get("responsible_authority"),
        is_child=_flag(child),
        believed_exploited=exploited,
        protected=exploited or child is None or bool(child) if protected is None else bool(protected),
        held=tuple(json.loads(row.get("held") or "[]")),
        kept=bool(row.get("kept")),
        rankable=bool(row.get("rankable")),
        group_id=row.get("group_id"),
        soc=tuple(json.loads(row.get("soc") or "[]")),
        episodes=row.get("episodes") or 0,
    )


def visible(text: str) -> str:
    """Stored text with what would steer the page (direction marks, control characters) made visible.

    Example:
        >>> visible("a" + chr(0x202E) + "b")
        'a\N{REPLACEMENT CHARACTER}b'
    """
    if text.isprintable():
        return text
    return "".join(c if _harmless(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _harmless(c: str) -> bool:
    """What can be printed, line breaks, and blanks of any width, which real records have."""
    return c.isprintable() or c in "\n\r\t" or unicodedata.category(c) == "Zs"


def aside(card: Card) -> Card:
    """The same person on the separate list of adults who are both victim and suspect: held, and never ranked.

    Example:
        >>> card = card_of({"nominal_id": "n1", "is_child": 0, "kept": 1, "rankable": 1})
        >>> card.mark, aside(card).mark, aside(card).rankable, aside(card).words
        ('adult', 'held', False, 'Held: both victim and suspect')
    """
    return card if BOTH in card.held else dataclasses.replace(card, held=(*card.held, BOTH), rankable=False)


SINCE = "protected or held in a later run"


def since(card: Card) -> Card:
    """The same person on a page of an earlier run, where a later one protects or holds them: held, and never ranked.

    Example:
        >>> card = card_of({"nominal_id": "n1", "is_child": 0, "kept": 1, "rankable": 1})
        >>> since(card).guarded, since(card).rankable, since(card).words
        (True, False, 'Held: protected or held in a later run')
    """
    return card if card.guarded else dataclasses.replace(card, held=(SINCE,), rankable=False)


LATEST_UNREAD = "the latest run can't be read"


def unread(card: Card) -> Card:
    """The same person on a page of an earlier run, where it isn't known whom the latest one guards: never ranked.

    Example:
        >>> card = card_of({"nominal_id": "n1", "is_child": 0, "kept": 1, "rankable": 1})
        >>> unread(card).rankable, unread(card).words
        (False, "Not ranked: the latest run can't be read")
    """
    return card if card.guarded else dataclasses.replace(card, held=(LATEST_UNREAD,), rankable=False)


def nameless(card: Card) -> Card:
    """The same person by the id only: of them no more than how they are treated may be seen.

    Example:
        >>> ann = {"nominal_id": "n1", "name": "Ann", "aliases": '["Bear"]', "is_child": 1, "age": 15}
        >>> card = nameless(card_of(ann))
        >>> card.name, card.aliases, card.words
        ('n1', (), 'Child, 15')
    """
    return dataclasses.replace(card, name=card.nominal_id, aliases=(), date_of_birth=None, away=True)


def _flag(value: Any) -> bool | None:
    return None if value is None else bool(value)
