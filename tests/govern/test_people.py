"""Every role and every action, against the design's table written down a second time, the other way round."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.govern import people
from countylines.govern.accounts import Account

MAY = {
    "analyst": (
        "see_home see_groups see_group see_people uncover_names see_network see_removal_order see_removal_counts "
        "see_priority_of_people see_safeguarding_counts see_own_referrals make_referral see_missing see_lines "
        "work_lines see_releases see_tasking see_lexicon try_lexicon see_assurance see_runs search export_table "
        "export_network make_ruling confirm_ruling write_note share_view"
    ),
    "safeguarding": (
        "see_home see_groups see_group see_people uncover_names see_safeguarding see_safeguarding_counts "
        "see_own_referrals make_referral work_case export_referral see_missing see_lines see_releases see_lexicon "
        "see_assurance see_runs search make_ruling confirm_ruling confirm_ruling_safeguarding write_note "
        "share_view"
    ),
    "senior_officer": (
        "see_home see_groups see_group see_people uncover_names see_network see_removal_order see_removal_counts "
        "see_priority_of_people see_safeguarding_counts see_missing see_lines see_releases see_tasking "
        "work_tasking see_lexicon see_assurance see_runs search export_table export_network make_ruling "
        "confirm_ruling write_note share_view"
    ),
    "data_scientist": (
        "see_home see_groups see_group see_people see_network see_removal_order see_removal_counts "
        "see_priority_of_people see_safeguarding_counts see_lexicon try_lexicon see_assurance see_runs "
        "export_table make_ruling share_view"
    ),
    "ethics_committee": (
        "see_home see_groups see_group see_removal_counts see_safeguarding_counts see_lexicon see_assurance "
        "see_runs see_transparency"
    ),
    "reviewer": "review_records",
    "auditor": "see_home see_groups see_group see_lexicon see_assurance see_runs see_log see_transparency export_table",
    "administrator": "see_runs administer_accounts administer_sources administer_retention",
}
PAIRS = [(role, action) for role in people.ROLES for action in people.ACTIONS]
SOME_ROLES = st.sets(st.sampled_from(list(people.ROLES)))
NAMES = {"see_people", "see_network", "see_removal_order", "see_priority_of_people", "see_safeguarding", "see_missing",
         "see_lines", "see_releases", "search", "export_network"}  # fmt: skip


@pytest.mark.parametrize(("role", "action"), PAIRS)
def test_every_role_and_action(role: str, action: str) -> None:
    assert people.allowed([role], action) == (action in MAY[role].split())
    assert people.allowed([role], action) == (action in people.MATRIX[role])


def test_the_table_names_nothing_that_is_not_there() -> None:
    assert MAY.keys() == people.ROLES.keys()
    assert {action for line in MAY.values() for action in line.split()} == people.ACTIONS.keys() - {"see_restricted"}
    assert len({role.label for role in people.ROLES.values()}) == 8
    assert all(thing.sentence.endswith(".") for thing in [*people.ROLES.values(), *people.ACTIONS.values()])


@given(roles=SOME_ROLES, action=st.sampled_from(list(people.ACTIONS)))
def test_several_roles_add_up(roles: set[str], action: str) -> None:
    assert people.allowed(roles, action) == any(people.allowed([role], action) for role in roles)
    assert people.allowed(iter(roles), action) == people.allowed(roles, action)


@given(roles=SOME_ROLES, more=SOME_ROLES)
def test_no_role_uncovers_less_than_two_do(roles: set[str], more: set[str]) -> None:
    assert people.covers_names(roles) >= people.covers_names(roles | more)
    assert people.hides_small_counts(roles) >= people.hides_small_counts(roles | more)


@pytest.mark.parametrize("role", ["ethics_committee", "reviewer", "auditor", "administrator"])
def test_roles_without_names_reach_no_page_of_people(role: str) -> None:
    assert not people.MATRIX[role] & NAMES
    assert people.covers_names([role])


def test_who_sees_names_and_small_counts() -> None:
    assert [role for role in people.ROLES if not people.covers_names([role])] == [
        "analyst",
        "safeguarding",
        "senior_officer",
    ]
    assert people.covers_names([])
    assert people.hides_small_counts([])
    assert people.hides_small_counts(["ethics_committee"])
    assert not people.hides_small_counts(["auditor"])


def test_safeguarding_is_another_room() -> None:
    """No role but safeguarding's sees the queue, and safeguarding's sees no order and no priority."""
    assert [role for role in people.ROLES if people.allowed([role], "see_safeguarding")] == ["safeguarding"]
    assert [role for role in people.ROLES if people.allowed([role], "confirm_ruling_safeguarding")] == ["safeguarding"]
    barred = ("see_removal_order", "see_priority_of_people", "see_tasking", "export_network", "export_table")
    assert not any(people.allowed(["safeguarding"], action) for action in barred)


def test_restricted_records_go_by_clearance_alone() -> None:
    assert not people.allowed(people.ROLES, "see_restricted")
    account = Account("1", "ann", "Ann", frozenset({"analyst"}), cleared=True)
    assert account.may("see_restricted")
    assert not Account("1", "ann", "Ann", frozenset({"analyst"})).may("see_restricted")
    assert not Account("1", "ann", "Ann", frozenset(), cleared=True).may("see_restricted")
    assert not Account("1", "ann", "Ann", frozenset({"analyst"}), cleared=True, disabled=True).may("see_people")
    assert people.why_not("see_restricted") == (
        "Only people cleared for restricted records may do this, whatever their role."
    )


@pytest.mark.parametrize(("roles", "action"), [(["boss"], "see_home"), (["analyst"], "see_all"), ([], "see_all")])
def test_an_unknown_role_or_action_is_an_error(roles: list[str], action: str) -> None:
    with pytest.raises(KeyError):
        people.allowed(roles, action)
    with pytest.raises(KeyError):
        people.allowed([*roles, "analyst", "boss"], "see_home")


def test_why_not_names_every_role_that_may() -> None:
    for name, action in people.ACTIONS.items():
        said = people.why_not(name)
        for role in people.ROLES.values():
            assert (role.several in said) == (role.name in action.roles)
    with pytest.raises(KeyError):
        people.why_not("see_all")


def test_own_areas_bind_the_roles_they_bind() -> None:
    analyst = Account("1", "ann", "Ann", frozenset({"analyst"}), areas=("North",))
    assert analyst.areas_for("see_group") == ("North",)
    both = Account("1", "ann", "Ann", frozenset({"analyst", "auditor"}), areas=("North",))
    assert both.areas_for("see_group") == ("North",)
    assert both.areas_for("see_people") == ("North",)
    assert both.areas_for("see_log") == ()
    assert Account("1", "ann", "Ann", frozenset({"senior_officer"}), areas=("North",)).areas_for("see_group") == ()


def reach(account: Account, action: str, asked: bool) -> int:
    """Whose names somebody sees while they do this: 0 = nobody's, 1 = those of their own areas, 2 = everybody's."""
    if not account.may(action) or people.covers_names(account.roles):
        return 0
    if people.asks_for_names(account.roles, account.areas) and not asked:
        return 0
    return 1 if account.areas_for(action) else 2


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("areas", [(), ("North",)])
@pytest.mark.parametrize("pair", list(combinations(people.ROLES, 2)), ids="+".join)
def test_two_roles_name_nobody_whom_neither_names(pair: tuple[str, str], areas: tuple[str, ...], asked: bool) -> None:
    """To be shown everybody by id, and names in own areas, doesn't add up to everybody's names."""
    both = Account("1", "ann", "Ann", frozenset(pair), areas)
    alone = [Account("1", "ann", "Ann", frozenset({role}), areas) for role in pair]
    most = max(reach(one, action, asked) for one in alone for action in NAMES)
    for action in NAMES | {"see_group", "see_groups", "see_removal_counts"}:
        assert reach(both, action, asked) <= most, action


def test_areas_of_one_role_make_a_senior_officer_ask_for_names() -> None:
    """They see names in their areas as an analyst, and elsewhere after asking: so they ask."""
    assert people.asks_for_names(["analyst", "senior_officer"], ("North",))
    assert not people.asks_for_names(["analyst", "senior_officer"])
    assert not people.asks_for_names(["analyst", "auditor"], ("North",))
    assert people.asks_for_names(["senior_officer", "auditor"])


def test_two_roles_see_no_small_count_that_neither_sees() -> None:
    """The auditor's groups in full, and the committee's queue with small counts hidden: the queue stays so."""
    for pair in combinations(people.ROLES, 2):
        for action in ("see_group", "see_safeguarding_counts"):
            full = [people.allowed([one], action) and not people.hides_small_counts([one], action) for one in pair]
            if people.allowed(pair, action):
                assert people.hides_small_counts(pair, action) != any(full), (pair, action)
