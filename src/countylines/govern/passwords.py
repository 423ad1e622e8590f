"""Passwords: long, not among the ones everybody tries first, and otherwise as people like them.

As the National Cyber Security Centre advises ("Password administration for system owners"): length and a list of common
passwords instead of rules of composition, no forced change, and slow hashing. Hashes are argon2id (RFC 9106).
"""

from __future__ import annotations

import functools
import itertools
import re
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from countylines.errors import InputError

COMMON = Path(__file__).with_name("common_passwords.txt")
PRODUCT = ("countylines", "countyline")
LOOKS_LIKE = str.maketrans("013457@$!", "oieastasi")
# Twice OWASP's least (46 MiB once, "Password Storage Cheat Sheet"); one lane, so that many sign-ins don't starve pages.
HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)


@dataclass(frozen=True)
class PasswordRules:
    """How long a password is: at least, and at most so that hashing it can't be made a burden."""

    least: int = 12
    most: int = 256


def check(password: str, name: str, rules: PasswordRules = PasswordRules()) -> None:
    """Refuse a password that is short or easily guessed.

    Args:
        password: as typed.
        name: the account's sign-in name.
        rules: the lengths.

    Raises:
        InputError: what is wrong with it, without saying it.

    Example:
        >>> check("plum kettle harbour", "amarrow")
        >>> check("Password1234", "amarrow")
        Traceback (most recent call last):
        countylines.errors.InputError: password: this is one of the passwords that are tried first. Use three random \
words.
    """

    def wrong(what: str, do: str = "use three random words") -> InputError:
        return InputError(what, do, field="password")

    typed = same(password)
    if len(typed) < rules.least:
        raise wrong(f"this has {len(typed)} characters; at least {rules.least} are needed")
    if len(typed) > rules.most:
        raise wrong(f"this has {len(typed)} characters; at most {rules.most} are taken", "use a shorter one")
    small = typed.casefold()
    letters = _letters(small)
    if any(_mostly(_letters(word), letters) for word in PRODUCT):
        raise wrong("the name of this program is in it and little else")
    own = _letters(same(name).casefold())
    if len(own) > 3 and own in letters:
        raise wrong("the account's name is in it")
    if _common(small) or _repeats(small):
        raise wrong("this is one of the passwords that are tried first")


def same(password: str) -> str:
    """One form for what looks alike, whichever keyboard it was typed on (Unicode's NFKC).

    Example:
        >>> same("cafe\u0301") == same("caf\u00e9")
        True
    """
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """The argon2id hash, with its salt and settings in it."""
    return HASHER.hash(_bytes(password))


def fits(hashed: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; without a hash the answer is no, and takes as long.

    Example:
        >>> hashed = hash_password("plum kettle harbour")
        >>> fits(hashed, "plum kettle harbour"), fits(hashed, "plum kettle harbor"), fits(None, "anything")
        (True, False, False)
    """
    try:
        HASHER.verify(hashed or _nobody(HASHER), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


def is_dated(hashed: str) -> bool:
    """Whether the hash was made with weaker settings than today's, and is to be made anew at sign-in."""
    return HASHER.check_needs_rehash(hashed)


@functools.cache
def common() -> frozenset[str]:
    """Passwords that are tried first, in small letters: as found in breaches, and the words they are made of."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@functools.cache
def _nobody(hasher: PasswordHasher) -> str:
    """A hash of nobody's password, so that an unknown name takes as long as a wrong password."""
    return hasher.hash(secrets.token_hex())


def _common(small: str) -> bool:
    """Whether it is a common password, or one with look-alikes, figures and signs around it or repeated."""
    plain = small.translate(LOOKS_LIKE)
    bare = {re.sub(r"^[^a-z]+|[^a-z]+$", "", form) for form in (small, plain)}
    bare.add(re.sub(r"^[^a-z]+|[^a-z]+$", "", small).translate(LOOKS_LIKE))
    forms = {small, plain, *bare}
    forms |= {piece for form in forms if (piece := _piece(form))}
    return bool(forms & common())


def _bytes(password: str) -> bytes:
    """As it is hashed; half a character, which a browser can't send, is no reason to fail."""
    return same(password).encode("utf-8", "surrogatepass")


def _letters(small: str) -> str:
    """The letters alone, look-alikes read as letters; l as i, since a 1 may stand for either."""
    return re.sub(r"[^a-z]", "", small.translate(LOOKS_LIKE)).replace("l", "i")


def _mostly(word: str, letters: str) -> bool:
    return word in letters and len(letters) - len(word) < 6


def _piece(form: str) -> str:
    """What a text repeats, if it is one piece over and over.

    Example:
        >>> _piece("dragondragon"), _piece("dragonfly")
        ('dragon', '')
    """
    at = (form + form).find(form, 1) if form else 0
    return form[:at] if at < len(form) else ""


def _repeats(small: str) -> bool:
    """Whether it is one short piece over and over, or a row of neighbours as 123456 or abcdef."""
    steps = [ord(b) - ord(a) for a, b in itertools.pairwise(small)]
    in_a_row = sum(step in (0, 1, -1) for step in steps) > 0.7 * len(steps)
    return in_a_row or 0 < len(_piece(small)) < 5
