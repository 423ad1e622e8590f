"""What the Home Office's outcome of a crime means, in words."""

from __future__ import annotations

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "1": "charged or summonsed",
    "1a": "charged or summonsed for an alternative offence",
    "2": "youth caution",
    "2a": "youth caution for an alternative offence",
    "3": "adult caution",
    "3a": "adult caution for an alternative offence",
    "4": "taken into consideration",
    "5": "the offender has died",
    "6": "penalty notice",
    "7": "cannabis or khat warning",
    "8": "community resolution",
    "9": "prosecution not in the public interest",
    "10": "formal action not in the public interest",
    "11": "below the age of criminal responsibility",
    "12": "suspect too ill",
    "13": "victim or key witness dead or too ill",
    "14": "no suspect named, victim doesn't support action",
    "15": "evidential difficulties, victim supports action",
    "16": "evidential difficulties, victim doesn't support action",
    "17": "time limit for prosecution expired",
    "18": "no suspect identified",
    "19": "filed by the National Fraud Intelligence Bureau",
    "20": "another body acts",
    "21": "further investigation not in the public interest",
    "22": "diversion, education or intervention",
}


def outcome(written: str, source: str) -> str:
    """A crime's outcome code with its words; any other code, as a disposal in custody, as written.

    Source: Home Office crime outcomes framework (counting rules, section H).

    Example:
        >>> outcome("1", "crime"), outcome(" 16", "crime")
        ('1: charged or summonsed', "16: evidential difficulties, victim doesn't support action")
        >>> outcome("NFA", "crime"), outcome("1", "custody")
        ('NFA', '1')
    """
    code = written.strip()
    words = MEANINGS.get(code.lower()) if source == "crime" else None
    return f"{code}: {words}" if words else code
