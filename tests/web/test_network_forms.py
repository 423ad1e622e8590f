"""The network's page without a script: path, what if, and files, as the explorer gives them."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

import igraph
import numpy as np
import pytest
from starlette.testclient import TestClient

from countylines.govern import accounts, audit
from countylines.graph import graph_of
from countylines.web.house import House
from countylines.web.network_facts import MARKS, facts_of
from countylines.web.network_files import LINK, PERSON, STATUS
from countylines.web.network_forms import MOST
from countylines.web.reader import Reader
from tests.web.conftest import NOW, PASSWORD, Browse, csrf_of

EXPORT = {"format": "csv-people", "marking": "OFFICIAL-SENSITIVE", "recipient": "DI Marsh, Eastfield"}


def apart(reader: Reader, steps: int) -> tuple[str, str]:
    """Two people so many steps from each other."""
    graph = graph_of(reader.table("nominals"), reader.table("edges"))
    distances = np.array(igraph.Graph(graph.n, list(zip(graph.a, graph.b, strict=True))).distances())
    one, other = np.argwhere(distances == (steps if steps > 0 else np.inf))[0].tolist()
    return graph.ids[one], graph.ids[other]


def marked(reader: Reader, mark: str) -> list[str]:
    """People treated so, by id."""
    return [name for name, card in facts_of(reader).cards.items() if card.mark == mark]


def section(text: str, name: str) -> str:
    """A section of the page."""
    return text.split(f'id="{name}"')[1].split("</section>", maxsplit=1)[0]


def events(house: House, size: int = 6) -> list[audit.Event]:
    """What was logged last, the latest first, beside that pages were opened."""
    return [row.event for row in audit.search(house.state, size=50).rows if row.event.kind != "page"][:size]


# The path


def test_path_is_the_explorers(browse: Browse, reader: Reader, house: House) -> None:
    """The same people and records, in the same order; protected people with their mark; both ends are logged."""
    one, other = apart(reader, 3)
    client = browse("analyst")
    found = client.get("/network/path.json", params={"a": one, "b": other}).json()
    shown = section(client.get("/network", params={"a": one, "b": other}).text, "net-path")
    way = shown.split("<ol")[1]
    assert re.findall(r'href="/people/([^"]+)"', way) == [each["id"] for each in found["people"]]
    assert re.findall(r'href="(/records/[^"]+)"', way) == [
        record["href"] for step in found["steps"] for record in step["records"]
    ]
    assert "3 steps" in shown and way.count("cl-who") == 4
    page, *latest = events(house, 3)
    assert page.kind == "network" and page.detail["people"]  # the table's
    assert {event.what for event in latest} == {one, other} and {event.kind for event in latest} == {"person"}
    between = [each["id"] for each in found["people"][1:-1]]
    assert latest[0].detail == {"page": "network path", "to": one, "people": between}
    assert latest[0].action == "see_network" and len(between) == 2


def test_a_child_on_a_path_keeps_the_mark(browse: Browse, reader: Reader) -> None:
    """Whoever is protected is shown as such, at an end, too."""
    facts, children = facts_of(reader), marked(reader, "child")
    pairs = [(facts.ids[a], facts.ids[b]) for a, b in zip(facts.a, facts.b, strict=True)]
    child, beside = next((one, other) for a, b in pairs for one, other in ((a, b), (b, a)) if one in children)
    way = section(browse("analyst").get("/network", params={"a": beside, "b": child}).text, "net-path").split("<ol")[1]
    assert "cl-ic--child" in way and facts.cards[child].words in way


def test_no_path_is_said(browse: Browse, reader: Reader) -> None:
    """Two people in parts of their own, and the same person twice."""
    one, other = apart(reader, 0)
    client = browse("analyst")
    assert "No path of 8 steps or fewer was found" in client.get("/network", params={"a": one, "b": other}).text
    assert "Choose two different people." in client.get("/network", params={"a": one, "b": one}).text


def test_ends_by_name(browse: Browse, reader: Reader, house: House) -> None:
    """A whole name is that person; of several each is offered; nobody is said so; searches by name are logged."""
    one, other = apart(reader, 1)
    cards, client = facts_of(reader).cards, browse("analyst")
    named = client.get("/network", params={"a": cards[one].name, "b": other}).text
    assert "1 step, with the records" in section(named, "net-path")
    assert [(event.kind, event.what) for event in events(house, 4)][-1] == ("search", cards[one].name)
    several = section(client.get("/network", params={"a": "a", "b": other}).text, "net-path")
    offers = re.findall(r'href="(/network\?[^"]+)#net-path">this one', several)
    assert len(offers) == 8 and "The first 8 are below" in several and "<ol" not in several
    assert dict(parse_qsl(urlsplit(offers[0].replace("&amp;", "&")).query))["b"] == other
    assert "Nobody here has this name or id" in client.get("/network", params={"a": "zzzz"}).text
    assert cards[one].name not in browse("data_scientist").get("/network", params={"a": one, "b": other}).text


def test_ends_are_picked_in_the_table(browse: Browse, reader: Reader) -> None:
    """A row's link sets the first end, then each row's the other; filters stay."""
    group = reader.table("groups")["group_id"][0]
    client = browse("analyst")
    first = re.findall(r'href="([^"]+)#net-path">path from', client.get("/network", params={"group": group}).text)[0]
    then = client.get(first.replace("&amp;", "&")).text
    assert then.count(">path to<span") == len(re.findall(r'">1 step<', then)) - 1
    last = re.findall(r'href="([^"]+)#net-path">path to', then)[0].replace("&amp;", "&")
    asked = dict(parse_qsl(urlsplit(last).query))
    assert asked["group"] == group and asked["a"] != asked["b"]
    assert "with the records behind each" in client.get(last).text


def test_ends_outside_own_areas_are_nobody(house: House, browse: Browse, reader: Reader) -> None:
    """Somebody elsewhere is answered as somebody who doesn't exist."""
    place = reader.index.query("SELECT area, count(*) n FROM records WHERE area IS NOT NULL GROUP BY 1 ORDER BY 2, 1")
    accounts.create_account(
        house.state, "local", "Local", PASSWORD, roles=["analyst"], areas=[place[0]["area"]], now=NOW, by="t"
    )
    client = browse("local")
    here = set(re.findall(r"/people/([^\"]+)", client.get("/network").text))
    away = next(name for name in facts_of(reader).ids if name not in here)
    answers = [client.get("/network", params={"a": name}) for name in (away, "N-nobody")]
    pages = [re.sub(rf"{away}|N-nobody", "X", answer.text) for answer in answers]
    assert pages[0] == pages[1] and "Nobody here has this name or id" in pages[0]
    assert client.get("/network", params={"out": away}).status_code == 403


