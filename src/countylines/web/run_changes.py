"""What changed from one run to a later one: people, groups, lines and people to protect (SCREENS 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import polars as pl

from countylines.report.show.words import counted
from countylines.web.group_rows import small
from countylines.web.line_rows import LineRow
from countylines.web.reader import Reader
from countylines.web.render import day
from countylines.web.run_rulings import released, taken
from countylines.web.run_sides import Side, same_groups, side, treatment
from countylines.web.shelf import NoRun, Shelf


@dataclass(frozen=True)
class Kind:
    """A kind of change: the flag's sign, its word, and what is said of one and of several."""

    flag: str
    word: str
    one: str
    several: str

    def said(self, n: int | None) -> str:
        """How many there are; None = under 5, hidden.

        Example:
            >>> KINDS["child"].said(1), KINDS["line"].said(2), KINDS["left"].said(None)
            ('1 child joined the network', '2 lines are new', 'Under 5 people left the network')
        """
        return f"{'Under 5' if n is None else f'{n:,}'} {self.one if n == 1 else self.several}"


KINDS: Mapping[str, Kind] = {
    "child": Kind("child", "Child joins", "child joined the network", "children joined the network"),
    "protect": Kind("exploited", "To protect", "person is new in the queue", "people are new in the queue"),
    "child left": Kind("child", "Child left", "child left the network", "children left the network"),
    "treated": Kind("plain", "Treated otherwise", "person is treated otherwise", "people are treated otherwise"),
    "new group": Kind("plain", "New group", "group is new", "groups are new"),
    "merged": Kind("plain", "Group merged", "group went into another", "groups went into others"),
    "gone": Kind("plain", "Group gone", "group fell apart", "groups fell apart"),
    "line": Kind("plain", "New line", "line is new", "lines are new"),
    "line gone": Kind("plain", "Line gone", "line is gone", "lines are gone"),
    "grown": Kind("plain", "Group changes", "group gained or lost people", "groups gained or lost people"),
    "joined": Kind("plain", "Joined", "more person joined the network", "more people joined the network"),
    "left": Kind("plain", "Left network", "person left the network", "people left the network"),
    "protect out": Kind("plain", "Left the queue", "person left the queue", "people left the queue"),
}
"""Kinds of change, in the order of the list."""
TOGETHER: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "people": ("People who joined or left", ("child", "child left", "joined", "left")),
    "children": ("Children who joined or left, and people now under 18 or no longer", ("child", "child left")),
    "groups": ("Groups that are new or gone", ("new group", "merged", "gone")),
    "lines": ("Lines that are new or gone", ("line", "line gone")),
    "queue": ("People who are new in the queue, or in it no longer", ("protect", "protect out")),
}
"""What each figure of change counts: a heading, and its kinds; single changes of other kinds say so by ``also``."""


@dataclass(frozen=True)
class Figure:
    """One figure of change: what is there now, what came and what went; None = hidden, or nothing to compare with."""

    label: str
    now: int | None
    more: int | None
    less: int | None

    def without_small_counts(self) -> Figure:
        """The same, rounded to 5, with counts under 5 hidden: of what came and went both, since one tells the other.

        How many groups there are is told as it is: no person is counted.

        Example:
            >>> Figure("Under 18", 34, 6, 1).without_small_counts()
            Figure(label='Under 18', now=35, more=None, less=None)
        """
        if self.label == "Groups":
            return self
        more, less = small(self.more), small(self.less)
        told = more is not None and less is not None
        return Figure(self.label, small(self.now), more if told else None, less if told else None)


