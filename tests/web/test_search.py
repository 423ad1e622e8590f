"""Search: what a person types finds what they mean, whatever the spelling, and strange input does no harm."""

import re
import sqlite3
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from countylines.govern import accounts, audit
from countylines.web import finding
from countylines.web.house import House
from countylines.web.index import Index
from countylines.web.query_words import phone, plain, spellings, vehicle, words
from countylines.web.reader import Reader
from tests.web.conftest import NOW, PASSWORD, Browse, Rewrite

STRANGE = ("'", '"', "%", "\x00", "\u202eabc", "a" * 3_900, '" OR "', "NEAR(a b)", "text:x", "*", "^a", "-", "(", "AND",
           "a' --", "\ud7ff", "+", "0", "_%_", "\N{PILE OF POO}", "{{ 7 }}", "<script>alert(1)</script>")  # fmt: skip


def found_people(page: str) -> list[str]:
    """The people of the results, in their order."""
    part = page[page.find('id="people"') :]
    return re.findall(r'class="cl-mono">(N\d+)</td>', part[: part.find("</table>")])


def found_records(page: str) -> set[str]:
    """The records of the results."""
    part = page[page.find('id="records"') :]
    return set(re.findall(r'href="/records/([^"?]+)"', part))


def holding(reader: Reader, pattern: str) -> set[str]:
    """The records whose text has this, by reading every text."""
    wanted = re.compile(pattern, re.IGNORECASE)
    rows = reader.index.query("SELECT record_id, text FROM records")
    return {row["record_id"] for row in rows if wanted.search(row["text"] or "")}


@pytest.fixture
def client(browse: Browse) -> TestClient:
    return browse("analyst")


@pytest.mark.parametrize("asked", ["pelam narly", "Narley, Pellam", "PELLAM NARLEY", "Pellam Narly", "narley pelam"])
def test_a_misspelt_name_finds_its_person(client: TestClient, asked: str) -> None:
    assert "N0000131" in found_people(client.get("/search", params={"q": asked}).text)[:3]


def test_most_names_with_one_letter_wrong_are_found(reader: Reader) -> None:
    rows = reader.index.query("SELECT nominal_id, name FROM people WHERE nominal_id LIKE '%7' ORDER BY 1 LIMIT 40")
    hit = 0
    for row in rows:
        one, two = row["name"].split()[:2]
        misspelt = f"{one[:2]}{one[3:]} {two[:-1]}"
        same = {
            r["nominal_id"]
            for r in reader.index.query("SELECT nominal_id FROM people WHERE name LIKE ?", f"{one} {two} %")
        }
        best = [each.card.nominal_id for each in finding.people(reader, misspelt, (), 30).rows]
        hit += bool(same & set(best))
    assert hit >= 38


def test_ids_other_names_and_birth_dates(client: TestClient, reader: Reader) -> None:
    assert found_people(client.get("/search?q=n0000131").text)[0] == "N0000131"
    linked = reader.table("sources/person_links").row(0, named=True)
    assert linked["nominal_id"] in found_people(client.get(f"/search?q={linked['native_id'].lower()}").text)
    row = reader.index.query(
        "SELECT nominal_id, aliases FROM people WHERE aliases <> '[]' AND kept = 1 ORDER BY 1 LIMIT 1"
    )[0]
    alias = re.findall(r'"([^"]+)"', row["aliases"])[0]
    assert row["nominal_id"] in {p.card.nominal_id for p in finding.people(reader, alias, (), 300).rows}
    born = {
        r["nominal_id"] for r in reader.index.query("SELECT nominal_id FROM people WHERE date_of_birth = '1950-09-30'")
    }
    for asked in ("30/9/1950", "1950-09-30", "30.09.1950"):
        assert set(found_people(client.get("/search", params={"q": asked}).text)) == born >= {"N0000131"}


def test_a_phone_number_in_any_spelling_finds_the_same_records(client: TestClient, reader: Reader) -> None:
    expected = holding(reader, r"(?:(?:\+?44|0)[ -]?)7700[ -]?900[ -]?003\b")
    assert len(expected) > 5
    for asked in ("07700900003", "07700 900003", "07700-900003", "+44 7700 900003", "+447700900003", "0044 7700 900003",
                  "+44 (0)7700 900 003"):  # fmt: skip
        assert found_records(client.get("/search", params={"q": asked}).text) == expected, asked
    assert found_records(client.get("/search?q=900003&kind=records").text) >= expected


