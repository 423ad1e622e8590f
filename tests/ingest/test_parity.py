"""Every relational step of the stage on both engines, against tables worked by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from countylines.engine import Engine
from countylines.ingest import check, decisions
from countylines.ingest.read import MARKS, schema_of
from countylines.ingest.rejects import table_rejects
from countylines.tables import DAY, EXTRACTS, TEXT, Frame

Rows = Sequence[dict[str, Any]]
VERDICT = pa.schema([*MARKS[:2], *MARKS[3:4], MARKS[8], ("_rejected", TEXT), ("_aside", TEXT)])
RULINGS = pa.schema([("nominal_id", TEXT), ("record_id", TEXT), ("decision", TEXT)])
D1, D2, D3 = dt.date(2014, 12, 31), dt.date(2015, 1, 1), dt.date(2020, 6, 1)


@pytest.fixture
def frame(engine: Engine, tmp_path: Path) -> Callable[[pa.Schema, Rows], Frame]:
    """A frame of the engine; columns that a row leaves out are null."""
    count = iter(range(99))

    def made(schema: pa.Schema, rows: Rows) -> Frame:
        path = tmp_path / f"{next(count)}.parquet"
        pq.write_table(pa.Table.from_pylist(list(rows), schema), path)
        return engine.scan(path)

    return made


Make = Callable[[pa.Schema, Rows], Frame]


def got(made: Frame, *columns: str) -> list[tuple[Any, ...]]:
    return sorted(made.select(*columns).collect().rows(), key=repr)


def typed(table: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    marks = {"_part": 0, "_file": f"{table}.csv", "_repeats": False, "_prefix": ""}
    return [marks | {"_id": i, "_row": i} | row for i, row in enumerate(rows, 1)]


def verdict(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema([*VERDICT, *columns])


def test_own_faults(frame: Make) -> None:
    good = {"record_id": "r", "source": "crime", "date": D3}
    rows = [good, good | {"_flaw": "broken"}, good | {"record_id": None}, good | {"date": None}, good | {"source": "x"}]
    rows = typed("records", *rows, {"_flaw": "broken", "source": None}, good | {"source": None})
    judged = check.own_faults(frame(schema_of(EXTRACTS["records"]), rows), "records")
    faults = [None, "broken", "no key", "no valid date", "unknown source", "broken", "unknown source"]
    assert got(judged, "_id", "_rejected", "_aside") == [(i, fault, None) for i, fault in enumerate(faults, 1)]


def test_own_faults_of_decisions(frame: Make) -> None:
    rows = typed(
        "decisions",
        {"nominal_id": "a", "decision": "wrong person"},
        {"nominal_id": "a", "decision": "x"},
        {"decision": "wrong person"},
        {"record_id": "r", "decision": "victim not offender"},
    )
    judged = check.own_faults(frame(schema_of(EXTRACTS["decisions"]), rows), "decisions")
    assert [row[1] for row in got(judged, "_id", "_rejected")] == [
        None,
        "unknown decision",
        "names neither nominal nor record",
        "names no nominal",
    ]


def test_references(frame: Make) -> None:
    rows: list[dict[str, Any]] = [
        {"record_id": "r1", "nominal_id": "a"},
        {"record_id": "r2", "nominal_id": "a"},
        {"record_id": "r9", "nominal_id": "a"},
        {"record_id": "r2", "nominal_id": "z"},
        {"record_id": "r1", "nominal_id": "z", "_aside": "no person link"},
        {"record_id": "r9", "nominal_id": "a", "_rejected": "unknown role"},
        {"record_id": None, "nominal_id": None},
    ]
    rows = [{"_id": i} | row for i, row in enumerate(rows, 1)]
    records = frame(
        pa.schema([("record_id", TEXT), ("record_aside", TEXT)]),
        [{"record_id": "r1"}, {"record_id": "r2", "record_aside": "restricted"}],
    )
    nominals = frame(pa.schema([("nominal_id", TEXT)]), [{"nominal_id": "a"}])
    judged = check.references(frame(verdict(("record_id", TEXT), ("nominal_id", TEXT)), rows), records, nominals)
    assert got(judged, "_id", "_rejected", "_aside") == [
        (1, None, None),
        (2, None, "record set aside: restricted"),
        (3, "unknown record", None),
        (4, "unknown nominal", "record set aside: restricted"),
        (5, None, "no person link"),
        (6, "unknown role", None),
        (7, None, None),
    ]


def test_repeats_in_order(frame: Make) -> None:
    keys: list[tuple[str | None, str | None, str | None, bool]] = [  # line, person, fault, repeats by nature
        ("l1", None, None, False),
        ("l1", None, None, False),
        ("l1", "a", None, False),
        ("l1", "a", "broken", False),
        ("l1", "a", None, True),
        ("l2", "b", "broken", False),
        ("l2", "b", None, False),
    ]
    rows = [
        {"_id": i, "_part": 0, "_row": i, "line_id": line, "nominal_id": person, "_rejected": fault, "_repeats": again}
        for i, (line, person, fault, again) in enumerate(keys, 1)
    ]
    judged = frame(verdict(("line_id", TEXT), ("nominal_id", TEXT)), rows)
    key = ("line_id", "nominal_id")
    later = check.later_rows(check.repeated_keys(judged, key), key)
    assert got(check.without_repeats(judged, later, "twice"), "_id", "_rejected", "_aside") == [
        (1, None, None),
        (2, "twice", None),
        (3, None, None),
        (4, "broken", None),
        (5, None, "known from an earlier row"),
        (6, "broken", None),
        (7, None, None),
    ]


def test_repeats_without_order(frame: Make) -> None:
    """A file's rows come before a database's of a later name; among the latter the least content wins, empty first."""
    contents = [(1, None, "zebra"), (1, None, "ant"), (1, None, None), (0, 2, "b"), (0, 1, "c")]
    keys = ["r1", "r1", "r2", "r3", "r3"]
    records = typed("records", *({"record_id": k, "text": c[2]} for k, c in zip(keys, contents, strict=True)))
    for row, (part, number, _) in zip(records, contents, strict=True):
        row.update(_part=part, _row=number)
    records.append(records[2] | {"_id": 6, "text": "a"})
    columns = [field.name for field in verdict(("record_id", TEXT))]
    judged = frame(verdict(("record_id", TEXT)), [{k: v for k, v in row.items() if k in columns} for row in records])
    content = frame(schema_of(EXTRACTS["records"]), records)
    later = check.later_rows(check.repeated_keys(judged, ("record_id",)), ("record_id",), content)
    assert got(later, "_id") == [(1,), (4,), (6,)]


def test_details_that_a_later_system_knows_first(frame: Make) -> None:
    """Each column for itself; never a rejected duplicate's, never the birth date, and nothing for who has one row."""
    rows = typed(
        "nominals",
        {"nominal_id": "a", "sex": "F"},
        {"nominal_id": "b"},
        {"nominal_id": "a", "name": "ANN", "sex": "M", "_repeats": True, "date_of_birth": D1},
        {"nominal_id": "a", "name": "ANNE", "looked_after": True, "responsible_authority": "Y", "_repeats": True},
        {"nominal_id": "a", "ethnicity": "W1"},  # a duplicate in a canonical file
        {"nominal_id": "c", "name": "CAT", "looked_after": False, "_repeats": True},
        {"nominal_id": "c", "name": "KAT", "looked_after": True, "home_authority": "X", "_repeats": True}
        | {"responsible_authority": "Y"},  # not of somebody who isn't looked after by the first that knows
    )
    every = frame(schema_of(EXTRACTS["nominals"]), rows)
    later = [{"_id": i, "_repeats": i != 5} for i in (3, 4, 5, 7)]
    marked = frame(pa.schema([("_id", pa.int64()), ("_repeats", pa.bool_())]), later)
    kept = every.join(marked, on="_id", how="anti")
    made = check.with_details(kept, every, marked, check.reading_order((), unordered=False))
    columns = ("nominal_id", "name", "sex", "looked_after", "responsible_authority", "home_authority")
    assert got(made, *columns) == [
        ("a", "ANN", "F", True, "Y", None),
        ("b", None, None, None, None, None),
        ("c", "CAT", None, False, None, "X"),
    ]
    assert got(made, "ethnicity", "date_of_birth") == [(None, None)] * 3
    assert made.collect_schema().names() == kept.collect_schema().names()


