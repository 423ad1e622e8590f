"""Which patterns are taken, which are refused and why."""

from __future__ import annotations

import pytest

from countylines.match.dialect import PatternError
from countylines.match.pattern import Pattern, definition, read_pattern


@pytest.mark.parametrize(
    ("text", "word", "width"),
    [
        ("snow", 4, 4),
        ("(?:weed|coke)", 4, 4),
        ("lines?", 0, 5),
        ("county lines?", 0, 15),  # a blank counts as 4
        (r"county[\s-]+lines?", 0, 15),
        ("a{2,3}b", 0, 4),
        ("(?:ab){2}", 4, 4),
        ("a+", 0, 0),
        ("a.*b", 0, 0),
        (r"\w{3}", 3, 3),
        (r"a\W", 0, 2),
        ("nan's", 0, 5),
        (r"no (?:\w+ ){0,2}weed", 0, 0),
    ],
)
def test_length_of_words_and_greatest_width(text: str, word: int, width: int) -> None:
    pattern = read_pattern(text)
    assert (pattern.word, pattern.width) == (word, width)


def test_a_blank_matches_white_space_and_dashes() -> None:
    assert definition("a b c") == r"\b(?:a[\s-]+b[\s-]+c)\b"
    assert read_pattern("a b").expression == rb"\b(?:a[\x09-\x0d\x1c-\x20\x2d]+b)\b"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" ", "empty"),
        ("a|", "empty text"),
        ("x*", "empty text"),
        ("(?:)", "empty text"),
        (r"\b", "empty text"),
        ("a(", "isn't a regular expression"),
        ("*a", "isn't a regular expression"),
        ("[a", "isn't a regular expression"),
        ("a\\", "isn't a regular expression"),
        (r"\p{L}", "isn't a regular expression"),
        ("[[:alpha:]]", "isn't a regular expression"),
        ("[a--b]", "isn't a regular expression"),
        ("x{1,99999999999}", "isn't a regular expression"),
        ("(?P=name)", "isn't a regular expression"),
        ("(" * 5000 + "a" + ")" * 5000, "isn't a regular expression"),
        ("café", "'é', which isn't ASCII"),
        ("nan’s", "'’', which isn't ASCII"),
        ("a\tb", "control character"),
        ("a\nb", "control character"),
        (r"a\tb", "printable ASCII"),
        (r"\x00", "printable ASCII"),
        (r"\xe9", "printable ASCII"),
        (r"\u2019", "printable ASCII"),
        (r"[\x00-\x7f]", "printable ASCII"),
        ("a`b", "backtick"),
        (" a", "blank too many"),
        ("a  b", "blank too many"),
        ("a b ", "blank too many"),
        ("a ?b", "repeats a blank"),
        ("a {2}b", "repeats a blank"),
        ("[a b]", "blank in a set"),
        (r"[\]a b]", "blank in a set"),
        ("[]a b]", "blank in a set"),
        (r"a\ b", "blank in a set or after a backslash"),
        ("^a", "start or end"),
        ("a$", "start or end"),
        (r"\Aa", "start or end"),
        (r"a\Z", "start or end"),
        ("a(?=b)", "look-ahead"),
        ("a(?!b)", "look-ahead"),
        ("a(?!)", "look-ahead"),
        ("(?<=b)a", "look-ahead"),
        (r"(a)\1", "back-reference"),
        ("(a)?(?(1)b|c)", "condition"),
        ("(?>a)b", "atomic"),
        ("a++b", "possessive"),
        ("(?i)a", "flags"),
        ("(?s:a)", "flags"),
        ("(?s)a", "flags"),
        ("(?u)a", "incompatible"),
        ("(?-i:a)", "flags"),
        (r"a[^\s\S]", "matches nothing"),
        ("(?:a{1000}){100}", "below 1000 characters"),
    ],
)
def test_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(PatternError) as error:
        read_pattern(text)
    assert reason in error.value.reason
    assert error.value.advice


def test_a_blank_outside_a_set_is_fine() -> None:
    for text in (r"[ab] [cd]", r"\[a b\]", "(?:a b|c)", "(?:a )?b"):
        assert isinstance(read_pattern(text), Pattern)
