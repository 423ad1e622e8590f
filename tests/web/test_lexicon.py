"""The lexicon workbench: reading, changing a copy, trying it on texts and on the run's records."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from countylines.govern import accounts, people
from countylines.match.lexicon import load_lexicon
from countylines.web import lexicon_try
from countylines.web.covering import COVER
from countylines.web.house import House
from countylines.web.lexicon import own
from countylines.web.lexicon_copy import TooMuch, as_yaml, changes, edited, pack, unpack
from countylines.web.lexicon_records import hit_records
from countylines.web.lexicon_trial import records
from countylines.web.lexicon_try import Stopped, tried
from countylines.web.reader import Reader
from tests.web.conftest import NOW, Browse, csrf_of

READERS = ("analyst", "safeguarding", "senior_officer", "data_scientist", "ethics_committee", "auditor")
TRIERS = ("analyst", "data_scientist")
SLOW = "(?:(?:a|b|ab)+)+c"


def sent(client: TestClient, group: str = "DRUGS LINE", **more: str) -> dict[str, str]:
    """The form of the editor as the page has it, with changes."""
    page = client.get(f"/lexicon/{group}").text
    fields = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    values = {name: unescape(text) for name, text in fields}
    weight = re.findall(r'name="weight"[^>]*value="([^"]+)"', page)[0]
    return {"csrf": csrf_of(page), "copy": "", "group": group, "weight": weight, **values, "do": "check", **more}


def test_whoever_may_read_it_sees_every_group_and_the_others_are_refused(browse: Browse) -> None:
    for role in people.ROLES:
        client = browse(role)
        page = client.get("/lexicon")
        assert page.status_code == (200 if role in READERS else 403), role
        if role in READERS:
            assert all(group.name in page.text for group in load_lexicon().groups)
            assert "18 pass" in page.text
        assert ('id="edit"' in page.text) == (role in TRIERS), role
        if role not in READERS:
            assert {client.get(path).status_code for path in ("/lexicon/CUCKOO", "/lexicon.yaml")} == {403}
        elif role not in TRIERS:
            form = {"csrf": csrf_of(page.text), "group": "CUCKOO", "do": "rows"}
            assert client.post("/lexicon", data=form).status_code == 403, role


def test_small_counts_are_hidden_from_the_ethics_committee(browse: Browse, reader: Reader) -> None:
    small = [row["group"] for row in reader.table("term_table").to_dicts() if 0 < row["records_in_network"] < 5]
    assert small
    rows = browse("ethics_committee").get("/lexicon").text.split("<tr")
    row = next(row for row in rows if f">{small[0]}</a>" in row)
    assert "under 5" in row
    assert "hidden" in row


def names_of(page: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'<a class="govuk-link" href="/lexicon/[^>]*>([^<]+)</a>', page)]


def test_the_table_stands_in_the_order_asked_for(browse: Browse, reader: Reader) -> None:
    client, groups = browse("analyst"), own(reader).groups
    by_weight = [each.name for each in sorted(groups, key=lambda each: (-each.weight, each.name))]
    counts = {row["group"]: row["records_in_network"] for row in reader.table("term_table").to_dicts()}
    page = client.get("/lexicon?sort=-within").text
    assert names_of(page) == sorted(by_weight, key=lambda name: -counts.get(name, 0))
    assert re.search(r'aria-sort="descending"><a class="cl-sort"[^>]*>In network', page)
    assert names_of(client.get("/lexicon?sort=group").text) == sorted(by_weight, key=str.casefold)
    assert names_of(client.get("/lexicon?sort=nonsense").text) == by_weight
    hidden = browse("ethics_committee").get("/lexicon?sort=-within").text
    assert names_of(hidden) == by_weight  # the order would tell the counts
    assert 'sort=-within"' not in hidden


def test_an_unknown_group_is_missing(browse: Browse) -> None:
    assert browse("analyst").get("/lexicon/NO SUCH").status_code == 404


def test_a_text_is_tried_with_hits_and_cancelled_hits_and_html_is_harmless(browse: Browse) -> None:
    client = browse("analyst")
    text = "<script>alert(1)</script> Runner for a drugs line, no county lines link"
    page = client.post("/lexicon", data=sent(client, text=text, misses="the drugs line rang", do="text"))
    assert page.status_code == 200
    assert "= <b>0.5</b>" in page.text
    assert re.search(r'<mark class="exc"[^>]*><span[^>]*>cancelled: </span>county lines</mark>', page.text)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "fails: should miss, but the term" in page.text  # the group's own example


def test_a_copy_travels_in_the_form_from_group_to_group(browse: Browse, reader: Reader) -> None:
    client = browse("data_scientist")
    first = client.post("/lexicon", data=sent(client, weight="0.5", pick="CUCKOO"))
    copy = unescape(re.findall(r'name="copy" value="([^"]*)"', first.text)[0])
    words = unpack(own(reader), copy)
    assert changes(own(reader), words) == ["DRUGS LINE"]
    second = client.post("/lexicon", data={**sent(client, "CUCKOO", weight="0.4"), "copy": copy, "do": "download"})
    path = reader.indexes / "downloaded.yaml"
    path.write_text(second.text)
    weights = {group.name: group.weight for group in load_lexicon(path).groups}
    path.unlink()
    assert (weights["DRUGS LINE"], weights["CUCKOO"], weights["COUNTY LINE"]) == (0.5, 0.4, 1.0)
    assert own(reader).groups[3].weight == 0.4  # the run's own stays as it is


def test_a_bad_pattern_is_told_at_its_line_and_the_old_one_stays(browse: Browse) -> None:
    client = browse("analyst")
    page = client.post("/lexicon", data=sent(client, patterns="DRUGS? LINES?\nDEAL(?=ER)"))
    assert page.status_code == 400
    assert "Patterns, line 2: look-ahead" in page.text
    assert "DEAL(?=ER)" in page.text  # what was typed isn't lost
    assert re.search(r'name="copy" value=""', page.text)
    page = client.post("/lexicon", data=sent(client, weight="2"))
    assert (page.status_code, "isn&#39;t a number from 0 to 1" in page.text) == (400, True)


def test_rows_to_read_come_with_their_marks_and_are_logged(browse: Browse, house: House) -> None:
    client = browse("analyst")
    page = client.post("/lexicon", data=sent(client, weight="0.5", do="rows"))
    assert "Tried: all" in page.text
    shown = re.findall(r'href="/records/([^"?]+)', page.text)
    assert 0 < len(shown) <= 12
    assert page.text.count("comes to the keep line") == len(shown)
    with house.state.read() as connection:
        rows = connection.exec_driver_sql("SELECT detail FROM audit WHERE kind = 'lexicon'").scalars().all()
    assert all(record in rows[-1] for record in shown)


def test_an_unchanged_copy_gives_the_scores_of_the_run(reader: Reader) -> None:
    found = records(reader.run.folder, own(reader), reader.settings["match"], 0.5, [])
    assert found["hit"]["changed"] == found["sample"]["changed"] == 0
    assert found["hit"]["matched_after"] == reader.table("record_scores").height
    assert found["rows"] == []


def test_rows_of_other_areas_and_restricted_ones_are_not_shown(reader: Reader) -> None:
    words = edited(own(reader), "DRUGS LINE", {"weight": "0.6", "patterns": "DRUGS? LINES?"})
    every = records(reader.run.folder, words, reader.settings["match"], 0.5, [])
    assert every["rows"]
    some = reader.index.among(
        "SELECT record_id, area FROM records WHERE record_id IN ({ids})", [row["record_id"] for row in every["rows"]]
    )
    area = some[0]["area"]
    own_area = records(reader.run.folder, words, reader.settings["match"], 0.5, [area.upper()])
    shown = reader.index.among(
        "SELECT area, restricted FROM records WHERE record_id IN ({ids})",
        [row["record_id"] for row in own_area["rows"]],
    )
    assert {row["area"] for row in shown} == {area}
    assert not any(row["restricted"] for row in shown)
    assert own_area["hit"] == every["hit"]  # counts are of all


def test_what_is_written_comes_back_the_same(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "lexicon.yaml"
    path.write_text(as_yaml(own(reader)), encoding="utf-8")
    assert load_lexicon(path) == own(reader)


@pytest.mark.parametrize("packed", ["{", "[1]", '[{"name": "CUCKOO"}]', "[" * 100_000, "x" * 500_000])
def test_a_copy_that_the_page_did_not_send_is_refused(reader: Reader, packed: str) -> None:
    with pytest.raises(TooMuch):
        unpack(own(reader), packed)


def test_a_group_made_up_in_the_copy_is_left_out(reader: Reader) -> None:
    other = edited(own(reader), "CUCKOO", {"weight": "0.1", "patterns": "x"})
    packed = pack(own(reader), other).replace('"CUCKOO"', '"MADE UP"')
    assert unpack(own(reader), packed) == own(reader)


def test_too_long_a_text_is_refused(browse: Browse) -> None:
    client = browse("analyst")
    assert client.post("/lexicon", data=sent(client, text="x" * 20_001)).status_code == 400
    assert client.post("/lexicon", data=sent(client, patterns="x\n" * 600)).status_code == 400


def test_a_slow_pattern_is_stopped_with_a_message(
    browse: Browse, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = edited(own(reader), "CUCKOO", {"weight": "0.5", "patterns": SLOW})
    asked = {"yaml": as_yaml(words), "group": "", "text": "ab" * 40 + "! abc", "settings": {}}
    with pytest.raises(Stopped, match="too slow"):
        tried(asked, seconds=2)
    monkeypatch.setattr(lexicon_try, "WAIT", 0)
    for _ in range(2):
        assert lexicon_try.AT_ONCE.acquire(blocking=False)
    try:
        client = browse("analyst")
        page = client.post("/lexicon", data=sent(client))
        assert (page.status_code, "Others are trying" in page.text) == (400, True)
    finally:
        lexicon_try.AT_ONCE.release(2)


def test_every_count_opens_to_its_records(browse: Browse, reader: Reader) -> None:
    for row in reader.table("term_table").to_dicts():
        found = [len(hit_records(reader, row["group"], inside)) for inside in (True, False)]
        assert found == [row["records_in_network"], row["records_not_in_network"]], row["group"]
    client = browse("analyst")
    page = client.get("/lexicon").text
    link = unescape(re.findall(r'href="(/lexicon-records[^"]+group=COUNTY\+LINE[^"]*)"', page)[0])
    assert "158 records that this group hits" in client.get(link).text
    assert client.get("/lexicon-records?group=nothing").status_code == 404
    for role in people.ROLES:
        wanted = 200 if role in ("analyst", "safeguarding", "senior_officer", "data_scientist") else 403
        assert browse(role).get(link).status_code == wanted, role


def test_a_runs_matched_records_open(browse: Browse, reader: Reader) -> None:
    """All of record_scores, heaviest first; those in the network and the others make up the whole."""
    scores = reader.run.read("record_scores")
    every = [record for record, _ in hit_records(reader, "", None)]
    assert sorted(every) == sorted(scores["record_id"])
    found = dict(scores.select("record_id", "score").iter_rows())
    assert [found[record] for record in every] == sorted(found.values(), reverse=True)
    parts = [hit_records(reader, "", inside) for inside in (True, False)]
    assert all(parts)
    assert sorted(record for part in parts for record, _ in part) == sorted(every)
    client = browse("analyst")
    link = unescape(
        re.findall(r'href="(/lexicon-records[^"]*)">[\d,]+</a>', client.get(f"/runs/{reader.name}").text)[0]
    )
    page = client.get(link).text
    assert f"{len(every):,} records that words of the lexicon hit" in page
    assert f"Showing 20 of {len(every):,}." in page
    assert f"{len(parts[0]):,} records" in client.get(link + "&inside=true").text


def test_records_of_other_areas_are_counted_and_not_shown(browse: Browse, house: House, reader: Reader) -> None:
    analyst = accounts.find_account(house.state, "analyst")
    assert analyst
    every = hit_records(reader, "COUNTY LINE", True)
    area = next(area for _, area in every if area)
    accounts.change_account(house.state, analyst.account_id, now=NOW, by="test", areas=[area])
    page = browse("analyst").get("/lexicon-records?group=COUNTY LINE").text
    own_area = [record for record, each in every if each == area]
    assert f"{len(own_area)} record" in page
    assert f"{len(every) - len(own_area)} more are outside your areas" in page
    assert set(re.findall(r'href="/records/([^"?]+)', page)) <= set(own_area)


def test_names_are_covered_in_the_rows_that_data_scientists_read(browse: Browse, reader: Reader) -> None:
    words = {
        role: browse(role).get("/lexicon-records?group=COUNTY LINE&inside=true").text
        for role in ("analyst", "data_scientist")
    }
    assert words["analyst"] != words["data_scientist"]
    assert COVER not in words["analyst"]
    assert COVER in words["data_scientist"]


def test_a_pattern_of_ones_own_uncovers_no_names(browse: Browse, reader: Reader) -> None:
    """Whoever lets every word hit reads no more names by that; who sees names reads them, marked as hits."""
    rows = reader.run.read("sources/nominals")["name"].to_list()
    surnames = {name.split()[1].casefold() for name in rows}
    read = {}
    for role in ("analyst", "data_scientist"):
        client = browse(role)
        page = client.post("/lexicon", data=sent(client, patterns="[A-Z]+", do="rows")).text
        found = re.findall(r'<mark class="hit"[^>]*>([^<]+)', page)
        assert found
        read[role] = {word.casefold() for word in found} & surnames
    assert read["analyst"]
    assert not read["data_scientist"]


def test_discarding_goes_back_to_the_run(browse: Browse) -> None:
    client = browse("analyst")
    answer = client.post("/lexicon", data=sent(client, do="discard"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/lexicon/DRUGS%20LINE")
