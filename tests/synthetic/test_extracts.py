"""What a force consists of: canonical tables without a fault, in the proportions promised."""

import datetime as dt

import polars as pl
import pytest

from countylines.synthetic.data import load, scenes
from countylines.synthetic.scale import scale
from countylines.tables import EXTRACTS, OFFENDER_ROLES, ROLES, SOURCES
from tests.synthetic.conftest import Made

TABLES = tuple(EXTRACTS)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_keeps_the_canonical_rules(town: Made, name: str) -> None:
    table = EXTRACTS[name]
    frame = town.read(name)
    assert frame.columns == table.names
    assert frame.to_arrow().schema.types == pl.from_arrow(table.schema.empty_table()).to_arrow().schema.types
    key = [column for column in table.key if not frame[column].is_null().any()]
    assert not frame.select(table.key if name in ("known_lines", "decisions") else key).is_duplicated().any()
    for column in table.columns:
        assert not (column.required and frame[column.name].null_count()), column.name


@pytest.mark.parametrize("name", TABLES)
def test_every_reference_is_valid(town: Made, name: str) -> None:
    frame = town.read(name)
    for column in ("record_id", "nominal_id"):
        if column in frame.columns:
            known = town.read("records" if column == "record_id" else "nominals")[column]
            assert frame[column].drop_nulls().is_in(known.implode()).all()


def test_records_are_as_many_as_asked(town: Made, city: Made) -> None:
    for made in (town, city):
        records = made.read("records")
        assert len(records) == made.records
        assert set(records["source"]) == set(SOURCES)
        assert (records["record_id"].str.split(":").list.first() == records["source"]).all()
        assert abs(len(made.read("involvements")) / made.records - 2) < 0.15
        assert abs(len(made.read("nominals")) / made.records - 0.3) < 0.01


def test_roles_and_codes_are_known(town: Made) -> None:
    records, involvements = town.read("records"), town.read("involvements")
    assert set(involvements["role"]) == set(ROLES)
    firearms = set(load("firearms.yaml")["offences"])
    assert set(records["offence_code"].drop_nulls()) <= set(load("offences.yaml")) | firearms
    used = {code for scene in scenes().values() for code in scene.offences}
    assert used <= set(load("offences.yaml"))
    crimes = records.filter(pl.col("source") == "crime")
    assert crimes["offence_code"].null_count() == 0
    assert set(crimes["outcome_code"].drop_nulls()) <= {"1", "3", "8", "14", "15", "16", "18", "22"}
    assert crimes["proactive"].n_unique() == 3
    assert records["area"].null_count() > 0


def test_dates(town: Made) -> None:
    records = town.read("records")
    assert (records["occurred"] <= records["recorded"]).all()
    assert records["recorded"].is_sorted()
    assert records["recorded"][-1] == dt.datetime(2021, 12, 31, 23, 59)  # the day on which ages are taken
    before = (records["recorded"] < dt.datetime(2015, 1, 1)).mean()
    assert 0.02 < before < 0.08


def test_gradings(town: Made) -> None:
    records = town.read("records")
    graded = records.filter(pl.col("grading").is_not_null())
    assert set(graded["source"]) == {"intelligence"}
    plain = graded["grading"].str.replace_all(" ", "")
    old, new = plain.str.contains("^[A-E][1-5][1-5]$"), plain.str.contains("^[1-3][A-E][PC]$")
    assert (old ^ new).all() and old.any() and new.any()
    assert 0.2 < plain.filter(new).str.ends_with("C").mean() < 0.4  # C: with conditions
    assert set(plain.filter(old).str.slice(2)) == {"1", "3", "4", "5"}
    aside = len(records) - len(town.used())
    assert 0 < aside < 0.1 * len(records)
    assert 0 < records["restricted"].sum() < 0.01 * len(records)


def test_texts(city: Made) -> None:
    text = city.read("records")["text"]
    assert 430 < text.str.len_bytes().mean() < 520
    assert 0.01 < (text.str.len_bytes() != text.str.len_chars()).mean() < 0.1
    assert text.str.contains("\n").any() and text.str.contains("–").any()
    assert text.n_unique() > 0.99 * len(text)
    assert not text.str.contains(r"[{}|]|  ").any()
    assert text.str.contains("recieved").any()


@pytest.mark.parametrize("size", ["town", "city"])
def test_words_are_said_as_often_as_the_paper_counts(size: str, request: pytest.FixtureRequest) -> None:
    made: Made = request.getfixturevalue(size)
    for name, wanted in scale(made.records).hits.items():
        assert abs(sum(name in groups for groups in made.said()) - wanted) <= max(1, 0.02 * wanted), name


