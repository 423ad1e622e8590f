"""What somebody may mean by the words in the search box: a phone number, a vehicle, a day, a phrase, a name."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

LONGEST = 200  # characters of a search; the rest is left out
MOST_WORDS = 12
PLATES = (
    re.compile(r"([A-Z]{2}\d{2})([A-Z]{3})"),
    re.compile(r"([A-Z]\d{1,3})([A-Z]{3})"),
    re.compile(r"([A-Z]{3})(\d{1,3}[A-Z])"),
)
DAYS = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), (0, 1, 2)),
    (re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"), (2, 1, 0)),
)


def plain(query: str) -> str:
    """The search without what steers a page or breaks a query, in one form of Unicode, blanks once.

    Example:
        >>> plain("  Ann" + chr(0) + chr(0x202E) + "  Lee ")
        'Ann Lee'
    """
    found = unicodedata.normalize("NFKC", query[:LONGEST])
    return " ".join("".join(c if c.isprintable() else " " for c in found).split())


def words(query: str) -> list[str]:
    """Its words as the index of texts cuts them: letters and digits.

    Example:
        >>> words('90 Harbour-View "OR" x*')
        ['90', 'Harbour', 'View', 'OR', 'x']
    """
    return [word for word in re.split(r"[\W_]+", query) if word][:MOST_WORDS]


def phrase(found: Iterable[str]) -> str:
    """Words in a row, as the index is asked: in quotes, so that nothing in them is read as a command.

    Example:
        >>> phrase(["90", "Harbour", "View"])
        '"90 Harbour View"'
    """
    return '"' + " ".join(found) + '"'


def phone(query: str) -> str | None:
    """The digits of a British number without its 0 or 44; None if it can't be one. Four digits are enough.

    Example:
        >>> phone("+44 7700 900003"), phone("07700 900-003"), phone("(0)7700900003"), phone("0044 7700 900003")
        ('7700900003', '7700900003', '7700900003', '7700900003')
        >>> phone("900003"), phone("90 Harbour View"), phone("123")
        ('900003', None, None)
    """
    if not re.fullmatch(r"[+\d][\d ().\-/+]*|\(0\)[\d ().\-/]*", query):
        return None
    digits = re.sub(r"\D", "", query.replace("(0)", "" if "+" in query else "0"))
    for start in ("0044", "44", "0"):
        if digits.startswith(start) and len(digits) - len(start) >= 4:
            digits = digits.removeprefix(start)
            break
    return digits if 4 <= len(digits) <= 13 else None


def spellings(digits: str) -> list[str]:
    """How a number may stand in a text, as phrases of the index.

    Example:
        >>> spellings("7700900003")[:3]
        ['"07700900003"', '"447700900003"', '"00447700900003"']
        >>> spellings("900003")
        ['"900003"']
    """
    if len(digits) < 10:
        return [phrase([digits])]
    national = "0" + digits
    cuts = ((5,), (4,), (5, 8), (4, 7), (3, 7))
    whole = [[national], ["44" + digits], ["0044" + digits], ["44", digits]]
    split = [_cut(national, cut) for cut in cuts]
    abroad = [["44", *_cut(digits, [place - 1 for place in cut])] for cut in cuts]
    zero = [["44", "0", *_cut(digits, [place - 1 for place in cut])] for cut in cuts]
    return list(dict.fromkeys(phrase(each) for each in [*whole, *split, *abroad, *zero]))


def vehicle(query: str) -> list[str]:
    """How a registration may stand in a text, as phrases: in one or in two parts; empty if it isn't one.

    Example:
        >>> vehicle("qq40pjt"), vehicle("QQ40 PJT"), vehicle("Harbour")
        (['"QQ40PJT"', '"QQ40 PJT"'], ['"QQ40PJT"', '"QQ40 PJT"'], [])
    """
    joined = re.sub(r"[\s-]", "", query).upper()
    for plate in PLATES:
        if match := plate.fullmatch(joined):
            return [phrase([joined]), phrase(match.groups())]
    return []


def born(query: str) -> str | None:
    """A day as the index keeps it; None if it isn't one.

    Example:
        >>> born("27/9/1975"), born("1975-09-27"), born("31/02/1990"), born("Ann")
        ('1975-09-27', '1975-09-27', None, None)
    """
    for pattern, order in DAYS:
        if match := pattern.fullmatch(query):
            parts = [int(part) for part in match.groups()]
            try:
                return dt.date(*(parts[place] for place in order)).isoformat()
            except ValueError:
                return None
    return None


def trigrams(query: str) -> list[str]:
    """The runs of three letters in a name's words, as the index of names has them.

    Example:
        >>> trigrams("Ann Lee 7")
        ['ann', 'lee']
    """
    found = [word[i : i + 3] for word in words(query.lower()) for i in range(len(word) - 2)]
    return list(dict.fromkeys(found))


def _cut(digits: str, places: Iterable[int]) -> list[str]:
    edges = [0, *places, len(digits)]
    return [digits[first:last] for first, last in pairwise(edges)]
