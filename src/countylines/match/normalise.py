"""Text as the matcher sees it: one code point for one code point, so that places found there point into the original.

METHOD 2: NFKC where that is one character, any white space to a blank, any dash to ``-``, quotes to ``'`` and ``"``.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

SINGLE_QUOTES = "‘’‚‛′‹›´ʼ`"
DOUBLE_QUOTES = "“”„‟″«»〝〞〟"
MINUS = "\u2212"

OTHER = 0x80  # the byte of every character that no pattern can name
PLANES = 0x20000  # no code point beyond becomes ASCII (a test looks at them all)

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
    def __missing__(self, code: int) -> str:
        self[code] = normal(chr(code))
        return self[code]


_normals = _Normals()


def normalise(text: str) -> str:
    """A text as the matcher sees it, as long as the original in code points.

    Example:
        >>> normalise("county\\u00a0lines\\r\\n‘runner’ ﬁve")  # the ligature is two characters in NFKC, so it stays
        "county lines  'runner' ﬁve"
    """
    return text.translate(_normals)


@cache
def byte_table() -> Bytes:
    """The byte of every code point: its normal form where that is ASCII, else OTHER; NUL is OTHER too, for it parts rows.

    Patterns name printable ASCII characters only, so all others are alike to them and one byte stands for any of them.
    """
    table = np.full(0x110000, OTHER, dtype=np.uint8)
    for code in range(1, PLANES):
        if not 0xD800 <= code < 0xE000 and (character := normal(chr(code))).isascii():
            table[code] = ord(character)
    return table


def normal_bytes(utf8: Bytes) -> Bytes:
    """Texts in UTF-8 as normal bytes, one a code point; NUL between texts becomes OTHER.

    Example:
        >>> normal_bytes(np.frombuffer("a\\u2014é".encode(), np.uint8)).tobytes()
        b'a-\\x80'
    """
    codes = np.frombuffer(str(utf8.data, "utf-8").encode("utf-32-le"), dtype=np.uint32)
    table: Bytes = byte_table()
    return table[codes]
