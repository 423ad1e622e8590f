"""The list of groups: what each role sees, filters, order, pages, hidden small counts, and the graph beside it."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from countylines.govern import accounts
from countylines.rank.harm import COUNTED
from countylines.web.drawn import Link, groups_graph, spoken_group
from countylines.web.group_filters import A_PAGE, COLUMNS, SORTS, STANDARD, Wanted
from countylines.web.group_rows import GroupRow, Place, group_rows, touching
from countylines.web.groups import chance, group_links
from countylines.web.house import House
from countylines.web.layout import Disc, Layout, layout_of
from countylines.web.reader import Reader
from tests.web.conftest import NOW, PASSWORD, Browse, csrf_of

READERS = ("analyst", "safeguarding", "senior_officer", "data_scientist", "ethics_committee", "auditor")


def row(name: str = "G0001", size: int = 9, children: int = 3, rank: int | None = 1, **more: object) -> GroupRow:
    """A group as the tests need it."""
    place = None if rank is None else Place(rank, rank, rank + 2, float(rank), 0.5, 0.6, 0.7, "{}")
    values: dict[str, object] = {
        "group_id": name, "name": f"{int(name[1:])} Osprey", "size": size, "children": children, "exploited": 1,
        "missing": 6, "guarded": children, "rankable": size - children, "place": place,
        "harm": {(index, window): 7.0 for index in ("cchi", "ons_css") for window in ("12m", "all")},
        "areas": ("Eastfield",), "soc": None, "shared": 0, "overlap": 0.0, "associated": False, "stability": 0.8,
    }  # fmt: skip
    return GroupRow(**{**values, **more})  # type: ignore[arg-type]


def ids_in(page: str) -> list[str]:
    """The groups of the table, in its order."""
    return re.findall(r'<tr id="(G\d+)"', page)


# What is listed


@pytest.mark.parametrize("role", READERS)
def test_every_reader_sees_all_groups_by_priority(browse: Browse, reader: Reader, role: str) -> None:
    """Whoever may see groups sees the first page of them, in the order of the run's table, each rank with its range."""
    page = browse(role).get("/groups")
    assert page.status_code == 200
    order = reader.table("priority").filter(pl.col("kind") == "group").sort("rank")
    assert ids_in(page.text) == order["id"].to_list()[:A_PAGE]
    for low, high in order.head(A_PAGE).select("rank_low", "rank_high").iter_rows():
        assert f", range {low} to {high}" in page.text


@pytest.mark.parametrize("role", ["reviewer", "administrator"])
def test_others_may_not(browse: Browse, role: str) -> None:
    """Reviewers and administrators have no business with groups."""
    assert browse(role).get("/groups").status_code == 403


def test_rows_say_what_the_run_says(reader: Reader) -> None:
    """Counts, harm by both indices, overlap and areas, recomputed from the run's tables."""
    people = reader.table("nominals")
    harm = reader.table("group_harm").filter(pl.col("standing").is_in(COUNTED))
    for found in group_rows(reader):
        own = people.filter(pl.col("group_id") == found.group_id)
        assert found.size == own.height
        assert found.children == own["is_child"].fill_null(False).sum()
        assert found.exploited == own["believed_exploited"].sum()
        assert (found.guarded or 0) + (found.rankable or 0) == own.height
        for (index, window), value in found.harm.items():
            rows = harm.filter(pl.col("id") == found.group_id, pl.col("index") == index, pl.col("window") == window)
            known = rows["harm"].drop_nulls()
            assert value == (pytest.approx(known.sum()) if len(known) or rows.is_empty() else None)


def test_the_two_indices_stand_side_by_side_and_are_never_added(browse: Browse, reader: Reader) -> None:
    """Each group has a bar for either index, and no figure of the page is their sum."""
    page = browse("senior_officer").get("/groups", params={"window": "all"}).text
    first = group_rows(reader)[0]
    cchi, ons = first.harm["cchi", "all"], first.harm["ons_css", "all"]
    assert cchi
    assert ons
    assert f"{cchi:,.0f}" in page
    assert f"{ons:,.0f}" in page
    assert f"{cchi + ons:,.0f}" not in page
    assert "The two are never added" in page


def test_the_window_changes_the_harm(browse: Browse, reader: Reader) -> None:
    """Twelve months and since the start of the data."""
    first = group_rows(reader)[0]
    client = browse("analyst")
    pages = {window: client.get("/groups", params={"window": window}).text for window in ("12m", "all")}
    for window, page in pages.items():
        line = page[page.index(f'<tr id="{first.group_id}"') :].partition("</tr>")[0]
        assert f"{first.harm['cchi', window]:,.0f}</a>" in line
    assert first.harm["cchi", "12m"] != first.harm["cchi", "all"]


