"""Roles, actions, and which role may do which: one table, and whatever isn't in it is refused.

From the roles' table of the design of the screens; where that is silent, the answer is no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Law = Literal["", "collection", "alteration", "consultation", "disclosure", "combination", "erasure"]


@dataclass(frozen=True)
class Role:
    """What somebody does here: as said of one, of several, and in a sentence."""

    name: str
    label: str
    several: str
    sentence: str


@dataclass(frozen=True)
class Action:
    """Something one may do: in a sentence, who may, and its kind in section 62 of the Data Protection Act 2018."""

    name: str
    sentence: str
    roles: frozenset[str]
    law: Law = "consultation"


ROLES: Mapping[str, Role] = {
    role.name: role
    for role in (
        Role("analyst", "Intelligence analyst", "intelligence analysts",
             "Groups, people, evidence and the network, in their own areas."),
        Role("safeguarding", "Safeguarding officer", "safeguarding officers",
             "The safeguarding queue, its cases, and the people in them."),
        Role("senior_officer", "Senior officer", "senior officers",
             "Groups, tasking and the order of removal; names and records when asked for, each look logged."),
        Role("data_scientist", "Data scientist", "data scientists",
             "Method, lexicon, assurance and runs, with people's names covered."),
        Role("ethics_committee", "Member of the ethics committee", "members of the ethics committee",
             "Totals, method and assurance, with counts under 5 hidden."),
        Role("reviewer", "Reviewer", "reviewers", "Their own queue of records to read blind, one at a time."),
        Role("auditor", "Auditor", "auditors", "The log, runs and assurance; no names outside the log."),
        Role("administrator", "Administrator", "administrators",
             "Accounts, sources and how long things are kept; no names and no evidence."),
    )
}  # fmt: skip

A, G, S, D, E, R, U, M = (
    ROLES  # analyst, safeGuarding, senior officer, data scientist, ethics, reviewer, aUditor, adMin
)
NAMED = (A, G, S)  # may see people by their names
READERS = (A, G, S, D, E, U)


def _action(name: str, sentence: str, roles: Iterable[str], law: Law = "consultation") -> Action:
    return Action(name, sentence, frozenset(roles), law)


ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in (
        _action("see_home", "See the start page, with what the other actions allow on it.", READERS),
        _action("see_groups", "See the list of groups and the graph of groups.", READERS),
        _action("see_group", "See one group's page.", READERS),
        _action("see_people", "See a person, with the evidence behind them.", (A, G, S, D)),
        _action("uncover_names", "Ask for the names and records that are covered; each request is logged.", NAMED),
        _action("see_network", "Explore the network of people.", (A, S, D)),
        _action("see_removal_order", "See the order of removal, person by person.", (A, S, D)),
        _action("see_removal_counts", "See how the order of removal is made and what it changes, in counts.",
                (A, S, D, E)),
        _action("see_priority_of_people", "See the prioritisation of people.", (A, S, D)),
        _action("see_safeguarding", "See the safeguarding queue with names.", (G,)),
        _action("see_safeguarding_counts", "See how many wait in the safeguarding queue, and for how long.",
                (A, G, S, D, E)),
        _action("see_own_referrals", "See the referrals one has made oneself.", (A, G)),
        _action("make_referral", "Refer a person to safeguarding, which opens their case.", (A, G), "alteration"),
        _action("work_case", "Change and close a safeguarding case.", (G,), "alteration"),
        _action("export_referral", "Take a referral document out of the system.", (G,), "disclosure"),
        _action("see_missing", "See missing people and their episodes.", NAMED),
        _action("see_lines", "See deal lines, with their numbers.", NAMED),
        _action("work_lines", "Change a line's status and draft its report.", (A,), "alteration"),
        _action("see_releases", "See who leaves prison soon, and which children are linked.", NAMED),
        _action("see_tasking", "See which groups were adopted or declined, and why.", (A, S)),
        _action("work_tasking", "Adopt or decline a group for intelligence development.", (S,), "alteration"),
        _action("see_lexicon", "Read the words that are searched for.", READERS),
        _action("try_lexicon", "Try changed words on a copy.", (A, D)),
        _action("see_assurance", "See how well the results hold.", READERS),
        _action("review_records", "Read one's own queue of records blind, with names covered.", (R,)),
        _action("see_runs", "See runs, what went into them, and how they differ.", (A, G, S, D, E, U, M), ""),
        _action("see_log", "See who looked at what, and why.", (U,)),
        _action("see_transparency", "See the transparency record.", (E, U), ""),
        # A search by name would uncover what is covered, so data scientists have none.
        _action("search", "Search people, groups, lines and records.", NAMED),
        _action("export_table", "Take a table out of the system.", (A, S, D, U), "disclosure"),
        _action("export_network", "Take a network out of the system.", (A, S), "disclosure"),
        _action("make_ruling", "Say that a person or a hit is wrong.", (A, G, S, D), "alteration"),
        _action("confirm_ruling", "Confirm another person's ruling.", NAMED, "alteration"),
        _action("confirm_ruling_safeguarding", "Confirm, for safeguarding, a ruling that lifts protection.", (G,),
                "alteration"),
        _action("write_note", "Write a note on a person, group or line.", NAMED, "alteration"),
        _action("share_view", "Share a saved view inside the force.", (A, G, S, D), "disclosure"),
        _action("administer_accounts", "Open and close accounts, and give roles.", (M,), ""),
        _action("administer_sources", "Say which extracts are read, and how.", (M,), ""),
        _action("administer_retention", "Say how long things are kept, and erase what is due.", (M,), "erasure"),
        _action("see_restricted", "Open a run that holds restricted records.", ()),  # by clearance only, never a role
    )
}  # fmt: skip

MATRIX: Mapping[str, frozenset[str]] = {
    role: frozenset(name for name, action in ACTIONS.items() if role in action.roles) for role in ROLES
}
WITHOUT_NAMES = ("uncover_names", "see_tasking", "work_tasking", "see_restricted")  # beside what covering roles may do
ALL_AREAS = (S, D, E, R, U, M)
OWN_AREAS = {A, G}  # where an account has areas


def allowed(roles: Iterable[str], action: str) -> bool:
    """Whether somebody with these roles may do this; of several roles one is enough.

    Raises:
        KeyError: there is no such role or action.

    Example:
        >>> allowed(["auditor"], "see_log"), allowed(["auditor"], "see_people"), allowed([], "see_home")
        (True, False, False)
    """
    held = {ROLES[role].name for role in roles}
    return not held.isdisjoint(ACTIONS[action].roles)


def covers_names(roles: Iterable[str]) -> bool:
    """Whether people's names are covered: for everybody but those with a role that sees names.

    Example:
        >>> covers_names(["data_scientist"]), covers_names(["data_scientist", "analyst"])
        (True, False)
    """
    return not any(ROLES[role].name in NAMED for role in roles)


def asks_for_names(roles: Iterable[str], areas: Collection[str] = ()) -> bool:
    """Whether names stay covered until they are asked for: for those who see names, or those outside their own areas,
    as senior officers only.

    Args:
        areas: own areas; none = all.

    Example:
        >>> asks_for_names(["senior_officer", "auditor"]), asks_for_names(["senior_officer", "analyst"])
        (True, False)
    """
    named = {ROLES[role].name for role in roles} & set(NAMED)
    return S in named and (named == {S} or bool(areas))


def goes_covered(action: str) -> bool:
    """Whether something can be done while names are covered: what is open to a role that never sees them, or names
    nobody. Its pages know how to cover names; all others wait until names are asked for.

    Raises:
        KeyError: there is no such action.

    Example:
        >>> goes_covered("see_group"), goes_covered("work_tasking"), goes_covered("search")
        (True, True, False)
    """
    return not ACTIONS[action].roles <= set(NAMED) or action in WITHOUT_NAMES


def hides_small_counts(roles: Iterable[str], action: str = "see_group") -> bool:
    """Whether counts under 5 are hidden in this: for everybody but those with a role that sees it in full.

    Raises:
        KeyError: there is no such role or action.

    Example:
        >>> hides_small_counts(["ethics_committee"]), hides_small_counts(["ethics_committee", "auditor"])
        (True, False)
        >>> hides_small_counts(["ethics_committee", "auditor"], "see_safeguarding_counts")
        True
    """
    return not any(ROLES[role].name in (A, G, S, D, U) and allowed([role], action) for role in roles)


def keeps_to_areas(roles: Iterable[str], action: str) -> bool:
    """Whether this may be done in one's own areas only: unless a role without that limit allows it, too.

    Where a role names people in own areas, one that never names them lifts no limit: what one shows everywhere without
    names, and the other with names in few places, would together be everybody by name.

    Example:
        >>> keeps_to_areas(["analyst"], "see_group"), keeps_to_areas(["analyst", "senior_officer"], "see_group")
        (True, False)
        >>> keeps_to_areas(["analyst", "auditor"], "see_group"), keeps_to_areas(["analyst", "auditor"], "see_log")
        (True, False)
    """
    held, able = {ROLES[role].name for role in roles}, ACTIONS[action].roles
    names = held & OWN_AREAS and able & set(NAMED)
    return not held & able & set(NAMED if names else ROLES) & set(ALL_AREAS)


def why_not(action: str) -> str:
    """Which roles may, in words: what a page says to somebody who may not.

    Raises:
        KeyError: there is no such action.

    Example:
        >>> why_not("see_tasking")
        'Only intelligence analysts and senior officers may do this.'
    """
    if action == "see_restricted":
        return "Only people cleared for restricted records may do this, whatever their role."
    several = [role.several for name, role in ROLES.items() if name in ACTIONS[action].roles]
    return f"Only {' and '.join([', '.join(several[:-1])] * bool(several[1:]) + several[-1:])} may do this."


def spoken(roles: Iterable[str]) -> str:
    """A person's roles, in words and in the table's order.

    Example:
        >>> spoken({"auditor", "analyst"})
        'Intelligence analyst, auditor'
    """
    held = set(roles)
    said = [role.label for name, role in ROLES.items() if name in held]
    return ", ".join([said[0], *(word[0].lower() + word[1:] for word in said[1:])]) if said else "No role"
