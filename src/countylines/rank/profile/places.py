"""The factors about places and about the known groups: areas impacted, origin, SOC overlap."""

from __future__ import annotations

import polars as pl

from countylines.rank.profile.rules import Factor
from countylines.rank.profile.scene import Scene
from countylines.sums import EDGE

ONE, SEVERAL, EXPORTED, IMPORTED, BOTH = range(5)  # the kinds of origin, in METHOD 5's order


def areas_impacted(scene: Scene, rule: Factor) -> pl.DataFrame:
    """The areas of the county-lines records that name somebody of the group, and where missing members were found.

    County-lines records: of score ``least_score`` or more; drug words alone don't make one.

    Unknown: none of these has an area.
    """
    there = _strong(scene, rule).filter(pl.col("role").is_in(rule.lists["roles"]))
    places = _named(pl.concat([_placed(there), _found_areas(scene)]))
    return scene.answer(_distinct(places), places, pl.col("count") > 0, places)


def origin(scene: Scene, rule: Factor) -> pl.DataFrame:
    """Where the group comes from and where it acts, against the force's own areas.

    From: areas of county-lines records by ``from_roles``. To: by ``to_roles``, and where missing members were found.
    An area counts from ``least_records`` records and ``least_share`` of its side's records on. Exported: from inside
    the force to outside. Imported: from outside to inside. Neither, and all inside: one area or several. Unknown: the
    force's areas aren't given; there is no area; or some lie outside and no direction shows.
    """
    strong = _strong(scene, rule)
    start = _placed(strong.filter(pl.col("role").is_in(rule.lists["from_roles"])))
    end = pl.concat([_placed(strong.filter(pl.col("role").is_in(rule.lists["to_roles"]))), _found_areas(scene)])
    both = _named(pl.concat([start.with_columns(side=pl.lit("from")), end.with_columns(side=pl.lit("to"))]))
    here = pl.col("record_id").n_unique().over("group_id", "side", "area")
    side = pl.col("record_id").n_unique().over("group_id", "side")
    enough = (here >= rule.numbers["least_records"]) & (here >= rule.numbers["least_share"] * side - EDGE)
    own = [area.strip().lower() for area in scene.evidence.force_areas]
    places = both.filter(enough).with_columns(inside=pl.col("area").str.to_lowercase().is_in(own))

    def some(side: str, inside: bool) -> pl.Expr:
        return ((pl.col("side") == side) & (pl.col("inside") == inside)).any()

    seen = places.group_by("group_id").agg(
        exported=some("from", True) & some("to", False),
        imported=some("from", False) & some("to", True),
        home=pl.col("inside").all(),
        several=pl.col("area").n_unique() > 1,
    )
    kind = (
        pl.when(pl.col("exported") & pl.col("imported"))
        .then(BOTH)
        .when(pl.col("imported"))
        .then(IMPORTED)
        .when(pl.col("exported"))
        .then(EXPORTED)
        .when(pl.col("home"))
        .then(pl.when("several").then(SEVERAL).otherwise(ONE))
    )
    counts = seen.select("group_id", count=kind.cast(pl.Float64), told=kind.is_not_null())
    return scene.answer(counts, places, pl.col("told") & bool(own), places)


def soc_overlap(scene: Scene, rule: Factor) -> pl.DataFrame:
    """The greatest share of the group's people who are in one SOC group.

    It rests on a list, not on records. Unknown: there is no list.
    """
    counts = scene.evidence.groups.select("group_id", count=pl.col("overlap"))
    listed = len(scene.evidence.small["reference_groups"]) > 0
    return scene.answer(counts, scene.parts.clear(), pl.lit(listed))


def _strong(scene: Scene, rule: Factor) -> pl.DataFrame:
    """What people are in records of at least the score."""
    return scene.parts.filter(pl.col("score") >= rule.numbers["least_score"] - EDGE)


def _placed(parts: pl.DataFrame) -> pl.DataFrame:
    return parts.filter(pl.col("area").is_not_null()).select("group_id", "record_id", "area")


def _found_areas(scene: Scene) -> pl.DataFrame:
    """Where missing people of the group were found."""
    area = pl.col("found_area").str.strip_chars()
    found = scene.evidence.small["episodes"].select("nominal_id", "record_id", area=area).filter(pl.col("area") != "")
    return scene.members.select("group_id", "nominal_id").join(found, on="nominal_id").drop("nominal_id")


def _named(places: pl.DataFrame) -> pl.DataFrame:
    """One spelling for each area of a group: capitals don't make another."""
    return places.with_columns(area=pl.col("area").min().over("group_id", pl.col("area").str.to_lowercase()))


def _distinct(places: pl.DataFrame) -> pl.DataFrame:
    return places.group_by("group_id").agg(count=pl.col("area").n_unique())
