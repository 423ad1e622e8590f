"""What looks like a county line and isn't, and people near one: customers, local dealers, rumours, tips, training.

No word tells these from the lines; they make the invented force as hard as METHOD 9 says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from countylines.synthetic.clock import LAST, SINCE_MINUTE, minute_of
from countylines.synthetic.crews import PLAIN, Line
from countylines.synthetic.people import People
from countylines.synthetic.planned import Part, Planned, some_minute
from countylines.synthetic.scale import BIT, Scale

CUSTOMERS, DEALERS, RUMOURED = 0.25, 0.15, 0.03  # people wrongly kept, as shares of the people of lines

Cast = list[Part]


class Decoys:
    """Plans the decoys of a force into ``planned``."""

    def __init__(
        self, rng: np.random.Generator, people: People, lines: Sequence[Line], scale: Scale, planned: Planned
    ) -> None:
        self.rng, self.people, self.lines, self.planned = rng, people, lines, planned
        self.hits = scale.hits
        self.crowd = sum(len(line.members) for line in lines)
        self.roles: dict[int, str] = {}  # person: what they are, for the truth table

    def plan(self) -> None:
        """All of them; county-line words are used up to their quota."""
        left = self.hits["COUNTY LINE"] - self.planned.carried(BIT["COUNTY LINE"])
        training, news = round(0.12 * left), round(0.12 * left)
        rumours = round(0.14 * left)
        self._lectures("training", training)
        self._lectures("news", news)
        self._rumours(rumours)
        self._customers(left - training - news - rumours)
        self._cuckooing(self.hits["CUCKOO"] // 4)
        self._patches(round(0.8 * (self.hits["DRUGS LINE"] - self.planned.carried(BIT["DRUGS LINE"]))))
        self._contact_list()

    def finish(self) -> None:
        """The rest of the drugs-line quota: tips about nobody, and about people who are in nothing else."""
        left = self.hits["DRUGS LINE"] - self.planned.carried(BIT["DRUGS LINE"])
        pool = self.people.pools["adult"]
        for turn in range(max(left, 0)):
            cast: Cast = [(int(pool[-1 - turn % len(pool)]), "subject")] if turn % 9 < 4 else []
            if not cast and turn % 3 == 0:
                cast = [(self._one("adult"), "reporter")]
            self.planned.add("tip", cast, self._minute(), words=BIT["DRUGS LINE"], decoy="tip")

    def _minute(self) -> int:
        return some_minute(self.rng, SINCE_MINUTE + 1440, LAST - 1440)

    def _one(self, kind: str) -> int:
        pool = self.people.pools[kind]
        return int(pool[self.rng.integers(len(pool))])

    def _some(self, kind: str, wanted: int) -> list[int]:
        pool = self.people.pools[kind]
        return [int(person) for person in self.rng.permutation(pool)[:wanted]]

    def _lectures(self, scene: str, count: int) -> None:
        for turn in range(count):
            cast: Cast = [(self._one("professional"), "professional")] if turn % 3 == 0 else []
            self.planned.add(scene, cast, self._minute(), words=BIT["COUNTY LINE"], decoy=scene)

    def _rumours(self, count: int) -> None:
        named = self._some("adult", max(1, round(RUMOURED * self.crowd)))
        for turn in range(count):
            cast: Cast = [(named[turn], "subject")] if turn < len(named) else []
            self.roles.update((person, "rumoured") for person, _ in cast)
            self.planned.add("rumour", cast, self._minute(), words=BIT["COUNTY LINE"], decoy="rumour")

    def _customers(self, count: int) -> None:
        """Logs of a line that name who buys from it; some buy from two."""
        customers = self._some("user", max(1, round(CUSTOMERS * self.crowd)))
        each = max(1, -(-len(customers) // max(count, 1)))
        for turn in range(count):
            line = self.lines[int(self.rng.integers(len(self.lines)))]
            sellers = [m for m in line.members if m.role == "dealer" and m.link == PLAIN] or line.members[:1]
            seller = sellers[int(self.rng.integers(len(sellers)))]
            start = turn * each
            named = customers[start : start + each] or [customers[int(self.rng.integers(len(customers)))]]
            self.roles.update((person, "customer") for person in named)
            cast: Cast = [(named[0], "subject"), (seller.person, "subject")]
            cast += [(person, str(self.rng.choice(["subject", "associate"]))) for person in named[1:4]]
            low, high = max(minute_of(seller.start), SINCE_MINUTE + 1440), minute_of(seller.end)
            when = min(some_minute(self.rng, low, high), LAST - 1440)
            self.planned.add("line_customer", cast, when, line=line.number, words=BIT["COUNTY LINE"], about=True)

    def _cuckooing(self, count: int) -> None:
        """Local dealers and users in somebody's flat, without any line."""
        for _ in range(count):
            cast: Cast = [(self._one("user"), "subject"), (self._one("dealer"), "subject")][
                : int(self.rng.integers(1, 3))
            ]
            decoy = "cuckooing without a line"
            self.planned.add("user_log", cast, self._minute(), words=BIT["CUCKOO"], decoy=decoy)

    def _patches(self, quota: int) -> None:
        """Local dealers, alone or with a mate, with the words of a drugs line and of supply."""
        dealers = self._some("dealer", min(round(DEALERS * self.crowd), quota))
        self.roles.update((person, "local dealer") for person in dealers)
        supplies = min(len(dealers), self.hits["OTHER"] - self.planned.carried(BIT["OTHER"]))
        for turn in range(min(quota, max(len(dealers), quota // 4))):
            dealer = dealers[turn % len(dealers)]
            mate = int(self.people.mates[dealer, 0])
            cast: Cast = [(dealer, "subject")]
            if mate >= 0 and dealer % 2:
                cast.append((mate, "associate"))
                self.roles[mate] = "local dealer"
            words = BIT["DRUGS LINE"]
            self.planned.add("patch_log", cast, self._minute(), words=words, decoy="local dealer")
            if turn < supplies:
                role = str(self.rng.choice(["arrested", "charged", "convicted", "suspect"]))
                charged = [(person, role) for person, _ in cast]
                self.planned.add("patch_supply", charged, self._minute(), words=BIT["OTHER"], decoy="local dealer")

    def _contact_list(self) -> None:
        """Logs with more people than anyone has met: contacts of a line's number."""
        for turn in range(max(1, len(self.lines) // 20)):
            line = self.lines[turn]
            members = [(m.person, "subject") for m in line.members if m.link == PLAIN][:5]
            crowd = [(person, "associate") for person in self._some("adult", 33)]
            when = some_minute(self.rng, SINCE_MINUTE + 1440, LAST - 1440)
            self.planned.add("line_list", [*members, *crowd], when, line=line.number, about=True)
