"""Places in the network: members inside their own discs, discs apart, the unlinked outside, and always the same."""

import numpy as np
import polars as pl
import pytest

from countylines.web.layout import GAP, RIM, Layout, arrange, layout_of
from countylines.web.layout_groups import place_groups, scattered
from countylines.web.reader import Reader

TIES = {"nominal_a": pl.String, "nominal_b": pl.String, "n_records": pl.Int64}


def invented(sizes: list[int], alone: int, ties: int, seed: int = 0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """People in groups of these sizes, some in none, with ties mostly within the group."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(-1, len(sizes)), [alone, *sizes])
    people = rng.permutation([f"N{i:05d}" for i in range(len(group))])
    nominals = pl.DataFrame(
        {"nominal_id": people, "group_id": [None if g < 0 else f"G{g:04d}" for g in group.tolist()]}
    )
    a = rng.integers(0, len(group), ties)
    near = np.array([rng.choice(np.flatnonzero(group == group[i])) for i in a])
    b = np.where(rng.random(ties) < 0.8, near, rng.integers(0, len(group), ties))
    pairs = {tuple(sorted((str(people[i]), str(people[j])))) for i, j in zip(a, b, strict=True) if i != j}
    rows = [(first, second, 1 + len(first) % 3) for first, second in sorted(pairs)]
    return nominals, pl.DataFrame(rows, TIES, orient="row")


def gaps(made: Layout) -> float:
    """The least space between two discs."""
    discs = [(disc.x, disc.y, disc.r) for disc in made.discs.values()]
    return min(np.hypot(a[0] - b[0], a[1] - b[1]) - a[2] - b[2] for k, a in enumerate(discs) for b in discs[k + 1 :])


@pytest.fixture(scope="module")
def case() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Some 700 people in 46 groups, one of them large."""
    return invented([240, 70, 33, *[12] * 13, *[3] * 30], alone=45, ties=1_900)


@pytest.fixture(scope="module")
def made(case: tuple[pl.DataFrame, pl.DataFrame]) -> Layout:
    """Their places."""
    return arrange(*case)


def test_no_two_discs_touch(made: Layout) -> None:
    """Outlines of groups never cross."""
    assert len(made.discs) == 46
    assert gaps(made) >= GAP - 0.05


def test_members_stand_inside_their_own_disc_and_nobody_else_does(
    made: Layout, case: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    """Everybody of a group within its edge; people in no group outside every disc."""
    for nominal, group in case[0].iter_rows():
        x, y = made.at(nominal)
        if group is None:
            assert all(np.hypot(x - disc.x, y - disc.y) > disc.r for disc in made.discs.values())
        else:
            disc = made.discs[group]
            assert np.hypot(x - disc.x, y - disc.y) <= disc.r - RIM + 0.05
            assert np.hypot(*made.inside(nominal, group)) < 1


def test_everybody_has_a_place_of_their_own(made: Layout) -> None:
    """No two people on the same spot, and every place is a number."""
    assert np.isfinite(made.x).all()
    assert np.isfinite(made.y).all()
    assert len(set(zip(made.x.tolist(), made.y.tolist(), strict=True))) == len(made.ids)


def test_the_order_of_rows_makes_no_difference(made: Layout, case: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """The same people and ties in another order stand in the same places, to the last digit."""
    nominals, edges = case
    again = arrange(
        nominals.sample(fraction=1.0, shuffle=True, seed=4), edges.sample(fraction=1.0, shuffle=True, seed=5)
    )
    assert again.ids == made.ids
    assert again.x.tolist() == made.x.tolist()
    assert again.y.tolist() == made.y.tolist()
    assert again.discs == made.discs


def test_people_who_share_records_stand_nearer_to_each_other(
    made: Layout, case: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    """In the large group ties are shorter than the mean distance of its people."""
    own = case[0].filter(pl.col("group_id") == "G0000")["nominal_id"].to_list()
    place = np.array([made.at(nominal) for nominal in own])
    mean = np.hypot(*(place[:, None] - place[None, :]).transpose(2, 0, 1)).mean()
    inside = (
        case[1].filter(pl.col("nominal_a").is_in(own) & pl.col("nominal_b").is_in(own)).select(pl.col("^nominal.*$"))
    )
    ties = [np.hypot(*np.subtract(made.at(a), made.at(b))) for a, b in inside.iter_rows()]
    assert np.mean(ties) < 0.85 * mean


def test_tied_groups_stand_nearer_to_each_other() -> None:
    """Of eight groups in a row of ties, neighbours are nearer than the others."""
    names = [f"G{k}" for k in range(8)]
    pairs = np.array([(k, k + 1) for k in range(7)])
    at = place_groups(names, np.full(8, 20.0), pairs, np.ones(7), 10.0)
    far = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    tied = far[pairs[:, 0], pairs[:, 1]].mean()
    assert tied < 0.7 * far[np.triu_indices(8, 1)].mean()


def test_a_group_that_stays_keeps_its_quarter(case: tuple[pl.DataFrame, pl.DataFrame], made: Layout) -> None:
    """Without one of 46 groups the others move by less than half of the drawing's width on average."""
    fewer = arrange(case[0].filter(pl.col("group_id").is_null() | (pl.col("group_id") != "G0045")), case[1])
    moved = [np.hypot(made.discs[name].x - disc.x, made.discs[name].y - disc.y) for name, disc in fewer.discs.items()]
    width = 2 * max(np.hypot(disc.x, disc.y) + disc.r for disc in made.discs.values())
    assert np.mean(moved) < width / 4


@pytest.mark.parametrize("sizes", [[], [3], [3, 3], [300]])
def test_few_groups_and_none(sizes: list[int]) -> None:
    """A run without any group, with one and with two has its places, too."""
    found = arrange(*invented(sizes, alone=4, ties=len(sizes) * 6))
    assert len(found.ids) == 4 + sum(sizes)
    assert len(found.discs) == len(sizes)
    assert np.isfinite(found.x).all()


def test_nobody_at_all() -> None:
    """An empty network has an empty layout."""
    empty = arrange(pl.DataFrame(schema={"nominal_id": pl.String, "group_id": pl.String}), pl.DataFrame(schema=TIES))
    assert empty.ids == ()
    assert dict(empty.discs) == {}


def test_a_start_depends_on_the_name_only() -> None:
    """A name starts at the same place whoever else is there, inside the unit disc."""
    many = scattered([f"N{k}" for k in range(500)])
    assert (np.hypot(*many.T) <= 1).all()
    assert scattered(["N7"])[0].tolist() == many[7].tolist()


def test_a_run_has_one_layout(reader: Reader) -> None:
    """It is made once a run, for everybody kept and every group."""
    found = layout_of(reader)
    assert layout_of(reader) is found
    assert found.ids == tuple(reader.table("nominals")["nominal_id"].sort().to_list())
    assert list(found.discs) == reader.table("groups")["group_id"].sort().to_list()
    assert gaps(found) >= GAP - 0.05
