"""My work beside the changes: first groups, freshness, the queue in counts, what was searched for and is assigned."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from urllib.parse import unquote_plus

import polars as pl
from markupsafe import escape

from countylines.govern import accounts, tasking
from countylines.web.evidence import SYSTEMS
from countylines.web.house import House
from countylines.web.run_facts import freshness, months_of_groups, rows_in
from tests.web.conftest import NOW, RUN, Browse, Clock


def test_top_groups_stand_with_their_range_and_months(browse: Browse, house: House) -> None:
    reader = house.shelf.reader(RUN)
    ranked = reader.table("priority").filter(pl.col("kind") == "group").sort("rank")
    page = browse("analyst").get("/").text
    section = page.partition("Highest-priority groups")[2]
    order = [re.findall(r"/groups/(G\d+)\"", row) for row in re.findall(r"<tr>.*?</tr>", section, flags=re.DOTALL)]
    assert [ids[0] for ids in order if ids][:5] == ranked["id"].to_list()[:5]
    low, high = ranked.select("rank_low", "rank_high").row(0)
    assert f"{low} to {high}" in section


def test_months_count_the_records_in_which_the_groups_people_connect(house: House) -> None:
    reader = house.shelf.reader(RUN)
    months = months_of_groups(reader)
    group = max(months, key=lambda one: sum(months[one]))
    own = set(reader.table("nominals").filter(pl.col("group_id") == group)["nominal_id"])
    since = reader.as_of.replace(year=reader.as_of.year - 1)
    connecting = (
        "suspect",
        "arrested",
        "charged",
        "convicted",
        "prisoner",
        "victim",
        "missing",
        "subject",
        "associate",
    )
    found = {
        row["record_id"]
        for row in reader.index.query(
            "SELECT i.record_id, i.nominal_id, i.role, coalesce(r.recorded, r.occurred) AS day FROM involvements i"
            " JOIN records r ON r.record_id = i.record_id WHERE r.score >= 0.4999999"
        )
        if row["nominal_id"] in own and row["role"] in connecting and row["day"][:10] > since.isoformat()
    }
    assert sum(months[group]) == len(found)
    assert len(months[group]) == 12


def test_a_source_is_late_when_its_latest_record_is_old(browse: Browse, house: House) -> None:
    reader = house.shelf.reader(RUN)
    every = freshness(reader, 10_000)
    assert not any(one.late for one in every)
    assert sum(one.rows for one in every) == reader.run.manifest["rows_in"]["records"]["kept"]
    assert sum(one.aside for one in every) == reader.run.manifest["rows_in"]["records"]["set_aside"]
    behind = max((reader.as_of - one.latest.date()).days for one in every if one.latest)
    late = {one.system for one in freshness(reader, behind - 1) if one.late}
    assert late == {one.system for one in every if one.latest and (reader.as_of - one.latest.date()).days == behind}
    rows = rows_in(reader)
    assert rows.rows_in == rows.kept + rows.aside + rows.rejected
    assert "2 days" in browse("analyst").get("/").text


def test_stale_data_is_said(browse: Browse, clock: Clock, house: House) -> None:
    assert "What happened since isn't on any page" in browse("analyst").get("/").text
    as_of = house.shelf.reader(RUN).as_of
    clock.now = dt.datetime(as_of.year, as_of.month, as_of.day, 9, tzinfo=dt.UTC) + dt.timedelta(days=8)
    assert "What happened since" not in browse("analyst").get("/").text


def test_the_queue_is_counted_for_those_who_may(browse: Browse) -> None:
    page = browse("analyst").get("/").text
    waiting = re.findall(r'<span class="cl-big">(\d+)</span>', page)
    assert len(waiting) == 1
    assert int(waiting[0]) > 0
    assert "Names open for the safeguarding team" in page
    assert "Names open for the safeguarding team" not in browse("safeguarding").get("/").text


def test_what_became_of_the_extracts_rulings_opens_them(browse: Browse, house: House) -> None:
    """Those who may not open rulings read the sentence only."""
    said = [escape(note) for note in house.shelf.reader(RUN).run.manifest["notes"] if " ruling" in note]
    assert said
    page = browse("analyst").get("/").text
    assert all(f'<a class="govuk-link" href="/rulings#applied">{one}</a>' in page for one in said)
    page = browse("auditor").get("/").text
    assert all(one in page for one in said)
    assert 'href="/rulings' not in page


def test_my_own_searches_of_this_session_stand_below_the_box(browse: Browse) -> None:
    client, other = browse("analyst"), browse("senior_officer")
    for q in ("07700 900", "Tannery <Row>", "07700 900"):
        assert client.get("/search", params={"q": q}).status_code == 200
    other.get("/search", params={"q": "somebody else"})
    found = re.findall(r'href="/search\?q=[^"]+">([^<]+)</a>', client.get("/").text)
    assert found == ["07700 900", "Tannery &lt;Row&gt;"]
    assert "Recent:" not in browse("safeguarding").get("/").text


def test_what_i_lead_stands_under_my_name(browse: Browse, house: House) -> None:
    who = accounts.find_account(house.state, "senior_officer")
    assert who is not None
    with house.state.begin() as connection:
        tasking.decide(
            connection, "G0001", 0, "adopted", who, NOW, why="Look closer", run_id=RUN, lead="senior_officer person",
            review_on=dt.date(2026, 12, 1),
        )  # fmt: skip
        tasking.decide(
            connection, "G0002", 0, "adopted", who, NOW, why="Look closer", run_id=RUN, lead="somebody else",
            review_on=dt.date(2026, 12, 1),
        )  # fmt: skip
    mine = browse("senior_officer").get("/").text.partition("Assigned to me")[2]
    assert "Tasking, G0001" in mine
    assert "due 1 Dec 2026" in mine
    assert "G0002" not in mine
    assert "Nothing is assigned to you" in browse("auditor").get("/").text


def test_the_rows_of_a_source_that_are_not_used_open(browse: Browse, house: House) -> None:
    """Each count beside a source leads to as many rows, as the table of unused rows has them."""
    client, reader = browse("analyst"), house.shelf.reader(RUN)
    links = re.findall(
        r'/rejects\?table=records&amp;kind=([a-z+%0-9]+)&amp;source=(\w+)">([\d,]+)</a>', client.get("/").text
    )
    rows = reader.run.read("rejects").filter(pl.col("table") == "records").to_dicts()
    counts = Counter((row["kind"], json.loads(row["row"])["source"]) for row in rows)
    assert {(unquote_plus(kind), source): int(count.replace(",", "")) for kind, source, count in links} == counts
    (kind, source), count = counts.most_common(1)[0]
    page = client.get(f"/runs/{reader.name}/rejects", params={"table": "records", "kind": kind, "source": source}).text
    assert f"{count:,} row" in page and f"of {SYSTEMS[source]}" in page
    assert "/rejects?" not in browse("ethics_committee").get("/").text
