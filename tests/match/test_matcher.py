"""Records in, hits out: exceptions, columns, other processes."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countylines.match import finder as module
from countylines.match import matcher as matcher_module
from countylines.match.lexicon import Group, Lexicon, Term, load_lexicon
from countylines.match.matcher import Matcher
from countylines.match.normalise import normalise
from countylines.match.pattern import definition, read_pattern
from countylines.match.texts import Texts
from countylines.tables import RUN

WORDS = [
    "no",
    "county",
    "line",
    "lines",
    "link",
    "runner",
    "did",
    "a",
    "non",
    "-",
    "weed",
    "killer",
    "é",
    ".",
    "\u00a0",
    "\n",
]
TEXTS = st.lists(st.none() | st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join), max_size=6)
LEXICON = Lexicon(
    "1",
    (
        Group(
            "LINE",
            1.0,
            (Term("county lines?"), Term("lines?")),
            ("no county lines?", "(?:no )?county line link", "a line"),
        ),
        Group(
            "OTHER",
            0.1,
            (Term("runner"), Term("off", ambiguous=True)),
            ("did a runner", "non runner", "county lines? runner"),
        ),
        Group("WEED", 0.02, (Term("weed"),), ("weed killer",)),
    ),
)


def batch(texts: list[str | None]) -> pa.RecordBatch:
    ids = pa.array([f"crime:{number}" for number in range(len(texts))], pa.string())
    return pa.record_batch([ids, pa.array(texts, pa.string())], names=["record_id", "text"])


def by_hand(lexicon: Lexicon, texts: list[str | None], except_rules: bool) -> list[tuple[object, ...]]:
    """METHOD 2, word for word."""
    rows: list[tuple[object, ...]] = []
    for number, text in enumerate(texts):
        plain = normalise(text or "")
        for group in lexicon.groups:
            for pattern in group.patterns:
                for hit in re.finditer(definition(pattern), plain, re.ASCII | re.IGNORECASE):
                    around = [
                        text
                        for text in (group.excepts if except_rules else ())
                        for span in re.finditer(definition(text), plain, re.ASCII | re.IGNORECASE)
                        if span.start() <= hit.start() and hit.end() <= span.end()
                    ]
                    rows.append(
                        (f"crime:{number}", group.name, pattern, hit.start(), hit.end(), around[0] if around else None)
                    )
    return rows


def found(lexicon: Lexicon, texts: list[str | None], except_rules: bool = True) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in Matcher(lexicon, except_rules)(batch(texts)).to_pylist()]


@given(TEXTS, st.booleans())
def test_hits_and_exceptions_are_the_definitions(texts: list[str | None], except_rules: bool) -> None:
    assert found(LEXICON, texts, except_rules) == by_hand(LEXICON, texts, except_rules)


@settings(max_examples=15)
@given(st.lists(st.text(), max_size=3))
def test_the_shipped_lexicon_on_any_text(texts: list[str]) -> None:
    examples = [text for group in load_lexicon().groups for text in (*group.hits, *group.misses)]
    mixed = [*texts, *(" ".join(pair) for pair in zip(texts, examples, strict=False))]
    lexicon = _shipped()
    assert found(lexicon, [*mixed]) == by_hand(lexicon, [*mixed], True)


FILLER = "x" * 9000  # so much text that windows are worth it
GAPS = st.sampled_from(
    [" ", " ", " ", "-", "    ", "     ", " " * 40, "\n \r\n\t\t", "\u00a0" * 6, "\u2003-" * 3, ".", "\0", "é "]
)
GAPPED = st.lists(st.tuples(st.sampled_from([*WORDS, "x" * 45]), GAPS), max_size=14).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


@settings(max_examples=300)
@given(st.lists(GAPPED, max_size=4), st.sampled_from([(), (r"did (?:\w+ )?a runner",)]))
def test_exceptions_far_away_over_wide_blanks_and_at_borders(texts: list[str], unbounded: tuple[str, ...]) -> None:
    """Only windows around hits are searched for exceptions: nothing may be lost for that."""
    line, other, weed = LEXICON.groups
    lexicon = Lexicon("1", (line, replace(other, excepts=(*other.excepts, *unbounded)), weed))
    assert found(lexicon, [*texts, FILLER]) == by_hand(lexicon, [*texts, FILLER], True)


@pytest.mark.parametrize("pad", ["", "x" * 99 + " ", "– " * 99])
@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("no county lines", ["no county lines?"]),  # as wide as the window, with a row's border at both sides
        ("no    county    lines", ["no county lines?"]),  # blanks of 4 are within its width
        ("no     county lines", ["no county lines?"]),  # blanks of 5 aren't
        ("no county" + " " * 500 + "lines", ["no county lines?"]),
        ("no" + "-" * 500 + "county lines", ["no county lines?"]),
        ("xno county lines", [None]),
        ("no county lines_", []),
        ("no no county lines", ["no county lines?"]),
        ("no county lines no county lines", ["no county lines?"] * 2),
    ],
)
def test_where_an_exception_may_hide(pad: str, text: str, by: list[str | None]) -> None:
    lexicon = Lexicon("1", (Group("LINE", 1.0, (Term("county lines"),), ("no county lines?",)),))
    texts: list[str | None] = ["a county", pad + text, "lines", pad + text + " " + pad, "no", "county lines x", FILLER]
    assert [row[-1] for row in found(lexicon, texts)] == [*by, *by, None]
    assert found(lexicon, texts) == by_hand(lexicon, texts, True)


def test_an_exception_that_overlaps_an_earlier_match_of_itself_does_not_count() -> None:
    """``re.finditer`` goes on from the end of a match: the window alone would show another one."""
    lexicon = Lexicon("1", (Group("A", 1.0, (Term("weed"),), ("no no|no weed",)),))
    text = "x" * 100 + " no no weed, no no no weed " + "x" * 100
    assert [row[-1] for row in found(lexicon, [text, FILLER])] == [None, "no no|no weed"]
    assert found(lexicon, [text, FILLER]) == by_hand(lexicon, [text, FILLER], True)


def test_only_rows_with_an_exception_near_a_hit_are_searched_whole() -> None:
    excepts = module.HyperscanFinder([read_pattern("no weed")])
    far = " x" * 50
    texts = Texts(pa.array([f"no weed {far} weed", f"{far} weed {far}", "no weed", f"{far} weed     x {far}"]))
    hits = module.HyperscanFinder([read_pattern("weed")]).find(texts)
    assert excepts.near(texts, hits).tolist() == [0, 2, 3]
    each = [module.Found(*(column[hit : hit + 1] for column in hits)) for hit in range(4)]
    assert [excepts.near(texts, hit).tolist() for hit in each] == [[0], [], [], [2]]


def test_many_chunks_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["weed", None, "é no county–line", "x" * 50, "", "did a runner"] * 20
    whole = found(LEXICON, texts)
    assert whole == by_hand(LEXICON, texts, True)
    monkeypatch.setattr(matcher_module, "CHUNK_BYTES", 7)
    assert found(LEXICON, texts) == whole


def _shipped(lexicon: list[Lexicon] = []) -> Lexicon:  # noqa: B006, read once
    if not lexicon:
        lexicon.append(load_lexicon())
    return lexicon[0]


def test_the_shipped_examples_against_the_definition() -> None:
    lexicon = _shipped()
    examples: list[str | None] = [text for group in lexicon.groups for text in (*group.hits, *group.misses)]
    assert found(lexicon, examples) == by_hand(lexicon, examples, True)
    assert found(lexicon, examples, False) == by_hand(lexicon, examples, False)


def test_an_exception_must_hold_the_whole_hit_of_its_own_group() -> None:
    lexicon = Lexicon(
        "1",
        (
            Group("A", 1.0, (Term("county line fire"), Term("line")), ("no county line",)),
            Group("B", 1.0, (Term("county"),), ()),
        ),
    )
    assert [row[1:] for row in found(lexicon, ["no county line fire"])] == [
        ("A", "county line fire", 3, 19, None),  # only partly inside
        ("A", "line", 10, 14, "no county line"),
        ("B", "county", 3, 9, None),  # another group's exception
    ]


def test_the_first_exception_in_file_order_is_named() -> None:
    for excepts in (("no weed", "no weed here"), ("no weed here", "no weed")):
        lexicon = Lexicon("1", (Group("A", 1.0, (Term("weed"),), excepts),))
        assert found(lexicon, ["no weed here"])[0][-1] == excepts[0]


def test_columns_and_types_are_the_run_tables() -> None:
    for texts in (["weed"], [], [None], ["nothing"]):
        made = Matcher(LEXICON)(batch([*texts]))
        assert made.schema == RUN["hits"].schema
        made.validate(full=True)


def test_ids_of_any_string_type() -> None:
    ids = pa.array(["a", "b"], pa.large_string())
    made = Matcher(LEXICON)(
        pa.record_batch([ids, pa.array(["x", "weed"], pa.string_view())], names=["record_id", "text"])
    )
    assert made.to_pylist()[0]["record_id"] == "b"


def test_with_and_without_hyperscan_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str | None] = ["no county lines, did a runner", None, "weed\u2013killer weed", "a line é runner"]
    fast = found(LEXICON, texts)
    monkeypatch.setattr(module, "hyperscan", None)
    assert found(LEXICON, texts) == fast


def test_it_pickles_and_runs_in_another_process() -> None:
    matcher = Matcher(LEXICON)
    matcher(batch(["weed"]))  # compiled here: the copy must not need that
    code = (
        "import pickle, sys, pyarrow as pa; matcher = pickle.loads(sys.stdin.buffer.read());"
        "print(matcher(pa.record_batch({'record_id': ['a'], 'text': ['no weed killer, weed']})).num_rows)"
    )
    made = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(matcher), capture_output=True, check=True)
    assert made.stdout.split() == [b"2"]
