"""METHOD 2: text to hits, hits to the weight of a record. Python's ``re`` and nothing else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from countylines.settings import Match
from tests.reference.bruteforce.values import Row, capped_sum, flag

SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4"
DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"


@dataclass(frozen=True)
class Group:
    """A search group of the lexicon."""

    name: str
    weight: float
    patterns: tuple[str, ...]
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Hit:
    """A place in a text; ``excepted_by`` is empty when no exception cancels it."""

    group: str
    term: str
    start: int
    end: int
    excepted_by: str = ""


@dataclass(frozen=True)
class Score:
    """A record's s, the weight of each group it hits there, and its hits."""

    s: float
    weights: dict[str, float]
    hits: tuple[Hit, ...]


def read_lexicon(path: Path) -> list[Group]:
    """The groups of a lexicon file."""
    written: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Group(
            str(group["name"]),
            float(group["weight"]),
            tuple(term for pattern in group["patterns"] for term in used(pattern)),
            tuple(str(pattern) for pattern in group.get("except") or ()),
        )
        for group in written["groups"]
    ]


def used(pattern: str | dict[str, Any]) -> list[str]:
    """A pattern is a text, or a mapping with its term; an ambiguous one counts only when it says so.

    Example:
        >>> used("WEED"), used({"term": "green", "ambiguous": True}), used({"term": "spice", "means": "a drug"})
        (['WEED'], [], ['spice'])
    """
    if isinstance(pattern, str):
        return [pattern]
    return [] if pattern.get("ambiguous") and not pattern.get("use") else [str(pattern["term"])]


def normalise(text: str) -> str:
    """One code point for one code point.

    Example:
        >>> normalise("ＣＬ\\u00a0line\\u2013“x”\\n\\ufb01")
        'CL line-"x" ﬁ'
    """
    return "".join(normal_character(character) for character in text)


def normal_character(character: str) -> str:
    composed = unicodedata.normalize("NFKC", character)
    if len(composed) == 1:
        character = composed
    if character.isspace():
        return " "
    if unicodedata.category(character) == "Pd" or character == "\u2212":
        return "-"
    if character in SINGLE_QUOTES:
        return "'"
    return '"' if character in DOUBLE_QUOTES else character


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern between word boundaries, its blanks meaning one or more blanks or dashes."""
    return re.compile(rf"\b(?:{pattern.replace(' ', '[ -]+')})\b", re.ASCII | re.IGNORECASE)


def find_hits(text: str, groups: list[Group], except_rules: bool = True) -> list[Hit]:
    """Every hit of every pattern, with the first exception of its group that it lies wholly inside."""
    normal = normalise(text)
    found = []
    for group in groups:
        spans = [
            (exception, match.span())
            for exception in group.exceptions
            if except_rules
            for match in compiled(exception).finditer(normal)
        ]
        for pattern in group.patterns:
            for match in compiled(pattern).finditer(normal):
                around = [e for e, (start, end) in spans if start <= match.start() and match.end() <= end]
                found.append(Hit(group.name, pattern, match.start(), match.end(), around[0] if around else ""))
    return sorted(found)


def score(record: Row, groups: list[Group], settings: Match) -> Score:
    """s(e) and its parts for one record."""
    hits = find_hits(record.get("text", ""), groups, settings.except_rules)
    factor = settings.grading_weights.get(record.get("grading", ""), 1.0)
    hit = {h.group for h in hits if not h.excepted_by}
    weights = {group.name: group.weight * factor for group in groups if group.name in hit}
    if settings.use_marker and flag(record.get("marker")):
        weights["MARKER"] = factor
    return Score(capped_sum(weights.values()), weights, tuple(hits))
