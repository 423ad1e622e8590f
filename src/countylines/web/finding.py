"""Search by kind: people, groups, lines, records. A few indexed queries each, limited, always in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz import fuzz, utils

from countylines.report.show.groups import called
from countylines.web.line_rows import line_names, near
from countylines.web.own_areas import people_within
from countylines.web.persons import Card, card_of
from countylines.web.query_words import born, phone, phrase, spellings, trigrams, vehicle, words
from countylines.web.reader import Reader

Row = dict[str, Any]
SHOWN, COUNTED = 20, 1_000  # rows of a kind; how far matches are counted
CANDIDATES = 300  # people that the index of names offers before they are compared letter by letter
BUDGET = 25_000  # people that the runs of three letters asked for may stand in: the rarest runs first
NAME = 6  # words that a name has at most: more are a text
ALIKE = 72.0  # of 100: less alike isn't shown
SNIPPET = "snippet(words, 0, char(2), char(3), ' ... ', 28)"


@dataclass(frozen=True)
class Person:
    """Somebody found.

    Attributes:
        by: what fits: id, name, other name, birth date.
        alike: 0 to 100; 100 = the same.
    """

    card: Card
    by: str
    alike: float


@dataclass(frozen=True)
class Text:
    """A record found.

    Attributes:
        snippet: stretches of its text, each with whether it is what was looked for; empty for restricted records.
    """

    record: Row
    by: str
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Found:
    """Everything found of one kind: the first rows, how many there are, and whether there are more than that."""

    rows: Sequence[Any]
    count: int
    more: bool = False

    @property
    def counted(self) -> str:
        """How many, in words."""
        return f"{self.count:,} or more" if self.more else f"{self.count:,}"


def people(reader: Reader, query: str, areas: Sequence[str], most: int = SHOWN, skip: int = 0) -> Found:
    """People by id (a source system's, too), birth date, name or other name; the most alike first, then those in the
    network, then by id."""
    found: dict[str, Person] = {}
    native = (row["nominal_id"] for way in {query, query.upper()} for row in _linked(reader, way))
    cards = reader.cards([query, query.upper(), *native])
    found.update({nominal: Person(card, "id", 100.0) for nominal, card in cards.items()})
    if day := born(query):
        rows = reader.index.query("SELECT * FROM people WHERE date_of_birth = ? LIMIT ?", day, CANDIDATES)
        found.update({row["nominal_id"]: Person(card_of(row), "birth date", 100.0) for row in rows})
    elif not phone(query) and len(words(query)) <= NAME:
        for person in _named(reader, query):
            found.setdefault(person.card.nominal_id, person)
    near = reader.cards(people_within(reader, found, areas))  # as everywhere: the index knows of no ruling
    kept = [replace(person, card=near[nominal]) for nominal, person in found.items() if nominal in near]
    order = sorted(kept, key=lambda p: (-round(p.alike), not p.card.kept, p.card.nominal_id))
    return Found(order[skip : skip + most], len(order), len(order) >= CANDIDATES)


def _linked(reader: Reader, native_id: str) -> list[Row]:
    """People by a source system's own id."""
    return reader.rows("sources/person_links", "native_id", native_id)


def _named(reader: Reader, query: str) -> list[Person]:
    """People whose name or other name is like the words."""
    asked = _rarest(reader, trigrams(query))
    if not asked:
        return []
    rows = reader.index.query(
        "SELECT p.* FROM (SELECT rowid AS place, rank AS fit FROM names WHERE names MATCH ?"
        " ORDER BY rank, rowid LIMIT ?) JOIN people p ON p.rowid = place ORDER BY fit, place",
        " OR ".join(phrase([run]) for run in asked),
        CANDIDATES,
    )
    wanted = utils.default_process(query)
    found = []
    for card in map(card_of, rows):
        by_name = _alike(wanted, card.name)
        by_other = max((_alike(wanted, alias) for alias in card.aliases), default=0.0)
        if max(by_name, by_other) >= ALIKE:
            found.append(Person(card, "name" if by_name >= by_other else "other name", max(by_name, by_other)))
    return found


def _alike(wanted: str, name: str) -> float:
    """How alike the words are, in any order; a part of a name counts a little less than all of it."""
    other = utils.default_process("".join(c for c in name if not c.isdigit()) if not wanted.isdigit() else name)
    return max(fuzz.token_sort_ratio(wanted, other), 0.95 * _every_word(wanted, other))


def _every_word(wanted: str, other: str) -> float:
    """The mean over the words asked for of how alike the likest word of the name is."""
    parts = other.split()
    if not wanted or not parts:
        return 0.0
    best = [max(fuzz.ratio(word, part) for part in parts) for word in wanted.split()]
    return sum(best) / len(best)


def _rarest(reader: Reader, runs: Sequence[str]) -> list[str]:
    """The rarest of the runs of three letters that together stand in at most so many names; at least one."""
    if not runs:
        return []
    reader.index.query("CREATE VIRTUAL TABLE IF NOT EXISTS temp.runs USING fts5vocab('main', 'names', 'row')")
    marks = ", ".join("?" * len(runs))
    rows = reader.index.query(f"SELECT term, doc FROM temp.runs WHERE term IN ({marks}) ORDER BY doc, term", *runs)
    asked: list[str] = []
    left = BUDGET
    for row in rows:
        if asked and row["doc"] > left:
            break
        asked.append(row["term"])
        left -= row["doc"]
    return asked


def groups(reader: Reader, query: str, mine: set[str], most: int = SHOWN, skip: int = 0) -> Found:
    """Groups by id or name; ``mine``: the groups that this visitor may see."""
    wanted = query.casefold()
    rows = [{**row, "called": called(row)} for row in reader.table("groups").to_dicts() if row["group_id"] in mine]

    def alike(row: Row) -> float:
        spoken = row["name"].partition(" ")[2].casefold() or row["name"].casefold()
        if wanted in (row["group_id"].casefold(), row["name"].casefold(), row["called"].casefold(), spoken):
            return 100.0
        return float(fuzz.ratio(wanted, spoken))

    found = sorted(((alike(row), row) for row in rows), key=lambda pair: (-pair[0], pair[1]["group_id"]))
    fits = [row for score, row in found if score >= 80.0]
    return Found(fits[skip : skip + most], len(fits))


def lines(reader: Reader, query: str, areas: Sequence[str], most: int = SHOWN, skip: int = 0) -> Found:
    """Deal lines by number, in any spelling or by part of it, by name or id."""
    digits, wanted, names = phone(query), query.casefold(), line_names(reader)
    found: dict[str, Row] = {}
    for row in reader.table("lines").sort("line_id").iter_rows(named=True):
        if not near(row["areas"] or (), areas):
            continue
        name = (row["name"] or "").casefold()
        by_number = bool(digits and row["number"] and digits in row["number"])
        same = wanted in (name, row["line_id"].casefold())
        if by_number or same or (name and fuzz.ratio(wanted, name) >= 80.0):
            found.setdefault(row["line_id"], {**row, "called": names.get(row["line_id"], ""), "exact": same})
    order = sorted(found.values(), key=lambda row: (not row["exact"], not row["known"], row["line_id"]))
    return Found(order[skip : skip + most], len(order))


def records(reader: Reader, query: str, areas: Sequence[str], most: int = SHOWN, skip: int = 0) -> Found:
    """Records by id or reference, else by a number, vehicle, address or phrase in their text, the latest first."""
    by_id = _by_id(reader, query, areas)
    if by_id:
        return Found([Text(row, "id", ()) for row in by_id[skip : skip + most]], len(by_id))
    split = words(query)
    if not split:
        return Found([], 0)
    if (digits := phone(query)) and not born(query):
        also = _with_number(reader, digits, areas)
        return _texts(reader, " OR ".join(spellings(digits)), "number", areas, most, skip, also)
    if plates := vehicle(query):
        return _texts(reader, " OR ".join(plates), "vehicle", areas, most, skip)
    found = _texts(reader, phrase(split), "these words in a row", areas, most, skip)
    if found.count or len(split) == 1:
        return found
    return _texts(reader, " AND ".join(phrase([word]) for word in split), "all of these words", areas, most, skip)


def _by_id(reader: Reader, query: str, areas: Sequence[str]) -> list[Row]:
    if len(query) < 3:
        return []
    native = query.partition(":")[2] or query
    sources = ("crime", "intelligence", "custody", "prison", "missing")
    ids = {query, *(f"{source}:{way}" for source in sources for way in (native, native.upper()))}
    rows = reader.index.among("SELECT * FROM records WHERE record_id IN ({ids})", ids)
    rows += [
        row for row in reader.index.query("SELECT * FROM records WHERE urn = ? LIMIT 20", query) if row not in rows
    ]
    kept = [row for row in rows if not areas or row["area"] in areas]
    return sorted(kept, key=lambda row: str(row["record_id"]))


def _with_number(reader: Reader, digits: str, areas: Sequence[str]) -> list[int]:
    """Rows of matched records in which a number with these digits was found, whatever its spelling."""
    own = f" AND area IN ({', '.join('?' * len(areas))})" if areas else ""
    rows = reader.index.query(
        "SELECT rowid FROM records WHERE record_id IN (SELECT record_id FROM numbers WHERE number LIKE ?)"
        f"{own} ORDER BY record_id DESC LIMIT ?",
        f"%{digits}%",
        *areas,
        COUNTED,
    )
    return [row["rowid"] for row in rows]


def _texts(
    reader: Reader, asked: str, by: str, areas: Sequence[str], most: int, skip: int, also: Sequence[int] = ()
) -> Found:
    """The records whose text has what is asked for; counted up to a limit, so that a common word costs no more."""
    limit = COUNTED + 1
    if areas:
        marks = ", ".join("?" * len(areas))
        sql = (
            "SELECT words.rowid FROM words JOIN records r ON r.rowid = words.rowid WHERE words MATCH ?"
            f" AND r.area IN ({marks}) ORDER BY words.rowid DESC LIMIT ?"
        )
    else:
        sql = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?"
    places = [row["rowid"] for row in reader.index.query(sql, asked, *areas, limit)]
    places = list(dict.fromkeys([*places, *also]))[:limit]
    dates = reader.index.among(
        "SELECT rowid, record_id, COALESCE(recorded, occurred, '') AS date FROM records WHERE rowid IN ({ids})",
        places,
    )
    order = sorted(dates, key=lambda row: (row["date"], row["record_id"]), reverse=True)[skip : skip + most]
    made = _read(reader, asked, by, [row["rowid"] for row in order])
    return Found(made, min(len(places), COUNTED), len(places) > COUNTED)


def _read(reader: Reader, asked: str, by: str, places: Sequence[int]) -> list[Text]:
    """The records in these rows, in this order, each with where its text has what is asked for."""
    columns = "rowid, record_id, source, occurred, recorded, area, grading, restricted, score"
    found = reader.index.among(f"SELECT {columns} FROM records WHERE rowid IN ({{ids}})", places)
    records = {row.pop("rowid"): row for row in found}
    readable = [place for place in places if not records[place]["restricted"]]
    marked = _marked(reader, asked, readable)
    starts = reader.index.among(  # found by its number in another spelling
        "SELECT rowid, substr(text, 1, 180) AS text FROM records WHERE rowid IN ({ids})",
        (place for place in readable if place not in marked),
    )
    snippets = {row["rowid"]: ((row["text"] or "", False),) for row in starts} | marked
    return [Text(records[place], by, snippets.get(place, ())) for place in places]


def _marked(reader: Reader, asked: str, places: Sequence[int]) -> dict[int, tuple[tuple[str, bool], ...]]:
    """The stretches of those texts that have what is asked for.

    All in one walk (the plus keeps SQLite from asking row by row): each walk looks up every spelling anew.
    """
    if not places:
        return {}
    rows = reader.index.among(
        f"SELECT rowid, {SNIPPET} AS text FROM words WHERE +rowid IN ({{ids}}) AND words MATCH ?"
        " AND rowid BETWEEN ? AND ?",
        places,
        asked,
        min(places),
        max(places),
    )
    return {row["rowid"]: _pieces(row["text"] or "") for row in rows}


def _pieces(text: str) -> tuple[tuple[str, bool], ...]:
    """A snippet cut at its marks."""
    pieces = []
    for i, part in enumerate(text.split(chr(2))):
        marked, end, rest = part.partition(chr(3)) if i else ("", "", part)
        pieces += [(marked, True)] if end else []
        pieces += [(rest if end or not i else part, False)]
    return tuple(piece for piece in pieces if piece[0])
