"""Names in the texts of records, covered for those who read without them: of everybody in a record, and of all others.

Which words are names isn't guessed: they are the words of the names and other names that the extracts give. A person in
the record is covered however their name is written there; anybody else where the word begins with a capital, since
many names are words of every day ("wheels", "bear"). A name that the extracts don't have can't be known and stays: the
pages say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from countylines.web.evidence import Evidence
from countylines.web.reader import Reader

COVER = "\N{FULL BLOCK}" * 4
WORD = re.compile(r"\w{2,}")


def cover(reader: Reader, found: Evidence, *, hits: bool = False) -> Evidence:
    """The record with names covered in its text.

    Args:
        reader: the run.
        found: the record, with everybody in it.
        hits: whether to cover names inside hits, too: of a lexicon that its reader may have written for that.

    Raises:
        InputError: the run has no nominals any more.
    """
    cards = reader.index.cards(each.card.nominal_id for each in found.involved)  # whatever areas the reader has
    own = words_of(name for card in cards.values() for name in (card.name, *card.aliases))
    kinds = {"plain", "hit", "cancelled"} if hits else {"plain"}
    pieces = tuple(
        replace(piece, text=without_names(reader, piece.text, own)) if piece.kind in kinds else piece
        for piece in found.pieces
    )
    return replace(found, pieces=pieces)


def without_names(reader: Reader, text: str, own: frozenset[str] = frozenset()) -> str:
    """A text with names covered.

    Args:
        reader: the run whose extracts give the names.
        text: what somebody wrote.
        own: words that are covered in small letters, too.
    """
    everybody = _everybody(reader)

    def covered(match: re.Match[str]) -> str:
        word = match[0]
        name = word.casefold()
        return COVER if name in own or (word[0].isupper() and name in everybody) else word

    return WORD.sub(covered, text)


def words_of(names: Iterable[str]) -> frozenset[str]:
    """The words of names and other names, in small letters.

    Example:
        >>> sorted(words_of(["Ann Lee-Orr 0001", "Bear"]))
        ['0001', 'ann', 'bear', 'lee', 'orr']
    """
    return frozenset(word.casefold() for name in names for word in WORD.findall(name))


def _everybody(reader: Reader) -> frozenset[str]:
    """The words of all names in the extracts that begin with a letter."""

    def make(reader: Reader) -> frozenset[str]:
        said = reader.run.table("sources/nominals").select("name", "aliases").collect()
        words = pl.concat([said["name"], said["aliases"]]).drop_nulls().str.extract_all(r"[^\W\d_]\w+").explode()
        return words_of(words.drop_nulls().unique())  # each word once: there may be a million people

    made: frozenset[str] = reader.made("words of names", make)
    return made