def test_details_without_order(frame: Make) -> None:
    """Of a database's rows the least content comes first, empty before all; the kept row is the first of them."""
    rows = typed("nominals", {"name": "ZOE"}, {"name": "ANN", "sex": "F"}, {"sex": "M"})
    rows = [row | {"nominal_id": "a", "_row": None, "_repeats": True} for row in rows]
    every = frame(schema_of(EXTRACTS["nominals"]), rows)
    schema = pa.schema([*verdict(("nominal_id", TEXT))])
    judged = frame(schema, [{name: row.get(name) for name in schema.names} for row in rows])
    later = check.later_rows(check.repeated_keys(judged, ("nominal_id",)), ("nominal_id",), every)
    assert got(later, "_id") == [(1,), (2,)]
    kept = every.join(later, on="_id", how="anti")
    order = check.reading_order(EXTRACTS["nominals"].names, unordered=True)
    assert got(check.with_details(kept, every, later, order), "name", "sex") == [("ANN", "M")]


def test_records_aside(frame: Make) -> None:
    cells: list[tuple[dt.date, str, str | None, bool | None, str | None]] = [
        (D1, "intelligence", "2EP", True, "before since"),
        (D2, "intelligence", " 2/e/p", True, "suspected false"),
        (D2, "crime", "2EP", None, None),
        (D2, "intelligence", "a-5", None, "suspected false"),
        (D2, "intelligence", "AE5", None, None),
        (D2, "intelligence", None, True, "restricted"),
        (D2, "custody", None, False, None),
    ]
    schema = verdict(("source", TEXT), ("date", DAY), ("grading", TEXT), ("restricted", pa.bool_()))
    rows = [
        {"_id": i, "date": d, "source": s, "grading": g, "restricted": r} for i, (d, s, g, r, _) in enumerate(cells, 1)
    ]
    made = check.records_aside(frame(schema, rows), D2, include_restricted=False)
    assert got(made, "_id", "_aside") == [(i, row[-1]) for i, row in enumerate(cells, 1)]


