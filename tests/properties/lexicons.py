"""Small lexicons and texts that try to fool a matcher: separators, look-alikes, overlaps, exceptions."""

from __future__ import annotations

from pathlib import Path
from random import Random

import yaml

from tests.reference.bruteforce.match import Group

WEIGHTS = (1.0, 0.7, 0.5, 0.4, 0.3, 0.2, 0.1, 0.1, 0.02)
PATTERNS = {  # group: patterns, exceptions, a text that hits
    "COUNTY LINE": (
        ("county lines?",),
        ("no county lines? link", "no county lines?", "county lines? training"),
        "a county line here",
    ),
    "CUCKOO": (("cuckoo(ed)?", "cuckoo (house|flat)"), ("cuckoo clock", "no cuckoo"), "a cuckoo flat"),
    "DRUGS LINE": (("drugs? lines?",), ("not a drugs? line", "no drugs? lines?"), "the drugs line"),
    "MISPER": (("misper", "missing person"), ("no longer misper",), "is misper"),
    "RUN": (("run(ner|ning)?", "runn?er", "running drugs?"), (), "a runner"),
    "WEED": (("weed", "[a-c]{2}1?"), ("weed killer",), "smells of weed"),
}
PLAIN = (
    "the",
    "male",
    "no",
    "link",
    "training",
    "clock",
    "killer",
    "not a",
    "no longer",
    "house",
    "flat",
    "x",
    "ab",
    "7",
)
PHRASES = (
    "county line", "county lines", "no county lines link", "county line training", "cuckoo", "cuckooed", "cuckoo house",
    "cuckoo flat", "cuckoo clock", "no cuckoo house", "drug line", "drugs lines", "not a drugs line", "no drugs line",
    "misper", "missing person", "no longer misper", "runner", "runer", "running drugs", "run", "weed", "weed killer",
    "cab1", "ab",
)  # fmt: skip
SHIPPED = (
    "CLCRACK", "clmiddle", "COUNTY LINES", "CUCKOOED", "cuckoo property", "DRUG LINE", "drugs lines", "MISPER",
    "missing person", "RUNNER", "PWITS", "possession with intent", "cocaine", "crack cocaine", "heroin", "weed",
    "smack",
    "spice", "no county lines link", "county lines training", "brown",
)  # fmt: skip
GAPS = (
    " ",
    " ",
    " ",
    " ",
    "  ",
    "-",
    " - ",
    "\u2013",
    "\u00a0",
    "\n",
    "\r\n",
    "\t",
    "\u2011",
    "\u3000",
    "_",
    "",
    "\u200b",
    ", ",
)
DISGUISES = {"o": "\uff4f", "l": "\uff2c", "c": "\U0001d41c", "k": "\u212a", "s": "\u017f", "i": "\u0131"}


def random_lexicon(rng: Random) -> list[Group]:
    """A few of the groups, each with a weight; CUCKOO is always there."""
    others = [name for name in PATTERNS if name != "CUCKOO"]
    names = ["CUCKOO", *rng.sample(others, rng.randint(1, len(others)))]
    rng.shuffle(names)
    return [Group(name, rng.choice(WEIGHTS), PATTERNS[name][0], PATTERNS[name][1]) for name in names]


def write_lexicon(groups: list[Group], path: Path) -> None:
    """The lexicon as a file of METHOD 2's form."""
    written = [
        {
            "name": group.name,
            "weight": group.weight,
            "patterns": list(group.patterns),
            "except": list(group.exceptions),
            "hits": [PATTERNS[group.name][2]],
            "misses": ["nothing at all"],
        }
        for group in groups
    ]
    path.write_text(yaml.safe_dump({"version": "test 1", "groups": written}, sort_keys=False), encoding="utf-8")


def random_text(rng: Random, groups: list[Group]) -> str:
    """A few phrases and plain words, with odd gaps; half of the texts have none of the terms."""
    if rng.random() < 0.3:
        return rng.choice(("", "seen in the park", "\U0001f600 no trace"))
    return joined(rng, PHRASES)


def shipped_text(rng: Random) -> str:
    """The same with terms of the shipped lexicon."""
    return joined(rng, SHIPPED) if rng.random() < 0.6 else "nothing of note"


def joined(rng: Random, phrases: tuple[str, ...]) -> str:
    text = ""
    for _ in range(rng.randint(1, 3)):
        for word in (rng.choice(PLAIN) if rng.random() < 0.4 else rng.choice(phrases)).split(" "):
            text += disguised(rng, word) + (" " if rng.random() < 0.8 else rng.choice(GAPS))
    return text


def disguised(rng: Random, word: str) -> str:
    chance = rng.random()
    if chance < 0.8:
        return word
    if chance < 0.92:
        return word.upper()
    return "".join(DISGUISES.get(letter, letter) if rng.random() < 0.5 else letter for letter in word)
