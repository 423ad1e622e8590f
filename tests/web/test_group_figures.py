"""The figures of a group's page are the run's own, and every count opens to its rows."""

import dataclasses
import re
from html import unescape

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.govern import accounts, audit
from countylines.rank.profile import load_rules
from countylines.report.show.words import share
from countylines.web.group import SHOWN_A_ROLE
from countylines.web.group_evidence import matched, of_areas, of_factor
from countylines.web.group_rows import group_rows
from countylines.web.house import House
from countylines.web.members_view import members
from countylines.web.persons import card_of
from countylines.web.profile_view import orders_said, says
from countylines.web.reader import Reader
from countylines.web.removal import BASELINES, Answer, Removal, Step, proof_said
from countylines.web.removal_chart import rows as curve_rows
from countylines.web.run_facts import months_of_groups
from tests.web.conftest import NOW, PASSWORD, Browse
from tests.web.group_pages import blocks, mixed_group, section, taken_of


@pytest.fixture
def mixed(reader: Reader) -> str:
    """The group with the most protected and held people among those with an order."""
    return mixed_group(reader)


# Figures


def test_the_profile_says_what_the_run_says(browse: Browse, reader: Reader, mixed: str) -> None:
    """Nine factors with level or question mark, confidence as a word, and a link to as many rows as there are."""
    page = section(browse("analyst").get(f"/groups/{mixed}").text, "profile")
    rows = reader.rows("profiles", "group_id", mixed)
    assert len(rows) == 9
    assert page.count('class="cl-lvl"') == 9
    for row in rows:
        if row["record_ids"]:
            link = f'href="/groups/{mixed}/records?factor={row["factor"]}">{len(row["record_ids"]):,}</a>'
            assert link in page
    unknown = sum(row["level"] is None for row in rows)
    assert page.count('<span class="cl-muted">?</span>') == unknown
    assert page.count("not yet credible") == sum(row["credible"] is False for row in rows)


def test_confidence_is_in_a_level_and_from_gradings(browse: Browse, reader: Reader) -> None:
    """Nobody is confident of a level that isn't known, and rows that nobody graded say so."""
    client, seen = browse("analyst"), set()
    for group in reader.table("groups")["group_id"]:
        page = section(client.get(f"/groups/{group}").text, "profile")
        said = re.findall(r'</svg> <span class="cl-small">([^<]+)</span></td>', page)
        rows = {row["factor"]: row for row in reader.rows("profiles", "group_id", group)}
        assert [word == "None" for word in said] == [rows[name]["level"] is None for name in load_rules().factors]
        assert "Unknown" not in said
        assert "Lowest level: number and ages" in page
        bare = [rows[name]["level"] is not None and not rows[name]["record_ids"] for name in load_rules().factors]
        assert [word == "No rows" for word in said] == bare
        seen |= set(said)
    assert {"None", "Not graded", "Medium"} <= seen


def test_ranks_in_other_orders_say_that_they_have_no_range(reader: Reader) -> None:
    """A bare rank never stands alone; and where the priority's range tells nobody apart, no other order does."""
    row = next(row for row in group_rows(reader) if row.place and row.place.other_index)
    assert row.place
    said = dict(orders_said(row, "cchi", 100)).values()
    assert set(said) == {f"rank {n}, range not made" for n in (row.place.other_index, row.place.reported)}
    wide = dataclasses.replace(row, place=dataclasses.replace(row.place, low=1, high=100))
    assert set(dict(orders_said(wide, "cchi", 100)).values()) == {"can't be told apart"}


def test_the_list_of_groups_shows_no_bare_rank_in_other_orders(browse: Browse) -> None:
    """Its columns of other orders say it, too."""
    page = browse("analyst").get("/groups?col=people&col=orders").text
    cells = re.findall(r'<td class="num">([^<]*(?:<span class="cl-muted">[^<]*</span>)?)</td>(?=<td|</tr>)', page)
    others = [cell for cell in cells if "no range" in cell or "told apart" in cell or "not made" in cell]
    assert len(others) == 2 * page.count('class="cl-nw cl-rowhead"')
    assert "without a range" in page


