"""Rulings reach the next run: written beside the extracts, applied by the real pipeline, never half-written."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from countylines.engine import DuckDB
from countylines.errors import InputError
from countylines.govern import decisions_file, rulings
from countylines.govern.decisions_file import left_out, write_decisions
from countylines.govern.rulings import NO_SIGN, Proposal
from countylines.govern.state import State
from countylines.pipeline import run
from countylines.runs import Run, open_run
from countylines.settings import Settings, Stability
from countylines.tables import BOTH, EXTRACTS, UNRANKED, Counts
from tests.govern.work import FRIDAY, MARROW, OAK, PELL, later
from tests.ingest.extracts import take
from tests.report.small import write_extracts

TODAY = FRIDAY.date()
REVIEW = TODAY + dt.timedelta(days=90)
SMALL = Settings(stability=Stability(draws=0, network_draws=0, baseline_draws=0))


def confirmed(state: State, *proposals: Proposal) -> list[int]:
    """Rulings in force."""
    with state.begin() as connection:
        keys = [rulings.propose(connection, one, MARROW, later(seconds=i)) for i, one in enumerate(proposals)]
        for i, key in enumerate(keys):
            rulings.confirm(connection, key, 1, PELL, later(seconds=i))
    return keys


def write(state: State, extracts: Path, on: dt.date = TODAY) -> Path:
    """The file of the rulings in force on a day that these extracts know the person and record of."""
    with state.read() as connection:
        found = rulings.in_force(connection, on)
    gone = left_out(extracts, found)
    return write_decisions(extracts, [one for one in found if one not in gone])


def people(made: Run) -> dict[str, tuple[list[str], bool]]:
    """Kept people with why they are held and whether they may be ranked."""
    return {row["nominal_id"]: (row["held"], row["rankable"]) for row in made.read("nominals").iter_rows(named=True)}


def test_a_confirmed_ruling_changes_the_next_run_and_an_unconfirmed_one_does_not(
    laptop_state: State, duckdb_engine: DuckDB, tmp_path: Path
) -> None:
    extracts, state = write_extracts(tmp_path / "extracts"), laptop_state

    with state.begin() as connection:
        waiting = Proposal("wrong person", "not Cat but her sister", REVIEW, "cat")
        key = rulings.propose(connection, waiting, MARROW, FRIDAY)
    nothing = write(state, extracts).read_bytes()
    first = open_run(run(extracts, tmp_path / "unconfirmed", SMALL, duckdb_engine))
    assert first.manifest["rows_in"]["decisions"]["rows_in"] == 0
    held, rankable = people(first)["eve"]
    assert held and not rankable  # her flat was cuckooed
    assert "cat" in people(first)

    confirmed(state, Proposal(NO_SIGN, "she lends it out", REVIEW, "eve"))
    with state.begin() as connection:
        rulings.confirm(connection, key, 1, OAK, FRIDAY, guarded=False)
    assert write(state, extracts).read_bytes() != nothing
    second = open_run(run(extracts, tmp_path / "confirmed", SMALL, duckdb_engine))
    assert people(second)["eve"] == ([], True)
    assert "cat" not in people(second)
    assert second.manifest["rows_in"]["decisions"] == {"rows_in": 2, "kept": 2, "set_aside": 0, "rejected": 0}

    with state.begin() as connection:
        for one in rulings.in_force(connection, TODAY):
            rulings.withdraw(connection, one.ruling_id, one.version, "it was Cat", OAK, later(days=1))
    assert write(state, extracts).read_bytes() == nothing  # the next run is as the first


def test_every_kind_is_accepted_by_a_run(laptop_state: State, duckdb_engine: DuckDB, tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path / "extracts")
    confirmed(
        laptop_state,
        Proposal("not county lines", "theft", REVIEW, None, "crime:5"),
        Proposal("wrong person", "her brother", REVIEW, "hal", "crime:6"),
        Proposal("victim not offender", "made to do it", REVIEW, "bob"),
        Proposal(NO_SIGN, "lends her flat", REVIEW, "eve"),
        Proposal(UNRANKED, "sells to pay her dealer", REVIEW, "ann"),
        Proposal("reviewed and kept", 'read, "twice"\nby two', REVIEW, None, "intelligence:1"),
    )
    write(laptop_state, extracts)
    made = open_run(run(extracts, tmp_path / "run", SMALL, duckdb_engine))
    assert made.manifest["rows_in"]["decisions"] == {"rows_in": 6, "kept": 6, "set_aside": 0, "rejected": 0}
    kept = made.read("sources/decisions")
    assert 'read, "twice"\nby two' in kept["reason"].to_list()
    roles = made.read("sources/involvements").filter(pl.col("nominal_id") == "bob")["role"]
    assert set(roles.to_list()) == {"victim"}
    assert people(made)["ann"] == ([BOTH], False)
    assert "ann" not in made.read("nominal_harm")["id"].to_list()
    assert f"held: {BOTH}" in made.read("safeguarding").filter(pl.col("nominal_id") == "ann")["why"].to_list()


def test_rulings_on_what_the_extracts_no_longer_have_are_left_out_and_told(
    state: State, duckdb_engine: DuckDB, tmp_path: Path
) -> None:
    extracts = write_extracts(tmp_path / "extracts")
    keys = confirmed(
        state,
        Proposal("not county lines", "theft", REVIEW, None, "crime:99"),
        Proposal("wrong person", "her brother", REVIEW, "nobody"),
        Proposal("wrong person", "her brother", REVIEW, "hal"),
    )
    with state.read() as connection:
        gone = left_out(extracts, rulings.in_force(connection, TODAY))
    assert [one.ruling_id for one in gone] == keys[:2]
    write(state, extracts)
    taken = take(extracts, duckdb_engine, tmp_path / "work", max_rejects=0.01)  # one unknown record would stop it
    assert taken.sources.counts["decisions"] == Counts(1, 1, 0, 0)


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_other_decisions_stay_and_give_the_format(
    laptop_state: State, duckdb_engine: DuckDB, tmp_path: Path, ending: str
) -> None:
    extracts = write_extracts(tmp_path / "extracts")
    theirs = extracts / f"decisions{ending}"
    row = {"nominal_id": None, "record_id": "crime:5", "decision": "not county lines", "by": "x", "confirmed_by": "y"}
    frame = pl.DataFrame([{**row, "at": FRIDAY.replace(tzinfo=None), "reason": "r", "review_by": REVIEW}])
    if ending == ".parquet":
        frame.write_parquet(theirs)
    else:
        frame.write_csv(theirs, compression="gzip" if ending == ".csv.gz" else "uncompressed")
    before = theirs.read_bytes()
    confirmed(laptop_state, Proposal("wrong person", "his brother", REVIEW, "hal"))
    path = write(laptop_state, extracts)
    assert path.name == f"decisions-9999{ending}"
    assert theirs.read_bytes() == before
    taken = take(extracts, duckdb_engine, tmp_path / "work")
    assert taken.sources.counts["decisions"] == Counts(2, 2, 0, 0)


def test_written_whole_or_not_at_all(laptop_state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed(laptop_state, Proposal("wrong person", "his brother", REVIEW, "hal"))
    path = write(laptop_state, tmp_path)
    before = path.read_bytes()
    assert pq.read_table(path).schema == EXTRACTS["decisions"].schema

    def full(file: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(decisions_file, "_settle", full)
        with pytest.raises(InputError, match="can't be written: No space left"):
            write(laptop_state, tmp_path, REVIEW)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith((".", "decisions"))] == [path.name]
    assert write(laptop_state, tmp_path, REVIEW) == path
    assert pq.read_metadata(path).num_rows == 0  # expired: the file is empty, not stale


def test_a_folder_that_is_none_or_holds_two_formats(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        write_decisions(tmp_path / "none", [])
    for name in ("decisions.csv", "decisions-2.parquet"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"decisions is there as \.csv and \.parquet"):
        write_decisions(tmp_path, [])


def test_a_csv_cell_with_quotes_and_lines_comes_back(laptop_state: State, tmp_path: Path) -> None:
    (tmp_path / "decisions.csv").write_text(",".join(EXTRACTS["decisions"].names) + "\n", encoding="utf-8")
    reason = 'said "no", twice\nand then left'
    confirmed(laptop_state, Proposal("wrong person", reason, REVIEW, "hal"))
    path = write(laptop_state, tmp_path)
    with path.open(encoding="utf-8", newline="") as file:
        assert [row["reason"] for row in csv.DictReader(file)] == [reason]


def test_ids_are_looked_up_in_parquet_too(laptop_state: State, tmp_path: Path) -> None:
    pl.DataFrame({"Nominal ID": ["hal", "ann"], "name": ["H", "A"]}).write_parquet(tmp_path / "nominals-1.parquet")
    pl.DataFrame({"Nominal ID": ["bob"]}).write_parquet(tmp_path / "nominals-2.parquet")
    people = ("hal", "bob", "nobody")
    confirmed(laptop_state, *(Proposal("wrong person", "a brother", REVIEW, person) for person in people))
    with laptop_state.read() as connection:
        gone = left_out(tmp_path, rulings.in_force(connection, TODAY))
    assert [one.nominal_id for one in gone] == ["nobody"]
    assert pl.read_parquet(write(laptop_state, tmp_path))["nominal_id"].to_list() == ["bob", "hal"]
