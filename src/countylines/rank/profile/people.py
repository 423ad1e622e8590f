"""The factors that count people: children, and those who may be at the lowest level."""

from __future__ import annotations

import polars as pl

from countylines.graph import Graph
from countylines.rank.ages import younger_than
from countylines.rank.evidence import in_care
from countylines.rank.profile.rules import Factor
from countylines.rank.profile.scene import Scene
from countylines.sums import EDGE


def exploited_children(scene: Scene, rule: Factor) -> pl.DataFrame:
    """Children on the list of believed exploited people, or victims of a modern-slavery offence.

    Evidence: the records with search words in which a listed child connects, and those of the offences. Unknown: nobody
    in the group has a birth date; or it has children, there is no list, and no offence speaks.
    """
    victims = scene.parts.filter(
        (pl.col("role") == "victim") & pl.col("offence_code").is_in(scene.among(rule.lists["offences"]))
    )
    children = _children(scene)
    listed = children.filter("believed_exploited").select("group_id", "nominal_id")
    suffered = children.select("group_id", "nominal_id").join(victims, on=("group_id", "nominal_id"))
    found = pl.concat([listed, suffered.select("group_id", "nominal_id")]).unique()
    records = pl.concat([_matched(scene, listed), suffered.select("group_id", "record_id")])
    looked = pl.lit(len(scene.evidence.small["known_victims"]) > 0)
    return _count_children(scene, found, records, looked)


def children_missing(scene: Scene, rule: Factor) -> pl.DataFrame:
    """Children with a missing episode, or missing in a record.

    Evidence: the records of the episodes. Unknown: nobody in the group has a birth date; or it has children and there
    is no missing record at all.
    """
    episodes = scene.evidence.small["episodes"].select("nominal_id", "record_id")
    reported = scene.evidence.involvements.filter(pl.col("role") == "missing").select("nominal_id", "record_id")
    missing = pl.concat([episodes, reported])
    found = _children(scene).select("group_id", "nominal_id").join(missing, on="nominal_id")
    looked = len(missing) > 0 or "missing" in scene.evidence.records["source"]
    return _count_children(scene, found.select("group_id", "nominal_id"), found, pl.lit(looked))


def looked_after_children(scene: Scene, rule: Factor) -> pl.DataFrame:
    """Children in the care of a local authority, by their flag or by a period of care that isn't over at as_of.

    Evidence: the records with search words in which they connect. Unknown: nobody in the group has a birth date; or it
    has children, of whom none has a flag or a period of care.
    """
    care = scene.evidence.small["care"]
    periods = care.group_by("nominal_id").agg(in_care=in_care(scene.evidence.as_of).any())
    children = _children(scene).join(periods, on="nominal_id", how="left")
    state = pl.col("looked_after") | pl.col("in_care")  # null only where neither says yes and one is unknown
    known = pl.col("looked_after").is_not_null() | pl.col("in_care").is_not_null()
    found = children.filter(state).select("group_id", "nominal_id")
    flagged = children.filter(known).select("group_id").unique()
    looked = pl.col("group_id").is_in(flagged["group_id"].to_list())
    return _count_children(scene, found, _matched(scene, found), looked)


def lowest_level(scene: Scene, rule: Factor) -> pl.DataFrame:
    """People who may appear only as carriers: a hypothesis, by roles and place, never by age.

    They carry (one of the roles in ``carrying``, never one of those in ``never``, in any record) and their strength
    within the group, the sum of w to its people, is below the group's mean. The youngest of them adds a level when
    under the age ``young``. Evidence: the records in which they have such a role; no person is named.
    """
    key = ("group_id", "nominal_id")
    carrying = scene.parts.filter(pl.col("role").is_in(rule.lists["carrying"]))
    never = scene.parts.filter(pl.col("role").is_in(rule.lists["never"]))
    strength = _strength_inside(scene.evidence.graph, dict(scene.members.select("nominal_id", "group_id").iter_rows()))
    placed = scene.members.join(strength, on="nominal_id", how="left")
    mean = pl.col("strength").mean().over("group_id")
    edge = placed.filter(pl.col("strength") < mean - EDGE)
    found = edge.join(carrying, on=key, how="semi").join(never, on=key, how="anti")
    young = younger_than(pl.col("date_of_birth"), int(rule.numbers["young"]), scene.evidence.as_of)
    counts = found.group_by("group_id").agg(count=pl.len(), young=young.fill_null(False).any())
    return scene.answer(counts, carrying.join(found, on=key, how="semi"), lift=pl.col("young").cast(pl.Int64))


def _children(scene: Scene) -> pl.DataFrame:
    return scene.members.filter(pl.col("is_child").fill_null(False))


def _matched(scene: Scene, people: pl.DataFrame) -> pl.DataFrame:
    """The records with search words in which these people connect."""
    there = scene.parts.filter(pl.col("score") > 0).join(people, on=("group_id", "nominal_id"), how="semi")
    return there.select("group_id", "record_id")


def _count_children(scene: Scene, found: pl.DataFrame, records: pl.DataFrame, looked: pl.Expr) -> pl.DataFrame:
    """Count them; without children 0 is known, without any birth date nothing is.

    Args:
        found: ``group_id``, ``nominal_id``.
        looked: whether the field was looked for, in groups that have children.
    """
    number = found.unique().group_by("group_id").agg(count=pl.len())
    child = pl.col("is_child")
    ages = scene.members.group_by("group_id").agg(aged=child.is_not_null().any(), some=child.fill_null(False).any())
    counts = ages.join(number, on="group_id", how="left").with_columns(pl.col("count").fill_null(0))
    known = pl.col("aged") & (~pl.col("some") | looked | (pl.col("count") > 0))
    return scene.answer(counts, records.select("group_id", "record_id"), known)


def _strength_inside(graph: Graph, group: dict[str, str]) -> pl.DataFrame:
    """Each member's sum of w to people of the same group."""
    total = dict.fromkeys(sorted(group), 0.0)
    for a, b, w in zip(graph.a.tolist(), graph.b.tolist(), graph.w.tolist(), strict=True):
        one, other = graph.ids[a], graph.ids[b]
        if group.get(one) is not None and group.get(one) == group.get(other):
            total[one] += w
            total[other] += w
    schema = {"nominal_id": pl.String, "strength": pl.Float64}
    return pl.DataFrame({"nominal_id": list(total), "strength": list(total.values())}, schema=schema)
