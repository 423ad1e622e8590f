"""A term of the lexicon as one expression that ``re`` and Hyperscan read alike, or the reason why it can't be used.

The two dialects differ in dozens of corners ({,3}, \\v, [[:alpha:]] ...). So a pattern is parsed by Python's own parser and written anew
in the small part they share: characters, sets of bytes, alternatives, repeats and word boundaries. Sets name bytes of a text in
which every code point is one byte (normalise.py), and never NUL, which parts the rows.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

BLANK = r"[\s-]+"
BLANK_WIDTH = 4  # a blank is taken to be at most this wide in ``Pattern.width``; the matcher looks for wider ones

PRINTABLE = range(0x20, 0x7F)
SPACES = frozenset((*range(0x09, 0x0E), *range(0x1C, 0x21)))  # what str.isspace says of ASCII
OTHERS = frozenset(range(1, 0x100)) - frozenset(PRINTABLE) - SPACES  # bytes that no pattern can name
WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
DIGITS = frozenset(b"0123456789")
ALL = frozenset(range(1, 0x100))
CATEGORIES = {
    op.CATEGORY_DIGIT: DIGITS,
    op.CATEGORY_NOT_DIGIT: ALL - DIGITS,
    op.CATEGORY_SPACE: SPACES,
    op.CATEGORY_NOT_SPACE: ALL - SPACES,
    op.CATEGORY_WORD: WORD,
    op.CATEGORY_NOT_WORD: ALL - WORD,
}
REFUSED = {
    op.ASSERT: ("look-ahead and look-behind can't be matched", "add an exception to the group instead"),
    op.ASSERT_NOT: ("look-ahead and look-behind can't be matched", "add an exception to the group instead"),
    op.GROUPREF: ("a back-reference can't be matched", "write the alternatives out"),
    op.GROUPREF_EXISTS: ("a condition on a group can't be matched", "write the alternatives out"),
    op.ATOMIC_GROUP: ("an atomic group can't be matched", "use (?:...)"),
    op.POSSESSIVE_REPEAT: ("a possessive repeat can't be matched", "leave out the last +"),
}


class PatternError(ValueError):
    """A pattern that can't be used: why, and what to do."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"{reason}: {advice}")
        self.reason, self.advice = reason, advice


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern made ready.

    Attributes:
        text: as the lexicon writes it.
        expression: the whole expression, word boundaries included, for ``re`` and Hyperscan on bytes, case ignored.
        word: the length of every match, where matches are single words of one length; else 0.
        width: the longest match, with blanks at most BLANK_WIDTH wide; 0 where there is no longest.
    """

    text: str
    expression: bytes
    word: int
    width: int


def definition(text: str) -> str:
    """The expression that defines a pattern (METHOD 2), for ``re`` on normalised text.

    Example:
        >>> definition("COUNTY LINES?")
        '\\\\b(?:COUNTY[\\\\s-]+LINES?)\\\\b'
    """
    return rf"\b(?:{text.replace(' ', BLANK)})\b"


@lru_cache(maxsize=4096)
def read_pattern(text: str) -> Pattern:
    """A pattern of the lexicon made ready for the matcher.

    Raises:
        PatternError: it can't be used, with the reason and what to do.

    Example:
        >>> read_pattern("LINES?").expression
        b'\\\\b(?:LINES?)\\\\b'
        >>> read_pattern("(?=a)b")
        Traceback (most recent call last):
        countylines.match.pattern.PatternError: look-ahead and look-behind can't be matched: add an exception to the group instead
    """
    _check_text(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python warns of in a set, other engines read otherwise
            tree = _parser.parse(text.replace(" ", BLANK), re.ASCII | re.IGNORECASE)
            re.compile(definition(text), re.ASCII | re.IGNORECASE)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise PatternError(f"this is not a regular expression ({error})", "correct it") from error
    if tree.state.flags != re.ASCII | re.IGNORECASE:
        raise PatternError("a pattern can't set flags such as (?s)", "leave them out; case is always ignored")
    written = _Writer()
    expression = written.sequence(tree)
    least, most = tree.getwidth()
    if least == 0:
        raise PatternError("it matches the empty text", "make at least one character necessary")
    width = written.widths[expression]
    word = most if least == most and written.words_only else 0
    return Pattern(text, rf"\b(?:{expression})\b".encode("ascii"), word, width)


def _check_text(text: str) -> None:
    """What can be said of a pattern before it is parsed."""
    if not text.isascii():
        odd = next(c for c in text if not c.isascii())
        raise PatternError(f"it holds {odd!r}, which isn't ASCII", "texts are normalised first: write plain quotes, dashes and letters")
    if not text.isprintable():
        raise PatternError("it holds a control character", "a blank matches any white space")
    if text != text.strip() or "  " in text:
        raise PatternError("it has a blank too many", "one blank matches any number of blanks and dashes; none at the ends")
    if re.search(r" [?*+{]", text):
        raise PatternError("a blank can't be repeated", "one blank already matches one or more blanks and dashes")
    inside = False
    for token in re.findall(r"\\.|\[\^?\]?|.", text):
        if token == "\\ " or (inside and token == " "):
            raise PatternError("a blank can't stand in a set or after a backslash", r"use \s for white space in a set")
        inside = not inside and token[0] == "[" or (inside and token != "]")
