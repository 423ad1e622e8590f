"""SOC overlap: how many of a group's people are listed in a known serious-organised-crime (SOC) group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scipy.stats import hypergeom

Members = frozenset[str]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a group shares with one SOC group.

    Attributes:
        reference_group: the SOC group.
        shared: people in both.
        share_of_group: of the group's members.
        share_of_reference: of all people listed in the SOC group, kept or not.
        chance_probability: see :func:`chance`.
    """

    reference_group: str
    shared: int
    share_of_group: float
    share_of_reference: float
    chance_probability: float

    @property
    def associated(self) -> bool:
        """More than half of the group's members are in the SOC group [paper]; exactly half is not more."""
        return self.share_of_group > 0.5


def overlaps(group: Members, references: Mapping[str, Members], kept: Members) -> list[Overlap]:
    """Compare a group with every SOC group it shares a person with, the greatest share first, ties by name.

    Args:
        group: its members, all of them kept.
        references: the people listed in each SOC group.
        kept: all people kept in the network.

    Source: West Midlands Police (2021) for the share and its half; METHOD section 4.

    Example:
        >>> known = {"SOC1": frozenset({"ann", "bob", "zoe"}), "SOC2": frozenset({"cat", "dan"})}
        >>> best, other = overlaps(frozenset({"ann", "bob", "cat"}), known, frozenset({"ann", "bob", "cat", "dan"}))
        >>> best.reference_group, best.shared, round(best.share_of_group, 3), round(best.share_of_reference, 3)
        ('SOC1', 2, 0.667, 0.667)
        >>> best.associated, other.associated
        (True, False)
    """
    made = [
        Overlap(
            name,
            shared,
            shared / len(group),
            shared / len(listed),
            chance(shared, len(group), len(listed & kept), len(kept), len(references)),
        )
        for name, listed in references.items()
        if (shared := len(group & listed))
    ]
    return sorted(made, key=lambda overlap: (-overlap.shared, overlap.reference_group))


def chance(shared: int, size: int, listed: int, kept: int, references: int) -> float:
    """How likely a group shares at least so many people with some SOC group when its people are drawn at random.

    The hypergeometric tail P(X >= shared), times the number of SOC groups, at most 1. A small value is no evidence that
    the two act together: both lists come from the same records.

    Args:
        shared: people in both.
        size: people in the group, drawn without replacement.
        listed: kept people in the SOC group.
        kept: kept people, the population.
        references: the number of SOC groups.

    Example:
        Of 5 kept people 2 are listed; a group of 3 holds both of them in 3 of 10 draws:

        >>> round(chance(2, 3, 2, 5, 1), 12), round(chance(2, 3, 2, 5, 4), 12)
        (0.3, 1.0)
    """
    return min(1.0, float(hypergeom.sf(shared - 1, kept, listed, size)) * references)