@dataclass(frozen=True)
class Change:
    """One row of the list of changes.

    Attributes:
        kind: of KINDS.
        why: the reason, in words.
        person: whom it is about; empty = about a group or line.
        group_id: the group where it is, in the later run; empty = none.
        line_id: the line it is about.
        said: what it is about, in words, where no page of it is left.
        also: the figures, beside those of its kind, that count it.
    """

    kind: str
    why: str
    person: str = ""
    group_id: str = ""
    line_id: str = ""
    said: str = ""
    also: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Comparison:
    """All that changed.

    Attributes:
        before: the earlier run's name.
        figures: people, groups, children, lines, people to protect.
        changes: a child that joined first.
    """

    before: str
    figures: tuple[Figure, ...]
    changes: tuple[Change, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Changes by kind, in the order of the list."""
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in KINDS if found[kind]}


def compare(now: Reader, before: Reader, areas: Sequence[str] = ()) -> Comparison:
    """The later run beside the earlier one.

    Args:
        areas: only what touches one of these; none = all.
    """

    def make(reader: Reader) -> Comparison:
        one, other = side(reader, areas), side(before, areas)
        order = list(KINDS)
        people = _people(reader, before, one, other)
        found = [*people, *_groups(one, other), *_lines(one, other), *_protect(one, other)]
        changes = sorted(found, key=lambda each: order.index(each.kind))
        return Comparison(before.name, figures(one, other), tuple(changes))

    made: Comparison = now.made(f"changes since {before.name} {before.stamp} {sorted(areas)}", make)
    return made


def run_before(shelf: Shelf, now: Reader) -> Reader | None:
    """The next older run; one with restricted records is never compared with one without. None = there is none."""
    runs = [run.folder.name for run in shelf.runs()]
    later = runs.index(now.name) if now.name in runs else len(runs)
    for name in runs[later + 1 :]:
        try:
            found = shelf.reader(name)
        except NoRun:
            continue  # deleted a moment ago
        if found.restricted == now.restricted:
            return found
    return None


def figures(now: Side, before: Side) -> tuple[Figure, ...]:
    """The five figures of change."""
    kept = same_groups(now.groups, before.groups)
    new = [line for line in now.lines if not _known_before(line, before.lines)]
    gone = [line for line in before.lines if not _known_before(line, now.lines)]
    return (
        _figure("People kept", now.people.keys(), before.people.keys()),
        Figure("Groups", len(now.groups), len(now.groups) - len(kept), len(before.groups) - len(kept)),
        _figure("Under 18", now.children, before.children),
        Figure("Lines", len(now.lines), len(new), len(gone)),
        _figure("To protect", now.protect.keys(), before.protect.keys()),
    )


def _figure(label: str, now: Collection[str], before: Collection[str]) -> Figure:
    return Figure(label, len(now), len(set(now) - set(before)), len(set(before) - set(now)))


def _people(reader: Reader, earlier: Reader, now: Side, before: Side) -> Iterator[Change]:
    joined = now.people.keys() - before.people.keys()
    records = _records_of(reader, joined)
    for one in sorted(joined, key=lambda one: (now.people[one]["group_id"] or "", one)):
        row = now.people[one]
        own = counted(records.get(one, 0), "matched record")
        how = "Tied to matched people" if row["entered_by"] == "associate" else own
        why = how + (f", first seen {day(row['first_evidence'])}" if row["first_evidence"] else "")
        kind = "child" if row["is_child"] else "joined"
        queued = kind == "child" and one in now.protect and one not in before.protect
        yield Change(kind, why, one, row["group_id"] or "", also=frozenset({"queue"} if queued else ()))
    left = before.people.keys() - now.people.keys()
    reasons = _why_left(reader, earlier, left)
    for one in sorted(left):
        yield Change("child left" if before.people[one]["is_child"] else "left", reasons[one], one)
    for one in sorted(now.people.keys() & before.people.keys()):
        was, is_now = treatment(before.people[one]), treatment(now.people[one])
        if was != is_now:
            freed = one in released(reader) and one not in released(earlier)
            more = is_now.removeprefix(f"{was}, ")
            why = f"{was} before; {is_now} now" if more == is_now else f"{more} now, too"
            why = f"{why[0].upper()}{why[1:]}{', by a ruling' if freed else ''}"
            aged = (one in now.children) != (one in before.children)
            also = frozenset({"children"} if aged else ())
            yield Change("treated", why, one, now.people[one]["group_id"] or "", also=also)


def _records_of(reader: Reader, ids: Collection[str]) -> dict[str, int]:
    own = reader.table("connections").filter(pl.col("nominal_id").is_in(list(ids)))
    counts = own.group_by("nominal_id").agg(n=pl.col("record_ids").explode().n_unique())
    return dict(counts.select("nominal_id", "n").iter_rows())


def _why_left(reader: Reader, before: Reader, ids: Collection[str]) -> dict[str, str]:
    """Why somebody isn't kept any more: what this run says of them, and whether a new ruling is behind it."""
    least = reader.settings["network"]["keep_weight"]
    met = reader.table("considered").filter(pl.col("nominal_id").is_in(list(ids)))
    weights = {one: max(p or 0.0, a or 0.0) for one, p, a in met.select(MET).iter_rows()}
    people = reader.run.table("sources/nominals").select("nominal_id").filter(pl.col("nominal_id").is_in(list(ids)))
    there = set(people.collect()["nominal_id"])
    found = {}
    for one in ids:
        if one not in there:
            found[one] = "No longer in the extracts"
        elif one not in weights:
            found[one] = "In no matched record any more"
        elif weights[one] < least:
            found[one] = f"Fell below {least:.2f}"
        else:
            found[one] = "Too few ties to people who are kept"
        if gone := taken(reader).get(one, frozenset()) - taken(before).get(one, frozenset()):
            found[one] += f": a ruling took their rows in {counted(len(gone), 'record')}"
    return found


MET = ("nominal_id", "provisional_weight", "share")


def _groups(now: Side, before: Side) -> Iterator[Change]:
    same = same_groups(now.groups, before.groups)
    for new, members in now.groups.items():
        if new not in same:
            yield Change("new group", _made_of(members, before), group_id=new)
        elif members != (earlier := before.groups[same[new]]):
            moved = {"in": len(members - earlier), "out": len(earlier - members)}
            said = ", ".join(f"{n} {where}" for where, n in moved.items() if n)
            yield Change("grown", f"{len(earlier):,} to {len(members):,} people: {said}", group_id=new)
    for old in sorted(before.groups.keys() - same.values()):
        members = before.groups[old]
        kept = len(members & now.people.keys())
        into = Counter(row["group_id"] for one in members if (row := now.people.get(one)) and row["group_id"])
        home, n = into.most_common(1)[0] if into else ("", 0)
        if home and 2 * n > len(members):
            why = f"{n} of its {len(members)} people are there now"
            yield Change("merged", why, group_id=home, said=before.names[old])
        else:
            yield Change("gone", f"{kept} of its {len(members)} people are still kept", said=before.names[old])


def _made_of(members: AbstractSet[str], before: Side) -> str:
    """Where the people of a new group were."""
    homes = Counter(row["group_id"] for one in members if (row := before.people.get(one)))
    new = len(members) - homes.total()
    parts = [f"{new} new"] if new else []
    for home, n in sorted(homes.items(), key=lambda pair: (-pair[1], pair[0] or "")):
        parts.append(f"{n} from {before.names[home]}" if home else f"{n} in no group before")
    return f"{counted(len(members), 'person', 'people')}: " + ", ".join(parts[:3])


def _lines(now: Side, before: Side) -> Iterator[Change]:
    for line in now.lines:
        if not _known_before(line, before.lines):
            where = f", {line.areas[0]}" if line.areas else ""
            why = f"{counted(line.records, 'record')}, last seen {day(line.last_seen) or 'never'}{where}"
            yield Change("line", why, group_id=line.group_id or "", line_id=line.line_id)
    for line in before.lines:
        if not _known_before(line, now.lines):
            yield Change("line gone", f"Last seen {day(line.last_seen) or 'never'}", said=line.called)


def _known_before(line: LineRow, others: Sequence[LineRow]) -> bool:
    """Whether a line of the other run has its id as a known line, or one of its numbers or names."""
    keys = {*line.numbers, *line.names}
    return any(
        (line.known and other.known and line.line_id == other.line_id) or keys & {*other.numbers, *other.names}
        for other in others
    )


def _protect(now: Side, before: Side) -> Iterator[Change]:
    joined = {one for one in now.children if one not in before.people}  # told as such already
    for one in (one for one in now.protect if one not in before.protect and one not in joined):
        row = now.people.get(one)
        why = "; ".join(now.protect[one])
        yield Change("protect", why[0].upper() + why[1:], one, (row and row["group_id"]) or "")
    for one in (one for one in before.protect if one not in now.protect):
        row, why = now.people.get(one), "; ".join(before.protect[one])
        yield Change("protect out", f"Before: {why}", one, (row and row["group_id"]) or "")


__all__ = [
    "KINDS",
    "TOGETHER",
    "Change",
    "Comparison",
    "Figure",
    "Kind",
    "compare",
    "run_before",
    "same_groups",
    "side",
]
