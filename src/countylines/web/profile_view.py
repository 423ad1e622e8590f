"""A group's nine factors and why it ranks where it does, in the words of its page (SCREENS 3; METHOD 5)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from countylines.rank.profile import load_rules
from countylines.report.show.words import counted, listed, share, span
from countylines.web.group_rows import GroupRow, small
from countylines.web.marks import apart
from countylines.web.reader import Reader

CONFIDENCE = {"high": 3, "medium": 2, "low": 1}
ORIGIN = (
    "Stays in one area",
    "Several areas of the force",
    "Reaches out of the force",
    "Comes into the force",
    "Both: out of the force and into it",
)
OF_PEOPLE = ("exploited_children", "firearms", "children_missing", "looked_after_children", "lowest_level")
"""Factors that count people or records, so that a level may tell a small count."""
HARM = "Harm, last 12 months"
LABELS = {"lowest_level": "Lowest level: number and ages"}
"""What the page calls factors whose own label says too little there."""
UNKNOWN = {
    "origin": "Unknown: no direction shows, or the force's own areas aren't given",
    "violence": "Unknown: a violent crime has no weight",
}
"""Why a level is unknown, of factors that rest on more than one field of members."""


@dataclass(frozen=True)
class FactorRow:
    """One factor of a group.

    Attributes:
        level: 0 to 4; None = unknown, or hidden.
        hidden: not shown, since it would tell a count under 5.
        says: what the records say, in words.
        credible: False = no graded or reviewed record says so.
        confidence, dots: from the gradings, in words and as 0 to 3.
        records: how many rows stand behind it; None = under 5, hidden.
    """

    name: str
    label: str
    meaning: str
    level: int | None
    says: str
    credible: bool | None
    confidence: str
    records: int | None
    hidden: bool = False

    @property
    def dots(self) -> int:
        """Confidence as none to three dots."""
        return CONFIDENCE.get(self.confidence.lower(), 0)


@dataclass(frozen=True)
class Criterion:
    """One of the ten criteria behind a rank: 0 to 1; None = unknown or hidden; ``said``: what an unknown one counts."""

    label: str
    value: float | None
    hidden: bool = False
    said: str = "unknown"


def factors(reader: Reader, row: GroupRow) -> list[FactorRow]:
    """The nine, in the order of the 2021 paper."""
    rules = load_rules()
    found = {each["factor"]: each for each in reader.rows("profiles", "group_id", row.group_id)}
    made = []
    for name, rule in rules.factors.items():
        each = found.get(name)
        if each is None:
            continue
        hidden = hides_level(row, name, each["count"])
        records = len(each["record_ids"] or ())
        made.append(
            FactorRow(
                name=name,
                label=LABELS.get(name, rule.label),
                meaning=rule.meaning,
                level=None if hidden else each["level"],
                says="Under 5, hidden" if hidden else says(name, each["level"], each["count"], each["areas"], row.soc),
                credible=each["credible"],
                confidence=confidence_said(each["level"], each["confidence"], records),
                records=small(records) if row.hidden else records,
                hidden=hidden,
            )
        )
    return made


def hides_level(row: GroupRow, factor: str, count: float | None) -> bool:
    """Whether a level would tell a count that is hidden."""
    if not row.hidden or count is None:
        return False
    return (factor in OF_PEOPLE and small(int(count)) is None) or (factor == "soc_overlap" and row.overlap is None)


def confidence_said(level: int | None, confidence: str, rows: int) -> str:
    """How sure a level is, in words; of no level nobody is sure, and without a grading nobody said how good a row is.

    Example:
        >>> confidence_said(3, "medium", 2), confidence_said(3, "unknown", 2), confidence_said(None, "medium", 42)
        ('Medium', 'Not graded', 'None')
        >>> confidence_said(0, "unknown", 0)
        'No rows'
    """
    if level is None:
        return "None"
    if not rows:
        return "No rows"
    return "Not graded" if confidence == "unknown" else confidence.capitalize()


def says(factor: str, level: int | None, count: float | None, areas: list[str] | None, soc: str | None = None) -> str:
    """What was counted, in words; unknown is said, and 0 is looked for and not found.

    Example:
        >>> says("firearms", 2, 3.0, []), says("firearms", None, None, []), says("firearms", 0, 0.0, [])
        ('3 records', 'Unknown: the field is empty for all members', 'Looked for, not found')
    """
    if level is None or count is None:
        return UNKNOWN.get(factor, "Unknown: the field is empty for all members")
    if factor == "origin":
        return ORIGIN[level]
    if factor == "areas_impacted" and areas:
        return f"{counted(len(areas), 'area')}: {listed(areas, 3)}"
    if level == 0 and not count:
        return "Looked for, not found"
    return SAYS[factor](count, soc)


def _children(after: str) -> Callable[[float, str | None], str]:
    return lambda count, _: f"{counted(int(count), 'child', 'children')} {after}"


SAYS: Mapping[str, Callable[[float, str | None], str]] = {
    "exploited_children": _children("on the list, or victim of a slavery offence"),
    "firearms": lambda count, _: counted(int(count), "record"),
    "children_missing": _children("reported missing"),
    "looked_after_children": _children("in care"),
    "lowest_level": lambda count, _: f"{counted(int(count), 'person', 'people')} may appear only as carriers",
    "areas_impacted": lambda count, _: counted(int(count), "area"),
    "violence": lambda count, _: (
        f"Worst crime {counted(max(1, round(count)), 'day')} (CCHI)"
        if count
        else "Spoken of, no violent crime recorded"
    ),
    "soc_overlap": lambda count, soc: f"{share(count)} of members in {soc}",
}


def criteria(row: GroupRow, rows: list[FactorRow], index: str) -> list[Criterion]:
    """The ten criteria behind the rank: levels / 4, and harm by the run's index as the share of groups with less."""
    if row.place is None:
        return []
    parts: dict[str, float | None] = json.loads(row.place.parts)
    labels = {each.name: each for each in rows}
    made = []
    for name, value in parts.items():
        each = labels.get(name)
        hidden = each is not None and each.hidden
        if each is None and row.harm[index, "12m"] is None:
            made.append(Criterion(HARM, None, said="unknown, counts as 0"))
        else:
            made.append(Criterion(each.label if each else HARM, None if hidden else value, hidden))
    order = {each.label: i for i, each in enumerate(rows)}
    return sorted(made, key=lambda each: order.get(each.label, len(order)))


