"""The network's files: what they hold of whom, for whom, and what is refused."""

from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from countylines.govern import accounts, audit
from countylines.rank.harm import COUNTED, mass
from countylines.web.house import House
from countylines.web.layout import layout_of
from countylines.web.network_data import About, around_file, whole_file
from countylines.web.network_facts import BANDS, MARKS, ONE_SIZE, ROLE_NAMES, band, facts_of
from countylines.web.network_seen import Seen, view
from countylines.web.reader import Reader
from countylines.web.whatif import what_if
from tests.web.conftest import NOW, PASSWORD, Browse

SEES = ("analyst", "senior_officer", "data_scientist")
ABOUT = About("OFFICIAL-SENSITIVE", True)
PEOPLE = {"id", "label", "x", "y", "size", "mark", "soc", "group", "harm", "roles", "first", "last", "sources", "stays",
          "more", "why"}  # fmt: skip
EDGES = {"a", "b", "n", "weight", "kind", "first", "last", "sources"}


@pytest.fixture
def seen(reader: Reader) -> Seen:
    """Everybody, with names."""
    return view(reader)


def opened(made: bytes) -> dict[str, Any]:
    """A file as the browser reads it."""
    found: dict[str, Any] = json.loads(gzip.decompress(made))
    return found


def days(value: Any) -> int | None:
    """Days since 1970."""
    return None if value is None else (value - type(value)(1970, 1, 1)).days


def test_the_first_file_has_everybody_once(browse: Browse, reader: Reader) -> None:
    """All kept people and all ties of the run, in columns of one length, with every field of the contract."""
    file = browse("analyst").get("/network/data.json").json()
    people, edges = file["people"], file["edges"]
    nominals = reader.table("nominals").sort("nominal_id")
    assert people.keys() == PEOPLE and edges.keys() == EDGES
    assert people["id"] == nominals["nominal_id"].to_list()
    assert {len(column) for column in people.values()} == {nominals.height}
    assert {len(column) for column in edges.values()} == {reader.table("edges").height}
    pairs = {(people["id"][a], people["id"][b]): n for a, b, n in zip(edges["a"], edges["b"], edges["n"], strict=True)}
    ties = reader.table("edges").select("nominal_a", "nominal_b", "n_records").iter_rows()
    assert pairs == {(a, b): n for a, b, n in ties}
    assert file["totals"] == {
        "people": nominals.height,
        "edges": reader.table("edges").height,
        "unlinked": nominals["group_id"].null_count(),
    }
    assert file["left_out"] == {"people": 0, "edges": 0} and set(people["more"]) == {0}
    assert people["first"] == [days(value) for value in nominals["first_evidence"].to_list()]
    assert [file["groups"]["id"][g] if g >= 0 else None for g in people["group"]] == nominals["group_id"].to_list()


def test_nobody_protected_or_held_has_a_figure(browse: Browse, reader: Reader) -> None:
    """No harm, no role, and a size that tells nothing; the mark of everybody is that of their card."""
    people = browse("analyst").get("/network/data.json").json()["people"]
    cards = reader.cards(people["id"])
    rankable = dict(reader.table("nominals").select("nominal_id", "rankable").iter_rows())
    assert sum(rankable.values()) not in (0, len(rankable))
    for i, nominal in enumerate(people["id"]):
        card = cards[nominal]
        assert MARKS[people["mark"][i]] == card.mark and tuple(people["soc"][i]) == card.soc
        assert (people["mark"][i] == 0) == rankable[nominal]
        if not rankable[nominal]:
            assert (people["harm"][i], people["roles"][i], people["size"][i]) == (None, 0, ONE_SIZE)
        assert people["why"][i] == (card.words if card.mark == "held" else None)


def test_bands_of_harm_are_those_of_the_run(browse: Browse, reader: Reader) -> None:
    """Of rankable people the days by the run's index; unknown where no crime has a weight."""
    people = browse("analyst").get("/network/data.json").json()["people"]
    index = reader.settings["harm"]["harm_index"]
    own = mass(reader.table("nominal_harm"), index)
    rows = reader.table("nominal_harm").filter(
        (pl.col("index") == index) & (pl.col("window") == "all") & pl.col("standing").is_in(COUNTED)
    )
    weightless = {
        name for (name,), part in rows.group_by("id") if part["harm"].null_count() == part.height and part.height
    }
    for nominal, mark, harm in zip(people["id"], people["mark"], people["harm"], strict=True):
        if mark == 0:
            assert harm == (None if nominal in weightless else band(own.get(nominal, 0.0))), nominal
    assert BANDS[0][0] == "0 days" and max(filter(None, people["harm"])) < len(BANDS)


