"""Names that last: the matching against all matchings, its ties, and the words."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.errors import InputError
from countylines.partition.names import Earlier, Members, birds, match, name_groups, word

SEEDS = st.integers(0, 99999)


def people(text: str) -> Members:
    return frozenset(text)


def random_groups(rng: random.Random, crowd: int) -> list[Members]:
    """Some of a crowd sorted into groups that share nobody; the same crowd gives groups that overlap."""
    label = [rng.randrange(rng.randint(1, 5)) for _ in range(crowd)]
    group_of = {f"n{i:02d}": label[i] for i in range(crowd) if rng.random() < 0.8}
    return [frozenset(p for p in group_of if group_of[p] == g) for g in sorted(set(group_of.values()))]


def jaccard(one: Members, other: Members) -> float:
    return len(one & other) / len(one | other)


def matchings(rows: int, columns: list[int]) -> Iterator[tuple[int | None, ...]]:
    """Every way to give each row one of the columns or nothing."""
    if rows == 0:
        yield ()
        return
    for first in (*columns, None):
        for rest in matchings(rows - 1, [c for c in columns if c != first]):
            yield (first, *rest)


def best_of_all(earlier: list[Members], groups: list[Members]) -> list[tuple[int, int]]:
    """The greatest total; then the first earlier group's choice decides, then the second's; nothing comes last."""
    rank = {i: place for place, i in enumerate(sorted(range(len(groups)), key=lambda i: min(groups[i])))}
    scored = []
    for way in matchings(len(earlier), list(range(len(groups)))):
        values = [jaccard(earlier[old], groups[new]) for old, new in enumerate(way) if new is not None]
        if all(value >= 0.3 - 1e-9 for value in values):
            scored.append((sum(values), [len(groups) if new is None else rank[new] for new in way], way))
    greatest = max(total for total, *_ in scored)
    *_, way = min((entry for entry in scored if entry[0] >= greatest - 1e-9), key=lambda entry: entry[1])
    return [(old, new) for old, new in enumerate(way) if new is not None]


@given(seed=SEEDS, crowd=st.integers(1, 16))
def test_the_matching_is_the_best_of_all_matchings(seed: int, crowd: int) -> None:
    rng = random.Random(seed)
    earlier, groups = random_groups(rng, crowd), random_groups(rng, crowd)
    rng.shuffle(groups)
    assert match(earlier, groups) == best_of_all(earlier, groups)


def test_ties_are_broken_by_number_then_by_lowest_nominal_id() -> None:
    halves = [people("cd"), people("ab")]
    assert match([people("abcd")], halves) == [(0, 1)]  # both halves have Jaccard 1/2: the one with a
    assert match([people("cd"), people("ab")], [people("abcd")]) == [(0, 0)]  # the first of the earlier ones
    both = [people("abcd"), people("efgh")]
    assert match(both, [people("cdgh"), people("abef")]) == [(0, 1), (1, 0)]  # all four pairs have Jaccard 1/3
    assert match(both[::-1], [people("cdgh"), people("abef")]) == [(0, 1), (1, 0)]


def test_the_sum_counts_not_the_first_come() -> None:
    """a..f went 4 to one and 2 to another group; taken greedily the large pair would leave the other two unmatched."""
    earlier = [people("abcdef"), people("ghi")]
    groups = [people("abcdghi"), people("ef")]
    total = jaccard(earlier[0], groups[1]) + jaccard(earlier[1], groups[0])
    assert jaccard(earlier[0], groups[0]) < total
    assert match(earlier, groups) == [(0, 1), (1, 0)]


def test_the_threshold_is_met_at_three_tenths() -> None:
    assert match([people("abcdefghij")], [people("abc")]) == [(0, 0)]
    assert match([people("abcdefghijk")], [people("abc")]) == []


def test_groups_that_share_nobody_are_not_matched() -> None:
    assert match([people("abc")], [people("def")]) == []
    assert match([], [people("abc")]) == match([people("abc")], []) == match([], []) == []


def earlier_run(*groups: tuple[str, str]) -> list[Earlier]:
    return [Earlier(group_id, word(int(group_id[1:])), people(members)) for group_id, members in groups]


def test_first_names_go_by_size_then_by_lowest_nominal_id() -> None:
    groups = [people("abc"), people("defg"), people("hij")]
    assert [group_id for group_id, _ in name_groups(groups)] == ["G0002", "G0001", "G0003"]


def test_a_group_keeps_its_id_and_its_name_whatever_it_says() -> None:
    before = [Earlier("G0012", "12 Old Name", people("abcd"))]
    assert name_groups([people("abce"), people("xyz")], before) == [("G0012", "12 Old Name"), ("G0013", word(13))]


def test_new_numbers_come_after_the_highest_earlier_one_matched_or_not() -> None:
    before = earlier_run(("G0002", "abc"), ("G0009", "def"))
    assert [group_id for group_id, _ in name_groups([people("abc"), people("xyz")], before)] == ["G0002", "G0010"]
    assert name_groups([people("xyz")], before, last_number=40) == [("G0041", word(41))]


def test_numbers_sort_as_numbers_beyond_four_digits() -> None:
    before = earlier_run(("G10000", "cd"), ("G9999", "ab"))
    assert name_groups([people("abcd")], before)[0][0] == "G9999"
    assert name_groups([people("xyz")], before)[0][0] == "G10001"


@given(seed=SEEDS)
def test_the_same_people_keep_all_their_names_in_any_order(seed: int) -> None:
    rng = random.Random(seed)
    groups = random_groups(rng, 20)
    named = name_groups(groups)
    before = [Earlier(*name, group) for name, group in zip(named, groups, strict=True)]
    shuffled = rng.sample(groups, len(groups))
    again = name_groups(shuffled, rng.sample(before, len(before)))
    assert dict(zip(shuffled, again, strict=True)) == dict(zip(groups, named, strict=True))


@given(seed=SEEDS, crowd=st.integers(0, 30))
def test_no_two_groups_share_an_id_or_a_name(seed: int, crowd: int) -> None:
    rng = random.Random(seed)
    first = random_groups(rng, crowd)
    before = [Earlier(*name, group) for name, group in zip(name_groups(first), first, strict=True)]
    named = name_groups(random_groups(rng, crowd), before)
    assert len({group_id for group_id, _ in named}) == len({name for _, name in named}) == len(named)


def test_an_id_of_another_kind_is_refused() -> None:
    with pytest.raises(InputError, match="'7' is not a group id"):
        name_groups([people("abc")], [Earlier("7", "seven", people("abc"))])


def test_words_are_many_short_distinct_and_plain() -> None:
    words = birds()
    assert len(words) >= 200
    assert words[0] == "Lapwing"
    assert all(re.fullmatch(r"[A-Z][a-z]{2,11}", each) for each in words)
    assert all(differ(one.lower(), other.lower()) for one, other in itertools.combinations(words, 2))


def differ(one: str, other: str) -> bool:
    """Not the same but for one letter changed, added or left out."""
    if abs(len(one) - len(other)) > 1:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) > 1
    return all(long[:i] + long[i + 1 :] != short for i in range(len(long)))


AVOID = re.compile(
    "crack|coke|cocain|heron|smack|snow|weed|dove|puff|spoon|stone|rock|pipe|junk|crake|turkey|canary|pigeon|cuckoo"
    "|swallow|mule|rail|line|runner|magpie|robin|jay|martin|merlin|raven|phoebe|drake|charlie|black|white|brown|mandarin"
    "|kiwi|tit|booby|cock|pecker|shag|bustard|shank|razor|kill|thrash|vulture|loon|dodo|noddy|gull|chick|shit|arse|sex"
    "|bastard|gun|knife|snipe|tanager|myna"
)


def test_no_word_holds_another_meaning() -> None:
    """Drugs, weapons, informers, race, insults and first names, as far as birds are called so."""
    assert [each for each in birds() if AVOID.search(each.lower())] == []


def test_the_list_starts_again_with_the_round() -> None:
    n = len(birds())
    assert (word(n), word(n + 1), word(2 * n + 1)) == (
        f"{n} {birds()[-1]}",
        f"{n + 1} Lapwing 2",
        f"{2 * n + 1} Lapwing 3",
    )
    assert len({word(i) for i in range(1, 3 * n)}) == 3 * n - 1
