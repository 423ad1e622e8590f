"""The nine factors written out over sets and rows, one group at a time: what the package must come to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from countylines.rank.evidence import Evidence
from countylines.rank.profile import Rules
from tests.rank.small import born_under

Answer = tuple[float | None, int, set[str], set[str]]  # count, levels to add, records, areas
CODED = ("crime", "custody")


class ByHand:
    """One group's factors."""

    def __init__(self, evidence: Evidence, rules: Rules, crimes: pl.DataFrame, group: str) -> None:
        self.e, self.rules = evidence, rules
        self.weight = dict(crimes.select("record_id", "weight").iter_rows())
        self.records = {row["record_id"]: row for row in evidence.records.iter_rows(named=True)}
        self.score = dict(evidence.record_scores.select("record_id", "score").iter_rows())
        rows = {row["nominal_id"]: row for row in evidence.people.iter_rows(named=True)}
        own = {r["nominal_id"]: r for r in evidence.nominals.iter_rows(named=True) if r["group_id"] == group}
        self.group, self.people = group, {name: {**rows[name], **own[name]} for name in own}
        silent = ("witness", "reporter", "carer", "professional")
        parts = [(n, role, r) for r, n, role in evidence.involvements.iter_rows() if n in own and role not in silent]
        self.parts = [part for part in parts if part[2] in self.records]
        self.children = {name for name, row in self.people.items() if row["is_child"]}
        self.aged = any(row["is_child"] is not None for row in self.people.values())

    def small(self, name: str) -> list[dict[str, Any]]:
        return list(self.e.small[name].iter_rows(named=True))

    def in_class(self, record: str, classes: Iterable[str]) -> bool:
        """For codes written as 008/01 only."""
        code = self.records[record]["offence_code"]
        return code is not None and any(code == one or code.startswith(f"{one}/") for one in classes)

    def hit(self, groups: Iterable[str]) -> set[str]:
        return {r["record_id"] for r in self.e.hits.iter_rows(named=True) if r["group"] in set(groups)}

    def cancelled(self, record: str) -> bool:
        row = self.records[record]
        return row["source"] == "crime" and row["offence_code"] is not None and record not in self.weight

    def matched(self, people: set[str]) -> set[str]:
        return {r for n, _, r in self.parts if n in people and self.score.get(r, 0) > 0}

    def of_children(self, found: set[str], records: set[str], looked: bool) -> Answer:
        known = self.aged and (not self.children or looked or bool(found))
        return (float(len(found)) if known else None, 0, records, set())

    def exploited_children(self) -> Answer:
        slavery = self.rules.factors["exploited_children"].lists["offences"]
        listed = {n for n in self.children if self.people[n]["believed_exploited"]}
        suffered = {
            (n, r) for n, role, r in self.parts if n in self.children and role == "victim" and self.in_class(r, slavery)
        }
        found = listed | {n for n, _ in suffered}
        return self.of_children(
            found, self.matched(listed) | {r for _, r in suffered}, bool(self.small("known_victims"))
        )

    def children_missing(self) -> Answer:
        told = {(r["nominal_id"], r["record_id"]) for r in self.small("episodes")}
        reported = {(n, r) for r, n, role in self.e.involvements.iter_rows() if role == "missing"}
        there = told | reported
        mine = {(n, r) for n, r in there if n in self.children}
        looked = bool(there) or any(row["source"] == "missing" for row in self.records.values())
        return self.of_children({n for n, _ in mine}, {r for _, r in mine}, looked)

    def looked_after_children(self) -> Answer:
        periods: dict[str, bool] = {}
        for row in self.small("care"):
            now = row["from"] <= self.e.as_of and (row["to"] is None or row["to"] >= self.e.as_of)
            periods[row["nominal_id"]] = periods.get(row["nominal_id"], False) or now
        flags = {n: self.people[n]["looked_after"] for n in self.children}
        found = {n for n in self.children if flags[n] or periods.get(n)}
        looked = any(flags[n] is not None or n in periods for n in self.children)
        return self.of_children(found, self.matched(found), looked)

    def lowest_level(self) -> Answer:
        rule = self.rules.factors["lowest_level"]
        strength = dict.fromkeys(self.people, 0.0)
        for row in self.e.edges.iter_rows(named=True):
            pair = (row["nominal_a"], row["nominal_b"])
            if row["kind"] == "associative" and set(pair) <= set(self.people):
                for name in pair:
                    strength[name] += row["weight"] * row["n_records"]
        mean = sum(strength.values()) / len(strength)
        roles = {name: {role for n, role, _ in self.parts if n == name} for name in self.people}
        carry, never = set(rule.lists["carrying"]), set(rule.lists["never"])
        found = {n for n in self.people if strength[n] < mean - 1e-9 and roles[n] & carry and not roles[n] & never}
        ages = [self.people[n]["date_of_birth"] for n in found]
        young = any(born_under(born, int(rule.numbers["young"]), self.e.as_of) for born in ages)
        return (float(len(found)), int(young), {r for n, role, r in self.parts if n in found and role in carry}, set())

    def looked(self, groups: Iterable[str]) -> bool:
        """Whether offences were looked for."""
        if set(groups) & set(self.e.weights):
            return True
        codes = [self.records[r]["offence_code"] for _, _, r in self.parts if self.records[r]["source"] in CODED]
        anywhere = any(row["offence_code"] is not None for row in self.records.values())
        return anywhere and (not codes or any(code is not None for code in codes))

    def firearms(self) -> Answer:
        lists = self.rules.factors["firearms"].lists
        said = self.hit(lists["lexicon_groups"])
        there = {r for _, role, r in self.parts if role in lists["roles"] and not self.cancelled(r)}
        found = {r for r in there if r in said or self.in_class(r, lists["offences"])}
        return (float(len(found)) if self.looked(lists["lexicon_groups"]) else None, 0, found, set())

    def violence(self) -> Answer:
        lists = self.rules.factors["violence"].lists
        there = {r for _, role, r in self.parts if role in lists["roles"] and not self.cancelled(r)}
        crimes = {r for r in there if r in self.weight and self.in_class(r, lists["offences"])}
        said = there & self.hit(lists["lexicon_groups"])
        weights = [self.weight[r] for r in crimes if self.weight[r] is not None]
        if crimes:
            return (max(weights) if weights else None, 0, crimes | said, set())
        return (0.0 if self.looked(lists["lexicon_groups"]) else None, int(bool(said)), said, set())

    def found_areas(self) -> set[tuple[str, str]]:
        rows = [row for row in self.small("episodes") if row["nominal_id"] in self.people]
        return {(row["record_id"], row["found_area"]) for row in rows if row["found_area"]}

    def placed(self, name: str, which: str) -> set[tuple[str, str]]:
        """Records of at least the score, by role, with their areas."""
        rule = self.rules.factors[name]
        there = {r for _, role, r in self.parts if role in rule.lists[which]}
        strong = {r for r in there if self.score.get(r, 0) >= rule.numbers["least_score"] - 1e-9}
        return {(r, self.records[r]["area"]) for r in strong if self.records[r]["area"]}

    def areas_impacted(self) -> Answer:
        places = self.placed("areas_impacted", "roles") | self.found_areas()
        areas = {area for _, area in places}
        return (float(len(areas)) if areas else None, 0, {r for r, _ in places}, areas)

    def origin(self) -> Answer:
        numbers = self.rules.factors["origin"].numbers
        sides = (self.placed("origin", "from_roles"), self.placed("origin", "to_roles") | self.found_areas())
        kept: list[set[tuple[str, str]]] = []
        for side in sides:
            total = len({r for r, _ in side})
            n = {area: len({r for r, a in side if a == area}) for _, area in side}
            least = max(numbers["least_records"], numbers["least_share"] * total - 1e-9)
            kept.append({(r, a) for r, a in side if n[a] >= least})
        start, end = ({area for _, area in side} for side in kept)
        areas, own = start | end, set(self.e.force_areas)
        records = {r for side in kept for r, _ in side}
        exported, imported = bool(start & own) and bool(end - own), bool(start - own) and bool(end & own)
        if not own or not areas:
            return (None, 0, records, areas)
        if exported or imported:
            return (4.0 if exported and imported else 3.0 if imported else 2.0, 0, records, areas)
        return (None if areas - own else float(len(areas) > 1), 0, records, areas)

    def soc_overlap(self) -> Answer:
        share = {row["group_id"]: row["overlap"] for row in self.e.groups.iter_rows(named=True)}[self.group]
        return (share if self.small("reference_groups") else None, 0, set(), set())

    def row(self, factor: str) -> dict[str, Any]:
        """The row of ``profiles``."""
        count, lift, records, areas = getattr(self, factor)()
        grades = [self.band(self.records[r]["grading"]) for r in records if r in self.records]
        graded = [g for g in grades if g]
        good = [sum(g in names for g in graded) * 2 >= len(graded) for names in (("high",), ("high", "medium"))]
        confidence = "unknown" if not graded else "high" if good[0] else "medium" if good[1] else "low"
        credible = None
        if factor == "exploited_children" and count:
            credible = any(g in self.rules.credible for g in graded) or bool(records & self.reviewed())
        return {
            "group_id": self.group,
            "factor": factor,
            "level": None if count is None else min(4, self.level(factor, count) + lift),
            "credible": credible,
            "confidence": confidence,
            "count": count,
            "areas": sorted(areas),
            "record_ids": sorted(records),
        }

    def level(self, factor: str, count: float) -> int:
        bounds = self.rules.factors[factor].levels
        return max(
            (i + 1 for i, (bound, above) in enumerate(bounds) if count > bound + (1e-9 if above else -1e-9)), default=0
        )

    def band(self, written: str | None) -> str | None:
        """For gradings written as 2BP or 2 B P only."""
        return self.rules.bands.get(written.replace(" ", "")[:2]) if written else None

    def reviewed(self) -> set[str]:
        return {
            row["record_id"]
            for row in self.small("decisions")
            if row["decision"] == "reviewed and kept"
            and row["by"]
            and row["confirmed_by"]
            and row["by"] != row["confirmed_by"]
            if row["record_id"] and (row["review_by"] is None or row["review_by"] > self.e.as_of)
        }


def profiles_by_hand(evidence: Evidence, rules: Rules, crimes: pl.DataFrame) -> list[dict[str, Any]]:
    """All rows, sorted by group and factor."""
    groups = sorted(set(evidence.nominals["group_id"].drop_nulls()))
    return [ByHand(evidence, rules, crimes, group).row(factor) for group in groups for factor in sorted(rules.factors)]
