"""The list of people across the run: ranks of those who may be ranked, and apart, in no order, everybody to protect."""

from __future__ import annotations

import re
from urllib.parse import unquote

import polars as pl
import pytest

from countylines.govern import accounts, audit
from countylines.web.house import House
from countylines.web.people_rows import SORTS, Wanted, everybody
from countylines.web.ranks import places, priorities
from countylines.web.reader import Reader
from tests.web.conftest import NOW, PASSWORD, Browse
from tests.web.test_downloads import rows_of, taken

GUARDS = ("is_child", "protected", "held")  # why somebody has no figure
SEES = ("analyst", "senior_officer", "data_scientist")


def ids_in(page: str) -> list[str]:
    """Everybody in the table, in its order."""
    return re.findall(r'<tr data-person="([^"]+)"', page)


def whole(browse: Browse, path: str = "/people") -> tuple[str, list[str]]:
    """All pages of the list, and the ids on them."""
    client, page, text = browse("analyst"), 1, ""
    while True:
        text += client.get(path + ("&" if "?" in path else "?") + f"page={page}").text
        if f"Page {page} of " not in text or f"Page {page} of {page}<" in text.replace(" <", "<"):
            return text, ids_in(text)
        page += 1


def guarded_in(reader: Reader) -> list[str]:
    """Whoever is never ranked, by mark, then id."""
    cards = reader.cards(reader.table("nominals")["nominal_id"])
    order = ("both", "child", "exploited", "unknown", "held")
    guarded = [card for card in cards.values() if card.guarded]
    return [card.nominal_id for card in sorted(guarded, key=lambda card: (order.index(card.mark), card.nominal_id))]


@pytest.mark.parametrize("role", SEES)
def test_whoever_may_sees_everybody_by_rank(browse: Browse, reader: Reader, role: str) -> None:
    page = browse(role).get("/people")
    assert page.status_code == 200
    ranked = priorities(reader).sort("rank", "id")
    assert ids_in(page.text)[: min(50, ranked.height)] == ranked["id"].to_list()[:50]
    assert "Person precision" in page.text


@pytest.mark.parametrize("role", ["safeguarding", "ethics_committee", "auditor", "reviewer", "administrator"])
def test_the_others_do_not(browse: Browse, role: str) -> None:
    assert browse(role).get("/people").status_code == 403


@pytest.mark.parametrize("sort", ["", *SORTS, *(f"-{key}" for key in SORTS)])
def test_nobody_to_protect_is_ordered_by_any_figure(browse: Browse, reader: Reader, sort: str) -> None:
    """Whatever the sort, they stand last, by mark and id, and everybody stands once."""
    _, ids = whole(browse, f"/people?sort={sort}")
    guarded = guarded_in(reader)
    assert guarded
    assert ids[-len(guarded) :] == guarded
    assert sorted(ids) == sorted(reader.table("nominals")["nominal_id"].to_list())


def test_nobody_to_protect_has_a_figure(browse: Browse, reader: Reader) -> None:
    """Each figure's column says Not ranked; no harm, rank, centrality or share stands in their row."""
    text, _ = whole(browse)
    assert "Children and people who may be exploited" in text
    for one in guarded_in(reader):
        row = re.findall(rf'<tr data-person="{re.escape(one)}".*?</tr>', text, re.DOTALL)[0]
        assert row.count("Not ranked") == 7
        assert not re.search(r"<svg class=\"cl-(bar|int)\"", row)
        assert not re.search(r"\d%|\d\.\d", re.sub(r"<[^>]*>", " ", row))


def test_the_table_has_no_figure_of_anybody_to_protect(reader: Reader) -> None:
    """Not even before it is written: nothing could sort by it."""
    figures = pl.all().exclude("nominal_id", "group_id", "last_evidence", "entered_by", *GUARDS, "rankable", "mark")
    rows = everybody(reader).filter(~pl.col("rankable")).select(figures)
    assert rows.height
    assert rows.null_count().sum_horizontal()[0] == rows.height * rows.width


def test_whoever_is_held_since_goes_to_the_others(browse: Browse, reader: Reader) -> None:
    """A ruling takes effect at once: no rank, no place, and the ranks behind move up."""
    first = priorities(reader).sort("rank")["id"][0]
    reader.separate = lambda: frozenset([first])
    rows = everybody(reader)
    own = rows.filter(pl.col("nominal_id") == first).to_dicts()[0]
    assert (own["rankable"], own["rank"], own["cchi"], own["ties"]) == (False, None, None, None)
    assert rows.filter("rankable")["rank"].min() == 1
    assert ids_in(browse("analyst").get("/people").text)[0] != first


def test_figures_are_those_of_the_run(reader: Reader) -> None:
    """Rank with range, harm by both indices and never their sum, and the places in the whole network."""
    rows = {row["nominal_id"]: row for row in everybody(reader).filter("rankable").to_dicts()}
    for row in priorities(reader).to_dicts():
        assert [rows[row["id"]][key] for key in ("rank", "rank_low", "rank_high")] == [
            row[key] for key in ("rank", "rank_low", "rank_high")
        ]
    inside = places(reader).filter(pl.col("scope") == "network")
    for measure, name in (("strength", "ties"), ("betweenness", "between")):
        for row in inside.filter(pl.col("measure") == measure).to_dicts():
            assert rows[row["nominal_id"]][name] == row["value"]
            assert rows[row["nominal_id"]][f"{name}_rank"] == row["rank"]


