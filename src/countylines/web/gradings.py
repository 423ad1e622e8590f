"""What a grading of intelligence says, in words, place by place."""

from __future__ import annotations

import re
from collections.abc import Mapping

NEW = re.compile(r"(?:3X5X2)?([1-3])([A-E])([PC])?")
OLD = re.compile(r"(?:5X5X5)?([A-E])([1-5])([1-5])?")
NEW_SOURCE: Mapping[str, str] = {"1": "reliable", "2": "untested", "3": "not reliable"}
NEW_KNOWN: Mapping[str, str] = {
    "A": "known directly to the source",
    "B": "known indirectly to the source but corroborated",
    "C": "known indirectly to the source",
    "D": "not known",
    "E": "suspected to be false",
}
NEW_HANDLING: Mapping[str, str] = {
    "P": "lawful sharing permitted",
    "C": "lawful sharing permitted with conditions: ask its owner before anything is shared",
}
OLD_SOURCE: Mapping[str, str] = {
    "A": "always reliable",
    "B": "mostly reliable",
    "C": "sometimes reliable",
    "D": "unreliable",
    "E": "untested",
}
OLD_KNOWN: Mapping[str, str] = {
    "1": "known to be true without reservation",
    "2": "known personally to the source but not to the officer",
    "3": "not known personally to the source but corroborated",
    "4": "can't be judged",
    "5": "suspected to be false",
}
OLD_HANDLING: Mapping[str, str] = {
    "1": "may be shared with the police service and other law enforcement",
    "2": "may be shared with non-prosecuting parties",
    "3": "may be shared with law enforcement outside the European Economic Area",
    "4": "only within the force that holds it",
    "5": "may be shared only as its owner says",
}


def in_words(written: str | None) -> list[tuple[str, str, str]]:
    """The places of a grading: which place, its sign, and what it means; empty where there is none or it can't be read.

    Source: College of Policing, Authorised Professional Practice on intelligence: 3x5x2 since 2016, 5x5x5 before.

    Example:
        >>> [(place, sign) for place, sign, _ in in_words("2 B P")]
        [('Source', '2'), ('Intelligence', 'B'), ('Handling', 'P')]
        >>> in_words("B24")[2]
        ('Handling', '4', 'only within the force that holds it')
        >>> in_words("ungraded"), in_words(None)
        ([], [])
    """
    plain = re.sub(r"[^A-Z0-9]", "", (written or "").upper())
    for pattern, meanings in (
        (NEW, (NEW_SOURCE, NEW_KNOWN, NEW_HANDLING)),
        (OLD, (OLD_SOURCE, OLD_KNOWN, OLD_HANDLING)),
    ):
        if match := pattern.fullmatch(plain):
            places = ("Source", "Intelligence", "Handling")
            return [
                (place, sign, meaning[sign])
                for place, sign, meaning in zip(places, match.groups(), meanings, strict=True)
                if sign
            ]
    return []


def spaced(written: str) -> str:
    """A grading with its places apart, however it was written; as written where it can't be read.

    Example:
        >>> spaced("1CP"), spaced("3x5x2: 3-D-C"), spaced("b24"), spaced("ungraded")
        ('1 C P', '3 D C', 'B 2 4', 'ungraded')
    """
    return " ".join(sign for _, sign, _ in in_words(written)) or written


def conditions(written: str | None, source: str) -> str:
    """Handling conditions in a sentence; empty where the record may lawfully be shared.

    Example:
        >>> conditions("2BP", "intelligence"), conditions(None, "crime")
        ('', '')
        >>> conditions("2BC", "intelligence")
        'Handling conditions: lawful sharing permitted with conditions: ask its owner before anything is shared.'
    """
    if not written:
        return "No grading and no handling code: ask its owner before sharing." if source == "intelligence" else ""
    handling = [(sign, meaning) for place, sign, meaning in in_words(written) if place == "Handling"]
    if not handling:
        return f"The handling code of {written!r} can't be read: ask its owner before sharing."
    sign, meaning = handling[0]
    return "" if sign == "P" else f"Handling conditions: {meaning}."
