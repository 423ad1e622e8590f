"""A run against its truth: every figure of a small case by heart, then the definitions again over an invented force."""

from collections import Counter
from io import StringIO
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console

from countylines.engine import DuckDB
from countylines.errors import InputError
from countylines.pipeline import run
from countylines.report.evaluate import Evaluation, Score, evaluate, show_evaluation
from countylines.runs import MANIFEST, write_json, write_table
from countylines.settings import Settings
from countylines.synthetic import synth
from countylines.tables import CONNECTING_ROLES, RUN
from tests.manifests import WHOLE

LINE_ROLES = ("holder", "elder", "dealer", "runner", "cuckooed")

# Two lines: A is found in group G1; of B only two people are kept, and they stand with A.
PEOPLE = [  # id, true role, line, child, kept as, group, protected, held, rankable
    ("a1", "holder", "A", False, "matched", "G1", False, False, True),
    ("a2", "dealer", "A", False, "matched", "G1", False, True, False),
    ("a3", "runner", "A", True, "associate", "G1", True, False, False),
    ("a4", "runner", "A", True, None, None, False, False, False),
    ("b1", "holder", "B", False, "matched", "G1", False, False, True),
    ("b2", "dealer", "B", False, "matched", None, False, False, True),
    ("b3", "cuckooed", "B", False, None, None, False, False, False),
    ("c1", "customer", None, False, "matched", "G1", False, False, True),
    ("c2", "customer", None, False, None, None, False, False, False),
    ("m1", "relative", None, False, "associate", "G2", False, True, False),
    ("k1", "none", None, True, "matched", "G2", True, False, False),
    ("x1", "runner", "A", True, None, None, False, False, False),  # no used record: counted nowhere
]
RECORDS = [  # id, about lines, score, the people in it and their role
    ("r1", True, 1.0, [("a1", "subject"), ("a2", "subject"), ("c1", "subject")]),  # right
    ("r2", True, 0.5, [("b1", "suspect"), ("b2", "witness")]),  # right: the threshold itself counts
    ("r3", True, 0.4, [("a1", "subject"), ("a3", "missing")]),  # missed: score too low
    ("r4", True, None, [("a4", "subject"), ("b3", "subject")]),  # missed: no word
    ("r5", False, 1.0, [("c1", "subject"), ("c2", "subject")]),  # wrong
    ("r6", False, 1.0, [("c2", "subject"), ("a1", "witness")]),  # not in the network: the kept person only witnesses
    ("r7", False, None, [("m1", "subject"), ("k1", "subject")]),  # right to leave out
    ("r8", False, 1.0, [("a1", "subject"), ("k1", "subject")]),  # skipped: too many people
]


def empty(name: str) -> dict[str, list[Any]]:
    return {column: [] for column in RUN[name].names}


def write_case(folder: Path, truth_as: str = "parquet") -> tuple[Path, Path]:
    """The case above as a run and truth tables, with just what evaluate reads."""
    run_folder, truth = folder / "run", folder / "truth"
    (run_folder / "sources").mkdir(parents=True)
    truth.mkdir()
    kept = [row for row in PEOPLE if row[4]]
    nominals = {name: [None] * len(kept) for name in RUN["nominals"].names} | {
        "nominal_id": [row[0] for row in kept],
        "entered_by": [row[4] for row in kept],
        "group_id": [row[5] for row in kept],
        "protected": [row[6] for row in kept],
        "held": [["a reason"] if row[7] else [] for row in kept],
        "rankable": [row[8] for row in kept],
    }
    schema = pl.from_arrow(RUN["nominals"].schema.empty_table())
    assert isinstance(schema, pl.DataFrame)
    write_table(pl.DataFrame(nominals, schema=schema.schema), run_folder, "nominals")
    scored = [row for row in RECORDS if row[2] is not None]
    scores = {
        "record_id": [row[0] for row in scored],
        "score": [row[2] for row in scored],
        "groups": [["X"]] * len(scored),
    }
    write_table(pl.DataFrame(scores), run_folder, "record_scores")
    write_table(pl.DataFrame({"record_id": ["r8"], "nominals": [31]}), run_folder, "skipped_records")
    links = [(row[0], person, role) for row in RECORDS for person, role in row[3]]
    frame = pl.DataFrame(links, schema=["record_id", "nominal_id", "role"], orient="row")
    frame.write_parquet(run_folder / "sources" / "involvements.parquet")
    pl.DataFrame({"record_id": [row[0] for row in RECORDS]}).write_parquet(run_folder / "sources" / "records.parquet")
    write_json(WHOLE, run_folder / MANIFEST)
    person = pl.DataFrame([row[:4] for row in PEOPLE], schema=["nominal_id", "role", "line_id", "child"], orient="row")
    record = pl.DataFrame(
        {"record_id": [r[0] for r in RECORDS] + ["unused"], "is_county_lines": [r[1] for r in RECORDS] + [True]}
    )
    for name, table in (("person", person), ("record", record)):
        table.write_parquet(truth / f"{name}.parquet") if truth_as == "parquet" else table.write_csv(
            truth / f"{name}.csv"
        )
    return run_folder, truth


