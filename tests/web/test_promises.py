"""What is promised about people holds on every page: no rank by what is left out, and no name outside one's areas."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import polars as pl
import pytest

from countylines.govern import accounts, audit, rulings
from countylines.govern.rulings import Proposal
from countylines.rank.dismantle.objective import curve
from countylines.tables import BOTH, UNRANKED
from countylines.web import finding
from countylines.web.group_rows import group_rows
from countylines.web.house import House
from countylines.web.own_areas import people_within
from countylines.web.person_evidence import own_records
from countylines.web.persons import LATEST_UNREAD, SINCE
from countylines.web.ranks import places, priorities
from countylines.web.reader import Reader
from countylines.web.removal import Removal, removal
from countylines.web.shelf import Shelf
from countylines.web.standing import standing
from countylines.web.whatif import of_people, whole_of
from tests.web.conftest import NOW, PASSWORD, RUN, Browse
from tests.web.every import PAGES_SHOWN, World

# Whoever may not be ranked any more leaves no gap that tells what their part was


def second_of_an_order(reader: Reader) -> tuple[str, str]:
    """Somebody who is second in a group's order, and the group."""
    steps = reader.table("dismantling").filter((pl.col("question") == "order") & (pl.col("step") == 2))
    row = steps.filter(pl.col("scope") != "network").sort("scope").to_dicts()[0]
    return row["nominal_id"], row["scope"]


def order_of(reader: Reader, group: str) -> Removal:
    cards = reader.cards(row["nominal_id"] for row in reader.rows("nominals", "group_id", group))
    found = removal(reader, group, cards, len(cards))
    assert found
    return found


def test_the_order_is_worked_out_anew_without_who_went_on_the_separate_list(reader: Reader) -> None:
    """A step that is missing, and the harm that jumps there, would tell their place and their part."""
    who, group = second_of_an_order(reader)
    before = order_of(reader, group)
    reader.separate = lambda: frozenset([who])
    after = order_of(reader, group)
    assert [step.k for step in after.order.steps] == list(range(1, len(before.order.steps)))
    ids = [step.card.nominal_id for step in after.order.steps]
    assert ids == [step.card.nominal_id for step in before.order.steps if step.card.nominal_id != who]
    problem = of_people(whole_of(reader), {row["nominal_id"] for row in reader.rows("nominals", "group_id", group)})
    place = problem.ids.index(who)
    assert (problem.harm[place], bool(problem.removable[place])) == (1.0, False)
    found = curve(problem, [problem.ids.index(name) for name in ids])
    assert [step.harm for step in after.order.steps] == pytest.approx((found.mass[1:] / found.mass[0]).tolist())
    assert [step.largest for step in after.order.steps] == found.largest[1:].tolist()
    assert who not in {step.card.nominal_id for few in (after.only_k, after.goal) for step in few.steps}
    assert not after.plain and "bound" not in after.order.proof and "Worked out anew" in after.order.proof


def test_an_order_in_which_everybody_may_stand_is_the_runs_own(reader: Reader) -> None:
    """Without a ruling, working it out anew gives the run's figures: the same problem, the same curve."""
    _, group = second_of_an_order(reader)
    found = order_of(reader, group)
    problem = of_people(whole_of(reader), {row["nominal_id"] for row in reader.rows("nominals", "group_id", group)})
    places = [problem.ids.index(step.card.nominal_id) for step in found.order.steps]
    mass = curve(problem, places).mass
    assert [step.harm for step in found.order.steps] == pytest.approx((mass[1:] / mass[0]).tolist())
    assert found.plain


def test_a_search_marks_who_is_on_the_separate_list(browse: Browse, house: House, reader: Reader) -> None:
    """By name, birth date or id, as on every other page, and while somebody types."""
    who, _ = second_of_an_order(reader)
    put_apart(house, who)
    card = reader.cards([who])[who]
    client = browse("senior_officer")
    assert card.date_of_birth
    for asked in (card.name, card.date_of_birth.strftime("%d/%m/%Y"), who):
        assert finding.people(reader, asked, ()).rows[0].card.held == (BOTH,)
        for path in ("/search", "/search/suggest"):
            assert "Held: both victim and suspect" in client.get(path, params={"q": asked}).text, (path, asked)


