"""Missing episodes: where and with whom children of lines are found, what is left open, and who is missing now."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from countylines.synthetic.data import words
from countylines.synthetic.force import invent
from countylines.synthetic.homes import addresses
from countylines.synthetic.scale import scale
from tests.synthetic.conftest import Made

LAST = dt.datetime(2021, 12, 31, 23, 59)


@pytest.fixture(params=["town", "city"])
def made(request: pytest.FixtureRequest) -> Made:
    found: Made = request.getfixturevalue(request.param)
    return found


def of_lines(made: Made) -> pl.DataFrame:
    """The episodes of exploited children while their line ran and they were children."""
    born = pl.col("date_of_birth").dt.offset_by("18y")
    episodes = made.read("episodes").join(made.read("truth/person").filter("exploited_as_child"), on="nominal_id")
    lines = made.read("truth/line").select("line_id", "areas", "import_area", began="from", ended="to")
    births = made.read("nominals").select("nominal_id", "date_of_birth")
    found = episodes.join(lines, on="line_id").join(births, on="nominal_id")
    begun = pl.col("from").dt.date()
    return found.filter(begun > pl.col("began"), begun < pl.col("ended"), (begun < born).fill_null(True))


def test_nothing_is_known_of_an_end_that_has_not_come(made: Made) -> None:
    episodes = made.read("episodes")
    assert (episodes["to"].drop_nulls() <= LAST).all()
    still = episodes.filter(pl.col("to").is_null())
    assert 0 < len(still) < 0.01 * len(episodes) + 5
    assert still.select("found_area", "found_with", "return_interview").null_count().row(0) == (len(still),) * 3
    later = episodes.group_by("nominal_id").agg(last=pl.col("from").max())
    old = still.join(later, on="nominal_id").filter(pl.col("from") < LAST - dt.timedelta(days=15))
    assert (old["from"] < old["last"]).all()  # nobody closed it, though another one has begun


def test_children_of_lines_are_missing_now(made: Made) -> None:
    now = made.read("episodes").filter(pl.col("to").is_null(), pl.col("from") > LAST - dt.timedelta(days=14))
    theirs = now.join(made.read("truth/person").filter("exploited_as_child", "child"), on="nominal_id")
    assert len(theirs) >= 2
    assert {"high", "medium"} <= set(theirs["risk"]) <= {"high", "medium"}
    assert set(theirs["link"]) <= {"holder", "others"}  # the unlinked stay so
    records = theirs.join(made.read("records"), on="record_id")
    assert not records["restricted"].any()
    involved = made.read("involvements").join(theirs.select("record_id"), on="record_id", how="semi")
    assert (
        involved.filter(pl.col("role") == "missing")
        .select("record_id", "nominal_id")
        .sort("record_id")
        .equals(theirs.select("record_id", "nominal_id").sort("record_id"))
    )


def test_a_report_of_a_child_names_the_childs_own_mother() -> None:
    force = invent(scale(20_000), 7)
    events, people = force.filed.events, force.people
    assert len(force.still_missing) == 2
    for row in force.still_missing.tolist():
        child, *others = [person for person in events.cast[row].tolist() if person >= 0]
        home = range(people.first[child], people.first[child] + people.size[child])
        elsewhere = {*people.pools["carer"].tolist(), *people.pools["social_worker"].tolist()}
        assert all(other in home or other in elsewhere for other in others)


def test_children_of_lines_are_mostly_found_where_the_line_sells_or_comes_from(city: Made) -> None:
    over = of_lines(city).filter(pl.col("to").is_not_null(), pl.col("found_area").is_not_null())
    assert len(over) > 20
    sells = over["areas"].str.split(";").list.contains(over["found_area"])
    came_from = over["found_area"] == over["import_area"]
    assert 0.5 < (sells | came_from).mean() < 0.98 and came_from.any() and sells.any()
    everybody = city.read("episodes").filter(pl.col("found_area").is_in(words()["outside"]))
    assert set(everybody["nominal_id"]) <= set(city.read("truth/person").filter("exploited_as_child")["nominal_id"])


def test_a_seller_they_were_found_with_is_named_by_id_and_is_of_the_line(city: Made) -> None:
    people = city.read("truth/person")
    named = city.read("episodes").filter(pl.col("found_with").str.contains(r"^N\d{7}$"))
    assert len(named) > 0
    both = named.join(people, on="nominal_id").join(
        people.select("role", "line_id", found_with="nominal_id"), on="found_with", suffix="_with"
    )
    assert len(both) == len(named)
    assert (both["line_id"] == both["line_id_with"]).all() and set(both["role_with"]) <= {"dealer", "elder"}
    said = set(city.read("episodes")["found_with"].drop_nulls()) - set(named["found_with"])
    assert said == {"friends", "family", "alone", "older male"}


def test_others_are_mostly_found_where_they_live() -> None:
    force = invent(scale(3_000), 1)
    homes = set(addresses(force.people, np.arange(len(force.people))).to_pylist())
    assert len(homes) > 0.5 * len(set(force.people.first.tolist()))
    assert all(160 <= int(home.split(" ")[0]) < 400 for home in homes)  # no number that texts draw


def test_who_is_in_care_is_missing_from_a_home_and_others_from_their_address(town: Made) -> None:
    episodes = town.read("episodes").join(town.read("nominals"), on="nominal_id")
    cared = episodes.filter("looked_after")["missing_from"].drop_nulls()
    assert len(cared) > 0 and cared.is_in(words()["home"]).all()
    at_home = episodes.filter(~pl.col("looked_after"))["missing_from"].str.contains(r"^[1-3]\d\d [A-Z]").mean()
    assert at_home > 0.6


def test_return_interviews_are_done_not_done_and_unknown(city: Made) -> None:
    over = city.read("episodes").filter(pl.col("to").is_not_null())
    shares = dict(over["return_interview"].value_counts(normalize=True).iter_rows())
    assert 0.4 < shares[True] < 0.6 and 0.2 < shares[False] < 0.4 and 0.1 < shares[None] < 0.3


def test_risks_of_children_of_lines_are_graded_higher(city: Made) -> None:
    theirs, all_of_them = of_lines(city)["risk"], city.read("episodes")["risk"]
    assert (theirs == "high").mean() > 2 * (all_of_them == "high").mean()
    assert set(all_of_them) == {"low", "medium", "high", "absent"}
