"""What role and outcome say together, and who was a child."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from countylines.errors import InputError
from countylines.rank.ages import younger_than
from countylines.rank.harm.rules import load_rules
from countylines.rank.harm.standing import STANDINGS, offenders, ruled
from countylines.settings import Harm
from tests.rank.harm.made import by_hand

OUTCOMES = load_rules(Harm()).outcomes


def standing_of(outcome: str | None, *roles: str, others: int = 0) -> str | None:
    """The standing of somebody with these roles in a crime with this outcome, beside so many other suspects."""
    listed = [("c", "a", role) for role in roles] + [("c", f"o{i}", "suspect") for i in range(others)]
    people = {name: {} for name in {name for _, name, _ in listed}}
    evidence = by_hand({"c": {"outcome_code": outcome}}, listed, people)
    found = offenders(ruled(evidence.records, OUTCOMES), evidence.involvements, evidence.people)
    mine = found.filter(pl.col("nominal_id") == "a")
    return mine["standing"].item() if len(mine) else None


@pytest.mark.parametrize(
    ("outcome", "roles", "others", "standing"),
    [
        (None, ["suspect"], 0, "suspected"),
        (None, ["arrested"], 0, "suspected"),
        (None, ["suspect", "arrested", "charged"], 0, "charged"),
        (None, ["charged", "convicted"], 0, "convicted"),
        ("1", ["suspect"], 0, "charged"),
        ("1", ["suspect"], 1, "suspected"),  # the outcome doesn't say which of them
        ("4", ["arrested"], 0, "charged"),
        ("8", ["suspect"], 0, "suspected"),
        ("16", ["suspect"], 0, "no further action"),
        ("16", ["charged"], 1, "charged"),
        ("18", ["convicted"], 0, "convicted"),
        ("22", ["suspect"], 0, "diverted"),
        ("22", ["convicted"], 0, "diverted"),
        (" 22 ", ["charged"], 2, "diverted"),
        ("cancelled", ["convicted"], 0, None),
        ("CANCELLED ", ["suspect"], 1, None),
        ("local code 77", ["suspect"], 0, "suspected"),
        ("16", ["victim"], 0, None),
        ("16", ["witness", "subject", "associate", "prisoner"], 0, None),
    ],
)
def test_role_and_outcome(outcome: str | None, roles: list[str], others: int, standing: str | None) -> None:
    assert standing_of(outcome, *roles, others=others) == standing


def test_every_home_office_outcome_has_a_standing() -> None:
    assert {str(code) for code in range(1, 23)} <= set(OUTCOMES)
    assert set(OUTCOMES.values()) < set(STANDINGS)
    assert [code for code, standing in OUTCOMES.items() if standing == "diverted"] == ["22"]


@pytest.mark.parametrize(
    ("born", "day", "child"),
    [
        (dt.date(2000, 5, 2), dt.date(2018, 5, 1), True),
        (dt.date(2000, 5, 1), dt.date(2018, 5, 1), False),
        (dt.date(2000, 2, 29), dt.date(2018, 2, 28), True),
        (dt.date(2000, 2, 29), dt.date(2018, 3, 1), False),
        (dt.date(2000, 6, 15), dt.date(2018, 5, 20), True),
        (None, dt.date(2018, 5, 20), None),
    ],
)
def test_under_age_on_a_day(born: dt.date | None, day: dt.date, child: bool | None) -> None:
    frame = pl.DataFrame({"born": [born], "day": [day]}, {"born": pl.Date, "day": pl.Date})
    assert frame.select(younger_than(pl.col("born"), 18, pl.col("day"))).item() is child


def test_outcomes_that_say_nothing_are_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    crimes = {"c": {"outcome_code": "Local 77"}, "d": {"outcome_code": "22"}, "e": {"outcome_code": ""}}
    with caplog.at_level("INFO", "countylines"):
        found = ruled(by_hand(crimes, [], {}).records, OUTCOMES)
    assert found["ruling"].to_list() == [None, "diverted", None]
    assert caplog.messages == ["outcome codes without a standing (docs/rank.md): local 77"]


def test_a_forces_own_outcomes(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text('outcomes: {"77": diverted, Guilty: convicted, 007: charged}\n')
    own = load_rules(Harm(outcomes="own.yaml"), tmp_path).outcomes
    assert own == {"77": "diverted", "guilty": "convicted", "007": "charged"}
    (tmp_path / "own.yaml").write_text('outcomes: {"77": forgiven}\n')
    with pytest.raises(InputError, match=r"own\.yaml, 77: 'forgiven' is no standing"):
        load_rules(Harm(outcomes="own.yaml"), tmp_path)
    (tmp_path / "own.yaml").write_text("diverted: [22]\n")
    with pytest.raises(InputError, match="no list of outcomes"):
        load_rules(Harm(outcomes="own.yaml"), tmp_path)