def weights_said(reader: Reader) -> str:
    """How the criteria are weighed, in a sentence."""
    settings = reader.settings["priority"]
    bounds = [
        f"{name.replace('_', ' ')} {span(*(100 * pair for pair in (low, high)))}%"
        for name in sorted({*settings["least"], *settings["most"]})
        for low, high in [(settings["least"].get(name, 0.0), settings["most"].get(name, 1.0))]
    ]
    said = (
        f"Nobody knows the right weights, so {settings['draws']:,} weightings are drawn, each as likely as any other;"
        " the order is that of the mean rank, and an unknown level is drawn from 0 to 4."
    )
    return said + (f" Bounds set for this run: {'; '.join(bounds)}." if bounds else "")


def orders_said(row: GroupRow, index: str, ranked: int) -> list[tuple[str, str]]:
    """The rank under other choices: what is asked, and the rank, or that none is told.

    Args:
        index: the run's own harm index.
        ranked: how many groups have a rank.
    """
    if row.place is None:
        return []
    other = "ONS Crime Severity Score" if index == "cchi" else "Cambridge Crime Harm Index"
    told = apart(row.place.rank, row.place.low, row.place.high, ranked)
    return [
        (f"Harm by the {other}", _rank(row.place.other_index, told)),
        ("Reported crime only", _rank(row.place.reported, told)),
    ]


def _rank(value: int | None, told: bool) -> str:
    """A rank in another order. None has a range; where that of the run's own order tells nobody apart, nor do they."""
    if value is None:
        return "not made in this run"
    return f"rank {value:,}, range not made" if told else "can't be told apart"
