"""What if people stepped out of a group or the network: the order of removal beside plain orders (METHOD 6; SCREENS 3).

For prioritising lawful disruption or support to stop; no prediction. Whoever is protected or held is in no order, table
or chart data: they stay in the group while others are taken out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup

from countylines.report.show.words import share
from countylines.web.persons import Card
from countylines.web.reader import Reader

NETWORK = "network"  # the scope of everybody; no group is called so
BASELINES = ("random", "degree", "adaptive degree", "betweenness")
CALLED = {
    "random": "Random, mean and range",
    "degree": "Most ties",
    "adaptive degree": "Most ties left",
    "betweenness": "Most in between",
}
ANEW = "Worked out anew, since somebody here isn't ranked any more; not proved best. The next run makes it whole."
NEAR = 0.005  # of the harm: orders nearer than this do as well


@dataclass(frozen=True)
class Step:
    """One person less.

    Attributes:
        k: 1 = first.
        largest: people in the largest connected part afterwards.
        harm: harm still connected, as a share of what it was.
        first_k: share of re-drawn networks that have them among the first; None = not made.
    """

    k: int
    card: Card
    largest: int
    harm: float
    first_k: float | None


@dataclass(frozen=True)
class Answer:
    """The steps of one question, and what is known of how good they are."""

    steps: tuple[Step, ...]
    proof: str

    @property
    def last(self) -> Step | None:
        """After the last step."""
        return self.steps[-1] if self.steps else None


@dataclass(frozen=True)
class Removal:
    """The three questions for one group or the whole network, and the plain orders.

    Attributes:
        size: people in it.
        start: people in its largest connected part now.
        whole: harm-connected mass now.
        plain: per baseline and step: largest part and share of harm still connected, with the range of random.
        of: group or network.
    """

    size: int
    start: int
    whole: float
    order: Answer
    only_k: Answer
    goal: Answer
    plain: Mapping[str, tuple[Mapping[str, Any], ...]]
    of: str = "group"

    @property
    def last(self) -> int:
        """How many people the order has."""
        return len(self.order.steps)

    def beside(self) -> str:
        """Whether the plain orders do as well, in a sentence."""
        if not self.plain:
            return "The plain orders of the run aren't shown beside it: they were made with other people."
        ours = [1.0, *(step.harm for step in self.order.steps)]
        as_well, better = [], []
        for name in BASELINES[1:]:
            theirs = [row["harm"] for row in self.plain.get(name, ())][: len(ours)]
            if len(theirs) < len(ours):
                continue
            if any(b < a - NEAR for a, b in zip(ours, theirs, strict=True)):
                better.append(f'"{CALLED[name]}"')
            elif all(b <= a + NEAR for a, b in zip(ours, theirs, strict=True)):
                as_well.append(f'"{CALLED[name]}"')
        said = []
        if as_well:
            said.append(f"At each step {_and(as_well)} {'does' if len(as_well) == 1 else 'do'} as well, within 0.5%.")
        if better:
            said.append(f"At some step {_and(better)} {'leaves' if len(better) == 1 else 'leave'} less.")
        return " ".join(said) or "At no step does a plain order leave less, and none does as well throughout."


def removal(reader: Reader, scope: str, cards: Mapping[str, Card], size: int) -> Removal | None:
    """What the run says of a group or the whole network; None where nobody in it may be ordered.

    Args:
        scope: a group's id, or NETWORK.
        cards: of the people in it.
        size: how many they are.
    """
    rows = reader.table("dismantling").filter(pl.col("scope") == scope)
    base = reader.table("dismantling_baselines").filter(pl.col("scope") == scope).sort("baseline", "step")
    people = reader.table("nominals").filter("rankable" if scope == NETWORK else pl.col("group_id") == scope)
    ranked = set(people.filter("rankable")["nominal_id"].to_list())
    allowed = {name for name in ranked if name in cards and not cards[name].guarded}
    rows = rows.filter(pl.col("nominal_id").is_in(sorted(allowed))).sort("question", "step")
    start = base.filter(pl.col("step") == 0)
    if rows.is_empty() or start.is_empty():
        return None
    of = "network" if scope == NETWORK else "group"
    if ranked - allowed:
        return _anew(reader, rows, cards, size, of)
    whole = float(start["harm_connected"][0])
    answers = {question: _answer(rows, question, cards, whole) for question in ("order", "k", "goal")}
    return Removal(
        size=size,
        start=int(start["largest_component"][0]),
        whole=whole,
        order=answers["order"],
        only_k=answers["k"],
        goal=answers["goal"],
        plain={
            str(name): tuple(_plain(row, whole) for row in part.to_dicts())
            for (name,), part in base.group_by("baseline", maintain_order=True)
        },
        of=of,
    )


def _anew(reader: Reader, rows: pl.DataFrame, cards: Mapping[str, Card], size: int, of: str) -> Removal:
    """The run's order without somebody who may not be ranked any more, who stays there while others step out.

    All figures are worked out again: a step left out of the run's would tell what their going changes.
    """
    from countylines.rank.dismantle.objective import curve  # here, so that the dashboard starts without it
    from countylines.web.whatif import of_people, whole_of

    problem = of_people(whole_of(reader), cards.keys())
    place = {name: i for i, name in enumerate(problem.ids)}
    order = rows.filter(pl.col("question") == "order").sort("step")["nominal_id"].to_list()
    found = curve(problem, [place[name] for name in order])
    whole, start = float(found.mass[0]), int(found.largest[0])
    steps = tuple(
        Step(k, cards[name], int(found.largest[k]), float(found.mass[k]) / whole, None)
        for k, name in enumerate(order, start=1)
    )
    asked = reader.settings["dismantling"]
    reached = next((step.k for step in steps if step.largest <= start * asked["goal"]), len(steps))
    order_of, few, goal = (Answer(some, ANEW) for some in (steps, steps[: asked["k"]], steps[:reached]))
    return Removal(size, start, whole, order=order_of, only_k=few, goal=goal, plain={}, of=of)


def _answer(rows: pl.DataFrame, question: str, cards: Mapping[str, Card], whole: float) -> Answer:
    found = rows.filter(pl.col("question") == question).to_dicts()
    steps = tuple(
        Step(row["step"], cards[row["nominal_id"]], row["largest_component"], row["harm_connected"] / whole,
             row["first_k_share"])
        for row in found
    )  # fmt: skip
    return Answer(steps, proof_said(found[0]["proof"], whole) if found else "")


def _plain(row: Mapping[str, Any], whole: float) -> dict[str, Any]:
    least, most = row["harm_least"], row["harm_most"]
    return {
        "k": row["step"],
        "part": row["largest_component"],
        "harm": row["harm_connected"] / whole,
        "part_range": None if least is None else (row["largest_least"], row["largest_most"]),
        "harm_range": None if least is None else (least / whole, most / whole),
    }


def proof_said(proof: str, whole: float) -> str:
    """What is known of how good an answer is, in plain words.

    Example:
        >>> proof_said("optimal", 9.0)
        'Proved best: no other choice of as many people leaves less.'
        >>> proof_said("bound 4.5", 9.0)
        'Best found. No choice of as many people can leave less than 50%.'
    """
    said = []
    if missed := re.match(r"target (\d+) can't be reached, floor (\d+); ", proof):
        said.append(
            f"A largest part of {missed[1]} can't be reached: with everybody out who may be ordered,"
            f" {missed[2]} people are still connected."
        )
        proof = proof[missed.end() :]
    if bound := re.fullmatch(r"bound ([\d.e+]+)", proof):
        return f"Best found. No choice of as many people can leave less than {share(float(bound[1]) / whole)}."
    words = {
        "optimal": "Proved best: no other choice of as many people leaves less.",
        "best found: swaps; no bound": "Best found by exchanging people one by one; nothing is proved.",
    }
    found = re.sub(r"^best found: bundle-ratio greedy", "Best found by the bundle-ratio greedy, not proved best", proof)
    found = re.sub(r"^best found: ", "Best found, not proved: ", found)
    said.append(words.get(proof, found if found.endswith(".") else found + "."))
    return " ".join(said)


def figures_json(found: Removal) -> Markup:
    """What the slider shows at each number of people: numbers only, no name and no id."""
    now = {"k": 0, "part": f"{found.start} of {found.size}", "harm": "100%"}
    steps = [
        {"k": step.k, "part": f"{step.largest} of {found.size}", "harm": share(step.harm)} for step in found.order.steps
    ]
    return as_json([now, *steps])


def as_json(value: Any) -> Markup:
    """JSON for a data block: nothing in it can end the block."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