def test_roles_and_sources_are_those_of_the_records(reader: Reader) -> None:
    """Asked of the reading index once more, person by person."""
    facts = facts_of(reader)
    names = {"convicted": 0, "charged": 1, "arrested": 2, "suspect": 2, "prisoner": 3, "subject": 4, "associate": 4,
             "victim": 5, "missing": 5}  # fmt: skip
    assert len(ROLE_NAMES) == 6
    for i, nominal in enumerate(facts.ids):
        rows = reader.index.query(
            "SELECT DISTINCT i.role FROM involvements i JOIN records r USING (record_id)"
            " WHERE i.nominal_id = ? AND r.score > 0",
            nominal,
        )
        roles = sum({1 << names[row["role"]] for row in rows if row["role"] in names})
        assert facts.roles[i] == (roles if facts.mark[i] == 0 else 0), nominal
        assert facts.sources[i] > 0, "there is a record behind everybody"


def test_places_are_the_servers_and_the_same_each_time(browse: Browse, reader: Reader) -> None:
    """As the layout has them, with y upwards; two visits give the same bytes."""
    one, other = (browse("analyst").get("/network/data.json") for _ in range(2))
    people, places = one.json()["people"], layout_of(reader)
    assert one.content == other.content and one.headers["content-encoding"] == "gzip"
    for i, nominal in enumerate(people["id"]):
        x, y = places.at(nominal)
        assert (people["x"][i], people["y"][i]) == (round(x, 1), round(-y, 1))


def test_quarters_count_each_dated_record_once(browse: Browse, reader: Reader) -> None:
    """The brush's counts are the different records behind the ties that have a date."""
    line = browse("analyst").get("/network/data.json").json()["timeline"]
    shared = {record for each in reader.table("edges")["record_ids"].to_list() for record in each}
    records = reader.index.among("SELECT occurred, recorded FROM records WHERE record_id IN ({ids})", shared)
    quarters = [(r["occurred"] or r["recorded"])[:7] for r in records if r["occurred"] or r["recorded"]]
    assert sum(line["counts"]) == len(quarters) and line["counts"][0] > 0 and line["counts"][-1] > 0
    first = np.datetime64("1970-01-01") + line["start"]
    assert str(first)[:7] <= min(quarters) and str(first)[5:] in ("01-01", "04-01", "07-01", "10-01")


def test_a_group_opens_with_its_people(browse: Browse, reader: Reader) -> None:
    """Its members, the ties among them, and how many more each has."""
    client = browse("analyst")
    group = reader.table("groups")["group_id"][0]
    file = client.get("/network/data.json", params={"group": group}).json()
    members = reader.table("nominals").filter(pl.col("group_id") == group)["nominal_id"].sort().to_list()
    assert file["people"]["id"] == members
    assert [each for each, on in zip(file["groups"]["id"], file["groups"]["open"], strict=True) if on] == [group]
    ends = reader.table("edges").select("nominal_a", "nominal_b").rows()
    for i, nominal in enumerate(members):
        ties = sum(nominal in pair for pair in ends)
        inside = sum(nominal in pair and set(pair) <= set(members) for pair in ends)
        assert file["people"]["more"][i] == ties - inside


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_around_somebody(reader: Reader, seen: Seen, steps: int) -> None:
    """Everybody within so many steps, by brute force; above the cap the nearest, and how many are left out."""
    beside: dict[str, set[str]] = {}
    for a, b in reader.table("edges").select("nominal_a", "nominal_b").iter_rows():
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    start = max(beside, key=lambda name: len(beside[name]))
    near = {start}
    for _ in range(steps):
        near |= {other for name in near for other in beside[name]}
    file = opened(around_file(reader, seen, ABOUT, start, steps))
    assert set(file["people"]["id"]) == near and file["left_out"]["people"] == 0
    cut = opened(around_file(reader, seen, ABOUT, start, steps, most=2))
    assert len(cut["people"]["id"]) == min(2, len(near)) and start in cut["people"]["id"]
    assert cut["left_out"]["people"] == max(0, len(near) - 2)


