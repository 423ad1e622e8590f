"""Sources: what the current run read, how fresh it was, and how a system's files become ours; for administrators.

A reading page: extracts are read by a command, never by the dashboard. It holds no name and no text of any record.
"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.web.access import NoRun, Visit, needs
from countylines.web.groups import hides
from countylines.web.reader import Reader
from countylines.web.run_facts import rows_in
from countylines.web.run_shelf import COUNTS
from countylines.web.source_facts import in_words, shipped_maps, systems

router = APIRouter(include_in_schema=False)


@router.get("/sources")
def sources(visit: Visit = needs("administer_sources")) -> Response:
    """What was read, from which files, by which settings; and the maps that are there."""
    reader = _run(visit)
    visit.log("sources", reader.name if reader else "")
    read = systems(reader, visit.house.late_days) if reader else []
    return visit.page(
        "sources.html.j2",
        reader=reader,
        manifest=reader.run.manifest if reader else {},
        systems=read,
        rest=_rest(reader, sum(each.rows_in for each in read)) if reader else 0,
        rows=rows_in(reader) if reader else None,
        settings=in_words(reader.settings["ingest"]) if reader else [],
        maps=shipped_maps(),
        hides=hides(visit),
    )


def _run(visit: Visit) -> Reader | None:
    """The run that the page speaks of; None = no run is there yet, which leaves the maps to look at.

    Raises:
        NoRun: the one that was asked for isn't there.
        Refused: it holds restricted records, and the person isn't cleared.
    """
    try:
        return visit.reader
    except NoRun:
        if visit.request.query_params.get("run"):
            raise
        return None


def _rest(reader: Reader, told: int) -> int:
    """Rows of records that name none of the known source systems: they are rejected."""
    counts = reader.run.manifest["rows_in"].get("records", dict.fromkeys(COUNTS, 0))
    return max(0, int(counts["rows_in"]) - told)
