"""A network as a file: people and links as CSV, GraphML and GEXF, and the fixed drawing as SVG.

The same columns and words as the explorer writes in the browser (island/src/network/formats.ts), so that whoever reads
one reads the other. Everybody carries how they are treated; protected and held people have no harm value (METHOD 1).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml  # written, never read

import numpy as np
from markupsafe import Markup, escape

from countylines.graph import Ints
from countylines.web.cells import csv_lines
from countylines.web.network_facts import BANDS, EPOCH, SOURCE_NAMES, Day
from countylines.web.network_seen import Seen
from countylines.web.persons import visible

Rows = list[dict[str, Any]]
PERSON = ("id", "label", "status", "status_note", "ranked", "group", "group_name", "soc", "harm", "first", "last")
TIE = ("shared_records", "weight", "kind", "first", "last", "sources")
LINK = ("source", "source_status", "target", "target_status", *TIE)
NUMBERS = ("shared_records", "weight")
STATUS = ("Adult", "Under 18", "Adult, believed exploited", "Under 18, believed exploited",
          "Age unknown: treated as protected", "Held: may be exploited")  # fmt: skip
"""In the order of network_facts.MARKS."""
GUARDED = (
    "Every person carries their status. Protected and held people are for safeguarding and are not ranked."
    " Person precision: not yet measured."
)
INKS = (
    "text{font:12px sans-serif;fill:#0b0c0c}.mg-edge{stroke:#b3bfc6}.mg-node{stroke:#fff;stroke-width:1.5}"
    ".mg-p1{fill:#123a4c}.mg-p2{fill:#5f8fa6}.mg-p3{fill:#d3e0e6}.mg-soc{fill:none;stroke:#fff;stroke-width:2}"
    ".mg-p3+.mg-soc{stroke:#0b0c0c}.mg-halo{fill:#fd0;stroke:#0b0c0c;stroke-width:2}.mg-label{font-weight:600}"
    ".mg-out{font-weight:600;paint-order:stroke;stroke:#fff;stroke-width:3px}text.mg-t1{fill:#fff}.mg-k{fill:#6a2c91}"
    ".mg-t1 .mg-k{fill:#d9b8ee}.hd{font-weight:700;font-size:13px}"
)
"""The drawing's part of the style sheet (island/src/styles/_network.scss), for a file that stands alone."""
SHADES = "Priority 1 to 3 dark, 4 to 10 mid, 11 and below pale. Area = people; square = under 18; line = ties."


@dataclass(frozen=True)
class Format:
    """A kind of file: what it is called, how its name ends, its media type, and how it is made."""

    label: str
    ending: str
    media: str
    write: Callable[[Rows, Rows, Sequence[str]], str] | None


def person_rows(seen: Seen, rows: Ints) -> Rows:
    """People, one row each, in order of id."""
    facts = seen.facts
    return [
        dict(
            zip(
                PERSON,
                (
                    visible(facts.ids[i]),
                    visible(seen.label(i)),
                    STATUS[facts.mark[i]],
                    visible(card.words) if card.mark == "held" else "",
                    "yes" if seen.rankable(i) else "no: safeguard",
                    seen.groups[seen.home[i]] if seen.home[i] >= 0 else "",
                    visible(seen.names[seen.groups[seen.home[i]]]) if seen.home[i] >= 0 else "",
                    visible("; ".join(card.soc)),
                    _harm(seen, i),
                    _iso(facts.first[i]),
                    _iso(facts.last[i]),
                ),
                strict=True,
            )
        )
        for i in np.sort(rows).tolist()
        for card in [facts.cards[facts.ids[i]]]
    ]


def link_rows(seen: Seen, rows: Ints) -> Rows:
    """The ties among these people, one row each, with how each of the two is treated: the file may travel alone."""
    facts = seen.facts
    inside = np.zeros(len(facts.ids), np.bool_)
    inside[rows] = True
    return [
        dict(
            zip(
                LINK,
                (
                    *(told for i in (facts.a[tie], facts.b[tie]) for told in (visible(facts.ids[i]), _status(seen, i))),
                    int(facts.n[tie]),
                    facts.weight[tie],
                    "adversarial" if facts.kind[tie] else "associative",
                    _iso(facts.tie_first[tie]),
                    _iso(facts.tie_last[tie]),
                    "; ".join(name for bit, name in enumerate(SOURCE_NAMES) if facts.tie_sources[tie] >> bit & 1),
                ),
                strict=True,
            )
        )
        for tie in seen.ties[inside[facts.a[seen.ties]] & inside[facts.b[seen.ties]]].tolist()
    ]


def _status(seen: Seen, i: int) -> str:
    """How somebody is treated, in one cell: of held people with why."""
    card = seen.facts.cards[seen.facts.ids[i]]
    return visible(card.words) if card.mark == "held" else STATUS[seen.facts.mark[i]]


def _harm(seen: Seen, i: int) -> str:
    if not seen.rankable(i):
        return "Not ranked"
    band = seen.facts.harm[i]
    return "not known" if band is None else BANDS[band][0]


def _iso(value: Day) -> str:
    return "" if value is None else str(EPOCH + dt.timedelta(days=value))


def header(allowed: Mapping[str, str], run: str) -> list[str]:
    """What a file says of itself; the marking first.

    Args:
        allowed: marking, made, by, recipient, reference and caveat.
    """
    made = (
        f"Run {run}, made {allowed['made']} by {allowed['by']} for {allowed['recipient']}, "
        f"reference {allowed['reference']}"
    )
    return [visible(line) for line in (allowed["marking"], made, allowed["caveat"], GUARDED)]


