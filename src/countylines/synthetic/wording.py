"""Which records carry which search words, so that each group is hit as often as its quota says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from countylines.synthetic.data import Scene, scenes
from countylines.synthetic.events import Events
from countylines.synthetic.planned import DECOYS, Planned
from countylines.synthetic.scale import BIT, DRUGS, HITS, Scale

Flags = NDArray[np.bool_]

# Of the records that say county line, how many say this, too: the first column of the 2021 paper's term table.
BESIDE = {
    "DRUGS LINE": 1_036,
    "MISPER": 1_645,
    "OTHER": 864,
    "COCAINE": 1_225,
    "CRACK": 1_020,
    "HEROIN": 962,
    "WEED": 684,
    "SMACK": 43,
    "OTHER DRUG": 251,
}

DRUG_SCENES = {
    "drug_possession": 3.0,
    "drug_supply": 3.0,
    "custody_drugs": 3.0,
    "dealing_log": 2.0,
    "user_log": 2.0,
    "stop_search": 1.0,
    "prison_intel": 1.0,
    "family_concern": 0.4,
}
MISPER_SCENES = {"custody_youth": 0.2, "school_concern": 0.2, "family_concern": 0.15, "stop_search": 0.02}
SUPPLY_SCENES = {"drug_supply": 3.0, "custody_drugs": 1.0, "dealing_log": 0.4, "gang_log": 0.3, "prison_intel": 0.2}
DENIED_SCENES = {
    "family_concern": 1.0,
    "missing_repeat": 1.0,
    "user_log": 1.0,
    "dealing_log": 0.5,
    "custody_youth": 0.5,
}


def own_flats(scale: Scale) -> int:
    """How many records may say that a tenant of a line is cuckooed, and nothing else: a quarter is left for decoys."""
    return scale.hits["CUCKOO"] - scale.hits["CUCKOO"] // 4


def add_beside(rng: np.random.Generator, planned: Planned, scale: Scale) -> None:
    """Give the lines' own records their other words."""
    rows = planned.rows
    of_lines = [i for i, row in enumerate(rows) if row.line >= 0 and not row.aside]
    spoken = [i for i in of_lines if rows[i].words & BIT["COUNTY LINE"]]
    for name, count in BESIDE.items():
        wanted = round(count * scale.hits["COUNTY LINE"] / HITS["COUNTY LINE"])
        fits = [i for i in spoken if name != "MISPER" or "missing" in (role for _, role in rows[i].cast)]
        fits = fits if len(fits) >= wanted else spoken
        for i in _drawn(rng, fits, min(wanted, scale.hits[name] // 2)):
            planned.mark(i, BIT[name])
    about = [i for i in of_lines if rows[i].about]
    flats = [i for i in about if rows[i].scene == "line_cuckoo" and not rows[i].words & BIT["CUCKOO"]]
    for i in _drawn(rng, flats or about, own_flats(scale) - planned.carried(BIT["CUCKOO"], line=True)):
        planned.mark(i, BIT["CUCKOO"])
    for i in _drawn(rng, [i for i in about if rows[i].scene == "line_log"], scale.hits["CL WORDS"]):
        planned.mark(i, BIT["CL WORDS"])


def _drawn(rng: np.random.Generator, rows: list[int], wanted: int) -> list[int]:
    return [rows[i] for i in rng.permutation(len(rows))[:wanted]]


def assign(rng: np.random.Generator, events: Events, used: Flags, scale: Scale) -> None:
    """Fill the quotas up with ordinary records that suit the words; records that aren't used carry them as often.

    Args:
        rng: the source of chance.
        events: all events; ``words`` is changed.
        used: the records that count: not restricted, not suspected false, not too early.
        scale: the quotas.
    """
    for name in ("OTHER", *DRUGS, "MISPER"):
        planned = int(np.count_nonzero(events.words[used] & BIT[name]))
        _fill(rng, events, used, name, scale.hits[name] - planned, _chances(name))
    denied = round(0.04 * scale.hits["COUNTY LINE"])
    before = events.words.copy()
    _fill(rng, events, used, "NEGATED", denied, _chances("NEGATED"))
    events.decoy[(events.words != before)] = DECOYS.index("negation")


def _fill(
    rng: np.random.Generator, events: Events, used: Flags, name: str, wanted: int, chance: Callable[[Scene], float]
) -> None:
    weight = np.array([chance(scene) for scene in scenes().values()])[events.scene]
    weight[events.planned == 1] = 0
    mine = np.flatnonzero((weight > 0) & used)
    wanted = min(max(wanted, 0), len(mine))
    chosen = _weighted(rng, mine, weight[mine], wanted)
    events.words[chosen] |= BIT[name]
    unused = np.flatnonzero((weight > 0) & ~used)
    alike = round(wanted * len(unused) / max(len(mine), 1))
    events.words[_weighted(rng, unused, weight[unused], alike)] |= BIT[name]


def _weighted(
    rng: np.random.Generator, rows: NDArray[np.int64], weight: NDArray[np.float64], wanted: int
) -> NDArray[np.int64]:
    """So many of the rows, without replacement, each the likelier the higher its weight (exponential clocks)."""
    clock = rng.exponential(size=len(rows)) / weight
    order = np.argpartition(clock, wanted - 1)[:wanted] if 0 < wanted < len(rows) else np.arange(len(rows))[:wanted]
    return rows[np.sort(order)]


def _chances(name: str) -> Callable[[Scene], float]:
    """How well each scene suits a group."""
    tables: Mapping[str, Mapping[str, float]] = {
        "MISPER": MISPER_SCENES,
        "OTHER": SUPPLY_SCENES,
        "NEGATED": DENIED_SCENES,
    }
    table = tables.get(name, DRUG_SCENES)
    return lambda scene: 1.0 if name == "MISPER" and scene.source == "missing" else table.get(scene.name, 0.0)