def test_chance_and_precision_stand_beside_the_groups(browse: Browse, reader: Reader) -> None:
    """The shuffled baseline in a sentence with its range, and the precision of people."""
    page = unescape(browse("analyst").get("/groups").text)
    assert chance(reader) in page
    assert "Chance alone also makes groups" in chance(reader)
    assert "Person precision" in page


def test_no_child_is_named_in_the_list(browse: Browse, reader: Reader) -> None:
    """The list names groups only."""
    page = browse("analyst").get("/groups").text
    cards = reader.cards(reader.table("nominals")["nominal_id"].to_list())
    assert len(cards) > 50
    assert not [card.name for card in cards.values() if card.name in page or card.nominal_id in page]


# Filters, order, columns, pages


def test_each_column_sorts(browse: Browse, reader: Reader) -> None:
    """By each column, both ways, and the header says so."""
    client = browse("analyst")
    for sort in (*SORTS, *(f"-{key}" for key in SORTS)):
        page = client.get("/groups", params={"sort": sort}).text
        wanted = Wanted.read(sort=sort)
        assert ids_in(page) == [each.group_id for each in wanted.ordered(group_rows(reader))][:A_PAGE]
        assert page.count(f'aria-sort="{"descending" if sort.startswith("-") else "ascending"}"') == 1


@given(st.permutations(list(range(12))), st.sampled_from(sorted(SORTS)), st.booleans())
def test_order_is_by_value_and_the_unknown_come_last(ranks: list[int], key: str, down: bool) -> None:
    """Whatever the rows: sorted by the key, empty values behind either way, nobody lost."""
    rows = [
        row(f"G{k:04d}", size=3 + k % 4, children=k % 3, rank=None if k % 5 == 4 else k + 1,
            stability=None if k % 4 == 3 else k / 12)
        for k in ranks
    ]  # fmt: skip
    wanted = Wanted(sort=("-" if down else "") + key)
    values = [SORTS[key](each, "12m") for each in wanted.ordered(rows)]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=down)
    assert values[: len(known)] == known
    assert sorted(each.group_id for each in wanted.ordered(rows)) == sorted(each.group_id for each in rows)


def test_filters_keep_what_they_say(reader: Reader) -> None:
    """Area, size, children and SOC link, alone and together."""
    rows = group_rows(reader)
    area = rows[0].areas[0]
    assert all(area in each.areas for each in Wanted(areas=(area,)).kept(rows))
    assert Wanted(areas=(area.upper(),)).kept(rows) == Wanted(areas=(area,)).kept(rows)
    assert all((each.size or 0) >= 7 for each in Wanted(size=7).kept(rows))
    with_children = Wanted(children=True).kept(rows)
    assert 0 < len(with_children) < len(rows)
    assert all(each.children or each.ages for each in with_children)
    assert all(each.soc for each in Wanted(soc="any").kept(rows))
    assert all(each.associated for each in Wanted(soc="half").kept(rows))
    assert len(Wanted(areas=(area,), size=7, children=True).kept(rows)) <= len(with_children)


def test_a_filter_is_a_chip_that_goes_away(browse: Browse, reader: Reader) -> None:
    """Each filter in force has a link that leaves the others."""
    client = browse("analyst")
    page = client.get("/groups", params={"size": 5, "children": 1, "sort": "-people"}).text
    chips = [unescape(href) for href in re.findall(r'cl-chip" href="([^"]+)"', page)]
    assert [parse_qs(urlsplit(chip).query) for chip in chips] == [
        {"children": ["1"], "sort": ["-people"]},
        {"size": ["5"], "sort": ["-people"]},
    ]
    assert len(ids_in(client.get(chips[1]).text)) > len(ids_in(page)) > 0


def test_no_group_matches(browse: Browse) -> None:
    """Says so, and offers each filter to be removed."""
    page = browse("analyst").get("/groups", params={"size": 9_999, "area": "Nowhere"}).text
    assert "No group matches. Remove a filter:" in page
    assert page.count(">Area: Nowhere</a>") == 1
    assert page.count(">Size: 9,999 or more</a>") == 1
    assert not ids_in(page)


def test_a_view_is_saved_with_its_filters(browse: Browse) -> None:
    """The button keeps the address of the list as it stands, under a name."""
    client = browse("analyst")
    page = client.get("/groups", params={"size": 5, "sort": "-people"}).text
    address = unescape(re.findall(r'name="address" value="([^"]+)"', page)[0])
    assert parse_qs(urlsplit(address).query) == {"size": ["5"], "sort": ["-people"]}
    sent = {"csrf": csrf_of(page), "address": address, "name": "The larger ones"}
    assert client.post("/views", data=sent).status_code == 303
    views = unescape(client.get("/views").text)
    assert "The larger ones" in views
    assert address in views


