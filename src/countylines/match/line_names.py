"""Names of deal lines in text: "the Mikey line", "'Frankie' line", "a line known as Ace".

How police write such names, and what the same words mean otherwise, is data: ``line_words.yaml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

WORDS_FILE = Path(__file__).parent / "line_words.yaml"

CAPITAL = r"[A-Z][A-Za-z0-9'&]{0,19}"
ONE_CAPITAL = r"[A-Z][a-z0-9][A-Za-z0-9']{0,18}"
ANY_WORD = r"[A-Za-z0-9&']{1,20}"
PLACEHOLDERS = {
    "NAME": rf"{CAPITAL}(?: (?:(?i:and|&) )?{CAPITAL}){{0,3}}",
    "ONE": ONE_CAPITAL,
    "WORDS": rf"{ANY_WORD}(?: {ANY_WORD}){{0,2}}?",
    "QUALIFIER": r"(?:county|drugs?|deal(?:er|ing)?(?:'s|s)?|crack|heroin|cocaine|class a|graft)"
    r"(?:(?: and |[ /-])(?:county|drugs?|deal(?:er|ing)?|heroin|cocaine))?",
}
QUALIFIER = re.compile(PLACEHOLDERS["QUALIFIER"], re.IGNORECASE)


class Span(NamedTuple):
    """A name and where it stands, in code points."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class LineWords:
    """The file, compiled.

    Attributes:
        patterns: each finds a name as its first group.
        stop: words that are no name, in small letters.
        follows: what behind the word line gives it another meaning.
        line: what around a phone number says that it is a line's.
        own: what in front of a number says that it is somebody's own.
        prefilter: finds every text that a pattern could hit, whatever its case; written for RE2.
        examples: hits and misses of each pattern.
    """

    patterns: tuple[re.Pattern[str], ...]
    stop: frozenset[str]
    follows: re.Pattern[str]
    line: re.Pattern[str]
    own: re.Pattern[str]
    prefilter: str
    examples: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


@cache
def line_words(path: Path = WORDS_FILE) -> LineWords:
    """Read the file of words around lines."""
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    patterns = [_filled(entry["pattern"]) for entry in written["patterns"]]
    return LineWords(
        patterns=tuple(re.compile(pattern, re.ASCII) for pattern in patterns),
        stop=frozenset(str(word).lower() for entry in written["stop"] for word in entry["words"]),
        follows=re.compile(written["follows"], re.ASCII),
        line=re.compile(written["line"], re.ASCII),
        own=re.compile(written["own"], re.ASCII),
        prefilter="(?i)" + "|".join(f"(?:{pattern})" for pattern in patterns).replace(" ", r"\s"),
        examples=tuple((tuple(entry["hits"]), tuple(entry["misses"])) for entry in written["patterns"]),
    )


def line_names(text: str, words: LineWords | None = None) -> list[Span]:
    """The names of lines in a normalised text, in capitals, sorted by place; where two overlap, the longer.

    In a text without any capital letter every word may be a name.

    Example:
        >>> line_names("He works the alleged Mikey drugs line, not the front line.")
        [Span(name='MIKEY', start=21, end=26)]
        >>> line_names("runs the lil kay line") == [Span("LIL KAY", 9, 16)]
        True
        >>> line_names("the County Line from Saltmere; the Smith line of enquiry")
        []
    """
    words = words or line_words()
    read = text.title() if text.islower() and len(text.title()) == len(text) else text
    found = {}
    for pattern in words.patterns:
        for match in pattern.finditer(read):
            span = _trimmed(match, words)
            if span and not words.follows.match(read, match.end()):
                found[span.start, span.end] = span
    chosen: list[Span] = []
    for span in sorted(found.values(), key=lambda span: (span.start - span.end, span.start)):
        if all(span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
    return sorted(chosen, key=lambda span: span.start)


def _filled(pattern: str) -> str:
    for name, regex in PLACEHOLDERS.items():
        pattern = re.sub(rf"\b{name}\b", lambda _, regex=regex: regex, pattern)  # type: ignore[misc]
    return pattern


def _trimmed(match: re.Match[str], words: LineWords) -> Span | None:
    """The name without the stop words in front; none where the last word is one."""
    start = match.start(1)
    parts = list(re.finditer(r"[^ ]+", match[1]))
    while parts and QUALIFIER.fullmatch(parts[-1][0]):  # in capitals throughout they look like a part of the name
        parts.pop()
    if not parts or _bare(parts[-1][0]) in words.stop:
        return None
    while _bare(parts[0][0]) in words.stop:
        parts.pop(0)
    name = " ".join(part[0] for part in parts).upper().removesuffix("'S").strip("'")
    return Span(name, start + parts[0].start(), start + parts[-1].end())


def _bare(word: str) -> str:
    return word.lower().replace("'", "")
