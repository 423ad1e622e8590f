"""The truth tables: what the force doesn't know. One row a record, a person, a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from countylines.synthetic.clock import END_DAY, YEAR
from countylines.synthetic.crews import Line
from countylines.synthetic.data import scenes, words
from countylines.synthetic.events import Events
from countylines.synthetic.firearms import SCENE
from countylines.synthetic.people import People
from countylines.synthetic.planned import DECOYS

TEXT, FLAG = pa.string(), pa.bool_()

RECORD = pa.schema(
    [("record_id", TEXT), ("is_county_lines", FLAG), ("line_id", TEXT), ("scene", TEXT), ("decoy", TEXT)]
)
PERSON = pa.schema(
    [
        ("nominal_id", TEXT),
        ("role", TEXT),  # holder, elder, dealer, runner, cuckooed of a line; or what they are instead
        ("line_id", TEXT),
        ("exploited", FLAG),
        ("child", FLAG),  # under 18 on the last day
        ("exploited_as_child", FLAG),
        ("link", TEXT),  # how a line's person shows: see docs/synthetic.md
    ]
)
LINE = pa.schema(
    [(name, TEXT) for name in ("line_id", "name", "phone_numbers", "areas", "import_area", "status")]
    + [("from", pa.date32()), ("to", pa.date32()), ("people", pa.int64())]
)
POOL_ROLES = {
    "anyone": "none",
    "carer": "professional",
    "social_worker": "professional",
    "offender": "offender",
    "soc": "SOC member",
    "user": "drug user",
    "dealer": "local dealer",
    "runaway": "often missing",
}


def record_truth(events: Events, ids: pa.Array, lines: Sequence[Line], armed: NDArray[np.int64]) -> dict[str, pa.Array]:
    """The truth of some records; ``armed``: which are crimes with a firearm."""
    line_ids = pa.array([line.id for line in lines])
    scene = events.scene.copy()
    scene[armed] = len(scenes())
    return {
        "record_id": ids,
        "is_county_lines": pa.array(events.about == 1),
        "line_id": line_ids.take(pa.array(events.line, mask=events.line < 0)),
        "scene": pa.array([*scenes(), SCENE]).take(pa.array(scene)),
        "decoy": pa.array(DECOYS).take(pa.array(events.decoy, mask=events.decoy == 0)),
    }


def person_truth(
    people: People, ids: pa.Array, lines: Sequence[Line], decoys: Mapping[int, str]
) -> dict[str, pa.Array]:
    """The truth of everybody, by id."""
    n = len(people)
    kinds = ["none", *dict.fromkeys(POOL_ROLES.values()), "relative", "rumoured", "customer"]
    kinds = [*dict.fromkeys(kinds), "holder", "elder", "dealer", "runner", "cuckooed"]
    role = np.zeros(n, np.int8)
    for pool, name in POOL_ROLES.items():
        role[people.pools[pool]] = kinds.index(name)
    members = [member for line in lines for member in line.members]
    for member in members:
        first = int(people.first[member.person])
        home = np.arange(first, first + int(people.size[member.person]))
        role[home[role[home] == 0]] = kinds.index("relative")
    for person, name in decoys.items():
        role[person] = kinds.index(name)
    line = np.full(n, -1, np.int64)
    exploited, as_child = np.zeros(n, bool), np.zeros(n, bool)
    links: list[str | None] = [None] * n
    for member in members:
        role[member.person] = kinds.index(member.role)
        line[member.person] = member.line
        exploited[member.person], as_child[member.person] = member.exploited, member.child
        links[member.person] = member.link
    order = pa.array(np.argsort(people.number))
    columns = {
        "nominal_id": ids,
        "role": pa.array(kinds).take(pa.array(role)),
        "line_id": pa.array([each.id for each in lines]).take(pa.array(line, mask=line < 0)),
        "exploited": pa.array(exploited),
        "child": pa.array(END_DAY - people.born < 18 * YEAR),
        "exploited_as_child": pa.array(as_child),
        "link": pa.array(links, TEXT),
    }
    return {name: column.take(order) for name, column in columns.items()}


def line_truth(lines: Sequence[Line]) -> dict[str, pa.Array]:
    """The truth of the lines."""
    areas, outside = words()["area"], words()["outside"]
    return {
        "line_id": pa.array([line.id for line in lines]),
        "name": pa.array([line.name for line in lines]),
        "phone_numbers": pa.array([";".join(line.phones) for line in lines]),
        "areas": pa.array([";".join(areas[area] for area in line.areas) for line in lines]),
        "import_area": pa.array([outside[line.origin] for line in lines]),
        "status": pa.array([line.status for line in lines]),
        "from": pa.array([int(line.start) for line in lines], pa.int32()).cast(pa.date32()),
        "to": pa.array([int(line.end) for line in lines], pa.int32()).cast(pa.date32()),
        "people": pa.array([len(line.members) for line in lines], pa.int64()),
    }
