"""The map from groups to roles: what it gives, and what is wrong in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.errors import InputError
from countylines.govern.claims import Access, ClaimMap, read_claims
from countylines.govern.people import ROLES

MAP = """
groups_claim: roles
groups:
  CL-North: {roles: [analyst], areas: [North]}
  CL-South: {roles: [analyst], areas: [South, East]}
  CL-Safeguarding: {roles: safeguarding}
  CL-Cleared: {cleared: true}
"""
ACCESS = st.builds(
    Access,
    st.frozensets(st.sampled_from(list(ROLES)), max_size=2),
    st.lists(st.sampled_from("ABC"), max_size=2, unique=True).map(tuple),
    st.booleans(),
)


def written(folder: Path, content: str = MAP) -> Path:
    path = folder / "claims.yaml"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("groups", "access"),
    [
        ([], Access()),
        (["Sport", 7, None], Access()),
        ("CL-North", Access(frozenset({"analyst"}), ("North",))),
        (["CL-South", "CL-North"], Access(frozenset({"analyst"}), ("East", "North", "South"))),
        (["CL-Safeguarding", "CL-Cleared"], Access(frozenset({"safeguarding"}), (), True)),
        (["CL-Cleared"], Access(cleared=True)),
        (["cl-north"], Access()),
    ],
)
def test_what_groups_give(tmp_path: Path, groups: object, access: Access) -> None:
    assert read_claims(written(tmp_path)).access({"roles": groups, "groups": ["CL-Cleared"]}) == access


@given(known=st.dictionaries(st.sampled_from("pqrs"), ACCESS), held=st.lists(st.sampled_from("pqrstu")))
def test_nothing_comes_from_nowhere(known: dict[str, Access], held: list[str]) -> None:
    given_access = ClaimMap(known).access({"groups": held})
    mine = [known[name] for name in held if name in known]
    assert given_access.roles == frozenset().union(*(one.roles for one in mine))
    assert set(given_access.areas) == {area for one in mine for area in one.areas}
    assert given_access.cleared == any(one.cleared for one in mine)


@pytest.mark.parametrize("claims", [{"_claim_names": {"groups": "src1"}}, {"hasgroups": True}])
def test_groups_that_were_left_out_are_an_error(claims: dict[str, object]) -> None:
    with pytest.raises(InputError, match="left out your groups, because there are too many"):
        ClaimMap({}).access(claims)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("groups: {}", r"claims\.yaml, groups: there are no groups, so nobody could sign in"),
        ("group: {a: {roles: [analyst]}}", r"there is no key 'group' here. Did you mean groups"),
        ("groups: {a: {roles: [boss]}}", r"groups\.a\.roles: there is no role 'boss'"),
        ("groups: {a: {role: [analyst]}}", r"groups\.a\.role: there is no key 'role' here"),
        ("groups: {a: analyst}", r"groups\.a: 'analyst' is not a set of keys"),
        ("groups: {a: {cleared: perhaps}}", r"groups\.a\.cleared: 'perhaps' isn't allowed. Give true or false"),
        ("name_claim: [x]\ngroups: {a: {roles: [analyst]}}", r"name_claim: \['x'\] is no text"),
    ],
)
def test_what_is_wrong_in_a_map(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_claims(written(tmp_path, content))
    with pytest.raises(InputError, match="the file can't be read"):
        read_claims(tmp_path / "no.yaml")
