"""The lexicon workbench: the words that are searched for, tried on a copy that lives in the page alone (SCREENS 7)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from countylines.match.lexicon import Group, Lexicon, load_lexicon
from countylines.match.trial import Finding, check_lexicon
from countylines.web import lexicon_copy
from countylines.web.access import Missing, Visit, needs
from countylines.web.covering import cover
from countylines.web.evidence import Evidence, Part, Piece, evidence, pieces
from countylines.web.groups import hides
from countylines.web.lexicon_copy import MAX_TEXT, TooMuch, as_yaml
from countylines.web.lexicon_trial import examples
from countylines.web.lexicon_try import Stopped, tried
from countylines.web.own_areas import areas_of
from countylines.web.reader import Reader

router = APIRouter(include_in_schema=False)

FILE = "lexicon.yaml"
AROUND = 260  # characters shown before the first hit and after the last
Row = dict[str, Any]


@dataclass(frozen=True)
class GroupLine:
    """A search group as the table shows it; ``before`` = its weight in the run where the copy has another."""

    group: Group
    before: float | None
    new_terms: int
    within: int
    outside: int
    failing: int

    @property
    def share(self) -> float | None:
        """Of its records those in the network."""
        return self.within / (self.within + self.outside) if self.within + self.outside else None

    @property
    def tested(self) -> int:
        """Its own examples."""
        return len(self.group.hits) + len(self.group.misses)


SORTS: Mapping[str, Callable[[GroupLine], Any]] = {
    "group": lambda line: line.group.name.casefold(),
    "weight": lambda line: line.group.weight,
    "terms": lambda line: len(line.group.patterns),
    "within": lambda line: line.within,
    "outside": lambda line: line.outside,
    "share": lambda line: -1 if line.share is None else line.share,
    "failing": lambda line: line.failing,
}
OF_RECORDS = ("within", "outside", "share")


def ordered(lines: Sequence[GroupLine], sort: str, hide: bool) -> tuple[Sequence[GroupLine], str]:
    """The lines as the address asks (``-`` before a column: the most first), else by weight; and how they stand.

    Args:
        hide: small counts are hidden, and an order would tell them.
    """
    key = sort.removeprefix("-")
    if key not in SORTS or (hide and key in OF_RECORDS):
        return lines, "-weight"
    return sorted(lines, key=SORTS[key], reverse=sort.startswith("-")), sort


@dataclass(frozen=True)
class Read:
    """A record to read, as the edited lexicon sees it, and its weight in the run."""

    evidence: Evidence
    before: float


@router.get("/lexicon")
def lexicon(visit: Visit = needs("see_lexicon")) -> Response:
    """All search groups, with the heaviest opened."""
    words = own(visit.reader)
    return _page(visit, words, max(words.groups, key=lambda group: group.weight).name)


@router.get("/lexicon.yaml")
def file(visit: Visit = needs("see_lexicon")) -> Response:
    """The run's own lexicon, as it was read."""
    visit.log("export", f"lexicon {own(visit.reader).version}", marking=visit.house.marking)
    return _download((visit.reader.run.folder / FILE).read_text(encoding="utf-8-sig"), "lexicon.yaml")


@router.get("/lexicon/{group:path}")
def group(group: str, visit: Visit = needs("see_lexicon")) -> Response:
    """One search group beside the table."""
    return _page(visit, own(visit.reader), group)


