"""The end of the demo: the answer, how it compares with the truth, and what to do next."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from countylines.report.evaluate import evaluate, show_evaluation
from countylines.report.summary import show_summary
from countylines.runs import open_run


def show_demo(console: Console, extracts: Path, made: Path) -> None:
    """Show the demo's run, its truth, and the next commands to try."""
    run = open_run(made)
    show_summary(console, run)
    show_evaluation(console, evaluate(made, extracts / "truth"))
    console.print(Text("What to do next", style="bold"))
    nominals = run.read("nominals")
    commands = [
        ("why a person is here", f"countylines explain {nominals['nominal_id'][0]} --run {made}"),
        ("try the lexicon", 'countylines lexicon try "Runner for the county line, no sign of cuckooing"'),
        ("your own extracts", "countylines run EXTRACTS --out RUN (docs/ingest.md says how they look)"),
        ("another town", "countylines demo --records 100000 --seed 2"),
    ]
    for what, command in commands:
        console.print(Text(f"  {what:22} {command}"), soft_wrap=True)
