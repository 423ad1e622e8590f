"""Where patterns hit texts: by Hyperscan, all patterns in one scan over an Arrow array, exactly as by ``re``.

Texts lie end to end in Arrow's buffer. NUL is put behind each, which no pattern can match, so no hit crosses rows.
Hyperscan reports the end of every possible match of every pattern; which of them ``re.finditer`` would give, and where
they start, is found out at those ends.
"""

from __future__ import annotations

import re
import threading
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from countylines.match.dialect import BLANK_WIDTH, SPACES, PatternError
from countylines.match.normalise import OTHER, Bytes, normalise, one_byte_each
from countylines.match.pattern import REGEX_FLAGS, Pattern, definition

hyperscan: Any  # a module, or None
try:
    import hyperscan
except ImportError:  # no wheel for this platform (Windows on ARM)
    hyperscan = None

Ints = npt.NDArray[np.int64]

CHUNK_BYTES = 64 << 20  # hs_scan takes a 32-bit length and doesn't check it: over 4 GiB a match was silently lost
WIDE_BLANK = re.compile(b"[%s-]{%d}" % (re.escape(bytes(sorted(SPACES))), BLANK_WIDTH + 1))


class Found(NamedTuple):
    """Hits: row and pattern by number, start and end in code points; sorted by row, pattern, start."""

    row: Ints
    pattern: Ints
    start: Ints
    end: Ints


class Finder(Protocol):
    """Finds the hits of its patterns in texts: an Arrow array of strings, in which null has none."""

    def find(self, texts: pa.Array) -> Found:
        """All hits."""


def finder(patterns: Sequence[Pattern]) -> Finder:
    """The finder for these patterns: Hyperscan's, or the plain one where Hyperscan has no wheel.

    Raises:
        PatternError: Hyperscan refuses one, which ``pattern`` names.

    Example:
        >>> from countylines.match.pattern import read_pattern
        >>> found = finder([read_pattern("county lines?")]).find(pa.array(["A COUNTY\\u2013LINE", None]))
        >>> [column.tolist() for column in found]
        [[0], [0], [2], [13]]
    """
    return ReFinder(patterns) if hyperscan is None else _hyperscan_finder(tuple(patterns))


