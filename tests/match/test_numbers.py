"""Phone numbers and names of lines in text: how police write them, what only looks like them, both engines."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import phonenumbers
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.engine import Engine
from countylines.match.line_names import line_names, line_words
from countylines.match.normalise import normalise
from countylines.match.numbers import SCHEMA, find_numbers, numbers_in_batch, phone_numbers
from countylines.progress import Progress
from countylines.tables import RUN

FICTION = "+447700900123"
WAYS = [
    "07700900123",
    "07700 900123",
    "07700 900 123",
    "077 009 001 23",
    "0 7 7 0 0 9 0 0 1 2 3",
    "07700-900-123",
    "07700.900.123",
    "07700_900_123",
    "(07700) 900123",
    "+447700900123",
    "+44 7700 900 123",
    "+44(0)7700 900123",
    "+44 (0) 7700-900123",
    "00447700900123",
    "0044 7700 900123",
    "447700900123",
    "O77OO 9OO123",
    "o7700 900l23",
    "07 seven 00 nine hundred 123",
    "oh seven seven double oh nine hundred one two three",
    "zero seven seven zero zero nine zero zero one two three",
    "Zero Double Seven Double Zero Nine Double Zero One Two Three",
    "07700 nine-zero-zero 123",
]


@pytest.mark.parametrize("way", WAYS)
def test_the_ways_in_which_police_write_a_number(way: str) -> None:
    text = f"Line {way}, in use."
    (found,) = phone_numbers(text)
    assert found.number == FICTION
    assert text[found.start : found.end] == way.removeprefix("(")


@pytest.mark.parametrize("region", ["GB", "IM", "JE", "IE", "PL", "AL", "NL"])
def test_numbers_that_the_plans_have_here_and_abroad(region: str) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)  # nobody's
    ways = [phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL]
    if example.country_code == 44:
        ways.append(phonenumbers.PhoneNumberFormat.NATIONAL)
    number = phonenumbers.format_number(example, ways[0])
    for way in ways:
        text = f"tel:{phonenumbers.format_number(example, way)}."
        assert [found.number for found in phone_numbers(text)] == [number]


NO_NUMBER = [
    "999 or 101 called",
    "ring 0161 496 0000 or 020 7946 0000",  # landlines
    "freephone 0800 555 111",
    "070 1234 5678 is a personal number",
    "pager 076 1234 5678",
    "07700 9001234",  # a digit too many
    "07700 90012",  # one too few
    "7700900123",  # without its 0
    "IMEI 357700900123456",
    "357700900123456 and 98077009001234567",
    "crime ref 07700900123",
    "URN: 07700900123",
    "log no 07700900123",
    "CRN07700900123",
    "24/07700900123/A",
    "PNC 07/7700900W",
    "NINO QQ 07 77 00 90 C",
    "account 07700900123 sort code 07-70-09",
    "07/07/2019 at 1430 with 500",
    "07 11 2019 1430 500",
    "07.07.2019 09.12.34",
    "2007-07-07 07:07:07",
    "seven or eight people, one two three times",
    "07700900123@example.com",
    "",
]


@pytest.mark.parametrize("text", NO_NUMBER)
def test_what_is_no_number(text: str) -> None:
    assert phone_numbers(text) == []


def test_several_numbers_in_a_row() -> None:
    for between in (" ", ", ", " / ", "/", " and ", "; ", " 1430 hrs "):
        found = phone_numbers(f"07700 900123{between}07700900124")
        assert [number.number[-3:] for number in found] == ["123", "124"], between


@given(
    digits=st.integers(0, 999),
    gaps=st.lists(st.sampled_from(["", " ", "-", ".", " - "]), min_size=10, max_size=10),
    before=st.text(st.sampled_from("abc ,.;(£é–\u00a0’"), max_size=12),
    after=st.text(st.sampled_from("abc ,.;)£é–\u00a0’"), max_size=12),
)
def test_a_number_is_found_where_it_stands(digits: int, gaps: list[str], before: str, after: str) -> None:
    number = f"07700900{digits:03}"
    written = number[0] + "".join(gap + digit for gap, digit in zip(gaps, number[1:], strict=True))
    text = f"{before} {written} {after}"
    (row,) = batch_rows([text])
    assert row["number"] == "+44" + number[1:]
    assert normalise(text[row["start"] : row["end"]]) == written


@given(st.text(st.sampled_from("0o47 +-.()doubleseventhreehundred\u2013é"), max_size=60))
def test_no_text_breaks_it_and_the_quick_look_misses_nothing(text: str) -> None:
    found = [(number.number, number.start, number.end) for number in phone_numbers(normalise(text))]
    assert [(row["number"], row["start"], row["end"]) for row in batch_rows([text]) if row["number"]] == found
    for _, start, end in found:
        assert 0 <= start < end <= len(text)


EXAMPLES = [
    (kind, example)
    for hits, misses in line_words().examples
    for kind, each in ((0, hits), (1, misses))
    for example in each
]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_the_examples_of_the_words_file(kind: int, example: str) -> None:
    text, _, name = example.partition(" => ")
    assert [span.name for span in line_names(text)] == ([] if kind else [name])
    assert [row["name"] for row in batch_rows([text])] == ([] if kind else [name])  # the quick look lets it through


def test_every_pattern_has_hits_and_misses_and_every_stop_word_a_reason() -> None:
    assert all(hits and misses for hits, misses in line_words().examples)
    assert {"county", "drugs", "front", "railway", "phone", "enquiry"} <= line_words().stop


def test_names_are_found_where_they_stand() -> None:
    text = "the “Mikey” line\u00a0and THE RICO LINE, not the line of enquiry"
    rows = batch_rows([text])
    assert [(row["name"], text[row["start"] : row["end"]]) for row in rows] == [("MIKEY", "Mikey"), ("RICO", "RICO")]
    assert batch_rows(["runs the lil kay line"])[0]["name"] == "LIL KAY"
    assert batch_rows(["The Mikey's line and Mikey line"])[0]["name"] == "MIKEY"


def test_words_around_say_whose_number_it_is() -> None:
    said = {
        "Number 07700 900123 is a drugs line": "line",
        "Deal line 07700 900123": "line",
        "07700 900123 sends out bulk texts": "line",
        "Drugs line seen. Handset 07700 900123 seized": None,  # another sentence
        "county lines activity near 07700 900123": None,
        "Gave mobile as 07700 900123": "own",
        "Contact number given as 07700 900123 for the county line": "own",
        "rang from 07700 900123": "own",
        "Phone 07700 900123": None,
    }
    assert {text: batch_rows([text])[0]["context"] for text in said} == said


TEXTS: list[str | None] = [
    "Phone 07700\u2013900123 – ‘Frankie’ line – active",
    None,
    "",
    "no number here",
    "COUNTY LINE O7700 9OO 124\r\nTHE ACE DRUGS\tLINE",
    "Contact number 07700 900125",
]


def test_both_engines_find_the_same_in_matched_records(engine: Engine, tmp_path: Path) -> None:
    day = dt.date(2024, 2, 1)
    records = {"record_id": [f"r{i}" for i in range(7)], "text": [*TEXTS, TEXTS[0]], "area": ["A", None, *"CDEFG"]}
    pq.write_table(pa.table(records | {"date": pa.array([day] * 7, pa.date32())}), tmp_path / "records.parquet")
    scores = {"record_id": [f"r{i}" for i in range(6)], "score": [1.0] * 5 + [0.02]}
    pq.write_table(pa.table(scores), tmp_path / "scores.parquet")
    given = [engine.scan(tmp_path / name) for name in ("records.parquet", "scores.parquet")]
    made = find_numbers(*given, engine, tmp_path / "numbers.parquet", Progress())
    table = made.collect("pyarrow").to_arrow().select(SCHEMA.names).cast(SCHEMA)
    rows = sorted((tuple(row.values()) for row in table.to_pylist()), key=str)
    assert rows == [
        ("r0", "+447700900123", None, 6, 18, "line", "A", day),
        ("r0", None, "FRANKIE", 22, 29, None, "A", day),
        ("r4", "+447700900124", None, 12, 25, "line", "E", day),
        ("r4", None, "ACE", 31, 34, None, "E", day),
        ("r5", "+447700900125", None, 15, 27, "own", "F", day),
    ]


def batch_rows(texts: list[str | None]) -> list[dict[str, Any]]:
    """What one batch of texts gives."""
    n = len(texts)
    columns = {"record_id": [str(i) for i in range(n)], "text": pa.array(texts, pa.string())}
    batch = pa.record_batch(columns | {"area": pa.nulls(n, pa.string()), "date": pa.nulls(n, pa.date32())})
    made = numbers_in_batch(batch)
    assert made.schema == RUN["numbers"].schema
    rows: list[dict[str, Any]] = made.to_pylist()
    return rows
