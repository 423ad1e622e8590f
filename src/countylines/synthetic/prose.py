"""The free text of records: a scene's template, the sentences that carry search words, and closing sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countylines.synthetic.crews import Line
from countylines.synthetic.data import Scene, load, scenes, sentences, templates
from countylines.synthetic.events import Events
from countylines.synthetic.people import People
from countylines.synthetic.scale import BIT, DRUGS
from countylines.synthetic.slots import fills
from countylines.synthetic.template import Fill, Nodes, Rows, parse, render, split

TAILS = np.array(
    [0.01, 0.04, 0.12, 0.20, 0.21, 0.17, 0.12, 0.07, 0.06]
)  # share of texts with 0, 1, 2 ... closing sentences
MISSPELT, SHORTHAND = 0.05, 0.06  # share of texts
CAPITALS = {"custody": 0.10, "prison": 0.25}  # share of a system's texts typed in capitals
UNTIDY = " +([ .,])"  # blanks left where an alternative is empty
ORDER = ("COUNTY LINE", "NEGATED", "CL WORDS", "CUCKOO", "DRUGS LINE", "MISPER", "OTHER")
ANY_DRUG = sum(BIT[name] for name in DRUGS)


@cache
def bodies() -> Mapping[str, list[tuple[Nodes, Nodes]]]:
    """Each scene's templates, split where carried sentences go."""
    known = templates()
    return {name: [split(parse(text)) for text in known[scene.source][name]] for name, scene in scenes().items()}


@cache
def closing() -> Mapping[str, list[Nodes]]:
    """Each system's closing sentences."""
    return {source: [parse(" " + text) for text in listed["tails"]] for source, listed in templates().items()}


@cache
def carriers() -> Mapping[tuple[str, str], list[Nodes]]:
    """Sentences by word group (or drugs) and tone."""
    known = {name: tones for name, tones in sentences().items() if name != "words"}
    return {
        (name, tone): [parse(text) for text in listed]
        for name, tones in known.items()
        for tone, listed in tones.items()
    }


def write_texts(rng: np.random.Generator, events: Events, people: People, lines: Sequence[Line]) -> pa.Array:
    """The text of each event."""
    slots = fills(rng, events, people, lines)
    everything = np.arange(len(events))
    bodies_of = {number: bodies()[name] for number, name in enumerate(scenes())}
    heads, ends = _two(rng, events.scene, everything, bodies_of, slots)
    said = [_carried(rng, events, name, slots) for name in (*ORDER, "drugs")]
    tails = _tails(rng, events, slots)
    text = pc.binary_join_element_wise(heads, *said, ends, *tails, "")
    text = pc.utf8_trim_whitespace(pc.replace_substring_regex(text, pattern=UNTIDY, replacement=r"\1"))
    luck = rng.random(len(events))
    hurried = (("misspelt", luck < MISSPELT), ("shorthand", luck > 1 - SHORTHAND))
    text = put(text, [(np.flatnonzero(rows), retyped(text.filter(pa.array(rows)), way)) for way, rows in hurried])
    share = np.array([CAPITALS.get(scene.source, 0.01) for scene in scenes().values()])[events.scene]
    typed = rng.random(len(events)) < share
    return put(text, [(np.flatnonzero(typed), pc.utf8_upper(text.filter(pa.array(typed))))])


def put(text: pa.Array, parts: Sequence[tuple[Rows, pa.Array]]) -> pa.Array:
    """The texts, with others in some rows; no row is in two parts.

    Example:
        >>> put(pa.array(["a", "b", "c"]), [(np.array([2]), pa.array(["x"]))]).to_pylist()
        ['a', 'b', 'x']
    """
    index, end = np.arange(len(text)), len(text)
    for rows, texts in parts:
        index[rows] = end + np.arange(len(texts))
        end += len(texts)
    return pa.concat_arrays([text, *(texts for _, texts in parts)]).take(pa.array(index))


