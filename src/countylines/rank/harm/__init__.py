"""Harm of people and groups by two indexes side by side, and the publishers' workbooks that they come from."""

from countylines.rank.harm.rules import Rules, load_rules
from countylines.rank.harm.totals import COUNTED, harm_tables, mass, worst_weights
from countylines.rank.harm.weights import Index, Weighed, weigh_records

__all__ = [
    "COUNTED",
    "Index",
    "Rules",
    "Weighed",
    "harm_tables",
    "load_rules",
    "mass",
    "weigh_records",
    "worst_weights",
]
