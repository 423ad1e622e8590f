"""Changes, rulings, people in no group and rows not used, taken out: asked, logged, and with how each is treated."""

from __future__ import annotations

from html import unescape

import polars as pl

from countylines.govern import rulings
from countylines.govern.account_rows import Account
from countylines.govern.rulings import Proposal
from countylines.web.house import House
from countylines.web.people_rows import everybody
from countylines.web.reader import Reader
from countylines.web.rejects_view import COVERED
from tests.web.conftest import NOW, RUN, Browse
from tests.web.test_downloads import logged, rows_of, taken

BY = Account("a-pell", "safeguarding", "J. Pell", frozenset({"safeguarding"}))


def test_people_in_no_group(browse: Browse, house: House, reader: Reader) -> None:
    ids = reader.table("nominals").filter(pl.col("group_id").is_null())["nominal_id"].sort().to_list()
    assert "/download/groups/unlinked" in browse("analyst").get("/groups/unlinked").text
    rows = rows_of(taken(browse("analyst"), "/download/groups/unlinked"))
    assert [row["Person"] for row in rows] == ids
    assert all(row["Status"] for row in rows)
    assert logged(house).detail["people"] == ids
    covered = rows_of(taken(browse("data_scientist"), "/download/groups/unlinked"))
    assert "Name" not in covered[0]


def test_rows_not_used_are_those_of_the_page(browse: Browse, house: House, reader: Reader) -> None:
    """All of them, what is closed stays closed, and texts stay covered for whoever sees no names."""
    path = f"/runs/{RUN}/rejects"
    assert f"/download{path}" in browse("analyst").get(path).text
    assert "Person precision" in browse("analyst").get(path).text
    rows = rows_of(taken(browse("analyst"), f"/download{path}"))
    assert len(rows) == reader.run.read("rejects").height
    restricted = [row for row in rows if "restricted" in row["Why"]]
    assert restricted
    assert all(row["Content"].startswith("Restricted:") and not row["Person"] for row in restricted)
    named = {row["Person"] for row in rows if row["Person"]}
    assert set(logged(house).detail.get("people", ())) == named
    texts = [row["Content"] for row in rows if "text: " in row["Content"]]
    assert texts
    covered = rows_of(taken(browse("data_scientist"), f"/download{path}"))
    assert all(COVERED in row["Content"] for row in covered if "text: " in row["Content"])
    assert not any(text.partition("text: ")[2] in row["Content"] for text in texts[:20] for row in covered)


def test_rows_not_used_keep_their_filters(browse: Browse, reader: Reader) -> None:
    first = reader.run.read("rejects").to_dicts()[0]
    asked = f"?table={first['table']}&kind={first['kind']}"
    rows = rows_of(taken(browse("analyst"), f"/download/runs/{RUN}/rejects{asked}"))
    assert rows
    assert {(row["Table"], row["Kind"]) for row in rows} == {(first["table"], first["kind"])}


def test_rulings(browse: Browse, house: House, reader: Reader) -> None:
    """With the person's status; whoever sees no names reads none in the reasons either."""
    child = everybody(reader).filter(~pl.col("rankable"))["nominal_id"][0]
    card = reader.cards([child])[child]
    with house.state.begin() as connection:
        proposal = Proposal("wrong person", f"Not {card.name}: =1+1", NOW.date().replace(year=2027), child)
        rulings.propose(connection, proposal, BY, NOW)
    assert "/download/rulings" in browse("analyst").get("/rulings").text
    (row,) = rows_of(taken(browse("analyst"), "/download/rulings?state=proposed"))
    assert (row["Person"], row["Name"], row["Status"]) == (child, card.name, card.words)
    assert (row["Why"], row["State"], row["Said by"]) == (
        f"Not {card.name}: =1+1", "Waiting for a second person", "safeguarding person"
    )  # fmt: skip
    assert logged(house).detail["people"] == [child]
    assert "Person precision" in row["Read with care"]
    (covered,) = rows_of(taken(browse("data_scientist"), "/download/rulings"))
    assert "Name" not in covered
    assert card.name not in str(covered)
    assert not rows_of(taken(browse("analyst"), "/download/rulings?state=refused"))


def test_without_a_run_before_there_are_no_changes_to_take(browse: Browse) -> None:
    """The file says so itself."""
    page = unescape(browse("analyst").get("/download/changes").text)
    assert "There is no earlier run to compare this one with." in page
    assert not rows_of(taken(browse("analyst"), "/download/changes"))
