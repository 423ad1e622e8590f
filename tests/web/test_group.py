"""One group's page: what each role sees; nobody protected or held is in any order, rank, figure or data block."""

import json
import re
from html import unescape

import pytest

from countylines.report.show.words import share
from countylines.web.drawn import Figure, Link, group_network
from countylines.web.group import SHOWN_GUARDED
from countylines.web.group_rows import group_rows
from countylines.web.members_view import ROLES, members, why_guarded
from countylines.web.persons import card_of
from countylines.web.profile_view import criteria, factors
from countylines.web.reader import Reader
from countylines.web.removal import removal
from tests.web.conftest import Browse
from tests.web.group_pages import blocks, guarded_of, mixed_group, section, taken_of

NAMED = ("analyst", "safeguarding", "senior_officer")
ORDERED = ("analyst", "senior_officer", "data_scientist")


@pytest.fixture
def mixed(reader: Reader) -> str:
    """The group with the most protected and held people among those with an order."""
    return mixed_group(reader)


# Roles


@pytest.mark.parametrize("role", [*NAMED, "data_scientist", "ethics_committee", "auditor"])
def test_every_reader_sees_the_page(browse: Browse, mixed: str, role: str) -> None:
    """Profile, rank with its range, harm and the scope of the records for everybody who may see groups."""
    page = browse(role).get(f"/groups/{mixed}")
    assert page.status_code == 200
    assert "Why this group is prioritised" in page.text
    assert re.search(r"Rank <b>\d+</b>, range \d+ to \d+", page.text)
    assert "Police National Database are not checked" in page.text
    assert "Two indices, never added" in page.text


@pytest.mark.parametrize("role", ["reviewer", "administrator"])
def test_others_may_not(browse: Browse, mixed: str, role: str) -> None:
    """No page of a group for those who don't work with groups."""
    client = browse(role)
    for part in ("", "/members", "/records"):
        assert client.get(f"/groups/{mixed}{part}").status_code == 403


@pytest.mark.parametrize("role", ORDERED)
def test_the_order_for_those_who_may(browse: Browse, reader: Reader, mixed: str, role: str) -> None:
    """Step by step with what is left, how good it is, its stability and the plain orders; the other two questions."""
    page = browse(role).get(f"/groups/{mixed}").text
    taken = taken_of(reader, mixed)
    assert taken
    order = section(page, "order")
    assert [int(k) for k in re.findall(r'data-step-row="steps:(\d+)"', order)] == [step.k for step in taken.order.steps]
    for step in taken.order.steps:
        assert f"/people/{step.card.nominal_id}" in order
        assert share(step.harm) in order
    assert taken.order.proof in order
    assert taken.beside() in unescape(order)
    assert "Person precision" in order
    assert taken.goal.proof in unescape(section(page, "goal"))
    assert taken.only_k.proof in unescape(section(page, "only-k"))


@pytest.mark.parametrize("role", ["safeguarding", "auditor"])
def test_no_order_for_the_others(browse: Browse, mixed: str, role: str) -> None:
    """Safeguarding officers and auditors see the page without the order, its curve and its figures."""
    page = browse(role).get(f"/groups/{mixed}").text
    for words in ("Order of removal", "stepped out", "data-steps", "data-vega", "Harm still connected", "If only"):
        assert words not in page
    assert not blocks(page)


def test_safeguarding_sees_people_without_ranks(browse: Browse, reader: Reader, mixed: str) -> None:
    """Names and status, but no rank of a person."""
    client = browse("safeguarding")
    assert "Rank, range" not in client.get(f"/groups/{mixed}").text
    page = client.get(f"/groups/{mixed}/members").text
    assert "Rank, range" not in page
    for card in guarded_of(reader, mixed).values():
        assert f"/people/{card.nominal_id}" in page