# What if


def figures(text: str) -> list[list[str]]:
    """The rows of the what-if's table."""
    body = section(text, "net-what-if").split("<tbody>")[1].split("</tbody>")[0]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td.*?>(.*?)</td>", row)]
            for row in body.split("</tr>")[:-1]]  # fmt: skip


def test_what_if_is_the_explorers(browse: Browse, reader: Reader, house: House) -> None:
    """The same figures, beside the same plain orders; logged with who was taken out."""
    out = [name for name in marked(reader, "adult") if facts_of(reader).group[facts_of(reader).row[name]]][:3]
    client = browse("senior_officer")
    page = client.get("/network", params={"out": out}).text
    found = client.post("/network/what-if.json", json={"removed": out}, headers={"X-CSRF": csrf_of(page)}).json()
    ours, *others = figures(page)
    assert ours == ["These people", f"{found['largest_after']:,}", f"{found['harm_left']:.0%}"]
    assert [row[0] for row in others] == [line["name"] for line in found["baselines"]] and len(others) == 5
    assert f"{found['baselines'][1]['low']:.0%} to {found['baselines'][1]['high']:.0%}" in others[1][2]
    assert f"{len(found['fragments'])} parts, the largest {found['largest_after']} of {found['people']}." in page
    assert f"Before: {found['parts_before']} parts, the largest {found['largest_before']}." in page
    left = section(page, "net-what-if").split("Parts that are left")[1].split("<tbody>")[1].split("</tbody>")[0]
    told = [re.findall(r"<td.*?>(.*?)</td>", row) for row in left.split("</tr>")[:-1]]
    assert [[one, three] for one, _, three in told] == [
        [part["called"], str(part["guarded"])] for part in found["parts"]
    ]
    young = [[int(n) for n in re.findall(r"\d+", re.sub(r"<[^>]+>", " ", two))] for _, two, _ in told]
    known = [[part["children"]] if part["children"] or not part["ages"] else [] for part in found["parts"]]
    unknown = [[part["ages"]] if part["ages"] else [] for part in found["parts"]]
    assert young == [[*some, *others] for some, others in zip(known, unknown, strict=True)]
    logged = [event for event in events(house) if event.detail.get("page") == "what if"]
    assert len(logged) == 2 and all(event.detail["people"] == out for event in logged)