def test_columns_can_be_chosen(browse: Browse) -> None:
    """Only the chosen ones are shown; without any, the usual ones."""
    page = browse("analyst").get("/groups", params={"col": ["areas", "orders"]}).text
    head = page[page.index("<thead>") : page.index("</thead>")]
    assert "Areas" in head
    assert "Reported only" in head
    assert "CCHI" not in head
    assert "Under 18" not in head
    assert Wanted.read(col=["nothing"]).columns == STANDARD
    assert set(STANDARD) < set(COLUMNS)


@given(st.integers(0, 90), st.integers(-3, 9))
def test_pages_hold_every_group_once(groups: int, page: int) -> None:
    """Together the pages are the list; a page beyond the last is the last."""
    rows = [row(f"G{k:04d}") for k in range(groups)]
    pages = Wanted().shown(rows)[2]
    together = [each for k in range(1, pages + 1) for each in Wanted(page=k).shown(rows)[0]]
    assert together == rows
    shown, at, _ = Wanted.read(page=page).shown(rows)
    assert 1 <= at <= pages
    assert len(shown) <= A_PAGE


def test_a_chosen_group_brings_its_page() -> None:
    """A click in the graph opens the page that the group is on."""
    rows = [row(f"G{k:04d}") for k in range(50)]
    shown, at, pages = Wanted(picked="G0045").shown(rows)
    assert (at, pages) == (3, 3)
    assert "G0045" in [each.group_id for each in shown]


def test_choosing_marks_the_row_and_the_circle(browse: Browse, reader: Reader) -> None:
    """The same group is marked in the table and in the graph."""
    name = group_rows(reader)[1].group_id
    page = browse("analyst").get("/groups", params={"picked": name}).text
    assert f'<tr id="{name}" class="is-sel" aria-current="true">' in page
    graph = page[page.index("cl-meta") :]
    assert graph.count("mg-halo") == 1
    assert f"picked={name}#{name}" in graph[: graph.index("mg-halo")].rpartition("<a ")[2]


def test_a_broken_address_is_no_fault_of_ours(browse: Browse) -> None:
    """An address that nobody can mean gets a plain page, not an error of the server."""
    client = browse("analyst")
    for query in ("size=x", "page=1e9", "children=perhaps", "sort=%00", "picked=../../etc"):
        assert client.get(f"/groups?{query}").status_code in (200, 400, 422)


def test_words_in_the_address_are_harmless(browse: Browse) -> None:
    """What stands in a filter is shown as text."""
    page = browse("analyst").get("/groups", params={"area": "<script>alert(1)</script>"}).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


# Own areas, hidden counts


def test_own_areas_only(house: House, browse: Browse, reader: Reader) -> None:
    """An account with areas sees the groups that touch them, and how many others there are."""
    rows = group_rows(reader)
    area = next(name for each in rows for name in each.areas if 0 < len(touching(rows, [name])) < len(rows))
    accounts.create_account(house.state, "local", "Local", PASSWORD, roles=["analyst"], areas=[area], now=NOW, by="t")
    client = browse("local")
    page = client.get("/groups").text
    own = touching(rows, [area])
    others = len(rows) - len(own)
    assert ids_in(page) == [each.group_id for each in own][:A_PAGE]
    assert f"You see the groups that touch your areas ({area}). {others} other group" in page
    elsewhere = next(each.group_id for each in rows if each not in own)
    assert elsewhere not in page
    assert client.get(f"/groups/{own[0].group_id}").status_code == 200
    for part in ("", "/members", "/records"):
        assert client.get(f"/groups/{elsewhere}{part}").status_code == 403


def test_a_group_of_unknown_area_is_everybodys() -> None:
    """Else nobody would look at it; case makes no difference."""
    somewhere, unknown = row("G0001"), row("G0002", areas=())
    assert touching([somewhere, unknown], ["EASTFIELD"]) == [somewhere, unknown]
    assert touching([somewhere, unknown], ["Docklands"]) == [unknown]
    assert touching([somewhere, unknown], []) == [somewhere, unknown]


def test_the_ethics_committee_sees_no_small_count(browse: Browse, reader: Reader) -> None:
    """No count from 1 to 4 in any cell of people, and no share that tells one."""
    page = browse("ethics_committee").get("/groups").text
    small = [each for each in group_rows(reader) if 0 < (each.children or 0) < 5]
    assert small
    for each in small:
        line = page[page.index(f'<tr id="{each.group_id}"') :].partition("</tr>")[0]
        assert "under 5" in line
        assert f"</span> {each.children}" not in line
    assert "With somebody under 18" not in page
    assert "mg-k" not in page
    for each in group_rows(reader):
        if each.soc and (each.shared or 0) < 5:
            assert "share </span>hidden" in page


