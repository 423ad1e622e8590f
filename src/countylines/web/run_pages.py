"""Runs: all on the shelf, and one in plain words, with the rows it doesn't use (SCREENS 9)."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import polars as pl
from fastapi import APIRouter
from fastapi.responses import Response

from countylines.rank.safeguarding import AGE
from countylines.runs import MANIFEST
from countylines.settings import sections
from countylines.web.access import Missing, Visit, needs
from countylines.web.group_rows import SMALL, small, unknown_ages
from countylines.web.groups import hides
from countylines.web.reader import Reader
from countylines.web.rejects_view import reasons, rejected_rows
from countylines.web.run_facts import notes_of, tells_no_count
from countylines.web.run_shelf import Shelved, differing, fragments, shelved
from countylines.web.run_steps import repeat, steps, timings_of

router = APIRouter(include_in_schema=False)

COUNTS_OF_ROWS = ("inputs", "rows_in", "rows_out", "unlinked", "notes")  # of a manifest


@router.get("/runs")
def runs(visit: Visit = needs("see_runs")) -> Response:
    """All runs, newest first, and what failed ones left."""
    folder = visit.house.shelf.folder
    found = shelved(folder)
    seen: list[Shelved] = [each for each in found if not each.restricted or visit.can("see_restricted")]
    return visit.page(
        "runs.html.j2",
        runs=seen,
        closed=len(found) - len(seen),
        fragments=fragments(folder),
        hides=hides(visit),
    )


@router.get("/runs/{name}")
def run(name: str, visit: Visit = needs("see_runs")) -> Response:
    """One run's manifest in plain words."""
    reader = visit.run(name)
    manifest = reader.run.manifest
    made = steps(reader, timings_of(reader), hides(visit))
    return visit.page(
        "run.html.j2",
        reader=reader,
        manifest=manifest,
        notes=notes_of(reader, hides(visit)),
        figures=figures(reader),
        steps=made,
        slowest=max((step.seconds for step in made), default=0.0),
        reasons=reasons(reader),
        changed=differing(manifest["settings"]),
        helps=_helps(),
        toml=repeat(manifest["settings"]),
        hides=hides(visit),
    )


@router.get("/runs/{name}/manifest")
def manifest(name: str, visit: Visit = needs("see_runs")) -> Response:
    """The manifest as it is, to keep or compare elsewhere; it names no person."""
    reader = visit.run(name)
    visit.log("export", f"manifest of {name}", marking=visit.house.marking)
    content = (reader.run.folder / MANIFEST).read_bytes()
    if hides(visit):
        content = without_small_counts(content)
    headers = {"Content-Disposition": 'attachment; filename="manifest.json"'}
    return Response(content, media_type="application/json", headers=headers)


def without_small_counts(content: bytes) -> bytes:
    """The manifest with counts of rows rounded to 5, those from 1 to 4 "under 5": some tables have a row a person.

    Example:
        >>> without_small_counts(b'{"as_of": "2026-01-01", "rows_out": {"groups": 2, "nominals": 9}}')
        b'{"as_of": "2026-01-01", "rows_out": {"groups": "under 5", "nominals": 10}}'
    """

    def few(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: few(each) for name, each in value.items()}
        if isinstance(value, list):
            return [few(each) for each in value if not isinstance(each, str) or tells_no_count(each)]
        return (small(value) or f"under {SMALL}") if type(value) is int and value else value

    told = json.loads(content)
    return json.dumps({name: few(each) if name in COUNTS_OF_ROWS else each for name, each in told.items()}).encode()


@router.get("/runs/{name}/rejects")
def rejects(
    name: str,
    visit: Visit = needs("see_runs"),
    table: str = "",
    kind: str = "",
    reason: str = "",
    source: str = "",
    page: int = 1,
) -> Response:
    """The rows that the run doesn't use; their content only for those who see people and evidence."""
    visit.must("see_people")
    reader = visit.run(name)
    filters = {"table": table, "kind": kind, "reason": reason, "source": source}
    rows, total, at, pages = rejected_rows(visit, reader, filters, page)
    if not total:
        raise Missing("No row of this run was left out for this", "Go back to the run and choose a count there.")
    people = sorted({row.card.nominal_id for row in rows if row.card})
    visit.log("rejects", name, action="see_people", page=at, people=people, filters=filters)
    return visit.page(
        "run_rejects.html.j2", reader=reader, rows=rows, total=total, page=at, pages=pages, filters=filters
    )


def figures(reader: Reader) -> dict[str, int]:
    """What came of a run, in counts."""

    def make(reader: Reader) -> dict[str, int]:
        people = reader.table("nominals")
        return {
            "matched": int(reader.run.table("record_scores").select(pl.len()).collect().item()),
            "people": people.height,
            "children": int(people["is_child"].sum() or 0),
            "ages": unknown_ages(reader),
            "protected": int(people["protected"].sum() or 0),
            "held": people.filter(~pl.col("protected") & (pl.col("held").list.len() > 0)).height,
            "unlinked": people["group_id"].null_count(),
            "groups": reader.table("groups").height,
            "safeguarding": reader.table("safeguarding").filter(pl.col("tier") <= AGE)["nominal_id"].n_unique(),
        }

    found: dict[str, int] = reader.made("figures of the run", make)
    return found


def _helps() -> dict[str, str]:
    """What each setting does, by section and name."""
    return {
        f"{section}.{field.name}": str(field.metadata.get("help", ""))
        for section, kind in sections().items()
        for field in dataclasses.fields(kind)
    }