def test_an_address_and_a_vehicle_land_on_their_records(client: TestClient, reader: Reader) -> None:
    text = reader.index.query("SELECT text FROM records WHERE text LIKE '% 90 Harbour View%' ORDER BY 1 LIMIT 1")[0][
        "text"
    ]
    assert "90 Harbour View" in text
    page = client.get("/search?q=90+harbour+view&kind=records").text
    assert found_records(page) == holding(reader, r"\b90 Harbour View\b")
    plate = next(
        match
        for row in reader.index.query("SELECT text FROM records WHERE text LIKE '%QQ%' ORDER BY record_id LIMIT 50")
        for match in re.findall(r"\b(QQ\d\d) ?([A-Z]{3})\b", row["text"])
    )
    expected = holding(reader, rf"\b{plate[0]} ?{plate[1]}\b")
    for asked in (f"{plate[0]} {plate[1]}", f"{plate[0]}{plate[1]}".lower()):
        assert found_records(client.get("/search", params={"q": asked}).text) == expected


def test_a_crime_reference_groups_and_lines(client: TestClient, reader: Reader) -> None:
    for asked in ("crime:C00002186", "C00002186", "c00002186"):
        assert found_records(client.get("/search", params={"q": asked}).text) == {"crime:C00002186"}
    group = reader.table("groups").to_dicts()[0]
    spoken = group["name"].partition(" ")[2]
    for asked in (group["group_id"], spoken, spoken.lower()):
        assert f'href="/groups/{group["group_id"]}"' in client.get("/search", params={"q": asked}).text
    for asked in ("jaxky", "L002", "07700 900003"):
        assert 'href="/lines/L002"' in client.get("/search", params={"q": asked}).text


def test_a_phrase_is_what_the_text_says_in_a_row(reader: Reader) -> None:
    expected = holding(reader, r"\bregular\W+and\W+reliable\W+source\b")
    found = finding.records(reader, "regular and reliable source", (), 5_000)
    assert {each.record["record_id"] for each in found.rows} == expected and found.count == len(expected) > 0
    dates = [each.record["recorded"] or each.record["occurred"] for each in found.rows]
    assert dates == sorted(dates, reverse=True)


def test_a_common_word_is_counted_up_to_a_limit_and_the_order_stays(reader: Reader) -> None:
    one, two = (finding.records(reader, "the", (), 20) for _ in range(2))
    assert one.more and one.counted == "1,000 or more" and one == two and len(one.rows) == 20


def test_nothing_found_says_what_to_do(client: TestClient) -> None:
    page = unescape(client.get("/search", params={"q": "07700 900199"}).text)
    assert "No record has this number. Try the last 6 digits." in page
    assert "Nothing found." in client.get("/search?q=zzqqxxyy").text
    assert "Nothing has been looked for yet." in client.get("/search").text


@pytest.mark.parametrize("asked", STRANGE)
def test_strange_input_is_harmless(client: TestClient, asked: str) -> None:
    for path in ("/search", "/search/suggest"):
        page = client.get(path, params={"q": asked})
        assert page.status_code in (200, 414), asked
        assert "<script>alert" not in page.text and "\u202e" not in page.text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_text_can_be_looked_for(reader: Reader, asked: str) -> None:
    query = plain(asked)
    found = [finding.people(reader, query, ()), finding.records(reader, query, ()), finding.lines(reader, query, ())]
    assert all(len(each.rows) <= finding.SHOWN and each.count >= len(each.rows) for each in found)


@given(st.from_regex(r"7[0-9]{9}", fullmatch=True), st.sampled_from(["0", "+44", "44", "0044", "+44 (0)", "(0)"]))
def test_a_number_is_the_same_however_it_begins(digits: str, start: str) -> None:
    assert phone(f"{start}{digits}") == phone(f"{start} {digits[:4]} {digits[4:]}") == digits
    assert all(re.fullmatch(r'"[\d ]+"', each) for each in spellings(digits))


@given(st.text(max_size=40))
def test_words_hold_nothing_that_a_query_could_read_as_a_command(asked: str) -> None:
    assert all(re.fullmatch(r"[^\W_]+", word) for word in words(asked))
    assert all(re.fullmatch(r'"[A-Z0-9 ]+"', each) for each in vehicle(asked))


