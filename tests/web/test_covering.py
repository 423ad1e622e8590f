"""Names in the texts of records are covered for those who read without them: of everybody, in the record or not."""

from __future__ import annotations

import re

import pytest

from countylines.web.covering import COVER, cover, words_of
from countylines.web.evidence import Evidence, Piece, evidence
from countylines.web.reader import Reader
from tests.web.conftest import Browse


def about(reader: Reader, *pieces: Piece, record: str = "") -> Evidence:
    """A record with a text of ours, with the people of one of the run's records or without any."""
    found = evidence(reader, [record or some_record(reader)])[0]
    return Evidence(**{**vars_of(found), "pieces": pieces, "involved": found.involved if record else ()})


def vars_of(found: Evidence) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def some_record(reader: Reader) -> str:
    record: str = reader.index.query("SELECT record_id FROM involvements ORDER BY 1 LIMIT 1")[0]["record_id"]
    return record


def text_of(found: Evidence) -> str:
    return "".join(piece.text for piece in found.pieces)


def unlinked(reader: Reader) -> tuple[str, str]:
    """The name and the nickname of somebody outside the network."""
    row = reader.index.query("SELECT nominal_id FROM people WHERE NOT kept AND aliases LIKE '[\"Stretch\"]' LIMIT 1")[0]
    card = reader.index.cards([row["nominal_id"]])[row["nominal_id"]]
    return card.name, card.aliases[0]


def test_names_and_nicknames_of_people_outside_the_record_are_covered(reader: Reader) -> None:
    """They may be in no group, outside the network, or linked to no record at all."""
    name, nickname = unlinked(reader)
    first, last = name.split()[:2]
    shown = text_of(cover(reader, about(reader, Piece(f"Stopped {first} {last.upper()}, aka {nickname}. Ran off."))))
    assert shown == f"Stopped {COVER} {COVER}, aka {COVER}. Ran off."


def test_words_of_every_day_stay_unless_they_name_somebody_in_the_record(reader: Reader) -> None:
    """A nickname in small letters is a word, unless it is of somebody in the record."""
    row = reader.index.query(
        "SELECT i.record_id, p.aliases FROM involvements i JOIN people p ON p.nominal_id = i.nominal_id"
        " WHERE p.aliases NOT IN ('', '[]') ORDER BY i.record_id LIMIT 1"
    )[0]
    nickname = re.findall(r"\w+", row["aliases"])[0].lower()
    text = Piece(f"saw {nickname} by the shops")
    assert text_of(cover(reader, about(reader, text, record=row["record_id"]))) == f"saw {COVER} by the shops"
    assert text_of(cover(reader, about(reader, text))) == f"saw {nickname} by the shops"


def test_a_reader_with_own_areas_reads_no_names_either(reader: Reader) -> None:
    """People of other areas stand by their id there, but the text has their names."""
    row = reader.index.query("SELECT i.record_id, p.name FROM involvements i JOIN people p USING (nominal_id) LIMIT 1")
    last = row[0]["name"].split()[1]
    text = Piece(f"saw {last.lower()} there")
    away = reader.seen_from(("Nowhere",))
    assert text_of(cover(away, about(away, text, record=row[0]["record_id"]))) == f"saw {COVER} there"


def test_hits_are_read_unless_their_pattern_was_written_by_the_reader(reader: Reader) -> None:
    name, _ = unlinked(reader)
    text = Piece(name.split()[1].upper(), "hit", "OTHER", "x", 0.1)
    assert text_of(cover(reader, about(reader, text))) == text.text
    assert text_of(cover(reader, about(reader, text), hits=True)) == COVER


@pytest.mark.parametrize("path", ["/lexicon-records?group=COUNTY LINE&inside=true", "/people/{child}"])
def test_no_page_of_a_data_scientist_has_anybodys_name(browse: Browse, reader: Reader, path: str) -> None:
    """No word that is only ever a name stands with a capital in any text: neither a surname nor a nickname."""
    child = reader.table("nominals").filter("is_child").sort("nominal_id")["nominal_id"][0]
    page = browse("data_scientist").get(path.format(child=child)).text
    texts = re.sub(r"<mark.*?</mark>", " ", " ".join(re.findall(r'<p class="cl-ev__t".*?</p>', page)))
    rows = reader.run.read("sources/nominals").select("name", "aliases").rows()
    names = {word for row in rows for word in words_of(filter(None, row)) if word.isalpha()}
    assert COVER in texts
    assert not [word for word in re.findall(r"[A-Z]\w+", texts) if word.casefold() in names]
