"""The lexicon: which words make a record a matched record, what a group weighs, when a word means something else.

A YAML file that analysts edit (docs/match.md); METHOD 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from countylines.errors import InputError
from countylines.match.dialect import PatternError
from countylines.match.finder import finder
from countylines.match.pattern import Pattern, read_pattern

DEFAULT = Path(__file__).parent / "lexicon" / "default.yaml"
MARKER = "MARKER"  # the group that the special interest marker makes (METHOD 2, use_marker)


@dataclass(frozen=True, slots=True)
class Term:
    """One pattern of a group.

    Attributes:
        pattern: as the lexicon writes it.
        means: what a street name stands for, e.g. heroin.
        note: why it is there, or what else it may mean.
        ambiguous: it has an everyday meaning, so it is off unless ``use`` says otherwise.
        use: switches it on or off; None: on unless ambiguous.
    """

    pattern: str
    means: str = ""
    note: str = ""
    ambiguous: bool = False
    use: bool | None = None

    @property
    def on(self) -> bool:
        """Whether it is looked for."""
        return not self.ambiguous if self.use is None else self.use


@dataclass(frozen=True, slots=True)
class Group:
    """A search group: its weight (0 to 1), terms, exceptions, and its own example texts that must hit or miss."""

    name: str
    weight: float
    terms: tuple[Term, ...]
    excepts: tuple[str, ...] = ()
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns that are looked for, in file order."""
        return tuple(term.pattern for term in self.terms if term.on)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All groups, in file order."""

    version: str
    groups: tuple[Group, ...]

    def terms(self) -> list[tuple[str, Pattern]]:
        """Group and pattern of every term that is on, in file order."""
        return [(group.name, read_pattern(text)) for group in self.groups for text in group.patterns]

    def excepts(self) -> list[tuple[str, Pattern]]:
        """Group and pattern of every exception, in file order."""
        return [(group.name, read_pattern(text)) for group in self.groups for text in group.excepts]


def load_lexicon(path: Path | None = None) -> Lexicon:
    """Read a lexicon file; None: the one shipped.

    Raises:
        InputError: what in which group and pattern can't be used, why, and what to do.

    Example:
        >>> lexicon = load_lexicon()
        >>> [(group.name, group.weight) for group in lexicon.groups][:3]
        [('CL WORDS', 0.7), ('COUNTY LINE', 1.0), ('CUCKOO', 0.5)]
    """
    file = path or DEFAULT
    try:
        written = yaml.load(file.read_text(encoding="utf-8-sig"), _Loader)
    except OSError as error:
        raise InputError("the lexicon can't be read", "check the path", file=file) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"this is not YAML: {reason}", "correct the line; put patterns with : or # in quotes", file=file.name
        ) from error
    return _Reader(file.name).lexicon(written)


class _Loader(yaml.SafeLoader):
    """Refuses a key written twice, of which YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if isinstance(key, str) and keys.count(key) > 1:
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands here twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


