"""Small nasty extracts at random: every role, grading, date and ruling that has ever been read wrongly.

``random_case`` takes any ``random.Random``: a seeded one, or one drawn by hypothesis, which then can make it smaller.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from random import Random

import hypothesis.strategies as st

from countylines.settings import Ingest, Match, NetworkSettings, PartitionSettings, Priority, Settings, Stability
from countylines.tables import (
    CONNECTING_ROLES,
    DECISIONS,
    EXTRACTS,
    OFFENDER_ROLES,
    OTHER_ROLES,
    SOURCES,
)
from tests.properties.lexicons import random_lexicon, random_text, shipped_text, write_lexicon
from tests.reference.bruteforce.match import Group
from tests.reference.bruteforce.values import Row, Tables

DAYS = (
    "2014-12-31", "2015-01-01", "2019-12-31", "2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30", "2020-05-01",
    "2021-02-28", "2021-03-01", "2022-02-28", "2022-03-01", "2022-03-02", "2022-08-31",
)  # fmt: skip
BIRTHS = (
    "2004-02-29", "2004-03-01", "2004-03-02", "2002-01-31", "2002-02-01", "2003-02-28", "2004-08-31", "2004-09-01",
    "1990-06-15", "1985-11-30", "1979-01-01", "2009-07-07",
)  # fmt: skip
GRADINGS = ("1AP", "2 B P", "3/E/P", "1EC", "2DP", "B21", "E41", "B 5 1", "C31", "A/2/3", "E15", "2CP2", "1DP", " 1AP ")
OFFENCES = ("092/01", "106/00", " 106/ 01", "036/06", "36/7", "036/01", "36/12", "72/00", "106", "136/01", "010/06")


@dataclass(frozen=True)
class Case:
    """Extracts, the lexicon to use on them (None = the one shipped) and settings without its path."""

    tables: Tables
    groups: list[Group] | None
    settings: Settings


def cases(people: int = 7, records: int = 14) -> st.SearchStrategy[Case]:
    """Random cases of at most that size, for hypothesis."""
    return st.randoms(use_true_random=False).map(lambda rng: random_case(rng, people, records))


def random_case(rng: Random, people: int = 15, records: int = 40, shipped: bool = False, towns: int = 1) -> Case:
    """One case: towns of at most so many people and records each, and duplicates, unknown ids and empty keys besides.

    Several towns in one case cost one run of the pipeline; only rows that name an unknown id join them.
    """
    groups = None if shipped else random_lexicon(rng)
    ageless = rng.random() < 0.1
    tables: Tables = {}
    for town in "abcdefgh"[:towns]:
        for name, rows in random_town(rng, town, people, records, groups, ageless).items():
            tables.setdefault(name, []).extend(rows)
    return Case(tables, groups, random_settings(rng, ageless))


def random_town(rng: Random, town: str, people: int, records: int, groups: list[Group] | None, ageless: bool) -> Tables:
    """The tables of one town, whose ids have its letter."""
    names = [f"{town}{i}" for i in range(1, rng.randint(min(5, people), people) + 1)]
    tables: Tables = {"nominals": random_nominals(rng, names, ageless)}
    tables["records"] = random_records(rng, town, rng.randint(min(5, records), records), groups)
    events = sorted({row["record_id"] for row in tables["records"] if row["record_id"]})
    tables["involvements"] = random_involvements(rng, names, events)
    tables["reference_groups"] = random_reference(rng, names)
    tables["known_victims"] = [
        complete("known_victims", nominal_id=someone(rng, names), since=rng.choice(("", "2021-01-01")))
        for _ in range(rng.choice((0, 0, 1, 2)))
    ]
    tables["decisions"] = random_decisions(rng, names, events)
    return tables | random_rest(rng, names, events)


def complete(table: str, **values: str) -> Row:
    """A row with every column of the table, empty where nothing is given."""
    return {name: values.get(name, "") for name in EXTRACTS[table].names}


def someone(rng: Random, names: list[str]) -> str:
    """Mostly a known id; now and then one that nobody knows, or none."""
    chance = rng.random()
    if chance < 0.95:
        return rng.choice(names)
    return rng.choice(("nobody", "", " ", f" {rng.choice(names)} "))


def random_nominals(rng: Random, names: list[str], ageless: bool) -> list[Row]:
    rows = []
    for name in names + [rng.choice((*names, "")) for _ in range(rng.choice((0, 0, 1, 2)))]:
        born = "" if ageless or rng.random() < 0.15 else rng.choice(BIRTHS)
        rows.append(complete("nominals", nominal_id=name, name=f'"{name}", of Leeds', date_of_birth=born))
    return rows


def random_records(rng: Random, town: str, number: int, groups: list[Group] | None) -> list[Row]:
    rows = []
    for i in range(1, number + 1):
        source = rng.choice(SOURCES)
        rows.append(
            complete(
                "records",
                record_id=f"{source}:{town}{i}",
                source=rng.choice((*[source] * 48, "gossip", source.title())),
                text=shipped_text(rng) if groups is None else random_text(rng, groups),
                offence_code=rng.choice(OFFENCES) if source == "crime" else "",
                grading=rng.choice(GRADINGS) if source == "intelligence" or rng.random() < 0.3 else "",
                restricted=rng.choice(("", "false", "false", "true")) if rng.random() < 0.15 else "",
                marker=rng.choice(("true", "false", "")) if rng.random() < 0.3 else "",
                **random_dates(rng),
            )
        )
    for _ in range(rng.choice((0, 0, 1, 2))):
        again = dict(rng.choice(rows))
        again |= {"text": "COUNTY LINE"} | random_dates(rng)
        rows.insert(rng.randint(0, len(rows)), again)
    if rng.random() < 0.2:
        rows.append({**rng.choice(rows), "record_id": ""})
    return rows


def random_dates(rng: Random) -> dict[str, str]:
    recorded, occurred = (random_day(rng) + rng.choice(("", "T00:00:00", "T23:59:59", " 12:30:00")) for _ in "ro")
    chance = rng.random()
    if chance < 0.7:
        return {"recorded": recorded, "occurred": occurred}
    if chance < 0.97:
        return {"recorded": "", "occurred": occurred}
    return {"recorded": "", "occurred": rng.choice(("", "2021-02-29", "yesterday"))}


def random_day(rng: Random) -> str:
    """Mostly a day that counts."""
    return rng.choice(DAYS) if rng.random() < 0.3 else rng.choice(DAYS[4:])


def random_involvements(rng: Random, names: list[str], events: list[str]) -> list[Row]:
    """Small circles of people who meet again and again, and a few big records."""
    circles = [rng.sample(names, min(len(names), rng.randint(3, 6))) for _ in range(rng.randint(1, 3))]
    rows = []
    for event in events:
        size = rng.choice((0, 1, 1, 2, 2, 2, 3, 3, 4, 5, 7))
        pool = rng.choice(circles) if rng.random() < 0.85 else names
        for name in rng.sample(pool, min(size, len(pool))):
            for _ in range(rng.choice((1, 1, 1, 1, 2))):
                rows.append(complete("involvements", record_id=event, nominal_id=name, role=random_role(rng)))
    for _ in range(rng.choice((0, 1, 2))):
        event = rng.choice((*events, "crime:99", ""))
        rows.append(complete("involvements", record_id=event, nominal_id=someone(rng, names), role=random_role(rng)))
    if rows and rng.random() < 0.3:
        rows.insert(0, dict(rng.choice(rows)))
    rng.shuffle(rows)
    return rows


def random_role(rng: Random) -> str:
    chance = rng.random()
    if chance < 0.5:
        return rng.choice(OFFENDER_ROLES)
    if chance < 0.68:
        return "victim"
    if chance < 0.78:
        return rng.choice(("subject", "associate"))
    if chance < 0.92:
        return rng.choice(CONNECTING_ROLES)
    return rng.choice(OTHER_ROLES) if chance < 0.98 else rng.choice(("bystander", " Victim", "SUSPECT", ""))


def random_reference(rng: Random, names: list[str]) -> list[Row]:
    soc = rng.choice(((), ("soc a",), ("soc a", "soc b"), ("soc b", "soc c", "soc a")))
    return [
        complete("reference_groups", nominal_id=someone(rng, names), group_id=rng.choice(soc))
        for _ in range(rng.randint(0, 2 * len(names)))
        if soc
    ]


def random_decisions(rng: Random, names: list[str], events: list[str]) -> list[Row]:
    rows = []
    for i in range(rng.choice((0, 0, 1, 2, 4, 6))):
        what = rng.choice((*DECISIONS, "victim not offender", *["no sign of exploitation"] * 4))
        about = rng.choice(("nominal", "nominal", "record", "both", "both"))
        rows.append(
            complete(
                "decisions",
                nominal_id="" if about == "record" else someone(rng, names),
                record_id="" if about == "nominal" else rng.choice((*events, "crime:99")),
                decision=rng.choice((*[what] * 30, "hearsay", what.title())),
                by=rng.choice(("ann", "ann", "ann", "")),
                confirmed_by=rng.choice(("bob", "bob", "bob", "bob", "Ann ", "")),
                at=f"2022-01-{i + 1:02}T10:00:00",
                review_by=rng.choice(("", "", "2030-01-01", "2022-03-01", "2022-08-31", "2022-09-01")),
            )
        )
    return rows


def random_rest(rng: Random, names: list[str], events: list[str]) -> Tables:
    """A row or two of the tables that only later stages use; some tables are missing."""
    name, event = someone(rng, names), rng.choice((*events, "missing:99"))
    made: Tables = {
        "known_lines": [complete("known_lines", line_id=rng.choice(("l1", "")), name="Jay line", nominal_id=name)],
        "releases": [complete("releases", nominal_id=name, release_date=rng.choice(("2021-05-05", "soon")))],
        "episodes": [complete("episodes", record_id=event, nominal_id=name, to="2021-05-05T08:00:00")],
        "care": [complete("care", nominal_id=name, authority="Leeds", **{"from": "2020-01-01"})],
        "person_links": [complete("person_links", source="crime", native_id="c1", nominal_id=name)],
    }
    return {table: rows * rng.choice((1, 1, 2)) for table, rows in made.items() if rng.random() < 0.3}


def random_settings(rng: Random, ageless: bool) -> Settings:
    """Every named setting of METHOD 1 to 4, within its range. Rejected rows never stop a run."""
    day = rng.choice(("2022-02-28", "2022-03-01", "2021-02-28", "2022-08-31", "2030-01-01"))
    return Settings(
        ingest=Ingest(
            since=dt.date.fromisoformat(rng.choice((*["2015-01-01"] * 5, "2020-02-29"))),
            as_of=rng.choice((None, dt.date.fromisoformat(day))),
            unknown_age="adult" if ageless and rng.random() < 0.7 else "protect",
            include_restricted=rng.random() < 0.3,
            max_rejects=1.0,
        ),
        match=Match(
            except_rules=rng.random() < 0.8,
            use_marker=rng.random() < 0.3,
            grading_weights=rng.choice(({}, {}, {"B21": 0.5, "1AP": 0.0}, {"E41": 0.25, "1DP": 0.5, "C31": 0.8})),
        ),
        network=NetworkSettings(
            max_record_nominals=rng.choice((30, 30, 30, 5, 4, 3)),
            nominal_rule=rng.choice(("strongest", "strongest", "noisy_or", "mean")),
            keep_weight=rng.choice((0.5, 0.5, 0.5, 0.3, 0.52, 0.1, 1.0)),
            associate_min_ties=rng.choice((2, 2, 1, 0, 3)),
            associate_min_records=rng.choice((2, 2, 1, 0, 3)),
            connection_span=rng.choice((None, None, 1, 2, 12)),
        ),
        partition=PartitionSettings(
            walktrap_steps=rng.choice((4, 4, 1, 2, 7)),
            cut=rng.choice(("map_equation", "map_equation", "modularity")),
            refine=rng.random() < 0.7,
            min_group_size=rng.choice((3, 3, 2, 1, 4)),
        ),
        stability=Stability(draws=rng.choice((0, 3)), network_draws=rng.choice((0, 2)), baseline_draws=0),
        priority=Priority(draws=100),
    )


def write_extracts(tables: Tables, folder: Path) -> None:
    """Write the tables as canonical extracts: one CSV file each, optional columns left out when nobody has a value."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        wanted = [c.name for c in EXTRACTS[name].columns if c.required or any(row[c.name] for row in rows)]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, wanted, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)


def write_case(case: Case, folder: Path) -> Settings:
    """Write extracts and lexicon; the settings with the lexicon's path."""
    write_extracts(case.tables, folder / "extracts")
    if case.groups is None:
        return case.settings
    write_lexicon(case.groups, folder / "lexicon.yaml")
    match = Match(**{**vars(case.settings.match), "lexicon": str(folder / "lexicon.yaml")})
    return Settings(case.settings.ingest, match, case.settings.network, case.settings.partition)