@pytest.mark.parametrize("level", [None, 0, 1, 4])
def test_every_factor_has_its_words(reader: Reader, level: int | None) -> None:
    """No factor is shown as a bare number, and unknown is never nought."""
    for each in {row["factor"] for row in reader.table("profiles").to_dicts()}:
        words = says(each, level, None if level is None else float(level), [], "SOC-1")
        assert re.search("[a-z]{3}", words)
        assert ("Unknown" in words) == (level is None)


def test_steps_and_curve_agree_with_the_run(browse: Browse, reader: Reader, mixed: str) -> None:
    """The slider's figures, the curve's points and the table are the run's own numbers."""
    page = browse("analyst").get(f"/groups/{mixed}").text
    steps = blocks(page)["steps"]
    order = reader.table("dismantling").filter(pl.col("scope") == mixed, pl.col("question") == "order").sort("step")
    base = reader.table("dismantling_baselines").filter(pl.col("scope") == mixed)
    whole = base.filter(pl.col("step") == 0)["harm_connected"][0]
    assert [each["k"] for each in steps] == [0, *order["step"].to_list()]
    assert [each["harm"] for each in steps[1:]] == [share(value / whole) for value in order["harm_connected"]]
    taken = taken_of(reader, mixed)
    assert taken
    ours, plain, band = curve_rows(taken, "harm")
    assert [row["v"] for row in ours[1:]] == [round(100 * value / whole, 1) for value in order["harm_connected"]]
    assert len({row["m"] for row in plain}) == len(BASELINES)
    assert len(band) == taken.last + 1
    assert all(row["low"] <= row["high"] for row in band)
    mean = {row["k"]: row["v"] for row in plain if row["m"].startswith("Random")}
    assert all(row["low"] - 0.1 <= mean[row["k"]] <= row["high"] + 0.1 for row in band)


def test_the_cursor_stands_where_asked(browse: Browse, mixed: str) -> None:
    """Without a script, too, any step can be opened by its address; one beyond the last is the last."""
    client = browse("analyst")
    for asked, stands in ((0, 0), (1, 1), (10_000, None)):
        page = client.get(f"/groups/{mixed}", params={"k": asked}).text
        last = int(re.findall(r'id="out"[^>]*max="(\d+)"', page)[0])
        assert f'value="{last if stands is None else stands}" data-steps="steps"' in page


def order_beside(ours: list[float], theirs: list[float]) -> Removal:
    """An answer with these shares of harm left after each step, beside one plain order."""
    card = card_of({"nominal_id": "n1", "is_child": 0})
    steps = tuple(Step(k + 1, card, 9 - k, harm, None) for k, harm in enumerate(ours))
    plain = tuple({"k": k, "part": 9.0, "harm": harm, "harm_range": None, "part_range": None}
                  for k, harm in enumerate([1.0, *theirs]))  # fmt: skip
    return Removal(9, 9, 81.0, Answer(steps, ""), Answer((), ""), Answer((), ""), {"degree": plain})


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ([0.5, 0.2], "as well"),
        ([0.504, 0.2], "as well"),
        ([0.5, 0.1], "leaves less"),
        ([0.6, 0.2], "none does as well throughout"),
    ],
)
def test_a_plain_order_that_does_as_well_is_named(theirs: list[float], said: str) -> None:
    """Ties, and orders that are better somewhere, are said; so is that there is none."""
    assert said in order_beside([0.5, 0.2], theirs).beside()


