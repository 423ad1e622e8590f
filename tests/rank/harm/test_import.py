"""Publishers' workbooks in their official layouts, with the traps they are known for."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from countylines.cli import app
from countylines.errors import InputError
from countylines.rank.harm import load_rules
from countylines.rank.harm.importing import import_workbook
from countylines.settings import Harm
from tests.rank.harm.workbooks import CCHI_HEADER, GROUP, cchi_book, offence, ons_book, shifted

# Scores that are printed in the publisher's own papers, and the faults of its sheets.
ROWS = [
    offence("1.1.1.1", "Murder - of persons aged 1 year or over", 5475, 1, "001/01", "COML025"),
    offence("2.2.0.0", "Attempted murder", 3285, 2, "00200", "COML025", "COML025C", parts=(2, 0)),
    offence("34B.34.1.2", "Robbery (of Personal Property)", "365", "34B", "034/01", "TH68023"),
    offence("28E.28.3.1", "Burglary - Residential - Dwelling", 19.0, "28E", "028/03", "TH68026"),
    offence("28G.28.3.1", "Distraction Burglary", 365, "28G", "028/03", "TH68026"),
    [],
    offence("8N.8.6.0", "Assault with actual bodily harm", 10, "8N", dt.date(2022, 8, 6), "OF61102", parts=(8, 6)),
    offence("8L.8.55.0", "Harassment", 10, "8L", dt.date(1955, 8, 1)),
    offence("4.4.1.0", "Manslaughter", 1095, dt.date(2022, 4, 1), "004/01"),
    shifted(offence("NN.111.5.0", "Dogs and livestock", 1, "NN", "111/05", "DP53001", notifiable="Non-Notifiable")),
    offence("NN.34.1.0", "Reuses a class for something else", 0.3, "NN", "034/01", notifiable="Non-Notifiable"),
    offence("9.9.9.9", "EXPIRED 1 May 2015 - an offence of before", 10, "49", "049/99"),
    offence("9.9.9.8", "Use of an expired licence", 2, "49", "049/98", "Act 1990 s5"),
    offence("9.9.9.7", "Not scored yet", "tbc", "49", "049/97"),
    offence("9.9.9.6", "Without a class", 5, "49", None),
]  # fmt: skip


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return cchi_book(tmp_path / "CCHI 2020.xlsx", ROWS)


def offences(folder: Path) -> dict[str, dict[str, Any]]:
    read = pl.read_csv(folder / "cchi" / "offences.csv", infer_schema=False)
    return {row["urn"]: row for row in read.iter_rows(named=True)}


def test_classes_come_out_in_one_spelling(workbook: Path, tmp_path: Path) -> None:
    import_workbook(workbook, tmp_path / "weights")
    found = {urn: (row["ho_class"], row["ons_code"]) for urn, row in offences(tmp_path / "weights").items()}
    assert found["2.2.0.0"] == ("002/00", "2")
    assert found["8N.8.6.0"] == ("008/06", "8N")
    assert found["8L.8.55.0"] == ("008/55", "8L")
    assert found["4.4.1.0"] == ("004/01", "4.1")
    assert found["NN.111.5.0"] == ("111/05", None)
    assert found["9.9.9.6"] == ("", "49")


def test_what_it_read_is_said(workbook: Path, tmp_path: Path) -> None:
    made = import_workbook(workbook, tmp_path / "weights")
    assert made.edition == "CCHI 2020"
    assert made.lines == (
        "CCHI 2020: 12 offences in 9 Home Office classes, 8 CJS codes.",
        "Classes with more than one score: 1 of 8 notifiable ones (028/03).",
        "Classes with an ONS code: 8.",
        "Kept without a class that can be read: 1 (rows 16)",
        "Left out: expired: 1 (rows 13)",
        "Left out: no score: 1 (rows 15)",
        "Left out: not a CJS code: 1 (rows 14)",
        "Mended: cells one column too far right: 1 (rows 11)",
        "Mended: class in another spelling: 1 (rows 3)",
        "Mended: class that had become a date: 2 (rows 8, 9)",
        "Mended: classification code that had become a date: 1 (rows 10)",
    )
    about = yaml.safe_load((made.folder / "about.yaml").read_text(encoding="utf-8"))
    assert about["file"] == "CCHI 2020.xlsx"
    assert about["sha256"] == hashlib.sha256(workbook.read_bytes()).hexdigest()
    assert about["read"] == list(made.lines)


def test_settings_read_what_was_written(workbook: Path, tmp_path: Path) -> None:
    import_workbook(workbook, tmp_path / "weights")
    cchi, ons = load_rules(Harm(weights="weights"), tmp_path).indexes
    assert (cchi.edition, ons.edition) == ("CCHI 2020", "ONS CSS December 2020 (partial)")
    assert cchi.weigh("001/01", None, None) == (5475, False)
    assert cchi.weigh("001/01", "COML025", None) == (5475, False)  # the code stands beside attempted murder, too
    assert cchi.weigh(None, "COML025", None) == (3285, True)
    assert cchi.weigh("028/03", "TH68026", None) == (19, True)
    assert cchi.weigh("028/03", None, "28G.28.3.1") == (365, False)
    assert cchi.weigh("034/01", None, None) == (365, False)  # not 0.3: the other row isn't notifiable
    assert cchi.weigh("111/05", None, None) == (1, False)  # only a non-notifiable row has this class
    assert cchi.weigh("049/99", None, None).weight is None
    assert ons.weigh("028/03", None, None) == (465.3814732283848, False)
    assert ons.weigh(None, None, "8N.8.6.0") == (189.15388706397988, False)
    classes = yaml.safe_load((tmp_path / "weights" / "cchi" / "ons_codes.yaml").read_text(encoding="utf-8"))["classes"]
    assert classes["028/03"] == ["28E", "28G"]
    assert "111/05" not in classes


def test_the_same_workbook_gives_the_same_files(workbook: Path, tmp_path: Path) -> None:
    for out in ("one", "two"):
        import_workbook(workbook, tmp_path / out)
    for path in sorted((tmp_path / "one" / "cchi").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / "cchi" / path.name).read_bytes()


def test_a_later_edition_with_fewer_columns(tmp_path: Path) -> None:
    kept = [name for name in CCHI_HEADER if name not in ("NOTIFIABLE", "HO_SUB_SUB_CODE")]
    rows = [[cell for name, cell in zip(CCHI_HEADER, row, strict=False) if name in kept] for row in ROWS if row]
    rows = [row for row in rows if row[0] != "NN.111.5.0"]
    made = import_workbook(cchi_book(tmp_path / "new.xlsx", rows, 2026, kept), tmp_path / "weights")
    assert made.edition == "CCHI 2026"
    found = offences(tmp_path / "weights")
    assert (found["34B.34.1.2"]["notifiable"], found["NN.34.1.0"]["notifiable"]) == ("true", "false")
    assert found["1.1.1.1"]["source"] == "CCHI 2026 values sheet, row 2"


def test_a_shifted_row_needs_its_address_in_group() -> None:
    assert shifted(ROWS[0])[GROUP] == "https://guideline.example"
    assert ROWS[0][GROUP] == "GROUP"


ONS_ROWS = [
    [],
    ["VICTIM BASED CRIME - VIOLENCE"],
    [None, "1, 4.1/2/10", "Homicide", 7973.393423328133],
    [None, 4.3, "Intentional destruction of viable unborn child", 3775.695340501792],
    [None, "8N", "Assault with injury", 189.15388706397988],
    [None, None, "Rape of a female (aged 13 to 15)", 3000.5],
    [],
    ["OTHER CRIMES AGAINST SOCIETY - MISCELLANEOUS"],
    [None, 45, "Theft from a vehicle", 32.920677373775966],
    [None, "88C", "Other miscellaneous sexual offences", 1026.8793533414357],
    [None, "88C", "Other miscellaneous sexual offences", 69.01673543],
    [None, dt.date(2022, 4, 8), "Careless driving", 111.4],
    [None, "99", "Other", None],
]


@pytest.mark.parametrize("top", [5, 7])
def test_ons_weights(tmp_path: Path, top: int) -> None:
    made = import_workbook(ons_book(tmp_path / "cssdatatool.xlsx", ONS_ROWS, top=top), tmp_path / "weights")
    assert made.edition == "ONS CSS year ending March 2025"
    assert made.lines == (
        "ONS CSS year ending March 2025: 7 rows with a code, 9 codes, weights adding up to 13,178.46.",
        "Codes with more than one row: 1 (88C).",
        f"Left out: no code: 1 (rows {top + 6})",
        f"Left out: no weight: 1 (rows {top + 13})",
        f"Mended: code that had become a date: 1 (rows {top + 12})",
    )
    found = pl.read_csv(made.folder / "weights.csv", infer_schema=False)
    assert found["category"].to_list() == [ONS_ROWS[1][0]] * 3 + [ONS_ROWS[7][0]] * 4
    assert found["ons_code"].to_list() == ["1, 4.1/2/10", "4.3", "8N", "45", "88C", "88C", "4/8"]
    (tmp_path / "own.yaml").write_text(
        'classes: {"001/01": ["1"], "004/10": ["4.10"], "071/01": [88C], "004/08": [4.8]}'
    )
    ons = load_rules(Harm(weights="weights", ons_codes="own.yaml"), tmp_path).indexes[1]
    weighed = {ho: ons.weigh(ho, None, None) for ho in ("001/01", "004/10", "071/01", "004/08")}
    murder = (7973.393423328133, False)
    assert weighed == {"001/01": murder, "004/10": murder, "071/01": (69.01673543, True), "004/08": (111.4, False)}


def test_the_old_format_is_read_as_well(tmp_path: Path) -> None:
    """weights.xls holds five weights in the layout of 2019, written once by another library."""
    made = import_workbook(Path(__file__).with_name("weights.xls"), tmp_path / "weights")
    assert made.lines == (
        "ONS CSS year ending March 2020: 5 rows with a code, 8 codes, weights adding up to 14,416.10.",
        "Codes with more than one row: 0.",
        "Left out: no code: 1 (rows 15)",
    )


def test_both_indexes_lie_in_one_folder_and_neither_is_written_over(workbook: Path, tmp_path: Path) -> None:
    out = tmp_path / "weights"
    import_workbook(workbook, out)
    import_workbook(ons_book(tmp_path / "ons.xlsx", ONS_ROWS), out, "ONS CSS spring")
    assert [index.edition for index in load_rules(Harm(weights=str(out))).indexes] == [
        "CCHI 2020",
        "ONS CSS spring",
    ]
    before = (out / "cchi" / "offences.csv").read_bytes()
    with pytest.raises(InputError, match="there are weights of cchi here already; nothing was changed"):
        import_workbook(cchi_book(tmp_path / "other.xlsx", ROWS[:1]), out)
    assert (out / "cchi" / "offences.csv").read_bytes() == before
    assert sorted(path.name for path in out.iterdir()) == ["cchi", "ons_css"]


def test_what_is_no_such_workbook(tmp_path: Path) -> None:
    out = tmp_path / "weights"
    (tmp_path / "list.xlsx").write_text("urn,score\n")
    empty = cchi_book(tmp_path / "empty.xlsx", [])
    headless = cchi_book(tmp_path / "headless.xlsx", ROWS, header=["A", "B"])
    yearless = ons_book(tmp_path / "yearless.xlsx", ONS_ROWS, title="Crime Severity Score")
    weightless = ons_book(tmp_path / "weightless.xlsx", ONS_ROWS[:2])
    other = ons_book(tmp_path / "other.xlsx", ONS_ROWS)
    _rename_sheet(other, "List of weights", "Scores")
    for path, message in (
        (tmp_path / "nowhere.xlsx", "the workbook can't be read"),
        (tmp_path / "list.xlsx", "this is no workbook"),
        (empty, "no row has a score"),
        (headless, "this values sheet has no header"),
        (yearless, "the workbook doesn't name its year"),
        (weightless, "no row has a code and a weight"),
        (other, "no sheet holds weights; there are Contents, Scores"),
    ):
        with pytest.raises(InputError, match=message):
            import_workbook(path, out)
    assert not out.exists()


def _rename_sheet(path: Path, old: str, new: str) -> None:
    from openpyxl import load_workbook

    book = load_workbook(path)
    book[old].title = new
    book.save(path)


def test_the_command(workbook: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["harm", "import", str(workbook), "--out", str(tmp_path / "weights")])
    assert result.exit_code == 0
    assert "12 offences in 9 Home Office classes" in result.stdout
    assert f'[harm] weights = "{tmp_path / "weights"}"' in result.stdout.replace("\n", "")


@pytest.mark.parametrize(
    ("file", "text"), [("about.yaml", "index: cchi\n"), ("offences.csv", "urn\n1\n"), ("cjs_codes.csv", "")]
)
def test_a_folder_that_somebody_has_changed(workbook: Path, tmp_path: Path, file: str, text: str) -> None:
    import_workbook(workbook, tmp_path / "weights")
    (tmp_path / "weights" / "cchi" / file).write_text(text)
    with pytest.raises(InputError, match=f"{file}.* again"):
        load_rules(Harm(weights="weights"), tmp_path)
