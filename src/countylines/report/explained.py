"""An explanation on the terminal: how the person is treated comes first, before any suspicion."""

from __future__ import annotations

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from countylines.report.explain import Explanation, Record
from countylines.report.screen import plain_table, titled
from countylines.report.show.words import listed

HIT, CANCELLED = "bold black on yellow", "strike dim"
TIES_SHOWN = 12
WINDOW = 700  # characters of a text shown before the first and after the last hit


def show_explanation(console: Console, found: Explanation, most: int | None = 10) -> None:
    """Print why a person is in, or why not; at most ``most`` records (None = all)."""
    console.print(_banner(found))
    console.print(Text(found.rule, style="bold"))
    if found.group_id:
        console.print(f"Group {found.group_id}, {found.group_name}.")
    if found.first_evidence:
        console.print(f"Evidence from {found.first_evidence} to {found.last_evidence}.")
    if not found.group_id and found.decision in ("matched", "associate"):
        console.print("In no group: unlinked.")
    for why in found.safeguarding:
        console.print(Text(f"Safeguarding: {why}"))
    if found.connections:
        console.print(_connections(found))
    if found.ties:
        console.print(_ties(found))
    shown = found.records if most is None else found.records[:most]
    for record in shown:
        console.print(_record(record))
    if len(shown) < len(found.records):
        console.print(f"{len(found.records) - len(shown)} more records: --all shows them.")
    console.print("Scores are words for where to look, not findings.", style="dim")


def _banner(found: Explanation) -> Panel:
    reasons = ", ".join((*found.protected_because, *found.held))
    text = Text(found.treatment + (f" ({reasons})" if reasons else "") + ".")
    colour = {"P": "blue", "H": "magenta"}.get(found.treatment[0], "white")
    return Panel(
        text, title=Text(found.nominal_id, style="bold"), border_style=colour, box=box.HEAVY, title_align="left"
    )


def _connections(found: Explanation) -> Group:
    title = f"Connections through matched records: p = {found.p:.3g} by rule '{found.nominal_rule}'"
    table = plain_table(("with", "c", "groups and weights", "records"), {"c"})
    for connection in found.connections:
        decides = found.strongest == (connection,)
        groups = " + ".join(f"{group} {weight:.3g}" for group, weight in connection.groups.items())
        table.add_row(
            connection.other or "(nobody)",
            f"{connection.c:.3g}" + (" decides" if decides else ""),
            groups,
            listed(connection.record_ids, 3),
            style="bold" if decides else None,
        )
    return titled(title, table)


def _ties(found: Explanation) -> Group:
    friendly = sum(tie.kind == "associative" for tie in found.ties)
    title = f"People they share a record with: a = {found.a:.3g}, the mean p of the {friendly} associative"
    table = plain_table(("person", "p", "kind", "records"), {"p"})
    for tie in found.ties[:TIES_SHOWN]:
        table.add_row(tie.other, f"{tie.p:.3g}", tie.kind, listed(tie.record_ids, 3))
    if len(found.ties) > TIES_SHOWN:
        table.add_row(f"and {len(found.ties) - TIES_SHOWN} more", "", "", "")
    return titled(title, table)


def _record(record: Record) -> Panel:
    roles = ", ".join(record.roles) or "not involved"
    parts = [record.record_id, record.source, str(record.date), roles]
    if record.grading:
        parts.append(f"graded {record.grading}")
    weights = " + ".join(f"{group} {weight:.3g}" for group, weight in record.groups.items())
    foot = f"score {record.score:.3g}" + (f" = {weights}" if weights else "")
    return Panel(
        marked(record), title=Text(" · ".join(parts)), subtitle=Text(foot), title_align="left", subtitle_align="left"
    )


def marked(record: Record) -> Text:
    """The record's text, its hits highlighted and cancelled ones struck through, control characters made visible."""
    if not record.text:
        return Text("(no text)", style="dim")
    begin, end = 0, len(record.text)
    if record.hits:
        begin = max(0, min(hit.start for hit in record.hits) - WINDOW)
        end = min(end, max(hit.end for hit in record.hits) + WINDOW)
    end = min(end, begin + 8 * WINDOW)
    visible = "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in record.text[begin:end]
    )
    text = Text(visible)
    for hit in record.hits:
        text.stylize(CANCELLED if hit.excepted_by else HIT, max(0, hit.start - begin), max(0, hit.end - begin))
    before, after = ("... " if begin else ""), (" ..." if end < len(record.text) else "")
    whole = Text(before) + text + Text(after)
    for hit in record.hits:
        if hit.excepted_by:
            whole.append(f"\n{hit.term} cancelled by: {hit.excepted_by}", style="dim")
    return whole