@given(st.integers(1, 500), st.integers(1, 500), st.floats(1e-3, 1e6), st.floats(1, 1e6))
def test_proofs_are_told_in_plain_words(goal: int, floor: int, bound: float, whole: float) -> None:
    """No proof of a run is shown as code."""
    for proof in (
        "optimal", f"bound {bound:.6g}", "best found: swaps; no bound", "best found: bundle-ratio greedy",
        "best found: bundle-ratio greedy; 12 more could follow",
        f"target {goal} can't be reached, floor {floor}; best found: betweenness, then reinsertion",
    ):  # fmt: skip
        words = proof_said(proof, whole)
        assert words.endswith(".")
        assert not words.startswith(("best", "bound", "optimal", "target"))
        assert "floor" not in words


def test_harm_has_editions_windows_standings_and_what_is_not_counted(
    browse: Browse, reader: Reader, mixed: str
) -> None:
    """Both indices apart, each with its edition, for 12 months and all; crimes of guarded people told apart."""
    page = unescape(section(browse("analyst").get(f"/groups/{mixed}").text, "harm"))
    rows = reader.rows("group_harm", "id", mixed)
    for edition in {row["edition"] for row in rows}:
        assert edition in page
    assert page.count("<table") == 2
    for words in ("Convicted", "Charged", "Suspected", "No weight", "12 months", "Reported only"):
        assert words in page
    only = sum(
        row["crimes_only_protected"]
        for row in rows
        if row["index"] == "cchi"
        and row["window"] == "all"
        and row["standing"] in ("convicted", "charged", "suspected")
    )
    assert only == 0 or f"In {only} of these crimes only protected or held people are offenders" in page


def test_an_overlap_stands_with_its_chance(browse: Browse, reader: Reader) -> None:
    """The shared people, both shares, the probability by chance, and that it is no evidence."""
    first = reader.table("reference_overlaps").to_dicts()[0]
    page = section(browse("analyst").get(f"/groups/{first['group_id']}").text, "soc")
    assert first["reference_group"] in page
    assert share(first["share_of_group"]) in page
    assert f"{first['chance_probability']:.2g}" in page
    assert "no evidence that they act together" in page


def test_long_roles_are_cut_and_the_rest_is_linked(browse: Browse, reader: Reader) -> None:
    """The overview says how many more there are; the members page has them all."""
    client = browse("analyst")
    for row in group_rows(reader):
        people = members(reader, row.group_id)
        for some in people.ranked.values():
            if len(some) > SHOWN_A_ROLE:
                page = section(client.get(f"/groups/{row.group_id}").text, "members")
                assert f">{len(some) - SHOWN_A_ROLE} more</a>" in page
                whole = client.get(f"/groups/{row.group_id}/members").text
                assert all(each.card.nominal_id in whole for each in some)
                return
    raise AssertionError("no group with a long role: this run can't show it")


# Rows behind the counts


def test_each_factor_opens_to_its_rows(browse: Browse, reader: Reader, mixed: str) -> None:
    """As many records as the factor says, a page at a time, each once."""
    row = max(reader.rows("profiles", "group_id", mixed), key=lambda row: len(row["record_ids"]))
    client = browse("analyst")
    found: list[str] = []
    page = 1
    while True:
        text = client.get(f"/groups/{mixed}/records", params={"factor": row["factor"], "page": page}).text
        found += re.findall(r'href="/records/([^"?]+)"', text)
        if f"page={page + 1}" not in text:
            break
        page += 1
    assert page > 1
    assert sorted(found) == sorted(row["record_ids"])
    assert set(of_factor(reader, mixed, row["factor"]).ids) == set(row["record_ids"])


def test_matched_records_are_those_of_the_members(reader: Reader, mixed: str) -> None:
    """Against the run's own tables."""
    own = [row["nominal_id"] for row in reader.rows("nominals", "group_id", mixed)]
    parts = reader.run.read("sources/involvements").filter(pl.col("nominal_id").is_in(own))
    connecting = parts.filter(~pl.col("role").is_in(["witness", "reporter", "carer", "professional"]))
    scored = set(reader.table("record_scores")["record_id"])
    assert set(matched(reader, own).ids) == set(connecting["record_id"]) & scored