def test_ranks_close_up_where_somebody_is_not_ranked_any_more(reader: Reader) -> None:
    """The number that nobody else has would be theirs; those behind move up, and each range holds its rank."""
    before = priorities(reader).sort("rank")
    who = before["id"][2]
    centre = places(reader)
    reader.separate = lambda: frozenset([who])
    after = priorities(reader).sort("rank")
    assert after["id"].to_list() == [one for one in before["id"] if one != who]
    assert after["rank"].to_list() == list(range(1, before.height))
    now = places(reader)
    assert who not in now["nominal_id"] and now.height == centre.filter(pl.col("nominal_id") != who).height
    for (measure,), rows in now.filter(pl.col("scope") == "network").group_by("measure"):
        assert rows["rank"].to_list() == rows["rank"].rank("min").to_list(), measure  # ties share the lowest
    for frame in (after, now):
        told = frame.filter(pl.col("rank_low").is_not_null())
        assert told.filter(~pl.col("rank").is_between("rank_low", "rank_high")).is_empty() and not told.is_empty()
    card = reader.cards([after["id"][2]])[after["id"][2]]
    found = standing(reader, card)
    assert found and found.priority and (found.priority["rank"], found.among) == (3, before.height - 1)
    assert found.ranked["network"] == reader.table("nominals")["rankable"].sum() - 1


def test_a_what_if_has_no_orders_of_the_run_beside_it_then(browse: Browse, house: House, reader: Reader) -> None:
    """The run's orders have their harm in them; beside the new figures, the difference would be theirs alone."""
    who, _ = second_of_an_order(reader)
    others = reader.table("nominals").filter(pl.col("rankable") & (pl.col("nominal_id") != who))["nominal_id"].sort()
    client = browse("senior_officer")
    csrf = re.findall(r'name="csrf" value="([^"]+)"', client.get("/network").text)[0]

    def beside() -> list[str]:
        answer = client.post("/network/what-if.json", json={"removed": [others[0]]}, headers={"x-csrf": csrf}).json()
        assert answer["removed"] == [others[0]]
        return [one["name"] for one in answer["baselines"]]

    assert "This run's order of removal" in beside()
    put_apart(house, who)
    assert beside() == []


def put_apart(house: House, who: str) -> None:
    """Two people rule that an adult is both victim and suspect."""
    one, other = (accounts.find_account(house.state, name) for name in ("analyst", "safeguarding"))
    assert one and other
    with house.state.begin() as connection:
        made = rulings.propose(connection, Proposal(UNRANKED, "Seen", NOW.date().replace(year=2027), who), one, NOW)
    with house.state.begin() as connection:
        rulings.confirm(connection, made, rulings.ruling(connection, made).version, other, NOW)
    house.shelf.refresh()


# Whoever is protected now isn't ranked on the pages of a run that didn't know it yet


@pytest.fixture
def two_runs(runs: Path, house: House, reader: Reader, tmp_path: Path) -> tuple[House, str, str]:
    """A house with the run and a later one in which somebody whom the first ranks is believed exploited; the group."""
    who, group = second_of_an_order(reader)
    folder = tmp_path / "two"
    for name in (RUN, "run-later"):
        shutil.copytree(runs / RUN, folder / name)
    manifest = folder / "run-later" / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**content, "as_of": "2026-12-24"}), encoding="utf-8")
    nominals = folder / "run-later" / "nominals.parquet"
    table = pl.read_parquet(nominals)
    them = pl.col("nominal_id") == who
    table.with_columns(
        protected=pl.col("protected") | them, rankable=pl.col("rankable") & ~them
    ).select(table.columns).write_parquet(nominals)  # fmt: skip
    own = tmp_path / "index"  # whom the later run guards is kept there: no other test may read it
    own.mkdir()
    for index in house.shelf.indexes.glob("*.sqlite"):
        (own / index.name).hardlink_to(index)
    house.shelf.folder, house.shelf.indexes = folder, own
    house.shelf._open.clear()
    for name in (RUN, "run-later"):
        house.shelf.reader(name).index.prepare(wait=True)
    return house, who, group


