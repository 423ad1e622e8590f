"""SOC overlap: shares by hand, chance by counting."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.partition.overlap import chance, overlaps

KEPT = frozenset("abcdefghij")


def counted(shared: int, size: int, listed: int, kept: int) -> Fraction:
    """The share of all draws of ``size`` people that hold at least ``shared`` of the first ``listed``."""
    draws = list(itertools.combinations(range(kept), size))
    return Fraction(sum(sum(p < listed for p in draw) >= shared for draw in draws), len(draws))


@pytest.mark.parametrize("kept", range(1, 9))
def test_chance_is_the_share_of_all_draws(kept: int) -> None:
    for size, listed in itertools.product(range(1, kept + 1), range(kept + 1)):
        for shared in range(1, min(size, listed) + 1):
            assert chance(shared, size, listed, kept, 1) == pytest.approx(float(counted(shared, size, listed, kept)))


@given(data=st.data(), kept=st.integers(10, 5000))
def test_chance_is_the_hypergeometric_tail_for_large_numbers_too(data: st.DataObject, kept: int) -> None:
    size, listed = data.draw(st.integers(1, min(kept, 60))), data.draw(st.integers(1, min(kept, 60)))
    shared = data.draw(st.integers(max(1, size + listed - kept), min(size, listed)))
    ways = sum(math.comb(listed, k) * math.comb(kept - listed, size - k) for k in range(shared, min(size, listed) + 1))
    exact = Fraction(ways, math.comb(kept, size))
    assert chance(shared, size, listed, kept, 3) == pytest.approx(float(min(1, 3 * exact)), rel=1e-9)


def test_chance_is_multiplied_by_the_number_of_groups_and_never_above_one() -> None:
    once = chance(2, 3, 2, 5, 1)
    assert once == pytest.approx(0.3)
    assert chance(2, 3, 2, 5, 3) == pytest.approx(0.9)
    assert chance(2, 3, 2, 5, 4) == 1


def test_shares_count_all_members_of_the_group_and_all_who_are_listed() -> None:
    references = {"SOC1": frozenset("abxyz"), "SOC2": frozenset("d"), "SOC3": frozenset("z")}
    found = overlaps(frozenset("abcd"), references, KEPT)
    assert [(o.reference_group, o.shared, o.share_of_group, o.share_of_reference) for o in found] == [
        ("SOC1", 2, 0.5, 0.4),
        ("SOC2", 1, 0.25, 1.0),
    ]
    assert found[0].chance_probability == pytest.approx(min(1, 3 * counted(2, 4, 2, 10)))  # a, b are kept; x, y, z not


def test_ties_go_by_name() -> None:
    references = {"B": frozenset("a"), "A": frozenset("b"), "C": frozenset("ca")}
    assert [o.reference_group for o in overlaps(frozenset("abc"), references, KEPT)] == ["C", "A", "B"]


def test_associated_needs_more_than_half() -> None:
    references = {"S": frozenset("abcd")}
    (half,) = overlaps(frozenset("abcdefgh"), references, KEPT)
    (more,) = overlaps(frozenset("abcdefg"), references, KEPT)
    assert (half.share_of_group, half.associated, more.associated) == (0.5, False, True)


def test_someone_in_two_soc_groups_counts_in_both() -> None:
    references = {"S": frozenset("ab"), "T": frozenset("ab")}
    assert [o.associated for o in overlaps(frozenset("abc"), references, KEPT)] == [True, True]


def test_nothing_shared_is_no_row() -> None:
    assert overlaps(frozenset("abc"), {"S": frozenset("xyz")}, KEPT) == []
