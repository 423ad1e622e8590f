"""Why a person is in, or why not: every number of a small run, by heart."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from countylines.engine import DuckDB
from countylines.errors import InputError
from countylines.pipeline import run
from countylines.report.explain import Explanation, _facts, derive, explain
from countylines.report.explained import show_explanation
from countylines.report.summary import show_runs, show_summary
from countylines.runs import Run, open_run
from countylines.settings import Settings
from countylines.tables import BOTH
from tests.report.small import write_extracts


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("small")
    engine = DuckDB(threads=1)
    yield open_run(run(write_extracts(folder / "extracts"), folder / "run", Settings(), engine))
    engine.close()


def printed(found: Explanation) -> str:
    console = Console(width=110, record=True, file=StringIO())
    show_explanation(console, found)
    return console.export_text()


def test_the_strongest_connection_decides_if_no_other_is_as_strong(made: Run) -> None:
    ann = explain(made, "ann")
    assert (ann.decision, ann.p) == ("matched", 1.0)
    assert ann.rule == "Stays as matched: p = 1 is at least 0.5 (2 connections are as strong, and each would do)."
    assert [c.other for c in ann.strongest] == ["cat", "dan"]
    assert "decides" not in printed(ann)
    bob = explain(made, "bob")
    assert bob.rule.endswith("(the strongest connection, with ann: DRUGS LINE 0.4 + OTHER 0.1).")
    assert "0.5 decides" in printed(bob)
    assert [(c.other, c.c, dict(c.groups)) for c in ann.connections] == [
        ("cat", 1.0, {"COUNTY LINE": 1.0}),
        ("dan", 1.0, {"COUNTY LINE": 1.0}),
        ("bob", 0.5, {"DRUGS LINE": 0.4, "OTHER": 0.1}),
    ]
    assert {(t.other, t.p, t.kind) for t in ann.ties} == {
        ("bob", 0.5, "associative"),
        ("cat", 1.0, "associative"),
        ("dan", 1.0, "associative"),
        ("gus", 0.0, "associative"),
    }
    assert ann.a == pytest.approx((0.5 + 1.0 + 1.0 + 0.0) / 4)
    assert ann.treatment.startswith("Rankable")


def test_a_cancelled_hit_is_shown_and_weighs_nothing(made: Run) -> None:
    bob = explain(made, "bob")
    record = next(r for r in bob.records if r.record_id == "crime:2")
    assert record.score == 0.0 and record.groups == {}
    assert [hit.group for hit in record.hits] == ["COUNTY LINE"]
    assert record.hits[0].excepted_by is not None
    assert (record.text or "")[record.hits[0].start : record.hits[0].end] == "county lines"


def test_a_child_and_an_unknown_age_are_protected_before_anything_else(made: Run) -> None:
    cat, dan = explain(made, "cat"), explain(made, "dan")
    assert cat.protected_because == ("under 18",) and dan.protected_because == ("age unknown",)
    text = printed(cat)
    assert text.index("Protected: never ranked") < text.index("Stays as matched")


def test_a_cuckooed_tenant_is_held(made: Run) -> None:
    eve = explain(made, "eve")
    assert eve.held == ("may be cuckooed",)
    assert eve.connections[0].other is None
    assert "alone in the records: CUCKOO 0.5" in eve.rule
    text = " ".join(printed(eve).replace("┃", " ").split())
    assert "Held: not ranked" in text and "(may be cuckooed)" in text


def test_each_reason_for_holding_says_how_it_ends(made: Run) -> None:
    facts = _facts(made, "eve")
    assert facts.kept
    ruled = "Held: not ranked, by a ruling of two people, one of them safeguarding, until it is withdrawn"
    sign = "decide 'no sign of exploitation'"
    for held, says in {
        (BOTH,): ruled,
        ("may be cuckooed",): f"Held: not ranked until two people, one of them safeguarding, {sign}",
        (BOTH, "may be cuckooed"): f"{ruled}; the other signs hold them, too, until two people {sign}",
    }.items():
        assert derive(replace(facts, kept={**facts.kept, "held": list(held)})).treatment == says


def test_a_victim_takes_no_weight_and_is_listed_for_safeguarding(made: Run) -> None:
    fay = explain(made, "fay")
    assert fay.decision == "discarded" and fay.p == 0.0
    assert fay.safeguarding == ("victim in a matched record",)
    assert fay.ties[0].kind == "adversarial"


def test_an_associate_is_explained_by_ties_and_records(made: Run) -> None:
    gus = explain(made, "gus")
    assert gus.decision == "associate" and gus.p == 0.0
    assert gus.a == pytest.approx(2 / 3)
    assert gus.rule == (
        "Stays as associate: a = 0.667 is at least 0.5, with 2 associative ties to matched people through 2 records."
    )


def test_who_was_never_met_is_told_so(made: Run) -> None:
    hal = explain(made, "hal")
    assert hal.decision == "never met" and hal.treatment == "Not in the network"
    with pytest.raises(InputError, match="hold no person 'nobody'"):
        explain(made, "nobody")


def test_the_screen_highlights_hits_and_strikes_exceptions(made: Run) -> None:
    console = Console(width=110, record=True, force_terminal=True, color_system="truecolor", file=StringIO())
    show_explanation(console, explain(made, "bob"))
    html = console.export_html(inline_styles=True)
    assert re.search(r"background-color: #\w+[^>]*>drugs line<", html)
    assert re.search(r"line-through[^>]*>county lines<", html)


def test_the_summary_fits_its_numbers(made: Run) -> None:
    console = Console(width=110, record=True, file=StringIO())
    show_summary(console, made)
    show_runs(console, [made], [], made.folder.parent)
    text = " ".join(console.export_text().split())
    assert "6 people in the network: 5 matched, 1 associate. 2 protected" in text
    assert "1 held, 3 rankable" in text
    assert "Person precision: not yet measured" in text
    assert re.search(r"records +8 +8 +0 +0", text)
