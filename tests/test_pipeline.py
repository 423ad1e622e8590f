"""Whole runs: the same bytes from the same input, on either engine, in any order; whole or not at all."""

import hashlib
import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl
import pytest

from countylines.engine import DuckDB, Engine
from countylines.errors import InputError
from countylines.pipeline import run
from countylines.progress import Advance, Progress
from countylines.runs import find_runs, open_run
from countylines.settings import Match, Settings
from countylines.tables import EXTRACTS, RUN
from tests.report.small import write_extracts

NOT_THE_SAME = {"timings.json", "run.log"}
COMMAND = [str(Path(sys.executable).parent / "countylines")]


def bytes_of(folder: Path, without: set[str] = NOT_THE_SAME) -> dict[str, str]:
    """The hash of every file of a run that must be the same each time."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in without)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_the_same_input_gives_the_same_bytes_on_both_engines(
    engine: Engine, duckdb_engine: DuckDB, tmp_path: Path
) -> None:
    extracts = write_extracts(tmp_path / "extracts")
    one = run(extracts, tmp_path / "one", Settings(), duckdb_engine)
    two = run(extracts, tmp_path / "elsewhere" / "two", Settings(), engine)
    engine_named = {"manifest.json"} if engine.name == "spark" else set()
    assert bytes_of(one, NOT_THE_SAME | engine_named) == bytes_of(two, NOT_THE_SAME | engine_named)


def test_the_order_of_rows_and_the_number_of_threads_change_nothing(tmp_path: Path) -> None:
    found = []
    for number in range(3):
        extracts = write_extracts(tmp_path / f"extracts{number}")
        for file in sorted(extracts.glob("*.csv")):
            head, *rows = file.read_text().splitlines()
            random.Random(number).shuffle(rows)
            file.write_text("\n".join([head, *rows]) + "\n")
        engine = DuckDB(threads=number + 1)
        made = run(extracts, tmp_path / f"run{number}", Settings(), engine)
        engine.close()
        found.append(bytes_of(made, NOT_THE_SAME | {"manifest.json"}))  # the manifest holds the files' hashes
    assert found[0] == found[1] == found[2]


def test_a_run_holds_every_table_sorted_and_typed_and_no_path(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    made = open_run(run(write_extracts(tmp_path / "extracts"), tmp_path / "run", Settings(), duckdb_engine))
    for name, table in RUN.items():
        frame = made.read(name)
        assert frame.columns == table.names, name
        assert frame.equals(frame.sort(table.key, nulls_last=False)), name
    for name, table in EXTRACTS.items():
        assert made.read(f"sources/{name}").columns == table.names
    text = (made.folder / "manifest.json").read_text()
    assert str(tmp_path) not in text
    assert made.manifest["rows_in"]["records"] == {"rows_in": 8, "kept": 8, "set_aside": 0, "rejected": 0}
    assert made.manifest["rows_out"]["nominals"] == 6
    assert not (made.folder / "work").exists()


def test_an_earlier_runs_groups_keep_their_names(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path / "extracts")
    one = run(extracts, tmp_path / "one", Settings(), duckdb_engine)
    groups = pl.read_parquet(one / "groups.parquet").with_columns(group_id=pl.lit("G0042"), name=pl.lit("42 Knot"))
    groups.write_parquet(one / "groups.parquet")
    nominals = pl.read_parquet(one / "nominals.parquet")
    nominals = nominals.with_columns(pl.when(pl.col("group_id").is_not_null()).then(pl.lit("G0042")).alias("group_id"))
    nominals.write_parquet(one / "nominals.parquet")
    two = open_run(run(extracts, tmp_path / "two", Settings(), duckdb_engine, previous=one))
    assert two.read("groups").select("group_id", "name").rows() == [("G0042", "42 Knot")]
    assert two.manifest["last_group"] == 42


def test_a_run_that_stops_leaves_the_rejects_and_no_run(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path / "extracts")
    with (extracts / "involvements.csv").open("a") as file:
        file.write("crime:999,ann,suspect\n")
    with pytest.raises(InputError) as error:
        run(extracts, tmp_path / "run", Settings(), duckdb_engine)
    assert "1 of 18 rows (5.6%) are rejected" in str(error.value)
    assert "unknown record (1, as involvements.csv row 18)" in str(error.value)
    assert "unknown record" in (tmp_path / "run.rejects.csv").read_text(encoding="utf-8-sig")
    assert find_runs(tmp_path) == ([], [])


def test_a_lexicon_edited_meanwhile_is_kept_as_it_was_used(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    text = "version: '1'\ngroups:\n- {name: A, weight: 1, patterns: [county line], hits: [county line], misses: [x]}\n"
    (tmp_path / "ours.yaml").write_text(text)

    class Edited(Progress):
        def step(self, name: str, total: int | None = None) -> AbstractContextManager[Advance]:
            (tmp_path / "ours.yaml").write_text("version: '2'\n")
            return super().step(name, total)

    settings = Settings(match=Match(lexicon="ours.yaml"), folder=tmp_path)
    made = run(write_extracts(tmp_path / "extracts"), tmp_path / "run", settings, duckdb_engine, progress=Edited())
    assert (made / "lexicon.yaml").read_text() == text
    assert open_run(made).manifest["lexicon"]["version"] == "1"


def test_killed_at_any_moment_no_run_looks_finished_and_the_next_one_works(tmp_path: Path) -> None:
    extracts, out = write_extracts(tmp_path / "extracts"), tmp_path / "runs" / "one"
    out.parent.mkdir()
    command = [*COMMAND, "run", str(extracts), "--out", str(out), "--quiet"]
    started = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - started
    shutil.rmtree(out)
    for part in (0.3, 0.5, 0.7, 0.9):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * part)
        child.send_signal(signal.SIGKILL)
        child.wait()
        for finished in find_runs(out.parent)[0]:  # it may have been done by then: then it is whole
            assert finished.read("nominals").height == 6
            shutil.rmtree(finished.folder)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert [path.name for path in out.parent.iterdir()] == ["one"]


def test_a_full_disk_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    extracts, out = write_extracts(tmp_path / "extracts"), tmp_path / "runs" / "one"
    records = (extracts / "records.csv").read_text()
    rows = "".join(f'crime:x{n},crime,2024-01-02,"{random.Random(n).randbytes(2000).hex()}",\n' for n in range(200))
    (extracts / "records.csv").write_text(records + rows)

    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    command = [*COMMAND, "run", str(extracts), "--out", str(out), "--quiet"]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, preexec_fn=small_files_only)
    assert ended.returncode == 2, ended.stderr
    assert "Nothing was left behind. Make room or choose another place." in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(out.parent.iterdir()) == []


def test_two_runs_of_one_place_differ_in_no_time(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    made = run(write_extracts(tmp_path / "extracts"), tmp_path / "run", Settings(), duckdb_engine)
    assert set(json.loads((made / "timings.json").read_text())) >= {"checking rows", "matching text", "finding groups"}
    assert (made / "run.log").stat().st_size > 0
