"""The fast finder against the definition: ``re.finditer`` on normalised text."""

from __future__ import annotations

import threading

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from countylines.match import finder as module
from countylines.match.dialect import PatternError
from countylines.match.finder import HyperscanFinder, ReFinder, finder
from countylines.match.pattern import Pattern, read_pattern
from countylines.match.texts import Texts, as_strings, chunks

NASTY = "aabbABc1_ -`\n\r\t\0\x1f\x7f.,'\"\u00a0\u2013\u2014\u2019\u201c\u3000Ａｂ－é\u0301ß\u017f\u212a😀𝐀\u2028\ufeff"
TEXTS = st.lists(st.none() | st.text(st.sampled_from(NASTY), max_size=24), max_size=8)

LITERALS = ["a", "b", "ab", "B", "1", "_", "c", "'", "-", r"\.", r"\x61", '"']
CLASSES = [".", r"\w", r"\W", r"\s", r"\S", r"\d", r"\D", r"\b", r"\B"]
SETS = ["[ab]", "[^a]", "[^b-c_]", r"[\s-]", r"[^\w]", "[a-c1]", "[A-C]", "[^A]", "[Z-a]", "[^']", "[!-/]", "[^Z-a]"]
ATOMS = st.sampled_from([*LITERALS, *CLASSES, *SETS])
REPEATS = st.sampled_from(["", "", "", "?", "*", "+", "??", "*?", "+?", "{2}", "{1,3}", "{,2}", "{2,}", "{0,2}?"])


def _compose(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(st.tuples(parts, REPEATS), min_size=1, max_size=3).map(
        lambda some: "".join(f"(?:{p}){r}" for p, r in some)
    )
    return st.one_of(
        several,
        st.tuples(parts, parts).map(" ".join),  # a blank: one or more white spaces and dashes
        st.tuples(parts, parts).map("".join),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
        st.tuples(parts, REPEATS).map(lambda pair: f"({pair[0]}){pair[1]}"),
    )


PATTERNS = st.recursive(ATOMS, _compose, max_leaves=6)


def read(text: str) -> Pattern | None:
    """The pattern, or None where the lexicon would refuse it."""
    try:
        return read_pattern(text)
    except PatternError:
        return None


def spans(found: module.Found) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in found), strict=True))


def same(patterns: list[Pattern], texts: list[str | None], kind: pa.DataType | None = None) -> list[tuple[int, ...]]:
    """Both finders' hits, which must be equal."""
    array = Texts(as_strings(pa.array(texts, kind or pa.string())))
    expected = spans(ReFinder(patterns).find(array))
    assert spans(HyperscanFinder(patterns).find(array)) == expected
    return expected


def hits(pattern: str, *texts: str | None) -> list[tuple[int, ...]]:
    """Row, start and end of a pattern's hits."""
    return [(row, start, end) for row, _, start, end in same([read_pattern(pattern)], list(texts))]


@settings(max_examples=400)
@given(st.lists(PATTERNS, min_size=1, max_size=5), TEXTS)
def test_equal_to_finditer_on_random_patterns_and_texts(written: list[str], texts: list[str | None]) -> None:
    patterns = [pattern for text in written if (pattern := read(text))]
    assume(patterns)
    try:
        HyperscanFinder(patterns)
    except PatternError:
        assume(False)
    same(patterns, texts)


WORDS = st.sampled_from(
    [
        "county",
        "line",
        "lines",
        "a",
        "snow",
        "no",
        "-",
        " ",
        "  ",
        "     ",
        " - ",
        "\n",
        "\0",
        "é",
        "\u00a0",
        "–",
        "x" * 30,
    ]
)


@settings(max_examples=150)
@given(st.lists(st.lists(WORDS, max_size=12).map("".join), max_size=6))
def test_equal_to_finditer_on_phrases(texts: list[str]) -> None:
    written = [
        "county lines?",
        "no (?:a )*county",
        "a a a",
        "(?:a|a a|county line) (?:line|a)",
        "snow",
        r"a.{1,6}a",
        "line ?s".replace(" ", ""),
    ]
    same([read_pattern(text) for text in written], [*texts])


def test_no_hit_crosses_a_row() -> None:
    assert hits("county lines?", "the county", "lines", "county line", "s") == [(2, 0, 11)]
    assert hits(r"a\W+b", "a", "b", "a ", " b", "a b") == [(4, 0, 3)]
    assert hits("a.b", "xa", "b", "a\nb", "a\0b") == [(2, 0, 3), (3, 0, 3)]


def test_words_at_the_borders_of_rows_are_whole_words() -> None:
    assert hits("heroin", "heroin", "heroine", "heroin") == [(0, 0, 6), (2, 0, 6)]


@pytest.mark.parametrize(
    "gap",
    [
        " ",
        "\n",
        "\r\n",
        "\t",
        "\u00a0",
        "\u2003",
        "-",
        "\u2013",
        "\u2014",
        "\u2212",
        " \u2013 ",
        "\u3000",
        "－",
        " " * 50,
    ],
)
def test_a_blank_is_any_white_space_or_dash(gap: str) -> None:
    text = f"é COUNTY{gap}LINES."
    assert hits("county lines", text) == [(0, 2, len(text) - 1)]


