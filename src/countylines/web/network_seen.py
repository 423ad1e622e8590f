"""Whom of the network somebody may see: everybody, or, with own areas, people with a record in one of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from countylines.graph import Flags, Ints
from countylines.web.access import Missing, Visit
from countylines.web.group_rows import group_rows, touching
from countylines.web.members_view import why_guarded
from countylines.web.network_facts import Facts, facts_of, rankable
from countylines.web.own_areas import areas_of, outside, people_within
from countylines.web.reader import Reader


@dataclass(frozen=True, eq=False)
class Seen:
    """One view on the network.

    Attributes:
        people: whether each person of the facts may be seen.
        ties: rows of the ties of which both ends may be seen.
        groups: ids of the groups that may be seen, sorted.
        names: their spoken names.
        home: of each person the index in ``groups``; -1 = in none, or in one that may not be seen.
        areas: own areas; none = all.
        covered: whether names are covered.
        key: names this view among those of the run.
    """

    facts: Facts
    people: Flags
    ties: Ints
    groups: tuple[str, ...]
    names: Mapping[str, str]
    home: Ints
    areas: tuple[str, ...]
    covered: bool
    key: str

    def label(self, i: int) -> str:
        """A person's name, or the id where names are covered."""
        name = self.facts.ids[i]
        return name if self.covered else self.facts.cards[name].name

    def rankable(self, i: int) -> bool:
        """Whether a person may be ranked, stand under a role, and be taken out in a what-if (METHOD 1)."""
        return rankable(self.facts.cards[self.facts.ids[i]])

    def words(self, i: int) -> str:
        """How a person is treated, in words."""
        return self.facts.cards[self.facts.ids[i]].words

    def why_not(self, i: int) -> str:
        """Why a person is never ranked, in words."""
        return " and ".join(why_guarded(self.facts.cards[self.facts.ids[i]]))

    def find(self, nominal_id: str) -> int:
        """The row of somebody who may be seen.

        Raises:
            Missing: nobody by that id is in the network.
            Refused: with own areas, nobody by that id is in them; the same for ids that don't exist.
        """
        i = self.facts.row.get(nominal_id, -1)
        if i >= 0 and self.people[i]:
            return i
        if self.areas:
            raise outside(self.areas, "person", nominal_id)
        raise Missing("No such person in this network", "People who weren't kept have a page, but aren't drawn here.")

    def members(self, group_id: str) -> Ints:
        """The rows of a group's people who may be seen.

        Raises:
            Missing: there is no such group, or it may not be seen.
        """
        if group_id not in self.groups:
            raise Missing("No such group in this run", "Groups may change from run to run: see the list of groups.")
        rows: Ints = np.flatnonzero(self.people & (self.home == self.groups.index(group_id)))
        return rows


def seen_by(visit: Visit) -> Seen:
    """What this visitor may see; worked out once a run for each set of areas."""
    visit.must("see_people")
    return seen_in(visit.reader, tuple(sorted(areas_of(visit))), visit.covered)


def seen_in(reader: Reader, areas: tuple[str, ...] = (), covered: bool = False) -> Seen:
    """What somebody with these areas (none = all) may see of a run, made at the first need and kept."""
    key = f"network of {areas!r}, {'covered' if covered else 'named'}"
    found: Seen = reader.made(key, lambda whole: view(whole, areas, covered, key))
    return found


def view(reader: Reader, areas: tuple[str, ...] = (), covered: bool = False, key: str = "") -> Seen:
    """The network as somebody sees it who has these areas; see :class:`Seen`."""
    facts = facts_of(reader)
    people = np.ones(len(facts.ids), np.bool_)
    if areas:
        near = people_within(reader, facts.ids, areas)
        people = np.array([name in near for name in facts.ids], np.bool_)
    ties = np.flatnonzero(people[facts.a] & people[facts.b])
    there = {group for group, on in zip(facts.group, people.tolist(), strict=True) if on}
    names = {row.group_id: row.spoken for row in touching(group_rows(reader), areas) if row.group_id in there}
    groups = tuple(sorted(names))
    number = {group: i for i, group in enumerate(groups)}
    home = np.array([number.get(group or "", -1) for group in facts.group], np.int64)
    return Seen(facts, people, ties, groups, names, home, areas, covered, key)
