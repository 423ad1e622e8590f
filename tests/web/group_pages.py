"""What the tests of a group's page share: the group looked at, and parts of its page."""

import json
import re
from typing import Any

from countylines.web.group_rows import group_rows
from countylines.web.members_view import members
from countylines.web.persons import Card
from countylines.web.reader import Reader
from countylines.web.removal import Removal, removal

SECTIONS = r'<section[^>]*aria-labelledby="{}".*?</section>'


def mixed_group(reader: Reader) -> str:
    """The group with the most protected and held people among those with an order."""
    ordered = set(reader.table("dismantling")["scope"].to_list())
    rows = [row for row in group_rows(reader) if row.group_id in ordered]
    return max(rows, key=lambda row: row.guarded or 0).group_id


def guarded_of(reader: Reader, group_id: str) -> dict[str, Card]:
    """The protected and held people of a group."""
    rows = reader.rows("nominals", "group_id", group_id)
    return reader.cards(row["nominal_id"] for row in rows if not row["rankable"])


def section(page: str, name: str) -> str:
    """A section of the page, by the id of its heading."""
    found = re.search(SECTIONS.format(name), page, re.DOTALL)
    assert found, name
    return found[0]


def blocks(page: str) -> dict[str, Any]:
    """The data blocks of a page, by id."""
    found = re.findall(r'<script type="application/json" id="([^"]+)">(.*?)</script>', page, re.DOTALL)
    return {name: json.loads(text) for name, text in found}


def taken_of(reader: Reader, group_id: str) -> Removal | None:
    """A group's removal as its page works it out."""
    people = members(reader, group_id)
    cards = {each.card.nominal_id: each.card for each in (*people.rankable, *people.guarded)}
    return removal(reader, group_id, cards, len(cards))
