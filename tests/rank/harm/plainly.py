"""Harm once more, by another road: pandas, one crime after the other, straight from a run's tables.

Nothing of countylines.rank is used, so that a mistake there can't be repeated here.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

SEVERITY = ["no further action", "suspected", "charged", "convicted"]
Key = tuple[str, str, str, str, str]  # id, index, window, detection, standing
Totals = dict[Key, dict[str, Any]]


def harm(run: Path, shipped: Path) -> tuple[Totals, Totals]:
    """The rows of people and of groups, without edition."""
    as_of = dt.date.fromisoformat(json.loads((run / "manifest.json").read_text())["as_of"])
    a_year_ago = as_of.replace(year=as_of.year - 1)
    outcomes = yaml.safe_load((shipped.parent / "outcomes.yaml").read_text())["outcomes"]
    records, roles = (pd.read_parquet(run / "sources" / f"{name}.parquet") for name in ("records", "involvements"))
    people = pd.read_parquet(run / "sources" / "nominals.parquet").set_index("nominal_id")
    kept = pd.read_parquet(run / "nominals.parquet").set_index("nominal_id")
    crimes = records[(records["source"] == "crime") & records["offence_code"].notna()].set_index("record_id")
    active = roles[roles["role"].isin(["suspect", "arrested", "charged", "convicted"])]
    theirs = set(active[active["nominal_id"].isin(kept.index)]["record_id"]) & set(crimes.index)
    persons, groups = defaultdict(list), defaultdict(list)
    for record, there in active[active["record_id"].isin(theirs)].groupby("record_id"):
        crime = crimes.loc[record]
        day = (crime["recorded"] if pd.notna(crime["recorded"]) else crime["occurred"]).date()
        outcome = str(crime["outcome_code"] or "").strip().lower()
        ruling = {str(code): standing for code, standing in outcomes.items()}.get(outcome)
        if ruling == "cancelled":
            continue
        everybody = {person: set(rows["role"]) for person, rows in there.groupby("nominal_id")}
        facts = (
            detection(crime["proactive"]),
            a_year_ago < day <= as_of,
            weighed(crime["offence_code"], crime["cjs_code"], shipped),
        )
        met = defaultdict(list)
        for person, own in everybody.items():
            if person not in kept.index:
                continue
            standing = stand(own, ruling, len(everybody) == 1)
            rankable = not kept.loc[person, "protected"] and not len(kept.loc[person, "held"])
            if rankable:
                as_child = under_18(people.loc[person, "date_of_birth"], day)
                persons[person].append(("as a child" if as_child else standing, *facts, True))
            if kept.loc[person, "group_id"] is not None:
                met[kept.loc[person, "group_id"]].append((standing, rankable))
        for group, found in met.items():
            worst = max((standing for standing, _ in found), key=lambda s: SEVERITY.index(s) if s in SEVERITY else -1)
            groups[group].append((worst, *facts, any(rankable for _, rankable in found)))
    return added(persons), added(groups)


def added(by_id: dict[str, list[Any]]) -> Totals:
    """Crimes, harm, without weight, ambiguous, and what only protected or held people did."""
    rows: Totals = defaultdict(lambda: {"crimes": 0, "harm": 0.0, "none": 0, "several": 0, "theirs": 0, "harm2": 0.0})
    for who, crimes in by_id.items():
        for standing, found_by, recent, weights, by_rankable in crimes:
            for window in ["all", "12m"] if recent else ["all"]:
                for index, values in weights.items():
                    row = rows[who, index, window, found_by, standing]
                    row["crimes"] += 1
                    row["none"] += not values
                    row["several"] += len(set(values)) > 1
                    row["theirs"] += not by_rankable
                    if values and standing in SEVERITY:
                        row["harm"] += min(values)
                        row["harm2"] += 0 if by_rankable else min(values)
    return rows


def stand(roles: set[str], ruling: str | None, alone: bool) -> str:
    """What the roles of a person and the outcome of the crime say together."""
    if ruling == "diverted":
        return "diverted"
    if "convicted" in roles:
        return "convicted"
    if "charged" in roles or (ruling == "charged" and alone):
        return "charged"
    return "no further action" if ruling == "no further action" else "suspected"


def under_18(born: Any, day: dt.date) -> bool:
    """Whether somebody hadn't turned 18."""
    if born is None or pd.isna(born):
        return False
    return (day.year - born.year - ((day.month, day.day) < (born.month, born.day))) < 18


def detection(proactive: Any) -> str:
    """How the crime came to notice."""
    if proactive is None or pd.isna(proactive):
        return "unknown"
    return "proactive" if proactive else "reported"


@cache
def weighed(offence_code: str, cjs_code: str | None, shipped: Path) -> dict[str, list[float]]:
    """The weights that a crime may have, by index."""
    offences = table(shipped / "cchi" / "offences.csv")
    by_code = {row["ons_code"]: float(row["days"]) for row in table(shipped / "ons_css" / "weights.csv")}
    by_code |= {"1": by_code["1, 4.1/2/10"]}
    classes = yaml.safe_load((shipped / "cchi" / "ons_codes.yaml").read_text())["classes"]
    own = [row for row in offences if row["ho_class"] == offence_code]
    named = [row["row"] for row in table(shipped / "cchi" / "cjs_codes.csv") if row["cjs_code"] == cjs_code]
    finer = [row for row in own if row["row"] in named]  # a court code of the force is always one of its class
    codes = [row["ons_code"] for row in finer] or classes.get(offence_code, [])
    return {
        "cchi": [float(row["days"]) for row in finer or own],
        "ons_css": [by_code[code] for code in codes if code in by_code],
    }


@cache
def table(path: Path) -> list[dict[str, str]]:
    """A CSV, read once."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
