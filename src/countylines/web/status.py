"""What is said of somebody before their name and before any suspicion: how they are treated, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from countylines.report.show.words import counted
from countylines.tables import BOTH
from countylines.web.persons import LATEST_UNREAD, Card, Mark
from countylines.web.render import day

Row = Mapping[str, Any]
RULED = "Two people, one of them safeguarding, ruled so; it is withdrawn by a ruling, too."
RELEASED = "Adult. Two people ruled that there is no sign of exploitation: see the rulings on this person."
RELEASE = (
    "Held people are released by a ruling of two people, one of them safeguarding: 'no sign of exploitation'. It"
    " applies from the next run."
)
HELD: Mapping[str, str] = {
    "under 18 in a matched record": "They were under 18 in a record that matched.",
    "missing in a matched record": "They are in a matched record as missing.",
    "only victim in a matched record": "In matched records they are only ever a victim.",
    "may be cuckooed": "A record suggests that their home may have been taken over.",
    "victim of a modern-slavery offence": "They are the victim of a modern-slavery offence.",
    "associate without an offender role": "They are here by their ties alone, and no record shared with a"
    " matched person names them as an offender.",
}


@dataclass(frozen=True)
class Status:
    """The first thing that a person's page says.

    Attributes:
        mark: shape and colour; adult = one plain line.
        title: in one sentence.
        sentences: what is known, what follows.
    """

    mark: Mark
    title: str
    sentences: tuple[str, ...]


def status(card: Card, facts: Row | None, suspect_in: int, released: bool = False) -> Status:
    """How a person is treated.

    Args:
        facts: their row of ``safeguarding_facts``, if they have one.
        suspect_in: crimes in which they are recorded as suspect, arrested, charged or convicted.
        released: a ruling in force says that there is no sign of exploitation.
    """
    if card.mark == "adult" and card.is_child is None:
        return Status("adult", "Age unknown; this run counts people without a birth date as adults.", ())
    if card.mark == "adult" and released:
        return Status("adult", RELEASED, ())
    if card.mark == "adult":
        return Status("adult", "Adult. No sign of being a child or exploited in these records.", ())
    said = [*_age(card), *_listed(facts), *_care(card), *_missing(facts, card)]
    suspicion = f"Recorded as an offender in {counted(suspect_in, 'crime')}: that doesn't change this status. "
    law = "A section 45 defence may apply: a lawyer decides. " if card.mark != "unknown" else ""
    said.append((suspicion + law if suspect_in else "") + "Never ranked for enforcement.")
    return Status(card.mark, _title(card), tuple(said))


def _title(card: Card) -> str:
    titles: Mapping[Mark, str] = {
        "both": "This is a child, believed to be exploited. Safeguard first.",
        "child": "This is a child. Safeguard first.",
        "exploited": "This person is believed to be exploited. Safeguard first.",
        "unknown": "Age unknown: treated as a child until it is known.",
    }
    if card.mark in titles:
        return titles[card.mark]
    if LATEST_UNREAD in card.held:
        return "Not ranked: the latest run can't be read."
    if BOTH in card.held:
        return "This adult is both victim and suspect: on the separate list, not ranked."
    return "Held: this person may be exploited. Not ranked until two people decide."


def _age(card: Card) -> list[str]:
    if card.mark == "unknown":
        return ["No birth date is recorded. Establish their age first."]
    if LATEST_UNREAD in card.held and not card.protected:
        return ["Whether that run protects or holds this person isn't known."]
    if card.held and not card.protected:
        signs = [HELD.get(reason, f"{reason[0].upper()}{reason[1:]}.") for reason in card.held if reason != BOTH]
        return [*([RULED] if BOTH in card.held else []), *signs, *([RELEASE] if signs else [])]
    return [f"{card.age} years old."] if card.age is not None else []


def _listed(facts: Row | None) -> list[str]:
    if not facts or not (facts["believed_since"] or facts["basis"]):
        return []
    since = f" since {day(facts['believed_since'])}" if facts["believed_since"] else ""
    return [f"On the list of people believed exploited{since}" + (f" ({facts['basis']})." if facts["basis"] else ".")]


def _care(card: Card) -> list[str]:
    if not card.looked_after:
        return []
    by = card.responsible_authority
    return [f"Looked after by {by}." if by else "Looked after; by which authority isn't known."]


def _missing(facts: Row | None, card: Card) -> list[str]:
    if not card.episodes:
        return []
    now = " Missing now." if facts and facts["missing_now"] else ""
    last = f", last on {day(facts['last_missing'])}" if facts and facts["last_missing"] else ""
    return [f"Missing {counted(card.episodes, 'time')}{last}.{now}"]


NOT_RANKED: Mapping[str, str] = {
    "child": "under 18",
    "both": "under 18 and believed exploited",
    "exploited": "believed exploited",
    "unknown": "of unknown age, which counts as protected",
}


def not_ranked(card: Card) -> str:
    """Why somebody has no figure of harm, place or priority, in a sentence.

    Example:
        >>> from countylines.web.persons import card_of
        >>> not_ranked(card_of({"nominal_id": "n1", "is_child": 1}))
        'Not ranked: this person is under 18.'
    """
    if card.protected:
        return f"Not ranked: this person is {NOT_RANKED[card.mark]}."
    if LATEST_UNREAD in card.held:
        return f"Not ranked: {LATEST_UNREAD}."
    if BOTH in card.held:
        return "Not ranked: an adult who is both victim and suspect, by a ruling of two people."
    if card.held:
        return f"Not ranked: held ({', '.join(card.held)}) until two people, one of them safeguarding, decide."
    return "Not ranked: not in the network."
