"""The smaller extract tables: people, SOC groups, known lines and victims, releases, episodes, care and more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from countylines.synthetic.clock import DAY_MINUTES, END, END_DAY, START_DAY, YEAR
from countylines.synthetic.columns import Filed, days, record_ids, source_of
from countylines.synthetic.crews import GROWN, PLAIN, Line
from countylines.synthetic.data import scenes, words
from countylines.synthetic.episodes import Missing, episode_columns
from countylines.synthetic.events import NOBODY
from countylines.synthetic.known_lines import known_line_rows
from countylines.synthetic.people import People
from countylines.synthetic.planned import DECOYS
from countylines.synthetic.prose import put
from countylines.synthetic.slots import stock
from countylines.synthetic.write import Form, write_whole
from countylines.tables import EXTRACTS, ROLES, SOURCES

HOME_UNKNOWN, PLACING_UNKNOWN = 0.04, 0.08  # shares of people, and of those in care
SOON, LEAST_SOON, DAYS_SOON = 0.05, 3, 28  # share of GROWN to be released in the days to come, at least so many people
RELEASED = 0.1  # share of them released in the two years before


class Extracts:
    """Writes the tables beside records and involvements."""

    def __init__(
        self,
        seed: int,
        people: People,
        lines: Sequence[Line],
        filed: Filed,
        known: Mapping[int, str],
        still_missing: NDArray[np.int64],
        folder: Path,
        form: Form,
    ) -> None:
        self.rng = np.random.default_rng((seed, 200))
        self.own = [np.random.default_rng((seed, 201 + part)) for part in range(4)]  # each drawn from by one table
        self.people, self.lines, self.filed = people, lines, filed
        self.known, self.still_missing = known, still_missing
        self.folder, self.form = folder, form
        self.ids = nominal_ids(people)
        self.source = source_of(filed.events)

    def write(self) -> None:
        """All of them."""
        self._nominals()
        self._reference_groups()
        self._known_lines()
        self._known_victims()
        self._releases()
        self._episodes()
        self._care()
        self._person_links()
        self._decisions()

    def _put(self, name: str, columns: dict[str, pa.Array]) -> None:
        write_whole(self.folder, name, EXTRACTS[name].schema, columns, self.form)

    def _rows(self, name: str, rows: Sequence[dict[str, Any]]) -> None:
        schema = EXTRACTS[name].schema
        self._put(name, {c: pa.array([row.get(c) for row in rows], schema.field(c).type) for c in schema.names})

    def _id(self, person: int) -> str:
        return str(self.ids[person])

    def _nominals(self) -> None:
        people, names, n = self.people, words(), len(self.people)
        order = np.argsort(people.number)
        given = np.where(
            people.female[order] == 1,
            np.array(names["given_f"])[people.given[order]],
            np.array(names["given_m"])[people.given[order]],
        )
        families = np.array([family.as_py().title() for family in stock().families])[people.family[order]]
        number = people.number[order]
        full = [f"{a} {b} {c:07d}" for a, b, c in zip(given, families, number, strict=True)]
        nick = np.array(names["nick"])[self.rng.integers(0, len(names["nick"]), n)]
        far = self.rng.random(n) < 0.4
        aliases = self._aliases(pa.array(nick.tolist(), pa.string(), mask=self.rng.random(n) < 0.93))
        authorities = np.array(names["authority"])
        home = authorities[people.area[order] % len(authorities)]
        placed = np.where(far, np.array(names["outside"])[number % len(names["outside"])], home)
        self.placed = np.empty(n, placed.dtype)
        self.placed[order] = placed
        unknown = self.own[0].random((2, n))
        care = people.care[order]
        grown = END_DAY - people.born[order] >= 18 * YEAR  # who was in care as a child isn't any more
        care = np.where(grown & (care == 1), 0, care)
        self._put(
            "nominals",
            {
                "nominal_id": self.ids.take(pa.array(order)),
                "name": pa.array(full),
                "aliases": aliases,
                "date_of_birth": days(people.born[order], people.born_known[order]),
                "sex": pa.array(np.where(people.female[order] == 1, "F", "M").tolist()),
                "ethnicity": pa.array(np.array(names["ethnicity"])[people.ethnicity[order]].tolist()),
                "looked_after": pa.array(care == 1, pa.bool_(), mask=care < 0),
                "home_authority": pa.array(home.tolist(), pa.string(), mask=unknown[0] < HOME_UNKNOWN),
                "responsible_authority": pa.array(
                    placed.tolist(), pa.string(), mask=(care != 1) | (unknown[1] < PLACING_UNKNOWN)
                ),
            },
        )

    def _aliases(self, nick: pa.Array) -> pa.Array:
        """Nicknames, in order of ids, with the other names that records know."""
        places = self.people.number[list(self.known)].astype(np.int64) - 1
        other = put(pa.nulls(len(nick), pa.string()), [(places, pa.array(self.known.values(), pa.string()))])
        both = pc.if_else(pc.equal(nick, other), nick, pc.binary_join_element_wise(nick, other, ";"))
        return pc.coalesce(both, nick, other)

    def _reference_groups(self) -> None:
        """SOC groups; a tenth of them are built round the grown people of a line."""
        groups: list[list[int]] = [[] for _ in range(int(self.people.soc.max()) + 1)]
        for person in np.flatnonzero(self.people.soc >= 0):
            groups[self.people.soc[person]].append(int(person))
        for i, group in enumerate(groups[: max(1, round(0.1 * len(groups)))]):
            line = self.lines[i % len(self.lines)]
            grown = [m.person for m in line.members if m.role in GROWN]
            group[:] = sorted({*grown[: 2 + int(0.8 * len(grown))], *group[: len(grown) // 2]})
        rows = [
            {"nominal_id": self._id(p), "group_id": f"SOC-{i + 1:03d}"} for i, group in enumerate(groups) for p in group
        ]
        self._rows("reference_groups", rows)

    def _known_lines(self) -> None:
        rows = known_line_rows(self.rng, self.own[3], self.lines, self._id)
        self._rows("known_lines", rows)

    def _known_victims(self) -> None:
        """A third of those exploited, and a few who are exploited otherwise."""
        chosen = [m for line in self.lines for m in line.members if m.exploited and self.rng.random() < 0.33]
        bases = ["NRM referral", "NRM conclusive grounds", "strategy meeting", "screening tool"]
        rows = [(m.person, m.start + self.rng.uniform(0.3, 1) * (m.end - m.start)) for m in chosen]
        runaways = self.people.pools["runaway"]
        rows += [(int(p), END_DAY - self.rng.uniform(0, 900)) for p in runaways[: max(1, len(chosen) // 8)]]
        self._rows(
            "known_victims",
            [
                {"nominal_id": self._id(p), "since": _date(day), "basis": str(self.rng.choice(bases))}
                for p, day in sorted(rows)
            ],
        )

    def _persons(self, row: NDArray[np.int64], role: str) -> NDArray[np.int32]:
        """The first person with that role in each of these records, -1 without."""
        events = self.filed.events
        is_it = (events.role[row] == ROLES.index(role)) & (events.cast[row] != NOBODY)
        found: NDArray[np.int32] = np.where(is_it.any(axis=1), events.cast[row, is_it.argmax(axis=1)], NOBODY)
        return found

    def _releases(self) -> None:
        """Of every release notification, and of a few people of lines, some of them in the four weeks to come."""
        rows = np.flatnonzero(self.filed.events.scene == scenes()["release"].number)
        person = self._persons(rows, "prisoner")
        rows, person = rows[person != NOBODY], person[person != NOBODY]
        day = self.filed.recorded[rows] // DAY_MINUTES + START_DAY + self.rng.integers(0, 21, len(rows))
        more = self._more_releases()
        pairs = np.stack([np.r_[person, more[:, 0]], np.r_[day.astype(np.int32), more[:, 1]]]).astype(np.int32)
        pairs = np.unique(pairs, axis=1)
        self._put("releases", {"nominal_id": self.ids.take(pa.array(pairs[0])), "release_date": days(pairs[1])})

    def _more_releases(self) -> NDArray[np.int64]:
        """Person and day: grown people of lines soon to be released, and some who were lately."""
        own = self.own[1]
        grown = [m for line in self.lines for m in line.members if m.role in GROWN and m.link == PLAIN]
        drawn = [grown[i].person for i in own.permutation(len(grown)).tolist()]
        soon = min(len(drawn), max(LEAST_SOON, round(SOON * len(drawn))))
        ahead = own.integers(2, DAYS_SOON + 1, soon)
        past = drawn[soon : soon + round(RELEASED * len(drawn))]
        ago = own.integers(1, 730, len(past))
        day = np.concatenate([END_DAY + ahead, END_DAY - ago])
        return np.stack([np.array([*drawn[:soon], *past], np.int64), day], axis=1)

    def _episodes(self) -> None:
        rows = np.flatnonzero(self.source == SOURCES.index("missing"))
        person = self._persons(rows, "missing")
        rows, person = rows[person != NOBODY], person[person != NOBODY]
        missing = Missing(person, self.filed.events.when[rows], np.isin(rows, self.still_missing))
        self._put(
            "episodes",
            {
                "record_id": record_ids(self.source[rows], self.filed.number[rows]),
                "nominal_id": self.ids.take(pa.array(person)),
                **episode_columns(self.rng, self.own[2], missing, self.people, self.lines),
            },
        )

    def _care(self) -> None:
        people = self.people
        person = np.flatnonzero(people.care == 1)
        start = people.born[person] + (self.rng.uniform(8, 14, len(person)) * YEAR).astype(np.int32)
        start = np.minimum(start, END_DAY - 30)
        end = people.born[person] + int(18 * YEAR)
        self._put(
            "care",
            {
                "nominal_id": self.ids.take(pa.array(person)),
                "from": days(start),
                "to": days(end, end < END_DAY),
                "authority": pa.array(self.placed[person].tolist()),
            },
        )

    def _person_links(self) -> None:
        """The prison's and the missing-person system's own ids."""
        rows: list[dict[str, Any]] = []
        for source, kind in (("prison", "prisoner"), ("missing", "missing")):
            found = self._persons(np.flatnonzero(self.source == SOURCES.index(source)), kind)
            for i, person in enumerate(np.unique(found[found != NOBODY])):
                basis = "name and date of birth" if i % 3 else "PNC id"
                row = {"source": source, "native_id": f"{source[0].upper()}{i + 1:06d}", "basis": basis}
                rows.append({**row, "nominal_id": self._id(int(person))})
        self._rows("person_links", rows)

    def _decisions(self) -> None:
        """A few rulings on news that somebody has read; only the first is confirmed by a second person."""
        found = np.flatnonzero(self.filed.events.decoy == DECOYS.index("news"))[:3]
        ids = record_ids(self.source[found], self.filed.number[found]).to_pylist()
        at = dt.datetime(END.year, END.month, 1, 9, 30)
        base = {"decision": "not county lines", "by": "analyst 12", "at": at, "reason": "about another force"}
        review = dt.date(END.year + 1, 6, 30)
        confirmed = [None if i else "analyst 7" for i in range(len(ids))]
        self._rows(
            "decisions",
            [
                {**base, "record_id": r, "confirmed_by": c, "review_by": review}
                for r, c in zip(ids, confirmed, strict=True)
            ],
        )


def nominal_ids(people: People) -> pa.Array:
    """Everybody's id, in order of their index."""
    return pa.array([f"N{number:07d}" for number in people.number.tolist()])


def _date(day: float) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=min(int(day), END_DAY))
