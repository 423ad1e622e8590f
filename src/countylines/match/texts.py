"""Texts end to end as one byte a code point, so that a place in a text is a place among the bytes.

Behind each text stands SEPARATOR, a byte that UTF-8 never holds and no pattern can match, so no hit crosses rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from countylines.match.normalise import Bytes, one_byte_each

Ints = npt.NDArray[np.int64]

CHUNK_BYTES = 64 << 20  # hs_scan takes a 32-bit length and doesn't check it: over 4 GiB a match was silently lost
SEPARATOR = b"\xff"


@dataclass(frozen=True)
class Texts:
    """An Arrow array of string or large_string, where null is as good as empty, at most CHUNK_BYTES or one text long.

    Example:
        >>> texts = Texts(pa.array(["caf\\u00e9", None, "a\\u2014b"]))
        >>> texts.joined.tobytes()
        b'caf\\xfe\\xff\\xff\\xffa-b\\xff\\xff\\xff'
        >>> texts.starts.tolist()
        [0, 6, 7, 13]
    """

    array: pa.Array

    @property
    def joined(self) -> Bytes:
        """All texts; behind each stand as many separators as it's shorter than its UTF-8, and one more."""
        return self._joined[0]

    @property
    def starts(self) -> Ints:
        """Where each text starts, and where the last one's separators end."""
        return self._joined[1]

    @cached_property
    def _joined(self) -> tuple[Bytes, Ints]:
        binary = self.array.view(pa.binary() if self.array.type == pa.string() else pa.large_binary())
        nothing, separator = pa.scalar(b"", binary.type), pa.scalar(SEPARATOR, binary.type)
        joined = pc.binary_join_element_wise(binary, nothing, separator, null_handling="replace", null_replacement=b"")
        _, offsets, data = joined.buffers()
        width = np.int32 if binary.type == pa.binary() else np.int64
        starts = np.frombuffer(offsets, width, count=len(binary) + 1).astype(np.int64)
        utf8 = np.frombuffer(data, np.uint8, count=int(starts[-1]))
        _shorten(utf8, starts)
        return utf8, starts


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


def _shorten(utf8: Bytes, starts: Ints) -> None:
    """Write the texts that hold more than ASCII as one byte a code point, in their place, and pad with separators."""
    odd = np.flatnonzero(np.minimum.reduceat(utf8.view(np.int8), starts[:-1]) < -1)  # SEPARATOR is -1, UTF-8 less
    if not len(odd):
        return
    view, sizes = utf8.data, np.diff(starts)[odd].tolist()
    places = list(map(slice, starts[odd].tolist(), starts[odd + 1].tolist()))
    short = one_byte_each(bytearray().join([view[place] for place in places])).split(SEPARATOR)[:-1]
    for place, text in zip(places, map(bytearray.ljust, short, sizes, repeat(SEPARATOR)), strict=True):
        view[place] = text
