"""A person's page: treatment before the name, why they are in, the records behind it; nobody guarded has a figure."""

import dataclasses
import datetime as dt
import itertools
import re
import sqlite3
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.govern import accounts, audit
from countylines.report.explain import Connection, explain
from countylines.web import timeline
from countylines.web.covering import COVER
from countylines.web.house import House
from countylines.web.person_evidence import own_records
from countylines.web.persons import card_of
from countylines.web.reader import Reader
from countylines.web.status import status
from countylines.web.taking_out import fewest
from countylines.web.timeline import Event
from countylines.web.why import stacked, why
from tests.web.conftest import NOW, PASSWORD, Browse, Rewrite
from tests.web.person_pages import first, kept, plain

FIGURES = ("data-figures", "CCHI", "ONS weights", "Betweenness", "Eigenvector", "Closeness", "cl-int", "Rank <b>")
WEIGHTS = {"A": 1.0, "B": 0.5, "C": 0.4, "D": 0.1, "E": 0.02}


# Why: the derivation


def test_the_page_derives_what_the_command_line_does(reader: Reader) -> None:
    people = [
        *kept(reader)[::9],
        *reader.table("considered").filter(decision="discarded")["nominal_id"][:3],
        "N0000001",
    ]
    for nominal in people:
        assert dataclasses.replace(explain(reader.run, nominal), records=()) == why(reader, nominal).found


def test_a_bar_ends_at_the_weight_of_the_connection(reader: Reader) -> None:
    for nominal in kept(reader)[:40]:
        for each in why(reader, nominal).found.connections:
            drawn = re.findall(r'class="wf-b\d" x="([\d.]+)" y="2" width="([\d.]+)"', stacked(each.groups, each.c, 0.5))
            ends = [float(x) + float(width) for x, width in drawn]
            assert max(ends) == pytest.approx(240 * each.c, abs=1.2)


def smallest(connections: list[Connection], groups: Mapping[str, tuple[str, ...]], keep: float) -> int:
    """How many records have to go at least, by trying every set."""
    records = sorted({record for each in connections for record in each.record_ids})
    for size in range(len(records) + 1):
        for gone in itertools.combinations(records, size):
            left = [
                sum(WEIGHTS[g] for g in {g for r in each.record_ids if r not in gone for g in groups[r]})
                for each in connections
            ]
            if all(min(1.0, round(weight, 9)) < keep - 1e-9 for weight in left):
                return size
    raise AssertionError


records_with_groups = st.dictionaries(
    st.sampled_from(["r1", "r2", "r3", "r4", "r5", "r6"]), st.sets(st.sampled_from("ABCDE"), min_size=1), min_size=1
)


@given(records_with_groups, st.data())
def test_no_smaller_set_of_records_would_take_somebody_out(said: dict[str, set[str]], data: st.DataObject) -> None:
    groups = {record: tuple(sorted(each)) for record, each in said.items()}
    connections = []
    for i in range(data.draw(st.integers(1, 3))):
        ids = data.draw(st.sets(st.sampled_from(sorted(groups)), min_size=1))
        found = {group: WEIGHTS[group] for record in ids for group in groups[record]}
        c = min(1.0, round(sum(found.values()), 9))
        connections.append(Connection(f"n{i}", c, found, tuple(sorted(ids))))
    out = fewest(connections, groups, 0.5)
    least = smallest(connections, groups, 0.5)
    assert (out is None and least == 0) or (out is not None and out.proven and len(out.record_ids) == least > 0)


def test_removing_the_named_records_from_a_real_connection_is_enough(browse: Browse, reader: Reader) -> None:
    page = plain(browse("analyst").get(f"/people/{first(reader, 'held')}").text)
    assert re.search(r"(One record|\d+ records) \(.*\): without (it|all of them) their weight falls below 0\.50", page)


# What stands on the page


def test_treatment_comes_before_the_name_and_nobody_guarded_has_a_figure(browse: Browse, reader: Reader) -> None:
    client = browse("analyst")
    cards = reader.cards(kept(reader))
    for nominal, card in cards.items():
        page = client.get(f"/people/{nominal}").text
        assert page.index('class="cl-status') < page.index("<h1"), nominal
        if card.guarded:
            assert [word for word in FIGURES if word in page] == [], nominal
            assert 'id="notranked"' in page and "Never ranked for enforcement." in page, nominal
        else:
            assert card.rankable and "data-figures" in page, nominal
    assert sum(card.guarded for card in cards.values()) > 20


def test_the_banner_says_how_somebody_is_treated(browse: Browse, reader: Reader) -> None:
    client = browse("safeguarding")
    said = {
        "child": "This is a child. Safeguard first.",
        "exploited": "This person is believed to be exploited. Safeguard first.",
        "unknown": "Age unknown: treated as a child until it is known.",
        "held": "Held: this person may be exploited. Not ranked until two people decide.",
        "adult": "Adult. No sign of being a child or exploited in these records.",
    }
    for mark, words in said.items():
        page = plain(client.get(f"/people/{first(reader, mark)}").text)
        assert words in page
    assert "one of them safeguarding: 'no sign of exploitation'" in plain(
        client.get(f"/people/{first(reader, 'held')}").text
    )


