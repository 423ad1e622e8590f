"""Runs and their comparison: what is listed, what opens to whom, and what differs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from starlette.testclient import TestClient

from countylines.govern import accounts
from countylines.govern.people import ROLES
from countylines.settings import load_settings
from countylines.tables import EXTRACTS
from countylines.web import compared, compared_people, run_changes, run_sides
from countylines.web.group_rows import group_rows
from countylines.web.house import House
from countylines.web.reader import Reader
from countylines.web.rejects_view import PER_PAGE, why_closed
from countylines.web.run_shelf import fragments, hidden, shelved
from countylines.web.run_steps import STEPS, grouped, repeat, timings_of
from tests.web.conftest import NOW, RUN, Browse, Clock

WHO = ("analyst", "safeguarding", "senior_officer", "data_scientist", "ethics_committee", "auditor", "administrator")
SEES_ROWS = ("analyst", "safeguarding", "senior_officer", "data_scientist")
LATER = "run-2027"


@pytest.fixture
def runs(runs: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Three runs, made once; a copy of them for a test that changes them."""
    folder = tmp_path_factory.getbasetemp() / "three-runs"
    if not folder.exists():
        three(runs / RUN, folder)
    return Path(shutil.copytree(folder, tmp_path / "runs")) if "harmed" in request.fixturenames else folder


def three(run: Path, folder: Path) -> None:
    """The run, the same again, and one of a week later in which somebody left and somebody changed group."""
    for name in (RUN, "run-again", LATER):
        shutil.copytree(run, folder / name)
    later = folder / LATER
    people = pl.read_parquet(later / "nominals.parquet")[1:]
    first = people["group_id"].drop_nulls().sort()[0]
    mover = people.filter(pl.col("group_id") != first)["nominal_id"][0]
    moved = pl.when(pl.col("nominal_id") == mover).then(pl.lit(first)).otherwise("group_id")
    people.with_columns(group_id=moved).write_parquet(later / "nominals.parquet")
    change(later, lambda manifest: manifest["settings"]["network"].update(keep_weight=0.45))


@pytest.fixture
def harmed() -> None:
    """Says that a test changes the runs."""


def change(run: Path, how: object) -> None:
    """Change a run's manifest; no run is ever changed but in tests."""
    path = run / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["as_of"] = "2022-01-07" if run.name == LATER else manifest["as_of"]
    assert callable(how)
    how(manifest)
    manifest["rows_out"]["nominals"] = pl.read_parquet(run / "nominals.parquet").height
    path.write_text(json.dumps(manifest))


def log_of(house: House, kind: str) -> list[str]:
    """The details of the log's rows of a kind."""
    with house.state.read() as connection:
        query = f"SELECT detail FROM audit WHERE kind = '{kind}' ORDER BY number"
        return list(connection.exec_driver_sql(query).scalars())


def test_every_role_that_may_sees_all_runs_newest_first(browse: Browse) -> None:
    for role in ROLES:
        page = browse(role).get("/runs")
        assert page.status_code == (200 if role in WHO else 403), role
        if role in WHO:
            assert "3 runs" in page.text
            assert page.text.index(f">{LATER}<") < page.text.index(f">{RUN}<")
            assert "network.keep_weight" in page.text


def test_a_run_is_told_in_plain_words(browse: Browse, reader: Reader) -> None:
    for role in WHO:
        page = browse(role).get(f"/runs/{LATER}")
        assert page.status_code == 200
        assert "1 setting differs" in page.text
        assert "keep_weight = 0.45" in page.text
        assert "countylines run EXTRACTS" in page.text
        assert (f"/runs/{LATER}/rejects" in page.text) == (role in SEES_ROWS), role
        assert not any(name in page.text for name in reader.table("sources/nominals")["name"].head(50))


