"""Every figure of harm opens to crimes whose weights add up to it, and says of the others why they don't count."""

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape

import polars as pl
import pytest

from countylines.govern import accounts, audit
from countylines.report.show.words import days, harm_summary, number
from countylines.web.crimes import crimes
from countylines.web.group_rows import group_rows
from countylines.web.harm_rows import WHICH, Asked, asked, behind, total
from countylines.web.house import House
from countylines.web.reader import Reader
from tests.web.conftest import NOW, PASSWORD, Browse
from tests.web.group_pages import section

FIGURES = {"": "all three", **{name: name for name in ("convicted", "charged", "suspected", "reported")}}
INDEXES = {"CCHI days": "cchi", "ONS weights": "ons_css"}


def owners(reader: Reader, of: str) -> Iterator[tuple[str, list[str]]]:
    """Each group with its people, or each rankable person."""
    column = "group_id" if of == "group" else "nominal_id"
    rows = reader.table("nominals").drop_nulls("group_id") if of == "group" else reader.table("nominals")
    kept = rows if of == "group" else rows.filter("rankable")
    yield from ((name[0], some["nominal_id"].to_list()) for name, some in kept.group_by(column))


@pytest.mark.parametrize("of", ["group", "nominal"])
def test_the_crimes_of_every_figure_add_up_to_it(reader: Reader, of: str) -> None:
    """Of all groups and rankable people, by both indices, in both windows, of each standing; and none is left out."""
    seen = 0
    for name, people in owners(reader, of):
        for line in harm_summary(reader.rows(f"{of}_harm", "id", name)):
            for which, figure in FIGURES.items():
                found = behind(
                    reader, people, Asked(INDEXES[line["index"]], line["window"], which), group=of == "group"
                )
                assert total(found.counted) == pytest.approx(line[figure], abs=1e-6)
                seen += line[figure] is not None
            unweighed = Asked(INDEXES[line["index"]], line["window"], "unweighed")
            every = behind(reader, people, Asked(unweighed.index, line["window"], ""), group=of == "group")
            assert len(every.counted) == line["crimes"]
            assert len(behind(reader, people, unweighed, group=of == "group").counted) == line["no weight"]
            apart = [crime for some in every.apart.values() for crime in some]
            assert len({crime.record_id for crime in (*every.counted, *apart)}) == len(every.counted) + len(apart)
    assert seen > 100


def test_the_crimes_of_every_quarter_add_up_to_it(reader: Reader) -> None:
    """By each detection, as the table of quarters has them."""
    people = dict(owners(reader, "group"))
    for row in reader.table("group_harm_quarters").drop_nulls("quarter").to_dicts():
        figure = Asked(row["index"], row["quarter"].isoformat(), row["detection"])
        found = behind(reader, people[row["id"]], figure, group=True).counted
        assert (len(found), total(found)) == (row["crimes"], pytest.approx(row["harm"], abs=1e-6))


def test_what_does_not_count_says_why(reader: Reader) -> None:
    """Each crime with somebody of a group in it is there once: in the figure, or under the reason of its own."""
    child = crimes(reader).filter("as_a_child")["nominal_id"].to_list()
    free = reader.table("nominals").filter(pl.col("rankable"), pl.col("nominal_id").is_in(child))["nominal_id"][0]
    found = behind(reader, [free], Asked("cchi", "all", ""), group=False)
    younger = crimes(reader).filter(pl.col("nominal_id") == free, "as_a_child", pl.col("standing") != "cancelled")
    assert {crime.record_id for crime in found.apart["Under 18 on the day: no harm of theirs"]} == set(
        younger["record_id"]
    )
    reasons: set[str] = set()
    for _, people in owners(reader, "group"):
        recent = behind(reader, people, Asked("cchi", "12m", "charged"), group=True)
        reasons |= set(recent.apart)
        first, last = Asked("cchi", "12m", "").since(reader.as_of)
        assert all(crime.date and first <= crime.date <= last for crime in recent.counted)
        for crime in recent.apart.get("Outside these months", ()):
            assert crime.date is None or not first <= crime.date <= last
        own = {"victim", "missing", "subject", "associate", "prisoner"}
        for crime in recent.apart.get("Not an offender in it: a victim, or named otherwise", ()):
            assert {role for roles in crime.roles.values() for role in roles} <= own
    assert {"Stands as suspected", "No further action: counted apart", "Outside these months"} <= reasons


