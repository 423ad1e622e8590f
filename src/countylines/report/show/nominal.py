"""One person: how they are treated first, then what may be said of them."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console
from rich.text import Text

from countylines.errors import InputError
from countylines.rank.meanings import MEANINGS
from countylines.report.screen import plain_table, titled
from countylines.report.show.group import harm_table, people, rows_of
from countylines.report.show.orders import moved, rank_line
from countylines.report.show.words import NOT_MEASURED, listed, number, share, span, status
from countylines.runs import Run

Row = dict[str, Any]


def nominal(run: Run, nominal_id: str) -> Row:
    """What a run says of one person, as plain values.

    Of people who are protected or held: why, since when, and what they are linked to; no harm, rank or place, which
    don't exist for them.

    Raises:
        InputError: the person is neither in the network nor to be protected.
    """
    kept = run.read("nominals").filter(pl.col("nominal_id") == nominal_id)
    why = rows_of(run, "safeguarding", "nominal_id", nominal_id)
    if kept.is_empty() and not why:
        advice = f"countylines explain {nominal_id} --run {run.folder} says whether they were considered"
        raise InputError(f"{nominal_id!r} isn't in the network", advice, file=run.folder.name, field="nominal")
    person = kept.to_dicts()[0] if len(kept) else None
    found: Row = {
        "nominal_id": nominal_id,
        "status": status(person) if person else "not in the network",
        "network": person,
        "held_in_by_one_record": [
            row["record_id"] for row in rows_of(run, "held_in_by_one_record", "nominal_id", nominal_id)
        ],
        "safeguarding": why,
        "safeguarding_links": rows_of(run, "safeguarding_links", "nominal_id", nominal_id),
    }
    if person and person["rankable"]:
        found |= {
            "harm": rows_of(run, "nominal_harm", "id", nominal_id),
            "harm_index": run.manifest["settings"]["harm"]["harm_index"],
            "centrality": rows_of(run, "centrality", "nominal_id", nominal_id),
            "priority": people(run, kept)[0]["priority"],
            "reference_ties": rows_of(run, "reference_ties", "nominal_id", nominal_id),
        }
    return found


def show_nominal(console: Console, found: Row) -> None:
    """Print it."""
    console.print(Text(found["nominal_id"], style="bold"), Text(found["status"], style="bold"))
    if person := found["network"]:
        console.print(
            f"p {number(person['provisional_weight'], 2)}, weight {number(person['weight'], 2)}, entered by"
            f" {person['entered_by']}; {_group(person)}; evidence"
            f" {person['first_evidence']} to {person['last_evidence']}."
        )
        if person["kept_share"] is not None:
            console.print(f"Kept in {share(person['kept_share'])} of the networks without a tenth of the records.")
    if found["held_in_by_one_record"]:
        told = " or without ".join(found["held_in_by_one_record"])
        console.print(f"Held in by one record: would not be kept without {told}.")
    console.print(NOT_MEASURED)
    if found["safeguarding"]:
        console.print(_why(found["safeguarding"]))
    if found["safeguarding_links"]:
        console.print(links_table(found["safeguarding_links"]))
    if "harm" in found:
        _show_ranked(console, found)


def _group(person: Row) -> str:
    if not person["group_id"]:
        return "in no group"
    stays = f", with it in {share(person['stays'])} of re-runs" if person["stays"] is not None else ""
    return f"group {person['group_id']}{stays}"


def _why(rows: list[Row]) -> Any:
    table = plain_table(("tier", "why", "first seen", "last seen", "records"), {"tier"})
    for row in rows:
        table.add_row(
            str(row["tier"]),
            row["why"],
            str(row["first_seen"] or ""),
            str(row["last_seen"] or ""),
            listed(row["record_ids"], 3),
        )
    return titled("To protect", table)


def links_table(rows: list[Row]) -> Any:
    """Groups, lines and adults around a person to protect."""
    table = plain_table(("kind", "linked to", "link", "path", "records"))
    for row in rows:
        table.add_row(
            row["kind"], row["id"] or "", row["band"] or "", " - ".join(row["path"] or ()), listed(row["record_ids"], 3)
        )
    return titled("Linked to: where to ask first, no finding", table)


def _show_ranked(console: Console, found: Row) -> None:
    if place := found["priority"]:
        console.print(rank_line(place, found["harm_index"]))
        if words := moved(place, found["harm_index"]):
            console.print(f"What stands for harm decides: {words}.")
    else:
        console.print("Not ranked: no recent evidence.")
    console.print(harm_table(found["harm"], "Harm of their crimes at 18 or older"))
    columns = ("scope", "measure", "value", "rank", "range", "which means")
    table = plain_table(columns, {"value", "rank", "range"}, {"scope", "measure"})
    for row in found["centrality"]:
        ranks = (str(row["rank"]), span(row["rank_low"], row["rank_high"]))
        table.add_row(row["scope"], row["measure"], number(row["value"], 3), *ranks, MEANINGS[row["measure"]])
    console.print(titled("Place in the network, among people who may be ranked", table))
    for tie in found["reference_ties"]:
        console.print(f"Tied to SOC group {tie['reference_group']} by {' - '.join(tie['path'])}.")
