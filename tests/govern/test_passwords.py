"""Passwords: what is refused and why, what isn't, and hashes."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, Type
from hypothesis import given
from hypothesis import strategies as st

from countylines.errors import InputError
from countylines.govern import passwords
from countylines.govern.passwords import PasswordRules, check, fits, hash_password, is_dated
from tests.govern.conftest import GOOD

STRONG = passwords.HASHER  # as the program has it, before a fixture makes it quick
WORDS = ("plum", "kettle", "harbour", "violin", "tundra", "sparrow", "anchor", "lantern", "meadow", "copper")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short one", "this has 9 characters; at least 12 are needed"),
        ("x" * 257, "at most 256 are taken"),
        ("Password1234", "tried first"),
        ("P@ssw0rd!!!!!", "tried first"),
        ("123456789012", "tried first"),
        ("abcdefghijklm", "tried first"),
        ("qwertyuiop12", "tried first"),
        ("qwertyuiopasdf", "tried first"),
        ("dragondragondragon", "tried first"),
        ("aaaaaaaaaaaaaaaa", "tried first"),
        ("abcabcabcabc", "tried first"),
        ("2026welcome2026", "tried first"),
        ("correcthorsebatterystaple", "tried first"),
        ("CountyLines-2026", "the name of this program"),
        ("C0unty1ines!!!", "the name of this program"),
        ("my a.marrow password", "the account's name is in it"),
        ("AMarrow-is-here", "the account's name is in it"),
    ],
)
def test_what_is_refused(password: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        check(password, "a.marrow")
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password", [GOOD, "PLUMKETTLEHARBOUR", "westmarch-lapwing-seven", "9fQ$kdl2-vnA3", "ünïcödé wörter"]
)
def test_what_is_taken(password: str) -> None:
    check(password, "a.marrow")
    assert len(password) >= PasswordRules().least


@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=5, unique=True), st.sampled_from(["", " ", "-"]))
def test_three_random_words_are_always_taken(words: list[str], between: str) -> None:
    password = between.join(words)
    check(password, "a.marrow")
    assert len(password) >= 12


@pytest.mark.parametrize("word", sorted(w for w in passwords.common() if w.isalpha())[::150])
def test_no_common_word_passes_with_figures_and_signs_around_it(word: str) -> None:
    for dressed in (f"{word}2026!!!!!!!", f"!!!!!!!{word.title()}99", f"123456{word.upper()}7890"):
        with pytest.raises(InputError):
            check(dressed, "somebody")


def test_the_length_is_a_setting() -> None:
    check("plum kettle", "ann", PasswordRules(least=8))
    with pytest.raises(InputError, match="at least 20"):
        check(GOOD, "ann", PasswordRules(least=20))


def test_the_list_is_small_and_plain() -> None:
    assert passwords.COMMON.stat().st_size < 40_000
    assert {"password", "qwerty123456", "dragon"} <= passwords.common()
    assert all(word == word.casefold() for word in passwords.common())


def test_hashes_are_argon2id_and_salted() -> None:
    first, second = hash_password(GOOD), hash_password(GOOD)
    assert first != second
    assert first.startswith("$argon2id$")
    assert GOOD not in first
    assert fits(first, GOOD)
    assert not fits(first, GOOD.upper())


def test_the_same_password_from_another_keyboard_fits() -> None:
    assert fits(hash_password("caf\u00e9 kettle harbour"), "cafe\u0301 kettle harbour")


def test_nobody_and_broken_hashes_never_fit() -> None:
    assert not fits(None, GOOD)
    assert not fits("", GOOD)
    assert not fits("not a hash", GOOD)
    assert not fits(None, "")


def test_a_weaker_hash_is_dated() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(GOOD)
    assert is_dated(weak)
    assert fits(weak, GOOD)
    assert not is_dated(hash_password(GOOD))


def test_what_the_program_uses_is_not_weak() -> None:
    assert (STRONG.time_cost, STRONG.memory_cost, STRONG.parallelism) == (2, 46 * 1024, 1)
    assert STRONG.type is Type.ID
    assert STRONG.check_needs_rehash(passwords.HASHER.hash(GOOD))  # these tests hash with less
