"""What a sign-in server says of somebody, turned into roles, areas and clearance by a map that the force writes.

Example of such a file (groups by id or name, whichever the server sends)::

    groups_claim: groups
    name_claim: preferred_username
    display_claim: name
    groups:
      CL-Analysts-Aldbridge: {roles: [analyst], areas: [Aldbridge]}
      CL-Safeguarding: {roles: [safeguarding]}
      CL-Cleared: {cleared: true}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countylines import yamls
from countylines.errors import InputError
from countylines.govern.people import ROLES

TOP = ("groups_claim", "name_claim", "display_claim", "groups")
GROUP = ("roles", "areas", "cleared")


@dataclass(frozen=True)
class Access:
    """What groups give: roles, areas (none = all) and clearance."""

    roles: frozenset[str] = frozenset()
    areas: tuple[str, ...] = ()
    cleared: bool = False


@dataclass(frozen=True)
class ClaimMap:
    """Which claim holds what, and what each group gives."""

    groups: Mapping[str, Access]
    groups_claim: str = "groups"
    name_claim: str = "preferred_username"
    display_claim: str = "name"

    def access(self, claims: Mapping[str, Any]) -> Access:
        """What somebody may do: the sum of what their groups give. Areas of several groups add up; none at all = all.

        Raises:
            InputError: the server left the groups out because there are too many.

        Example:
            >>> given = {"a": Access(frozenset({"analyst"}), ("North",)), "b": Access(cleared=True)}
            >>> ClaimMap(given).access({"groups": ["a", "b", "sport"]})
            Access(roles=frozenset({'analyst'}), areas=('North',), cleared=True)
            >>> ClaimMap(given).access({})
            Access(roles=frozenset(), areas=(), cleared=False)
        """
        if self.groups_claim in (claims.get("_claim_names") or {}) or claims.get("hasgroups"):
            raise InputError(
                "the sign-in server left out your groups, because there are too many",
                "ask for only the groups of this program to be sent (in Entra: groups assigned to the application)",
            )
        held = claims.get(self.groups_claim) or []
        names = [held] if isinstance(held, str) else [name for name in held if isinstance(name, str)]
        given = [self.groups[name] for name in names if name in self.groups]
        return Access(
            frozenset(role for one in given for role in one.roles),
            tuple(sorted({area for one in given for area in one.areas})),
            any(one.cleared for one in given),
        )


def read_claims(path: Path) -> ClaimMap:
    """Read the map.

    Raises:
        InputError: it can't be read, or says something that isn't known, with where.
    """
    file = path.name
    written = yamls.keys(yamls.load(path), TOP, file, "")
    groups = written.get("groups")
    if not isinstance(groups, dict) or not groups:
        raise InputError("there are no groups, so nobody could sign in", "name at least one", file=file, field="groups")
    names = {name: yamls.text(written[name], file, name) for name in TOP[:-1] if name in written}
    return ClaimMap({name: _access(given, file, f"groups.{name}") for name, given in groups.items()}, **names)


def _access(written: object, file: str, place: str) -> Access:
    given = yamls.keys(written, GROUP, file, place)
    roles = yamls.strings(given.get("roles", []), file, f"{place}.roles")
    for role in roles:
        if role not in ROLES:
            said = f"there is no role {role!r}"
            raise InputError(said, f"known are {', '.join(ROLES)}", file=file, field=f"{place}.roles")
    areas = yamls.strings(given.get("areas", []), file, f"{place}.areas")
    return Access(frozenset(roles), areas, yamls.flag(given.get("cleared", "false"), file, f"{place}.cleared"))