def test_records_of_a_year_open_from_my_work(browse: Browse, reader: Reader) -> None:
    """My work's "records a month, 12 months" opens just those records."""
    client = browse("analyst")
    months = months_of_groups(reader)
    page, followed = client.get("/").text, 0
    for row in group_rows(reader)[:5]:
        count, path = sum(months[row.group_id]), f"/groups/{row.group_id}/records?window=12m"
        assert (f'href="{path}">{count:,}</a>' in page) == (count > 0)
        if count:
            assert f" of {count:,}." in client.get(path).text
            own = [each["nominal_id"] for each in reader.rows("nominals", "group_id", row.group_id)]
            recent = matched(reader, own, "12m").ids
            assert (len(recent), set(recent) <= set(matched(reader, own).ids)) == (count, True)
            followed += 1
    assert followed > 1


def test_records_of_other_areas_are_counted_and_not_shown(house: House, browse: Browse, reader: Reader) -> None:
    """An account with areas reads the group's records that lie there; the others are told by their number."""
    row = next(row for row in group_rows(reader) if len(row.areas) > 2)
    accounts.create_account(
        house.state, "local", "Local", PASSWORD, roles=["analyst"], areas=[row.areas[0]], now=NOW, by="test"
    )
    own = [each["nominal_id"] for each in reader.rows("nominals", "group_id", row.group_id)]
    every = matched(reader, own)
    near, others = of_areas(reader, every, [row.areas[0]])
    area = dict(reader.run.read("sources/records").select("record_id", "area").iter_rows())
    assert 0 < len(near.ids) < len(every.ids)
    assert len(near.ids) + others == len(every.ids)
    assert {area[record] for record in near.ids} == {row.areas[0]}
    page = browse("local").get(f"/groups/{row.group_id}/records").text
    assert f"{others:,} record" in page
    assert set(re.findall(r'href="/records/([^"?]+)"', page)) <= set(near.ids)


def test_names_are_covered_in_texts_too(browse: Browse, reader: Reader, mixed: str) -> None:
    """A data scientist reads the records without the surnames of the people in them."""
    own = [each["nominal_id"] for each in reader.rows("nominals", "group_id", mixed)]
    surnames = {card.name.split()[1] for card in reader.cards(own).values()}
    texts = {
        role: " ".join(re.findall(r'<p class="cl-ev__t".*?</p>', browse(role).get(f"/groups/{mixed}/records").text))
        for role in ("analyst", "data_scientist")
    }
    found = {role: sum(len(re.findall(name, text, re.IGNORECASE)) for name in surnames) for role, text in texts.items()}
    assert found["analyst"] > 5
    assert found["data_scientist"] < found["analyst"] / 4


def test_counts_of_people_open_to_those_people(browse: Browse, reader: Reader, mixed: str) -> None:
    """Under 18, believed exploited, missing, never ordered: as many people as the count."""
    client = browse("analyst")
    row = next(row for row in group_rows(reader) if row.group_id == mixed)
    counts = {"children": row.children, "exploited": row.exploited, "missing": row.missing, "guarded": row.guarded}
    for only, count in counts.items():
        page = client.get(f"/groups/{mixed}/members", params={"only": only}).text
        assert f"Showing {count} of {row.size}." in page
        assert page.count('class="cl-who"') == count


def test_who_opened_what_is_logged(house: House, browse: Browse, mixed: str) -> None:
    """Each page that names people leaves a row in the log, with the group and the reason."""
    client = browse("senior_officer")
    for part in ("", "/members", "/records?factor=violence"):
        assert client.get(f"/groups/{mixed}{part}").status_code == 200
    seen = audit.search(house.state, audit.Wanted(who="senior_officer", kind="group", what=mixed)).rows
    assert [entry.event.detail["page"] for entry in seen] == ["records", "members", "overview"]
    assert all(entry.event.reference == "Op Test" for entry in seen)
