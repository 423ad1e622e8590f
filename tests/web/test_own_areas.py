"""Own areas: what lies in others is counted, opened nowhere, and not told by its id."""

from __future__ import annotations

import re
from urllib.parse import unquote

import polars as pl

from countylines.govern import accounts
from countylines.web.house import House
from countylines.web.person_evidence import own_records
from countylines.web.reader import Reader
from tests.web.conftest import NOW, PASSWORD, Browse


def test_records_of_other_areas_are_counted_and_never_linked(browse: Browse, house: House, reader: Reader) -> None:
    """On the way to a group or line, too: a link leads to a record that opens, and no id of another one is told."""
    rows = reader.table("safeguarding_links").filter(pl.col("record_ids").list.len() > 1).sort("nominal_id", "id")
    areas = {row["record_id"]: row["area"] for row in reader.index.query("SELECT record_id, area FROM records")}
    own = {
        row["nominal_id"]: {each["area"] for each in own_records(reader, row["nominal_id"])} for row in rows.to_dicts()
    }
    nominal, area, away = next(
        (row["nominal_id"], area, away)
        for row in rows.to_dicts()
        for area in sorted(own[row["nominal_id"]] - {None})
        if (away := [each for each in row["record_ids"] if areas[each] != area]) and len(away) < len(row["record_ids"])
    )
    accounts.create_account(house.state, "one", "One", PASSWORD, roles=["analyst"], now=NOW, areas=[area])
    client = browse("one")
    page = client.get(f"/people/{nominal}").text
    linked = set(re.findall(r'href="/records/([^"?]+)"', page))
    assert linked
    assert {areas[unquote(each)] for each in linked} == {area}
    assert "outside your areas" in page
    assert not [each for each in away if each.partition(":")[2] in page]
    assert all(each.partition(":")[2] in browse("analyst").get(f"/people/{nominal}").text for each in away)


def test_the_path_between_two_people_names_records_of_own_areas_only(
    browse: Browse, house: House, reader: Reader
) -> None:
    """In the explorer and without a script: the others are counted."""
    areas = {row["record_id"]: row["area"] for row in reader.index.query("SELECT record_id, area FROM records")}
    ties = reader.table("edges").select("nominal_a", "nominal_b", "record_ids").iter_rows()
    a, b, area, away = next(
        (a, b, area, away)
        for a, b, records in ties
        for area in sorted({areas[each] for each in records} - {None})
        if (away := [each for each in records if areas[each] != area])
    )
    accounts.create_account(house.state, "one", "One", PASSWORD, roles=["analyst"], now=NOW, areas=[area])
    client = browse("one")
    step = client.get("/network/path.json", params={"a": a, "b": b}).json()["steps"][0]
    assert step["records"]
    assert {areas[each["id"]] for each in step["records"]} == {area}
    assert (step["away"], step["n"]) == (len(away), len(away) + len(step["records"]))
    page = client.get("/network", params={"a": a, "b": b}).text
    assert f"{len(away)} record" in page
    assert "outside your areas" in page
    assert not [each for each in away if each in page]
    whole = browse("analyst").get("/network/path.json", params={"a": a, "b": b}).json()["steps"][0]
    assert whole["away"] == 0
    assert {each["id"] for each in whole["records"]} >= set(away)
