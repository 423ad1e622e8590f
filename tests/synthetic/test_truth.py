"""The promises about lines and their people, checked in the extracts with the truth at hand."""

import polars as pl
import pytest

from countylines.tables import CONNECTING_ROLES
from tests.synthetic.conftest import Made
from tests.synthetic.vocabulary import groups_in

LINE_ROLES = ("holder", "elder", "dealer", "runner", "cuckooed")


@pytest.fixture(params=["town", "city"])
def made(request: pytest.FixtureRequest) -> Made:
    found: Made = request.getfixturevalue(request.param)
    return found


def exploited_children(made: Made) -> pl.DataFrame:
    return made.read("truth/person").filter("exploited_as_child")


def beside(made: Made) -> pl.DataFrame:
    """Every pair of connecting people in a record: ``record_id``, ``nominal_id``, ``other``."""
    links = made.read("involvements").filter(pl.col("role").is_in(CONNECTING_ROLES)).select("record_id", "nominal_id")
    links = links.unique()
    members = links.join(made.read("truth/person").filter(pl.col("line_id").is_not_null()), on="nominal_id", how="semi")
    pairs = members.join(links.rename({"nominal_id": "other"}), on="record_id")
    return pairs.filter(pl.col("nominal_id") != pl.col("other"))


def matched(made: Made) -> pl.DataFrame:
    """Used records that say any search word."""
    return made.used().filter(pl.Series([bool(groups) for groups in made.said()]))


def test_truth_tables_are_complete(made: Made) -> None:
    person, record, line = (made.read(f"truth/{name}") for name in ("person", "record", "line"))
    assert person["nominal_id"].equals(made.read("nominals")["nominal_id"])
    assert record["record_id"].equals(made.read("records")["record_id"])
    of_lines = person.filter(pl.col("role").is_in(LINE_ROLES))
    assert set(of_lines["line_id"]) == set(line["line_id"])
    assert person.filter(~pl.col("role").is_in(LINE_ROLES))["line_id"].null_count() == len(person) - len(of_lines)
    assert dict(of_lines.group_by("line_id").len().iter_rows()) == dict(line.select("line_id", "people").iter_rows())
    assert record.filter("is_county_lines")["line_id"].null_count() == 0
    assert line["name"].is_unique().all()
    phones = line["phone_numbers"].str.split(";").explode()
    assert phones.is_unique().all() and phones.str.contains("^07700 900[0-7][0-9]{2}$").all()


def test_every_role_is_there(made: Made) -> None:
    per_line = made.read("truth/person").filter(pl.col("role").is_in(LINE_ROLES)).group_by("line_id").agg("role")
    assert all(set(roles) == set(LINE_ROLES) for roles in per_line["role"])
    person = made.read("truth/person")
    runners = person.filter(pl.col("role") == "runner")
    assert 0.6 < runners["exploited_as_child"].mean() < 0.9  # mostly children
    assert exploited_children(made)["child"].any()
    assert {"customer", "local dealer", "drug user", "often missing", "relative", "professional"} <= set(person["role"])


def test_a_third_of_exploited_children_never_beside_the_holder(made: Made) -> None:
    children = exploited_children(made)
    holders = made.read("truth/person").filter(pl.col("role") == "holder").select("line_id", other="nominal_id")
    met = beside(made).join(matched(made), on="record_id", how="semi").join(children, on="nominal_id")
    with_holder = set(met.join(holders, on=["line_id", "other"], how="semi")["nominal_id"])
    assert len(children) - len(with_holder) == round(len(children) / 3)
    assert with_holder == set(children.filter(pl.col("link") == "holder")["nominal_id"])


def test_a_tenth_of_exploited_children_have_no_link_at_all(made: Made) -> None:
    children = exploited_children(made)
    members = made.read("truth/person").filter(pl.col("line_id").is_not_null()).select(other="nominal_id")
    met = beside(made).join(members, on="other", how="semi")
    unlinked = children.filter(~pl.col("nominal_id").is_in(met["nominal_id"].unique().implode()))
    assert len(unlinked) == max(1, round(len(children) / 10))
    assert set(unlinked["link"]) <= {"none"}
    assert unlinked["nominal_id"].is_in(made.read("involvements")["nominal_id"].unique().implode()).all()