def test_whoever_is_protected_or_held_has_no_tick(browse: Browse, reader: Reader, house: House) -> None:
    """Only rankable people have a box; the others' rows say why; asked for by hand they stay, and it is logged."""
    client, cards = browse("analyst"), facts_of(reader).cards
    group = reader.table("groups").sort("size", descending=True)["group_id"][0]
    text = client.get("/network", params={"group": group}).text
    body = text.split('id="twin"')[1].split("<tbody>")[1].split("</tbody>")[0]
    rows = [row for row in body.split("</tr>") if "/people/" in row]
    seen = set()
    for row in rows:
        name = re.findall(r'/people/([^"]+)"', row)[0]
        seen.add(cards[name].mark)
        assert (f'name="out" value="{name}"' in row) == (cards[name].mark == "adult")
        if cards[name].mark != "adult":
            assert 'Stays<span class="govuk-visually-hidden">: ' in row and cards[name].words in row
    assert "adult" in seen and len(seen) > 2
    child, adult = marked(reader, "child")[0], marked(reader, "adult")[0]
    shown = section(client.get("/network", params={"out": [child, adult]}).text, "net-what-if")
    assert f"{cards[child].name} stays: under 18" in shown and "never taken out" in shown
    assert f"/people/{adult}" in shown and f"/people/{child}" not in shown
    refused = next(event for event in events(house) if event.outcome == "refused")
    assert refused.detail["people"] == [child]


