"""Templates: what a brace means, and that every shipped template says what it should and nothing else."""

import itertools
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.synthetic.data import scenes, sentences, templates, words
from countylines.synthetic.prose import bodies, carriers, closing, retyped
from countylines.synthetic.slots import fills, lists, phone_shapes
from countylines.synthetic.template import Choice, Nodes, Slot, parse, render, split
from tests.synthetic.vocabulary import DENIED, groups_in

FACTS = {"p1", "p2", "p3", "he1", "his1", "him1", "age1", "time", "time2", "date", "date2", "br", "drugs"}
LINES = {"line", "lphone", "import", "linearea"}


def slots(nodes: Nodes) -> set[str]:
    """The names of all slots in a template."""
    names = set()
    for node in nodes:
        if isinstance(node, Slot):
            names.add(node.name)
        elif isinstance(node, Choice):
            names |= {name for option in node.options for name in slots(option)}
    return names


def every_text(nodes: Nodes, fill: str = "X") -> Iterator[str]:
    """Every text that a template can become, each slot filled alike: the definition of a template."""
    parts: list[list[str]] = []
    for node in nodes:
        if isinstance(node, str):
            parts.append([node])
        elif isinstance(node, Slot):
            parts.append([fill])
        else:
            parts.append([text for option in node.options for text in every_text(option, fill)])
    yield from ("".join(choice) for choice in itertools.product(*parts))


def each_option(nodes: Nodes) -> Iterator[str]:
    """Texts that together say everything a template can say: one choice varies, the others stay at their first."""
    first = "".join(next(every_text((node,))) for node in nodes)
    yield first
    for i, node in enumerate(nodes):
        if isinstance(node, Choice):
            before, after = (("".join(next(every_text((n,))) for n in part)) for part in (nodes[:i], nodes[i + 1 :]))
            yield from (before + text + after for option in node.options for text in each_option(option))


def shipped() -> Iterator[tuple[str, str, str]]:
    """Source, scene (or tails) and text of every shipped template."""
    for source, listed in templates().items():
        for name, texts in listed.items():
            yield from ((source, name, text) for text in texts)


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("plain", {"plain"}),
        ("{a|b} c", {"a c", "b c"}),
        ("{a|}b", {"ab", "b"}),
        ("{a|b {c|d}}", {"a", "b c", "b d"}),
        ("{|a}{b|c}", {"b", "c", "ab", "ac"}),
        ("x{p1}y", {"xXy"}),
        ("{a {p1}|b}", {"a X", "b"}),
        ("a|b", {"a|b"}),
        ("", {""}),
    ],
)
def test_a_template_means_its_alternatives(text: str, texts: set[str]) -> None:
    nodes = parse(text)
    assert set(every_text(nodes)) == texts
    known = {"p1": lambda rows: pa.array(["X"] * len(rows))}
    drawn = render(nodes, np.arange(300), known, np.random.default_rng(1)).to_pylist()
    assert set(drawn) == texts  # every alternative comes up


@pytest.mark.parametrize("text", ["{a|b", "a}", "{a|b}}", "{a {b|c}}", "{}"])
def test_a_broken_template_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"brace|out of place"):
        parse(text)


@given(st.lists(st.sampled_from(["a", "b ", "{x|y}", "{p1}", "{u|{v|w} z}"]), max_size=6), st.integers(0, 30))
def test_rendered_texts_are_among_the_possible(parts: list[str], rows: int) -> None:
    nodes = parse("".join(parts))
    known = {"p1": lambda rows: pa.array(["X"] * len(rows), pa.string())}
    drawn = render(nodes, np.arange(rows), known, np.random.default_rng(rows)).to_pylist()
    assert len(drawn) == rows
    assert set(drawn) <= set(every_text(nodes))


def test_a_slot_sees_its_own_rows() -> None:
    known = {"row": lambda rows: pa.array([str(row) for row in rows])}
    nodes = parse("{a|b {row}|c{d|{row}}} {row}")
    for row, text in enumerate(render(nodes, np.arange(50), known, np.random.default_rng(0)).to_pylist()):
        assert all(part == str(row) for part in text.replace("c", "").split(" ") if part.isdigit())


def test_carried_sentences_go_where_the_star_is() -> None:
    assert split(parse("a {*} b")) == (("a ",), (" b",))
    assert split(parse("a b")) == (("a b",), ())


def test_there_are_at_least_60_templates() -> None:
    texts = [text for _, name, text in shipped() if name != "tails"]
    assert len(set(texts)) >= 60
    assert min(len(set(each_option(parse(text)))) for text in texts) >= 4  # each varies, slots not counted


def test_every_scene_has_a_template_and_every_template_a_scene() -> None:
    assert set(bodies()) == set(scenes())
    assert {name for _, name, _ in shipped()} == {*scenes(), "tails"}
    assert all(scenes()[name].source == source for source, name, _ in shipped() if name != "tails")


def test_every_slot_is_known() -> None:
    known = FACTS | LINES | set(lists()) | {"*"}
    for _, _, text in shipped():
        assert slots(parse(text)) <= known, text
    for nodes in itertools.chain.from_iterable([*carriers().values(), *closing().values()]):
        assert slots(nodes) <= known
    people_less = {name for _, name, text in shipped() if slots(parse(text)) & LINES}
    assert people_less <= {name for name in scenes() if name.startswith("line_")}  # others have no line to name


def test_templates_and_words_carry_no_search_word() -> None:
    """Words come by quota only: a stray one in a template would be in thousands of records."""
    for _, name, text in shipped():
        for said in each_option(parse(text)):
            assert not groups_in(said), f"{name}: {said}"
    for name, listed in words().items():
        assert not [word for word in listed if groups_in(word)], name


def test_a_carrier_says_its_own_word_whichever_way_it_falls() -> None:
    for (name, tone), listed in carriers().items():
        for nodes in listed if name != "drugs" else ():
            for said in each_option(nodes):
                if name == "NEGATED":
                    assert DENIED.search(said) and not groups_in(said), said
                else:
                    assert groups_in(said) == {name}, f"{tone}: {said}"


@pytest.mark.parametrize("way", ["misspelt", "shorthand"])
def test_a_search_word_stays_however_it_is_typed(way: str) -> None:
    """A tenant is held because a record says so: a quota filled by words that nothing finds is none."""
    for (name, _), listed in carriers().items():
        said = [text for nodes in listed if name not in ("drugs", "NEGATED") for text in each_option(nodes)]
        for text in retyped(pa.array(said, pa.string()), way).to_pylist():
            assert groups_in(text) == {name}, text


def test_drug_sentences_name_exactly_the_drugs_given() -> None:
    for name, forms in sentences()["words"].items():
        assert all(groups_in(form) == {name} for form in forms)
    assert all(
        not groups_in(said) for tone in ("use", "supply") for n in carriers()["drugs", tone] for said in each_option(n)
    )


def test_phone_numbers_are_ofcoms_for_fiction() -> None:
    assert all(shape.replace(" ", "").replace("-", "")[-10:-3] == "7700900" for shape in phone_shapes("07700 900123"))
    assert all(number[-3:] >= "800" for number in lists()["mobile"].to_pylist())  # below: the lines' own
    assert callable(fills)


def test_lists_hold_texts() -> None:
    for name, listed in lists().items():
        assert listed.type == pa.string() and listed.null_count == 0 and len(listed) > 1, name
