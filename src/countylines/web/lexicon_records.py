"""The records behind a count of the lexicon: every match, or those of a search group, in the network or not."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.match.lexicon import MARKER
from countylines.tables import CONNECTING_ROLES
from countylines.web.access import Missing, Visit, needs
from countylines.web.covering import cover
from countylines.web.evidence import evidence
from countylines.web.own_areas import areas_of, within
from countylines.web.paging import paged
from countylines.web.reader import Reader

router = APIRouter(include_in_schema=False)

PER_PAGE = 20
NEAR = 1e-9
READ = f"""
SELECT r.record_id, r.area, r.score >= ? AND EXISTS (
    SELECT 1 FROM involvements i JOIN people p ON p.nominal_id = i.nominal_id
    WHERE i.record_id = r.record_id AND p.kept AND i.role IN ({", ".join("?" * len(CONNECTING_ROLES))})
) AS inside
FROM records r
WHERE {{which}}
ORDER BY r.score DESC, coalesce(r.recorded, r.occurred) DESC, r.record_id DESC
"""
MATCHED = READ.format(which="r.score IS NOT NULL")
HIT = READ.format(
    which="""r.record_id IN (
    SELECT record_id FROM hits WHERE "group" = ? AND excepted_by IS NULL
    UNION ALL SELECT record_id FROM records WHERE ? AND marker = 1
)"""
)


@router.get("/lexicon-records")
def lexicon_records(
    visit: Visit = needs("see_people"), group: str = "", inside: bool | None = None, page: int = 1
) -> Response:
    """A page of the records that were matched, or that a group hits.

    Args:
        group: a search group, or MARKER; empty = every matched record.
        inside: those in the network, or the others; left out: of a group those in the network, else both.
    """
    reader = visit.reader
    if group and group not in reader.table("term_table")["group"]:
        raise Missing("There is no such search group", "Choose one from the table of the lexicon.")
    inside = True if group and inside is None else inside
    every = hit_records(reader, group, inside)
    areas = areas_of(visit)
    found = [record for record, area in every if within(areas, [area])]
    here, at, pages = paged(len(found), page, PER_PAGE)
    shown = found[here]
    visit.log("lexicon", group or "matched records", inside=inside, page=at, records=shown)
    read = evidence(reader, shown)
    return visit.page(
        "lexicon_records.html.j2",
        group=group,
        inside=inside,
        records=[cover(reader, each) for each in read] if visit.covered else read,
        total=len(found),
        elsewhere=len(every) - len(found),
        page=at,
        pages=pages,
    )


def hit_records(reader: Reader, group: str, inside: bool | None) -> list[tuple[str, str | None]]:
    """The records that were matched or that a group hits, with their area, the heaviest first; read once a run.

    In the network: at the keep line or above, with somebody kept who connects there (METHOD 3).

    Args:
        group: empty = every matched record.
        inside: those in the network, or the others; None = both.
    """
    rows: list[tuple[str, str | None, bool]] = reader.made(f"records with {group!r}", lambda run: _read(run, group))
    return [(record, area) for record, area, within_it in rows if inside in (None, within_it)]


def _read(reader: Reader, group: str) -> list[tuple[str, str | None, bool]]:
    keep = reader.settings["network"]["keep_weight"] - NEAR
    large = set(reader.table("skipped_records")["record_id"])
    own = (HIT, group, group == MARKER) if group else (MATCHED,)
    rows = reader.index.query(own[0], keep, *CONNECTING_ROLES, *own[1:])
    return [(row["record_id"], row["area"], bool(row["inside"]) and row["record_id"] not in large) for row in rows]
