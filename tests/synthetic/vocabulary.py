"""The search words of METHOD 2's table as plain regular expressions, for checking texts without any lexicon."""

from __future__ import annotations

import re

STREET_NAMES = "MDMA|ecstasy|mamba|skunk|LSD|ket|GHB|monkey dust|mcat"
PATTERNS = {
    "CL WORDS": "CL(?:MIDDLE|CRACK|ILLICIT|RECRUIT)",
    "COUNTY LINE": r"county[\s-]+lines?",
    "CUCKOO": r"cuckooed|cuckoo[\s-]+(?:house|flat|property)",
    "DRUGS LINE": r"drugs?[\s-]+lines?",
    "MISPER": r"misper|missing[\s-]+person",
    "OTHER": r"runner|running[\s-]+drugs?|PWITS|possession[\s-]+with[\s-]+intent",
    "COCAINE": "cocaine",
    "CRACK": "crack",
    "HEROIN": "heroin",
    "WEED": "weed",
    "SMACK": "smack",
    "OTHER DRUG": STREET_NAMES,
}
GROUPS = {name: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for name, pattern in PATTERNS.items()}
ANY = re.compile("|".join(pattern.pattern for pattern in GROUPS.values()), re.IGNORECASE)
DENIED = re.compile(
    r"\bno county lines? (?:links?|involvement|concerns)\b|\b(?:not linked|no link) to county lines\b"
    r"|\bno evidence of county lines\b|\b(?:no|nil) known county lines? (?:links|involvement)\b",
    re.IGNORECASE,
)


def groups_in(text: str) -> set[str]:
    """The groups whose words a text says, denials left out."""
    if not ANY.search(text):
        return set()
    said = DENIED.sub("", text)
    return {name for name, pattern in GROUPS.items() if pattern.search(said)}