def test_the_settings_to_repeat_a_run_give_its_settings(house: House, tmp_path: Path) -> None:
    manifest = house.shelf.reader(LATER).run.manifest
    path = tmp_path / "settings.toml"
    path.write_text(repeat(manifest["settings"]))
    assert json.loads(json.dumps(load_settings(path).as_dict(), default=str)) == manifest["settings"]


def test_every_second_of_a_run_is_in_one_step(reader: Reader) -> None:
    timings = timings_of(reader)
    assert set(grouped(timings)) <= set(STEPS)
    assert sum(grouped(timings).values()) == pytest.approx(sum(timings.values()))


def test_rows_not_used_open_from_their_count(browse: Browse, house: House, reader: Reader) -> None:
    client = browse("analyst")
    wanted = {"table": "involvements", "kind": "set aside", "reason": "record set aside: before since"}
    page = client.get(f"/runs/{RUN}/rejects", params=wanted)
    every = reader.table("rejects")
    count = every.filter(pl.col("table") == wanted["table"], pl.col("reason") == wanted["reason"]).height
    assert f"Showing 25 of {count:,}." in page.text
    assert "before since" in log_of(house, "rejects")[-1]
    assert client.get(f"/runs/{RUN}/rejects", params={"table": "nothing"}).status_code == 404


def test_rows_not_used_are_refused_to_those_who_see_nobody(browse: Browse) -> None:
    for role in ("auditor", "administrator", "ethics_committee", "reviewer"):
        assert browse(role).get(f"/runs/{RUN}/rejects").status_code == 403, role


