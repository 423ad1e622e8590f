"""Settings: frozen sections, one a stage, each field with its help, read from one TOML file.

docs/settings.md is made from this file.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from countylines.errors import InputError

NominalRule = Literal["strongest", "noisy_or", "mean"]
Cut = Literal["map_equation", "modularity"]
UnknownAge = Literal["protect", "adult"]
HarmIndex = Literal["cchi", "ons_css"]
DismantlingHarm = Literal["cchi", "ons_css", "unit"]


def setting(default: Any, help: str, *, least: float | None = None, most: float | None = None) -> Any:
    """A field with its default, its help and the least and most it may be."""
    metadata = {"help": help, "least": least, "most": most}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Ingest:
    """Which rows are used, and who counts as a child."""

    since: dt.date = setting(dt.date(2015, 1, 1), "Records dated before this day are set aside [paper].")
    as_of: dt.date | None = setting(None, "The day on which ages are taken; empty = the latest record's date.")
    unknown_age: UnknownAge = setting(
        "protect",
        "People without a birth date: protect (as children), or adult, allowed only for data without any birth date.",
    )
    include_restricted: bool = setting(False, "Use restricted records; only cleared people may open such a run.")
    force_areas: tuple[str, ...] = setting((), "The force's own areas; empty = unknown.")
    max_rejects: float = setting(
        0.01,
        "Stop when more than this share of a table's rows is rejected (rows set aside don't count).",
        least=0,
        most=1,
    )


@dataclass(frozen=True)
class Match:
    """How text becomes a record's weight."""

    lexicon: str = setting("", "A lexicon file; empty = the one shipped. Relative to the settings file.")
    except_rules: bool = setting(True, "Exceptions cancel hits of their own group that lie inside them [choice].")
    use_marker: bool = setting(False, "The special interest marker is one more group, MARKER, of weight 1.")
    grading_weights: Mapping[str, float] = setting(
        {}, "Multiplier on a group's weight in a record, by the record's grading as written.", least=0, most=1
    )


@dataclass(frozen=True)
class NetworkSettings:
    """How weighted records become a network of people."""

    max_record_nominals: int = setting(
        30, "Records with more connecting people take no part; they are listed [choice].", least=1
    )
    nominal_rule: NominalRule = setting(
        "strongest", "A person's weight from their connections: strongest, noisy_or or mean [choice]."
    )
    keep_weight: float = setting(0.5, "People below this weight are discarded [paper].", least=0, most=1)
    associate_min_ties: int = setting(2, "Matched people an associate must be tied to [choice].", least=0)
    associate_min_records: int = setting(2, "Different records behind those ties [choice].", least=0)
    connection_span: int | None = setting(
        None, "Months within which groups may add up; empty = no limit [paper].", least=1
    )


@dataclass(frozen=True)
class PartitionSettings:
    """How the network becomes groups."""

    walktrap_steps: int = setting(4, "Length of Walktrap's random walks.", least=1, most=100)
    cut: Cut = setting("map_equation", "Where to cut Walktrap's tree: map_equation [choice] or modularity.")
    refine: bool = setting(True, "Move single people after the map-equation cut while that shortens the code.")
    min_group_size: int = setting(3, "Smaller groups are kept as unlinked people [choice].", least=1)


@dataclass(frozen=True)
class Stability:
    """How groups are drawn anew, to show what rests on few records and what chance alone would make."""

    up_to: int = setting(
        5_000, "Larger networks are drawn anew only when asked for (--resample): it takes minutes.", least=0
    )
    draws: int = setting(100, "Networks drawn anew from nine records in ten [choice]; 0 = none.", least=0)
    keep_share: float = setting(0.9, "Probability with which a draw keeps a record [choice].", least=0, most=1)
    network_draws: int = setting(10, "Draws that decide anew who is kept [choice]; 0 = none.", least=0)
    baseline_draws: int = setting(20, "Networks of shuffled records to compare with [choice]; 0 = none.", least=0)
    baseline_redraws: int = setting(5, "Draws for the stability of each of those and of this one [choice].", least=0)
    seed: int = setting(1, "Draw i uses the seed (seed, i).", least=0)
    workers: int = setting(0, "Parallel processes; 0 = one a core. The result is the same.", least=0)


@dataclass(frozen=True)
class Harm:
    """Which weights stand for harm."""

    harm_index: HarmIndex = setting("cchi", "Where one number is needed: cchi or ons_css [choice].")
    weights: str = setting("", "A folder made by countylines harm import; empty = the partial weights shipped.")
    outcomes: str = setting("", "A file (YAML) of outcome codes and their standing; empty = the one shipped.")
    ons_codes: str = setting("", "A file (YAML) of Home Office classes and ONS codes; empty = the one shipped.")


@dataclass(frozen=True)
class Centrality:
    """How people's places in the network are measured."""

    exact_up_to: int = setting(5_000, "Above so many people betweenness and harmonic are approximated.", least=3)
    pivots: int = setting(2_000, "People from whom the approximation counts shortest paths.", least=10)
    path_draws: int = setting(20, "Draws in which they are approximated anew; the first of all draws.", least=1)
    seed: int = setting(1, "Of the choice of these people.", least=0)


@dataclass(frozen=True)
class Profile:
    """How groups' factors become levels."""

    levels: str = setting("", "A file (YAML) of the nine factors and their levels; empty = the one shipped.")