def test_the_ethics_committee_sees_method_and_counts(browse: Browse, reader: Reader, mixed: str) -> None:
    """No name, no id of a person, no drawing, no curve, and no count under 5."""
    client = browse("ethics_committee")
    page = client.get(f"/groups/{mixed}").text
    people = reader.cards(row["nominal_id"] for row in reader.rows("nominals", "group_id", mixed))
    assert len(people) > 5
    assert not [card for card in people.values() if card.nominal_id in page or card.name in page]
    assert "method and counts" in page
    assert "Not drawn for your role" in page
    assert not blocks(page)
    for part in ("members", "records"):
        assert client.get(f"/groups/{mixed}/{part}").status_code == 403
        assert f"/groups/{mixed}/{part}" not in page


def test_the_ethics_committee_sees_no_level_that_tells_a_small_count(reader: Reader) -> None:
    """Level 1 of children means one child: such levels are hidden, and so is what they add to the rank."""
    hidden = 0
    for row in group_rows(reader):
        masked = row.without_small_counts()
        rows = factors(reader, masked)
        plain = {each.name: each for each in factors(reader, row)}
        for each in rows:
            counted = plain[each.name]
            if each.name == "exploited_children" and counted.level in (0, 1, 2):
                assert each.hidden
                assert each.level is None
                assert not re.search(r"\d", each.says.replace("Under 5", ""))
                hidden += 1
            assert each.records is None or each.records >= 5
        labels = {each.label for each in rows if each.hidden}
        assert all(one.value is None for one in criteria(masked, rows, "cchi") if one.label in labels)
    assert hidden > 3


def test_names_are_covered_for_data_scientists(browse: Browse, reader: Reader, mixed: str) -> None:
    """Ids instead of names, on the overview and among the members, in the drawing too."""
    client = browse("data_scientist")
    people = reader.cards(row["nominal_id"] for row in reader.rows("nominals", "group_id", mixed))
    for part in ("", "/members"):
        page = client.get(f"/groups/{mixed}{part}").text
        assert not [card for card in people.values() if card.name in page]
        assert all(card.nominal_id in page for card in people.values())


def test_auditors_see_no_names(browse: Browse, reader: Reader, mixed: str) -> None:
    """The drawing without names or links, counts instead of people."""
    page = browse("auditor").get(f"/groups/{mixed}").text
    people = reader.cards(row["nominal_id"] for row in reader.rows("nominals", "group_id", mixed))
    assert not [card for card in people.values() if card.name in page or card.nominal_id in page]
    assert "children and people who may be exploited" in page


# People first


def test_nobody_guarded_is_in_any_order_of_any_group(reader: Reader) -> None:
    """Neither the order nor the best few nor the goal of any group has anybody protected or held."""
    looked = 0
    for row in group_rows(reader):
        taken = taken_of(reader, row.group_id)
        guarded = guarded_of(reader, row.group_id)
        for answer in (taken.order, taken.only_k, taken.goal) if taken else ():
            assert not [step for step in answer.steps if step.card.nominal_id in guarded or step.card.guarded]
            looked += len(answer.steps)
    assert looked > 20


def test_an_order_with_somebody_guarded_in_it_is_not_shown(reader: Reader, mixed: str) -> None:
    """Should a run hold a protected person in an order after all, the page still leaves them out."""
    people = members(reader, mixed)
    cards = {each.card.nominal_id: each.card for each in (*people.rankable, *people.guarded)}
    taken = removal(reader, mixed, cards, len(cards))
    assert taken
    first = taken.order.steps[0].card.nominal_id
    changed = cards | {first: card_of({"nominal_id": first, "is_child": 1, "age": 15})}
    again = removal(reader, mixed, changed, len(cards))
    found = [] if again is None else [step.card.nominal_id for step in again.order.steps]
    assert first not in found


