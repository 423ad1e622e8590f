"""Try a lexicon on one text, and check it against its own examples: ``countylines lexicon try`` and ``check``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text

from countylines.match.lexicon import Group, Lexicon, load_lexicon
from countylines.match.matcher import Matcher


@dataclass(frozen=True, slots=True)
class TrialHit:
    """One hit: what matched where (code points of the text), and the exception that cancels it, if any."""

    group: str
    term: str
    start: int
    end: int
    excepted_by: str | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a lexicon makes of one text.

    Attributes:
        hits: sorted by place.
        weights: the groups that count, with their weights, sorted by name.
        score: min(1, sum of the weights), at 9 decimals.
    """

    text: str
    hits: tuple[TrialHit, ...]
    weights: dict[str, float]
    score: float


@dataclass(frozen=True, slots=True)
class Finding:
    """An example of the lexicon that doesn't do what it should."""

    group: str
    text: str
    problem: str


def try_text(text: str, lexicon: Lexicon, except_rules: bool = True) -> Trial:
    """What the lexicon makes of a text, without grading or marker.

    Example:
        >>> trial = try_text("Runner for a drugs line, no county lines link", load_lexicon())
        >>> trial.weights, trial.score
        ({'DRUGS LINE': 0.4, 'OTHER': 0.1}, 0.5)
    """
    batch = pa.record_batch([pa.array(["text"]), pa.array([text], pa.string())], names=["record_id", "text"])
    rows = Matcher(lexicon, except_rules)(batch).to_pylist()
    hits = (TrialHit(row["group"], row["term"], row["start"], row["end"], row["excepted_by"]) for row in rows)
    found = tuple(sorted(hits, key=lambda hit: (hit.start, hit.end, hit.group, hit.term)))
    counted = {hit.group for hit in found if hit.excepted_by is None}
    weights = {
        group.name: group.weight for group in sorted(lexicon.groups, key=lambda g: g.name) if group.name in counted
    }
    return Trial(text, found, weights, min(1.0, round(sum(weights.values()), 9)))


def check_lexicon(path: Path | None = None) -> list[Finding]:
    """Every example that a lexicon breaks: a hit that doesn't hit its group, a miss that does, a group without any.

    Raises:
        InputError: the lexicon can't be read at all.

    Example:
        >>> check_lexicon()
        []
    """
    lexicon = load_lexicon(path)
    return [finding for group in lexicon.groups for finding in _check_group(group, lexicon)]


def show_trial(console: Console, trial: Trial) -> None:
    """Print a text with its hits marked (cancelled ones struck through), the hits, the groups and the sum."""
    console.print(marked(trial.text, trial.hits), end="\n\n", soft_wrap=True)
    if not trial.hits:
        console.print("No term of the lexicon hits this text.")
        return
    table = Table()
    for heading in ("group", "term", "text", "weight", "cancelled by"):
        table.add_column(heading, overflow="fold")  # patterns hold no blanks to break at
    for hit in trial.hits:
        weight = "0" if hit.excepted_by else f"{trial.weights[hit.group]:g}"
        cells = (hit.group, hit.term, trial.text[hit.start : hit.end], weight, hit.excepted_by or "")
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    parts = " + ".join(f"{name} {weight:g}" for name, weight in trial.weights.items()) or "no group counts"
    console.print(Text(f"Each group counts once: {parts}. Score {trial.score:g}."), soft_wrap=True)


def show_check(console: Console, lexicon: Lexicon, findings: list[Finding]) -> None:
    """Print a lexicon's groups and, group by group, the examples it breaks."""
    table = Table("group", "weight", "terms", "switched off", "exceptions", "examples", "broken")
    for group in lexicon.groups:
        broken = sum(finding.group == group.name for finding in findings)
        counts = (
            len(group.patterns),
            len(group.terms) - len(group.patterns),
            len(group.excepts),
            len(group.hits) + len(group.misses),
            broken,
        )
        table.add_row(Text(group.name), f"{group.weight:g}", *map(str, counts), style="bold red" if broken else "")
    console.print(table)
    for finding in findings:
        console.print(
            Text(f"{finding.group}: {finding.problem}" + (f": {finding.text}" if finding.text else "")), soft_wrap=True
        )
    summary = f"{len(findings)} to correct." if findings else "Every example does what it should."
    console.print(Text(f"Lexicon version {lexicon.version}: {summary}"), soft_wrap=True)


def marked(text: str, hits: tuple[TrialHit, ...]) -> Text:
    """The text with its hits marked: bold where they count, struck through where an exception cancels them."""
    shown = Text(text)
    for hit in sorted(hits, key=lambda hit: hit.excepted_by is None):  # what counts is painted last
        shown.stylize("dim strike" if hit.excepted_by else "bold reverse not strike not dim", hit.start, hit.end)
    return shown


def _check_group(group: Group, lexicon: Lexicon) -> list[Finding]:
    findings = [Finding(group.name, "", f"it has no {kind}") for kind in ("hits", "misses") if not getattr(group, kind)]
    for text in group.hits:
        trial = try_text(text, lexicon)
        if group.name not in trial.weights:
            by = next((hit.excepted_by for hit in trial.hits if hit.group == group.name), None)
            why = f"should hit, but the exception {by!r} cancels it" if by else "should hit, but no term does"
            findings.append(Finding(group.name, text, why))
    for text in group.misses:
        term = next(
            (hit.term for hit in try_text(text, lexicon).hits if hit.group == group.name and not hit.excepted_by), None
        )
        if term:
            findings.append(Finding(group.name, text, f"should miss, but the term {term!r} hits"))
    return findings