def test_pages_of_an_earlier_run_rank_nobody_whom_a_later_one_protects(
    two_runs: tuple[House, str, str], browse: Browse
) -> None:
    """Else an address with ?run= would give the harm, rank and role of somebody who is known to be exploited."""
    house, who, group = two_runs
    client = browse("senior_officer")
    assert house.shelf.reader().name == "run-later"
    assert house.shelf.reader("run-later").cards([who])[who].held == ()
    card = house.shelf.reader(RUN).cards([who])[who]
    assert (card.held, card.rankable) == ((SINCE,), False)
    page = client.get(f"/people/{who}", params={"run": RUN}).text
    assert "data-figures" not in page and f"Not ranked: held ({SINCE})" in page
    order = client.get(f"/groups/{group}", params={"run": RUN}).text
    assert who not in re.findall(r'data-step-row="steps:\d+".*?href="/people/(N\d+)', order, re.DOTALL)
    data = client.get("/network/data.json", params={"run": RUN, "all": "1"}).json()["people"]
    place = data["id"].index(who)
    assert (data["harm"][place], data["roles"][place]) == (None, 0)


def test_a_run_that_cannot_be_read_and_one_with_restricted_records_tell_nothing(
    two_runs: tuple[House, str, str],
) -> None:
    """What is known from restricted records alone isn't told on the pages of a run without them."""
    house, who, _ = two_runs
    manifest = house.shelf.folder / "run-later" / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    content["settings"]["ingest"]["include_restricted"] = True
    manifest.write_text(json.dumps(content), encoding="utf-8")
    fresh = Shelf(house.shelf.folder, house.shelf.indexes)
    assert fresh.reader(RUN).cards([who])[who].held == ()
    (house.shelf.folder / "run-later" / "nominals.parquet").unlink()
    content["settings"]["ingest"]["include_restricted"] = False
    manifest.write_text(json.dumps(content), encoding="utf-8")
    fresh = Shelf(house.shelf.folder, house.shelf.indexes)
    assert fresh.reader(RUN).cards([who])[who].held == (LATEST_UNREAD,), "whom it guards isn't known"


# Own areas


AREA = "Beacon Hill"


def local(here: World, role: str) -> str:
    """Sign in with this role and one area of one's own; its name."""
    account = accounts.find_account(here.house.state, role)
    assert account
    accounts.change_account(here.house.state, account.account_id, areas=[AREA], now=NOW, by="administrator")
    here.sign_in(role)
    return AREA


def names_outside(reader: Reader, area: str) -> dict[str, str]:
    """Names of everybody without a record in the area; nobody in it is called the same."""
    people = {row["nominal_id"]: row["name"] for row in reader.index.query("SELECT nominal_id, name FROM people")}
    near = people_within(reader, people, [area])
    return {people[one]: one for one in people.keys() - near if one.lstrip("N") in people[one]}