class _Reader:
    """Turns what YAML holds into a lexicon, or says where it is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file

    def wrong(self, what: str, do: str, group: str | None = None, pattern: str | None = None) -> InputError:
        place = ", ".join([f"group {group}"] * (group is not None) + [f"pattern {pattern!r}"] * (pattern is not None))
        return InputError(what, do, file=self.file, field=place or None)

    def lexicon(self, written: Any) -> Lexicon:
        """Check the whole."""
        self.keys(written, ("version", "groups"), "a lexicon")
        version, groups = written.get("version"), written.get("groups")
        if not isinstance(version, str | int | float) or isinstance(version, bool) or not str(version).strip():
            raise self.wrong("it has no version", 'begin with a line such as version: "2026-11"')
        if not isinstance(groups, list) or not groups:
            raise self.wrong("it has no groups", "list them under groups:, each beginning with - name:")
        made = tuple(self.group(group, number) for number, group in enumerate(groups, 1))
        self.unique([group.name for group in made], None)
        lexicon = Lexicon(str(version), made)
        self.runs(lexicon)
        return lexicon

    def group(self, written: Any, number: int) -> Group:
        """Check one group."""
        name = written.get("name") if isinstance(written, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise self.wrong(f"the {number}. group has no name", "begin it with - name: SOME NAME")
        name = " ".join(name.split())
        if name.upper() == MARKER:
            raise self.wrong("this name is taken by the special interest marker", "choose another name", name)
        self.keys(written, ("name", "weight", "patterns", "except", "hits", "misses"), "a group", name)
        weight = written.get("weight")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
            raise self.wrong(f"the weight {weight!r} isn't a number from 0 to 1", "give a weight such as 0.5", name)
        terms = tuple(self.term(entry, name) for entry in self.entries(written, "patterns", name))
        if not terms:
            raise self.wrong("it has no patterns", "list at least one under patterns:", name)
        excepts, hits, misses = (
            tuple(self.text(entry, name) for entry in self.entries(written, key, name))
            for key in ("except", "hits", "misses")
        )
        for pattern in (*(term.pattern for term in terms), *excepts):
            self.pattern(pattern, name)
        self.unique([term.pattern for term in terms], name)
        self.unique(excepts, name)
        return Group(name, round(float(weight), 9), terms, excepts, hits, misses)

    def term(self, entry: Any, group: str) -> Term:
        """Check one entry under patterns: a text, or a mapping."""
        if not isinstance(entry, dict):
            return Term(self.text(entry, group))
        known = ("term", "means", "note", "ambiguous", "use")
        self.keys(entry, known, "a pattern", group)
        pattern = self.text(entry.get("term"), group)
        for key in ("means", "note"):
            if not isinstance(entry.get(key, ""), str):
                raise self.wrong(f"{key} is {entry[key]!r}", "write a text", group, pattern)
        for key in ("ambiguous", "use"):
            if not isinstance(entry.get(key, False), bool):
                raise self.wrong(f"{key} is {entry[key]!r}", "write true or false", group, pattern)
        return Term(
            pattern, entry.get("means", ""), entry.get("note", ""), entry.get("ambiguous", False), entry.get("use")
        )

    def pattern(self, text: str, group: str) -> None:
        """Check that a pattern can be run."""
        try:
            read_pattern(text)
        except PatternError as error:
            raise self.wrong(error.reason, error.advice, group, text) from error

    def runs(self, lexicon: Lexicon) -> None:
        """Check that the matcher takes all patterns; compiled together as they will be used."""
        off = [
            (group.name, read_pattern(term.pattern)) for group in lexicon.groups for term in group.terms if not term.on
        ]
        for named in (lexicon.terms(), lexicon.excepts(), off):
            try:
                finder([pattern for _, pattern in named])
            except PatternError as error:
                group = next((name for name, pattern in named if pattern.text == error.pattern), None)
                raise self.wrong(error.reason, error.advice, group, error.pattern) from error

    def entries(self, written: Mapping[str, Any], key: str, group: str) -> list[Any]:
        """The list under a key; a missing or empty one is an empty list."""
        entries = written.get(key)
        if entries is None:
            return []
        if not isinstance(entries, list):
            raise self.wrong(f"{key} isn't a list", "write each entry on a line of its own beginning with -", group)
        return entries

    def text(self, entry: Any, group: str) -> str:
        """A text, which YAML may have taken for something else."""
        if not isinstance(entry, str):
            raise self.wrong(f"{entry!r} isn't a text", "put it in quotes", group)
        return entry

    def keys(self, written: Any, known: tuple[str, ...], what: str, group: str | None = None) -> None:
        """Only known keys."""
        if not isinstance(written, dict):
            raise self.wrong(f"{what} must be a list of keys and values", "see docs/match.md for an example", group)
        for key in written:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, n=1)
                raise self.wrong(
                    f"{what} has no {key!r}",
                    f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}",
                    group,
                )

    def unique(self, names: Iterable[str], group: str | None) -> None:
        """No name twice; case makes no difference, unless a backslash gives it one."""
        seen: set[str] = set()
        for name in names:
            same = name if "\\" in name else name.lower()
            if same in seen:
                raise self.wrong(
                    "this group stands in the lexicon twice"
                    if group is None
                    else "this pattern stands in the group twice",
                    "take one of them out",
                    name if group is None else group,
                    None if group is None else name,
                )
            seen.add(same)
