"""One group: why it ranks where it does, who is in it, and who would have to stop for it to fall apart."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from rich.console import Console
from rich.text import Text

from countylines.errors import InputError
from countylines.rank.harm import COUNTED
from countylines.rank.profile import load_rules
from countylines.report.screen import plain_table, titled
from countylines.report.show.orders import NAMES, OTHER, beside, moved, rank_line, ranked
from countylines.report.show.words import (
    LAWFUL,
    OUR_RECORDS,
    counted,
    days,
    harm_summary,
    listed,
    number,
    share,
    span,
    status,
)
from countylines.runs import RULES, Run

Row = dict[str, Any]


def group(run: Run, group_id: str) -> Row:
    """Everything a run says of one group, as plain values.

    People who are protected or held stand apart from those who may be ranked, and have no figure beside them.

    Raises:
        InputError: the run has no such group.
    """
    found = run.read("groups").filter(pl.col("group_id") == group_id).to_dicts()
    if not found:
        advice = "countylines show groups lists them"
        raise InputError(f"this run has no group {group_id!r}", advice, file=run.folder.name, field="group")
    members = run.read("nominals").filter(pl.col("group_id") == group_id).sort("nominal_id")
    return {
        **found[0],
        "priority": _priority(run, "group", [group_id]).get(group_id),
        "harm_index": run.manifest["settings"]["harm"]["harm_index"],
        "profile": _profiled(run, group_id),
        "harm": rows_of(run, "group_harm", "id", group_id),
        "overlaps": rows_of(run, "reference_overlaps", "group_id", group_id),
        "people": people(run, members),
        "protected_or_held": guarded(members),
        "lines": rows_of(run, "lines", "group_id", group_id),
        "dismantling": rows_of(run, "dismantling", "scope", group_id),
        "baselines": rows_of(run, "dismantling_baselines", "scope", group_id),
    }


def people(run: Run, members: pl.DataFrame) -> list[Row]:
    """Rankable people, with their order and their place within the group; the unranked last."""
    rankable = members.filter(pl.col("rankable"))
    order = _priority(run, "nominal", rankable["nominal_id"].to_list())
    own = (pl.col("scope") == "group") & pl.col("nominal_id").is_in(rankable["nominal_id"].to_list())
    inside = run.table("centrality").filter(own).collect()
    places = {
        nominal: dict(rows.select("measure", "value").iter_rows())
        for (nominal,), rows in inside.group_by("nominal_id", maintain_order=True)
    }
    kept = (
        "nominal_id",
        "provisional_weight",
        "weight",
        "entered_by",
        "first_evidence",
        "last_evidence",
        "stays",
        "kept_share",
    )
    rows = [
        {
            **{name: row[name] for name in kept},
            "priority": order.get(row["nominal_id"]),
            **places.get(row["nominal_id"], {}),
        }
        for row in rankable.to_dicts()
    ]
    return sorted(
        rows, key=lambda row: (row["priority"]["rank"] if row["priority"] else len(rows) + 10**9, row["nominal_id"])
    )


def guarded(members: pl.DataFrame) -> list[Row]:
    """Children and people who may be exploited: how they are treated, and since when; no figure, no role."""
    people = members.filter(~pl.col("rankable"))
    return [
        {
            "nominal_id": row["nominal_id"],
            "status": status(row),
            "first_evidence": row["first_evidence"],
            "last_evidence": row["last_evidence"],
        }
        for row in people.to_dicts()
    ]


def _profiled(run: Run, group_id: str) -> list[Row]:
    """The factors with their names and meanings, by the rules that the run keeps."""
    factors = load_rules(run.folder / RULES / "profile.yaml").factors
    rows = rows_of(run, "profiles", "group_id", group_id)
    return [{**row, "label": factors[row["factor"]].label, "meaning": factors[row["factor"]].meaning} for row in rows]


def _priority(run: Run, kind: str, ids: list[str]) -> dict[str, Row]:
    rows = run.table("priority").filter((pl.col("kind") == kind) & pl.col("id").is_in(ids)).collect().drop("kind")
    return {row.pop("id"): {**row, "parts": json.loads(row["parts"])} for row in rows.to_dicts()}


def rows_of(run: Run, table: str, column: str, value: str) -> list[Row]:
    """The rows of a table about one group or person."""
    return run.table(table).filter(pl.col(column) == value).collect().drop(column).to_dicts()


def show_group(console: Console, found: Row) -> None:
    """Print it."""
    about = f"{found['size']} people, stability {share(found['stability']) or 'not made'}"
    console.print(Text(f"{found['group_id']} {found['name']}", style="bold"), Text(about, style="dim"))
    if place := found["priority"]:
        console.print(rank_line(place, found["harm_index"]), f"Among the first three in {share(place['top3_share'])}.")
        if words := moved(place, found["harm_index"]):
            console.print(f"What stands for harm decides: {words}.")
    console.print(OUR_RECORDS)
    console.print(_profile(found["profile"]))
    console.print(harm_table(found["harm"], "Harm of its crimes, a shared crime once"))
    console.print(_people(found["people"], found["harm_index"]))
    console.print(_guarded(found["protected_or_held"]))
    for line_id in sorted({line["line_id"] for line in found["lines"]}):
        own = [line for line in found["lines"] if line["line_id"] == line_id]
        called = listed([line["name"] or line["number"] for line in own])
        console.print(f"Line {line_id}: {called}; areas {listed(own[0]['areas'])}; last seen {own[0]['last_seen']}.")
    for overlap in found["overlaps"]:
        console.print(_overlap(overlap))
    if found["dismantling"]:
        console.print(dismantling_table(found["dismantling"]))


def _overlap(row: Row) -> str:
    shared = counted(row["shared"], "person", "people")
    return (
        f"Shares {shared} with SOC group {row['reference_group']}, {share(row['share_of_group'])} of this group; by"
        f" chance with probability {row['chance_probability']:.2g}. That is no evidence that they act together: both"
        " lists come from the same records."
    )


def _profile(rows: list[Row]) -> Any:
    columns = ("factor", "level", "counted", "confidence", "records")
    table = plain_table(columns, {"level", "records"}, {"factor", "confidence"})
    for row in rows:
        level = "unknown" if row["level"] is None else str(row["level"])
        doubt = ", not yet credible" if row["credible"] is False else ""
        found = listed(row["areas"]) if row["areas"] else number(row["count"], 2 if 0 < (row["count"] or 0) < 1 else 0)
        table.add_row(row["label"] + doubt, level, found, row["confidence"], str(len(row["record_ids"])))
    return titled("Profile: levels 0 to 4 by rule; unknown is not 0", table)


HEADS = ("con-\nvicted", "charged", "sus-\npected")  # of COUNTED: two lines each, so that a table fits 80 columns


def harm_table(rows: list[Row], title: str) -> Any:
    """Harm of a person or group: a row per index and window."""
    guarded = any("crimes_only_protected" in row for row in rows)
    columns = ["index", "crimes", *HEADS, "all\nthree", "reported", "no\nweight", *(["guarded"] if guarded else [])]
    table = plain_table(columns, columns[1:], columns[:1])
    found = harm_summary(rows)
    for row in found:
        figures = [days(row[name]) for name in (*COUNTED, "all three", "reported")]
        only = [str(row["only protected or held"])] if guarded else []
        table.add_row(
            f"{row['index'].split()[0]} {row['window']}", str(row["crimes"]), *figures, str(row["no weight"]), *only
        )
    notes = [
        "; ".join(sorted({row["edition"] for row in found})) + ". In days; the two are never added; no weight is not 0."
    ]
    apart = next((row["apart"] for row in found if row["window"] == "all" and row["apart"]), "")
    notes += [f"Counted apart: {apart}."] if apart else []
    notes += ["Guarded: crimes in which only protected or held people are offenders."] if guarded else []
    table.caption, table.caption_justify = "\n".join(notes), "left"
    return titled(title, table)


def _people(rows: list[Row], index: str) -> Any:
    others = f"by {NAMES[OTHER[index]]},\nreported"
    columns = ("rank", others, "person", "p", "strength", "between-\nness", "stays", "last\nevidence")
    table = plain_table(columns, {columns[1], *columns[3:7]}, {"rank", "person", columns[-1]})
    for row in rows:
        place = row["priority"]
        table.add_row(
            ranked(place) if place else "none",
            beside(place) if place else "",
            row["nominal_id"],
            number(row["provisional_weight"], 2) if row["entered_by"] == "matched" else row["entered_by"],
            number(row.get("strength"), 1),
            number(row.get("betweenness"), 2),
            share(row["stays"]),
            str(row["last_evidence"] or ""),
        )
    table.caption_justify = "left"
    table.caption = (
        f"rank: by {NAMES[index]} among all in the network, in brackets for 90% of all weightings; none: no recent"
        " evidence. Beside it by the other index, and by reported crime only. p: provisional weight. Strength and"
        " betweenness: within the group"
    )
    return titled(f"People who may be ranked: {len(rows)}", table)


def _guarded(rows: list[Row]) -> Any:
    table = plain_table(("person", "status", "last evidence"))
    for row in rows:
        table.add_row(row["nominal_id"], row["status"], str(row["last_evidence"] or ""))
    return titled(f"Children and people who may be exploited: {len(rows)}, never ranked", table)


QUESTIONS = {
    "order": "in what order",
    "k": "if only so many could be reached",
    "goal": "until the largest part holds a tenth",
}


def dismantling_table(rows: list[Row]) -> Any:
    """The steps of every question, one after the other, with what is known of how good they are."""
    columns = ("question", "step", "person", "largest part", "harm connected", "stays first", "step without")
    table = plain_table(columns, set(columns) - {"question", "person"}, {"person"})
    proofs = []
    for question, words in QUESTIONS.items():
        steps = [row for row in rows if row["question"] == question]
        for row in steps:
            table.add_row(
                words if row is steps[0] else "",
                str(row["step"]),
                row["nominal_id"] or "nobody",
                number(row["largest_component"]),
                number(row["harm_connected"], 1),
                share(row["first_k_share"]),
                span(row["step_low"], row["step_high"]),
                end_section=row is steps[-1],
            )
        proofs += [f"{words}: {steps[0]['proof']}"] if steps else []
    first = (
        "stays first: share of networks with a tenth of the records left out in which they are among the first;"
        " step without: their step in the order in 90% of them"
    )
    table.caption, table.caption_justify = "\n".join([*proofs, first, LAWFUL]), "left"
    return titled("Who would have to stop for it to fall apart", table)
