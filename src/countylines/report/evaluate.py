"""A run of a synthetic force compared with its truth: how right records, people, groups and treatment are.

What is measured on an invented force says how a method behaves, not how it does in any real place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from countylines.errors import InputError
from countylines.report.evaluate_links import TABLES, LinksFound, evaluate_links, links_table
from countylines.report.screen import plain_table, titled
from countylines.runs import Run, open_run
from countylines.sums import EDGE
from countylines.tables import CONNECTING_ROLES

LINE_ROLES = ("holder", "elder", "dealer", "runner", "cuckooed")


@dataclass(frozen=True)
class Score:
    """How many were found, are true, and are both."""

    found: int
    true: int
    both: int

    @property
    def precision(self) -> float | None:
        """The share of those found that are true; none where nothing was found."""
        return self.both / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of the true that were found; none where nothing is true."""
        return self.both / self.true if self.true else None


@dataclass(frozen=True)
class Agreement:
    """Groups against lines, over the people of lines who are kept and stand in a group; none with fewer than two."""

    people: int
    groups: int
    ari: float | None
    ami: float | None


@dataclass(frozen=True)
class LineFound:
    """One line: its people with a record, how many are kept, and the group that holds most of them.

    Found: that group holds at least half of the line's people with a record, and no other line has more people in it.
    """

    line_id: str
    people: int
    kept: int
    group_id: str | None
    together: int
    share_of_group: float
    found: bool


@dataclass(frozen=True)
class RoleFound:
    """People of one true role: with a used record, kept, and how the kept ones are treated."""

    role: str
    people: int
    kept: int
    matched: int
    protected: int
    held: int
    rankable: int


@dataclass(frozen=True)
class Evaluation:
    """Everything that is compared.

    Attributes:
        records: in the network against about county lines; over the records that the run used.
        people: kept against people of lines, over everybody with a used record.
        adults: the same without those who are children on the last day.
        groups: agreement of groups and lines.
        lines: one entry a line.
        line_roles: the people of lines, by role.
        other_roles: everybody else who was kept, by what they truly are.
        links: exploited children against the lines and groups they are linked to; none for a run without links.
    """

    records: Score
    people: Score
    adults: Score
    groups: Agreement
    lines: tuple[LineFound, ...]
    line_roles: tuple[RoleFound, ...]
    other_roles: tuple[RoleFound, ...]
    links: tuple[LinksFound, ...] = ()

    @property
    def lines_found(self) -> int:
        """How many lines are found."""
        return sum(line.found for line in self.lines)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        plain = asdict(self) | {"lines_found": self.lines_found}
        for name in ("records", "people", "adults"):
            score: Score = getattr(self, name)
            plain[name] |= {"precision": score.precision, "recall": score.recall}
        for row, link in zip(plain["links"], self.links, strict=True):
            row |= {"first_share": link.first_share, "top3_share": link.top3_share}
        return plain


def evaluate(run: Path, truth: Path) -> Evaluation:
    """Compare a run with the truth tables of the force it was made from.

    Args:
        run: a finished run.
        truth: the folder of the tables person, record and line, as Parquet or CSV; line is read where a run has links.

    Raises:
        InputError: no finished run, no truth tables, or the truth of another force.
    """
    opened = open_run(run)
    person, record = _truth(truth, "person"), _truth(truth, "record")
    people = _people(opened, person, truth)
    true, kept = people["is_true"], people["kept"]
    grown = people.filter(~pl.col("child"))
    linked = all((run / f"{name}.parquet").is_file() for name in TABLES)
    return Evaluation(
        records=_records(opened, record),
        people=Score(int(kept.sum()), int(true.sum()), int((kept & true).sum())),
        adults=Score(
            int(grown["kept"].sum()), int(grown["is_true"].sum()), int((grown["kept"] & grown["is_true"]).sum())
        ),
        groups=_agreement(people),
        lines=tuple(_lines(people)),
        line_roles=tuple(_roles(people.filter("is_true"), LINE_ROLES)),
        other_roles=tuple(_roles(people.filter(~pl.col("is_true") & pl.col("kept")))),
        links=evaluate_links(opened, person, _truth(truth, "line")) if linked else (),
    )


def _truth(folder: Path, name: str) -> pl.DataFrame:
    parquet, text = folder / f"{name}.parquet", folder / f"{name}.csv"
    if parquet.is_file():
        return pl.read_parquet(parquet)
    if text.is_file():
        return pl.read_csv(text)
    advice = "give the folder truth that countylines synth made beside the extracts"
    raise InputError(f"there is no truth table {name}.parquet or {name}.csv", advice, file=folder)


def _people(run: Run, person: pl.DataFrame, truth: Path) -> pl.DataFrame:
    """Everybody with a used record: their true role and line, whether they are kept, and how they are treated."""
    with_record = run.table("sources/involvements").select("nominal_id").unique().collect()
    nominals = run.read("nominals").select(
        "nominal_id", "entered_by", "group_id", "protected", "rankable", held=pl.col("held").list.len() > 0
    )
    joined = with_record.join(person, on="nominal_id", how="left")
    if joined["role"].null_count():
        advice = "give the truth of the force this run was made from"
        raise InputError("people of this run are not in the truth table", advice, file=truth)
    flags = ("protected", "rankable", "held")
    return joined.join(nominals, on="nominal_id", how="left").with_columns(
        pl.col("role").is_in(LINE_ROLES).alias("is_true"),
        pl.col("entered_by").is_not_null().alias("kept"),
        *(pl.col(flag).fill_null(False) for flag in flags),
    )


