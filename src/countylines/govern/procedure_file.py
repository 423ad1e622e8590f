"""A procedure's YAML file, read with errors that name the file, the place, the line and what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

import yaml

from countylines import yamls
from countylines.errors import InputError, nearest
from countylines.govern.clocks import DAYS, Calendar, Clock, Unit
from countylines.govern.procedure import (
    ALLOWS,
    AUTHORITY,
    COLUMNS,
    GIVEN,
    KINDS,
    LAWFUL,
    REFUSED,
    STATES,
    Kind,
    Person,
    Procedure,
    Question,
    Step,
)

TOP = ("name", "version", "authority", "person", "calendar", "clocks", "columns", "steps")
RULES = ("to", "after", "when", "instead", "needs", "clock", "tells", "results", "questions", "options", "monitoring")
STEP = ("title", "kind", "column", *RULES, "next")
ANSWERS = ("yes", "no", "not known")
OFFERED = ("offered", "agreed", "not agreed")
CONSENTS = (GIVEN, REFUSED, LAWFUL)
UNITS: tuple[Unit, ...] = ("hours", "working days")

KEY, TITLE = 60, 100  # characters: what the state's tables and the history hold

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the file, with where it stands."""

    node: yaml.Node
    file: str
    place: str = ""

    def wrong(self, what: str, do: str) -> InputError:
        """The error that names this place."""
        where = f"{self.place or 'the file'} (line {self.node.start_mark.line + 1})"
        return InputError(what, do, file=self.file, field=where)

    def keys(self, allowed: Collection[str] = ()) -> dict[str, Part]:
        """Its keys, each once; ``allowed`` empty = any."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("this is not a set of keys", "write key: value lines, indented below it")
        found: dict[str, Part] = {}
        for key, value in self.node.value:
            name = str(key.value)
            part = Part(value, self.file, f"{self.place}.{name}" if self.place else name)
            if len(name) > KEY:
                raise Part(key, self.file, part.place).wrong("this name is too long", f"use at most {KEY} characters")
            if name in found:
                raise Part(key, self.file, part.place).wrong(f"{name!r} is there twice", "keep one of the two")
            if allowed and name not in allowed:
                raise Part(key, self.file, part.place).wrong(f"there is no key {name!r} here", nearest(name, allowed))
            found[name] = part
        return found

    def text(self, longest: int = 200) -> str:
        """One text, of so many characters."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.wrong("this is not one text", "write one text")
        said = str(self.node.value).strip()
        if len(said) > longest:
            raise self.wrong(f"this text has {len(said)} characters", f"write at most {longest}")
        return said

    def texts(self, longest: int = 200) -> tuple[str, ...]:
        """A list of texts, or one text."""
        if isinstance(self.node, yaml.SequenceNode):
            return tuple(Part(each, self.file, self.place).text(longest) for each in self.node.value)
        return (self.text(longest),)

    def one_of(self, known: Sequence[str]) -> str:
        """One of the known words."""
        said = self.text()
        if said not in known:
            raise self.wrong(f"{said!r} isn't allowed", f"give {', '.join(repr(word) for word in known)}")
        return said

    def made(self, make: Callable[[str], T], advice: str) -> T:
        """What ``make`` makes of the text; its ValueError or KeyError becomes an error with the advice."""
        said = self.text()
        try:
            return make(said)
        except (ValueError, KeyError) as error:
            raise self.wrong(f"{said!r} can't be used", advice) from error


def read_procedure(path: Path) -> Procedure:
    """One procedure file.

    Raises:
        InputError: it can't be read, isn't YAML, or something in it can't be used.
    """
    node = yamls.parsed(yamls.content(path), path.name, yaml.compose)
    if node is None:
        raise InputError("the file is empty", "start from a shipped procedure", file=path.name)
    top = Part(node, path.name)
    keys = top.keys(TOP)
    for needed in ("name", "version", "person", "steps"):
        if needed not in keys:
            raise top.wrong(f"the key {needed!r} is missing", f"add {needed}: at the left edge")
    person = cast(Person, keys["person"].one_of(("child", "adult")))
    clocks = {name: _clock(name, part) for name, part in _keys(keys, "clocks").items()}
    steps: dict[str, Step] = {}
    for name, part in keys["steps"].keys().items():
        steps[name] = _step(name, part, clocks, steps, person)
    return Procedure(
        id=path.stem,
        name=keys["name"].text(),
        version=keys["version"].text(),
        authority=keys["authority"].text() if "authority" in keys else "",
        person=person,
        calendar=_calendar(_keys(keys, "calendar", ("time_zone", "working_days", "day_ends", "holidays"))),
        steps=tuple(steps.values()),
        columns={name: part.text() for name, part in _keys(keys, "columns", COLUMNS).items()},
    )


def _keys(keys: Mapping[str, Part], name: str, allowed: Collection[str] = ()) -> dict[str, Part]:
    return keys[name].keys(allowed) if name in keys else {}