@pytest.mark.parametrize("gap", ["", "_", ".", "\u00ad", "\u200b", "\0", "é", "\u0301"])
def test_nothing_else_is(gap: str) -> None:
    assert hits("county lines", f"county{gap}lines") == []


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("heroin", "ＨＥＲＯＩＮ found", [(0, 0, 6)]),  # full width
        ("heroin", "😀😀 heroin", [(0, 3, 9)]),  # astral characters are one each
        ("heroin", "e\u0301 heroin\u0301", [(0, 3, 9)]),  # a combining mark is one, and no word character
        ("nan's", "nan’s nan`s nanʼs", [(0, 0, 5), (0, 6, 11), (0, 12, 17)]),  # typographic quotes
        ("cafe", "café", []),
        ("weed", "\ufeffweed", [(0, 1, 5)]),
        ("weed", "weed\0weed", [(0, 0, 4), (0, 5, 9)]),
        ("k2", "\u212a2", [(0, 0, 2)]),  # the Kelvin sign is a K
        ("a a", "a a a a a", [(0, 0, 3), (0, 4, 7)]),  # overlaps: the leftmost, then on from its end
        ("a a a|a a", "a a a a a", [(0, 0, 5), (0, 6, 9)]),  # order of alternatives
        ("a a|a a a", "a a a", [(0, 0, 3)]),
        ("a.*b", "a b b", [(0, 0, 5)]),  # greedy
        ("a.*?b", "a b b", [(0, 0, 3)]),  # lazy
        ("weed", "", []),
    ],
)
def test_hard_cases(pattern: str, text: str, expected: list[tuple[int, ...]]) -> None:
    assert hits(pattern, text) == expected


def test_wide_blanks_far_from_the_reported_end() -> None:
    """The leftmost match starts before the window of the first end only if a blank in the window is wide."""
    for wide in range(1, 12):
        texts = [f"a{' ' * wide}b{' ' * wide}c c", f"x a{'-' * wide}b c b c", f"a b{' ' * wide}c"]
        assert same([read_pattern("a b c|b c|b c b c|c c")], texts)


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_every_kind_of_arrow_string(kind: pa.DataType) -> None:
    assert same([read_pattern("weed")], ["weed", None, "é weed", "", "weed"], kind) == [
        (0, 0, 0, 4),
        (2, 0, 2, 6),
        (4, 0, 0, 4),
    ]


@given(TEXTS, st.integers(0, 8), st.integers(0, 8))
def test_sliced_arrays(texts: list[str | None], offset: int, length: int) -> None:
    patterns = [read_pattern("a"), read_pattern("b.?"), read_pattern("a b")]
    for kind in (pa.string(), pa.large_string()):
        sliced = pa.array(texts, kind).slice(offset, length)
        assert spans(HyperscanFinder(patterns).find(Texts(sliced))) == spans(
            ReFinder(patterns).find(Texts(pa.array(sliced.to_pylist(), kind)))
        )


def test_a_null_with_bytes_behind_it_has_no_hits() -> None:
    whole = pa.array(["weed", "weed é", "weed"])
    hidden = pa.Array.from_buffers(pa.string(), 3, [pa.py_buffer(b"\x05"), *whole.buffers()[1:]])
    assert hidden.to_pylist() == ["weed", None, "weed"]
    assert spans(HyperscanFinder([read_pattern("weed")]).find(Texts(hidden))) == [(0, 0, 0, 4), (2, 0, 0, 4)]


@given(TEXTS, st.integers(1, 40))
def test_chunks_hold_every_row_once_and_keep_the_cap(texts: list[str | None], most: int) -> None:
    array = pa.array(texts, pa.string())
    parts = list(chunks(array, most))
    assert [text for _, part in parts for text in part.to_pylist()] == texts
    assert all(
        len(part) == 1 or sum(len((text or "").encode()) for text in part.to_pylist()) <= most
        for _, part in parts
        if array.nbytes > most
    )
    assert [first for first, _ in parts] == np.cumsum([0, *(len(part) for _, part in parts)])[: len(parts)].tolist()


def test_a_text_of_50_megabytes() -> None:
    text = "x" * 25_000_000 + " county   lines " + "weed " * 3 + "y " * 12_000_000 + "é heroin"
    patterns = [read_pattern(pattern) for pattern in ("county lines?", "weed", "heroin")]
    found = spans(HyperscanFinder(patterns).find(Texts(pa.array(["weed", text, "weed"]))))
    at = 25_000_001
    assert found == [
        (0, 1, 0, 4),
        (1, 0, at, at + 14),
        *((1, 1, at + 15 + 5 * i, at + 19 + 5 * i) for i in range(3)),
        (1, 2, len(text) - 6, len(text)),
        (2, 1, 0, 4),
    ]


def test_no_patterns_no_texts() -> None:
    assert spans(HyperscanFinder([]).find(Texts(pa.array(["a"])))) == []
    assert spans(HyperscanFinder([read_pattern("a")]).find(Texts(pa.array([], pa.string())))) == []
    assert spans(ReFinder([read_pattern("a")]).find(Texts(pa.array([None], pa.string())))) == []


def test_threads_share_a_finder() -> None:
    array = Texts(pa.array(["weed and county lines é", "snow"] * 500))
    shared = HyperscanFinder([read_pattern("weed"), read_pattern("county lines?")])
    expected, results = spans(shared.find(array)), {}
    threads = [threading.Thread(target=lambda n=n: results.update({n: spans(shared.find(array))})) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(results.values()) == [expected] * 4


def test_hyperscan_names_the_pattern_it_refuses() -> None:
    good, bad = read_pattern("weed"), read_pattern("a{1,40000}")
    with pytest.raises(PatternError, match="Hyperscan refuses it") as error:
        HyperscanFinder([good, bad])
    assert error.value.pattern == bad.text


def test_without_the_wheel_the_plain_finder_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    patterns = [read_pattern("weed")]
    assert isinstance(finder(patterns), HyperscanFinder)
    monkeypatch.setattr(module, "hyperscan", None)
    assert isinstance(finder(patterns), ReFinder)
