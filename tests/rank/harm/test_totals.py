"""Harm of people and groups, worked by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from countylines.rank.harm import crimes_of, load_rules, mass, totals, weights_used, worst_weights
from countylines.settings import Harm
from countylines.tables import RUN
from tests.rank.harm.made import AS_OF, by_hand, evidence, harm_tables

RULES = load_rules(Harm())
ROBBERY, MURDER, SHOP = 365.0, 5475.0, 1.0


def rows(frame: pl.DataFrame, *columns: str, index: str = "cchi", window: str = "all") -> list[tuple[Any, ...]]:
    return frame.filter((pl.col("index") == index) & (pl.col("window") == window)).select(columns).rows()


def test_columns_types_and_order_are_those_of_the_run() -> None:
    crowd = by_hand(
        {"c": {}, "d": {"outcome_code": "22"}}, [("c", "b", "charged"), ("d", "a", "suspect")], {"a": {}, "b": {}}
    )
    for someone in (crowd, evidence()):
        made = harm_tables(someone, RULES)
        for name, frame in zip(("nominal_harm", "group_harm", "group_harm_quarters"), made, strict=True):
            table = RUN[name]
            assert frame.to_arrow().schema.names == table.names
            wanted = pl.from_arrow(table.schema.empty_table())
            assert isinstance(wanted, pl.DataFrame)
            assert frame.schema == wanted.schema
            assert frame.equals(frame.sort(table.key))
            assert not frame.select(table.key).is_duplicated().any()


def test_a_shared_crime_counts_once_with_the_most_serious_standing() -> None:
    crowd = by_hand(
        {"robbery": {}},
        [
            ("robbery", "a", "suspect"),
            ("robbery", "a", "arrested"),
            ("robbery", "b", "convicted"),
            ("robbery", "c", "victim"),
        ],
        {"a": {}, "b": {}, "c": {}},
    )
    nominal, group, _ = harm_tables(crowd, RULES)
    assert rows(nominal, "id", "standing", "crimes", "harm") == [
        ("a", "suspected", 1, ROBBERY),
        ("b", "convicted", 1, ROBBERY),
    ]
    assert rows(group, "id", "standing", "crimes", "harm") == [("g", "convicted", 1, ROBBERY)]


def test_diverted_cancelled_and_crimes_as_a_child() -> None:
    young = {"date_of_birth": dt.date(2006, 6, 15)}  # 17 on 1 June 2024, an adult at as_of
    crowd = by_hand(
        {
            "diverted": {"outcome_code": "22"},
            "cancelled": {"outcome_code": "cancelled"},
            "child": {},
            "shop": {"offence_code": "046/00", "date": dt.date(2024, 6, 20)},
        },
        [(crime, "y", "convicted") for crime in ("diverted", "cancelled", "child", "shop")],
        {"y": young, "x": {}},
    )
    nominal, group, _ = harm_tables(crowd, RULES)
    assert rows(nominal, "standing", "crimes", "harm") == [("as a child", 2, None), ("convicted", 1, SHOP)]
    assert rows(group, "standing", "crimes", "harm") == [("convicted", 2, ROBBERY + SHOP), ("diverted", 1, None)]
    assert mass(nominal, "cchi") == {"y": SHOP}
    assert mass(group, "cchi") == {"g": ROBBERY + SHOP}


def test_a_diverted_crime_of_an_adult_stands_apart() -> None:
    crowd = by_hand({"c": {"outcome_code": "22"}}, [("c", "a", "suspect")], {"a": {}})
    nominal = harm_tables(crowd, RULES).nominal
    assert rows(nominal, "standing", "crimes", "harm") == [("diverted", 1, None)]
    assert mass(nominal, "cchi") == {}


@pytest.mark.parametrize(
    ("date", "recent"),
    [
        (dt.date(2023, 6, 30), False),  # a year to the day before as_of
        (dt.date(2023, 7, 1), True),
        (AS_OF, True),
        (AS_OF + dt.timedelta(days=1), False),
    ],
)
def test_the_last_twelve_months(date: dt.date, recent: bool) -> None:
    nominal, group, _ = harm_tables(by_hand({"c": {"date": date}}, [("c", "a", "charged")], {"a": {}}), RULES)
    for frame in (nominal, group):
        assert rows(frame, "harm") == [(ROBBERY,)]
        assert rows(frame, "harm", window="12m") == ([(ROBBERY,)] if recent else [])


def test_quarters_hold_what_counts_as_harm_by_detection() -> None:
    first, last, later = dt.date(2023, 1, 1), dt.date(2023, 3, 31), dt.date(2023, 4, 1)
    crimes = {
        "one": {"date": first},
        "two": {"date": last, "proactive": True},
        "three": {"date": later, "offence_code": "999/99"},
        "four": {"date": later, "outcome_code": "22"},
    }
    roles = [(crime, "a", "suspect") for crime in crimes] + [("one", "b", "charged")]
    found = harm_tables(by_hand(crimes, roles, {"a": {}, "b": {}}), RULES).quarters.filter(pl.col("index") == "cchi")
    assert found.select("id", "quarter", "detection", "crimes", "harm").rows() == [
        ("g", first, "proactive", 1, ROBBERY),
        ("g", first, "reported", 1, ROBBERY),  # shared, so once
        ("g", later, "reported", 1, None),  # no weight; the diverted one counts nowhere
    ]


def test_no_weight_is_counted_and_is_not_zero() -> None:
    crimes = {
        "known": {},
        "unknown": {"offence_code": "999/99"},
        "other": {"offence_code": "999/99", "proactive": None},
    }
    crowd = by_hand(crimes, [(crime, "a", "suspect") for crime in crimes], {"a": {}})
    nominal = harm_tables(crowd, RULES).nominal
    found = rows(nominal, "detection", "crimes", "harm", "crimes_without_weight")
    assert found == [("reported", 2, ROBBERY, 1), ("unknown", 1, None, 1)]


def test_ambiguous_codes_are_counted() -> None:
    crimes = {"plain": {}, "assault": {"offence_code": "008/06"}, "fine": {"offence_code": "008/06", "urn": "8S.8.6.0"}}
    nominal = harm_tables(by_hand(crimes, [(crime, "a", "suspect") for crime in crimes], {"a": {}}), RULES).nominal
    assert rows(nominal, "crimes", "harm", "crimes_ambiguous") == [(3, ROBBERY + 10 + 182.5, 1)]


def test_of_which_only_by_protected_or_held_people() -> None:
    crowd = by_hand(
        {
            "child's": {},
            "both's": {"offence_code": "001/01"},
            "held one's": {"offence_code": "999/99", "proactive": True},
        },
        [
            ("child's", "c", "suspect"),
            ("both's", "c", "suspect"),
            ("both's", "a", "suspect"),
            ("held one's", "h", "charged"),
        ],
        {"c": {"protected": True, "date_of_birth": dt.date(2010, 1, 1)}, "a": {}, "h": {"held": ["may be cuckooed"]}},
    )
    nominal, group, _ = harm_tables(crowd, RULES)
    assert set(nominal["id"]) == {"a"}
    found = rows(group, "standing", "detection", "crimes", "harm", "crimes_only_protected", "harm_only_protected")
    assert found == [
        ("charged", "proactive", 1, None, 1, None),
        ("suspected", "reported", 2, MURDER + ROBBERY, 1, ROBBERY),
    ]


def test_mass_takes_one_index_and_leaves_out_no_further_action() -> None:
    crimes = {
        "a1": {},
        "a2": {"outcome_code": "16", "offence_code": "001/01"},
        "a3": {"proactive": True, "offence_code": "092/30"},
        "b": {"date": dt.date(2019, 1, 1)},
    }
    roles = [(crime, crime[0], "suspect") for crime in crimes]
    nominal, group, _ = harm_tables(by_hand(crimes, roles, {"a": {}, "b": {"group_id": None}}), RULES)
    assert mass(nominal, "cchi") == {"a": ROBBERY + 547.5, "b": ROBBERY}
    assert mass(nominal, "cchi", "12m") == {"a": ROBBERY + 547.5}
    assert mass(nominal, "cchi", detections=["reported"]) == {"a": ROBBERY, "b": ROBBERY}
    assert mass(nominal, "ons_css", detections=["reported"])["a"] == pytest.approx(799.628870231)
    assert mass(group, "cchi") == {"g": ROBBERY + 547.5}


def test_the_weights_for_the_worst_crime() -> None:
    crimes = {
        "c": {},
        "d": {"outcome_code": "cancelled"},
        "e": {"offence_code": None},
        "f": {"offence_code": "999/99"},
        "g": {"outcome_code": "22"},
        "h": {"source": "custody"},
    }
    crowd = by_hand(crimes, [], {})
    assert worst_weights(crimes_of(crowd, RULES), RULES).rows() == [("c", ROBBERY), ("f", None), ("g", ROBBERY)]
    assert worst_weights(crimes_of(crowd, RULES), RULES, "ons_css")["weight"].to_list() == pytest.approx(
        [799.628870231, None, 799.628870231]
    )


def test_outcomes_that_mean_nothing_are_named_once(caplog: pytest.LogCaptureFixture) -> None:
    """Every figure of harm is made of the same crimes, which are looked through once."""
    crowd = by_hand({"c": {"outcome_code": "zz"}}, [("c", "a", "suspect")], {"a": {}})
    with caplog.at_level("INFO", "countylines.rank"):
        crimes = crimes_of(crowd, RULES)
        totals.harm_tables(crimes, crowd, RULES)
        weights_used(crimes, RULES)
        worst_weights(crimes, RULES)
    assert [record.getMessage() for record in caplog.records] == ["outcome codes without a standing (docs/rank.md): zz"]