def _records(run: Run, record: pl.DataFrame) -> Score:
    """Records in the network (METHOD 3: s at least keep_weight and a kept person connects) against the truth."""
    least = float(run.manifest["settings"]["network"]["keep_weight"])
    kept = run.table("nominals").select("nominal_id")
    connecting = run.table("sources/involvements").filter(pl.col("role").is_in(CONNECTING_ROLES))
    inside = (
        run.table("record_scores")
        .filter(pl.col("score") >= least - EDGE)
        .join(connecting.join(kept, on="nominal_id", how="semi"), on="record_id", how="semi")
        .join(run.table("skipped_records"), on="record_id", how="anti")
        .select("record_id", inside=True)
    )
    used = run.table("sources/records").select("record_id")
    compared = used.join(record.lazy(), on="record_id").join(inside, on="record_id", how="left").collect()
    found = compared["inside"].fill_null(False)
    true = compared["is_county_lines"]
    return Score(int(found.sum()), int(true.sum()), int((found & true).sum()))


def _agreement(people: pl.DataFrame) -> Agreement:
    placed = people.filter("is_true", pl.col("group_id").is_not_null()).sort("nominal_id")
    lines, groups = placed["line_id"].to_list(), placed["group_id"].to_list()
    if len(placed) < 2:
        return Agreement(len(placed), len(set(groups)), None, None)
    ari, ami = adjusted_rand_score(lines, groups), adjusted_mutual_info_score(lines, groups)
    return Agreement(len(placed), len(set(groups)), float(ari), float(ami))


def _lines(people: pl.DataFrame) -> list[LineFound]:
    sizes = dict(people.drop_nulls("group_id").group_by("group_id").len().iter_rows())
    true = people.filter("is_true")
    inside = true.drop_nulls("group_id").group_by("group_id", "line_id").len("together")
    most = dict(inside.group_by("group_id").agg(pl.col("together").max()).iter_rows())
    best = inside.sort("together", "group_id", descending=[True, False]).unique("line_id", keep="first")
    where = {line: (group, together) for group, line, together in best.iter_rows()}
    found = []
    for line, size, kept in true.group_by("line_id").agg(pl.len(), pl.col("kept").sum()).sort("line_id").iter_rows():
        group, together = where.get(line, (None, 0))
        share = together / sizes[group] if group else 0.0
        is_found = group is not None and 2 * together >= size and together == most[group]
        found.append(LineFound(line, size, kept, group, together, share, is_found))
    return found


def _roles(people: pl.DataFrame, order: Sequence[str] = ()) -> list[RoleFound]:
    """A row per true role, in that order or the most people first."""
    flags = ("kept", "matched", "protected", "held", "rankable")
    counted = (
        people.with_columns((pl.col("entered_by") == "matched").fill_null(False).alias("matched"))
        .group_by("role")
        .agg(pl.len().alias("people"), *(pl.col(flag).sum() for flag in flags))
        .sort("people", "role", descending=[True, False])
    )
    rows = [RoleFound(**row) for row in counted.iter_rows(named=True)]
    return sorted(rows, key=lambda row: order.index(row.role)) if order else rows


def show_evaluation(console: Console, evaluation: Evaluation) -> None:
    """Print the comparison on one screen."""
    console.print(Text("Compared with the truth of this invented force", style="bold"))
    console.print(_score_table(evaluation))
    groups = evaluation.groups
    console.print(
        f"Lines found: {evaluation.lines_found} of {len(evaluation.lines)} (at least half of a line's people with a "
        "record stand in one group, and no other line has more people there)."
    )
    console.print(
        f"Groups against lines: ARI {_share(groups.ari)}, AMI {_share(groups.ami)}, over the {groups.people:,} people "
        f"of lines who are kept and stand in one of {groups.groups:,} groups."
    )
    console.print(_role_table("People of lines, by true role", evaluation.line_roles, recall=True))
    console.print(_role_table("Kept, but not of any line, by what they are", evaluation.other_roles, recall=False))
    if evaluation.links:
        console.print(
            titled("Exploited children, and the line and group they are linked to", links_table(evaluation.links))
        )
    console.print(Text("Measured on an invented force: evidence about no real place.", style="dim"))


def _score_table(evaluation: Evaluation) -> Table:
    columns = ("", "found", "true", "both", "precision", "recall")
    table = plain_table(columns, columns[1:])
    for name, score in (
        ("people", evaluation.people),
        ("people without children", evaluation.adults),
        ("records", evaluation.records),
    ):
        counts = [f"{count:,}" for count in (score.found, score.true, score.both)]
        table.add_row(name, *counts, _share(score.precision), _share(score.recall))
    return table


def _role_table(title: str, rows: Sequence[RoleFound], recall: bool) -> Group:
    counts = ["people", "kept", "recall"] if recall else ["kept"]
    columns = ["role", *counts, "matched", "protected", "held", "rankable"]
    table = plain_table(columns, columns[1:])
    for row in rows:
        first = [f"{row.people:,}", f"{row.kept:,}", _share(row.kept / row.people)] if recall else [f"{row.kept:,}"]
        last = [f"{count:,}" for count in (row.matched, row.protected, row.held, row.rankable)]
        table.add_row(row.role, *first, *last)
    return titled(title, table)


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
