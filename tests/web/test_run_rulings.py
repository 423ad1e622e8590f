"""What a run's own rulings did to people is said where they stand: among the changes, and on their page."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from countylines.govern import accounts, rulings
from countylines.govern.rulings import NO_SIGN, Proposal
from countylines.ingest import reasons
from countylines.web.house import House
from countylines.web.run_changes import compare
from countylines.web.run_rulings import TAKEN, released, taken
from tests.web.conftest import NOW, RUN, Browse
from tests.web.person_pages import plain

EARLIER = "run-2025"
UNTIL = dt.date(2027, 6, 1)


def adults(folder: Path) -> list[str]:
    """Adults who may be ranked: three whom rulings take out, and one whom a ruling releases."""
    return list(pl.read_parquet(folder / "nominals.parquet").filter("rankable")["nominal_id"][:4])


@pytest.fixture
def runs(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, made once: in the later one rulings took three people's rows, one of them as in the earlier one."""
    folder = tmp_path_factory.getbasetemp() / "ruled-runs"
    if not folder.exists():
        for name in (RUN, EARLIER):
            shutil.copytree(runs / RUN, folder / name)
        earlier(folder / EARLIER, *adults(folder / RUN)[2:])
        later(folder / RUN, *adults(folder / RUN))
    return folder


def earlier(folder: Path, old: str, freed: str) -> None:
    """A week before, with one of the rulings, and somebody held."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["as_of"] = (dt.date.fromisoformat(manifest["as_of"]) - dt.timedelta(days=7)).isoformat()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    people = pl.read_parquet(folder / "nominals.parquet")
    held = pl.when(pl.col("nominal_id") == freed).then(pl.lit(["may be cuckooed"])).otherwise("held")
    people.with_columns(held=held).write_parquet(folder / "nominals.parquet")
    withdraw(folder, {old: reasons.WITHDRAWN})


def later(folder: Path, own: str, shared: str, old: str, freed: str) -> None:
    """The run without the three, and with the rulings."""
    people = pl.read_parquet(folder / "nominals.parquet")
    people.filter(~pl.col("nominal_id").is_in([own, shared, old])).write_parquet(folder / "nominals.parquet")
    withdraw(folder, {own: reasons.WITHDRAWN, shared: TAKEN[1], old: reasons.WITHDRAWN, freed: reasons.FALSE})
    path = folder / "sources" / "decisions.parquet"
    given = pl.read_parquet(path)
    about = ((freed, NO_SIGN, "b"), (own, "wrong person", "b"), (shared, NO_SIGN, None))
    at = dt.datetime(2021, 1, 1)
    rows = [(one, None, what, "a", by, at, f"Why of {one}", UNTIL) for one, what, by in about]
    pl.concat([given, pl.DataFrame(rows, schema=given.schema, orient="row")]).write_parquet(path)


def withdraw(folder: Path, about: dict[str, str]) -> None:
    """A row of each of these people is set aside for a reason."""
    path = folder / "rejects.parquet"
    kept = pl.read_parquet(path)
    rows = [("involvements", "i.csv", 1, "set aside", why, json.dumps({"nominal_id": one, "record_id": "r"}))
            for one, why in about.items()]  # fmt: skip
    pl.concat([kept, pl.DataFrame(rows, schema=kept.schema, orient="row")]).write_parquet(path)


def test_rows_are_taken_by_rulings_only_and_two_people_release(house: House, runs: Path) -> None:
    own, shared, old = adults(runs / EARLIER)[:3]
    freed = released(house.shelf.reader(RUN))
    found = taken(house.shelf.reader(RUN))
    assert {one: found.get(one) for one in (own, shared, old)} == dict.fromkeys((own, shared, old), frozenset({"r"}))
    assert len(freed) == 1 and not freed & {own, shared, old} and not freed & found.keys()


def test_whoever_left_or_was_released_by_a_new_ruling_is_said_to(house: House) -> None:
    """A ruling on them, or on a record of theirs; one that the earlier run had, too, explains nothing."""
    now, before = house.shelf.reader(RUN), house.shelf.reader(EARLIER)
    found = {one.person: one.why for one in compare(now, before).changes if one.kind in ("left", "treated")}
    (freed,) = released(now)
    assert found.pop(freed) == "Held: may be cuckooed before; neither protected nor held now, by a ruling"
    ends = [why.endswith(": a ruling took their rows in 1 record") for _, why in sorted(found.items())]
    assert ends == [True, True, False]


def test_a_persons_page_has_the_rulings_of_the_extracts(browse: Browse, house: House, runs: Path) -> None:
    own, shared = sorted(taken(house.shelf.reader(RUN)).keys() - taken(house.shelf.reader(EARLIER)).keys())
    (freed,) = released(house.shelf.reader(RUN))
    client = browse("analyst")
    page = plain(client.get(f"/people/{own}").text)
    assert "A ruling took their rows in 1 record: what follows is without them." in page
    assert "Wrong person Applied In this run's extracts. Proposed by a on 1 Jan 2021, confirmed by b" in page
    assert f"Why of {own}" in page
    page = plain(client.get(f"/people/{freed}").text)
    assert "Two people ruled that there is no sign of exploitation" in page and f"Why of {freed}" in page
    assert "took their rows" not in page
    page = plain(client.get(f"/people/{shared}").text)
    assert "No sign of exploitation Not applied: one person has signed" in page
    assert "Adult. No sign of being a child or exploited" in page


def test_a_ruling_made_here_and_given_to_the_run_stands_once(browse: Browse, house: House) -> None:
    (freed,) = released(house.shelf.reader(RUN))
    by = accounts.find_account(house.state, "analyst")
    assert by
    with house.state.begin() as connection:
        rulings.propose(connection, Proposal(NO_SIGN, "Asked", UNTIL, freed), by, NOW)
    reader = house.shelf.reader(RUN)
    given = reader.table("sources/decisions")
    reader._tables["sources/decisions"] = given.with_columns(
        by=pl.when(pl.col("nominal_id") == freed).then(pl.lit("analyst")).otherwise("by")
    )
    page = plain(browse("analyst").get(f"/people/{freed}").text)
    assert page.count("No sign of exploitation ") == 1
    assert "In this run's extracts" not in page
