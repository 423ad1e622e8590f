"""What people write of others in their own words: no text of a record leaves the force in a document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from countylines.errors import InputError

COPIED_WORDS = 8  # so many words in a row from a record count as its text


def own_words(said: Sequence[str], texts: Mapping[str, str]) -> None:
    """Refuse what takes over a record's text: eight words in a row, however they are spaced, cased and punctuated.

    Args:
        said: what a person wrote.
        texts: the records' texts by id.

    Raises:
        InputError: it does; the record is named.

    Example:
        >>> texts = {"crime:1": "Seen by PC 12 with two older males in a blue car."}
        >>> own_words(["He was seen with older people."], texts)
        >>> own_words(["With two older males in a BLUE car!"], texts)
        Traceback (most recent call last):
        countylines.errors.InputError: 8 words or more in a row are those of the record crime:1. Say it in your own ...
    """
    theirs = {record_id: _runs(text) for record_id, text in texts.items()}
    for own in map(_runs, said):
        for record_id, runs in theirs.items():
            if own & runs:
                told = f"{COPIED_WORDS} words or more in a row are those of the record {record_id}"
                raise InputError(told, "say it in your own words: no text of a record leaves the force this way")


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + COPIED_WORDS]) for i in range(len(words) - COPIED_WORDS + 1)}