def test_ages_and_households(town: Made) -> None:
    people = town.read("nominals")
    unknown = people["date_of_birth"].null_count() / len(people)
    assert 0.01 < unknown < 0.03
    age = (dt.date(2021, 12, 31) - people["date_of_birth"]).dt.total_days() / 365.25
    assert 0.15 < (age < 18).mean() < 0.3
    assert people["looked_after"].n_unique() == 3
    assert (people["name"].str.contains(r" \d{7}$")).all()
    assert people["home_authority"].n_unique() > 1
    cared = people.filter("looked_after")
    assert cared["responsible_authority"].is_null().mean() < 0.2
    assert (cared["responsible_authority"] != cared["home_authority"]).any()


def test_people_meet_as_victim_and_offender_and_both(town: Made) -> None:
    roles = town.read("involvements").filter(pl.col("role").is_in(["victim", *OFFENDER_ROLES]))
    sides = roles.with_columns(victim=pl.col("role") == "victim").group_by("record_id", "nominal_id").agg("victim")
    both = sides.filter(pl.col("victim").list.any() & ~pl.col("victim").list.all())
    assert len(both) > 0
    adversarial = roles.group_by("record_id").agg(pl.col("role") == "victim")
    assert adversarial["role"].list.any().sum() > 100


def test_a_record_has_more_people_than_anyone_meets(town: Made) -> None:
    sizes = town.read("involvements").group_by("record_id").agg(pl.col("nominal_id").n_unique())
    assert sizes["nominal_id"].max() > 30


def test_soc_groups_overlap_lines_in_about_a_tenth(city: Made) -> None:
    groups = city.read("reference_groups").join(city.read("truth/person"), on="nominal_id")
    shared = groups.group_by("group_id").agg(pl.col("line_id").is_not_null().any())["line_id"]
    assert len(shared) == 11
    assert shared.sum() == 1


def test_some_lines_are_known_and_some_are_to_be_reported(town: Made, city: Made) -> None:
    for made in (town, city):
        known, lines = made.read("known_lines"), made.read("truth/line")
        assert known.select("name", "status", "reported_on", "reference").null_count().row(0) == (0, 0, 0, 0)
        assert set(lines["line_id"]) - set(known["line_id"])
        assert {"active", "type 2 closed"} <= set(known["status"]) <= {"active", "type 1 closed", "type 2 closed"}
        status = known.unique("line_id").join(lines, on="line_id")
        assert (status["status"] == status["status_right"]).all()
        old = known.filter(~pl.col("line_id").is_in(lines["line_id"].implode()))
        assert len(old) >= 1 and old["nominal_id"].null_count() == len(old)
        assert (old["reported_on"] < made.read("records")["occurred"].dt.date().min()).all()
        digits = made.read("records")["text"].str.replace_all(r"[^0-9]", "")
        for number in old["phone_number"].str.replace_all(" ", "").str.slice(1):
            assert not digits.str.contains(number, literal=True).any()


def test_people_of_lines_are_released_soon_and_were_before(town: Made, city: Made) -> None:
    last = dt.date(2021, 12, 31)
    for made in (town, city):
        people = made.read("truth/person").filter(pl.col("line_id").is_not_null())
        releases = made.read("releases").join(people, on="nominal_id")
        soon = releases.filter(pl.col("release_date") > last)
        assert soon["nominal_id"].n_unique() >= 3
        assert (soon["release_date"] <= last + dt.timedelta(days=28)).all()
        assert set(soon["role"]) <= {"holder", "elder", "dealer", "runner", "cuckooed"}
        assert (releases["release_date"] <= last).sum() >= 5


def test_other_names_are_street_names_or_misspelt(city: Made) -> None:
    people = city.read("nominals").join(city.read("truth/person"), on="nominal_id")
    known = pl.col("aliases").is_not_null()
    assert 0.07 < people.select(known.mean()).item() < 0.13
    assert people.filter(pl.col("role") == "holder").select(known.mean()).item() > 0.4
    names = people.filter(known)["aliases"].str.split(";").explode()
    nicks = load("words.yaml")["nick"]
    assert names.is_in(nicks).any() and names.filter(~names.is_in(nicks)).str.contains(" ").all()


def test_care_and_authorities_agree(town: Made, city: Made) -> None:
    for made in (town, city):
        people = made.read("nominals")
        assert 0.02 < people["home_authority"].is_null().mean() < 0.06
        cared = people.filter("looked_after").join(made.read("care"), on="nominal_id")
        both = cared.filter(pl.col("responsible_authority").is_not_null())
        assert len(both) > 0 and (both["responsible_authority"] == both["authority"]).all()
        assert (both["responsible_authority"] != both["home_authority"]).mean() > 0.2  # placed by another authority
        born = cared["date_of_birth"].drop_nulls()
        assert (born > dt.date(2003, 12, 30)).all()  # nobody of 18 is looked after