@pytest.mark.parametrize("measure", ["harm", "part"])
def test_data_blocks_hold_numbers_only(browse: Browse, reader: Reader, mixed: str, measure: str) -> None:
    """Neither an id nor a name of anybody is in the JSON of the page."""
    page = browse("analyst").get(f"/groups/{mixed}", params={"measure": measure}).text
    found = blocks(page)
    assert set(found) == {"curve-spec", "steps"}
    text = json.dumps(found)
    people = reader.cards(row["nominal_id"] for row in reader.rows("nominals", "group_id", mixed))
    assert not [card for card in people.values() if card.nominal_id in text or card.name in text]


def test_ranked_sections_name_nobody_guarded_without_their_mark(browse: Browse, reader: Reader, mixed: str) -> None:
    """In the tables of orders and of roles nobody protected or held; elsewhere each stands behind their mark."""
    page = browse("analyst").get(f"/groups/{mixed}").text
    guarded = guarded_of(reader, mixed)
    assert guarded
    tables = [
        *re.findall(r"<table.*?</table>", section(page, "order"), re.DOTALL),
        *re.findall(r"<table.*?</table>", section(page, "only-k") + section(page, "goal"), re.DOTALL),
        section(page, "members").partition('<tbody class="is-guarded">')[0],
    ]
    assert len(tables) == 4
    assert not [card for card in guarded.values() if any(card.nominal_id in table for table in tables)]
    links = re.findall(r'<span class="cl-who">(.*?)<a class="govuk-link" href="/people/([^"?]+)"', page, re.DOTALL)
    marked = [(mark, nominal) for mark, nominal in links if nominal in guarded]
    assert len({nominal for _, nominal in marked}) == min(SHOWN_GUARDED, len(guarded))
    for mark, nominal in marked:
        assert guarded[nominal].words in unescape(mark)


def test_guarded_people_have_no_figure_and_no_role(browse: Browse, reader: Reader, mixed: str) -> None:
    """Their rows say "Not ranked" in each column of a figure, and stand under no criminal role."""
    page = browse("analyst").get(f"/groups/{mixed}/members").text
    part = re.search(r'<tbody class="is-guarded">.*?</tbody>', page, re.DOTALL)
    assert part
    assert "Children and people who may be exploited" in part[0]
    lines = re.findall(r"<tr><td>.*?</tr>", part[0], re.DOTALL)
    assert len(lines) == len(guarded_of(reader, mixed))
    for line in lines:
        assert line.count("Not ranked") == 4
        assert "cl-bar" not in line
        assert "%" not in line
        assert re.search(r'<td class="num cl-nw">\d+ \w{3} \d{4}</td><td class="num"><span class="cl-muted">Not', line)
    assert '<th scope="col" class="num">Last seen</th><th scope="col" class="num">Stays in re-runs</th>' in page
    people = members(reader, mixed)
    assert all(
        not each.role and each.rank is None and each.strength is None and not each.harm for each in people.guarded
    )


def test_everybody_is_once_among_the_members(reader: Reader) -> None:
    """Ranked and guarded together are the group, and the guarded are those who may not be ranked."""
    for row in group_rows(reader):
        people = members(reader, row.group_id)
        ranked = [each.card.nominal_id for each in people.rankable]
        guarded = [each.card.nominal_id for each in people.guarded]
        own = reader.rows("nominals", "group_id", row.group_id)
        assert sorted(ranked) == sorted(each["nominal_id"] for each in own if each["rankable"])
        assert sorted(guarded) == sorted(each["nominal_id"] for each in own if not each["rankable"])
        assert set(people.ranked) <= set(ROLES)
        assert all(why_guarded(each.card) for each in people.guarded)


def test_the_block_says_how_many_are_never_in_the_order_and_why(browse: Browse, reader: Reader, mixed: str) -> None:
    """The number, each reason with its number, and their names behind their marks."""
    page = browse("senior_officer").get(f"/groups/{mixed}").text
    people = members(reader, mixed)
    block = section(page, "order")
    n = len(people.guarded)
    assert f"{n} {'person is' if n == 1 else 'people are'} never in this order." in block
    assert people.reasons
    for why, count in people.reasons:
        assert f"{count} {why}" in unescape(block)
    assert "target" not in unescape(re.sub(r"<[^>]+>", "", block)).lower()


