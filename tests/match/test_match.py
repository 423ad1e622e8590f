"""The match stage on both engines: hits, groups and weights of records, scores, notes."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from countylines.engine import DuckDB, Engine
from countylines.match import load_lexicon, match
from countylines.match.lexicon import Group, Lexicon, Term
from countylines.match.trial import try_text
from countylines.progress import Progress
from countylines.settings import Match
from countylines.tables import EXTRACTS, RUN, Frame, Matches

LEXICON = Lexicon(
    "1",
    (
        Group("LINE", 1.0, (Term("county lines?"),), ("no county lines?",)),
        Group("HOUSE", 0.5, (Term("cuckooed"), Term("cuckoo house"))),
        Group("THIRD", 0.1, (Term("runner"),)),
        Group("FIFTH", 0.2, (Term("pwits"),)),
        Group("SEVENTH", 0.7, (Term("clcrack"),)),
        Group("ZERO", 0.0, (Term("hello"),)),
    ),
)


def frame(engine: Engine, folder: Path, rows: list[dict[str, Any]]) -> Frame:
    """Records, with what a row doesn't name left empty."""
    given = {"source": "crime", "recorded": dt.datetime(2020, 1, 1)}
    full = [{"record_id": f"crime:{number:03}"} | given | row for number, row in enumerate(rows)]
    path = folder / "records.parquet"
    pq.write_table(pa.Table.from_pylist(full, EXTRACTS["records"].schema), path)
    return engine.scan(path)


def rows_of(frame: Frame, *by: str) -> list[tuple[Any, ...]]:
    made = frame.collect("pyarrow").to_arrow().to_pylist()
    return sorted((tuple(row.values()) for row in made), key=str)


def matched(engine: Engine, folder: Path, rows: list[dict[str, Any]], **chosen: Any) -> Matches:
    return match(frame(engine, folder, rows), LEXICON, Match(**chosen), engine, folder, Progress())


TEXTS = [
    {"text": "county line, cuckooed"},
    {"text": "runner with pwits"},
    {"text": "no county line"},
    {"text": "Runner RUNNER clcrack"},
    {"text": None},
    {"text": "quiet", "marker": True},
    {"text": "hello"},
    {"text": "cuckoo\u2014house é runner", "grading": "B", "marker": True},
    {"text": "", "marker": False},
]


def test_hits_groups_and_scores(engine: Engine, tmp_path: Path) -> None:
    made = matched(engine, tmp_path, TEXTS)
    assert rows_of(made.hits) == [
        ("crime:000", "HOUSE", "cuckooed", 13, 21, None),
        ("crime:000", "LINE", "county lines?", 0, 11, None),
        ("crime:001", "FIFTH", "pwits", 12, 17, None),
        ("crime:001", "THIRD", "runner", 0, 6, None),
        ("crime:002", "LINE", "county lines?", 3, 14, "no county lines?"),
        ("crime:003", "SEVENTH", "clcrack", 14, 21, None),
        ("crime:003", "THIRD", "runner", 0, 6, None),
        ("crime:003", "THIRD", "runner", 7, 13, None),
        ("crime:006", "ZERO", "hello", 0, 5, None),
        ("crime:007", "HOUSE", "cuckoo house", 0, 12, None),
        ("crime:007", "THIRD", "runner", 15, 21, None),
    ]
    assert rows_of(made.record_groups) == [
        ("crime:000", "HOUSE", 0.5),
        ("crime:000", "LINE", 1.0),
        ("crime:001", "FIFTH", 0.2),
        ("crime:001", "THIRD", 0.1),
        ("crime:003", "SEVENTH", 0.7),
        ("crime:003", "THIRD", 0.1),
        ("crime:006", "ZERO", 0.0),
        ("crime:007", "HOUSE", 0.5),
        ("crime:007", "THIRD", 0.1),
    ]
    assert rows_of(made.scores) == [
        ("crime:000", 1.0, ["HOUSE", "LINE"]),  # at most 1
        ("crime:001", 0.3, ["FIFTH", "THIRD"]),  # not 0.30000000000000004
        ("crime:003", 0.8, ["SEVENTH", "THIRD"]),  # a group counts once
        ("crime:007", 0.6, ["HOUSE", "THIRD"]),
    ]
    assert made.notes == ()


