"""How many of everything: quotas in proportion, whole numbers that add up."""

import math

from hypothesis import given
from hypothesis import strategies as st

from countylines.synthetic.scale import BASE, HITS, scale, shares

# FACTS: records in the network / not, by group, in the 2021 paper.
PAPER = {
    "CL WORDS": (6, 0),
    "COUNTY LINE": (8272, 0),
    "CUCKOO": (208, 0),
    "DRUGS LINE": (1036, 4363),
    "MISPER": (1645, 23713),
    "OTHER": (864, 4211),
    "COCAINE": (1225, 68314),
    "CRACK": (1020, 40729),
    "HEROIN": (962, 37640),
    "WEED": (684, 37755),
    "SMACK": (43, 7309),
    "OTHER DRUG": (251, 23601),
}


def test_quotas_are_the_papers() -> None:
    assert {name: inside + outside for name, (inside, outside) in PAPER.items()} == HITS
    assert scale(BASE).hits == HITS


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0, 1e6), min_size=1, max_size=8))
def test_shares_are_whole_near_and_add_up(wanted: dict[str, float]) -> None:
    made = shares(wanted)
    assert sum(made.values()) == round(sum(wanted.values()))
    assert all(math.floor(wanted[name]) <= count <= math.floor(wanted[name]) + 1 for name, count in made.items())


@given(st.integers(1_000, 6_000_000))
def test_quotas_are_in_proportion(records: int) -> None:
    made = scale(records)
    assert all(abs(made.hits[name] - count * records / BASE) <= 1 for name, count in HITS.items())
    assert made.lines >= 2 and 0.3 <= made.crew <= 1
    assert made.line_records <= made.hits["COUNTY LINE"]


def test_lines_by_size() -> None:
    assert [scale(n).lines for n in (1_000, 10_000, 20_000, 100_000, 1_500_000, 5_000_000)] == [2, 2, 3, 3, 50, 167]
