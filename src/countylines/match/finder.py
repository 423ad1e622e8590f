"""Where patterns hit texts: by Hyperscan, all patterns in one scan over an Arrow array, exactly as by ``re``.

Texts lie end to end as one byte a code point, and no pattern matches what parts them (texts.py).
Hyperscan reports the end of every possible match of every pattern; which of them ``re.finditer`` would give, and where
they start, is found out at those ends.
"""

from __future__ import annotations

import re
import threading
from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from countylines.match.dialect import BLANK_WIDTH, SPACES, PatternError
from countylines.match.normalise import Bytes, normalise
from countylines.match.pattern import REGEX_FLAGS, Pattern, definition
from countylines.match.texts import Ints, Texts

hyperscan: Any  # a module, or None
try:
    import hyperscan
except ImportError:  # no wheel for this platform (Windows on ARM)
    hyperscan = None

WIDE_BLANK = re.compile(b"[%s-]{%d}" % (re.escape(bytes(sorted(SPACES))), BLANK_WIDTH + 1))


class Found(NamedTuple):
    """Hits: row and pattern by number, start and end in code points; sorted by row, pattern, start."""

    row: Ints
    pattern: Ints
    start: Ints
    end: Ints


class Finder(Protocol):
    """Finds the hits of its patterns in texts, in which null has none."""

    def find(self, texts: Texts) -> Found:
        """All hits."""

    def near(self, texts: Texts, hits: Found) -> Ints:
        """Rows of another finder's hits, sorted: at least those where a hit of this one holds one of them wholly."""


def finder(patterns: Sequence[Pattern]) -> Finder:
    """The finder for these patterns: Hyperscan's, or the plain one where Hyperscan has no wheel.

    Raises:
        PatternError: Hyperscan refuses one, which ``pattern`` names.

    Example:
        >>> from countylines.match.pattern import read_pattern
        >>> import pyarrow as pa
        >>> texts = Texts(pa.array(["A COUNTY\\u2013LINE", None]))
        >>> found = finder([read_pattern("county lines?")]).find(texts)
        >>> [column.tolist() for column in found]
        [[0], [0], [2], [13]]
    """
    return ReFinder(patterns) if hyperscan is None else _hyperscan_finder(tuple(patterns))