def retyped(texts: pa.Array, way: str) -> pa.Array:
    """The texts as someone in a hurry types them."""
    for word, other in load("typing.yaml")[way].items():
        texts = pc.replace_substring(texts, pattern=word, replacement=other)
    return texts


def _two(
    rng: np.random.Generator,
    scene: np.ndarray,
    rows: Rows,
    choices: Mapping[int, Sequence[tuple[Nodes, Nodes]]],
    slots: Mapping[str, Fill],
) -> tuple[pa.Array, pa.Array]:
    """Head and end of a body for every row, its template drawn among the scene's."""
    heads, ends, order = [], [], []
    for number in np.unique(scene):
        mine = rows[scene == number]
        drawn = rng.integers(0, len(choices[number]), len(mine))
        for i, (head, end) in enumerate(choices[number]):
            chosen = mine[drawn == i]
            heads.append(render(head, chosen, slots, rng))
            ends.append(render(end, chosen, slots, rng))
            order.append(chosen)
    back = pa.array(np.argsort(np.concatenate(order), kind="stable"))
    return pa.concat_arrays(heads).take(back), pa.concat_arrays(ends).take(back)


def _spread(rows: int, parts: Sequence[tuple[Rows, pa.Array]]) -> pa.Array:
    """Texts of some rows at their places, nothing elsewhere."""
    index = np.full(rows, -1, np.int64)
    start = 0
    for mine, texts in parts:
        index[mine] = np.arange(start, start + len(texts))
        start += len(texts)
    if not start:
        return pa.repeat(pa.scalar(""), rows)
    taken = pa.concat_arrays([texts for _, texts in parts]).take(pa.array(index, mask=index < 0))
    return pc.fill_null(taken, "")


def _carried(rng: np.random.Generator, events: Events, name: str, slots: Mapping[str, Fill]) -> pa.Array:
    """The sentence that carries a word group, for the rows that must have it."""
    mine = np.flatnonzero(events.words & (ANY_DRUG if name == "drugs" else BIT[name]))
    tones = np.array([_tone(name, scene) for scene in scenes().values()])[events.scene[mine]]
    tones = np.where((tones == "vague") & (events.line[mine] >= 0) & ((name, "named") in carriers()), "named", tones)
    parts = []
    for tone in np.unique(tones):
        listed = carriers()[name, str(tone)]
        rows = mine[tones == tone]
        drawn = rng.integers(0, len(listed), len(rows))
        for i, nodes in enumerate(listed):
            texts = render(nodes, rows[drawn == i], slots, rng)
            parts.append((rows[drawn == i], pc.binary_join_element_wise(" ", texts, " ", "")))
    return _spread(len(events), parts)


def _tone(name: str, scene: Scene) -> str:
    if name == "drugs":
        return scene.drugs or "use"
    if (name, scene.name) in carriers():
        return scene.name
    return "vague" if (name, "vague") in carriers() else "named"


def _tails(rng: np.random.Generator, events: Events, slots: Mapping[str, Fill]) -> list[pa.Array]:
    """Different closing sentences of the record's system, some on a new line."""
    sources = np.array([scene.source for scene in scenes().values()])[events.scene]
    count = rng.choice(len(TAILS), len(events), p=TAILS)
    first = rng.integers(0, 1 << 20, len(events))
    columns = []
    step = 1 + first // 64 % 12  # the lists have 13 sentences, so that no step meets one twice
    for turn in range(len(TAILS) - 1):
        parts = []
        for source, listed in closing().items():
            mine = np.flatnonzero((sources == source) & (count > turn))
            drawn = (first[mine] + turn * step[mine]) % len(listed)
            for i, nodes in enumerate(listed):
                parts.append((mine[drawn == i], render(nodes, mine[drawn == i], slots, rng)))
        texts = _spread(len(events), parts)
        broken = pa.array((rng.random(len(events)) < 0.06) & (count > turn))
        columns.append(pc.binary_join_element_wise(pc.if_else(broken, "\n", ""), texts, ""))
    return columns
