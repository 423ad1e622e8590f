"""The rules of a profile: what is shipped is complete, levels follow their bounds, a bad file is refused."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from countylines.errors import InputError
from countylines.network.slavery import classes
from countylines.rank.profile import FACTORS, load_rules
from countylines.rank.profile import rules as shipped
from countylines.rank.profile.grading import band, grade
from countylines.rank.profile.offences import among

FILE = Path(shipped.__file__).with_name("profile.yaml")


def level(factor: str, count: float | None) -> int | None:
    """The level of a count."""
    frame = pl.DataFrame({"count": [count]}, schema={"count": pl.Float64})
    found: int | None = frame.select(load_rules().factors[factor].level(pl.col("count"))).item()
    return found


@pytest.mark.parametrize(
    "factor", ["exploited_children", "firearms", "children_missing", "looked_after_children", "lowest_level"]
)
def test_people_and_records_are_counted_0_1_2_to_3_4_to_6_and_7_or_more(factor: str) -> None:
    assert [level(factor, n) for n in range(9)] == [0, 1, 2, 2, 3, 3, 3, 4, 4]


def test_areas_are_counted_1_2_3_4_to_5_and_6_or_more() -> None:
    assert [level("areas_impacted", n) for n in range(1, 8)] == [0, 1, 2, 3, 3, 4, 4]


def test_violence_has_its_bounds_at_ten_days_one_year_and_four() -> None:
    days = [0, 0.3, 9.999, 10, 364.9, 365, 1459.9, 1460, 5475]
    assert [level("violence", each) for each in days] == [0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_the_overlap_has_its_bounds_at_quarters_and_a_bound_itself_is_not_above() -> None:
    shares = [0, 1 / 1000, 0.25, 0.26, 0.5, 0.51, 0.75, 0.76, 1]
    assert [level("soc_overlap", each) for each in shares] == [0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_bounds_are_met_within_a_billionth() -> None:
    assert level("soc_overlap", 0.25 + 1e-12) == 1
    assert level("violence", 10 - 1e-12) == 2


def test_unknown_stays_unknown() -> None:
    assert [level(factor, None) for factor in FACTORS] == [None] * 9


def test_every_factor_is_explained_and_the_scope_is_said() -> None:
    rules = load_rules()
    assert list(rules.factors) == list(FACTORS)
    for factor in rules.factors.values():
        assert factor.meaning.endswith(".") and factor.reason.endswith(".") and len(factor.meaning) > 40
    assert "other forces" in rules.scope and "PND" in rules.scope and "not checked" in rules.scope
    assert rules.people == "children and people who may be exploited"
    assert "hypothesis" in rules.factors["lowest_level"].meaning


def test_no_rule_mentions_sex_or_ethnicity() -> None:
    words = FILE.read_text(encoding="utf-8").lower()
    assert "ethnic" not in words and " sex " not in words and "female" not in words


def test_the_classes_of_modern_slavery_are_those_whose_victims_are_held() -> None:
    assert set(load_rules().factors["exploited_children"].lists["offences"]) == set(classes())


def test_a_grading_is_in_one_band_and_all_but_suspected_false_have_one() -> None:
    new = {f"{a}{b}" for a in "123" for b in "ABCD"}
    old = {f"{a}{b}" for a in "ABCDE" for b in "1234"}
    assert set(load_rules().bands) == new | old


@pytest.mark.parametrize("source", "123")
def test_3x5x2_is_read_however_it_is_written(source: str) -> None:
    for assessment in "ABCDE":
        for written in (
            f"{source}{assessment}P",
            f"{source} {assessment} C",
            f"3x5x2 {source}-{assessment}",
            f"{source}{assessment}",
        ):
            assert grade(written) == source + assessment


@pytest.mark.parametrize("source", "ABCDE")
def test_5x5x5_is_read_however_it_is_written(source: str) -> None:
    for evaluation in "12345":
        for written in (
            f"{source}{evaluation}1",
            f"{source} {evaluation} 5",
            f"5x5x5:{source}/{evaluation}",
            source.lower() + evaluation,
        ):
            assert grade(written) == source + evaluation


@pytest.mark.parametrize(
    "written", ["", " ", "A", "1", "F24", "A6", "4AP", "1F", "1AX", "A16", "AB1", "not graded", "2BPP", None]
)
def test_what_is_no_grading_is_none(written: str | None) -> None:
    assert grade(written) is None
    assert band(written, load_rules().bands) is None


def test_better_known_from_a_better_source_is_never_in_a_lower_band() -> None:
    bands = load_rules().bands
    worth = {"high": 2, "medium": 1, "low": 0}
    for sources, knowledge in (("123", "ABCD"), ("ABCD", "1234")):
        for i, source in enumerate(sources):
            for j, known in enumerate(knowledge):
                if i:
                    assert worth[bands[source + known]] <= worth[bands[sources[i - 1] + known]], source + known
                if j and sources == "123":  # in 5x5x5 the third is corroborated, the second is not
                    assert worth[bands[source + known]] <= worth[bands[source + knowledge[j - 1]]], source + known


@pytest.mark.parametrize("written", ["8/1", "08/1", "008/01", "00801", "0801", " 8 / 01"])
def test_a_class_is_read_however_it_is_written(written: str) -> None:
    assert among(written, ["008/01"]) and among(written, ["008"]) and not among(written, ["008/02", "801"])


def test_a_class_alone_stands_for_everything_in_it_and_nothing_else() -> None:
    assert among("081/17", ["081"]) and among("81", ["081"]) and among("8117", ["081"])
    assert not among("008/01", ["081"]) and not among("181/01", ["081"]) and not among("", ["081"])
    assert not among("008", ["008/01"])  # which of the class isn't said


def changed(tmp_path: Path, change: object) -> Path:
    """The file that is shipped, changed by a function of its content."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    change(content)  # type: ignore[operator]
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_the_shipped_file_written_again_is_the_same(tmp_path: Path) -> None:
    assert load_rules(changed(tmp_path, lambda content: None)) == load_rules()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.update(versions="1"), "mine.yaml, versions: there is no 'versions' here"),
        (lambda c: c["factors"].pop("firearms"), "mine.yaml, factors.firearms: 'firearms' is missing"),
        (
            lambda c: c["factors"]["origin"].update(roles=[]),
            "mine.yaml, factors.origin.roles: there is no 'roles' here",
        ),
        (
            lambda c: c["factors"]["firearms"].update(roles=["thief"]),
            "factors.firearms.roles: there is no 'thief' here",
        ),
        (lambda c: c["factors"]["firearms"].update(roles=["witness"]), "there is no 'witness' here"),
        (lambda c: c["factors"]["firearms"].update(roles="suspect"), "this is not a list"),
        (lambda c: c["factors"]["firearms"].update(levels=[{"above": 1}]), "there must be four bounds"),
        (lambda c: c["factors"]["firearms"]["levels"].reverse(), "the bounds don't rise"),
        (lambda c: c["factors"]["firearms"]["levels"][0].update(above=1), "is no bound"),
        (
            lambda c: c["factors"]["lowest_level"].update(young="ten"),
            "factors.lowest_level.young: 'ten' is not a number",
        ),
        (lambda c: c["factors"]["lowest_level"].update(young=-1), "'-1' isn't allowed"),
        (lambda c: c["factors"]["violence"].update(meaning=" "), "factors.violence.meaning: this is not a text"),
        (lambda c: c["factors"].update(origin=[]), "factors.origin: this is not a set of keys"),
        (lambda c: c["grading"]["low"].append("1A"), "1A is in two bands"),
        (lambda c: c["grading"]["credible"].append("great"), "there is no 'great' here"),
    ],
)
def test_a_bad_file_is_refused_with_the_place(tmp_path: Path, change: object, said: str) -> None:
    with pytest.raises(InputError) as caught:
        load_rules(changed(tmp_path, change))
    assert said in str(caught.value)


def test_a_file_that_is_no_yaml_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    with pytest.raises(InputError, match="can't be read"):
        load_rules(path)
    path.write_text("version: [", encoding="utf-8")
    with pytest.raises(InputError, match="not YAML"):
        load_rules(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not YAML"):
        load_rules(path)
    path.write_text("- 1", encoding="utf-8")
    with pytest.raises(InputError, match="not a set of keys"):
        load_rules(path)
