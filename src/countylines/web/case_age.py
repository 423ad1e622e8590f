"""Child or adult: how a case's person is handled, and the reason where the records say otherwise, or nothing.

A child's referral needs no consent, an adult's procedure has no strategy discussion: neither is to be had by a click.
"""

from __future__ import annotations

from collections.abc import Mapping

from countylines.errors import InputError
from countylines.govern.changes import written
from countylines.govern.procedure import Person
from countylines.web.persons import Card

PEOPLE: Mapping[Person, str] = {
    "child": "Child",
    "adult": "Adult",
    "age unknown": "Age unknown: handled as a child",
}


def handled_as(word: str, card: Card | None) -> Person:
    """How the person is handled: as the form says, but whoever is known to be under 18 is a child."""
    if card and card.is_child:
        return "child"
    kinds: Mapping[str, Person] = {name: name for name in PEOPLE}
    return kinds.get(word) or ("adult" if card and card.is_child is False else "age unknown")


def said_of_age(kind: Person, card: Card | None, age_why: str) -> str:
    """Why somebody is handled otherwise than by their birth date, in the sentence that is kept; empty = as by it.

    Who may be under 18 is presumed to be until the age is assessed (Modern Slavery Act 2015, s.51). So an adult by the
    birth date can be handled as a child, and whoever has none in this run's records as an adult: each with a reason.

    Args:
        card: None = this run doesn't hold them.

    Raises:
        InputError: there is no reason.
    """
    why = written(age_why, "why", needed=False)
    if card and card.is_child is False:
        if kind == "adult":
            return ""
        if not why:
            said = f"their birth date makes them {card.age}: say why their age is in doubt"
            raise InputError(said, "an adult's referral needs consent, a child's doesn't", field="age_why")
        return f"Age in doubt (recorded: {card.age}), handled as {kind}: {why}"
    if kind != "adult":
        return ""
    if not why:
        said = "no birth date is recorded: say who established that they are an adult, and how"
        raise InputError(said, "until then they are handled as a child", field="age_why")
    return f"Age not recorded, handled as adult: {why}"
