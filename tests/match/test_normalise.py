"""One code point for one code point, whatever the text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.match.normalise import OTHER, normalise, one_byte_each


def expected_byte(character: str, normal: str) -> int:
    """ASCII as it is, the rest as its normal form, or OTHER where that isn't ASCII."""
    return ord(character) if character.isascii() else ord(normal) if normal.isascii() else OTHER


def test_every_code_point_becomes_what_the_method_says() -> None:
    """METHOD 2, for all 1.1 million code points, in text and in bytes."""
    everything = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    plain = normalise(everything)
    data = one_byte_each(bytearray(everything.encode()))
    assert len(plain) == len(data) == len(everything)
    for character, got, byte in zip(everything, plain, data, strict=True):
        folded = unicodedata.normalize("NFKC", character)
        expected = folded if len(folded) == 1 else character
        if expected.isspace():
            expected = " "
        elif unicodedata.category(expected) == "Pd":
            expected = "-"
        assert got == expected or got in "'\"-", hex(ord(character))  # the next test lists quotes and the minus sign
        assert byte == expected_byte(character, got), hex(ord(character))


@pytest.mark.parametrize(
    ("characters", "expected"),
    [
        ("'’‘‚‛′‹›´`ʼ＇", "'"),
        ('"“”„‟″«»〝〞〟＂', '"'),
        ("-‐‑‒–—―−﹘﹣－", "-"),
        (" \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2007\u200a\u2028\u2029\u202f\u205f\u3000", " "),
        ("Ａａ０ＺＫ\u017f", None),
    ],
)
def test_quotes_dashes_white_space(characters: str, expected: str | None) -> None:
    assert normalise(characters) == (expected * len(characters) if expected else "Aa0ZKs")


@given(st.text())
def test_as_long_as_the_original_and_done_once(text: str) -> None:
    plain = normalise(text)
    assert len(plain) == len(text)
    assert normalise(plain) == plain


@given(st.text())
def test_bytes_are_ascii_as_it_is_and_the_normal_form_of_the_rest(text: str) -> None:
    expected = bytes(map(expected_byte, text, normalise(text)))
    assert one_byte_each(bytearray(text.encode())) == expected


def test_what_several_characters_would_replace_stays() -> None:
    assert normalise("ﬁ½…ǆİ") == "ﬁ½…ǆİ"
