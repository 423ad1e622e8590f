"""What the records show of each line: its people meet in plots, each as often as their place in the line allows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countylines.synthetic.clock import LAST, SINCE_MINUTE, minute_of
from countylines.synthetic.crews import (
    LOST,
    PLAIN,
    QUIET,
    UNLINKED,
    VICTIM,
    WITH_HOLDER,
    WITH_OTHERS,
    Line,
    Member,
)
from countylines.synthetic.data import load, scenes
from countylines.synthetic.events import Events, join
from countylines.synthetic.life import draw_scene
from countylines.synthetic.people import People
from countylines.synthetic.planned import Part, Planned, some_minute
from countylines.synthetic.scale import BIT, DRUGS

KINDS: Mapping[str, Callable[[Member], bool]] = {
    "holder": lambda m: m.role == "holder",
    "elder": lambda m: m.role == "elder",
    "lead": lambda m: m.role in ("holder", "elder"),
    "dealer": lambda m: m.role == "dealer",
    "seller": lambda m: m.role in ("dealer", "runner"),
    "adult": lambda m: not m.child and m.role in ("elder", "dealer", "runner"),
    "kid": lambda m: m.child,
    "cuckooed": lambda m: m.role == "cuckooed",
    "any": lambda m: True,
}


ELSEWHERE = 0.3  # how likely someone of another area is, against one of the same

NAMED_DEALER = 0.4  # share of logs about a cuckooed flat that name a dealer


class Stage:
    """One line's people, and who may stand with whom."""

    def __init__(self, rng: np.random.Generator, people: People, line: Line, lines: Sequence[Line]) -> None:
        self.rng, self.people, self.line = rng, people, line
        self.shown = [m for m in line.members if m.link in (PLAIN, WITH_HOLDER, WITH_OTHERS)]
        others = [m for other in lines if other is not line for m in other.members if m.link == PLAIN]
        self.guests = [m for m in others if m.second == line.number]
        self.rivals = [m for m in others if m.role == "dealer"]

    def cast(self, actors: Sequence[str]) -> list[tuple[Member | int, str]]:
        """Members, or the numbers of people beside them, and roles; empty if the plot's first person isn't there."""
        chosen: list[tuple[Member | int, str]] = []
        for place, text in enumerate(actors):
            who, roles, *chance = text.split()
            if chance and self.rng.random() >= float(chance[0]):
                continue
            found = self.pick(who, [m for m, _ in chosen if isinstance(m, Member)])
            if found is None and place == 0:
                return []
            if found is not None:
                chosen.append((found, str(self.rng.choice(roles.split("/")))))
        return chosen

    def pick(self, who: str, present: Sequence[Member]) -> Member | int | None:
        """Someone of that kind who may stand with those present."""
        if who in KINDS:
            return self._drawn([m for m in (*self.shown, *self.guests) if KINDS[who](m)], present)
        if who == "rival":
            return self._drawn(self.rivals, present)
        if who == "mother":
            return int(self.people.first[present[0].person]) if present else None
        pool = self.people.pools[{"worker": "social_worker", "carer": "carer", "stranger": "anyone"}[who]]
        return int(pool[self.rng.integers(len(pool))])

    def _drawn(self, candidates: Sequence[Member], present: Sequence[Member]) -> Member | None:
        """The likelier the more active; those of one area mostly keep together."""
        fits = [m for m in candidates if m not in present and self.allowed(m, present)]
        if not fits:
            return None
        cells = {m.cell for m in present if m.cell >= 0}
        near = np.array([not cells or m.cell < 0 or m.cell in cells for m in fits])
        weights = np.array([m.activity for m in fits]) * np.where(near, 1.0, ELSEWHERE)
        return fits[int(self.rng.choice(len(fits), p=weights / weights.sum()))]

    def allowed(self, member: Member, present: Sequence[Member]) -> bool:
        """Their windows overlap, and no child kept apart from the holder stands with the holder."""
        together = [*present, member]
        if max(m.start for m in together) >= min(m.end for m in together):
            return False
        holder = any(m.role == "holder" and m.line == self.line.number for m in together)
        return not (holder and any(m.link == WITH_OTHERS for m in together))

    def when(self, cast: Sequence[tuple[Member | int, str]]) -> int:
        """A minute in everybody's window."""
        members = [m for m, _ in cast if isinstance(m, Member)]
        low = max([minute_of(m.start) for m in members] + [SINCE_MINUTE + 1440])
        return min(some_minute(self.rng, low, min([minute_of(m.end) for m in members] + [LAST])), LAST - 1440)

    def tenants(self) -> list[Member]:
        """The cuckooed tenants who are to be shown."""
        return [m for m in self.shown if m.role == "cuckooed"]

    def dealers(self) -> list[Member]:
        """Those who use their flats."""
        return [m for m in self.shown if m.role in ("elder", "dealer")] or self.shown[:1]

    def visits(self, count: int) -> list[tuple[str, list[tuple[Member | int, str]]]]:
        """So many visits to the tenants, each of whom is met in one; in one house where the visits are too few."""
        return [self.flat(self.tenants()[turn::count]) for turn in range(count)]

    def flat(self, tenants: Sequence[Member]) -> tuple[str, list[tuple[Member | int, str]]]:
        """Tenants with a worker; one alone now and then with a dealer, who is the same for all flats of the line."""
        there: list[tuple[Member | int, str]] = [(tenant, "subject") for tenant in tenants]
        dealer = next((m for m in self.dealers() if m.role == "dealer"), None)
        if len(tenants) == 1 and dealer and self.rng.random() < NAMED_DEALER and self.allowed(dealer, tenants):
            return "line_cuckoo", [*there, (dealer, "subject")]
        worker = self.pick("worker", [])
        assert worker is not None
        return "line_cuckoo" if len(tenants) == 1 else "line_house", [*there, (worker, "professional")]

    def hide_tenants(self) -> None:
        """Nobody visits: the tenants show only beside others, in records without a search word."""
        for tenant in self.tenants():
            tenant.link = QUIET
        self.shown = [m for m in self.shown if m.link != QUIET]

    def cover(self) -> list[tuple[str, list[tuple[Member | int, str]]]]:
        """Spoken records that show everyone who is to be shown, children beside the holder or beside others.

        Tenants need none: somebody has visited them.
        """
        made: list[tuple[str, list[tuple[Member | int, str]]]] = []
        holders = [m for m in self.shown if m.role == "holder"]
        for link, leads in ((WITH_HOLDER, holders), (WITH_OTHERS, self.dealers())):
            waiting = [m for m in self.shown if m.link == link]
            for turn, pair in enumerate(self._pairs(waiting)):
                scene = "line_vehicle" if turn % 2 else "line_log"
                made.append((scene, [(m, "subject") for m in (leads[turn % len(leads)], *pair)]))
        seen = {m.person for _, cast in made for m, _ in cast if isinstance(m, Member)}
        rest = [m for m in self.shown if m.role != "cuckooed" and m.person not in seen]
        for start in range(0, len(rest), 3):
            made.append(("line_log", [(m, "subject") for m in rest[start : start + 3]]))
        return made

    def _pairs(self, waiting: list[Member]) -> list[list[Member]]:
        pairs: list[list[Member]] = []
        while waiting:
            first = waiting.pop(0)
            second = next((m for m in waiting if self.allowed(m, [first])), None)
            if second:
                waiting.remove(second)
            pairs.append([first, second] if second else [first])
        return pairs