@router.post("/lexicon")
def work(visit: Visit = needs("try_lexicon")) -> Response:
    """Change a copy, check it by the loader's own rules, and try it on a text or on the run's records."""
    form, before = visit.form, own(visit.reader)
    name, do, pick = str(form.get("group", "")), str(form.get("do", "check")), str(form.get("pick", ""))
    if do == "discard" and not pick:
        return RedirectResponse(visit.url(f"/lexicon/{name}"), 303)
    try:
        copy = lexicon_copy.unpack(before, str(form.get("copy", "")))
        wanted = lexicon_copy.edited(copy, name, form)
        text = str(form.get("text", ""))
        if len(text) > MAX_TEXT:
            raise TooMuch("text")
    except KeyError as error:
        raise Missing("There is no such search group", "Choose one from the table.") from error
    except TooMuch as error:
        kept = before if error.args[0] == "copy" else lexicon_copy.unpack(before, str(form.get("copy", "")))
        return _page(visit, kept, name, form=form, errors={str(error): "This is more than the page takes"}, status=400)
    asked = _asked(visit, dataclasses.replace(wanted, version=f"{before.version} edited"), pick or name, text, do)
    try:
        made = tried(asked)
    except Stopped as error:
        return _page(visit, copy, name, form=form, errors={"patterns": str(error)}, status=400)
    if "error" in made:
        return _page(visit, copy, name, form=form, errors=_said(made["error"], form), status=400)
    visit.log(
        "lexicon", name, do="choose" if pick else do, records=_ids(made), changed=lexicon_copy.changes(before, wanted)
    )
    if do == "download" and not pick:
        return _download(asked["yaml"], "lexicon-edited.yaml")
    return _page(visit, wanted, pick or name, made=made, text=text)


def own(reader: Reader) -> Lexicon:
    """The run's own lexicon."""
    found: Lexicon = reader.made("lexicon", lambda reader: load_lexicon(reader.run.folder / FILE))
    return found


def group_lines(reader: Reader, words: Lexicon, findings: list[Finding]) -> list[GroupLine]:
    """The groups by weight, with their records in the run and in the network."""
    before = {group.name: group for group in own(reader).groups}
    counts = {row["group"]: row for row in reader.table("term_table").to_dicts()}
    none = {"records_in_network": 0, "records_not_in_network": 0}
    made = []
    for group in sorted(words.groups, key=lambda group: (-group.weight, group.name)):
        usual, row = before[group.name], counts.get(group.name, none)
        made.append(
            GroupLine(
                group,
                usual.weight if usual.weight != group.weight else None,
                len(group.patterns) - len(usual.patterns),
                row["records_in_network"],
                row["records_not_in_network"],
                sum(finding.group == group.name for finding in findings),
            )
        )
    return made


def to_read(reader: Reader, made: Mapping[str, Any], covered: bool) -> list[Read]:
    """The records to read, as the edited lexicon marks them; names of people in them covered, if they must be."""
    rows: dict[str, Row] = {row["record_id"]: row for row in made["rows"]}
    weights = dict(made["weights"])
    found = {each.record["record_id"]: each for each in evidence(reader, rows)}
    marked = {name: _as_edited(found[name], row, weights) for name, row in rows.items() if name in found}
    shown = {name: cover(reader, each, hits=True) if covered else each for name, each in marked.items()}
    return [Read(each, rows[name]["before"]) for name, each in shown.items()]


def _as_edited(each: Evidence, row: Row, weights: dict[str, float]) -> Evidence:
    text, hits = each.record["text"] or "", row["hits"]
    first = max(0, min((hit["start"] for hit in hits), default=0) - AROUND)
    last = min(len(text), max((hit["end"] for hit in hits), default=0) + AROUND)
    counted = sorted({hit["group"] for hit in hits if not hit["excepted_by"]}, key=lambda name: -weights[name])
    cancelled = {hit["group"]: hit["excepted_by"] for hit in hits if hit["excepted_by"] and hit["group"] not in counted}
    parts = [Part(name, weights[name], True) for name in counted]
    parts += [Part(name, weights[name], False, rule) for name, rule in sorted(cancelled.items())]
    return dataclasses.replace(
        each,
        record={**each.record, "score": row["after"]},
        pieces=tuple(pieces(text, hits, weights, first, last)),
        parts=tuple(parts),
        before=first > 0,
        after=last < len(text),
    )