def test_suggestions_are_a_fragment_with_marks(client: TestClient) -> None:
    page = client.get("/search/suggest?q=pellam+narley").text
    assert "<html" not in page and 'href="/people/N0000131"' in page and "cl-ic--adult" in page
    assert client.get("/search/suggest?q=pe").text.strip() == ""


def test_searches_are_logged_with_their_words(client: TestClient, house: House) -> None:
    client.get("/search", params={"q": "Pellam\u202e Narley"})
    entries = audit.search(house.state, audit.Wanted(kind="search")).rows
    assert [(each.event.account, each.event.what) for each in entries] == [("analyst", "Pellam Narley")]


def test_only_those_who_see_names_may_search(browse: Browse) -> None:
    for role in ("data_scientist", "ethics_committee", "reviewer", "auditor", "administrator"):
        assert browse(role).get("/search?q=pellam").status_code == 403
        assert browse(role).get("/search/suggest?q=pellam").status_code == 403


def test_own_areas_bound_what_is_found(browse: Browse, house: House, reader: Reader) -> None:
    area = "Docklands"
    accounts.create_account(house.state, "near", "Near", PASSWORD, roles=["analyst"], now=NOW, areas=[area])
    inside = {
        row["nominal_id"]
        for row in reader.index.query(
            "SELECT DISTINCT i.nominal_id FROM involvements i JOIN records r ON r.record_id = i.record_id"
            " WHERE r.area = ?",
            area,
        )
    }
    page = browse("near").get("/search?q=pellam&kind=people").text
    everybody = set(found_people(browse("analyst").get("/search?q=pellam&kind=people").text))
    assert found_people(page) and set(found_people(page)) <= inside and not everybody <= inside
    here = {row["record_id"] for row in reader.index.query("SELECT record_id FROM records WHERE area = ?", area)}
    found = found_records(browse("near").get("/search?q=harbour+view&kind=records").text)
    assert found and found <= here


def test_a_line_of_no_known_area_is_everybodys(reader: Reader) -> None:
    """As in the list of lines."""
    numbered = reader.table("lines").filter(pl.col("number").is_not_null())
    nowhere = set(numbered.filter(pl.col("areas").list.len().fill_null(0) == 0)["line_id"])
    found = {row["line_id"] for row in finding.lines(reader, "07700900", ["Nowhere"]).rows}
    assert found == nowhere and 0 < len(nowhere) < numbered["line_id"].n_unique()


def test_a_number_in_another_spelling_is_found_in_ones_own_areas(rewritten: Rewrite) -> None:
    """The part of a number that spellings don't reach is found by the number itself, near and not far."""
    everybody = rewritten(lambda connection: connection.execute("UPDATE numbers SET number = '+999123456'"))
    records = finding.records(everybody, "99912345", (), 5_000)
    assert records.count > 100 and not records.rows[0].snippet[0][1]
    areas = [each.record["area"] for each in records.rows]
    own = max({area for area in areas if area}, key=areas.count)
    found = finding.records(everybody, "99912345", [own], 5_000)
    assert {each.record["area"] for each in found.rows} == {own} and found.count >= areas.count(own)


def test_the_text_of_restricted_records_is_not_shown(reader: Reader) -> None:
    place = reader.index.query("SELECT rowid, record_id FROM records WHERE text LIKE '%90 Harbour View%' LIMIT 1")[0]

    class Restricted(type(reader.index)):  # type: ignore[misc]
        """The same index, in which one record is restricted."""

        def query(self, sql: str, *parameters: object) -> list[dict[str, object]]:
            rows = super().query(sql, *parameters)
            return [{**row, "restricted": 1} if row.get("record_id") == place["record_id"] else row for row in rows]

    reader.index = Restricted(reader.run, reader.index.path)
    found = finding.records(reader, "90 Harbour View", (), 50).rows
    assert [each.snippet for each in found if each.record["record_id"] == place["record_id"]] == [()]
    assert sqlite3.sqlite_version_info >= (3, 34)  # the trigram tokenizer


def test_two_servers_that_start_at_once_make_one_index(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "of-both.sqlite"
    both = [Index(reader.run, path), Index(reader.run, path)]
    for one in both:
        one.prepare()
    for one in both:
        one.prepare(wait=True)
    who = reader.table("nominals")["nominal_id"][0]
    assert [one.cards([who]).keys() for one in both] == [{who}, {who}]
    assert not path.with_suffix(".partial").exists()
    both[0].warm()
