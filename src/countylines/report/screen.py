"""Tables as every screen of the terminal shows them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich import box
from rich.console import Group, OverflowMethod
from rich.table import Table
from rich.text import Text


def plain_table(columns: Sequence[str], numbers: Collection[str] = (), whole: Collection[str] = ()) -> Table:
    """An empty table; the columns in ``numbers`` stand to the right; these and those in ``whole`` are never broken."""
    table = Table(box=box.SIMPLE_HEAD, collapse_padding=True)
    for name in columns:
        right = name in numbers
        kept = right or name in whole
        # what can't be broken and doesn't fit ends in an ellipsis: a figure must never look whole when it is cut
        overflow: OverflowMethod = "ellipsis" if kept else "fold"
        table.add_column(name, justify="right" if right else "left", overflow=overflow, no_wrap=kept)
    return table


def titled(title: str, table: Table) -> Group:
    """The table under its title, which may be wider."""
    return Group(Text(title, style="bold"), table)
