"""An edited copy of a lexicon, as a form sends it: it lives in the page alone, and nothing is published."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from countylines.match.lexicon import Group, Lexicon, Term

MAX_COPY, MAX_FIELD, MAX_TEXT, MAX_LINES = 400_000, 40_000, 20_000, 500  # characters; lines of a field


class TooMuch(ValueError):
    """More was written into a field than the page takes; the argument names the field."""


def as_yaml(lexicon: Lexicon) -> str:
    """The lexicon as the file that ``countylines run`` reads.

    Example:
        >>> print(as_yaml(Lexicon("1", (Group("A", 0.5, (Term("x"),), hits=("an x",)),))), end="")
        version: '1'
        groups:
        - name: A
          weight: 0.5
          patterns:
          - x
          hits:
          - an x
    """
    content = {"version": lexicon.version, "groups": [_group(group) for group in lexicon.groups]}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def edited(lexicon: Lexicon, name: str, form: Mapping[str, Any]) -> Lexicon:
    """The lexicon with one group as the form has it; nothing is checked yet but how much was written.

    Terms keep what the lexicon says of them (what a street name means, say). A term that was switched off is switched
    on by writing it under the patterns, and otherwise stays as it is.

    Raises:
        KeyError: there is no such group.
        TooMuch: a field is too long.
    """
    group = next((each for each in lexicon.groups if each.name == name), None)
    if group is None:
        raise KeyError(name)
    patterns = lines(form, "patterns")
    known = {term.pattern: term for term in group.terms}
    terms = [_on(known.get(pattern, Term(pattern))) for pattern in patterns]
    terms += [term for term in group.terms if not term.on and term.pattern not in patterns]
    changed = dataclasses.replace(
        group,
        weight=weight(form),
        terms=tuple(terms),
        excepts=tuple(lines(form, "excepts")),
        hits=tuple(lines(form, "hits")),
        misses=tuple(lines(form, "misses")),
    )
    return dataclasses.replace(lexicon, groups=tuple(changed if each.name == name else each for each in lexicon.groups))


def lines(form: Mapping[str, Any], field: str) -> list[str]:
    """The lines of a field, without blank ones.

    Raises:
        TooMuch: there are too many, or they are too long.

    Example:
        >>> lines({"patterns": " a b \\n\\n c"}, "patterns")
        ['a b', 'c']
    """
    written = str(form.get(field, ""))
    if len(written) > MAX_FIELD:
        raise TooMuch(field)
    found = [line.strip() for line in written.splitlines() if line.strip()]
    if len(found) > MAX_LINES:
        raise TooMuch(field)
    return found


def weight(form: Mapping[str, Any]) -> Any:
    """The weight as a number where it is one; the loader refuses anything else.

    Example:
        >>> weight({"weight": "0.5"}), weight({"weight": "much"})
        (0.5, 'much')
    """
    written = str(form.get("weight", "")).strip()[:20]
    try:
        return float(written)
    except ValueError:
        return written


def pack(before: Lexicon, after: Lexicon) -> str:
    """The groups that differ, for a hidden field; empty = none."""
    changed = set(changes(before, after))
    kept = [dataclasses.asdict(group) for group in after.groups if group.name in changed]
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def unpack(before: Lexicon, packed: str) -> Lexicon:
    """The lexicon with the groups that :func:`pack` kept. Nobody is trusted: only names and kinds that fit are taken.

    Raises:
        TooMuch: it isn't what the page sent.

    Example:
        >>> a = Lexicon("1", (Group("A", 0.5, (Term("x"),)), Group("B", 0.5, (Term("y"),))))
        >>> b = edited(a, "B", {"weight": "0.6", "patterns": "y"})
        >>> unpack(a, pack(a, b)) == b
        True
    """
    if not packed:
        return before
    try:
        if len(packed) > MAX_COPY:
            raise TooMuch("copy")
        groups = {str(each["name"]): _unpacked(each) for each in json.loads(packed)}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise TooMuch("copy") from error
    return dataclasses.replace(before, groups=tuple(groups.get(group.name, group) for group in before.groups))


def _unpacked(each: Mapping[str, Any]) -> Group:
    weight = each["weight"]
    terms = tuple(
        Term(str(t["pattern"]), str(t["means"]), str(t["note"]), bool(t["ambiguous"]), _flag(t["use"]))
        for t in each["terms"]
    )
    texts = {name: tuple(str(text) for text in each[name]) for name in ("excepts", "hits", "misses")}
    return Group(str(each["name"]), float(weight), terms, **texts)


def _flag(value: Any) -> bool | None:
    return None if value is None else bool(value)


def changes(before: Lexicon, after: Lexicon) -> list[str]:
    """The names of the groups that differ.

    Example:
        >>> a = Lexicon("1", (Group("A", 0.5, (Term("x"),)), Group("B", 0.5, (Term("y"),))))
        >>> changes(a, edited(a, "B", {"weight": "0.6", "patterns": "y"}))
        ['B']
    """
    usual = {group.name: group for group in before.groups}
    return [group.name for group in after.groups if usual.get(group.name) != group]


def place(field: str | None, form: Mapping[str, Any]) -> str:
    """Which line of the form an error of the loader is about, in words; empty where it isn't about a line.

    Example:
        >>> place("group A, pattern 'b('", {"patterns": "a\\nb("})
        'Patterns, line 2'
    """
    for name, label in (("patterns", "Patterns"), ("excepts", "Exceptions")):
        for number, line in enumerate(_safe_lines(form, name), 1):
            if field and field.endswith(f"pattern {line!r}"):
                return f"{label}, line {number}"
    return ""


def _safe_lines(form: Mapping[str, Any], name: str) -> Iterable[str]:
    try:
        return lines(form, name)
    except TooMuch:
        return ()


def _on(term: Term) -> Term:
    return term if term.on else dataclasses.replace(term, use=True)


def _group(group: Group) -> dict[str, Any]:
    made: dict[str, Any] = {"name": group.name, "weight": group.weight, "patterns": [_term(t) for t in group.terms]}
    texts = {"except": group.excepts, "hits": group.hits, "misses": group.misses}
    return made | {name: list(values) for name, values in texts.items() if values}


def _term(term: Term) -> Any:
    usual = Term(term.pattern)
    if term == usual:
        return term.pattern
    more = ("means", "note", "ambiguous", "use")
    told = {name: getattr(term, name) for name in more if getattr(term, name) != getattr(usual, name)}
    return {"term": term.pattern, **told}
