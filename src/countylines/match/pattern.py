"""A term of the lexicon made ready for the matcher, or the reason why it can't be used."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]

from countylines.match.dialect import FLAGS, UNBOUNDED, PatternError, write

BLANK = r"[\s-]+"
LONGEST = 1000  # Hyperscan takes half a minute to refuse (?:a{1000}){100}
REGEX_FLAGS = re.ASCII | re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern made ready.

    Attributes:
        text: as the lexicon writes it.
        expression: the whole expression, word boundaries included, on bytes (dialect.py), case ignored.
        word: the length of every match, where matches are single words of one length; else 0.
        width: the longest match when blanks are at most dialect.BLANK_WIDTH wide; 0 where there is no longest.
    """

    text: str
    expression: bytes
    word: int
    width: int


def definition(text: str) -> str:
    """The expression that defines a pattern's hits (METHOD 2), for ``re`` on normalised text.

    Example:
        >>> print(definition("COUNTY LINES?"))
        \\b(?:COUNTY[\\s-]+LINES?)\\b
    """
    return rf"\b(?:{text.replace(' ', BLANK)})\b"


@lru_cache(maxsize=4096)
def read_pattern(text: str) -> Pattern:
    """A pattern of the lexicon made ready.

    Raises:
        PatternError: it can't be used, with the reason and what to do.

    Example:
        >>> read_pattern("LINE").word
        4
        >>> read_pattern("a(?=b)")
        Traceback (most recent call last):
        countylines.match.dialect.PatternError: look-ahead and look-behind can't be matched: add an exception instead
    """
    _check_text(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python warns of in a set, other engines read otherwise
            tree = _parser.parse(text.replace(" ", BLANK), REGEX_FLAGS)
    except (re.error, ValueError, OverflowError, RecursionError, Warning) as error:
        raise PatternError(f"it isn't a regular expression: {error}", "correct it") from error
    part = write(tree)
    try:
        re.compile(definition(text), REGEX_FLAGS)
    except re.error as error:  # it parses alone but not within the definition: (?i) may only stand at the start
        raise PatternError(*FLAGS) from error
    if tree.state.flags != int(REGEX_FLAGS):
        raise PatternError(*FLAGS)
    least, most = tree.getwidth()
    if least == 0:
        raise PatternError("it matches the empty text", "make at least one character necessary")
    if least > LONGEST:
        raise PatternError(f"it matches no text below {LONGEST} characters", "write what a report would say")
    expression = rf"\b(?:{part.text})\b".encode("ascii")
    return Pattern(
        text, expression, most if part.word and least == most else 0, part.width if part.width < UNBOUNDED else 0
    )


def _check_text(text: str) -> None:
    """What can be said of a pattern before it is parsed."""
    odd = next((c for c in text if not c.isascii()), None)
    if odd:
        raise PatternError(
            f"it holds {odd!r}, which isn't ASCII", "texts are normalised first: write plain letters, quotes and dashes"
        )
    if not text.isprintable():
        raise PatternError("it holds a control character", "a blank matches any white space")
    if not text.strip():
        raise PatternError("it is empty", "write a word, or take the entry out")
    if text != text.strip() or "  " in text:
        raise PatternError(
            "it has a blank too many",
            "one blank matches any number of blanks and dashes, and none may stand at the ends",
        )
    if re.search(r" [?*+{]", text):
        raise PatternError("it repeats a blank", "a blank already matches one or more blanks and dashes")
    inside = False
    for token in re.findall(r"\\.|\[\^?\]?|.", text):
        if token == "\\ " or (inside and token == " "):
            raise PatternError("it has a blank in a set or after a backslash", r"write \s for white space in a set")
        inside = token != "]" if inside else token[0] == "["