def test_what_is_not_there_is_the_whole(reader: Reader) -> None:
    """An address with an index, window or standing that isn't there opens all three of all time."""
    own = reader.settings["harm"]["harm_index"]
    assert asked(reader, "x", "2026-02-30", "both") == asked(reader, "", "2026-05-01", "") == Asked(own, "all", "")
    assert asked(reader, "ons_css", "2026-04-01", "reported") == Asked("ons_css", "2026-04-01", "reported")
    assert Asked("cchi", "12m", "").since(dt.date(2024, 2, 29)) == (dt.date(2023, 3, 1), dt.date(2024, 2, 29))


# Pages


def opened(page: str) -> tuple[list[float], str]:
    """The weights of the rows of a page, and the sum under them."""
    table = page.partition('aria-labelledby="counts"')[2].partition("</section>")[0]
    body, _, foot = table.partition("<tfoot>")
    cells = re.findall(r'<td class="num cl-nw">(.*?)</td></tr>', body)
    known = [cell.partition("<")[0] for cell in cells if "no weight" not in cell]
    return [float(cell.replace(",", "")) for cell in known], re.findall(r"<b>([^<]*)</b>", foot)[-1]


def test_every_figure_on_a_groups_page_opens_its_sum(browse: Browse, reader: Reader) -> None:
    """The link of each opens as many days as it says, and the rows there add up to them."""
    client, followed = browse("analyst"), 0
    for group in reader.table("groups")["group_id"][:4]:
        table = section(client.get(f"/groups/{group}").text, "harm")
        for address, shown in re.findall(r'<a class="cl-num" href="([^"]+/harm[^"]*)">([^<]+)</a>', table):
            page = client.get(unescape(address)).text
            if "which=unweighed" in address:
                assert f"Harm, no weight: {shown} crime" in page
                continue
            weights, under = opened(page)
            assert sum(weights) == pytest.approx(float(under.replace(",", "")), abs=0.051 * max(1, len(weights)))
            told = re.findall(r'id="counts">[^<]*: ([\d,]+) crimes?, ([\d,]+) ', page)[0]
            assert shown in told
            assert f"All together: {told[0]} crime" in page
            followed += 1
    assert followed > 40


def test_every_figure_on_a_persons_page_opens_its_sum(browse: Browse, reader: Reader) -> None:
    """As a group's; and the list of members opens the same."""
    harm = reader.table("nominal_harm").filter(pl.col("harm") > 0, pl.col("window") == "12m").sort("harm", "id")
    client = browse("analyst")
    for who in {harm["id"][0], harm["id"][-1]}:
        page = client.get(f"/people/{who}").text
        links = re.findall(rf'<a class="cl-num" href="(/people/{who}/harm[^"]*)">([^<]+)</a>', page)
        assert len(links) > 4
        for address, shown in links:
            text = client.get(unescape(address)).text
            assert shown in re.findall(r'id="counts">[^<]*: ([\d,]+) crimes?, ([\d,]+) ', text)[0]
        home = reader.rows("nominals", "nominal_id", who)[0]["group_id"]
        if home:
            assert f'href="/people/{who}/harm?index=cchi&amp;window=12m"' in client.get(f"/groups/{home}/members").text


def test_quarters_open_their_crimes(browse: Browse, reader: Reader) -> None:
    """Each harm of a quarter, and its number of crimes."""
    row = reader.table("group_harm_quarters").filter(pl.col("index") == "cchi").drop_nulls("harm").sort("quarter")[-1]
    about = row.to_dicts()[0]
    client = browse("analyst")
    page = section(client.get(f"/groups/{about['id']}").text, "over-time")
    figure = f"index=cchi&amp;window={about['quarter']}&amp;which={about['detection']}"
    assert f'href="/groups/{about["id"]}/harm?{figure}">{days(about["harm"])}</a>' in page
    text = client.get(unescape(f"/groups/{about['id']}/harm?{figure}")).text
    assert f"{number(about['harm'])} days" in section(text, "counts")


def test_nobody_protected_or_held_stands_beside_a_weight(browse: Browse, reader: Reader) -> None:
    """A group's harm through them is its own: they are counted there and not named, and have no such page."""
    client = browse("analyst")
    guarded = reader.table("nominals").filter(~pl.col("rankable"))["nominal_id"].to_list()
    for group in reader.table("groups")["group_id"]:
        for window in ("all", "12m"):
            text = client.get(f"/groups/{group}/harm", params={"window": window}).text
            named = set(re.findall(r'href="/people/([^"?]+)"', text))
            assert named.isdisjoint(guarded)
    sent = client.get(f"/people/{guarded[0]}/harm")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/people/{guarded[0]}")