def test_no_name_and_no_role_of_protected_people_stands_among_rows_not_used(browse: Browse, reader: Reader) -> None:
    gone = reader.table("rejects").filter(pl.col("table") == "involvements")["row"]
    ids = [json.loads(row)["nominal_id"] for row in gone]
    child = next(number for number, card in enumerate(map(reader.cards(ids).get, ids)) if card and card.is_child)
    wanted = {"table": "involvements", "page": str(child // PER_PAGE + 1)}
    page = browse("safeguarding").get(f"/runs/{RUN}/rejects", params=wanted)
    rows = re.findall(r"<tr>.*?</tr>", page.text, re.DOTALL)[1:]
    cards = reader.cards(ids[child // PER_PAGE * PER_PAGE :][:PER_PAGE])
    guarded = [row for row in rows if any(card.guarded and card.nominal_id in row for card in cards.values())]
    assert any(card.words in row for row in guarded for card in cards.values() if card.is_child)
    assert guarded
    assert not any(">role</span>" in row for row in guarded)
    assert not any(card.name in page.text for card in cards.values())


def test_restricted_rows_stay_closed_without_clearance(browse: Browse, house: House) -> None:
    wanted = {"table": "records", "reason": "restricted"}
    page = browse("analyst").get(f"/runs/{RUN}/rejects", params=wanted)
    assert page.text.count("only cleared people may open it") == 25
    assert "offence code" not in page.text
    cleared = accounts.find_account(house.state, "analyst")
    assert cleared
    accounts.change_account(house.state, cleared.account_id, now=NOW, by="test", cleared=True)
    page = browse("analyst").get(f"/runs/{RUN}/rejects", params=wanted)
    assert page.text.count("it opens, with a reason of its own") == 25
    assert "offence code" not in page.text


def test_rows_outside_ones_areas_stay_closed() -> None:
    assert why_closed("before since", {"area": "Eastfield"}, False, ["Northgate"])
    assert why_closed("before since", {}, True, ["Northgate"])
    assert not why_closed("before since", {"area": "northgate"}, False, ["Northgate"])


def test_the_manifest_can_be_taken_along_and_that_is_logged(browse: Browse, house: House) -> None:
    answer = browse("auditor").get(f"/runs/{RUN}/manifest")
    assert answer.json() == house.shelf.reader(RUN).run.manifest
    assert log_of(house, "export")


def test_restricted_runs_are_for_cleared_people(browse: Browse, house: House, harmed: None) -> None:
    change(house.shelf.folder / LATER, lambda m: m["settings"]["ingest"].update(include_restricted=True))
    client = browse("data_scientist")
    page = client.get("/runs")
    assert f">{LATER}<" not in page.text
    assert "1 run holds restricted records" in page.text
    assert {client.get(f"/runs/{LATER}{end}").status_code for end in ("", "/rejects", "/manifest")} == {403}
    assert client.get(f"/runs/compare?a={RUN}&b={LATER}").status_code == 403


def test_failed_and_half_copied_runs_are_listed_and_hide_no_other(browse: Browse, house: House, harmed: None) -> None:
    folder = house.shelf.folder
    (folder / "broken").mkdir()
    (folder / "broken" / "manifest.json").write_text('{"as_of"')
    (folder / ".going.partial").mkdir()
    (folder / ".going.partial" / "run.log").write_text("reading\nmatching text ...\n")
    (folder / "refused.rejects.csv").write_text("table\n")
    (folder / "run-again" / "edges.parquet").unlink()
    (folder / "empty").mkdir()
    (folder / "empty" / "manifest.json").write_text("{}")
    (folder / "half").mkdir()
    shutil.copy(folder / RUN / "edges.parquet", folder / "half")
    (folder / "logged").mkdir()
    (folder / "logged" / "run.log").write_text("reading\n")
    extracts = folder / "extracts"  # in the same folder, but no run
    extracts.mkdir()
    for name in EXTRACTS:
        pl.DataFrame().write_parquet(extracts / f"{name}.parquet")
    assert [each.name for each in fragments(folder)] == ["broken", "empty", "going", "half", "logged", "refused"]
    page = browse("auditor").get("/runs")
    assert page.status_code == 200
    assert "matching text ..." in page.text
    assert "its manifest.json is damaged" in page.text
    assert "its manifest.json doesn&#39;t tell as_of" in page.text
    assert "Copied by halves: without edges" in page.text
    assert len(shelved(folder)) == 3
    assert len(house.shelf.runs()) == 3
    assert browse("auditor").get("/runs/broken").status_code == 410


def test_the_same_run_again_is_identical(browse: Browse, house: House) -> None:
    a, b = house.shelf.reader(RUN), house.shelf.reader("run-again")
    tables = compared.tables(a, b)
    assert (len(tables.same), tables.differ, tables.only) == (tables.total, (), ())
    page = browse("ethics_committee").get(f"/runs/compare?a={RUN}&b=run-again")
    assert f"{tables.total} of {tables.total} tables identical" in page.text


def test_the_same_rows_written_otherwise_are_identical_by_content(house: House, harmed: None) -> None:
    a, b = house.shelf.reader(RUN), house.shelf.reader("run-again")
    path = b.run.folder / "edges.parquet"
    before = path.read_bytes()
    pl.read_parquet(path).write_parquet(path, compression="gzip")
    assert path.read_bytes() != before
    assert "edges" in compared.tables(a, b).same
    pl.read_parquet(path)[1:].write_parquet(path)
    assert compared.tables(a, b).differ == ("edges",)


def test_who_left_and_who_changed_group_is_found(house: House) -> None:
    a, b = house.shelf.reader(RUN), house.shelf.reader(LATER)
    found = compared_people.people(a, b)
    assert [each.nominal_id for each in found.left] == [a.table("nominals")["nominal_id"][0]]
    assert (len(found.joined), len(found.moved), len(found.status)) == (0, 1, 0)
    assert found.stayed == b.table("nominals").height
    back = compared_people.people(b, a)
    assert (back.joined[0].nominal_id, len(back.left)) == (found.left[0].nominal_id, 0)


def test_who_is_treated_otherwise_is_the_same_here_and_among_the_changes(house: House) -> None:
    """A child newly believed exploited, or another reason for being held, is one, though the shape stays."""
    a, b = house.shelf.reader(RUN), house.shelf.reader("run-again")
    people, one = a.table("nominals"), pl.col("nominal_id")
    child = people.filter(pl.col("is_child") & ~pl.col("believed_exploited"))["nominal_id"][0]
    held = people.filter(pl.col("held").list.len() == 1, ~pl.col("protected"))["nominal_id"][0]
    b._tables["nominals"] = people.with_columns(
        believed_exploited=pl.when(one == child).then(True).otherwise("believed_exploited"),
        held=pl.when(one == held).then(pl.lit(["both victim and suspect"])).otherwise("held"),
    )
    found = {each.nominal_id: (each.status_a, each.status_b) for each in compared_people.people(a, b).status}
    assert found[child] == ("under 18", "under 18, believed exploited")
    assert found[held][1] == "held: both victim and suspect"
    assert found.keys() == {each.person for each in run_changes.compare(b, a).changes if each.kind == "treated"}
    assert found.keys() == {child, held}


def test_groups_are_matched_one_to_one_by_overlap(house: House) -> None:
    a, b = house.shelf.reader(RUN), house.shelf.reader(LATER)
    matches = compared_people.groups(a, b)
    both = [match for match in matches if match.a and match.b]
    assert len({match.a for match in both}) == len({match.b for match in both}) == len(both)
    assert all(run_sides.SAME <= match.overlap <= 1 for match in both)
    assert {match.a for match in matches if match.a} == set(a.table("nominals")["group_id"].drop_nulls())


def test_the_order_of_the_first_groups_is_compared(harmed: None, house: House) -> None:
    a, b = house.shelf.reader(RUN), house.shelf.reader("run-again")
    assert compared_people.order(a, b) == compared_people.Order(10, 0, 0, 45)
    ranked = b.run.read("priority")
    first = (pl.col("kind") == "group") & (pl.col("rank") <= 2)
    swap = ranked.with_columns(rank=pl.when(first).then(3 - pl.col("rank")).otherwise("rank"))
    swap.write_parquet(b.run.folder / "priority.parquet")
    b._tables.clear()
    assert compared_people.order(a, b).swapped == 1
    without = ranked.filter(~((pl.col("kind") == "group") & (pl.col("rank") == 1)))
    without.write_parquet(b.run.folder / "priority.parquet")
    b._tables.clear()
    assert compared_people.order(b, a).new == 1


def test_only_what_differs_is_shown_unless_all_is_asked_for(browse: Browse) -> None:
    client = browse("auditor")
    page = client.get(f"/runs/compare?a={RUN}&b={LATER}").text
    assert "network.keep_weight" in page
    assert "partition.cut" not in page
    assert "partition.cut" in client.get(f"/runs/compare?a={RUN}&b={LATER}&all=true").text


def test_results_come_before_method_and_inputs_and_open_their_rows(browse: Browse, house: House) -> None:
    a, b = house.shelf.reader(RUN), house.shelf.reader(LATER)
    client = browse("analyst")
    for run in (a, b):
        run.index.prepare(wait=True)
    page = client.get(f"/runs/compare?a={RUN}&b={LATER}&all=true").text
    order = [">People</th>", ">Groups</th>", "Order of priority", 'id="people"', ">Method</th>", ">Inputs, rows"]
    assert sorted(order, key=page.index) == order
    for run in (a, b):
        people = run.table("nominals")
        held = people.filter(~pl.col("protected"), pl.col("held").list.len() > 0).height
        for who, n in (("held", held), ("protected", people["protected"].sum())):
            path = f"/people?run={run.name}&amp;who={who}"
            assert f'href="{path}">{n}</a>' in page
            listed = client.get(path.replace("&amp;", "&")).text
            assert len(re.findall(r"<tr data-person=", listed)) == min(n, 50)
    assert all(row.called in page for row in group_rows(b) if row.called in page or row.group_id in page)
    assert f'href="/runs/compare?a={RUN}&amp;b={LATER}&amp;only=moved#people">1 person</a>' in page
    assert "/people?" not in browse("auditor").get(f"/runs/compare?a={RUN}&b={LATER}").text


def test_a_file_of_the_same_length_but_other_content_is_told(house: House, browse: Browse, harmed: None) -> None:
    """Without its hash, which nobody compares by eye."""
    change(house.shelf.folder / LATER, lambda manifest: manifest["inputs"][0].update(sha256="0" * 64))
    name = house.shelf.reader(RUN).run.manifest["inputs"][0]["name"]
    page = browse("auditor").get(f"/runs/compare?a={RUN}&b={LATER}").text
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page) if f"<td>{name}</td>" in row)
    assert "content changed" in row
    assert ", hash" not in page


def test_names_are_for_those_who_see_people_and_are_logged(browse: Browse, house: House) -> None:
    a = house.shelf.reader(RUN)
    a.index.prepare(wait=True)
    house.shelf.reader(LATER).index.prepare(wait=True)
    gone = a.table("nominals")["nominal_id"][0]
    name = a.cards([gone])[gone].name
    for role in WHO:
        page = browse(role).get(f"/runs/compare?a={RUN}&b={LATER}&only=left")
        assert (name in page.text) == (role in SEES_ROWS and role != "data_scientist"), role
        assert (f"/people/{gone}" in page.text) == (role in SEES_ROWS), role
        assert ("Person precision" in page.text) == (role in SEES_ROWS), role
    assert all(gone in detail for detail in log_of(house, "comparison"))
    assert len(log_of(house, "comparison")) == len(SEES_ROWS)


def test_analysts_see_who_changed_in_their_own_areas_only(browse: Browse, house: House, clock: Clock) -> None:
    for name in (RUN, LATER):
        house.shelf.reader(name).index.prepare(wait=True)
    analyst = accounts.find_account(house.state, "analyst")
    assert analyst
    a = house.shelf.reader(RUN)
    gone = a.table("nominals").row(0, named=True)
    row = next((each for each in group_rows(a) if each.group_id == gone["group_id"]), None)
    assert row is None or "Nowhere" not in row.areas
    accounts.change_account(house.state, analyst.account_id, now=clock(), by="test", areas=["Nowhere"])
    page = browse("analyst").get(f"/runs/compare?a={RUN}&b={LATER}&only=left").text
    assert (f"/people/{gone['nominal_id']}" in page) == (row is not None and not row.areas)
    assert "elsewhere" in page


def test_small_counts_are_hidden_from_the_ethics_committee(browse: Browse) -> None:
    page = browse("ethics_committee").get(f"/runs/compare?a={RUN}&b={LATER}").text
    people = page[page.index(">People</th>") : page.index('id="tables"')]
    assert "hidden: one of these counts is under 5" in people
    assert "1 out" not in people
    assert "hidden: under 5 differ" in page
    assert hidden(1, 9)


def test_one_run_alone_has_nothing_to_compare(client: TestClient) -> None:
    assert "Nothing to compare yet" in client.get("/runs/compare").text


@pytest.fixture
def client(harmed: None, browse: Browse, house: House) -> TestClient:
    """An auditor before a shelf with one run."""
    shutil.rmtree(house.shelf.folder / LATER)
    shutil.rmtree(house.shelf.folder / "run-again")
    return browse("auditor")


def test_a_run_that_is_gone_says_so(browse: Browse) -> None:
    client = browse("auditor")
    assert client.get("/runs/nosuch").status_code == 410
    assert client.get(f"/runs/compare?a={RUN}&b=nosuch").status_code == 410
    assert client.get("/runs/..%2Fetc").status_code in (404, 410)
    answer = client.get("/?run=../../etc")
    assert answer.status_code == 404
    assert "There is no such run" in answer.text and "halves" not in answer.text
    assert client.get(f"/runs/compare?a={RUN}&b={LATER}&only=nobody").status_code == 404
