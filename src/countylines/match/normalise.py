"""Text as the matcher sees it: one code point for one code point, so that places found there point into the original.

METHOD 2: NFKC where that is one character, any white space to a blank, any dash to ``-``, quotes to ``'`` and ``"``.
"""

from __future__ import annotations

import unicodedata

import numpy as np
import numpy.typing as npt

SINGLE_QUOTES = "‘’‚‛′‹›´ʼ`"
DOUBLE_QUOTES = "“”„‟″«»〝〞〟"
MINUS = "\u2212"

OTHER = 0xFE  # the byte of every character that no pattern can name
CONTINUATION = bytes(range(0x80, 0xC0))  # what follows the first byte of a character in UTF-8

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


def one_byte_each(utf8: bytearray) -> bytearray:
    """UTF-8 as one byte a code point: ASCII as it is, the rest as their normal form, or OTHER where that isn't ASCII.

    Patterns name printable ASCII characters only, so all others are alike to them and one byte stands for any of them.
    The byte FF, which UTF-8 never holds, stays. The array given is written over.

    Example:
        >>> one_byte_each(bytearray("a\\u2014é".encode()))
        bytearray(b'a-\\xfe')
    """
    data = np.frombuffer(utf8, np.uint8)
    wide = np.flatnonzero(data.view(np.int8) < -1)  # 80 to FE
    characters = data[wide]
    codes = str(characters.data, "utf-8").translate(_bytes).encode("latin-1")
    data[wide[characters >= 0xC0]] = np.frombuffer(codes, np.uint8)  # in place of each one's first byte
    return utf8.translate(None, CONTINUATION)


class _Bytes(dict[int, int]):
    """Code point to the byte that stands for it, worked out once."""

    def __missing__(self, code: int) -> int:
        character = _normals[code]
        self[code] = ord(character) if character.isascii() else OTHER
        return self[code]


_bytes = _Bytes()
