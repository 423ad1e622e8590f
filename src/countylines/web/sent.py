"""What a form sent, and what a page says of it where it can't be used."""

from __future__ import annotations

from typing import Any

from countylines.errors import InputError


def said(error: InputError) -> str:
    """An error as a page says it.

    Example:
        >>> said(InputError("the call lies in the future", "give the time at which you called"))
        'The call lies in the future. Give the time at which you called.'
        >>> said(InputError("there is no role analist", "did you mean analyst?", field="roles"))
        'There is no role analist. Did you mean analyst?'
    """
    plain = str(InputError(error.what, error.do))  # a page says the place by where it shows the error
    return plain[0].upper() + plain[1:]


def field_of(error: InputError) -> str:
    """The anchor on the page that an error belongs to."""
    return (error.field or "changes").replace(" ", "-")


def number(text: Any) -> int:
    """A version number that a form sent; anything else fits no version.

    Example:
        >>> number("3"), number(None), number("x")
        (3, -1, -1)
    """
    plain = str(text or "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else -1
