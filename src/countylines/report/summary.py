"""The first screen: what a run read, what it found, what to doubt, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Console, Group
from rich.text import Text

from countylines.errors import InputError
from countylines.report.screen import plain_table, titled
from countylines.report.show.groups import show_groups, view
from countylines.report.show.safeguarding import tiers_table
from countylines.report.show.words import NOT_MEASURED, counted
from countylines.runs import Run

GROUPS_SHOWN = 10


def show_summary(console: Console, run: Run) -> None:
    """Print a run's summary on one screen."""
    nominals, groups = run.read("nominals"), run.read("groups")
    console.print(Text(f"Run {run.folder.name}", style="bold"), _made_from(run))
    console.print(_rows(run))
    console.print(_people(nominals, groups))
    if not groups.is_empty():
        show_groups(console, view(run), GROUPS_SHOWN)
    console.print(tiers_table(run.read("safeguarding")))
    console.print(_terms(run.read("term_table")))
    for note in run.manifest["notes"]:
        console.print(Text(f"! {note}", style="yellow"))
    console.print("Scores are words for where to look, not findings.")
    console.print(Text(f"The run is in {run.folder}"), soft_wrap=True)  # paths and commands are copied: no line breaks
    if not nominals.is_empty():
        command = f"countylines explain {nominals['nominal_id'][0]} --run {run.folder}"
        console.print(Text(f"Why is somebody here? {command}"), soft_wrap=True)


def show_runs(console: Console, runs: Sequence[Run], broken: Sequence[InputError], folder: Path) -> None:
    """Print the finished runs in a folder, a line each, and what is wrong with those that can't be read."""
    for error in broken:
        console.print(Text(f"! {error}", style="yellow"), soft_wrap=True)
    if not runs:
        made = f"countylines run EXTRACTS --out {folder / 'NAME'} makes one"
        console.print(f"There is no finished run in {folder}: {made}.", soft_wrap=True)
        return
    columns = ("run", "as of", "records", "people", "groups", "lexicon", "engine", "version")
    table = plain_table(columns, {"records", "people", "groups"})
    for run in runs:
        rows = run.manifest["rows_out"]
        counts = [f"{rows[name]:,}" for name in ("sources/records", "nominals", "groups")]
        about = [
            str(run.manifest["lexicon"]["version"]),
            run.manifest["engine"],
            run.manifest["versions"]["countylines"],
        ]
        table.add_row(run.folder.name, run.manifest["as_of"], *counts, *about)
    console.print(table)


def _made_from(run: Run) -> Text:
    made = run.manifest
    return Text(f"as of {made['as_of']}, lexicon {made['lexicon']['version']}, engine {made['engine']}", style="dim")


def _rows(run: Run) -> Group:
    columns = ("table", "in", "kept", "set aside", "rejected")
    table = plain_table(columns, columns[1:])
    for name, counts in run.manifest["rows_in"].items():
        if counts["rows_in"]:
            figures = [counts[key] for key in ("rows_in", "kept", "set_aside", "rejected")]
            table.add_row(name, *(f"{figure:,}" for figure in figures))
    unlinked = {source: n for source, n in run.manifest["unlinked"].items() if n}
    if unlinked:
        table.caption = "Records without a person: " + ", ".join(f"{s} {n:,}" for s, n in sorted(unlinked.items()))
        table.caption_justify = "left"
    return titled("Rows", table)


def _people(nominals: pl.DataFrame, groups: pl.DataFrame) -> Text:
    if nominals.is_empty():
        return Text("Nobody is in the network: no matched record reaches keep_weight. Look at the table of terms.")
    matched = int((nominals["entered_by"] == "matched").sum())
    protected, rankable = int(nominals["protected"].sum()), int(nominals["rankable"].sum())
    unlinked = nominals["group_id"].null_count()
    return Text.assemble(
        (f"{counted(nominals.height, 'person', 'people')} in the network", "bold"),
        f": {matched:,} matched, {counted(nominals.height - matched, 'associate')}. ",
        (f"{protected:,} protected", "bold"),
        " (children, believed exploited, age unknown), ",
        f"{nominals.height - protected - rankable:,} held, {rankable:,} rankable. ",
        f"{counted(groups.height, 'group')}; {counted(unlinked, 'person', 'people')} in none. ",
        NOT_MEASURED,
    )


def _terms(terms: pl.DataFrame) -> Group:
    columns = ("group", "weight", "in network", "not in it", "of kept people", "of nobody")
    table = plain_table(columns, columns[1:], columns[:1])
    for row in terms.sort(["weight", "group"], descending=[True, False]).iter_rows():
        group, weight, *counts = row
        table.add_row(group, f"{weight:g}", *(f"{count:,}" for count in counts))
    return titled("Records by search group", table)
