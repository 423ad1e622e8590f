"""Random and hand-made groups and people with the figures that a priority is made from."""

from __future__ import annotations

import datetime as dt
import random

import polars as pl

from countylines.rank.evidence import Evidence

AS_OF = dt.date(2024, 5, 31)
FACTORS = ("exploited children", "violence")
DETECTIONS = ("reported", "reported", "proactive", "unknown")


def frame(columns: dict[str, pl.DataType | type[pl.DataType]], *rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=columns, orient="row")


PEOPLE = {"nominal_id": pl.String, "group_id": pl.String, "protected": pl.Boolean, "held": pl.List(pl.String)}
HARM = {"id": pl.String, "index": pl.String, "window": pl.String, "detection": pl.String, "standing": pl.String}
PLACE = {"scope": pl.String, "measure": pl.String, "nominal_id": pl.String, "value": pl.Float64}
PROFILE = {"group_id": pl.String, "factor": pl.String, "level": pl.Int64}


def evidence(people: list[tuple[str, str | None, bool, list[str]]], seen: dict[str, str]) -> Evidence:
    """People with their groups and flags, and the day of the one matched record that each is suspect in."""
    nothing = pl.DataFrame()
    days = {person: dt.date.fromisoformat(day) for person, day in seen.items()}
    groups = sorted({group for _, group, *_ in people if group})
    return Evidence(
        as_of=AS_OF,
        force_areas=(),
        nominals=frame(PEOPLE, *people),
        edges=nothing,
        groups=frame({"group_id": pl.String}, *((group,) for group in groups)),
        reference_overlaps=nothing,
        records=frame({"record_id": pl.String, "date": pl.Date}, *((f"crime:{u}", day) for u, day in days.items())),
        involvements=frame(
            {"record_id": pl.String, "nominal_id": pl.String, "role": pl.String},
            *((f"crime:{u}", u, "suspect") for u in days),
        ),
        people=nothing,
        hits=nothing,
        record_scores=frame({"record_id": pl.String}, *((f"crime:{u}",) for u in days)),
        safeguarding=nothing,
        numbers=nothing,
        small={},
        weights={},
    )


def harm(*rows: tuple[str, str, str, float]) -> pl.DataFrame:
    """Rows (id, window, standing, harm), each reported, of the index cchi; and as much of the other index."""
    listed = [
        (name, index, window, "reported", standing, own if index == "cchi" else 1000 - own)
        for name, window, standing, own in rows
        for index in ("cchi", "ons_css")
    ]
    return frame({**HARM, "harm": pl.Float64}, *listed)


def town(seed: int, people: int = 12) -> tuple[Evidence, pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Random people, groups and figures."""
    rng = random.Random(seed)
    ids = [f"p{i:02}" for i in range(people)]
    groups = ["G1", "G2", "G3"]
    listed = [(u, rng.choice((*groups, None)), rng.random() < 0.2, rng.choice(([], [], ["a sign"]))) for u in ids]
    seen = {u: rng.choice(("2024-01-05", "2023-01-05", "2020-01-05")) for u in ids if rng.random() < 0.9}
    made = evidence(listed, seen)
    standings = ("convicted", "charged", "suspected", "diverted")
    windows = ("all", "12m")
    own = [(u, w, s, float(rng.randrange(5))) for u in made.rankable.ids for w in windows for s in standings]
    of_groups = [(g, w, s, float(rng.randrange(5))) for g in groups for w in windows for s in standings]
    profiles = frame(PROFILE, *((g, f, rng.choice((None, 0, 1, 2, 3, 4))) for g in groups for f in FACTORS))
    home = {u: group for u, group, *_ in listed}
    measured = [
        ("group", m, u, float(rng.randrange(4)))
        for m in ("strength", "betweenness", "harmonic")
        for u in made.rankable.ids
        if home[u]
    ]
    tables = [
        each.with_columns(detection=pl.Series(rng.choices(DETECTIONS, k=len(each)), dtype=pl.String))
        for each in (harm(*of_groups), harm(*own))
    ]
    return made, profiles, tables[0], tables[1], frame(PLACE, *measured)


def fields_of(made: Evidence) -> dict[str, object]:
    return {name: getattr(made, name) for name in Evidence.__dataclass_fields__}