def play(
    rng: np.random.Generator,
    people: People,
    lines: Sequence[Line],
    spoken: int,
    cuckooed: int,
    close_mothers: set[int],
) -> Planned:
    """Every line's records: ``spoken`` ones that say county line, and about as many that don't.

    Args:
        rng: the source of chance.
        people: everybody.
        lines: the lines.
        spoken: how many used records say county line, over all lines.
        cuckooed: how many may say that a flat is cuckooed and not that there is a county line.
        close_mothers: children whose mother is named as a subject beside them.
    """
    planned, plots = Planned(), load("plots.yaml")
    weights = np.array([len(line.members) * rng.uniform(0.7, 1.3) for line in lines])
    stages = [Stage(rng, people, line, lines) for line in lines]
    visits = _visits(np.array([len(stage.tenants()) for stage in stages]), cuckooed)
    for stage, count, own in zip(stages, _split(weights, spoken), visits, strict=True):
        for scene, cast in stage.visits(own):
            _add(planned, stage, scene, cast, BIT["CUCKOO"])
        if not own:
            stage.hide_tenants()
        covering = stage.cover()[:count]
        for scene, cast in covering:
            _add(planned, stage, scene, cast, BIT["COUNTY LINE"])
        for number in range(round(1.02 * (count - len(covering)))):
            scene, cast = _plot(stage, plots["spoken"])
            aside = 0 if number < count - len(covering) else int(rng.integers(1, 3))
            _add(planned, stage, scene, cast, BIT["COUNTY LINE"], aside, close_mothers)
        _unspoken(planned, stage, plots["unspoken"], round(0.8 * count))
        _half_hidden(planned, stage)
        _reported_missing(planned, stage)
    return planned


def _split(weights: NDArray[np.float64], total: int) -> list[int]:
    """The total in whole parts, as near to the weights as they go."""
    ends = np.floor(np.cumsum(weights) / max(weights.sum(), 1e-9) * total + 1e-9).astype(int)
    return [int(part) for part in np.diff(ends, prepend=0)]


