"""The generator's own data files: scenes, offences, words, sentences and templates, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from countylines.tables import ROLES, SOURCES


@dataclass(frozen=True)
class Actor:
    """One member of a scene's cast: kinds of person or a relation to an earlier member, roles to draw from, chance."""

    who: tuple[str, ...]
    roles: tuple[int, ...]
    chance: float

    @property
    def relation(self) -> tuple[str, int] | None:
        """The relation and the earlier member (0 = first), as ``("mate", 0)`` for mate@1."""
        name, _, base = self.who[0].partition("@")
        return (name, int(base) - 1) if base else None


@dataclass(frozen=True)
class Scene:
    """A kind of event and how it is recorded."""

    number: int
    name: str
    source: str
    share: float
    offences: tuple[str, ...]
    drugs: str  # use, supply or empty
    cast: tuple[Actor, ...]


@cache
def load(name: str) -> Any:
    """One YAML file of the generator; nobody changes what is in it."""
    return yaml.safe_load((files("countylines.synthetic") / name).read_text(encoding="utf-8"))


@cache
def scenes() -> Mapping[str, Scene]:
    """Every scene by its name, in the order of the file."""
    made = {}
    for number, (name, entry) in enumerate(load("scenes.yaml").items()):
        made[name] = Scene(
            number,
            name,
            SOURCES[SOURCES.index(entry["source"])],
            float(entry.get("share", 0)),
            tuple(entry.get("offences", ())),
            entry.get("drugs", ""),
            tuple(_actor(text) for text in entry.get("cast", ())),
        )
    return made


def _actor(text: str) -> Actor:
    who, roles, *chance = text.split()
    return Actor(
        tuple(who.split("+")),
        tuple(ROLES.index(role) for role in roles.split("/")),
        float(chance[0]) if chance else 1.0,
    )


@cache
def words() -> Mapping[str, list[str]]:
    """The word lists that fill the templates' slots."""
    return {name: [str(word) for word in listed] for name, listed in load("words.yaml").items()}


def sentences() -> Mapping[str, Any]:
    """The sentences that carry search words."""
    made: Mapping[str, Any] = load("sentences.yaml")
    return made


@cache
def templates() -> Mapping[str, Mapping[str, list[str]]]:
    """Templates by source, then by scene; ``tails`` are sentences that can follow any of that source."""
    return {source: load(f"templates/{source}.yaml") for source in SOURCES}