class ReFinder:
    """The definition itself: ``re.finditer`` on normalised text, one row and pattern at a time. Slow."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._expressions = [re.compile(definition(pattern.text), REGEX_FLAGS) for pattern in patterns]

    def find(self, texts: pa.Array) -> Found:
        """All hits, as METHOD 2 defines them."""
        hits = [
            (row, number, *hit.span())
            for row, text in enumerate(texts.to_pylist())
            for number, expression in enumerate(self._expressions)
            for hit in expression.finditer(normalise(text or ""))
        ]
        return Found(*np.array(hits, dtype=np.int64).reshape(-1, 4).T)


class HyperscanFinder:
    """All patterns in one scan."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._database = _database(patterns)
        self._word = np.array([pattern.word for pattern in patterns], dtype=np.int64)
        self._width = [pattern.width for pattern in patterns]
        self._expressions = [re.compile(pattern.expression, re.IGNORECASE) for pattern in patterns]
        self._own = threading.local()  # a scratch space serves one thread

    def find(self, texts: pa.Array) -> Found:
        """All hits, equal to ReFinder's."""
        parts = [
            part
            for first, chunk in chunks(as_strings(texts), CHUNK_BYTES)
            if len(self._word)
            for part in self._chunk(chunk, first)
        ]
        none = np.zeros(0, np.int64)
        row, pattern, start, end = (
            (np.concatenate([none, *columns]) for columns in zip(*parts, strict=True)) if parts else (none,) * 4
        )
        order = np.lexsort((start, pattern, row))
        return Found(row[order], pattern[order], start[order], end[order])

    def _chunk(self, texts: pa.Array, first: int) -> Iterator[Found]:
        """The hits of one chunk, in no order; its first text is row ``first``."""
        data, starts = _joined(texts)
        odd = _odd_rows(data, starts)
        plain = self._hits(data, starts)
        if len(odd):
            strange = self._strange(texts.take(pa.array(odd)))
            yield strange._replace(row=odd[strange.row] + first)
            flags = np.zeros(len(texts), bool)
            flags[odd] = True
            plain = Found(*(column[~flags[plain.row]] for column in plain))
        yield plain._replace(row=plain.row + first)

    def _strange(self, texts: pa.Array) -> Found:
        """The hits of texts that hold NUL or non-ASCII characters: these are written as one byte a code point first."""
        data, _ = _joined(texts)
        lengths = pc.fill_null(pc.utf8_length(texts), 0).to_numpy().astype(np.int64)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths + 1)])
        data = one_byte_each(data)
        data[data == 0] = OTHER
        data[starts[1:] - 1] = 0
        return self._hits(data, starts)

    def _hits(self, data: Bytes, starts: Ints) -> Found:
        """The hits in texts of one byte a code point, each followed by NUL; text i starts at ``starts[i]``."""
        pattern, end = self._scan(data)
        row = np.searchsorted(starts, end, "left") - 1
        word = self._word[pattern]
        reported = Found(row, pattern, end - word, end)
        if not word.all():
            single = word > 0
            located = self._locate(data, starts, Found(*(column[~single] for column in reported)))
            reported = Found(
                *(np.concatenate([column[single], more]) for column, more in zip(reported, located, strict=True))
            )
        first = starts[reported.row]
        return reported._replace(start=reported.start - first, end=reported.end - first)

    def _scan(self, data: Bytes) -> tuple[Ints, Ints]:
        """Pattern and end of every possible match, as Hyperscan reports them."""
        if not hasattr(self._own, "scratch"):
            self._own.scratch = hyperscan.Scratch(self._database)
        patterns, ends = array("q"), array("q")
        add_pattern, add_end = patterns.append, ends.append

        def report(pattern: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            add_pattern(pattern)
            add_end(end)

        self._database.scan(data, match_event_handler=report, scratch=self._own.scratch)
        return np.array(patterns, dtype=np.int64), np.array(ends, dtype=np.int64)

    def _locate(self, data: Bytes, starts: Ints, reported: Found) -> Found:
        """The hits as ``re.finditer`` gives them, from the reported ends.

        Between one hit and the next reported end no match can end. So the next match starts at most ``width`` before
        that end, unless a blank in it is wider than BLANK_WIDTH, in which case one lies in the ``width + 1`` bytes
        before that end.
        """
        text = data.data
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


def as_strings(texts: pa.Array) -> pa.Array:
    """Texts as string or large_string, which Arrow's kernels take; views and dictionaries are turned into these."""
    return texts if texts.type in (pa.string(), pa.large_string()) else texts.cast(pa.large_string())


def chunks(texts: pa.Array, most: int) -> Iterator[tuple[int, pa.Array]]:
    """Slices of at most ``most`` bytes (a longer text is alone in its slice), each with the number of its first row."""
    if texts.nbytes <= most:
        yield 0, texts
        return
    ends = np.cumsum(pc.fill_null(pc.binary_length(texts), 0).to_numpy().astype(np.int64))
    first = 0
    while first < len(texts):
        sofar = ends[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(ends, sofar + most, "right")))
        yield first, texts.slice(first, last - first)
        first = last


def _joined(texts: pa.Array) -> tuple[Bytes, Ints]:
    """The texts end to end, NUL behind each; where each starts, and where the last one's NUL ends."""
    nothing, nul = pa.scalar("", texts.type), pa.scalar("\0", texts.type)
    joined = pc.binary_join_element_wise(texts, nothing, nul, null_handling="replace", null_replacement="")
    _, offsets, data = joined.buffers()
    width = np.int32 if texts.type == pa.string() else np.int64
    starts = np.frombuffer(offsets, width, count=len(texts) + 1).astype(np.int64)
    return np.frombuffer(data, np.uint8, count=int(starts[-1])), starts


def _odd_rows(data: Bytes, starts: Ints) -> Ints:
    """The rows that hold a non-ASCII byte or a NUL of their own."""
    if not len(data):
        return np.zeros(0, np.int64)
    odd = np.maximum.reduceat(data, starts[:-1]) > 0x7F
    if np.count_nonzero(data) + len(odd) < len(data):
        zeros = np.searchsorted(starts, np.flatnonzero(data == 0), "right") - 1
        odd |= np.bincount(zeros, minlength=len(odd)) > 1
    return np.flatnonzero(odd)


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