@given(st.integers(3, 40), st.integers(0, 40), st.integers(0, 40))
def test_hidden_counts_can_not_be_worked_out(size: int, children: int, shared: int) -> None:
    """Nothing left of a group tells a count under 5, by itself, by difference or by share."""
    children, shared = min(children, size), min(shared, size)
    hidden = row(size=size, children=children, soc="SOC-1", shared=shared, overlap=shared / size).without_small_counts()
    for name in ("size", "children", "exploited", "missing", "guarded", "rankable", "shared"):
        value = getattr(hidden, name)
        assert value is None or (value >= 5 and value % 5 == 0)
    if hidden.overlap is not None:
        assert shared >= 5
        assert size >= 5
    if hidden.guarded is not None and hidden.rankable is not None:
        assert abs(hidden.guarded + hidden.rankable - size) <= 4
    else:
        assert hidden.guarded is hidden.rankable is None


def test_a_filter_asks_for_nothing_hidden() -> None:
    """Groups whose size is hidden can't be told apart by a size filter under 5."""
    rows = [row(f"G{k:04d}", size=k).without_small_counts() for k in range(3, 8)]
    kept = {size: [each.group_id for each in Wanted(size=size).kept(rows)] for size in range(1, 6)}
    assert len({tuple(names) for names in kept.values()}) == 1
    assert kept[1] == ["G0005", "G0006", "G0007"]


# The graph


def test_links_are_the_ties_between_groups(reader: Reader) -> None:
    """Each pair of groups with the number of edges between their people."""
    home = dict(reader.table("nominals").select("nominal_id", "group_id").iter_rows())
    counts: dict[tuple[str, str], int] = {}
    for a, b in reader.table("edges").select("nominal_a", "nominal_b").iter_rows():
        if home[a] and home[b] and home[a] != home[b]:
            pair = (min(home[a], home[b]), max(home[a], home[b]))
            counts[pair] = counts.get(pair, 0) + 1
    assert {(link.a, link.b): link.n for link in group_links(reader)} == counts
    assert len(counts) > 3


def test_the_graph_draws_every_group_and_tie(reader: Reader) -> None:
    """A circle a group with its sentence, a line a pair; escaped, and without style or script."""
    rows, links = group_rows(reader), group_links(reader)
    drawn = groups_graph(rows, links, layout_of(reader), lambda name: f"/groups?picked={name}&x=<", "")
    assert drawn.count("mg-node") == len(rows)
    assert drawn.count("mg-edge") == len(links)
    assert "style=" not in drawn
    assert "x=<" not in drawn
    for each in rows:
        assert spoken_group(each) in unescape(drawn)


def test_the_graph_hides_what_the_list_hides() -> None:
    """Where counts are hidden, groups under 5 look alike, and thin lines too."""
    ids = [f"G{k:04d}" for k in range(4)]
    layout = Layout((), pl.Series([0.0]).to_numpy(), pl.Series([0.0]).to_numpy(),
                    {name: Disc(60.0 * k, 0.0, 20.0) for k, name in enumerate(ids)}, {})  # fmt: skip
    rows = [row(name, size=size).without_small_counts() for name, size in zip(ids, (3, 4, 5, 9), strict=True)]
    drawn = groups_graph(rows, [Link(ids[0], ids[1], 1), Link(ids[1], ids[2], 4)], layout, str)
    radii = re.findall(r'mg-node mg-p\d" cx="[^"]+" cy="[^"]+" r="([^"]+)"', drawn)
    assert len(set(radii)) == 2
    assert len(set(re.findall(r'stroke-width="([^"]+)"', drawn))) == 1
    assert "under 18" not in drawn


# People in no group


def test_the_unlinked_are_listed(browse: Browse, reader: Reader) -> None:
    """Everybody kept and in no group, each with their mark; logged."""
    page = browse("analyst").get("/groups/unlinked").text
    people = reader.table("nominals").filter(pl.col("group_id").is_null())["nominal_id"].to_list()
    cards = reader.cards(people)
    assert 0 < len(people) <= 50
    for card in cards.values():
        assert f"/people/{card.nominal_id}" in page
        assert card.words in unescape(page)
    assert "Person precision" in page


@pytest.mark.parametrize("role", ["ethics_committee", "auditor"])
def test_the_unlinked_have_names(browse: Browse, role: str) -> None:
    """So who sees no people doesn't see them, nor a link to them."""
    client = browse(role)
    assert client.get("/groups/unlinked").status_code == 403
    assert "/groups/unlinked" not in client.get("/groups").text


def test_a_run_named_in_the_address_is_kept(browse: Browse) -> None:
    """Links of the page stay in the run it speaks of."""
    client: TestClient = browse("analyst")
    page = client.get("/groups", params={"run": "run-2026"}).text
    own = re.findall(r'href="(/groups[^"]*)"', page)
    assert own
    assert all("run=run-2026" in href for href in own)