@pytest.mark.parametrize("role", ["analyst", "safeguarding"])
def test_nobody_outside_ones_areas_is_named_on_any_page(here: World, role: str) -> None:
    """Names of people without a record in the own areas stand on no page, drawing, list or data file.

    Of safeguarding's own room alone its officers know those who wait there by name.
    """
    reader = here.house.shelf.reader()
    away = names_outside(reader, local(here, role))
    numbers = {name.split()[-1]: name for name in away}
    ids = reader.table("nominals")["nominal_id"].sort()
    near = sorted(people_within(reader, ids, [AREA]))[:12]
    more = [f"/people/{one}?beside=all&view=list&years=all" for one in near]
    more += [f"/groups/{row.group_id}{page}" for row in group_rows(reader) if AREA in row.areas
             for page in ("", "/members", "/records")]  # fmt: skip
    more += [f"/missing?show={show}&since=all" for show in ("all", "often12", "with", "away")]
    more += ["/network/data.json?all=1", "/network?all=1"]
    room = () if role == "analyst" else ("/safeguarding",)
    for address in [here.address(route) for route in PAGES_SHOWN] + more:
        if address.startswith(room):
            continue
        answer = here.client.get(address)
        text = unescape(answer.text)
        told = [numbers[number] for number in set(re.findall(r"\b\d{7}\b", text)) & numbers.keys()]
        assert not [name for name in told if name in text], address


def test_records_outside_ones_areas_are_counted_on_a_persons_page(here: World) -> None:
    """Their texts can't be opened on the record's page, and so not on the person's."""
    reader = here.house.shelf.reader()
    area = local(here, "analyst")
    who = here.examples["nominal_id"]
    sql = "SELECT r.record_id, r.area FROM involvements i JOIN records r USING (record_id) WHERE nominal_id = ?"
    areas = {row["record_id"]: row["area"] for row in reader.index.query(sql, who)}
    away = sorted(record for record, where in areas.items() if where != area)
    page = here.client.get(f"/people/{who}").text
    evidence = page[page.index('id="evidence"') :]
    shown = {record for record in areas if f"/records/{record}" in evidence}
    assert away and shown and not shown & set(away)
    assert f"{len(away)} more records of theirs lie outside your areas and can't be opened" in unescape(page)
    events = page[page.index('id="events"') : page.index('id="why"')]
    assert not [record for record in away if f"/records/{record}" in events]


def test_a_safeguarding_officer_knows_those_who_wait_by_name(here: World) -> None:
    """The queue is theirs wherever people are: nobody waits unseen, or unnamed."""
    reader = here.house.shelf.reader()
    away = names_outside(reader, local(here, "safeguarding"))
    page = unescape(here.client.get("/safeguarding").text)
    assert any(name in page for name in away)


# Counts under 5


def test_the_ethics_committee_is_given_no_count_of_rows_under_five(
    two_runs: tuple[House, str, str], browse: Browse
) -> None:
    """Tables such as known victims have a row for each person: neither their rows nor a small difference is told."""
    house, _, _ = two_runs
    manifest = house.shelf.folder / "run-later" / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    kept = content["rows_in"]["known_victims"]["kept"]
    content["rows_in"]["known_victims"]["kept"] = kept + 2
    content["rows_out"]["sources/known_victims"] = 3
    manifest.write_text(json.dumps(content), encoding="utf-8")
    member, officer = browse("ethics_committee"), browse("senior_officer")
    asked = {"a": RUN, "b": "run-later"}
    line = re.compile(r"known victims, kept.*?</tr>", re.DOTALL)
    told, hidden = (line.findall(client.get("/runs/compare", params=asked).text)[0] for client in (officer, member))
    assert str(kept + 2) in told and str(kept) not in hidden and "hidden: under 5" in hidden
    given = member.get("/runs/run-later/manifest").json()
    assert given["rows_out"]["sources/known_victims"] == "under 5"
    assert not [n for n in given["rows_out"].values() if isinstance(n, int) and 0 < n < 5]
    assert officer.get("/runs/run-later/manifest").json() == content


# The log


def test_the_list_of_rulings_is_in_the_log_with_whom_it_names(here: World) -> None:
    """It names people, and so is a view of them."""
    here.sign_in("senior_officer")
    assert here.client.get("/rulings").status_code == 200
    latest = audit.search(here.house.state, audit.Wanted(kind="ruling"), size=1).rows[0].event
    assert (latest.account, latest.what) == ("senior_officer", "all")
    assert here.examples["nominal_id"] in latest.detail["people"]


