"""A few people to protect, with what is recorded of them."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from countylines.rank.evidence import Evidence
from countylines.settings import Safeguarding
from countylines.tables import ROLES
from tests.rank.small import AS_OF, CHILD, GROWN, TEEN, Row, born_under, evidence

RULES = Safeguarding()
DAY = dt.timedelta(days=1)


def moment(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 22, 30)


def episode(name: str, start: dt.date | None, end: dt.date | None, risk: str | None = "medium", number: int = 1) -> Row:
    """A missing episode."""
    return {
        "record_id": f"missing:{name}{number}",
        "nominal_id": name,
        "from": start and moment(start),
        "to": end and moment(end),
        "risk": risk,
    }


def listed(name: str, why: str, *records: str) -> Row:
    return {"nominal_id": name, "why": why, "record_ids": list(records)}


def beside(**more: Any) -> Evidence:
    """A kept adult k, and c, a child, who share one record from long ago."""
    more.setdefault("people", {"c": {"date_of_birth": CHILD}})
    records = {"crime:old": {"date": dt.date(2020, 5, 1)}} | more.pop("records", {})
    parts = [("crime:old", "k", "suspect"), ("crime:old", "c", "victim"), *more.pop("parts", [])]
    return evidence(parts, alone="k", records=records, **more)


def drawn(seed: int) -> Evidence:
    """A few people, some kept, some children, some believed exploited, some missing, in random records."""
    rng = random.Random(seed)
    names = "abcdefgh"
    kept = names[:4]
    days = [AS_OF + n * DAY for n in (-2000, -400, -31, -30, -29, -1, 0, 1)]
    born = {n: rng.choice((None, CHILD, TEEN, GROWN, AS_OF.replace(year=AS_OF.year - 18))) for n in names}
    victims = [{"nominal_id": n} for n in rng.sample(names + "u", 2)]
    ids = [f"intelligence:{i}" for i in range(6)]
    rows: list[Row] = [listed(n, "child", rng.choice(ids)) for n in kept if born_under(born[n], 18, AS_OF)]
    rows += [listed(n, "age to be established", rng.choice(ids)) for n in kept if born[n] is None]
    rows += [listed(v["nominal_id"], "believed exploited", rng.choice(ids)) for v in victims if v["nominal_id"] in kept]
    return evidence(
        {(rng.choice(ids), rng.choice(names), rng.choice(ROLES)) for _ in range(12)},
        alone=kept,
        records={record: {"date": rng.choice(days)} for record in ids},
        scores={record: 0.5 for record in ids if rng.random() < 0.6},
        people={n: {"date_of_birth": day} for n, day in born.items()},
        listed=rows,
        small={
            "known_victims": victims,
            "episodes": [
                {
                    **episode(rng.choice(names), rng.choice([None, *days]), rng.choice([None, None, *days]), number=i),
                    "return_interview": rng.choice([None, False, True]),
                }
                for i in range(rng.randint(0, 5))
            ],
            "care": [
                {
                    "nominal_id": rng.choice(names),
                    "from": rng.choice(days),
                    "to": rng.choice([None, *days]),
                    "authority": rng.choice("AB"),
                }
                for _ in range(rng.randint(0, 3))
            ],
        },
    )
