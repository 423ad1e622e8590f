"""The list of the page Retention, in a terminal: ``countylines retention``. It erases nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from rich.console import Console
from rich.table import Table

from countylines.govern.retention_file import load_periods
from countylines.govern.state import State
from countylines.web.retention_rows import lines, runs_of


def show_retention(console: Console, state: State, runs: Path, file: Path | None) -> None:
    """Print how many there are of each kind, for how long they are kept, and how many are due; no id.

    Args:
        runs: the folder that holds the runs.
        file: of periods; None = those that are shipped.

    Raises:
        InputError: the file has a fault.
    """
    periods, today = load_periods(file), dt.datetime.now(dt.UTC).date()
    with state.read() as connection:
        made = lines(connection, runs_of(connection, runs, periods, cleared=True), periods, today)
    table = Table(title=periods.name)
    for name in ("kind", "kept for", "oldest"):
        table.add_column(name, no_wrap=True)
    for name in ("there are", "due", "due but kept"):
        table.add_column(name, justify="right")
    for each in made:
        counts = (f"{n:,}" for n in (each.count, each.due, each.kept))
        table.add_row(each.label, str(each.kept_for.period), str(each.oldest or "none"), *counts)
    console.print(table)
    console.print("Due = past its period. Two administrators erase it on the dashboard: Runs and audit, Retention.")
