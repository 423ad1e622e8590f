"""``countylines show``: a run's views, each laid out for the terminal or as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

show_app = typer.Typer(help="Show a run's groups, people, lines, and who is to be protected.", no_args_is_help=True)

RunFolder = Annotated[Path, typer.Option("--run", help="A finished run.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


@show_app.command("groups")
def show_groups(run: RunFolder, as_json: AsJson = False) -> None:
    """Groups, in the order in which intelligence work should look at them."""
    from countylines.report.show import groups

    found = groups.view(_opened(run))
    print_json(found) if as_json else groups.show_groups(Console(), found)


@show_app.command("group")
def show_group(
    group: Annotated[str, typer.Argument(help="A group_id.")], run: RunFolder, as_json: AsJson = False
) -> None:
    """One group: profile, harm, people, lines, and who would have to stop for it to fall apart."""
    from countylines.report.show import group as view

    found = view.group(_opened(run), group)
    print_json(found) if as_json else view.show_group(Console(), found)


@show_app.command("nominal")
def show_nominal(
    nominal: Annotated[str, typer.Argument(help="A nominal_id.")], run: RunFolder, as_json: AsJson = False
) -> None:
    """One person: how they are treated, and what a run says of them."""
    from countylines.report.show import nominal as view

    found = view.nominal(_opened(run), nominal)
    print_json(found) if as_json else view.show_nominal(Console(), found)


@show_app.command("safeguarding")
def show_safeguarding(run: RunFolder, as_json: AsJson = False) -> None:
    """The people to protect, the most urgent first."""
    from countylines.report.show import safeguarding

    found = safeguarding.safeguarding(_opened(run))
    print_json(found) if as_json else safeguarding.show_safeguarding(Console(), found)


@show_app.command("lines")
def show_lines(run: RunFolder, as_json: AsJson = False) -> None:
    """Deal lines: numbers, names, areas, group."""
    from countylines.report.show import lines

    found = lines.lines(_opened(run))
    print_json(found) if as_json else lines.show_lines(Console(), found)


def _opened(run: Path) -> Any:
    from countylines.runs import open_run

    return open_run(run)


def print_json(content: Any) -> None:
    """Print as JSON; days and times as text."""
    print(json.dumps(content, indent=2, ensure_ascii=False, default=str))