def _calendar(keys: Mapping[str, Part]) -> Calendar:
    given = Calendar()
    week = given.week
    if "working_days" in keys:
        part = keys["working_days"]
        unknown = [day for day in part.texts() if day not in DAYS]
        if unknown or not part.texts():
            raise part.wrong(f"{', '.join(unknown) or 'no day'} isn't allowed", f"give some of {', '.join(DAYS)}")
        week = tuple(DAYS.index(day) for day in part.texts())
    holidays = keys.get("holidays")
    try:
        days = frozenset(dt.date.fromisoformat(day) for day in holidays.texts() if day) if holidays else frozenset()
    except ValueError as error:
        assert holidays is not None
        raise holidays.wrong(f"a day can't be read: {error}", "write days as 2026-12-25") from error
    zone, ends = keys.get("time_zone"), keys.get("day_ends")
    return Calendar(
        zone.made(ZoneInfo, "give a zone as Europe/London") if zone else given.zone,
        week,
        days,
        ends.made(dt.time.fromisoformat, 'give a time as "17:00"') if ends else given.day_ends,
    )


def _clock(name: str, part: Part) -> Clock:
    """``24 hours`` or ``2 working days``."""
    amount, _, unit = part.text().partition(" ")
    plural = unit if unit.endswith("s") else f"{unit}s"
    if not amount.isascii() or not amount.isdigit() or not 0 < int(amount) < 10_000 or plural not in UNITS:
        raise part.wrong(f"{part.text()!r} is no time limit", "write it as 24 hours, or 2 working days")
    return Clock(name, int(amount), plural)


def _step(name: str, part: Part, clocks: Mapping[str, Clock], earlier: Mapping[str, Step], person: Person) -> Step:
    keys = part.keys(STEP)
    for needed in ("title", "kind"):
        if needed not in keys:
            raise part.wrong(f"the key {needed!r} is missing", f"add {needed}: below {name}:")
    kind = cast(Kind, keys["kind"].one_of(KINDS))
    clock = keys["clock"].one_of(tuple(clocks)) if "clock" in keys else ""
    column = keys["column"].one_of(COLUMNS) if "column" in keys else ""
    if column and column in (step.column for step in earlier.values()):
        raise keys["column"].wrong(f"another step stands in the column {column!r}", "leave it out at one of the two")
    made = Step(
        id=name,
        title=keys["title"].text(TITLE),
        kind=kind,
        column=column,
        to=keys["to"].text() if "to" in keys else (AUTHORITY if kind == "referral" else ""),
        after=_earlier(keys["after"], earlier) if "after" in keys else (),
        when={step: _results(each, step, earlier) for step, each in _keys(keys, "when").items()},
        instead=keys["instead"].text() if "instead" in keys else "",
        needs=_earlier(keys["needs"], earlier) if "needs" in keys else (),
        clock=clocks[clock] if clock else None,
        tells=keys["tells"].texts() if "tells" in keys else (),
        results=keys["results"].texts(KEY) if "results" in keys else (),
        questions=(*_questions(keys, "questions", ANSWERS), *_questions(keys, "options", OFFERED)),
        monitoring="monitoring" in keys and keys["monitoring"].one_of(("true", "false")) == "true",
        next={state: each.text() for state, each in _keys(keys, "next", STATES).items()},
    )
    _sound(made, part, earlier, person)
    return made


def _sound(step: Step, part: Part, earlier: Mapping[str, Step], person: Person) -> None:
    """What the kinds of steps ask for, above all that nothing about an adult is sent without consent or a reason."""
    if step.kind == "tool" and not (step.results and step.questions):
        raise part.wrong("a tool needs questions and results", "add questions: and results:")
    if step.kind == "consent" and (not step.results or not set(step.results) <= set(CONSENTS)):
        raise part.wrong("a consent needs results", f"add results: [{', '.join(CONSENTS)}], or the first two")
    if step.kind != "referral" and (step.to or step.needs):
        raise part.wrong("only a referral has to: or needs:", "make it kind: referral, or leave them out")
    for name in step.needs:
        if earlier[name].kind != "consent":
            raise part.wrong(f"{name!r} is no consent", "name a step of kind: consent in needs:")
        if not set(earlier[name].results) & set(ALLOWS):
            raise part.wrong(f"{name!r} can never allow sharing", f"add {GIVEN} to its results")
    if person == "adult" and step.kind == "referral" and not step.needs:
        advice = "add needs: with a step of kind: consent that stands before it"
        raise part.wrong("a referral of an adult needs consent, or a lawful reason to share without it", advice)
    if step.when and not step.instead:
        raise part.wrong("when: needs instead:", 'say why the step doesn\'t apply otherwise, as "Not for {result}"')


def _earlier(part: Part, earlier: Mapping[str, Step]) -> tuple[str, ...]:
    for name in part.texts():
        if name not in earlier:
            raise part.wrong(f"no step {name!r} stands before this one", f"known are {', '.join(earlier) or 'none'}")
    return part.texts()


def _results(part: Part, step: str, earlier: Mapping[str, Step]) -> tuple[str, ...]:
    if step not in earlier:
        raise part.wrong(f"no step {step!r} stands before this one", f"known are {', '.join(earlier) or 'none'}")
    unknown = [word for word in part.texts() if word not in earlier[step].results]
    if unknown:
        known = ", ".join(earlier[step].results) or "none"
        raise part.wrong(f"{step!r} has no result {unknown[0]!r}", f"known are {known}")
    return part.texts()


def _questions(keys: Mapping[str, Part], name: str, answers: tuple[str, ...]) -> tuple[Question, ...]:
    """Groups of questions: a heading, and below it ``id: text`` lines."""
    found = [
        Question(question, text.text(), group, answers)
        for group, part in _keys(keys, name).items()
        for question, text in part.keys().items()
    ]
    ids = [one.id for one in found]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice:
        raise keys[name].wrong(f"the question {twice!r} is there twice", "give each an id of its own")
    return tuple(found)