def test_safeguarding_officers_open_whoever_is_in_their_queue(browse: Browse, house: House, reader: Reader) -> None:
    """With own areas, too: their page opens by name; its records of other areas stay closed."""
    areas = {row["area"] for row in reader.index.query("SELECT DISTINCT area FROM records") if row["area"]}
    waiting = reader.table("safeguarding")["nominal_id"].unique().sort().to_list()
    away, area = next(
        (who, area)
        for who in waiting
        for area in sorted(areas)
        if area not in {row["area"] for row in own_records(reader, who)}
    )
    for name, role in (("sg", "safeguarding"), ("an", "analyst")):
        accounts.create_account(house.state, name, name, PASSWORD, roles=[role], areas=[area], now=NOW, by="test")
    page = browse("sg").get(f"/people/{away}")
    assert page.status_code == 200
    assert reader.cards([away])[away].name in page.text
    assert not re.findall(r'<p class="cl-ev__t"', page.text)
    assert browse("an").get(f"/people/{away}").status_code == 403


def aged(house: House, seconds: float = 60.0) -> None:
    """As if the folder of runs had last been asked so long ago."""
    house.shelf._since = {stamp: (at - seconds, found) for stamp, (at, found) in house.shelf._since.items()}


def again(house: House) -> Shelf:
    """The shelf of a server that was started anew."""
    return Shelf(house.shelf.folder, house.shelf.indexes)


def test_what_the_latest_run_said_outlives_its_damage_and_its_deletion(two_runs: tuple[House, str, str]) -> None:
    """F9: else a half-copied or deleted run would let somebody be ranked again whom it protects."""
    house, who, _ = two_runs
    folder, guarded = house.shelf.folder, house.shelf.indexes / "guarded.json"
    assert not house.shelf.reader(RUN).cards([who])[who].rankable
    assert guarded.stat().st_mode & 0o077 == 0
    for harm in ("sources", "nominals.parquet", "manifest.json", ""):
        gone = folder / "run-later" / harm
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
        for shelf in (house.shelf, again(house)):
            aged(house)
            card = shelf.reader(RUN).cards([who])[who]
            assert (card.held, card.rankable) == ((SINCE,), False), harm
    assert shelf.reader().name == RUN


def test_a_later_word_takes_the_place_of_an_earlier_one(two_runs: tuple[House, str, str]) -> None:
    house, who, _ = two_runs
    assert not house.shelf.reader(RUN).cards([who])[who].rankable
    newest = house.shelf.folder / "run-newest"
    shutil.copytree(house.shelf.folder / RUN, newest)
    content = json.loads((newest / "manifest.json").read_text(encoding="utf-8"))
    (newest / "manifest.json").write_text(json.dumps({**content, "as_of": "2027-01-24"}), encoding="utf-8")
    assert again(house).reader(RUN).cards([who])[who].rankable, "released since"


def test_nobody_is_ranked_on_pages_of_earlier_runs_while_the_latest_could_never_be_read(
    two_runs: tuple[House, str, str], browse: Browse
) -> None:
    house, who, group = two_runs
    shutil.rmtree(house.shelf.folder / "run-later" / "sources")
    reader = house.shelf.reader(RUN)
    cards = reader.cards(reader.table("nominals")["nominal_id"])
    assert not any(card.rankable for card in cards.values())
    client = browse("senior_officer")
    page = client.get(f"/people/{who}", params={"run": RUN}).text
    assert "data-figures" not in page
    assert "Not ranked: the latest run can&#39;t be read." in page
    for path in (f"/groups/{group}", f"/groups/{group}/members", "/network?view=table", "/"):
        assert client.get(path, params={"run": RUN}).status_code == 200, path
    members = client.get(f"/groups/{group}/members", params={"run": RUN}).text
    assert "Strongest" not in members and "cl-bar" not in members
    shutil.copytree(house.shelf.folder / RUN / "sources", house.shelf.folder / "run-later" / "sources")
    aged(house)
    assert any(card.rankable for card in house.shelf.reader(RUN).cards(cards).values()), "copied whole at last"
