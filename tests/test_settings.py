"""One TOML file, and errors that name the place and the way out."""

import datetime as dt
from pathlib import Path

import pytest

from countylines.errors import InputError
from countylines.settings import Settings, load_settings, sections


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_are_the_published_ones() -> None:
    settings = load_settings(None)
    assert settings == Settings()
    assert settings.ingest.since == dt.date(2015, 1, 1)
    assert (settings.network.keep_weight, settings.network.nominal_rule) == (0.5, "strongest")
    assert (settings.partition.walktrap_steps, settings.partition.cut) == (4, "map_equation")


def test_a_file_sets_what_it_names(tmp_path: Path) -> None:
    text = """
    [ingest]
    as_of = 2024-06-01
    force_areas = ["North", "South"]
    [match]
    lexicon = "ours.yaml"
    [match.grading_weights]
    "2 B P" = 0.5
    [network]
    keep_weight = 1
    connection_span = 12
    """
    settings = load_settings(written(tmp_path, text))
    assert settings.ingest.as_of == dt.date(2024, 6, 1)
    assert settings.ingest.force_areas == ("North", "South")
    assert settings.match.grading_weights == {"2 B P": 0.5}
    assert settings.network.keep_weight == 1.0
    assert settings.network.connection_span == 12
    assert settings.partition == Settings().partition
    assert settings.folder == tmp_path.resolve()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[ingest]\nsinse = 2015-01-01",
            "settings.toml, [ingest] sinse: there is no setting 'sinse'. Did you mean 'since'?",
        ),
        ("[ingets]\nsince = 2015-01-01", "settings.toml, ingets: there is no section [ingets]. Did you mean 'ingest'?"),
        ("since = 2015-01-01", "there is no section [since]"),
        ("[network]\nkeep_weight = 1.5", "[network] keep_weight: 1.5 isn't allowed. Give at least 0 and at most 1."),
        ("[network]\nkeep_weight = nan", "nan isn't allowed"),
        ("[network]\nkeep_weight = true", "True isn't allowed. Give a number."),
        ('[network]\nnominal_rule = "best"', "'best' isn't allowed. Give strongest or noisy_or or mean."),
        ("[network]\nassociate_min_ties = 2.0", "2.0 isn't allowed. Give a whole number."),
        ("[network]\nconnection_span = 0", "0 isn't allowed. Give at least 1."),
        ('[ingest]\nsince = "2015-01-01"', "Give a date as 2015-01-01, without quotes."),
        ('[ingest]\nforce_areas = "North"', 'Give a list of texts as ["North", "South"].'),
        ("[match]\nuse_marker = 1", "Give true or false."),
        ("[match]\ngrading_weights = 1", "Give a table."),
        ('[match.grading_weights]\nA1 = "x"', "[match] grading_weights.A1: 'x' isn't allowed. Give a number."),
        ("[ingest\n", "this is not TOML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        load_settings(written(tmp_path, text))
    assert says in str(error.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the settings file can't be read"):
        load_settings(tmp_path / "none.toml")


def test_every_setting_has_its_help_and_a_plain_value() -> None:
    import dataclasses
    import json

    for section in sections().values():
        for field in dataclasses.fields(section):
            assert field.metadata["help"].endswith("."), field.name
    json.dumps(Settings().as_dict())