def test_above_the_limit_the_groups_come_first(reader: Reader, seen: Seen) -> None:
    """No person then, every group closed, their ties; with ``all`` everybody up to the cap, whole groups first."""
    first = opened(whole_file(reader, seen, ABOUT, at_once=10))
    assert first["people"]["id"] == [] and first["edges"]["a"] == [] and not any(first["groups"]["open"])
    assert sum(first["groups"]["size"]) + first["totals"]["unlinked"] == first["totals"]["people"]
    assert sum(first["group_edges"]["n"]) > 0
    some = opened(whole_file(reader, seen, ABOUT, everybody=True, most=20))
    largest = int(np.argmax(some["groups"]["size"]))
    assert len(some["people"]["id"]) == 20 and some["left_out"]["people"] == first["totals"]["people"] - 20
    assert some["people"]["group"].count(largest) == some["groups"]["size"][largest]


def test_covered_names(browse: Browse, reader: Reader) -> None:
    """Data scientists get ids: no name in the page, the files, the search or the panel."""
    client = browse("data_scientist")
    file = client.get("/network/data.json").json()
    assert file["people"]["label"] == file["people"]["id"]
    cards = reader.cards(file["people"]["id"])
    name = cards[file["people"]["id"][0]].name
    assert client.get("/network/find.json", params={"q": name.split()[0]}).json()["found"] == []
    texts = [client.get(address).text for address in ("/network", "/network/data.json",
                                                      f"/network/person/{file['people']['id'][0]}")]  # fmt: skip
    assert not [card.name for card in cards.values() for text in texts if card.name in text]
    assert len(client.get("/network/find.json", params={"q": file["people"]["id"][0]}).json()["found"]) == 1


def test_own_areas(house: House, browse: Browse, reader: Reader) -> None:
    """With own areas: people with a record there, and ties between them; of others it isn't told whether they exist."""
    ids = reader.table("nominals")["nominal_id"].to_list()
    rows = reader.index.among("SELECT i.nominal_id, r.area FROM involvements i JOIN records r USING (record_id)"
                              " WHERE i.nominal_id IN ({ids})", ids)  # fmt: skip
    where: dict[str, set[str]] = {}
    for row in rows:
        where.setdefault(row["nominal_id"], set()).add(row["area"])
    area = next(name for name in sorted({a for own in where.values() for a in own if a})
                if 0 < sum(name in own for own in where.values()) < len(ids))  # fmt: skip
    accounts.create_account(house.state, "local", "Local", PASSWORD, roles=["analyst"], areas=[area], now=NOW, by="t")
    client = browse("local")
    file = client.get("/network/data.json").json()
    own = {name for name, areas in where.items() if area in areas}
    assert set(file["people"]["id"]) == own and file["totals"]["people"] == len(own)
    away = next(name for name in ids if name not in own)
    answers = [client.get("/network/data.json", params={"around": name}) for name in (away, "N-nobody")]
    assert [answer.status_code for answer in answers] == [403, 403] and answers[0].json() == answers[1].json()
    assert away not in client.get("/network").text and area in client.get("/network").text
    assert client.get("/network/path.json", params={"a": min(own), "b": away}).status_code == 403


@pytest.mark.parametrize("path", ["/network", "/network/data.json", "/network/find.json?q=a",
                                  "/network/path.json?a=a&b=b", "/network/person/a"])  # fmt: skip
def test_who_may(browse: Browse, path: str) -> None:
    """Analysts, senior officers and data scientists; nobody else, and nobody signed out."""
    for role in ("safeguarding", "ethics_committee", "reviewer", "auditor", "administrator"):
        assert browse(role).get(path).status_code == 403, role
    assert browse(None).get(path).status_code in (303, 401)
    for role in SEES:
        assert browse(role).get(path).status_code in (200, 404), role


def test_limits(browse: Browse) -> None:
    """Unknown ids are 404 with a plain sentence and a reference; what is too much is refused."""
    client = browse("analyst")
    for address in ("/network/data.json?group=nope", "/network/data.json?around=nope", "/network/person/nope",
                    "/network/path.json?a=nope&b=nope", "/network?group=nope", "/network?focus=nope"):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 404 and len(answer.headers["x-reference"]) == 4
    assert client.get("/network/data.json?group=nope").json()["error"] == "No such group in this run"
    for address in ("/network/data.json?around=a&steps=9", "/network?page=0", "/network/find.json?q=" + "a" * 101):
        assert client.get(address).status_code == 422


