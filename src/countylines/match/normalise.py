"""Text as the matcher sees it: one code point for one code point, so that places found there point into the original.

METHOD 2: NFKC where that is one character, any white space to a blank, any dash to ``-``, quotes to ``'`` and ``"``.
"""

from __future__ import annotations

import codecs
import unicodedata
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

SINGLE_QUOTES = "‘’‚‛′‹›´ʼ`"
DOUBLE_QUOTES = "“”„‟″«»〝〞〟"
MINUS = "\u2212"

OTHER = 0x80  # the byte of every character that no pattern can name

Bytes = npt.NDArray[np.uint8]


def normal(character: str) -> str:
    """One character as the matcher sees it, again one character.

    Example:
        >>> [normal(c) for c in "Ｃ\\t\\u2013\\u2019é"]
        ['C', ' ', '-', "'", 'é']
    """
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) == 1:
        character = folded
    if character.isspace():
        return " "
    if unicodedata.category(character) == "Pd" or character == MINUS:
        return "-"
    if character in SINGLE_QUOTES:
        return "'"
    return '"' if character in DOUBLE_QUOTES else character


class _Normals(dict[int, str]):
    """Code point to normal character, worked out once."""

    def __missing__(self, code: int) -> str:
        self[code] = normal(chr(code))
        return self[code]


_normals = _Normals()


def normalise(text: str) -> str:
    """A text as the matcher sees it, as long as the original in code points.

    Example:
        >>> normalise("county\\u00a0lines\\r\\n‘runner’ ﬁve")  # the ligature would be two, so it stays
        "county lines  'runner' ﬁve"
    """
    return text.translate(_normals)


def one_byte_each(utf8: Bytes) -> Bytes:
    """UTF-8 as one byte a code point: ASCII as it is, the rest as their normal form, or OTHER where that isn't ASCII.

    Patterns name printable ASCII characters only, so all others are alike to them and one byte stands for any of them.

    Example:
        >>> one_byte_each(np.frombuffer("a\\u2014é".encode(), np.uint8)).tobytes()
        b'a-\\x80'
    """
    return np.frombuffer(bytearray(str(utf8.data, "utf-8").encode("ascii", _HANDLER)), np.uint8)


@lru_cache(maxsize=65_536)
def _bytes_of(run: str) -> bytes:
    normals = [_normals[ord(character)] for character in run]
    return bytes(ord(character) if character.isascii() else OTHER for character in normals)


def _not_ascii(error: Any) -> tuple[bytes, int]:
    """What to write for a run of characters that aren't ASCII: often the same few."""
    return _bytes_of(error.object[error.start : error.end]), error.end


_HANDLER = "countylines.one_byte_each"
codecs.register_error(_HANDLER, _not_ascii)
