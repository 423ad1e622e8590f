"""What ``lexicon try`` and ``lexicon check`` print."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from countylines.match.lexicon import load_lexicon
from countylines.match.trial import Finding, check_lexicon, marked, show_check, show_trial, try_text

BROKEN = """
version: "7"
groups:
  - name: ONE
    weight: 0.25
    patterns: [weed, '[ab]c']
    except: [weed killer]
    hits: [smoking weed, weed killer, nothing]
    misses: [weedy, found ac]
  - name: BARE
    weight: 1
    patterns: [snow]
"""


def printed(show: Callable[..., None], *arguments: object) -> str:
    console = Console(width=200, record=True, file=StringIO())
    show(console, *arguments)
    return console.export_text()


def test_a_trial_tells_hits_exceptions_weights_and_sum() -> None:
    text = "ÉTÉ: no county–lines link, but a county line runner with crack, CRACK & pwits"
    trial = try_text(text, load_lexicon())
    assert [(text[hit.start : hit.end], hit.group, hit.excepted_by is None) for hit in trial.hits] == [
        ("county–lines", "COUNTY LINE", False),
        ("county line", "COUNTY LINE", True),
        ("runner", "OTHER", True),
        ("crack", "CRACK", True),
        ("CRACK", "CRACK", True),
        ("pwits", "OTHER", True),
    ]
    assert trial.weights == {"COUNTY LINE": 1.0, "CRACK": 0.02, "OTHER": 0.1}
    assert trial.score == 1.0
    assert try_text("runner with crack", load_lexicon()).score == 0.12


def test_without_exceptions_every_hit_counts() -> None:
    assert try_text("no county lines link", load_lexicon()).score == 0
    assert try_text("no county lines link", load_lexicon(), except_rules=False).score == 1


def test_show_trial() -> None:
    shown = printed(show_trial, try_text("[bold] no county lines link, runner\nwith [red]weed", load_lexicon()))
    assert "[bold] no county lines link, runner\nwith [red]weed" in shown  # the text is shown, not read as markup
    assert "NO COUNTY LINES? (?:LINKS?" in shown
    assert "Each group counts once: OTHER 0.1 + WEED 0.02. Score 0.12." in shown
    assert "No term" in printed(show_trial, try_text("quiet day", load_lexicon()))
    assert "no group counts. Score 0." in printed(show_trial, try_text("no crack", load_lexicon()))


def test_hits_are_marked_where_they_stand() -> None:
    trial = try_text("😀 no heroin, weed", load_lexicon())
    spans = [
        (span.start, span.end, "strike" in str(span.style) and "not strike" not in str(span.style))
        for span in marked(trial.text, trial.hits).spans
    ]
    assert spans == [(5, 11, True), (13, 17, False)]


def test_check_finds_broken_examples(tmp_path: Path) -> None:
    path = tmp_path / "l.yaml"
    path.write_text(BROKEN)
    findings = check_lexicon(path)
    assert findings == [
        Finding("ONE", "weed killer", "should hit, but the exception 'weed killer' cancels it"),
        Finding("ONE", "nothing", "should hit, but no term does"),
        Finding("ONE", "found ac", "should miss, but the term '[ab]c' hits"),
        Finding("BARE", "", "it has no hits"),
        Finding("BARE", "", "it has no misses"),
    ]
    shown = printed(show_check, load_lexicon(path), findings)
    assert "ONE: should miss, but the term '[ab]c' hits: found ac" in shown
    assert "Lexicon version 7: 5 to correct." in shown


@pytest.mark.parametrize("width", [40, 200])
def test_show_check_of_the_shipped_lexicon(width: int) -> None:
    console = Console(width=width, record=True, file=StringIO())
    show_check(console, load_lexicon(), check_lexicon())
    assert "Every example does what it should." in console.export_text()
