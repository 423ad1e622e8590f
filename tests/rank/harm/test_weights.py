"""Which weight a crime has by its codes, and the weights shipped."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest
import yaml

from countylines.errors import InputError
from countylines.rank.harm import load_rules, weigh_records
from countylines.rank.harm.codes import ho_class, ons_codes, undated
from countylines.rank.harm.weights import weigh_codes
from countylines.settings import Harm
from tests.rank.harm.made import by_hand

SHIPPED = load_rules(Harm())
CCHI, ONS = SHIPPED.indexes


@pytest.mark.parametrize(
    ("code", "cjs", "urn", "days", "ambiguous"),
    [
        ("001/01", None, None, 5475, False),  # murder; the anchors are printed in the publisher's papers
        ("034/01", None, None, 365, False),  # robbery
        ("008/06", None, None, 10, True),  # assault occasioning actual bodily harm, or the same on police
        ("008/06", None, "8S.8.6.0", 182.5, False),
        ("008/06", None, " 8s.8.6.0", 182.5, False),
        ("008/06", None, "8X.9.9.9", 10, True),  # an unknown reference number tells nothing
        ("028/03", None, None, 10, True),
        ("028/03", "TH68026", None, 19, True),  # finer, but not enough: 19 or 365
        ("028/03", "TH68026", "28G.28.3.1", 365, False),
        ("28/3", "th68026 ", "", 19, True),
        (None, "MD71130", None, 547.5, False),
        ("046/00", None, None, 1, False),
        ("036/06", None, None, None, False),
        ("999/99", "ZZ99999", None, None, False),
        ("", None, None, None, False),
    ],
)
def test_cchi_weighs_by_the_finest_code(
    code: str | None, cjs: str | None, urn: str | None, days: float | None, ambiguous: bool
) -> None:
    assert CCHI.weigh(code, cjs, urn) == (days, ambiguous)


@pytest.mark.parametrize(
    ("code", "urn", "days", "ambiguous"),
    [
        ("001/01", None, 7973.393423328133, False),
        ("008/06", None, 189.15388706397988, True),
        ("008/06", "8S.8.6.0", 401.4243971112285, False),
        ("028/03", None, 465.3814732283848, False),  # four codes of one weight
        ("036/06", None, 1069.0641025641023, False),
        ("053/40", None, None, False),  # ONS has no weight for fraud in this list
        ("999/99", None, None, False),
    ],
)
def test_ons_weighs_over_its_own_codes(code: str, urn: str | None, days: float | None, ambiguous: bool) -> None:
    assert ONS.weigh(code, None, urn) == (days, ambiguous)


def test_the_offences_of_the_synthetic_force_have_weights() -> None:
    text = files("countylines.synthetic").joinpath("offences.yaml").read_text(encoding="utf-8")
    offences = yaml.safe_load(text)
    assert [ho for ho in offences if CCHI.weigh(ho, None, None).weight is None] == ["036/06", "036/10", "036/11"]
    assert [ho for ho in offences if ONS.weigh(ho, None, None).weight is None] == ["053/40"]
    named = [(ho, one["cjs"]) for ho, one in offences.items() if "cjs" in one]
    assert all(CCHI.by_cjs[code][0].ho_class == ho for ho, code in named)


def test_shipped_weights_name_edition_publisher_terms_and_source() -> None:
    folder = Path(str(files("countylines.rank.harm"))) / "shipped"
    for name in ("cchi", "ons_css"):
        about = yaml.safe_load((folder / name / "about.yaml").read_text(encoding="utf-8"))
        assert {"index", "edition", "title", "publisher", "terms", "source"} == set(about)
        assert "partial" in about["edition"]
    assert "Open Government Licence v3.0" in ONS.about["terms"]
    offences = pl.read_csv(folder / "cchi" / "offences.csv")
    assert len(offences) == 50  # the few that the synthetic force needs, never the table
    assert offences["source"].str.contains(r"^CCHI 2020 values sheet, row \d+$").all()


def test_records_without_any_code_are_no_crimes_to_weigh() -> None:
    none = {"offence_code": None}
    crimes = {"a": none, "b": {"offence_code": " "}, "c": {**none, "cjs_code": "MD71130"}, "d": {"offence_code": "x"}}
    weighed = weigh_records(by_hand(crimes, [], {}).records, SHIPPED.indexes)
    assert weighed.filter(pl.col("index") == "cchi").select("record_id", "weight").rows() == [("c", 547.5), ("d", None)]
    assert set(weighed["edition"]) == {"CCHI 2020 (partial)", "ONS CSS December 2020 (partial)"}


def test_own_classes_for_ons(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text('classes: {"53/40": [49], "001/01": ["1", 8N]}\n')
    ons = load_rules(Harm(ons_codes="own.yaml"), tmp_path).indexes[1]
    assert ons.weigh("053/40", None, None) == (36.80988326367078, False)
    assert ons.weigh("001/01", None, None) == (189.15388706397988, True)
    assert ons.weigh("034/01", None, None).weight is None
    (tmp_path / "own.yaml").write_text("053/40: 49\n")
    with pytest.raises(InputError, match="no list of classes"):
        load_rules(Harm(ons_codes="own.yaml"), tmp_path)


def test_a_folder_without_weights(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"this folder holds no weights. Give a folder made by countylines harm import"
    ):
        load_rules(Harm(weights="nothing"), tmp_path)


@pytest.mark.parametrize("code", ["8/55", "008/55", "00855", " 8/55 ", "0855"])
def test_one_class_in_all_its_spellings(code: str) -> None:
    assert ho_class(code) == "008/55"


def test_lists_of_ons_codes() -> None:
    assert ons_codes("4.4/6/8") == ("4.4", "4.6", "4.8")
    assert ons_codes("37/2") == ("37.2",)
    assert ons_codes("28E, 28F") == ("28E", "28F")
    assert ons_codes("") == ()


def test_dates_are_codes_again() -> None:
    import datetime as dt

    assert undated(dt.datetime(1955, 8, 1)) == "8/55"
    assert undated(dt.date(2022, 8, 1)) == "8/1"
    assert undated(dt.date(1930, 8, 30)) == "8/30"


def test_the_weights_used_are_those_of_the_records() -> None:
    one, other = {"offence_code": "034/01"}, {"offence_code": "034/01", "cjs_code": "MD71130"}
    records = by_hand({"a": one, "b": other, "c": one, "d": {"offence_code": None}}, [], {}).records
    used = weigh_codes(records, SHIPPED.indexes)
    assert used.select("index", "cjs_code", "crimes").rows() == [
        ("cchi", None, 2),
        ("cchi", "MD71130", 1),
        ("ons_css", None, 2),
        ("ons_css", "MD71130", 1),
    ]
    weighed = weigh_records(records, SHIPPED.indexes)
    keys = ["index", "edition", "weight", "ambiguous"]
    counted = weighed.group_by(keys).agg(crimes=pl.len().cast(pl.Int64)).sort(keys)
    assert counted.equals(used.group_by(keys).agg(pl.col("crimes").sum()).sort(keys))