def test_long_lists_come_in_pages_with_their_own_sum(
    browse: Browse, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All crimes once over the pages, and the sum of all on each."""
    monkeypatch.setattr("countylines.web.harm_page.A_PAGE", 4)
    harm = reader.table("group_harm").filter(pl.col("index") == "cchi", pl.col("window") == "all")
    group = harm.group_by("id").agg(pl.col("crimes").sum()).sort("crimes", "id")["id"][-1]
    client, found, page, under = browse("analyst"), [], 1, set()
    while True:
        text = client.get(f"/groups/{group}/harm", params={"index": "cchi", "page": page}).text
        counts = section(text, "counts")
        found += re.findall(r'href="/records/([^"?]+)"', counts)
        under.add(opened(text)[1])
        assert "On this page: " in counts
        if f"page={page + 1}" not in text:
            break
        page += 1
    people = dict(owners(reader, "group"))[group]
    every = behind(reader, people, Asked("cchi", "all", ""), group=True).counted
    assert found == [crime.record_id for crime in every]
    assert under == {number(total(every), 1)}


def test_crimes_of_other_areas_are_in_the_sum_and_not_shown(house: House, browse: Browse, reader: Reader) -> None:
    """An account with areas reads those that lie there, and how many more make up the figure."""
    area = dict(reader.run.read("sources/records").select("record_id", "area").iter_rows())
    people = dict(owners(reader, "group"))
    row = max(group_rows(reader), key=lambda row: (len(row.areas), row.group_id))
    every = behind(reader, people[row.group_id], Asked("cchi", "all", ""), group=True).counted
    own = min(set(row.areas) & {area[crime.record_id] for crime in every})
    accounts.create_account(house.state, "near", "Near", PASSWORD, roles=["analyst"], areas=[own], now=NOW, by="t")
    text = browse("near").get(f"/groups/{row.group_id}/harm", params={"index": "cchi"}).text
    shown = set(re.findall(r'href="/records/([^"?]+)"', text))
    away = [crime for crime in every if area[crime.record_id] != own]
    assert {area[record] for record in shown} == {own}
    assert away
    assert f"Outside your areas, which can't be opened: {len(away)} crime" in unescape(text)
    assert f"<b>{number(total(every), 1)}</b>" in text


def test_a_crimes_page_has_its_weights_and_its_offence(browse: Browse, reader: Reader) -> None:
    """By both indices with their editions; a record of another kind has none."""
    client = browse("analyst")
    known = reader.table("offence_weights").filter(pl.col("offence_code") == "092/31").sort("index").to_dicts()
    shown = crimes(reader).filter(
        pl.col("offence_code") == "092/31", pl.col("cjs_code").is_null(), pl.col("urn").is_null()
    )
    page = section(client.get(f"/records/{shown['record_id'][0]}").text, "weighs")
    assert "092/31 Supply of heroin" in page
    assert [row["index"] for row in known] == ["cchi", "ons_css"]
    assert all(row["edition"] in page and f'<td class="num">{number(row["weight"], 1)}' in page for row in known)
    other = reader.index.query("SELECT record_id FROM records WHERE source = 'missing' LIMIT 1")[0]["record_id"]
    assert 'aria-labelledby="weighs"' not in client.get(f"/records/{other}").text


def test_what_was_opened_is_logged(house: House, browse: Browse, reader: Reader) -> None:
    """Who looked at whose harm, by which index, window and standing."""
    group = reader.table("groups")["group_id"][0]
    browse("analyst").get(f"/groups/{group}/harm", params={"window": "12m", "which": "charged", "index": "ons_css"})
    seen = audit.search(house.state, audit.Wanted(who="analyst", kind="group", what=group)).rows[0].event.detail
    assert (seen["page"], seen["window"], seen["which"], seen["index"]) == ("harm", "12m", "charged", "ons_css")
    assert browse("ethics_committee").get(f"/groups/{group}/harm").status_code == 403
    assert "/harm" not in browse("ethics_committee").get(f"/groups/{group}").text
    assert set(FIGURES) < set(WHICH)


def test_the_worst_violent_crime_stands_with_its_weight(browse: Browse, reader: Reader) -> None:
    """The level of violence is made from a weight: the rows behind it tell theirs, and the worst is there."""
    rows = (
        reader.table("profiles").filter(pl.col("factor") == "violence", pl.col("count") > 0).sort("count", "group_id")
    )
    worst = rows.to_dicts()[-1]
    text, page = "", 1
    while page == 1 or f"page={page}" in text:
        text += browse("analyst").get(f"/groups/{worst['group_id']}/records?factor=violence&page={page}").text
        page += 1
    found = [float(days.replace(",", "")) for days in re.findall(r": ([\d,.]+) days \(CCHI", text)]
    assert max(found) == worst["count"]
