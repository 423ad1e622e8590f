"""Templates: text with {alternatives|in braces} and {slots}, filled for thousands of rows at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Rows = NDArray[np.int64]
HERE = "*"  # the slot where the sentences go that a record carries besides


@dataclass(frozen=True)
class Slot:
    """A place that a value fills."""

    name: str


@dataclass(frozen=True)
class Choice:
    """One of several, drawn for each row."""

    options: tuple[Nodes, ...]


Nodes = tuple["str | Slot | Choice", ...]
Fill = Callable[[Rows], pa.Array]


def parse(text: str) -> Nodes:
    """The parts of a template.

    Raises:
        ValueError: a brace is open or closed once too often.

    Example:
        >>> parse("{A|The} man, {p1}.")
        (Choice(options=(('A',), ('The',))), ' man, ', Slot(name='p1'), '.')
    """
    tokens = [token for token in re.split(r"([{|}])", text) if token]
    nodes, left = _parse(tokens)
    if left:
        raise ValueError(f"{left[0]} out of place: {text}")
    return nodes


def _parse(tokens: list[str], inside: bool = False) -> tuple[Nodes, list[str]]:
    """Parts up to the end of the text or of the alternative that starts here, and the tokens left."""
    nodes: list[str | Slot | Choice] = []
    while tokens and tokens[0] != "}" and not (inside and tokens[0] == "|"):
        token, *tokens = tokens
        if token != "{":
            nodes.append(token)
            continue
        options: list[Nodes] = []
        tokens = ["|", *tokens]
        while tokens and tokens[0] == "|":
            option, tokens = _parse(tokens[1:], inside=True)
            options.append(option)
        if not tokens:
            raise ValueError("a brace stays open")
        tokens = tokens[1:]
        nodes.append(_braces(options))
    return tuple(nodes), tokens


def _braces(options: list[Nodes]) -> Slot | Choice:
    if len(options) > 1:
        return Choice(tuple(options))
    (only,) = options
    if len(only) != 1 or not isinstance(only[0], str):
        raise ValueError(f"braces round one alternative: {only}")
    return Slot(only[0])


def split(nodes: Nodes) -> tuple[Nodes, Nodes]:
    """The parts before and after {*}; all of them before it where there is none."""
    at = next((i for i, node in enumerate(nodes) if node == Slot(HERE)), len(nodes))
    return nodes[:at], nodes[at + 1 :]


def render(nodes: Nodes, rows: Rows, fills: Mapping[str, Fill], rng: np.random.Generator) -> pa.Array:
    """The text of a template for each row.

    Args:
        nodes: the template.
        rows: the rows to fill it for, as the fills know them.
        fills: for every slot a function from rows to texts.
        rng: draws the alternatives.

    Example:
        >>> fills = {"n": lambda rows: pa.array([str(row) for row in rows])}
        >>> render(parse("no {n}"), np.array([7, 8]), fills, np.random.default_rng(0)).to_pylist()
        ['no 7', 'no 8']
    """
    parts: list[pa.Array | pa.Scalar] = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(pa.scalar(node))
        elif isinstance(node, Slot):
            parts.append(fills[node.name](rows))
        else:
            parts.append(_choose(node, rows, fills, rng))
    if not any(isinstance(part, pa.Array) for part in parts):
        return pa.repeat(pa.scalar("".join(part.as_py() for part in parts)), len(rows))
    return pc.binary_join_element_wise(*parts, "") if len(parts) > 1 else parts[0]


def _choose(choice: Choice, rows: Rows, fills: Mapping[str, Fill], rng: np.random.Generator) -> pa.Array:
    drawn = rng.integers(0, len(choice.options), len(rows))
    if all(all(isinstance(node, str) for node in option) for option in choice.options):
        return pa.array(["".join(map(str, option)) for option in choice.options]).take(pa.array(drawn))
    order = np.argsort(drawn, kind="stable")
    sizes = np.bincount(drawn, minlength=len(choice.options))
    chunks, start = [], 0
    for option, size in zip(choice.options, sizes, strict=True):
        chunks.append(render(option, rows[order[start : start + size]], fills, rng))
        start += size
    back = np.empty(len(rows), np.int64)
    back[order] = np.arange(len(rows))
    return pa.concat_arrays(chunks).take(pa.array(back))