def test_unlinked_records(frame: Make) -> None:
    schema = pa.schema([("record_id", TEXT), ("source", TEXT), ("record_aside", TEXT)])
    rows = [("r1", "crime", None), ("r2", "crime", None), ("r3", "crime", "restricted"), ("r4", "missing", None)]
    records = frame(schema, [dict(zip(schema.names, row, strict=True)) for row in rows])
    alone = check.unlinked(records, frame(pa.schema([("record_id", TEXT)]), [{"record_id": "r1"}]))
    assert got(alone, "source", "records") == [("crime", 1), ("missing", 1)]


def test_linked_people(frame: Make) -> None:
    rows = typed(
        "nominals",
        {"nominal_id": "1", "_link": "icis", "_prefix": "icis:"},
        {"nominal_id": "2", "_link": "icis", "_prefix": "icis:"},
        {"nominal_id": "1", "_link": "pins", "_prefix": "pins:"},
        {"nominal_id": "1", "_link": "crimes"},
        {"nominal_id": "ann"},
        {"nominal_id": None, "_link": "icis", "_prefix": "icis:"},
    )
    links = frame(EXTRACTS["person_links"].schema, [{"source": "icis", "native_id": "1", "nominal_id": "ann"}])
    made = check.linked(frame(schema_of(EXTRACTS["nominals"]), rows), links, ["icis"])
    assert got(made, "_id", "nominal_id", "_aside") == [
        (1, "ann", None),
        (2, "2", "no person link"),
        (3, "pins:1", None),
        (4, "1", None),
        (5, "ann", None),
        (6, None, None),
    ]


