"""A local authority's referral procedure as data: its steps, what follows from which answer, clocks, who is told.

The steps are written in YAML (``procedures/*.yaml``), which a safeguarding lead edits; how a step of each kind may move
is the same everywhere and stands here, in :data:`MOVES`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from countylines.errors import InputError
from countylines.govern.clocks import Calendar, Clock

Kind = Literal["referral", "tool", "task", "consent"]
Person = Literal["child", "adult", "age unknown"]

NOT_STARTED, DRAFTED, SENT, IN_PROGRESS = "not started", "drafted", "sent", "in progress"
DONE, NOT_FOR, WAITING = "done", "doesn't apply", "waiting"
STATES = (NOT_STARTED, DRAFTED, SENT, IN_PROGRESS, WAITING, DONE, NOT_FOR)
KINDS: tuple[Kind, ...] = ("referral", "tool", "task", "consent")
PEOPLE: tuple[Person, ...] = ("child", "adult", "age unknown")
COLUMNS = ("MASH", "screening tool", "strategy discussion", "disruption panel", "NRM")
AUTHORITY = "authority"  # a referral's recipient: the authority where the person is
GIVEN, REFUSED, LAWFUL = "given", "refused", "lawful reason"
ALLOWS = (GIVEN, LAWFUL)  # what lets something about an adult be sent

_TASK: Mapping[str, frozenset[str]] = {
    NOT_STARTED: frozenset({IN_PROGRESS, WAITING, DONE, NOT_FOR}),
    IN_PROGRESS: frozenset({NOT_STARTED, WAITING, DONE, NOT_FOR}),
    WAITING: frozenset({IN_PROGRESS, DONE, NOT_FOR}),
    DONE: frozenset({IN_PROGRESS}),
    NOT_FOR: frozenset({NOT_STARTED}),
    DRAFTED: frozenset(),
    SENT: frozenset(),
}
_REFERRAL: Mapping[str, frozenset[str]] = {
    NOT_STARTED: frozenset({DRAFTED, NOT_FOR}),
    DRAFTED: frozenset({NOT_STARTED, SENT, NOT_FOR}),
    SENT: frozenset({IN_PROGRESS, WAITING, DONE}),
    IN_PROGRESS: frozenset({WAITING, DONE}),
    WAITING: frozenset({IN_PROGRESS, DONE}),
    DONE: frozenset({IN_PROGRESS}),
    NOT_FOR: frozenset({NOT_STARTED}),
}
MOVES: Mapping[Kind, Mapping[str, frozenset[str]]] = {
    "referral": _REFERRAL,
    "tool": _TASK,
    "task": _TASK,
    "consent": _TASK,
}
"""From each state of a step the states a person may move it to, by its kind. What was sent stays sent."""

BACK = {(DONE, IN_PROGRESS), (NOT_FOR, NOT_STARTED), (DRAFTED, NOT_STARTED), (IN_PROGRESS, NOT_STARTED)}


def needs_why(was: str, to: str) -> bool:
    """Whether a move must say why: whatever ends or undoes a step without its result.

    Example:
        >>> needs_why("not started", "doesn't apply"), needs_why("drafted", "sent")
        (True, False)
    """
    return to in (NOT_FOR, WAITING) or (was, to) in BACK


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a step, or an option to offer, with the answers there are; ``group`` heads it on the page."""

    id: str
    text: str
    group: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure.

    Attributes:
        kind: referral (drafted by a person, then sent by them), tool (all questions answered and a result), consent, or
            task.
        column: the queue's column that shows it; empty = none.
        to: whom a referral goes to; ``authority`` = the authority where the person is.
        after: steps that must have been passed before.
        when: results of other steps with which it applies; with others it doesn't, and ``instead`` says why.
        needs: consent steps of which each must allow sharing before this is sent.
        clock: its time limit, from when it could be taken until it is sent (a referral) or done.
        tells: who is told when it is done.
        results: the results it may have; none = no result.
        monitoring: while it is under way and nothing else is to be done, the case is monitored.
        next: what the queue says is to be done, by state.
    """

    id: str
    title: str
    kind: Kind
    column: str = ""
    to: str = ""
    after: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    instead: str = ""
    needs: tuple[str, ...] = ()
    clock: Clock | None = None
    tells: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    monitoring: bool = False
    next: Mapping[str, str] = field(default_factory=dict)

    @property
    def duty(self) -> bool:
        """Whether it is owed because somebody refused consent, as the notice that names nobody: no one may waive it.

        Source: Modern Slavery Act 2015, s.52.
        """
        return any(REFUSED in results for results in self.when.values())

    def do(self, state: str) -> str:
        """What is to be done, in words."""
        return self.next.get(state) or f"{self.title}: {state}"


@dataclass(frozen=True, slots=True)
class Procedure:
    """One authority's procedure for children or for adults.

    Attributes:
        id: the file's name without ending; cases keep it.
        authority: as the extracts write it; empty = for authorities without one of their own.
        person: child (also for people of unknown age) or adult.
        columns: what a column of the queue says where no step fills it.
        steps: in the order in which they stand on the page.
    """

    id: str
    name: str
    version: str
    authority: str
    person: Person
    calendar: Calendar
    steps: tuple[Step, ...]
    columns: Mapping[str, str] = field(default_factory=dict)

    def step(self, name: str) -> Step:
        """The step of that id.

        Raises:
            InputError: there is none.
        """
        for step in self.steps:
            if step.id == name:
                return step
        raise InputError(f"{self.name} has no step {name!r}", f"give {', '.join(s.id for s in self.steps)}")

    def has(self, name: str) -> bool:
        """Whether there is a step of that id."""
        return any(step.id == name for step in self.steps)


@dataclass(frozen=True, slots=True)
class Procedures:
    """All procedures of this force, by id."""

    by_id: Mapping[str, Procedure]

    def named(self, name: str) -> Procedure:
        """The procedure of that id.

        Raises:
            InputError: its file has gone.
        """
        if name not in self.by_id:
            raise InputError(f"there is no procedure {name!r} any more", "put its file back", file=f"{name}.yaml")
        return self.by_id[name]

    def shown(self, name: str, person: Person, authority: str | None) -> Procedure:
        """The procedure of that id to show a case by; while its file is gone, the one that would fit now."""
        return self.by_id.get(name) or self.fitting(person, authority)

    def fitting(self, person: Person, authority: str | None) -> Procedure:
        """The authority's own procedure, else the one for authorities without one (never another authority's).

        Raises:
            InputError: there is neither.
        """
        kind = "adult" if person == "adult" else "child"
        wanted = (authority or "").strip().casefold()
        fitting = [one for one in self.by_id.values() if one.person == kind]
        for one in sorted(fitting, key=lambda each: not each.authority):
            if one.authority.strip().casefold() in ("", wanted):
                return one
        raise InputError(f"no procedure is for {kind}: {authority}", "write one whose authority is empty")


def load_procedures(folder: Path | None = None) -> Procedures:
    """The procedures in a folder of YAML files; without one, those that are shipped.

    Raises:
        InputError: there is no such folder; a file has a fault (it names file, place and line); two are for the same
            people of one authority; or there is none for children or for adults of authorities without their own.
    """
    from countylines.govern.procedure_file import read_procedure

    if folder is None:
        with as_file(files("countylines.govern") / "procedures") as shipped:
            return load_procedures(shipped)
    if not folder.is_dir():
        raise InputError("there is no such folder", "give the folder of the procedures (YAML)", file=folder)
    found = [read_procedure(path) for path in sorted(folder.glob("*.yaml"))]
    _all_served(found, folder)
    return Procedures({one.id: one for one in found})


def _all_served(found: Sequence[Procedure], folder: Path) -> None:
    taken: dict[tuple[str, str], str] = {}
    for one in found:
        whom = (one.person, one.authority.strip().casefold())
        if whom in taken:
            said = f"{taken[whom]}.yaml is for the same authority and people"
            raise InputError(said, "remove one of the two, or change its authority", file=f"{one.id}.yaml")
        taken[whom] = one.id
    for person in ("child", "adult"):
        if (person, "") not in taken:
            advice = f"write one with an empty authority and person: {person}"
            raise InputError(
                f"no procedure serves every {person} where no authority's own fits", advice, file=folder.name
            )
