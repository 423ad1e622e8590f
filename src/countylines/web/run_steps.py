"""A run told in plain words: its steps with rows and times, and how to make it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from countylines.report.show.words import counted
from countylines.web.group_rows import SMALL, small
from countylines.web.reader import Reader
from countylines.web.run_shelf import COUNTS, differing

# The names of a run's timings begin with these words; what fits none is told as "Other work".
STEPS: Mapping[str, tuple[str, ...]] = {
    "Ingest: read and check the extracts": ("reading ", "checking rows", "keeping rows"),
    "Match: words in the text": ("matching text", "weighing records", "finding numbers"),
    "Network: who is kept, and their ties": ("network:", "gathering"),
    "Stability: draw it anew": ("redraw:", "finding groups again", "finding groups in shuffled"),
    "Partition: groups": ("finding groups",),
    "Rank: harm, places, profiles, priority, lines": ("harm", "places in", "profiles", "priority", "deal lines"),
    "Dismantling: orders of removal": ("dismantling",),
    "Safeguarding: whom to protect first": ("safeguarding",),
    "Write the tables": ("writing ",),
}
OTHER = "Other work"


@dataclass(frozen=True)
class Step:
    """One step of a run, with rows as words and its time in seconds."""

    name: str
    rows_in: str
    rows_out: str
    aside: str
    seconds: float


def steps(reader: Reader, timings: Mapping[str, float], hide: bool = False) -> list[Step]:
    """The steps in the order in which they run, with what went in, came out and was left aside.

    Args:
        hide: counts are rounded to 5, and those under 5 hidden.
    """
    times = grouped(timings)
    said = _rows(reader, hide)
    names = [*STEPS, *([OTHER] if OTHER in times else [])]
    return [Step(name, *said.get(name, ("", "", "")), times.get(name, 0.0)) for name in names]


def grouped(timings: Mapping[str, float]) -> dict[str, float]:
    """The seconds of each step.

    Example:
        >>> grouped({"reading a.csv": 1.0, "finding groups again": 2.0, "finding groups": 0.5, "resting": 0.25})
        {'Ingest: read and check the extracts': 1.0, 'Stability: draw it anew': 2.0, 'Partition: groups': 0.5, \
'Other work': 0.25}
    """
    found: dict[str, float] = {}
    for what, seconds in timings.items():
        step = next((name for name, starts in STEPS.items() if what.startswith(starts)), OTHER)
        found[step] = found.get(step, 0.0) + seconds
    return found


def timings_of(reader: Reader) -> dict[str, float]:
    """How long each part took; empty where nobody kept it."""
    try:
        found: dict[str, float] = json.loads((reader.run.folder / "timings.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def repeat(settings: Mapping[str, Mapping[str, Any]]) -> str:
    """The settings file that makes the run again: what differs from the defaults, as TOML.

    Example:
        >>> from countylines.settings import Settings
        >>> changed = Settings().as_dict()
        >>> changed["network"]["keep_weight"] = 0.6
        >>> print(repeat(changed))
        [network]
        keep_weight = 0.6
    """
    lines: list[str] = []
    section = ""
    for place, value, _ in differing(settings):
        own, name = place.split(".", 1)
        if own != section:
            lines += [*([""] if lines else []), f"[{own}]"]
            section = own
        lines.append(f"{name} = {_toml(name, value)}")
    return "\n".join(lines)


def _toml(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml('', each)}" for key, each in value.items()) + " }"
    if name in ("as_of", "since"):
        return str(value)
    return json.dumps("" if value is None else value, ensure_ascii=False)


def _rows(reader: Reader, hide: bool) -> dict[str, tuple[str, str, str]]:
    def number(n: int) -> str:
        shown = small(n) if hide and n else n
        return f"under {SMALL}" if shown is None else f"{shown:,}"

    manifest = reader.run.manifest
    came, kept, aside, rejected = (sum(c[name] for c in manifest["rows_in"].values()) for name in COUNTS)
    out = manifest["rows_out"]
    records, people = out.get("sources/records", 0), out.get("nominals", 0)
    draws = reader.settings["stability"]["draws"]
    names = list(STEPS)
    told = [
        (number(came), f"{number(kept)} kept", f"{number(aside)} set aside, {number(rejected)} rejected"),
        (f"{number(records)} records", f"{number(out.get('record_scores', 0))} matched", "0"),
        (
            f"{number(out.get('considered', 0))} people met",
            f"{number(people)} people kept",
            f"{number(out.get('considered', 0) - people)} below the line,"
            f" {number(out.get('skipped_records', 0))} too large",
        ),
        (f"{number(people)} people", counted(draws, "draw") if draws else "not made", ""),
        (f"{number(people)} people", counted(out.get("groups", 0), "group"), ""),
        (f"{number(people)} people", f"{number(out.get('priority', 0))} ranked", ""),
        ("", f"{number(out.get('dismantling', 0))} steps", ""),
        ("", f"{number(out.get('safeguarding', 0))} reasons to protect", ""),
        ("", f"{len(out)} tables", ""),
    ]
    return dict(zip(names, told, strict=True))
