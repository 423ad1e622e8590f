"""Which group of a run carries on the one that a decision or note was about: the id alone doesn't tell (METHOD 4).

A run made without ``--previous`` numbers its groups anew: the same id then means other people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from countylines.errors import InputError
from countylines.web.reader import Reader
from countylines.web.run_sides import SAME
from countylines.web.shelf import NoRun, Shelf

Groups = Mapping[str, AbstractSet[str]]


@dataclass(frozen=True)
class About:
    """What was decided or written on a group.

    Attributes:
        key: of the decision or note.
        group_id, run_id: the group, in the run that it was seen in; empty run = nobody kept it.
        members: who was in it then; empty = nobody kept it.
    """

    key: int
    group_id: str
    run_id: str
    members: AbstractSet[str] = frozenset()


def now_at(shelf: Shelf, reader: Reader, every: Iterable[About]) -> dict[int, str]:
    """The group of this run that each is about now; what isn't there was about a group that is gone.

    A group goes on in this run under its id where one run follows the other by ``--previous``, and else in the group
    that shares most of its people, at least 0.3 of both (Jaccard), where no other decision or note is nearer.
    """
    here, chain = members_of(reader), followed(shelf, reader)
    found: dict[int, str] = {}
    others: list[tuple[float, int, str, AbstractSet[str]]] = []
    for one in every:
        there = _members_in(shelf, one.run_id).get(one.group_id, frozenset())
        known = not one.members or not there or jaccard(one.members, there) >= SAME  # else that run was made anew
        then = one.members or there
        follows = one.run_id == reader.name or one.run_id in chain or _follows(shelf, one.run_id, reader)
        if follows and known:
            if one.group_id in here:
                found[one.key] = one.group_id
            continue
        near = max(((jaccard(then, own), group) for group, own in here.items() if then & own), default=(0.0, ""))
        if near[0] >= SAME:
            others.append((near[0], one.key, near[1], then))
    nearest: dict[str, tuple[float, AbstractSet[str]]] = {}
    for share, _, group, then in others:
        nearest[group] = max(nearest.get(group, (0.0, frozenset())), (share, then), key=lambda pair: pair[0])
    return found | {key: group for share, key, group, then in others if nearest[group] == (share, then)}


def jaccard(a: AbstractSet[str], b: AbstractSet[str]) -> float:
    """Shared members over all members of both; 0 where there is nobody.

    Example:
        >>> jaccard({"a", "b", "c"}, {"b", "c", "d"})
        0.5
    """
    return len(a & b) / len(a | b) if a or b else 0.0


def members_of(reader: Reader) -> Groups:
    """Who is in each group of a run."""

    def make(reader: Reader) -> Groups:
        rows = reader.table("nominals").select("group_id", "nominal_id").drop_nulls()
        return {group: frozenset(people) for group, people in rows.group_by("group_id").agg("nominal_id").iter_rows()}

    found: Groups = reader.made("members of groups", make)
    return found


def followed(shelf: Shelf, reader: Reader) -> Collection[str]:
    """The runs that this one follows by ``--previous``, as far as they still lie here: its groups keep their ids."""
    stamps = {each.stamp: each for run in shelf.runs() if (each := _opened(shelf, run.folder.name))}
    found: list[str] = []
    at: Reader | None = reader
    while at and (hashed := at.run.manifest.get("previous")):
        at = stamps.get(str(hashed)[: len(reader.stamp)])
        if at is None or at.name in found:
            break
        found.append(at.name)
    return found


def _follows(shelf: Shelf, name: str, reader: Reader) -> bool:
    """Whether the run of that name follows this one: an earlier run may be looked at, too."""
    later = _opened(shelf, name)
    return later is not None and reader.name in followed(shelf, later)


def _members_in(shelf: Shelf, name: str) -> Groups:
    there = _opened(shelf, name)
    try:
        return members_of(there) if there else {}
    except InputError:
        return {}


def _opened(shelf: Shelf, name: str) -> Reader | None:
    try:
        return shelf.reader(name) if name else None
    except NoRun:
        return None
