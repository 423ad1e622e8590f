"""The end of the demo: the answer, how it compares with the truth, and what to do next."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from rich.console import Console
from rich.text import Text

from countylines.report.curve import curve, draw
from countylines.report.evaluate import evaluate, show_evaluation
from countylines.report.show.group import dismantling_table
from countylines.report.show.groups import groups
from countylines.report.show.safeguarding import safeguarding, show_people
from countylines.report.summary import show_summary
from countylines.runs import Run, open_run

SHOWN = 5  # people of a tier


def show_demo(console: Console, extracts: Path, made: Path) -> None:
    """Show the demo's run, its truth, whom to protect, how one group comes apart, and the next commands to try."""
    run = open_run(made)
    show_summary(console, run)
    show_evaluation(console, evaluate(made, extracts / "truth"))
    console.print(Text("Whom to protect", style="bold"))
    show_people(console, safeguarding(run), SHOWN)
    first = show_one_group(console, run, made.parent)
    console.print(Text("What to do next", style="bold"))
    nominals = run.read("nominals")
    commands = [
        ("why a person is here", f"countylines explain {nominals['nominal_id'][0]} --run {made}"),
        ("one group", f"countylines show group {first} --run {made}"),
        ("whom to protect", f"countylines show safeguarding --run {made}"),
        ("deal lines", f"countylines show lines --run {made}"),
        ("try the lexicon", 'countylines lexicon try "Runner for the county line, no sign of cuckooing"'),
        ("your own extracts", "countylines run EXTRACTS --out RUN (docs/ingest.md says how they look)"),
        ("another town", "countylines demo --records 100000 --seed 2"),
    ]
    for what, command in commands:
        console.print(Text(f"  {what:22} {command}"), soft_wrap=True)


def show_one_group(console: Console, run: Run, folder: Path) -> str:
    """Print how the first group that has an order comes apart, and draw it into ``folder``; which group."""
    named = {row["group_id"]: row["name"] for row in groups(run)}
    steps = run.read("dismantling")
    ordered = set(steps.filter(pl.col("question") == "order")["scope"])
    group_id = next((name for name in named if name in ordered), "")
    if not group_id:
        console.print("No group has anybody who could be asked to stop.")
        return next(iter(named), "GROUP")
    console.print(Text(f"{group_id} {named[group_id]}", style="bold"))
    console.print(dismantling_table(steps.filter(pl.col("scope") == group_id).to_dicts()))
    title = f"{group_id} {named[group_id]}: how it comes apart"
    for file in draw(curve(run, group_id, title), folder / f"{run.folder.name}-{group_id}"):
        console.print(Text(f"The picture is in {file}"), soft_wrap=True)
    return group_id