@pytest.mark.parametrize("truth_as", ["parquet", "csv"])
def test_every_figure_of_the_small_case(tmp_path: Path, truth_as: str) -> None:
    found = evaluate(*write_case(tmp_path, truth_as))
    assert found.records == Score(found=3, true=4, both=2)
    assert found.people == Score(found=8, true=7, both=5)
    assert (found.people.precision, found.people.recall) == (5 / 8, 5 / 7)
    assert found.adults == Score(found=6, true=5, both=4)  # without a3, a4 and k1
    assert (found.groups.people, found.groups.groups) == (4, 1)
    assert found.groups.ari == 0.0  # one group tells nothing of two lines
    one, two = found.lines
    assert (one.line_id, one.people, one.kept, one.group_id, one.together, one.found) == ("A", 4, 3, "G1", 3, True)
    assert one.share_of_group == 3 / 5
    assert (two.line_id, two.people, two.kept, two.group_id, two.together, two.found) == ("B", 3, 2, "G1", 1, False)
    assert found.lines_found == 1
    roles = {row.role: row for row in found.line_roles}
    assert list(roles) == ["holder", "dealer", "runner", "cuckooed"]
    assert (roles["runner"].people, roles["runner"].kept, roles["runner"].protected, roles["runner"].matched) == (
        2,
        1,
        1,
        0,
    )
    assert (roles["dealer"].held, roles["dealer"].rankable) == (1, 1)
    assert [(row.role, row.kept, row.held, row.rankable) for row in found.other_roles] == [
        ("customer", 1, 0, 1),
        ("none", 1, 0, 0),
        ("relative", 1, 1, 0),
    ]


def test_plain_values_and_the_screen_say_the_same(tmp_path: Path) -> None:
    found = evaluate(*write_case(tmp_path))
    plain = found.as_dict()
    assert plain["people"] == {"found": 8, "true": 7, "both": 5, "precision": 5 / 8, "recall": 5 / 7}
    assert plain["lines_found"] == 1 and plain["lines"][0]["line_id"] == "A"
    screen = printed(found)
    for text in ("0.62", "0.71", "Lines found: 1 of 2", "ARI 0.00", "customer", "evidence about no real place"):
        assert text in screen


def printed(found: Evaluation) -> str:
    console = Console(width=120, record=True, file=StringIO())
    show_evaluation(console, found)
    return console.export_text()


def test_an_empty_network_has_no_figures(tmp_path: Path) -> None:
    run_folder, truth = write_case(tmp_path)
    schema = pl.from_arrow(RUN["nominals"].schema.empty_table())
    assert isinstance(schema, pl.DataFrame)
    write_table(schema, run_folder, "nominals")
    found = evaluate(run_folder, truth)
    assert found.people == Score(0, 7, 0) and found.people.precision is None and found.people.recall == 0
    assert found.groups.ari is None and found.lines_found == 0 and found.other_roles == ()
    assert "none" in printed(found)


def test_bad_input_is_named(tmp_path: Path) -> None:
    run_folder, truth = write_case(tmp_path)
    with pytest.raises(InputError, match="not a finished run"):
        evaluate(truth, truth)
    with pytest.raises(InputError, match="no truth table person"):
        evaluate(run_folder, run_folder)
    (truth / "person.parquet").unlink()
    pl.DataFrame({"nominal_id": ["z"], "role": ["none"], "line_id": [None], "child": [False]}).write_parquet(
        truth / "person.parquet"
    )
    with pytest.raises(InputError, match="truth of the force"):
        evaluate(run_folder, truth)


def adjusted_rand(one: list[Any], two: list[Any]) -> float:
    """Hubert and Arabie 1985, from the pairs themselves."""
    pairs = list(combinations(range(len(one)), 2))
    both = sum(one[i] == one[j] and two[i] == two[j] for i, j in pairs)
    first, second = (sum(comb(n, 2) for n in Counter(side).values()) for side in (one, two))
    expected = first * second / len(pairs)
    return (both - expected) / ((first + second) / 2 - expected)


def test_the_definitions_over_an_invented_force(tmp_path: Path, duckdb_engine: DuckDB) -> None:
    synth(tmp_path / "force", 6_000, 4)
    made = run(tmp_path / "force", tmp_path / "run", Settings(), duckdb_engine)
    truth = tmp_path / "force" / "truth"
    found = evaluate(made, truth)

    person = {row["nominal_id"]: row for row in pl.read_parquet(truth / "person.parquet").iter_rows(named=True)}
    about = dict(pl.read_parquet(truth / "record.parquet").select("record_id", "is_county_lines").iter_rows())
    kept = {row["nominal_id"]: row for row in pl.read_parquet(made / "nominals.parquet").iter_rows(named=True)}
    links = list(
        pl.read_parquet(made / "sources" / "involvements.parquet").select("record_id", "nominal_id", "role").iter_rows()
    )
    score = dict(pl.read_parquet(made / "record_scores.parquet").select("record_id", "score").iter_rows())
    skipped = set(pl.read_parquet(made / "skipped_records.parquet")["record_id"])
    used = set(pl.read_parquet(made / "sources" / "records.parquet")["record_id"])

    met = {nominal for _, nominal, _ in links}
    true = {nominal for nominal in met if person[nominal]["role"] in LINE_ROLES}
    assert found.people == Score(len(kept), len(true), len(true & kept.keys()))
    inside = {
        r for r, n, role in links if n in kept and role in CONNECTING_ROLES and score.get(r, 0) >= 0.5 - 1e-9
    } - skipped
    assert found.records == Score(len(inside), sum(about[r] for r in used), sum(about[r] for r in inside))
    placed = sorted(n for n in true & kept.keys() if kept[n]["group_id"])
    lines, groups = [person[n]["line_id"] for n in placed], [kept[n]["group_id"] for n in placed]
    assert found.groups.people == len(placed)
    assert found.groups.ari == pytest.approx(adjusted_rand(lines, groups))
    assert sum(row.people for row in found.line_roles) == len(true)
    assert sum(row.kept for row in found.other_roles) == len(kept.keys() - true)
    for line in found.lines:
        members = {n for n in true if person[n]["line_id"] == line.line_id}
        there = Counter(kept[n]["group_id"] for n in members & kept.keys() if kept[n]["group_id"])
        assert line.people == len(members) and line.together == max(there.values(), default=0)