def test_states_of_rulings(frame: Make) -> None:
    cells: list[tuple[str | None, str | None, dt.date | None, str]] = [
        ("x", "y", None, "applied"),
        ("x", " X ", None, "waiting"),
        ("x", None, None, "waiting"),
        (None, "y", None, "waiting"),
        ("x", "y", D3, "expired"),
        ("x", "y", D3 + dt.timedelta(1), "applied"),
        ("x", " ", D2, "waiting"),
    ]
    rows = [{"nominal_id": f"{i}", "by": b, "confirmed_by": c, "review_by": r} for i, (b, c, r, _) in enumerate(cells)]
    states = decisions.states(frame(EXTRACTS["decisions"].schema, rows), D3)
    assert [row[1] for row in got(states, "nominal_id", "state")] == [row[-1] for row in cells]
    assert got(decisions.in_force(states), "nominal_id") == [("0",), ("5",)]


def rulings(frame: Make, *rows: tuple[str | None, str | None, str]) -> Frame:
    return frame(RULINGS, [dict(zip(RULINGS.names, row, strict=True)) for row in rows])


def test_withdrawn(frame: Make) -> None:
    ruled = rulings(
        frame,
        (None, "r1", "wrong person"),
        ("a", "r2", "not county lines"),
        ("b", None, "wrong person"),
        ("c", "r3", "reviewed and kept"),
    )
    pairs = [("r1", "c"), ("r2", "a"), ("r3", "a"), ("r3", "b"), ("r3", "c")]
    rows = [{"_id": i, "record_id": r, "nominal_id": n} for i, (r, n) in enumerate(pairs, 1)]
    judged = frame(verdict(("record_id", TEXT), ("nominal_id", TEXT)), rows)
    gone = "withdrawn by a decision"
    assert [row[1] for row in got(decisions.withdraw_records(judged, ruled), "_id", "_aside")] == [gone] + [None] * 4
    people = got(decisions.withdraw_people(judged, ruled), "_id", "_aside")
    assert [row[1] for row in people] == [None, gone, None, gone, None]


def test_victims_not_offenders(frame: Make) -> None:
    ruled = rulings(frame, ("a", None, "victim not offender"), ("b", "r1", "victim not offender"))
    cells = [
        ("r1", "a", "suspect", None),
        ("r1", "a", "arrested", None),
        ("r2", "a", "victim", None),
        ("r2", "a", "charged", None),
        ("r1", "b", "convicted", None),
        ("r2", "b", "suspect", None),
        ("r3", "a", "suspect", "restricted"),
        ("r3", "a", "subject", None),
    ]
    rows = [{"_id": i, "record_id": r, "nominal_id": n, "role": o, "_aside": s} for i, (r, n, o, s) in enumerate(cells)]
    judged = frame(verdict(("record_id", TEXT), ("nominal_id", TEXT), ("role", TEXT)), rows)
    changed = decisions.to_victims(judged, ruled)
    made = decisions.with_victims(decisions.drop_second_victims(judged, changed), changed)
    assert got(made, "_id", "role", "_aside") == [
        (0, "victim", "victim already"),
        (1, "victim", None),
        (2, "victim", None),
        (3, "victim", "victim already"),
        (4, "victim", None),
        (5, "suspect", None),
        (6, "suspect", "restricted"),
        (7, "subject", None),
    ]


def test_rejects(engine: Engine, frame: Make, tmp_path: Path) -> None:
    rows = typed(
        "releases",
        {"nominal_id": "a", "release_date": D3},
        {"nominal_id": "b", "_raw": '{"who":"b","day":"soon"}'},
        {"nominal_id": "c", "release_date": D3},
    )
    judged = frame(VERDICT, [{"_id": 1, "_rejected": "r", "_aside": "s"}, {"_id": 2, "_aside": "s"}, {"_id": 3}])
    table = frame(schema_of(EXTRACTS["releases"]), rows)
    names = EXTRACTS["releases"].names
    made = table_rejects(engine, "releases", table, check.dropped(judged), names, tmp_path / "out.parquet")
    assert got(made, "table", "file", "row_number", "kind", "reason", "row") == [
        ("releases", "releases.csv", 1, "rejected", "r", '{"nominal_id":"a","release_date":"2020-06-01"}'),
        ("releases", "releases.csv", 2, "set aside", "s", '{"who":"b","day":"soon"}'),
    ]
