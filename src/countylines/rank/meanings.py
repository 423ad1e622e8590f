"""What each measure of a person's place in a network means, in the one sentence that every page and export uses."""

from __future__ import annotations

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "strength": "How many records, weighed by county-lines evidence, tie this person to others.",
    "betweenness": "How often the shortest chain of ties between two other people runs through this person.",
    "eigenvector": "How strongly this person is tied to people who are themselves strongly tied.",
    "harmonic": "How few steps it takes from this person to everybody else.",
}
