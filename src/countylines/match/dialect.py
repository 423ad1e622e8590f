"""Python's parse of a pattern, written anew in the small dialect that ``re`` and Hyperscan read alike.

The two differ in dozens of corners ({,3}, \\v, [[:alpha:]] ...). Characters, sets, alternatives, repeats and word
boundaries are what they share. Sets name bytes of a text in which every code point is one byte (normalise.py), and
never FF, which parts the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any

BLANK_WIDTH = 4  # a blank counts as at most this wide in ``Part.width``; the matcher looks out for wider ones
UNBOUNDED = 1 << 16  # a width from which on there is no bound

PRINTABLE = frozenset(range(0x20, 0x7F))
SPACES = frozenset((*range(0x09, 0x0E), *range(0x1C, 0x21)))  # what str.isspace says of ASCII: all are a blank
ALL = frozenset(range(0xFF))
QUOTES = frozenset(b"'`")  # both are ' when normalised
WORD = frozenset(byte for byte in PRINTABLE if chr(byte).isalnum() or byte == ord("_"))
DIGITS = frozenset(b"0123456789")
CATEGORIES = {
    op.CATEGORY_DIGIT: DIGITS,
    op.CATEGORY_NOT_DIGIT: ALL - DIGITS,
    op.CATEGORY_SPACE: SPACES,
    op.CATEGORY_NOT_SPACE: ALL - SPACES,
    op.CATEGORY_WORD: WORD,
    op.CATEGORY_NOT_WORD: ALL - WORD,
}
BOUNDARIES = {op.AT_BOUNDARY: r"\b", op.AT_NON_BOUNDARY: r"\B"}
LOOK = ("look-ahead and look-behind can't be matched", "add an exception instead")
REFUSED = {
    op.ASSERT: LOOK,
    op.ASSERT_NOT: LOOK,
    op.FAILURE: LOOK,
    op.AT: (
        "the start or end of a text can't be matched",
        "leave the anchor out; a pattern stands between word boundaries anyway",
    ),
    op.GROUPREF: ("a back-reference can't be matched", "write the alternatives out"),
    op.GROUPREF_EXISTS: ("a condition on a group can't be matched", "write the alternatives out"),
    op.ATOMIC_GROUP: ("an atomic group can't be matched", "use (?:...)"),
    op.POSSESSIVE_REPEAT: ("a possessive repeat can't be matched", "leave out its last +"),
}
FLAGS = ("a pattern can't set flags such as (?s)", "leave them out: case is always ignored")


class PatternError(ValueError):
    """A pattern that can't be used: why, what to do, and which one, where that isn't plain."""

    def __init__(self, reason: str, advice: str, pattern: str | None = None) -> None:
        super().__init__(f"{reason}: {advice}")
        self.reason, self.advice, self.pattern = reason, advice, pattern


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an expression, its greatest width and whether it matches word characters only."""

    text: str
    width: int
    word: bool


def write(tree: Iterable[tuple[Any, Any]]) -> Part:
    """A parsed pattern in the common dialect.

    Raises:
        PatternError: something Hyperscan can't match, or a character that isn't printable ASCII.

    Example:
        >>> from re import _parser
        >>> part = write(_parser.parse("[0-9]?a|b{,2}"))
        >>> print(part.text, part.width, part.word)
        (?:[\\x30-\\x39]?a|b{0,2}) 2 True
    """
    parts = [_item(code, value) for code, value in tree]
    width = min(sum(part.width for part in parts), UNBOUNDED)
    return Part("".join(part.text for part in parts), width, all(part.word for part in parts))


def _item(code: Any, value: Any) -> Part:
    if code in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
        return _set(_members(code, value))
    if code is op.BRANCH:
        parts = [write(branch) for branch in value[1]]
        text = "|".join(part.text for part in parts)
        return Part(f"(?:{text})", max(part.width for part in parts), all(part.word for part in parts))
    if code is op.SUBPATTERN:
        _, added, removed, inner = value
        if added or removed:
            raise PatternError(*FLAGS)
        part = write(inner)
        return Part(f"(?:{part.text})", part.width, part.word)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        return _repeat(value, code is op.MIN_REPEAT)
    if code is op.AT and value in BOUNDARIES:
        return Part(BOUNDARIES[value], 0, True)
    raise PatternError(*REFUSED[code])


def _members(code: Any, value: Any) -> list[tuple[Any, Any]]:
    """What stands for one character, as the inside of a set."""
    if code is op.IN:
        return list(value)
    if code is op.ANY:
        return [(op.NEGATE, None)]
    return [(op.LITERAL, value)] if code is op.LITERAL else [(op.NEGATE, None), (op.LITERAL, value)]


def _repeat(value: tuple[Any, Any, Any], lazy: bool) -> Part:
    least, most, inner = value
    part = write(inner)
    single = len(inner) == 1 and inner[0][0] in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN, op.SUBPATTERN, op.BRANCH)
    if most is not op.MAXREPEAT:
        times, width = f"{{{least},{most}}}", part.width * int(most)
    else:
        times, width = f"{{{least},}}", BLANK_WIDTH if _is_blank(inner) else UNBOUNDED if part.width else 0
    times = {"{0,1}": "?", "{0,}": "*", "{1,}": "+"}.get(times, times)
    return Part((part.text if single else f"(?:{part.text})") + times + "?" * lazy, min(width, UNBOUNDED), part.word)


def _is_blank(inner: Any) -> bool:
    """Whether this is the set ``[\\s-]`` that a blank stands for."""
    blank = {(op.CATEGORY, op.CATEGORY_SPACE), (op.LITERAL, ord("-"))}
    return len(inner) == 1 and inner[0][0] is op.IN and set(inner[0][1]) == blank


def _set(items: list[tuple[Any, Any]]) -> Part:
    """A set of bytes; case is ignored before it is negated, as ``re`` does."""
    members: set[int] = set()
    negated = False
    for code, value in items:
        if code is op.NEGATE:
            negated = True
        elif code is op.CATEGORY:
            members |= CATEGORIES[value]
        else:
            first, last = value if code is op.RANGE else (value, value)
            if not {first, last} <= PRINTABLE:
                raise PatternError(
                    "it names a character that isn't printable ASCII",
                    r"a blank, or \s in a set, matches any white space",
                )
            if first == last == ord("`"):
                raise PatternError("it names a backtick", "write ' instead: texts are normalised first")
            members |= {ord(c) for byte in range(first, last + 1) for c in chr(byte).lower() + chr(byte).upper()}
    for alike in (SPACES, QUOTES):  # one character when normalised, so in or out together
        members = members | alike if min(alike & PRINTABLE) in members else members - alike
    chosen = sorted(ALL - members if negated else members)
    if not chosen:
        raise PatternError("it holds a set that matches nothing", "take the set out")
    if len(items) == 1 and items[0][0] is op.LITERAL and items[0][1] in WORD:
        return Part(chr(items[0][1]), 1, True)
    return Part(f"[{_ranges(chosen)}]", 1, WORD.issuperset(chosen))


def _ranges(members: list[int]) -> str:
    """Sorted bytes as the inside of a set."""
    runs: list[list[int]] = []
    for byte in members:
        if runs and runs[-1][1] == byte - 1:
            runs[-1][1] = byte
        else:
            runs.append([byte, byte])
    return "".join(f"\\x{first:02x}" + (f"-\\x{last:02x}" if last > first else "") for first, last in runs)