@dataclass(frozen=True)
class Priority:
    """How groups and people are ordered over all weightings of their criteria."""

    draws: int = setting(10_000, "Weightings drawn.", least=100)
    seed: int = setting(1, "Of the drawn weightings.", least=0)
    recent_months: int = setting(24, "People without a matched record in so many months aren't ranked.", least=1)
    least: Mapping[str, float] = setting({}, "Least weight of a criterion, by name.", least=0, most=1)
    most: Mapping[str, float] = setting({}, "Greatest weight of a criterion, by name.", least=0, most=1)


@dataclass(frozen=True)
class Dismantling:
    """Who would have to stop for the network, or a group, to fall apart."""

    harm: DismantlingHarm = setting("cchi", "What a person's mass is made of: cchi, ons_css or unit.")
    k: int = setting(5, "The k of: if you can only do k.", least=1)
    goal: float = setting(0.1, "Share of the largest component to come down to.", least=0, most=1)
    steps: int = setting(100, "Steps of the whole network's order that are kept.", least=1)
    random_draws: int = setting(30, "Random orders to compare with.", least=1)
    draws: int = setting(20, "Networks drawn anew to see who is among the first k each time.", least=0)
    draws_up_to: int = setting(5_000, "People in a group or network above whose number that isn't made.", least=0)
    seed: int = setting(1, "Of the random orders.", least=0)


@dataclass(frozen=True)
class Safeguarding:
    """Who is to be protected first, and what they are linked to."""

    recent_days: int = setting(30, "Tier 2: beside a matched record in the last so many days.", least=1)
    restart: float = setting(0.15, "Of the random walk that links a child to groups and lines.", least=0.01, most=0.99)
    top: int = setting(5, "Groups and lines that are shown for a child.", least=1)
    strong_link: float = setting(
        0.35, "A link is strong from this share of the walk on; calibrated on synthetic data.", least=0, most=1
    )
    some_link: float = setting(0.1, "The same for some; weak below; calibrated on synthetic data.", least=0, most=1)


@dataclass(frozen=True)
class Settings:
    """All sections, as in the TOML file: ``[ingest]``, ``[match]`` and so on, one a stage."""

    ingest: Ingest = Ingest()
    match: Match = Match()
    network: NetworkSettings = NetworkSettings()
    partition: PartitionSettings = PartitionSettings()
    stability: Stability = Stability()
    harm: Harm = Harm()
    centrality: Centrality = Centrality()
    profile: Profile = Profile()
    priority: Priority = Priority()
    dismantling: Dismantling = Dismantling()
    safeguarding: Safeguarding = Safeguarding()
    folder: Path | None = None  # where the settings file lies, for paths inside it

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """The sections as plain values, for the manifest."""
        return {name: _plain(getattr(self, name)) for name in sections()}


def sections() -> dict[str, type]:
    """The name and class of every section, in order."""
    return {f.name: type(f.default) for f in dataclasses.fields(Settings) if f.name != "folder"}


def load_settings(path: Path | None) -> Settings:
    """Read a settings file; without one, the defaults.

    Raises:
        InputError: not TOML, an unknown section or key (with the nearest known one), or a value that isn't allowed.
    """
    if path is None:
        return Settings()
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError("the settings file can't be read", "check the path", file=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"this is not TOML: {error}", "correct the line", file=path.name) from error
    known = sections()
    for name, values in written.items():
        if name not in known or not isinstance(values, dict):
            raise InputError(f"there is no section [{name}]", _nearest(name, known), file=path.name, field=name)
    made = {name: _section(known[name], written.get(name, {}), path.name, name) for name in known}
    return Settings(**made, folder=path.resolve().parent)


def _section(kind: type, values: dict[str, Any], file: str, section: str) -> Any:
    hints = typing.get_type_hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind)}
    for name, value in values.items():
        place = f"[{section}] {name}"
        if name not in fields:
            raise InputError(f"there is no setting {name!r}", _nearest(name, fields), file=file, field=place)
        values[name] = _checked(value, hints[name], fields[name].metadata, file, place)
    return kind(**values)


def _checked(value: Any, hint: Any, metadata: Mapping[str, Any], file: str, place: str) -> Any:
    """The value as its type, or an error that names the place."""

    def wrong(expected: str) -> InputError:
        return InputError(f"{value!r} isn't allowed", f"give {expected}", file=file, field=place)

    optional = isinstance(hint, types.UnionType)
    kind = next(a for a in typing.get_args(hint) if a is not types.NoneType) if optional else hint
    if optional and value == "":
        return None
    if typing.get_origin(kind) is Literal:
        if value not in typing.get_args(kind):
            raise wrong(" or ".join(typing.get_args(kind)))
        return value
    if kind is dt.date:
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            raise wrong("a date as 2015-01-01, without quotes")
        return value
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise wrong('a list of texts as ["North", "South"]')
        return tuple(value)
    if isinstance(value, dict):
        return {str(key): _checked(item, float, metadata, file, f"{place}.{key}") for key, item in value.items()}
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(kind, type) or type(value) is not kind:
        said = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
        raise wrong(said.get(kind, "a table"))
    least, most = metadata["least"], metadata["most"]
    if (least is not None and not value >= least) or (most is not None and not value <= most):
        raise wrong(f"at least {least:g}" + (f" and at most {most:g}" if most is not None else ""))
    return value


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}?" if close else "known are " + ", ".join(known)


def _plain(section: Any) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, tuple):
            return list(value)
        return dict(value) if isinstance(value, Mapping) else value

    return {f.name: plain(getattr(section, f.name)) for f in dataclasses.fields(section)}
