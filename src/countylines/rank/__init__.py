"""Rank: who and what comes first, and who is to be protected. See docs/rank.md."""

from countylines.rank.assess import Rules, assess, read_rules
from countylines.rank.evidence import Evidence, read_evidence

__all__ = ["Evidence", "Rules", "assess", "read_evidence", "read_rules"]