class ReFinder:
    """The definition itself: ``re.finditer`` on normalised text, one row and pattern at a time. Slow."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._expressions = [re.compile(definition(pattern.text), REGEX_FLAGS) for pattern in patterns]

    def find(self, texts: Texts) -> Found:
        """All hits, as METHOD 2 defines them."""
        hits = [
            (row, number, *hit.span())
            for row, text in enumerate(texts.array.to_pylist())
            for number, expression in enumerate(self._expressions)
            for hit in expression.finditer(normalise(text or ""))
        ]
        return Found(*np.array(hits, dtype=np.int64).reshape(-1, 4).T)

    def near(self, texts: Texts, hits: Found) -> Ints:
        """All rows of these hits."""
        return np.unique(hits.row)


class HyperscanFinder:
    """All patterns in one scan."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns
        self._database = _database(patterns)
        self._word = np.array([pattern.word for pattern in patterns], dtype=np.int64)
        self._width = [pattern.width for pattern in patterns]
        self._expressions = [re.compile(pattern.expression, re.IGNORECASE) for pattern in patterns]
        self._reach = max(self._width, default=0) if all(self._width) else 0
        self._own = threading.local()  # a scratch space serves one thread

    def find(self, texts: Texts) -> Found:
        """All hits, equal to ReFinder's."""
        pattern, end = self._scan(texts.joined)
        row = np.searchsorted(texts.starts, end, "left") - 1
        word = self._word[pattern]
        hits = Found(row, pattern, end - word, end)
        if not word.all():
            single = word > 0
            located = self._locate(texts, Found(*(column[~single] for column in hits)))
            hits = Found(*(np.concatenate([column[single], more]) for column, more in zip(hits, located, strict=True)))
        order = np.lexsort((hits.start, hits.row * len(self._patterns) + hits.pattern))
        first = texts.starts[hits.row[order]]
        return Found(hits.row[order], hits.pattern[order], hits.start[order] - first, hits.end[order] - first)

    def near(self, texts: Texts, hits: Found) -> Ints:
        """The rows of these hits of another finder in which a match may hold one wholly: all that do, and a few more.

        Such a match starts at most ``reach`` before the hit's end and ends at most ``reach`` behind its start, unless a
        blank in it is wider than BLANK_WIDTH, in which case one lies in the window that is a byte longer at both sides.
        So the windows are looked through for matches and for wide blanks. What seems to match across a border of a row
        or of two windows only adds rows.
        """
        rows = hits.row[np.flatnonzero(np.diff(hits.row, prepend=-1))]  # distinct, since they are sorted
        size = 2 * self._reach + 1
        if not self._reach or not len(rows) or size * len(hits.row) > len(texts.joined):
            return rows
        first = texts.starts[hits.row] + hits.end - self._reach - 1
        windows = sliding_window_view(texts.joined, size)
        data = windows[np.clip(first, 0, len(windows) - 1)].reshape(-1)
        _, ends = self._scan(data)
        return np.unique(hits.row[np.concatenate([ends - 1, _wide_blanks(data)]) // size])

    def _scan(self, data: Bytes) -> tuple[Ints, Ints]:
        """Pattern and end of every possible match, as Hyperscan reports them."""
        if not self._patterns:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        if not hasattr(self._own, "scratch"):
            self._own.scratch = hyperscan.Scratch(self._database)
        patterns, ends = array("q"), array("q")
        add_pattern, add_end = patterns.append, ends.append

        def report(pattern: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            add_pattern(pattern)
            add_end(end)

        self._database.scan(data, match_event_handler=report, scratch=self._own.scratch)
        return np.array(patterns, dtype=np.int64), np.array(ends, dtype=np.int64)

    def _locate(self, texts: Texts, reported: Found) -> Found:
        """The hits as ``re.finditer`` gives them, from the reported ends.

        Between one hit and the next reported end no match can end. So the next match starts at most ``width`` before
        that end, unless a blank in it is wider than BLANK_WIDTH, in which case one lies in the ``width + 1`` bytes
        before that end.
        """
        text, starts = texts.joined.data, texts.starts
        order = np.lexsort((reported.end, reported.pattern, reported.row))
        hits: list[tuple[int, int, int, int]] = []
        before, after, last = (-1, -1), 0, 0
        for row, pattern, end in zip(
            *(column[order].tolist() for column in (reported.row, reported.pattern, reported.end)), strict=True
        ):
            if (row, pattern) != before:
                before, after, last = (row, pattern), int(starts[row]), int(starts[row + 1]) - 1
            if end <= after:
                continue
            width = self._width[pattern]
            near = (
                max(after, end - width)
                if width and not WIDE_BLANK.search(text, max(after, end - width - 1), end)
                else after
            )
            hit = self._expressions[pattern].search(text, near, last)
            if hit:
                hits.append((row, pattern, *hit.span()))
            after = hit.end() if hit else last
        return Found(*np.array(hits, dtype=np.int64).reshape(-1, 4).T)


def _wide_blanks(data: Bytes) -> Ints:
    """Where a wide blank starts, or as many control characters."""
    blank = (data <= max(SPACES)) | (data == ord("-"))
    wide = blank
    for place in range(1, BLANK_WIDTH + 1):
        wide = wide[:-1] & blank[place:]
    return np.flatnonzero(wide)


@lru_cache(maxsize=8)
def _hyperscan_finder(patterns: tuple[Pattern, ...]) -> HyperscanFinder:
    """Compiled once a process, since it takes a tenth of a second."""
    return HyperscanFinder(patterns)


def _database(patterns: Sequence[Pattern]) -> Any:
    """All patterns in one database; if that fails, each alone to find the culprit."""
    database = hyperscan.Database()
    try:
        if patterns:
            database.compile(
                [pattern.expression for pattern in patterns], ids=range(len(patterns)), flags=hyperscan.HS_FLAG_CASELESS
            )
    except hyperscan.error as error:
        for pattern in patterns if len(patterns) > 1 else ():
            _database([pattern])
        culprit = patterns[0].text if len(patterns) == 1 else None
        raise PatternError(f"Hyperscan refuses it: {error}", "write it more simply", culprit) from error
    return database
