"""Who is connected with whom by matched records, how strongly, and what that makes a person weigh (METHOD 3.1, 3.2)."""

from __future__ import annotations

import narwhals as nw

from countylines.settings import NominalRule
from countylines.sums import exact_sum, rounded
from countylines.tables import Frame


def evidence(links: Frame, matched: Frame) -> Frame:
    """The matched records behind each person's connections, seen from that person's side.

    A record in which someone is only the victim says nothing about them, so it counts for the other side alone. Someone
    who is alone in their matched records has one connection, to nobody.

    Args:
        links: ``record``, ``nominal``, ``only_victim`` of every connecting person.
        matched: ``record``, one row each.

    Returns:
        One row per ``nominal``, ``other`` (-1 for nobody) and ``record``.
    """
    there = links.join(matched.select("record"), on="record", how="semi")
    size = there.group_by("record").agg(nw.len().alias("size"))
    own = there.filter(~nw.col("only_victim")).join(size, on="record")
    others = there.select("record", other="nominal")
    together = own.filter(nw.col("size") > 1).join(others, on="record").filter(nw.col("nominal") != nw.col("other"))
    alone = own.filter(nw.col("size") == 1).with_columns(other=nw.lit(-1, nw.Int32))
    columns = ("nominal", "other", "record")
    return nw.concat([together.select(columns), alone.select(columns)])


def weights(evidence: Frame, groups: Frame) -> Frame:
    """Weigh every connection: the *distinct* groups over all its records add up, to 1.

    The same word in ten records adds nothing.

    Args:
        evidence: as made by :func:`evidence`.
        groups: one row per group hit in a record: ``record``, ``group``, ``weight`` (0 to 1).

    Returns:
        One row per ``nominal`` and ``other`` with ``c``, 0 to 1, at 9 decimals.

    Example:
        Ann and Bob share two records, one with DRUGS LINE (0.4), one with DRUGS LINE and MISPER (0.1); in the second
        Ann is the victim. Bob's connection to Ann weighs 0.4 + 0.1 = 0.5; Ann's to Bob only 0.4.

    Source: West Midlands Police (2021), section 4.1: "the weighting is additive over all of the found search terms with
        an upper limit of 1"; that it is taken per connection and from each side is our choice.
    """
    return _summed(evidence.join(groups, on="record"), ("nominal", "other"))


def strongest_stretch(evidence: Frame, groups: Frame, dates: Frame, months: int) -> Frame:
    """Keep of each connection only the records within ``months`` that weigh most together; of equals the earliest.

    A stretch runs from a record's day to the same day of the month ``months`` later, that day included.

    Args:
        dates: ``record``, ``date``.
        months: at least 1.

    Returns:
        Rows of ``evidence``.
    """
    pair, begin = ("nominal", "other"), ("from_month", "from_day")
    day = nw.col("date")
    numbers = dates.select("record", month=day.dt.year().cast(nw.Int32) * 12 + day.dt.month(), day=day.dt.day())
    dated = evidence.join(numbers, on="record")
    begins = dated.select(*pair, from_month="month", from_day="day").unique()
    apart = nw.col("month") - nw.col("from_month")
    after = (apart > 0) | ((apart == 0) & (nw.col("day") >= nw.col("from_day")))
    before = (apart < months) | ((apart == months) & (nw.col("day") <= nw.col("from_day")))
    stretches = begins.join(dated, on=list(pair)).filter(after & before)
    summed = _summed(stretches.join(groups, on="record"), (*pair, *begin))
    when = nw.col("from_month") * 32 + nw.col("from_day")
    most = summed.join(summed.group_by(*pair).agg(nw.col("c").max().alias("most")), on=list(pair))
    first = most.filter(nw.col("c") == nw.col("most")).with_columns(when=when).group_by(*pair).agg(nw.col("when").min())
    chosen = stretches.with_columns(when=when).join(first, on=[*pair, "when"], how="semi")
    return chosen.select(*pair, "record")


def _summed(hit: Frame, by: tuple[str, ...]) -> Frame:
    """``c`` by those columns: each group once, with its greatest weight."""
    distinct = hit.group_by(*by, "group").agg(nw.col("weight").max())
    return distinct.group_by(*by).agg(exact_sum(nw.col("weight")).clip(upper_bound=1.0).alias("c"))


def provisional(weights: Frame, rule: NominalRule) -> Frame:
    """Give each person the provisional weight p of their connections.

    ``strongest``: the greatest, one piece of evidence that can be shown. ``noisy_or``: 1 minus the product of 1 - c.
    ``mean``: their mean.

    Returns:
        One row per ``nominal`` with ``p``, 0 to 1, at 9 decimals.
    """
    c = nw.col("c")
    by_person = weights.group_by("nominal")
    if rule == "strongest":
        return by_person.agg(c.max().alias("p"))
    if rule == "mean":
        summed = by_person.agg(exact_sum(c).alias("sum"), nw.len().alias("n"))
        return summed.select("nominal", p=rounded(nw.col("sum") / nw.col("n")))
    certain = c >= 1.0  # its logarithm has no value
    left = weights.with_columns(doubt=nw.when(certain).then(nw.lit(1.0)).otherwise(1.0 - c).log())
    summed = left.group_by("nominal").agg(nw.col("doubt").sum(), c.max().alias("most"))
    product = nw.when(nw.col("most") >= 1.0).then(nw.lit(1.0)).otherwise(rounded(1.0 - nw.col("doubt").exp()))
    return summed.select("nominal", p=product)