def test_columns_are_the_run_tables(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    made = matched(duckdb_engine, tmp_path, TEXTS)
    for name, table in (("hits", made.hits), ("record_scores", made.scores)):
        assert table.collect_schema().names() == RUN[name].names
        duckdb_engine.write(table, tmp_path / f"{name}.out.parquet", RUN[name].key, RUN[name].schema)


def test_without_exceptions(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    made = matched(duckdb_engine, tmp_path, TEXTS, except_rules=False)
    assert ("crime:002", 1.0, ["LINE"]) in rows_of(made.scores)


def test_the_marker_is_one_more_group(engine: Engine, tmp_path: Path) -> None:
    made = matched(engine, tmp_path, TEXTS, use_marker=True, grading_weights={"B": 0.5})
    assert [row for row in rows_of(made.record_groups) if row[1] == "MARKER"] == [
        ("crime:005", "MARKER", 1.0),
        ("crime:007", "MARKER", 0.5),
    ]
    scores = rows_of(made.scores)
    assert ("crime:005", 1.0, ["MARKER"]) in scores
    assert ("crime:007", 0.8, ["HOUSE", "MARKER", "THIRD"]) in scores


def test_gradings_scale_the_weights_of_their_records(engine: Engine, tmp_path: Path) -> None:
    rows = [{"text": "county line runner", "grading": grading} for grading in ("1AA", "2BB", "9ZZ", None, "0CC")]
    made = matched(engine, tmp_path, rows, grading_weights={"1AA": 0.5, "2BB": 1 / 3, "0CC": 0.0})
    assert rows_of(made.scores) == [
        ("crime:000", 0.55, ["LINE", "THIRD"]),
        ("crime:001", 0.366666666, ["LINE", "THIRD"]),
        ("crime:002", 1.0, ["LINE", "THIRD"]),
        ("crime:003", 1.0, ["LINE", "THIRD"]),
    ]


def test_no_records_at_all(engine: Engine, tmp_path: Path) -> None:
    made = matched(engine, tmp_path, [], use_marker=True)
    assert rows_of(made.hits) == rows_of(made.record_groups) == rows_of(made.scores) == []


def test_records_without_any_text(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    made = matched(duckdb_engine, tmp_path, [{"marker": True}, {"marker": False}, {}], use_marker=True)
    assert rows_of(made.scores) == [("crime:000", 1.0, ["MARKER"])]


def test_a_strong_group_in_many_rows_of_a_source_is_reported(engine: Engine, tmp_path: Path) -> None:
    rows = [
        {"source": "intelligence", "text": "risk of county lines? N" if number < 2 else "runner"}
        for number in range(60)
    ]
    rows += [
        {"source": "custody", "text": "cuckooed" if number < 1 else "runner"} for number in range(50)
    ]  # 2%: not more
    rows += [{"source": "prison", "text": "county line"}] * 49  # too few rows to say
    notes = matched(engine, tmp_path, rows).notes
    assert notes == (
        "LINE hits 3.3% of the rows of intelligence: form text such as 'risk of county lines? N' looks like that. "
        "Look at a few, and add an exception.",
    )


def test_marker_and_cancelled_hits_are_no_form_text(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    rows = [{"source": "crime", "text": "no county lines", "marker": True} for _ in range(100)]
    assert matched(duckdb_engine, tmp_path, rows, use_marker=True).notes == ()


ANY_TEXT = st.lists(
    st.sampled_from(["county line", "no", "cuckooed", "runner", "pwits", "clcrack", "hello", "x"]), max_size=7
).map(" ".join)


@settings(max_examples=25)
@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=20))
def test_the_same_as_one_text_at_a_time(
    duckdb_engine: DuckDB, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    made = matched(duckdb_engine, tmp_path_factory.mktemp("match"), [{"text": text} for text in texts])
    trials = [try_text(text, LEXICON) for text in texts]
    assert rows_of(made.scores) == [
        (f"crime:{number:03}", trial.score, sorted(trial.weights))
        for number, trial in enumerate(trials)
        if trial.score > 0
    ]


def test_scores_don_t_depend_on_the_order_of_rows(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    rows = [{"record_id": f"r:{number:03}", "text": TEXTS[number % len(TEXTS)]["text"]} for number in range(200)]
    results = []
    for order in (rows, rows[::-1], rows[100:] + rows[:100]):
        folder = tmp_path / str(len(results))
        folder.mkdir()
        results.append(rows_of(matched(duckdb_engine, folder, order).scores))
    assert results[0] == results[1] == results[2]


def test_progress_counts_the_rows_with_text(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    rows = [{"text": "runner"}] * 40_000 + [{"text": None}] * 5
    records = frame(duckdb_engine, tmp_path, rows)
    progress = Progress(Console(file=StringIO(), force_terminal=True))
    made = match(records, load_lexicon(), Match(), duckdb_engine, tmp_path, progress)
    assert made.scores.collect("pyarrow").shape == (40_000, 3)
    assert list(progress.timings) == ["matching text", "weighing records"]
