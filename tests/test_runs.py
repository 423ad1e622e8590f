"""Whole or not at all."""

import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock

from countylines.errors import InputError
from countylines.runs import NEEDED, find_runs, new_run, open_run, rows, write_json, write_table
from tests.manifests import WHOLE

BROKEN = {
    "{": "its manifest.json is damaged: it isn't JSON. Was it copied whole",
    "[]": "its manifest.json doesn't tell as_of, engine, ",
    json.dumps({**WHOLE, "rows_out": 3}): "its manifest.json doesn't tell rows_out",
    json.dumps({**WHOLE, "settings": {"ingest": {}}}): "its manifest.json doesn't tell settings.network",
    json.dumps({**WHOLE, "as_of": "yesterday"}): "its manifest.json tells no day",
}


def finish(folder: Path) -> None:
    write_json({**WHOLE, "a": "é"}, folder / "manifest.json")


def test_a_run_appears_when_it_is_done(tmp_path: Path) -> None:
    out = tmp_path / "runs" / "one"
    with new_run(out) as folder:
        assert not out.exists()
        finish(folder)
    assert open_run(out).manifest == {**WHOLE, "a": "é"}
    assert sorted(p.name for p in out.parent.iterdir()) == ["one"]
    assert [run.folder.name for run in find_runs(out.parent)[0]] == ["one"]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), new_run(tmp_path / "one") as folder:
        finish(folder)
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with pytest.raises(InputError, match="this run exists already; nothing was changed"), new_run(tmp_path / "one"):
        raise AssertionError


def test_a_place_taken_a_moment_ago_is_not_worked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acquire = FileLock.acquire

    def after_another(lock: FileLock, timeout: float) -> object:
        (tmp_path / "one").mkdir()  # another run ends just before the lock is ours
        return acquire(lock, timeout=timeout)

    monkeypatch.setattr(FileLock, "acquire", after_another)
    with pytest.raises(InputError, match="this run exists already"), new_run(tmp_path / "one"):
        raise AssertionError
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_two_runs_to_one_place_are_kept_apart(tmp_path: Path) -> None:
    with (
        new_run(tmp_path / "one") as folder,
        pytest.raises(InputError, match="another run to this place is under way"),
        new_run(tmp_path / "one"),
    ):
        raise AssertionError
    assert not folder.exists()


def work_until_killed(out: Path, started: Path) -> None:
    with new_run(out) as folder:
        finish(folder)  # even a manifest doesn't make it a run before its time
        started.touch()
        time.sleep(60)


def test_a_killed_run_leaves_none_and_the_next_one_works(tmp_path: Path) -> None:
    out, started = tmp_path / "runs" / "one", tmp_path / "started"
    child = multiprocessing.get_context("spawn").Process(target=work_until_killed, args=(out, started))
    child.start()
    while not started.exists():
        time.sleep(0.01)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    assert not out.exists()
    assert find_runs(out.parent) == ([], [])
    with new_run(out) as folder:
        finish(folder)
    assert [run.folder.name for run in find_runs(out.parent)[0]] == ["one"]
    assert [path.name for path in out.parent.iterdir()] == ["one"]


def test_what_is_not_a_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is not a finished run"):
        open_run(tmp_path)
    for content, said in BROKEN.items():
        (tmp_path / "manifest.json").write_text(content)
        with pytest.raises(InputError, match=said):
            open_run(tmp_path)
    with pytest.raises(InputError, match="there is no such folder"):
        find_runs(tmp_path / "none")


def test_broken_runs_hide_no_other(tmp_path: Path) -> None:
    for name, content in {"good": json.dumps(WHOLE), "broken": "{", "empty": "{}"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(content)
    (tmp_path / "extracts").mkdir()  # no run, and never said to be one
    (tmp_path / "manifest").mkdir()
    (tmp_path / "manifest" / "manifest.json").mkdir()
    found, broken = find_runs(tmp_path)
    assert [run.folder.name for run in found] == ["good"]
    assert [str(error).removeprefix(f"{tmp_path}/") for error in broken] == [
        "broken: its manifest.json is damaged: it isn't JSON. Was it copied whole?",
        f"empty: its manifest.json doesn't tell {', '.join(NEEDED)}. Was it copied whole?",
        "manifest: its manifest.json can't be read: Is a directory. Check who may read it.",
    ]


def test_tables_are_sorted_and_counted(tmp_path: Path) -> None:
    frame = pl.DataFrame({"record_id": ["b", "a"], "nominals": [31, 40], "more": [1, 2]})
    assert write_table(frame, tmp_path, "skipped_records") == 2
    assert pl.read_parquet(tmp_path / "skipped_records.parquet").rows() == [("a", 40), ("b", 31)]
    assert rows(tmp_path) == {"skipped_records": 2}


def test_json_is_the_same_bytes_whatever_the_order(tmp_path: Path) -> None:
    write_json({"b": 1, "a": {"d": 1, "c": 2}}, tmp_path / "one.json")
    write_json({"a": {"c": 2, "d": 1}, "b": 1}, tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert json.loads((tmp_path / "one.json").read_text()) == {"a": {"c": 2, "d": 1}, "b": 1}


def test_a_run_of_an_earlier_version_is_not_half_read(tmp_path: Path) -> None:
    write_json(WHOLE, tmp_path / "manifest.json")
    pl.DataFrame({"kind": ["group"], "id": ["G1"]}).write_parquet(tmp_path / "priority.parquet")
    found = open_run(tmp_path)
    with pytest.raises(InputError, match=r"made by another version: priority has no mean_rank, .*Make the run again"):
        found.read("priority")
    with pytest.raises(InputError, match="this run has no table 'groups'"):
        found.read("groups")


def test_a_table_that_was_cut_off_is_said_to_be(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    folder.mkdir()
    write_json(WHOLE, folder / "manifest.json")
    pl.DataFrame({"nominal_id": ["n1"] * 500}).write_parquet(folder / "nominals.parquet")
    whole = (folder / "nominals.parquet").read_bytes()
    (folder / "nominals.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"run-1: the table 'nominals' can't be read\. Was it copied whole\?$"):
        open_run(folder).read("nominals")