def test_harm_is_ordered_with_the_unknown_last(reader: Reader) -> None:
    """Unknown isn't 0: it stands behind both ways."""
    rows = everybody(reader).with_columns(
        cchi=pl.when(pl.col("nominal_id") == pl.col("nominal_id").min()).then(None).otherwise("cchi")
    )
    for sort in ("cchi", "-cchi"):
        found = Wanted.read(sort=sort).ordered(rows).filter("rankable")
        known = found["cchi"].drop_nulls().to_list()
        assert found["cchi"].to_list()[: len(known)] == known
        assert known == sorted(known, reverse=sort == "-cchi")


def test_filters(browse: Browse, reader: Reader) -> None:
    """May be ranked, to protect or held; in a group, in none, in one of them."""
    people = reader.table("nominals")
    guarded = set(guarded_in(reader))
    everyone = set(people["nominal_id"].to_list())
    none = set(people.filter(pl.col("group_id").is_null())["nominal_id"].to_list())
    group = people["group_id"].drop_nulls().sort()[0]
    of_group = set(people.filter(pl.col("group_id") == group)["nominal_id"].to_list())
    for asked, wanted in {
        "who=rankable": everyone - guarded, "who=guarded": guarded, "group=none": none, "group=any": everyone - none,
        f"group={group}": of_group, "who=rankable&group=none": none - guarded, "who=nonsense": everyone,
    }.items():  # fmt: skip
        assert set(whole(browse, f"/people?{asked}")[1]) == wanted, asked
    empty = browse("analyst").get("/people?group=G9999").text
    assert "Nobody fits" in empty


def test_own_areas(browse: Browse, house: House, reader: Reader) -> None:
    """Whoever has own areas sees the people with a record there, by their places; the others are counted."""
    area = reader.index.query("SELECT area FROM records WHERE area <> '' ORDER BY 1")[0]["area"]
    accounts.create_account(house.state, "one", "One", PASSWORD, roles=["analyst"], now=NOW, areas=[area])
    near = reader.seen_from((area,)).people_within(reader.table("nominals")["nominal_id"])
    page = browse("one").get("/people").text
    away = reader.table("nominals").height - len(near)
    assert away
    assert set(ids_in(page)) <= near
    assert f"{away} other" in page
    assert len(rows_of(taken(browse("one"), "/download/people"))) == len(near)


def test_names_are_covered_where_they_are(browse: Browse, house: House, reader: Reader) -> None:
    """For data scientists always; for senior officers until they ask."""
    first = priorities(reader).sort("rank")["id"][0]
    name = reader.cards([first])[first].name
    assert name in browse("analyst").get("/people").text
    assert name not in browse("data_scientist").get("/people").text
    assert name not in browse("senior_officer", names=False).get("/people").text
    assert name in browse("senior_officer").get("/people").text


def test_whom_the_page_names_is_in_the_log(browse: Browse, house: House) -> None:
    ids = ids_in(browse("analyst").get("/people").text)
    row = audit.search(house.state, audit.Wanted(kind="people"), size=1).rows[0].event
    assert sorted(row.detail["people"]) == sorted(ids)


def test_the_download_has_everybody_and_no_figure_to_protect(browse: Browse, reader: Reader) -> None:
    rows = rows_of(taken(browse("analyst"), "/download/people"))
    assert len(rows) == reader.table("nominals").height
    guarded = set(guarded_in(reader))
    apart = [row for row in rows if row["Person"] in guarded]
    assert apart == rows[-len(guarded) :]
    for row in apart:
        assert {value for name, value in row.items() if name in ("Rank", "Strength of ties", "In between")} == {
            "Not ranked"
        }
        assert {value for name, value in row.items() if name.startswith("Harm")} == {"Not ranked"}
    ranked = [row["Person"] for row in rows if row["Rank"] not in ("Not ranked", "No recent evidence")]
    assert ranked == priorities(reader).sort("rank", "id")["id"].to_list()


def test_the_page_is_reached(browse: Browse, reader: Reader) -> None:
    """From Groups and from My work."""
    assert 'href="/people"' in browse("analyst").get("/groups").text
    assert 'href="/people"' in browse("analyst").get("/").text
    assert 'href="/people"' not in browse("ethics_committee").get("/").text


def test_more_records_open_too(browse: Browse, reader: Reader) -> None:
    """Behind "and n more" stand all the others, each as a link."""
    rows = reader.table("safeguarding_links").filter(pl.col("record_ids").list.len() > 4).sort("nominal_id")
    nominal, records = rows.select("nominal_id", "record_ids").row(0)
    page = browse("analyst").get(f"/people/{nominal}").text
    assert re.search(r"<summary>and \d+ more</summary>", page)
    linked = {unquote(each) for each in re.findall(r'href="/records/([^"?]+)"', page)}
    assert set(records) <= linked
