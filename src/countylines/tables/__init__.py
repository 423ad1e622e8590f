"""Every table and column with its meaning: what extracts hold, what a run keeps, the types that flow between stages.

docs/tables.md is made from these files.
"""

from collections.abc import Mapping

from countylines.tables.assessed import ASSESSED
from countylines.tables.columns import DAY, FLAG, LIST, MOMENT, NUMBER, REAL, TEXT, Column, Table
from countylines.tables.extracts import (
    BOTH,
    CONNECTING_ROLES,
    DECISIONS,
    EXTRACTS,
    OFFENDER_ROLES,
    OTHER_ROLES,
    ROLES,
    SOURCES,
    UNRANKED,
)
from countylines.tables.flow import Component, Counts, Frame, Matches, Network, Partition, Sources
from countylines.tables.network import NETWORK

__all__ = [
    "ASSESSED", "BOTH", "CONNECTING_ROLES", "DAY", "DECISIONS", "EXTRACTS", "FLAG", "LIST", "MOMENT", "NETWORK",
    "NUMBER", "OFFENDER_ROLES", "OTHER_ROLES", "REAL", "ROLES", "RUN", "SOURCES", "TEXT", "UNRANKED", "Column",
    "Component", "Counts", "Frame", "Matches", "Network", "Partition", "Sources", "Table",
]  # fmt: skip

RUN: Mapping[str, Table] = {**NETWORK, **ASSESSED}
