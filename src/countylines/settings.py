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
class Settings:
    """All sections, as in the TOML file: ``[ingest]``, ``[match]``, ``[network]``, ``[partition]``."""

    ingest: Ingest = Ingest()
    match: Match = Match()
    network: NetworkSettings = NetworkSettings()
    partition: PartitionSettings = PartitionSettings()
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