def test_every_person_of_a_line_has_a_used_record(made: Made) -> None:
    used = made.read("involvements").join(made.used(), on="record_id", how="semi")["nominal_id"].unique()
    members = made.read("truth/person").filter(pl.col("line_id").is_not_null())
    assert members["nominal_id"].is_in(used.implode()).mean() > 0.98


def test_cuckooed_tenants_are_subjects_not_victims(made: Made) -> None:
    tenants = made.read("truth/person").filter(pl.col("role") == "cuckooed")
    about = made.read("truth/record").filter("is_county_lines")
    roles = made.read("involvements").join(about, on="record_id", how="semi").join(tenants, on="nominal_id")
    assert roles.filter(pl.col("role").is_in(["subject", "associate"]))["nominal_id"].n_unique() > 0.75 * len(tenants)
    assert roles.filter(pl.col("role") == "victim")["nominal_id"].n_unique() <= 0.2 * len(tenants)


def test_every_tenant_who_is_shown_has_a_record_that_says_cuckooed_and_nothing_stronger(made: Made) -> None:
    tenants = made.read("truth/person").filter(pl.col("role") == "cuckooed", pl.col("link") == "plain")
    strong = {"CUCKOO", "COUNTY LINE", "CL WORDS", "DRUGS LINE"}
    visits = made.used().filter(pl.Series([groups & strong == {"CUCKOO"} for groups in made.said()]))
    met = made.read("involvements").filter(pl.col("role") == "subject").join(visits, on="record_id", how="semi")
    assert set(tenants["nominal_id"]) <= set(met["nominal_id"])


def test_some_who_were_exploited_as_children_are_adults_now(city: Made) -> None:
    children = exploited_children(city)
    assert 0 < (~children["child"]).sum() < len(children)


def test_family_and_workers_stand_beside_children(made: Made) -> None:
    involvements = made.read("involvements")
    theirs = involvements.join(exploited_children(made).select("nominal_id"), on="nominal_id", how="semi")
    around = involvements.join(theirs.select("record_id").unique(), on="record_id", how="semi")
    assert {"reporter", "carer", "professional", "witness"} <= set(around["role"])
    relatives = made.read("truth/person").filter(pl.col("role") == "relative")
    assert {"reporter"} < set(involvements.join(relatives, on="nominal_id", how="semi")["role"])


def test_decoys_are_about_no_line(made: Made) -> None:
    decoys = made.read("truth/record").filter(pl.col("decoy").is_not_null())
    assert {"training", "news", "rumour", "negation", "local dealer", "tip"} <= set(decoys["decoy"])
    assert not decoys["is_county_lines"].any()
    texts = decoys.join(made.used(), on="record_id")
    said = {row["decoy"]: groups_in(row["text"]) for row in texts.iter_rows(named=True)}
    assert "COUNTY LINE" in said["training"] and "COUNTY LINE" not in said["negation"]


def test_often_missing_children_have_many_episodes_and_no_line(made: Made) -> None:
    counts = made.read("episodes").group_by("nominal_id").len().join(made.read("truth/person"), on="nominal_id")
    often = counts.filter(pl.col("role") == "often missing")
    assert often["len"].max() >= 4 and often["len"].mean() > 2 * counts.filter(pl.col("role") == "none")["len"].mean()


def test_ethnicity_and_sex_say_nothing_of_role(city: Made) -> None:
    people = city.read("nominals").join(city.read("truth/person"), on="nominal_id")
    lines = people.filter(pl.col("line_id").is_not_null())
    share = (lines["ethnicity"] == "White British").mean()
    assert abs(share - (people["ethnicity"] == "White British").mean()) < 0.12


def test_records_of_a_line_lie_in_its_areas(made: Made) -> None:
    about = made.read("truth/record").filter("is_county_lines").join(made.read("records"), on="record_id")
    lines = made.read("truth/line").with_columns(pl.col("areas").str.split(";"))
    there = about.join(lines, on="line_id").filter(pl.col("area").is_not_null())
    inside = there["areas"].list.contains(there["area"])
    assert 0.8 < inside.mean() < 0.97
    assert (inside | (there["area"] == there["import_area"])).all()