def table(rows: Rows, columns: Sequence[str], head: Sequence[str]) -> str:
    """Rows as CSV between the marking and the marking.

    Example:
        >>> table([{"id": "=1"}], ["id"], ["OFFICIAL"])
        "\\ufeff# OFFICIAL\\r\\nid\\r\\n'=1\\r\\n# OFFICIAL\\r\\n"
    """
    lines = csv_lines(columns, rows, [f"# {line}" for line in head])
    return "".join(["\ufeff", *lines, *csv_lines([f"# {head[0]}"], [])])


def graphml(people: Rows, links: Rows, head: Sequence[str]) -> str:
    """GraphML 1.0, undirected."""
    root = Xml.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    own = PERSON[1:]
    for prefix, of, names in (("g", "graph", ("marking", "note")), ("n", "node", own), ("e", "edge", TIE)):
        for name in names:
            key = {"id": f"{prefix}_{name}", "for": of, "attr.name": name, "attr.type": _type(name)}
            Xml.SubElement(root, "key", key)
    graph = Xml.SubElement(root, "graph", edgedefault="undirected")
    _data(graph, "g", {"marking": head[0], "note": " ".join(head[1:])})
    for row in people:
        _data(Xml.SubElement(graph, "node", id=row["id"]), "n", {name: row[name] for name in own})
    for row in links:
        edge = Xml.SubElement(graph, "edge", source=row["source"], target=row["target"])
        _data(edge, "e", {name: row[name] for name in TIE})
    return _written(root)


def gexf(people: Rows, links: Rows, head: Sequence[str]) -> str:
    """GEXF 1.3, undirected."""
    root = Xml.Element("gexf", xmlns="http://gexf.net/1.3", version="1.3")
    meta = Xml.SubElement(root, "meta")
    for name, text in (("creator", "countylines"), ("description", " | ".join(head)), ("keywords", head[0])):
        Xml.SubElement(meta, name).text = text
    graph = Xml.SubElement(root, "graph", defaultedgetype="undirected")
    own, ties = PERSON[2:], tuple(name for name in TIE if name != "weight")
    for of, names in (("node", own), ("edge", ties)):
        part = Xml.SubElement(graph, "attributes", {"class": of})
        for k, name in enumerate(names):
            Xml.SubElement(part, "attribute", id=str(k), title=name, type=_type(name))
    nodes, edges = Xml.SubElement(graph, "nodes"), Xml.SubElement(graph, "edges")
    for row in people:
        _values(Xml.SubElement(nodes, "node", id=row["id"], label=row["label"]), [row[name] for name in own])
    for k, row in enumerate(links):
        ends = {"id": str(k), "source": row["source"], "target": row["target"], "weight": str(row["weight"])}
        _values(Xml.SubElement(edges, "edge", ends), [row[name] for name in ties])
    return _written(root)


def svg(drawn: Markup, head: Sequence[str], width: int = 880, height: int = 600) -> str:
    """The drawing of groups as a file of its own: its inks, the marking above and below, and what its shades mean.

    Args:
        drawn: by ``network_forms.drawing``, with no address behind its circles.
    """
    inner = drawn[drawn.index(">") + 1 :].replace('<a href="" class="mg-a"', "<g").replace("</a>", "</g>")
    words = [*head[1:], SHADES]
    lines = "".join(f'<text x="20" y="{height + 60 + 18 * k}">{escape(line)}</text>' for k, line in enumerate(words))
    foot = height + 60 + 18 * len(words) + 12
    mark = "".join(
        f'<text class="hd" x="{width // 2}" y="{y}" text-anchor="middle">{escape(head[0])}</text>' for y in (24, foot)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {foot + 16}" width="{width}" '
        f'height="{foot + 16}"><style>{INKS}</style><rect width="100%" height="100%" fill="#fff"/>{mark}'
        f'<g transform="translate(0 36)">{inner.removesuffix("</svg>")}</g>{lines}</svg>\n'
    )


def _type(name: str) -> str:
    return "double" if name in NUMBERS else "string"


def _data(at: Xml.Element, prefix: str, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        Xml.SubElement(at, "data", key=f"{prefix}_{name}").text = str(value)


def _values(at: Xml.Element, values: Sequence[Any]) -> None:
    made = Xml.SubElement(at, "attvalues")
    for k, value in enumerate(values):
        Xml.SubElement(made, "attvalue", {"for": str(k), "value": str(value)})


def _written(root: Xml.Element) -> str:
    return f"{Xml.tostring(root, 'utf-8', xml_declaration=True).decode()}\n"


FORMATS: Mapping[str, Format] = {
    "csv-people": Format("People as a table (CSV)", "people.csv", "text/csv",
                         lambda people, _, head: table(people, PERSON, head)),
    "csv-links": Format("Links as a table (CSV)", "links.csv", "text/csv",
                        lambda _, links, head: table(links, LINK, head)),
    "graphml": Format("GraphML (Gephi, yEd)", "graphml", "application/xml", graphml),
    "gexf": Format("GEXF (Gephi)", "gexf", "application/xml", gexf),
    "svg": Format("Drawing of all groups (SVG)", "svg", "image/svg+xml", None),
}  # fmt: skip