def test_ticks_stay_from_page_to_page(browse: Browse, reader: Reader) -> None:
    """Whoever was taken out on another page of the list is sent along; on this page only by their box."""
    adults = marked(reader, "adult")
    client = browse("analyst")
    text = client.get("/network", params={"out": adults, "page": 1}).text
    boxes = re.findall(r'name="out" value="([^"]+)" aria-label="Take out [^"]+" checked', text)
    form = text.split('<form action="/network#net-what-if">')[1].split("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="out" value="([^"]+)">', form)
    assert boxes and hidden and not set(boxes) & set(hidden) and {*boxes, *hidden} == set(adults)
    assert all(f"out={name}" in re.findall(r'href="([^"]+)">Next', text)[0] for name in adults)


def test_too_many_are_not_taken_out(browse: Browse, reader: Reader) -> None:
    """A hundred at once: more is said, and nobody goes; somebody unknown is no page."""
    client = browse("analyst")
    text = client.get("/network", params={"out": [f"N{i}" for i in range(MOST + 1)]}).text
    assert f"At most {MOST} people can be taken out at once; {MOST + 1} are ticked. Nobody is taken out." in text
    assert client.get("/network", params={"out": "N-nobody"}).status_code == 404


# Filters


def people_listed(client: TestClient, asked: dict[str, Any]) -> list[str]:
    """Ids in all pages of the table."""
    first = client.get("/network", params=asked).text
    pages = int((re.findall(r"Page 1 of (\d+)", first) or ["1"])[0])
    texts = [first, *(client.get("/network", params={**asked, "page": page}).text for page in range(2, pages + 1))]
    rows = [text.split('id="twin"')[1].split("<tbody>")[1].split("</tbody>")[0] for text in texts]
    return re.findall(r'/people/([^"?]+)', "".join(rows))


@pytest.mark.parametrize("asked", [
    {"mark": ["child", "held"]}, {"soc": "1"}, {"source": [0]}, {"role": [0, 2]}, {"harm": 2},
    {"mark": ["adult"], "role": [0, 2], "harm": 1}, {"source": [4], "role": [3]},
])  # fmt: skip
def test_filters_leave_whom_the_explorers_would(browse: Browse, reader: Reader, asked: dict[str, Any]) -> None:
    """By the columns that the explorer filters by (island/src/network/visible.ts); the table and the export agree."""
    client = browse("analyst")
    people = client.get("/network/data.json").json()["people"]

    def bits(name: str) -> int:
        return sum(1 << bit for bit in asked.get(name, ()))

    left = [
        nominal
        for i, nominal in enumerate(people["id"])
        if ("mark" not in asked or MARKS[people["mark"][i]] in asked["mark"])
        and ("soc" not in asked or people["soc"][i])
        and (not bits("source") or people["sources"][i] & bits("source"))
        and (
            people["mark"][i]
            or (
                (not bits("role") or people["roles"][i] & bits("role"))
                and (people["harm"][i] or 0) >= asked.get("harm", 0)
            )
        )
    ]
    found = people_listed(client, asked)
    assert sorted(found) == left and 0 < len(left) < len(people["id"])
    lines = taken(client, f"/network/export?{urlencode(asked, doseq=True)}").text.splitlines()
    assert [line.split(",")[0] for line in lines[5:-1]] == left


def test_no_filter_loses_a_child(browse: Browse, reader: Reader) -> None:
    """By role and harm only rankable people are left out; what can't be is refused; nobody left is said."""
    client = browse("analyst")
    child = marked(reader, "child")[0]
    assert child in people_listed(client, {"role": [0], "harm": 4})
    for wrong in ({"mark": "elf"}, {"source": 9}, {"role": -1}, {"harm": 9}):
        assert client.get("/network", params=wrong).status_code == 422
    assert "No one is left with these filters." in client.get("/network", params={"mark": "child", "soc": 1}).text


def test_the_explorer_starts_with_the_same_filters(browse: Browse) -> None:
    """An address of the plain page opens the explorer so filtered; the data file isn't asked for anything else."""
    text = browse("analyst").get("/network?mark=child&mark=both&soc=1&source=0&source=4&harm=2").text
    start = unescape(re.findall(r'data-start="([^"]+)"', text)[0])
    asked = {"without": "0,2,4,5", "sources": "0,4", "onlySoc": "1", "harm": "2"}
    assert dict(parse_qsl(start)) == asked
    assert re.findall(r'data-data="([^"]+)"', text)[0].startswith("/network/data.json?run=")


# Files


def taken(client: TestClient, path: str, **sent: str) -> Any:
    """An export by the form."""
    page = client.get(path)
    assert page.status_code == 200
    action = re.findall(r'<form method="post" action="([^"]+)" novalidate', page.text)[0].replace("&amp;", "&")
    return client.post(action, data={**EXPORT, "csrf": csrf_of(page.text), **sent})


def test_export_of_the_people_listed(browse: Browse, reader: Reader, house: House) -> None:
    """A group's people and the ties among them, with the marking above and below; logged with everybody in it."""
    group = reader.table("groups")["group_id"][0]
    client = browse("analyst")
    answer = taken(client, f"/network/export?group={group}")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    members = reader.table("nominals").filter(reader.table("nominals")["group_id"] == group)["nominal_id"].sort()
    head, rows = lines[:4], lines[5:-1]
    assert head[0] == lines[-1] == ["# OFFICIAL-SENSITIVE"] and lines[4] == list(PERSON)
    assert "DI Marsh, Eastfield" in head[1][0] and reader.name in head[1][0]
    assert [row[0] for row in rows] == members.to_list()
    for row in rows:
        card = facts_of(reader).cards[row[0]]
        assert row[1] == card.name and row[PERSON.index("group")] == group
        assert (row[PERSON.index("harm")] == "Not ranked") == (card.mark != "adult")
        assert row[PERSON.index("ranked")] == ("yes" if card.mark == "adult" else "no: safeguard")
    event = events(house, 1)[0]
    assert (event.kind, event.action, event.recipient) == ("export", "export_network", "DI Marsh, Eastfield")
    assert event.detail["people"] == members.to_list() and event.detail["view"] == f"group={group}"
    assert event.what.split()[-1] in head[1][0] and event.what.split()[-1] in answer.headers["content-disposition"]


def test_graphs_hold_the_same_as_the_tables(browse: Browse, reader: Reader) -> None:
    """GraphML and GEXF of everybody: each person with status, each tie; well-formed, with the marking."""
    client = browse("analyst")
    ids = set(reader.table("nominals")["nominal_id"].to_list())
    pairs = set(reader.table("edges").select("nominal_a", "nominal_b").iter_rows())
    links = list(csv.reader(io.StringIO(taken(client, "/network/export", format="csv-links").text.lstrip("\ufeff"))))
    assert links[4] == list(LINK) and {(row[0], row[2]) for row in links[5:-1]} == pairs
    for kind in ("graphml", "gexf"):
        text = taken(client, "/network/export", format=kind).text
        root = ElementTree.fromstring(text)
        nodes, edges = ([each for each in root.iter() if each.tag.endswith(f"}}{name}")] for name in ("node", "edge"))
        assert {node.get("id") for node in nodes} == ids
        assert {(edge.get("source"), edge.get("target")) for edge in edges} == pairs
        assert "OFFICIAL-SENSITIVE" in text and "DI Marsh" in text
        child = marked(reader, "child")[0]
        own = next(node for node in nodes if node.get("id") == child)
        said = [each.text or each.get("value") for each in own.iter()]
        assert STATUS[1] in said and "Not ranked" in said


def test_each_link_says_how_both_people_are_treated(browse: Browse, reader: Reader) -> None:
    """The file of links may travel without that of people: no child's row is unmarked, held people have their why."""
    text = taken(browse("analyst"), "/network/export", format="csv-links").text.lstrip("\ufeff")
    rows = list(csv.DictReader(text.splitlines()[4:-1]))
    cards = facts_of(reader).cards
    said = {row[end]: row[f"{end}_status"] for row in rows for end in ("source", "target")}
    for name, status in said.items():
        card = cards[name]
        assert status == (card.words if card.mark == "held" else STATUS[MARKS.index(card.mark)]), name
    assert {"Adult", "Under 18"} < set(said.values()) and any(word.startswith("Held: ") for word in said.values())


def test_the_drawing_as_a_file(browse: Browse, reader: Reader, house: House) -> None:
    """All groups, no address, no name of a person; its inks and the marking are in it."""
    answer = taken(browse("analyst"), "/network/export", format="svg")
    root = ElementTree.fromstring(answer.text)
    assert answer.headers["content-type"].startswith("image/svg+xml") and "attachment" in answer.headers[
        "content-disposition"]  # fmt: skip
    circles = [each for each in root.iter() if "mg-node" in each.get("class", "")]
    assert len(circles) == reader.table("groups").height
    assert answer.text.count("OFFICIAL-SENSITIVE") == 2 and "href" not in answer.text and ".mg-p1{fill" in answer.text
    assert not [card.name for card in facts_of(reader).cards.values() if card.name in answer.text]
    assert events(house, 1)[0].detail["people"] == []


@pytest.mark.parametrize("wrong", [{"format": "png"}, {"marking": "none"}, {"recipient": " "}, {"recipient": "a\nb"},
                                   {"recipient": "x" * 201}])  # fmt: skip
def test_what_cannot_be_exported(browse: Browse, house: House, wrong: dict[str, str]) -> None:
    """The form comes back with what is wrong; nothing in the log says that it was given."""
    answer = taken(browse("analyst"), "/network/export", **wrong)
    assert answer.status_code == 400 and "There is a problem" in answer.text
    assert not [event for event in events(house, 9) if event.kind == "export"]


def test_nobody_listed_is_nothing_to_take_out(browse: Browse) -> None:
    """A search that finds nobody gives no empty file."""
    answer = taken(browse("analyst"), "/network/export?q=zzzz")
    assert answer.status_code == 400 and "Nobody is listed" in answer.text


def test_who_may_export_by_the_form(browse: Browse) -> None:
    """Data scientists aren't offered it and are refused; without the page's secret nobody gets it."""
    assert "/network/export" in browse("analyst").get("/network").text
    client = browse("data_scientist")
    page = client.get("/network").text
    assert "/network/export" not in page and client.get("/network/export").status_code == 403
    assert client.post("/network/export", data={**EXPORT, "csrf": csrf_of(page)}).status_code == 403
    assert browse("analyst").post("/network/export", data=EXPORT).status_code == 403