def test_what_is_looked_at_is_logged(house: House, browse: Browse, reader: Reader) -> None:
    """The network, a group, a person, a search: each with what it was about."""
    client = browse("analyst")
    nominal = reader.table("nominals")["nominal_id"][0]
    group = reader.table("groups")["group_id"][0]
    for address in ("/network/data.json", f"/network/data.json?group={group}", f"/network/data.json?around={nominal}",
                    f"/network/person/{nominal}", "/network/find.json?q=kest"):  # fmt: skip
        client.get(address)
    events = [row.event for row in audit.search(house.state, size=5).rows]
    assert [(event.kind, event.what, event.action) for event in events] == [
        ("search", "kest", "see_network"),
        ("person", nominal, "see_network"),
        ("person", nominal, "see_network"),
        ("group", group, "see_network"),
        ("network", "", "see_network"),
    ]


def test_whom_an_answer_names_is_logged(house: House, browse: Browse, reader: Reader) -> None:
    """Everybody in a file, all that a search gives, and the neighbours on a panel: the auditor finds each by id."""
    client, facts = browse("analyst"), facts_of(reader)
    group, start = reader.table("groups")["group_id"][0], facts.ids[facts.a[0]]
    for address in ("/network/data.json", f"/network/data.json?group={group}",
                    f"/network/data.json?around={start}&steps=2"):  # fmt: skip
        ids = client.get(address).json()["people"]["id"]
        event = audit.search(house.state, size=1).rows[0].event
        assert ids and event.detail["people"] == ids, address
    word = facts.cards[start].name.split()[-1]
    found = [each["id"] for each in client.get("/network/find.json", params={"q": word}).json()["found"]]
    assert start in found and audit.search(house.state, size=1).rows[0].event.detail["people"] == found
    for name in (start, found[-1], facts.ids[-1]):
        assert audit.search(house.state, audit.Wanted(person=name)).total > 0
    assert audit.search(house.state, audit.Wanted(person="N-nobody")).total == 0


def test_a_search_is_tolerant_of_spelling(browse: Browse, reader: Reader) -> None:
    """What nothing fits exactly finds the likest, as the main search does; what fits exactly stays alone."""
    client, cards = browse("analyst"), facts_of(reader).cards
    wanted = max(cards.values(), key=lambda card: len(card.name))
    wrong = wanted.name[:3] + wanted.name[4:]
    assert not any(wrong.casefold() in card.name.casefold() for card in cards.values())
    answer = client.get("/network/find.json", params={"q": wrong}).json()
    assert answer["alike"] and answer["found"][0]["id"] == wanted.nominal_id
    exact = client.get("/network/find.json", params={"q": wanted.name}).json()
    assert not exact["alike"] and wanted.nominal_id in [each["id"] for each in exact["found"]]
    nobody = client.get("/network/find.json", params={"q": "Xqzwv Zzxqy"}).json()
    assert nobody["found"] == []
    page = client.get("/network", params={"q": wrong}).text
    assert "with a name like" in page and f"/people/{wanted.nominal_id}" in page
    offered = client.get("/network", params={"a": wrong}).text.split('id="net-path"')[1].split("</section>")[0]
    assert wanted.name in offered and "this one" in offered
    covered = browse("data_scientist")
    assert covered.get("/network/find.json", params={"q": wrong}).json()["found"] == []
    assert covered.get("/network/find.json", params={"q": wanted.name}).json()["found"] == []


def test_a_tolerant_search_stays_in_own_areas(house: House, browse: Browse, reader: Reader) -> None:
    """Somebody elsewhere isn't found by a name like theirs."""
    accounts.create_account(
        house.state, "near", "Near", PASSWORD, roles=["analyst"], areas=["Nowhere"], now=NOW, by="t"
    )
    name = facts_of(reader).cards[facts_of(reader).ids[0]].name
    assert browse("near").get("/network/find.json", params={"q": name[:-1] + "x"}).json()["found"] == []


def test_who_is_on_the_separate_list_is_not_ranked(reader: Reader) -> None:
    """An adult who is both victim and suspect, by a ruling: no harm, no role, one size, why; never taken out."""
    facts = facts_of(reader)
    adult = next(i for i, harm in enumerate(facts.harm) if harm and facts.roles[i])
    reader.separate = lambda: frozenset([facts.ids[adult]])
    own = view(reader, key="with the list")
    people = opened(whole_file(reader, own, ABOUT))["people"]
    found = {name: people[name][adult] for name in ("mark", "harm", "roles", "size", "why")}
    why = "Held: both victim and suspect"
    assert found == {"mark": MARKS.index("held"), "harm": None, "roles": 0, "size": ONE_SIZE, "why": why}
    answer = what_if(reader, own, [facts.ids[adult]])
    assert answer["removed"] == [] and "both victim and suspect" in answer["refused"][0]["why"]
