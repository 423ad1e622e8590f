"""The kinds of ruling in plain words: what each says, and what it does from the next run on (METHOD 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from countylines.govern.rulings import BY_SAFEGUARDING, NO_SIGN, WITHDRAWING
from countylines.tables import UNRANKED


@dataclass(frozen=True)
class Kind:
    """A kind of ruling.

    Attributes:
        label: what one says by it.
        does: what it does from the next run on.
        on: what it can be on: person, record, hit.
    """

    label: str
    does: str
    on: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "not county lines": Kind(
        "It isn't county lines",
        "What you name is set aside: the whole record; or the person's part in that record; or, if you name a person"
        " alone, their part in all records. Nothing is deleted.",
        ("person", "record", "hit"),
    ),
    "wrong person": Kind(
        "It's the wrong person",
        "Set aside in the same way. It says that somebody else is meant.",
        ("person", "record", "hit"),
    ),
    "victim not offender": Kind(
        "They're a victim, not an offender",
        "Their roles as suspect, arrested, charged or convicted become victim, in the record or in all records.",
        ("person",),
    ),
    NO_SIGN: Kind(
        "No sign of exploitation",
        "A held person is released and can be ranked like other adults. It never releases a child, or somebody on the"
        " list of believed exploited people.",
        ("person",),
    ),
    "reviewed and kept": Kind(
        "Reviewed, and rightly here",
        "No row changes. A record so reviewed counts as credible in a group's profile.",
        ("person", "record"),
    ),
    UNRANKED: Kind(
        "Both victim and suspect: don't rank",
        "This adult goes on a separate list of people who aren't ranked: on every page at once, and in the next run,"
        " which holds them.",
        ("person",),
    ),
}


def needs_safeguarding(decision: str, *, protects: bool) -> bool:
    """Whether one of the two people must be from safeguarding; ``protects``: it is about somebody protected or held.

    Example:
        >>> [needs_safeguarding(kind, protects=False) for kind in ("no sign of exploitation", "wrong person")]
        [True, False]
        >>> needs_safeguarding("wrong person", protects=True)
        True
    """
    return decision in BY_SAFEGUARDING or (protects and decision in WITHDRAWING)