def test_a_child_recorded_as_suspect_stays_a_child() -> None:
    child = card_of({"nominal_id": "n1", "is_child": 1, "believed_exploited": 1, "age": 15, "looked_after": 1})
    said = status(child, None, suspect_in=2)
    assert said.title == "This is a child, believed to be exploited. Safeguard first."
    assert "Recorded as an offender in 2 crimes: that doesn't change this status." in " ".join(said.sentences)
    assert "a lawyer decides" in " ".join(said.sentences)


def test_somebody_who_was_never_met_has_a_page_that_says_why(browse: Browse, reader: Reader) -> None:
    met = set(reader.table("considered")["nominal_id"])
    everybody = reader.index.query("SELECT nominal_id FROM people ORDER BY nominal_id")
    nobody = next(row["nominal_id"] for row in everybody if row["nominal_id"] not in met)
    page = plain(browse("analyst").get(f"/people/{nobody}").text)
    assert "Not in the network Never met" in page and "Not ranked: not in the network." in page
    dropped = reader.table("considered").filter(decision="discarded")["nominal_id"][0]
    assert "Considered, not kept" in plain(browse("analyst").get(f"/people/{dropped}").text)


def test_every_record_of_a_person_can_be_reached(browse: Browse, reader: Reader) -> None:
    client, nominal = browse("analyst"), first(reader, "adult")
    own = {row["record_id"] for row in own_records(reader, nominal)}
    found: set[str] = set()
    for page in range(1, 1 + -(-len(own) // 10)):
        text = client.get(f"/people/{nominal}?page={page}").text
        found |= set(re.findall(r'href="/records/([^"]+)">Whole record', text))
    assert found == own


def test_a_count_opens_to_exactly_its_records(browse: Browse, reader: Reader) -> None:
    client = browse("analyst")
    nominal = kept(reader)[0]
    for b in why(reader, nominal).beside[:5]:
        text = client.get(f"/people/{nominal}?together={b.tie.other}").text
        assert set(re.findall(r'href="/records/([^"]+)">Whole record', text)) == set(b.tie.record_ids)


def test_cancelled_hits_are_struck_through_and_can_be_hidden(browse: Browse, reader: Reader) -> None:
    client = browse("analyst")
    row = reader.index.query(
        "SELECT h.record_id, i.nominal_id FROM hits h JOIN involvements i ON i.record_id = h.record_id"
        " WHERE h.excepted_by IS NOT NULL ORDER BY 1, 2 LIMIT 1"
    )[0]
    for path in (f"/people/{row['nominal_id']}", f"/records/{row['record_id']}"):
        assert '<mark class="exc"' in client.get(path).text
        hidden = client.get(f"{path}?cancelled=0").text
        assert '<span class="govuk-visually-hidden">cancelled: </span>' not in hidden


def test_links_of_a_believed_victim_have_bands_and_paths(browse: Browse, reader: Reader) -> None:
    rows = reader.table("safeguarding_links").filter(band="strong")
    nominal = rows["nominal_id"][0]
    page = plain(browse("safeguarding").get(f"/people/{nominal}").text)
    assert (
        "Strong" in page
        and "step" in page
        and "%" not in page.partition("Which line")[2].partition("Safeguarding")[0].partition("re-runs")[2]
    )
    none = reader.table("safeguarding_links").filter(band="no link found")["nominal_id"][0]
    assert "No link found" in plain(browse("safeguarding").get(f"/people/{none}").text)


# Who may, and what is covered


def test_names_are_covered_for_data_scientists(browse: Browse, reader: Reader) -> None:
    client = browse("data_scientist")
    for nominal in kept(reader)[:12]:
        page = client.get(f"/people/{nominal}").text
        people = reader.cards([nominal, *(b.tie.other for b in why(reader, nominal).beside)])
        assert COVER in page
        for card in people.values():
            assert card.name not in page and card.name.split()[1].upper() not in plain(page).split()
        assert f"<title>{nominal}, " in page


def test_others_are_refused_and_it_is_logged(browse: Browse, house: House, reader: Reader) -> None:
    nominal = first(reader, "child")
    others = ("ethics_committee", "auditor", "reviewer", "administrator")
    for role in others:
        assert browse(role).get(f"/people/{nominal}").status_code == 403
    assert browse(None).get(f"/people/{nominal}").headers["location"].startswith("/sign-in")
    browse("analyst").get(f"/people/{nominal}")
    seen = audit.search(house.state, audit.Wanted(kind="person", what=nominal)).rows
    told = [(each.event.account, each.event.outcome, each.event.reference) for each in seen]
    refused = [(role, "refused", "Op Test") for role in reversed(others)]
    assert told == [("analyst", "allowed", "Op Test"), *refused]


def test_outside_ones_own_areas_it_is_not_told_whether_somebody_exists(
    browse: Browse, house: House, reader: Reader
) -> None:
    nominal = first(reader, "adult")
    areas = {row["area"] for row in own_records(reader, nominal) if row["area"]}
    every = {row["area"] for row in reader.index.query("SELECT DISTINCT area FROM records") if row["area"]}
    accounts.create_account(house.state, "near", "Near", PASSWORD, roles=["analyst"], now=NOW, areas=[sorted(areas)[0]])
    accounts.create_account(
        house.state, "far", "Far", PASSWORD, roles=["analyst"], now=NOW, areas=[sorted(every - areas)[0]]
    )
    assert browse("near").get(f"/people/{nominal}").status_code == 200
    away, nobody = browse("far").get(f"/people/{nominal}"), browse("far").get("/people/N9999999")
    assert (away.status_code, nobody.status_code) == (403, 403)
    assert plain(away.text) == plain(nobody.text) and "your own areas" in away.text
    record = reader.index.query("SELECT record_id FROM records WHERE area = ? LIMIT 1", sorted(areas)[0])[0][
        "record_id"
    ]
    assert (
        browse("near").get(f"/records/{record}").status_code,
        browse("far").get(f"/records/{record}").status_code,
    ) == (
        200,
        403,
    )


def test_people_of_other_areas_are_named_by_their_id(browse: Browse, house: House, reader: Reader) -> None:
    """Beside somebody whom an account may see stand people without a record in its areas: not their names."""
    areas = {}
    for row in reader.index.query(
        "SELECT i.nominal_id, r.area FROM involvements i JOIN records r ON r.record_id = i.record_id"
    ):
        areas.setdefault(row["nominal_id"], set()).add(row["area"])
    nominal, area, others = next(
        (who, area, others)
        for who in kept(reader)
        for area in sorted(areas[who] - {None})
        if (others := [b.card for b in why(reader, who).beside if area not in areas[b.card.nominal_id]])
    )
    accounts.create_account(house.state, "one", "One", PASSWORD, roles=["analyst"], now=NOW, areas=[area])
    whole = browse("analyst").get(f"/people/{nominal}?beside=all").text
    page = browse("one").get(f"/people/{nominal}?beside=all").text
    table = page[page.index('id="neighbours"') :].partition("</table>")[0]
    assert all(f'/people/{card.nominal_id}"' in whole and card.name in whole for card in others)
    assert not [card.name for card in others if card.name in table]
    assert all(card.nominal_id in table for card in others)


# Hostile text


def test_stored_text_does_nothing(browse: Browse, rewritten: Rewrite, reader: Reader) -> None:
    nominal = first(reader, "adult")
    record = why(reader, nominal).found.connections[0].record_ids[0]
    nasty = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202egnihton\u202c " + "x" * 5_000 + " {{ 7 * 7 }}"

    def spoil(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE records SET text = ? || text WHERE record_id = ?", (nasty, record))
        connection.execute("DELETE FROM hits WHERE record_id = ?", (record,))
        connection.execute(
            "UPDATE people SET name = ?, aliases = ?, home_authority = ? WHERE nominal_id = ?",
            (nasty, '["\\u202e<b>x</b>"]', "<i>here</i>\u202e", nominal),
        )

    rewritten(spoil)
    client = browse("analyst")
    for path in (f"/people/{nominal}", f"/people/{nominal}?view=list", f"/records/{record}", "/search?q=alert",
                 f"/rulings/new?person={nominal}", f"/rulings/new?record={record}"):  # fmt: skip
        page = client.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text and "<img src=x" not in page.text, path
        assert "<b>x</b>" not in page.text and "<i>here</i>" not in page.text and "\u202e" not in page.text, path
        assert "{{ 7 * 7 }}" in page.text or "49" not in plain(page.text), path
        assert not re.search(r"\sstyle=|\son\w+=(?!\w*alert)", re.sub(r"&lt;.*?&gt;", "", page.text)), path


# Events


def test_every_event_of_the_list_is_drawn_with_all_years(browse: Browse, reader: Reader) -> None:
    client, nominal = browse("analyst"), first(reader, "exploited")
    listed = client.get(f"/people/{nominal}?view=list").text
    drawn = client.get(f"/people/{nominal}?years=all").text
    section = listed[listed.index('id="events"') : listed.index("cl-g--person")]
    rows = section.count("<tr>") - 1
    lanes = drawn[drawn.index('class="cl-tl"') : drawn.index("cl-g--person")]
    assert rows > 3 and len(re.findall(r"<title>", lanes)) == rows


@given(st.lists(st.dates(dt.date(2015, 1, 1), dt.date(2026, 12, 31)), max_size=8), st.booleans())
def test_the_window_ends_are_in_order_and_all_years_hold_everything(days: list[dt.date], every: bool) -> None:
    found = [Event("crime", day, "x") for day in days]
    begin, end = timeline.window(found, dt.date(2026, 11, 20), every)
    assert begin < end
    if every:
        assert len(timeline.shown(found, begin, end)) == len(found)
    svg = timeline.drawn(timeline.shown(found, begin, end), begin, end, dt.date(2026, 11, 20), str, True)
    places = [float(x) for x in re.findall(r'class="tl-crime" d="M([\d.-]+)', svg)]
    assert all(timeline.LEFT <= x <= timeline.WIDTH for x in places)
