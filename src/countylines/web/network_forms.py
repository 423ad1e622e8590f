"""What the network's page does without a script: the path between two people, what if, and the drawing of groups.

The explorer asks for the same by its own addresses, and gets it from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from countylines.report.show.words import counted
from countylines.web.access import Visit
from countylines.web.drawn import Link, groups_graph
from countylines.web.group_rows import group_rows
from countylines.web.layout import layout_of
from countylines.web.network_search import sought
from countylines.web.network_seen import Seen
from countylines.web.paths import LIMIT, Ties, neighbours, path
from countylines.web.persons import Card

RECORDS = 20  # records named on each step of a path
MOST = 100  # people taken out at once
MOST_SENT = 400  # ids in an address that are read at all
ALIKE = 8  # people offered where a name is that of several


@dataclass(frozen=True)
class End:
    """One end of a path, as somebody wrote it.

    Attributes:
        card: who it is; None = nobody was written, or nobody or several are called so.
        alike: some of those who are called so.
        wrong: what is wrong with it.
    """

    typed: str = ""
    card: Card | None = None
    alike: tuple[Card, ...] = ()
    wrong: str = ""


@dataclass(frozen=True)
class Forms:
    """What the page shows beside the table.

    Attributes:
        a, b: the ends of the path.
        way: as :func:`way`; None = not both ends are known.
        out: ids of those taken out, or to be.
        what_if: as :func:`without_people`; None = nobody is to be taken out.
        wrong: why nothing was taken out.
        cards: of everybody.
    """

    a: End
    b: End
    way: Mapping[str, Any] | None
    out: tuple[str, ...]
    what_if: Mapping[str, Any] | None
    wrong: str
    cards: Mapping[str, Card]


def forms_of(visit: Visit, seen: Seen, a: str, b: str, out: Sequence[str]) -> Forms:
    """What an address asks for; each look is logged.

    Args:
        a, b: an id or a name each; empty = not asked.
        out: ids of people to be taken out.

    Raises:
        Missing, Refused: somebody to be taken out isn't in the network, or may not be seen or taken out.
    """
    start, end = end_of(visit, seen, a), end_of(visit, seen, b)
    found = None
    if start.card and start.card == end.card:
        end = End(end.typed, wrong="Choose two different people.")
    elif start.card and end.card:
        found = way(visit, seen, seen.find(start.card.nominal_id), seen.find(end.card.nominal_id))
    asked, made, wrong = tuple(dict.fromkeys(out)), None, ""
    if len(asked) > MOST:
        wrong = f"At most {MOST} people can be taken out at once; {len(asked)} are ticked."
    elif asked:
        made = without_people(visit, seen, asked)
        asked = tuple(made["removed"])
    return Forms(start, end, found, asked, made, wrong, seen.facts.cards)


def end_of(visit: Visit, seen: Seen, typed: str) -> End:
    """Whom somebody means by an id or a name, among those they may see; a search by name is logged as one.

    A name that is only like the one written is offered, and taken when it is chosen.
    """
    typed = typed.strip()
    if not typed:
        return End()
    i = seen.facts.row.get(typed, -1)
    known = i >= 0 and seen.people[i]
    rows, alike = ([i], False) if known else sought(visit.reader, seen, typed)
    if rows != [i]:
        visit.log("search", typed, page="network path", found=len(rows))
    cards = [seen.facts.cards[seen.facts.ids[row]] for row in rows[:ALIKE]]
    if not rows:
        return End(typed, wrong=f"Nobody here has this {'id' if seen.covered else 'name or id'}. Try fewer letters.")
    if len(rows) > 1:
        more = f" The first {ALIKE} are below." if len(rows) > ALIKE else ""
        so = "have a name like this" if alike else "are found so"
        return End(typed, alike=tuple(cards), wrong=f"{counted(len(rows), 'person', 'people')} {so}.{more}")
    if alike:  # one, but perhaps not the one who is meant
        return End(typed, alike=tuple(cards), wrong="Nobody has just this name. Do you mean this person?")
    return End(cards[0].nominal_id, cards[0])


def way(visit: Visit, seen: Seen, start: int, end: int) -> dict[str, Any]:
    """The path between two people, with the records of each step; both are in the log."""
    ties: Ties = visit.reader.made(f"{seen.key}, neighbours", lambda _: neighbours(seen))
    steps = path(ties, start, end)
    rows = [start, *(step.other for step in steps)] if steps else []
    ids, records = seen.facts.ids, seen.facts.records
    own = visit.reader.records_within(record for step in steps for record in records[step.tie])
    between: dict[str, Any] = {"people": [ids[i] for i in rows[1:-1]]} if len(rows) > 2 else {}
    for one, other in ((start, end), (end, start)):
        visit.log("person", ids[one], page="network path", to=ids[other], **between)
    return {
        "a": ids[start],
        "b": ids[end],
        "people": [{"id": ids[i], "label": seen.label(i), "mark": seen.facts.mark[i]} for i in rows],
        "steps": [
            {
                "from": ids[one],
                "to": ids[step.other],
                "n": step.n,
                "adversarial": bool(seen.facts.kind[step.tie]),
                "records": [
                    {"id": record, "href": visit.url(f"/records/{record}")}
                    for record in [each for each in records[step.tie] if each in own][:RECORDS]
                ],
                "away": sum(each not in own for each in records[step.tie]),  # of other areas: counted, not named
            }
            for one, step in zip(rows, steps, strict=False)
        ],
        "limit": LIMIT,
    }


def without_people(visit: Visit, seen: Seen, ids: Sequence[str]) -> dict[str, Any]:
    """The network without these people; whoever is protected or held stays, and is named with why.

    Raises:
        Missing, Refused: somebody isn't in the network, or may not be seen; or nobody may be taken out.
    """
    from countylines.web.whatif import what_if  # here, so that the dashboard starts without it

    visit.must("see_removal_counts")
    made = what_if(visit.reader, seen, ids)
    kept = [each["id"] for each in made["refused"]]
    visit.log("network", page="what if", people=made["removed"])
    if kept:
        visit.log("network", "what if", "refused", people=kept, why="protected or held people can't be taken out")
    return made


def drawing(visit: Visit, seen: Seen, address: Callable[[str], str], picked: str = "") -> Markup:
    """The fixed drawing: groups that may be seen, and the ties between their people."""
    rows = [row for row in group_rows(visit.reader) if row.group_id in seen.groups]
    between: list[Link] = visit.reader.made(f"{seen.key}, links of groups", lambda _: _links(seen))
    return groups_graph(rows, between, layout_of(visit.reader), address, picked, 880, 600)


def _links(seen: Seen) -> list[Link]:
    """Ties between groups, of people who may be seen."""
    counts: dict[tuple[str, str], int] = {}
    ends = zip(seen.home[seen.facts.a[seen.ties]].tolist(), seen.home[seen.facts.b[seen.ties]].tolist(), strict=True)
    for one, other in ends:
        if one >= 0 and other >= 0 and one != other:
            pair = (seen.groups[min(one, other)], seen.groups[max(one, other)])
            counts[pair] = counts.get(pair, 0) + 1
    return [Link(a, b, n) for (a, b), n in sorted(counts.items())]