def _visits(tenants: NDArray[np.int64], most: int) -> list[int]:
    """How many visits each line's tenants get: one at least while there are any, the larger lines first."""
    first = np.zeros_like(tenants)
    first[np.argsort(-tenants, kind="stable")[:most]] = 1
    first = np.minimum(first, tenants)
    rest = tenants - first
    more = _split(rest.astype(float), min(most - int(first.sum()), int(rest.sum())))
    return [int(one) + other for one, other in zip(first, more, strict=True)]


def _plot(stage: Stage, plots: Sequence[Mapping[str, Any]]) -> tuple[str, list[tuple[Member | int, str]]]:
    """A plot drawn by its weight, with a cast; drawn again when its first person isn't there."""
    weights = np.array([plot["weight"] for plot in plots], float)
    while True:
        plot = plots[int(stage.rng.choice(len(plots), p=weights / weights.sum()))]
        if cast := stage.cast(plot["cast"]):
            return plot["scene"], cast


def _add(
    planned: Planned,
    stage: Stage,
    scene: str,
    cast: Sequence[tuple[Member | int, str]],
    words: int = 0,
    aside: int = 0,
    close_mothers: Collection[int] = (),
) -> int:
    parts: list[Part] = [(m.person if isinstance(m, Member) else m, role) for m, role in cast]
    if scene == "family_concern" and parts[0][0] in close_mothers and len(parts) > 1:
        parts[1] = (parts[1][0], "subject")
    parts = list({person: (person, role) for person, role in reversed(parts)}.values())[::-1]
    about = bool(words) or scene.startswith("line_") or scene == "drug_supply"
    return planned.add(scene, parts, stage.when(cast), line=stage.line.number, words=words, about=about, aside=aside)


def _unspoken(planned: Planned, stage: Stage, plots: Sequence[Mapping[str, Any]], count: int) -> None:
    """Records of the line without the words; some name a drug, a few a drugs line."""
    for _ in range(count):
        scene, cast = _plot(stage, plots)
        words, luck = 0, stage.rng.random()
        if luck < 0.4:
            for drug in stage.rng.choice(DRUGS[:4], size=int(stage.rng.integers(1, 3)), replace=False):
                words |= BIT[str(drug)]
        elif luck < 0.45:
            words = BIT["OTHER"]
        row = _add(planned, stage, scene, cast)
        planned.mark(row, words)


def _half_hidden(planned: Planned, stage: Stage) -> None:
    """Members who show only beside others, in records without search words, or only as victims."""
    plain = [m for m in stage.shown if m.link == PLAIN and KINDS["adult"](m)]
    for member in (m for m in stage.line.members if m.link == QUIET):
        for turn in range(3):
            for other in plain[turn::3][:1]:
                scene = ("stop_search", "sighting", "sighting")[turn]
                role = "associate" if member.role == "cuckooed" else "subject"
                _add(planned, stage, scene, [(member, role), (other, "subject")])
    for member in (m for m in stage.line.members if m.link == VICTIM):
        leads = [m for m in stage.shown if m.role in ("elder", "dealer", "holder")]
        row = _add(planned, stage, "line_slavery", [(member, "victim"), (leads[0], "suspect")])
        planned.mark(row, BIT["HEROIN"])


def _reported_missing(planned: Planned, stage: Stage) -> None:
    """Grown runners are away for days as children are: each was reported missing once, by the household."""
    for member in stage.line.members:
        if member.role == "runner" and not member.child:
            home = int(stage.people.first[member.person])
            cast: list[Part] = [(member.person, "missing"), (home, "reporter")]
            planned.add(
                "missing_adult",
                cast[: 1 + (home != member.person)],
                stage.when([(member, "missing")]),
                words=BIT["MISPER"],
            )


def own_lives(rng: np.random.Generator, people: People, lines: Sequence[Line]) -> Events:
    """Everybody of a line has records of their own, too, away from it: about five each, at least two."""
    ways = load("plots.yaml")["alone"]
    by_scene: dict[tuple[str, bool], list[int]] = {}
    for member in (m for line in lines for m in line.members):
        kind = "kid" if member.child else "cuckooed" if member.role == "cuckooed" else "adult"
        least = 3 if member.link in (LOST, UNLINKED) else 2
        for _ in range(max(least, int(rng.poisson(4)))):
            scene = str(rng.choice(ways[kind]))
            by_scene.setdefault((scene, member.child), []).append(member.person)
    return join([_alone(rng, people, scene, child, persons) for (scene, child), persons in sorted(by_scene.items())])


def _alone(rng: np.random.Generator, people: People, scene: str, child: bool, persons: Sequence[int]) -> Events:
    given = np.array(persons, np.int32)
    return draw_scene(rng, people, scenes()[scene], len(persons), {0: given}, young=child)