def test_a_group_without_anybody_to_order(browse: Browse, reader: Reader) -> None:
    """Says so, and still names who is protected; in this run or not, the page's words are the same."""
    rows = [row for row in group_rows(reader) if not row.rankable]
    page = browse("analyst").get(f"/groups/{(rows or group_rows(reader))[0].group_id}").text
    said = "Nobody may be ordered here. Everyone is protected or held." in page
    assert said == bool(rows)


def test_nobody_to_order_is_no_removal(reader: Reader, mixed: str) -> None:
    """With everybody guarded there is no answer at all."""
    people = members(reader, mixed)
    cards = {
        each.card.nominal_id: card_of({"nominal_id": each.card.nominal_id, "is_child": 1})
        for each in (*people.rankable, *people.guarded)
    }
    assert removal(reader, mixed, cards, len(cards)) is None


def test_the_size_of_guarded_people_tells_nothing() -> None:
    """Protected and held people are all drawn alike, however strongly tied."""
    child = card_of({"nominal_id": "n1", "is_child": 1, "age": 15})
    held = card_of({"nominal_id": "n2", "is_child": 0, "held": '["may be cuckooed"]'})
    adult = card_of({"nominal_id": "n3", "is_child": 0})
    assert Figure(child, 0, 0, 400.0).r == Figure(child, 0, 0, None).r == Figure(held, 0, 0, 90.0).r
    assert Figure(adult, 0, 0, 90.0).r > Figure(adult, 0, 0, 1.0).r


def test_the_drawing_has_shapes_words_and_kinds_of_ties() -> None:
    """Each person with the words of their mark, an adversarial tie apart, stored names escaped."""
    child = card_of({"nominal_id": "n1", "is_child": 1, "age": 15})
    adult = card_of({"nominal_id": "n2", "is_child": 0, "soc": '["SOC-1"]'})
    drawn = group_network(
        [Figure(child, -0.5, 0, None, "<b>A", "/people/n1"), Figure(adult, 0.5, 0, 2.0, "B & C", "/people/n2")],
        [Link("n1", "n2", 2, True)],
        'Network inside "G1"',
    )
    assert "nd-child" in drawn
    assert "nd-soc" in drawn
    assert "eg-adv" in drawn
    assert "Child, 15" in drawn
    assert "member of SOC-1" in drawn
    assert "<b>A" not in drawn
    assert "style=" not in drawn


# What isn't there


@pytest.mark.parametrize("part", ["", "/members", "/records"])
def test_an_unknown_group_is_not_found(browse: Browse, part: str) -> None:
    """A plain page with what to do; the name from the address isn't repeated as markup."""
    page = browse("analyst").get(f"/groups/G9999{part}")
    assert page.status_code == 404
    assert "No such group in this run" in page.text
    assert browse("analyst").get("/groups/<script>").status_code == 404


def test_an_unknown_factor_is_not_found(browse: Browse, mixed: str) -> None:
    """As an unknown group."""
    page = browse("analyst").get(f"/groups/{mixed}/records", params={"factor": "height"})
    assert page.status_code == 404


def test_without_a_script_the_what_if_is_a_form(browse: Browse, mixed: str) -> None:
    """The slider is sent as it stands, and the figures of that step come back."""
    client = browse("analyst")
    page = client.get(f"/groups/{mixed}?k=0&measure=part").text
    form = page.partition(f'action="/groups/{mixed}#whatif"')[2].partition("</form>")[0]
    assert 'name="k"' in form and 'name="measure" value="part"' in form
    assert '<noscript><button class="govuk-button cl-btn cl-btn--s" type="submit">Show</button></noscript>' in form
    assert 'data-step-show="steps:harm">100%<' in page
    assert 'data-step-show="steps:harm">100%<' not in client.get(f"/groups/{mixed}?k=1").text
