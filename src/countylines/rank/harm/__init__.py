"""Harm of people and groups by two indexes side by side, and the publishers' workbooks that they come from."""

from countylines.rank.harm.rules import Rules, find_files, load_rules
from countylines.rank.harm.totals import COUNTED, crimes_of, harm_tables, mass, weights_used, worst_weights
from countylines.rank.harm.weights import weigh_records

__all__ = [
    "COUNTED",
    "Rules",
    "crimes_of",
    "find_files",
    "harm_tables",
    "load_rules",
    "mass",
    "weigh_records",
    "weights_used",
    "worst_weights",
]
