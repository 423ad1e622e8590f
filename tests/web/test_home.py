"""My work: what changed between two runs, by role; the queue in counts, freshness, and what is assigned to somebody."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from fastapi import FastAPI

from countylines.govern import accounts, audit, case_steps, cases
from countylines.govern.procedure import DRAFTED
from countylines.web.app import create_app
from countylines.web.group_rows import small
from countylines.web.home import of_kind
from countylines.web.house import House
from countylines.web.run_changes import KINDS, Comparison, Figure, compare, run_before
from countylines.web.run_sides import same_groups
from countylines.web.serve import open_house
from tests.web.conftest import NOW, RUN, Browse, Clock
from tests.web.test_downloads import rows_of, taken

EARLIER = "run-2025"


@dataclasses.dataclass(frozen=True)
class Made:
    """Two runs, and what the later one has more."""

    folder: Path
    children: frozenset[str]
    adults: frozenset[str]
    gone: frozenset[str]
    group: str
    line: str
    protect: frozenset[str]


@pytest.fixture(scope="module")
def made(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The run, and before it the same run with some people, a group and a line less, and some people more."""
    folder = tmp_path_factory.mktemp("two-runs")
    shutil.copytree(runs / RUN, folder / RUN)
    before = folder / EARLIER
    shutil.copytree(runs / RUN, before)
    people = pl.read_parquet(before / "nominals.parquet")
    groups = pl.read_parquet(before / "groups.parquet")
    lines = pl.read_parquet(before / "lines.parquet")
    listed = pl.read_parquet(before / "safeguarding.parquet")
    met = pl.read_parquet(before / "considered.parquet").filter(pl.col("decision") == "discarded")
    group = groups["group_id"][-1]
    in_group = set(people.filter(pl.col("group_id") == group)["nominal_id"])
    children = set(people.filter(pl.col("is_child") & (pl.col("group_id") != group))["nominal_id"][:2])
    gone = frozenset(met["nominal_id"][:3])
    line = lines.filter(pl.col("corroborated") & ~pl.col("known"))["line_id"][0]
    kept = set(people["nominal_id"])
    protect = frozenset(
        listed.filter((pl.col("tier") <= 4) & ~pl.col("nominal_id").is_in(list(kept)))["nominal_id"].unique().sort()[:2]
    )
    less = children | in_group
    first = people.head(1).with_columns(is_child=pl.lit(False))
    home = groups["group_id"][0]
    more = [first.with_columns(nominal_id=pl.lit(one), group_id=pl.lit(home)) for one in sorted(gone)]
    rest = people.filter(~pl.col("nominal_id").is_in(list(less)))
    pl.concat([rest, *more]).sort("nominal_id").write_parquet(before / "nominals.parquet")
    groups.filter(pl.col("group_id") != group).write_parquet(before / "groups.parquet")
    lines.filter(pl.col("line_id") != line).write_parquet(before / "lines.parquet")
    listed.filter(~pl.col("nominal_id").is_in(list(protect))).write_parquet(before / "safeguarding.parquet")
    manifest = json.loads((before / "manifest.json").read_text(encoding="utf-8"))
    manifest["as_of"] = (dt.date.fromisoformat(manifest["as_of"]) - dt.timedelta(days=7)).isoformat()
    (before / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    new_children = set(people.filter(pl.col("nominal_id").is_in(list(less)) & pl.col("is_child"))["nominal_id"])
    return Made(folder, frozenset(new_children), frozenset(less - new_children), gone, group, line, protect)


@pytest.fixture
def house(made: Made, accounts_made: Path, tmp_path: Path, clock: Clock) -> Iterator[House]:
    """A dashboard with both runs."""
    shutil.copyfile(accounts_made, tmp_path / "state.sqlite")
    opened = open_house(
        made.folder, f"sqlite:///{tmp_path / 'state.sqlite'}", force="Westmarch Police", synthetic=True, secure=False,
        marking="OFFICIAL-SENSITIVE",
    )  # fmt: skip
    opened = dataclasses.replace(opened, clock=clock)
    opened.shelf.reader(RUN).index.prepare(wait=True)
    yield opened
    opened.state.close()


@pytest.fixture
def app(house: House) -> FastAPI:
    return create_app(house)


def comparison(house: House) -> Comparison:
    """The two runs, compared."""
    now = house.shelf.reader(RUN)
    before = run_before(house.shelf, now)
    assert before is not None
    return compare(now, before)


def rows(page: str) -> list[str]:
    """The rows of the page's tables as plain words."""
    found = re.findall(r"<tr\b.*?</tr>", re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL), flags=re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def test_the_run_before_is_the_next_older_one(house: House) -> None:
    now = house.shelf.reader(RUN)
    before = run_before(house.shelf, now)
    assert before is not None
    assert before.name == EARLIER
    assert run_before(house.shelf, before) is None


def test_a_run_with_restricted_records_is_never_compared_with_one_without(house: House, made: Made) -> None:
    path = made.folder / EARLIER / "manifest.json"
    plain = path.read_text(encoding="utf-8")
    manifest = json.loads(plain)
    manifest["settings"]["ingest"]["include_restricted"] = True
    try:
        path.write_text(json.dumps(manifest), encoding="utf-8")
        assert run_before(house.shelf, house.shelf.reader(RUN)) is None
    finally:
        path.write_text(plain, encoding="utf-8")


def test_the_figures_are_what_was_taken_away_and_added(house: House, made: Made) -> None:
    now = house.shelf.reader(RUN)
    people, groups, children, lines, protect = comparison(house).figures
    assert people == Figure(
        "People kept", now.table("nominals").height, len(made.children | made.adults), len(made.gone)
    )
    assert groups == Figure("Groups", now.table("groups").height, 1, 0)
    assert (children.more, children.less) == (len(made.children), 0)
    assert (lines.more, lines.less) == (1, 0)
    assert (protect.more, protect.less) == (len(made.protect), 0)


def test_changes_name_whom_and_why_and_a_child_comes_first(house: House, made: Made) -> None:
    found = comparison(house)
    by_kind = {kind: [one for one in found.changes if one.kind == kind] for kind in KINDS}
    assert [one.kind for one in found.changes] == sorted((one.kind for one in found.changes), key=list(KINDS).index)
    assert {one.person for one in by_kind["child"]} == made.children
    assert {one.person for one in by_kind["joined"]} == made.adults
    assert {one.person for one in by_kind["left"]} == made.gone
    assert {one.why for one in by_kind["left"]} <= {"Fell below 0.50", "Too few ties to people who are kept"}
    assert [(one.group_id, one.why) for one in by_kind["new group"]] == [
        (made.group, f"{len(house.shelf.reader(RUN).rows('nominals', 'group_id', made.group))} people: "
         f"{len(house.shelf.reader(RUN).rows('nominals', 'group_id', made.group))} new")
    ]  # fmt: skip
    assert [one.line_id for one in by_kind["line"]] == [made.line]
    assert {one.person for one in by_kind["protect"]} == made.protect
    assert all(one.why for one in found.changes)
    assert sum(found.counts.values()) == len(found.changes)


def test_nothing_changed_between_a_run_and_itself(house: House) -> None:
    now = house.shelf.reader(RUN)
    found = compare(now, now)
    assert found.changes == ()
    assert all((figure.more, figure.less) == (0, 0) for figure in found.figures)


def test_groups_are_the_same_by_their_people_not_by_their_number() -> None:
    now = {"G1": {"a", "b", "c"}, "G2": {"d", "e"}, "G3": {"x", "y"}}
    before = {"G1": {"d", "e", "f"}, "G2": {"a", "b", "c"}, "G3": {"p", "q"}}
    assert same_groups(now, before) == {"G1": "G2", "G2": "G1"}
    assert same_groups({"G1": {"a", "b"}}, {"G7": {"a", "b"}, "G1": {"a", "b"}}) == {"G1": "G1"}
    assert same_groups({"G1": {"a", "b", "c", "d"}}, {"G1": {"a", *"wxyz"}}) == {}


def test_a_merged_group_leads_to_where_its_people_are(house: House, made: Made) -> None:
    """The other way round the later run's last group is one that went."""
    now, before = house.shelf.reader(RUN), house.shelf.reader(EARLIER)
    found = compare(before, now)
    gone = [one for one in found.changes if one.kind in ("gone", "merged")]
    assert [one.kind for one in gone] == ["gone"]
    assert gone[0].said.startswith(made.group)
    assert {one.person for one in found.changes if one.kind in ("left", "child left")} == made.children | made.adults


def test_an_analyst_sees_whom_the_change_is_about_and_it_is_logged(browse: Browse, house: House, made: Made) -> None:
    page = browse("analyst").get("/").text
    found = rows(page)
    first = [row for row in found if row.startswith("Child joins")]
    assert len(first) == min(3, len(made.children))
    assert all("Child, " in row and "matched record" in row for row in first)
    assert any(row.startswith("New group " + made.group) for row in found)
    assert any(row.startswith("Left network 3 people left the network 3 fell below 0.50") for row in found)
    assert "2 people are new in the queue" in page
    cards = house.shelf.reader(RUN).cards(made.protect)
    assert not any(card.name in page for card in cards.values())  # names of the queue are for safeguarding
    event = audit.search(house.state, size=1).rows[0].event
    assert (event.kind, event.account) == ("changes", "analyst")
    assert set(event.detail["people"]) <= made.children | made.adults
    assert event.detail["people"]


def test_safeguarding_sees_who_is_new_to_protect(browse: Browse, house: House, made: Made) -> None:
    page = browse("safeguarding").get("/").text
    for card in house.shelf.reader(RUN).cards(made.protect).values():
        assert card.name in page
        assert card.words in page


def test_a_data_scientist_sees_no_name(browse: Browse, house: House, made: Made) -> None:
    page = browse("data_scientist").get("/").text
    for card in house.shelf.reader(RUN).cards(made.children).values():
        assert card.name not in page
    assert any(one in page for one in made.children)


@pytest.mark.parametrize("role", ["ethics_committee", "auditor"])
def test_totals_only(browse: Browse, house: House, made: Made, role: str) -> None:
    client = browse(role)
    page = client.get("/").text
    assert not any(one in page for one in made.children | made.adults | made.gone | made.protect)
    assert "What changed since the last run" in page
    assert not re.search(r'href="/people/', page)
    assert not re.search(r'href="/search', page)
    assert client.get("/changes").status_code == 403
    assert ("Safeguarding queue" in page) == (role == "ethics_committee")


def test_counts_under_five_are_hidden_from_the_committee(browse: Browse, house: House) -> None:
    page = browse("ethics_committee").get("/").text
    figures = [one.without_small_counts() for one in comparison(house).figures]
    told = [words for words in re.findall(r'<dd class="n">(.*?)</dd>', page) if "of unknown age" not in words]
    assert [("changes hidden" in words) for words in told] == [one.more is None for one in figures]
    people = [one for one in figures if one.label != "Groups"]
    assert all(small(n) == n for one in people for n in (one.more, one.less) if n is not None)
    assert "Under 5 people left the network" in page


def test_the_page_of_changes_has_all_of_them(browse: Browse, house: House, made: Made) -> None:
    client = browse("senior_officer")
    page = client.get("/changes").text
    every = [one for one in comparison(house).changes if one.kind != "protect"]
    assert f"Showing {len(every)} of {len(every)}" in page
    only = rows(client.get("/changes", params={"kind": "left"}).text)
    assert sum(row.startswith("Left network") for row in only) == len(made.gone)
    assert client.get("/changes", params={"kind": "nonsense", "page": 99}).status_code == 200


def test_own_areas_keep_what_touches_them(browse: Browse, house: House) -> None:
    account = accounts.find_account(house.state, "analyst")
    assert account is not None
    accounts.change_account(house.state, account.account_id, areas=["Nowhere"], now=NOW, by="administrator")
    page = browse("analyst").get("/").text
    assert "Figures and changes touch your areas: Nowhere" in page
    assert "No group is ranked in your areas" in page
    assert 'class="cl-fig" href="/people' not in page  # that list goes by people's own records
    assert not any(row.startswith("New group") for row in rows(page))


def test_each_figure_opens_its_rows(browse: Browse, house: House) -> None:
    """The five figures of now, for those who may see their rows; what is hidden by role leads nowhere."""

    def opened(role: str) -> dict[str, str]:
        told = re.findall(r'<dt class="k">([^<]+)</dt><dd class="v">(.*?)</dd>', browse(role).get("/").text)
        return {label: path for label, words in told for path in re.findall(r'href="([^"]+)"', words)}

    paths = {"People kept": "/people", "Groups": "/groups", "Under 18": "/people?who=children",
             "Lines": "/lines?standing=line"}  # fmt: skip
    assert opened("analyst") == paths
    theirs = {"Under 18": "/safeguarding?kept=children", "To protect": "/safeguarding"}
    assert opened("safeguarding") == {"Groups": "/groups", "Lines": paths["Lines"], **theirs}
    people, groups, children, lines, protect = (one.now for one in comparison(house).figures)
    for role, path, said in (
        ("analyst", "/people", f"Showing {min(people or 0, 50)} of {people}"),
        ("analyst", "/people?who=children", f"of {children} ("),
        ("analyst", "/lines?standing=line", f"of {lines} ("),
        ("analyst", "/groups", f"of {groups}"),
        ("safeguarding", "/safeguarding", f"Open ({protect})"),
        ("safeguarding", "/safeguarding?kept=children", f"of {children}."),
    ):
        assert said in browse(role).get(path).text, path
    assert "Remove filter </span>Known or found in text" in browse("analyst").get(paths["Lines"]).text
    page = browse("ethics_committee").get("/").text
    assert 'class="cl-fig" href="/groups"' in page
    assert 'href="/people"' not in page and 'href="/lines"' not in page
    assert 'class="cl-fig" href="/safeguarding"' not in browse("auditor").get("/").text


def test_what_came_and_went_opens_too(browse: Browse, house: House, made: Made) -> None:
    """Also where nobody came: who left is listed, a child as such."""
    now, before = house.shelf.reader(RUN), house.shelf.reader(EARLIER)
    back = compare(before, now)
    assert {one.person for one in back.changes if one.kind == "child left"} == made.children
    assert [one.said for one in back.changes if one.kind == "line gone"]
    assert {one.person for one in back.changes if one.kind == "protect out"} == made.protect
    queue = {label: f"/changes?kind={label}" for label in ("children", "queue")}
    figures = dict(zip(("people", "groups", "children", "lines", "queue"), comparison(house).figures, strict=True))
    for label, path in queue.items():
        told = browse("safeguarding").get(path).text
        assert f"Showing {(figures[label].more or 0) + (figures[label].less or 0)} of" in told, label
    page = browse("analyst").get("/").text
    assert 'href="/changes?kind=people"' in page
    assert "Nothing of this kind changed" in browse("analyst").get(queue["queue"]).text
    asked = rows(browse("analyst").get("/changes?kind=people").text)
    assert sum(row.startswith(("Child joins", "Joined", "Left network")) for row in asked) == len(
        made.children | made.adults | made.gone
    )
    assert not any(row.startswith("New group") for row in asked)


def test_whoever_is_treated_otherwise_is_listed(house: House, made: Made) -> None:
    """Held before and rankable now, or the other way: never "Nothing changed"."""
    now, before = house.shelf.reader(RUN), house.shelf.reader(EARLIER)
    people = before.table("nominals")
    both = people.filter(~pl.col("nominal_id").is_in(list(made.gone)))
    adult = both.filter("rankable")["nominal_id"][0]
    child, other_child = both.filter(pl.col("is_child") & ~pl.col("believed_exploited"))["nominal_id"][:2]
    other = pl.col("nominal_id")
    before._tables["nominals"] = people.with_columns(
        held=pl.when(other == adult).then(pl.lit(["may be cuckooed"])).otherwise("held"),
        is_child=pl.when(other == child).then(False).otherwise("is_child"),
        protected=pl.when(other == child).then(False).otherwise("protected"),
    )
    people = now.table("nominals")
    exploited = pl.when(other == other_child).then(True).otherwise("believed_exploited")
    now._tables["nominals"] = people.with_columns(believed_exploited=exploited)
    found = {one.person: one.why for one in compare(now, before).changes if one.kind == "treated"}
    assert found[adult] == "Held: may be cuckooed before; neither protected nor held now"
    assert found[child].endswith("now") and "under 18" in found[child]
    assert found[other_child] == "Believed exploited now, too"
    assert set(found) == {adult, child, other_child}
    counted = of_kind(compare(now, before).changes, "children")
    assert {one.person for one in counted} == made.children | {child}  # held or not isn't an age


def test_with_one_run_there_is_nothing_to_compare(browse: Browse) -> None:
    client = browse("analyst")
    page = client.get("/", params={"run": EARLIER})
    assert page.status_code == 200  # without waiting for the older run's reading index
    assert "Nothing to compare yet" in page.text
    assert "Highest-priority groups" in page.text


def test_a_referral_that_i_drafted_waits_for_me(browse: Browse, house: House, made: Made) -> None:
    who = accounts.find_account(house.state, "safeguarding")
    assert who is not None
    child = sorted(made.children)[0]
    with house.state.begin() as connection:
        opened = cases.Opening(child, "child", "Found far from home", RUN, authority="Westmarch")
        case = cases.open_case(connection, house.procedures, opened, who, NOW)
        case_steps.take_step(connection, house.procedures, case, 1, "mash", DRAFTED, who, NOW)
    mine = browse("safeguarding").get("/").text.partition("Assigned to me")[2]
    assert f"/safeguarding/cases/{case}" in mine
    assert child not in mine
    assert f"/safeguarding/cases/{case}" not in browse("analyst").get("/").text


def test_changes_can_be_taken_out(browse: Browse, house: House, made: Made) -> None:
    """The rows of the page, with how each person is treated; the names of the queue for safeguarding only."""
    assert "/download/changes?kind=people" in browse("analyst").get("/changes?kind=people").text
    found = rows_of(taken(browse("analyst"), "/download/changes?kind=people"))
    assert {row["Person"] for row in found} == made.children | made.adults | made.gone
    child = sorted(made.children)[0]
    own = next(row for row in found if row["Person"] == child)
    assert (own["Change"], own["Status"]) == ("Child joins", house.shelf.reader(RUN).cards([child])[child].words)
    assert set(audit.search(house.state, audit.Wanted(kind="export"), size=1).rows[0].event.detail["people"]) == {
        row["Person"] for row in found
    }
    every = rows_of(taken(browse("analyst"), "/download/changes"))
    assert {row["Change"] for row in every} >= {"Child joins", "New group", "New line"}
    assert "To protect" not in {row["Change"] for row in every}
