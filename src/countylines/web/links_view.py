"""What somebody to protect is linked to, and SOC members nearby: each with its shortest path and the records on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countylines.report.show.groups import called
from countylines.web.line_rows import line_names
from countylines.web.persons import Card
from countylines.web.reader import Reader

Row = Mapping[str, Any]
NONE = "no link found"


@dataclass(frozen=True)
class Link:
    """A group, line, adult or SOC group that a person is linked to.

    Attributes:
        kind: group, line, adult or soc.
        id: empty = no link was found.
        called: as it is spoken of.
        band: strong, some, weak or no link found; empty for adults and SOC groups.
        path: people from the person to the nearest member, both included.
        record_ids: the records on the path, one a step.
    """

    kind: str
    id: str
    called: str
    band: str
    path: tuple[Card, ...]
    record_ids: tuple[str, ...]


def links(reader: Reader, nominal_id: str) -> list[Link]:
    """Groups, lines and adults around a person to protect, the likeliest first."""
    rows = reader.rows("safeguarding_links", "nominal_id", nominal_id)
    kinds = ("group", "line", "adult")
    order = sorted(rows, key=lambda row: (kinds.index(row["kind"]), row["rank"] or 0, row["id"] or ""))
    return _made(reader, [{**row, "band": row["band"] or ""} for row in order])


def soc_ties(reader: Reader, nominal_id: str) -> list[Link]:
    """The nearest member of each SOC group, for somebody who is in none."""
    rows = reader.rows("reference_ties", "nominal_id", nominal_id)
    made = [{**row, "kind": "soc", "id": row["reference_group"], "band": ""} for row in rows]
    return _made(reader, sorted(made, key=lambda row: (len(row["path"]), row["id"])))


def own_lines(reader: Reader, nominal_id: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Lines in whose evidence somebody is: id, what it is called, the records."""
    rows = [row for row in reader.rows("line_evidence", "nominal_id", nominal_id) if row["kind"] != "mention"]
    by_line: dict[str, set[str]] = {}
    for row in rows:
        by_line.setdefault(row["line_id"], set()).update([row["record_id"]] if row["record_id"] else [])
    names = line_names(reader)
    return [(line, names.get(line, line), tuple(sorted(records))) for line, records in sorted(by_line.items())]


def _group_names(reader: Reader) -> dict[str, str]:
    def make(reader: Reader) -> dict[str, str]:
        return {row["group_id"]: called(row) for row in reader.table("groups").iter_rows(named=True)}

    made: dict[str, str] = reader.made("names of groups", make)
    return made


def _made(reader: Reader, rows: Sequence[Row]) -> list[Link]:
    cards = reader.cards(person for row in rows for person in row["path"] or ())
    names = {"group": _group_names(reader), "line": line_names(reader)}
    return [
        Link(
            row["kind"],
            row["id"] or "",
            names.get(row["kind"], {}).get(row["id"], row["id"] or ""),
            row["band"],
            tuple(cards[person] for person in row["path"] or () if person in cards),
            tuple(row["record_ids"] or ()),
        )
        for row in rows
    ]