def _asked(visit: Visit, wanted: Lexicon, name: str, text: str, do: str) -> dict[str, Any]:
    """What the trial's own process is told."""
    asked: dict[str, Any] = {"yaml": as_yaml(wanted), "group": name, "settings": visit.reader.settings["match"]}
    if text.strip():
        asked["text"] = text
    if do == "rows":
        visit.must("see_people")  # rows to read are evidence
        asked |= {
            "run": str(visit.reader.run.folder.absolute()),
            "keep": visit.reader.settings["network"]["keep_weight"],
            "areas": list(areas_of(visit)),
        }
    return asked


def _page(
    visit: Visit,
    words: Lexicon,
    name: str,
    *,
    form: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    made: Mapping[str, Any] | None = None,
    text: str = "",
    status: int = 200,
) -> Response:
    reader = visit.reader
    before = own(reader)
    chosen = next((each for each in words.groups if each.name == name), None)
    if chosen is None:
        raise Missing("There is no such search group", "Choose one from the table of the lexicon.")
    trusted = not lexicon_copy.changes(before, words)  # a copy is only ever run in the trial's own process
    if made is not None:
        findings, shown = [Finding(**each) for each in made["findings"]], made["examples"]
    else:
        findings = _checked(reader) if trusted else []
        shown = examples(before, name) if trusted else []
    trial = made.get("text") if made else None
    records = made.get("records") if made else None
    asked = visit.request.query_params.get("sort", "")
    lines, sort = ordered(group_lines(reader, words, findings), asked, hides(visit))
    return visit.page(
        "lexicon.html.j2",
        status,
        words=words,
        changed=lexicon_copy.changes(before, words),
        copy=lexicon_copy.pack(before, words),
        lines=lines,
        sort=sort,
        chosen=chosen,
        fields=_fields(chosen, form),
        off=[term for term in chosen.terms if not term.on],
        examples=[{**each, "pieces": _pieces(each, chosen.weight)} for each in shown],
        checked=made is not None or trusted,
        findings=[finding for finding in findings if finding.group == name],
        errors=dict(errors or {}),
        text=str(form.get("text", "")) if form else text,
        trial=trial,
        trial_pieces=_trial_pieces(trial, words) if trial else (),
        records=records,
        rows=to_read(reader, records, visit.covered) if records else (),
        keep=reader.settings["network"]["keep_weight"],
        reader=reader,
        hides=hides(visit),
    )


def _checked(reader: Reader) -> list[Finding]:
    found: list[Finding] = reader.made(
        "findings of the lexicon", lambda reader: check_lexicon(reader.run.folder / FILE)
    )
    return found


def _fields(chosen: Group, form: Mapping[str, Any] | None) -> dict[str, str]:
    """What stands in the editor: what was sent, where it couldn't be taken, or else the group."""
    if form is not None:
        return {name: str(form.get(name, "")) for name in ("weight", "patterns", "excepts", "hits", "misses")}
    texts = {"patterns": chosen.patterns, "excepts": chosen.excepts, "hits": chosen.hits, "misses": chosen.misses}
    return {"weight": f"{chosen.weight:g}", **{name: "\n".join(values) for name, values in texts.items()}}


def _pieces(each: Mapping[str, Any], weight: float) -> list[Piece]:
    return list(
        pieces(each["text"], each["hits"], {hit["group"]: weight for hit in each["hits"]}, 0, len(each["text"]))
    )


def _trial_pieces(trial: Mapping[str, Any], words: Lexicon) -> list[Piece]:
    weights = {group.name: group.weight for group in words.groups}
    return list(pieces(trial["text"], trial["hits"], weights, 0, len(trial["text"])))


def _said(error: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, str]:
    """The loader's message at the line it is about."""
    where = lexicon_copy.place(error["field"], form)
    field = "excepts" if where.startswith("Exceptions") else "weight" if "weight" in error["what"] else "patterns"
    words = f"{where}: {error['what']}" if where else error["what"][0].upper() + error["what"][1:]
    return {field: words + (f". {error['do'][0].upper()}{error['do'][1:]}" if error["do"] else "")}


def _ids(made: Mapping[str, Any]) -> list[str]:
    return [row["record_id"] for row in made.get("records", {}).get("rows", ())]


def _download(content: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/yaml; charset=utf-8", headers=headers)
