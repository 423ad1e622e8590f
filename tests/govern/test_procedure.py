"""Procedures as files: what is shipped, which one fits, and that a fault names file, place, line and what to do."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from countylines.errors import InputError
from countylines.govern.procedure import COLUMNS, KINDS, MOVES, STATES, load_procedures, needs_why
from countylines.govern.procedure_file import read_procedure
from tests.govern.work import PROCEDURES

SHIPPED = Path(str(files("countylines.govern") / "procedures"))
CHILDREN = (SHIPPED / "example-children.yaml").read_text(encoding="utf-8")
ADULTS = (SHIPPED / "example-adults.yaml").read_text(encoding="utf-8")


def test_the_origins_procedure_is_shipped() -> None:
    steps = {step.id: step for step in PROCEDURES.named("example-children").steps}
    assert [step.column for step in steps.values() if step.column] == list(COLUMNS)
    assert steps["screening"].results == ("high", "medium", "low")
    assert {question.answers for question in steps["screening"].questions} == {("yes", "no", "not known")}
    assert steps["strategy"].when == {"screening": ("high",)}
    assert steps["daily"].when == steps["panel"].when == {"screening": ("medium",)}
    assert steps["panel"].after == ("daily",)
    assert {question.group for question in steps["panel"].questions} == {"Prevention", "Disruption"}
    assert steps["monitor"].monitoring
    assert steps["monitor"].when == {"screening": ("low",)}
    assert all(step.tells for step in steps.values() if step.id != "screening")


def test_a_second_authority_has_clocks_of_its_own() -> None:
    own, other = PROCEDURES.fitting("child", " northmoor "), PROCEDURES.fitting("child", "Westmarch")
    assert (own.id, other.id) == ("northmoor-children", "example-children")
    assert str(own.step("mash").clock) == "first referral: 12 hours, local setting"
    assert str(other.step("mash").clock) == "first referral: 24 hours, local setting"


def test_unknown_age_is_handled_as_a_child_and_an_unknown_authority_as_none_of_its_own() -> None:
    assert PROCEDURES.fitting("age unknown", None).id == "example-children"
    assert PROCEDURES.fitting("adult", "Northmoor").id == "example-adults"


def test_every_file_says_in_comments_what_may_be_edited() -> None:
    for path in SHIPPED.glob("*.yaml"):
        assert path.read_text(encoding="utf-8").count("#") > 3, path.name


@pytest.mark.parametrize("kind", KINDS)
def test_moves_lead_from_known_to_known_states_and_nothing_is_unsent(kind: str) -> None:
    table = MOVES[kind]  # type: ignore[index]
    assert set(table) == set(STATES)
    assert all(to <= set(STATES) for to in table.values())
    if kind == "referral":
        reached, todo = {"sent"}, ["sent"]
        while todo:
            new = table[todo.pop()] - reached
            reached |= new
            todo += new
        assert not reached & {"not started", "drafted", "doesn't apply"}
        assert [was for was in STATES if "sent" in table[was]] == ["drafted"]
    else:
        assert not any("sent" in to or "drafted" in to for to in table.values())


def test_what_undoes_something_says_why() -> None:
    assert needs_why("done", "in progress")
    assert needs_why("in progress", "waiting")
    assert not needs_why("not started", "in progress")


FAULTS = [
    (
        "kind: tool",
        "kind: tol",
        "steps.screening.kind (line {line}): 'tol' isn't allowed. Give 'referral', 'tool', 'task'",
    ),
    (
        "    clock: screening\n",
        "    clok: screening\n",
        "steps.screening.clok (line {line}): there is no key 'clok' here",
    ),
    ("    clock: screening\n", "    clock: screen\n", "steps.screening.clock (line {line}): 'screen' isn't allowed"),
    (
        "  first referral: 24 hours",
        "  first referral: a day",
        "clocks.first referral (line {line}): 'a day' is no time limit",
    ),
    ("after: [mash]", "after: [panel]", "steps.screening.after (line {line}): no step 'panel' stands before this one"),
    (
        "when: { screening: [low] }",
        "when: { screening: [lo] }",
        "steps.monitor.when.screening (line {line}): 'screening'",
    ),
    ("  nrm:\n", "  mash:\n", "steps.mash (line {line}): 'mash' is there twice. Keep one of the two"),
    ("2026-12-25", "25.12.2026", "calendar.holidays (line {line}): a day can't be read"),
    ("Europe/London", "Europe/Londno", "calendar.time_zone (line {line}): 'Europe/Londno' can't be used"),
    ("[Mon, Tue,", "[Mo, Tue,", "calendar.working_days (line {line}): Mo isn't allowed"),
    ('"17:00"', '"five"', "calendar.day_ends (line {line}): 'five' can't be used"),
    ("    instead: Not for {result}\n    monitoring", "    monitoring", "when: needs instead:"),
    ("column: NRM", "column: MASH", "another step stands in the column 'MASH'"),
    ("results: [high, medium, low]", "tells: [you]", "a tool needs questions and results"),
    ("person: child", "person: dog", "person (line {line}): 'dog' isn't allowed. Give 'child', 'adult'"),
    ("steps:\n", "stops:\n", "stops (line {line}): there is no key 'stops' here. Did you mean steps?"),
    (
        "title: Monitored",
        f"title: {'Monitored ' * 20}",
        "steps.monitor.title (line {line}): this text has 199 characters",
    ),
    ("        missing: Missing", f"        {'missing' * 9}: Missing", "this name is too long"),
    ('version: "1"', "version: [", "this is not YAML in line"),
    ("        missing: Missing", "        travel: Missing", "'travel' is there twice"),
    ("    title: Monitored\n", "", "steps.monitor (line {line}): the key 'title' is missing"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), FAULTS)
def test_a_fault_is_told_with_file_place_line_and_what_to_do(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in CHILDREN
    path = tmp_path / "ours.yaml"
    edited = CHILDREN.replace(right, wrong, 1)
    path.write_text(edited, encoding="utf-8")
    lines = zip(CHILDREN.splitlines(), edited.splitlines(), strict=False)
    line = next(number for number, (one, other) in enumerate(lines, 1) if one != other)
    with pytest.raises(InputError) as met:
        read_procedure(path)
    assert str(met.value).startswith("ours.yaml")
    assert said.replace("{line}", str(line)) in str(met.value)
    assert met.value.do


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("    needs: [consent]\n", "", "a referral of an adult needs consent"),
        ("    needs: [consent]\n", "    needs: [consent, consent2]\n", "no step 'consent2' stands before"),
        ("results: [given, refused, lawful reason]", "results: [refused]", "'consent' has no result 'given'"),
        ("results: [given, refused]\n", "results: [yes, no]\n", "a consent needs results"),
        ("    needs: [nrm_consent]\n", "    needs: [referral]\n", "'referral' is no consent"),
    ],
)
def test_no_file_can_send_something_about_an_adult_without_consent(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    assert right in ADULTS
    path = tmp_path / "adults.yaml"
    path.write_text(ADULTS.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_procedure(path)


def test_everybody_is_served_by_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CHILDREN, encoding="utf-8")
    with pytest.raises(InputError, match="no procedure serves every adult"):
        load_procedures(tmp_path)
    (tmp_path / "b.yaml").write_text(ADULTS, encoding="utf-8")
    assert set(load_procedures(tmp_path).by_id) == {"a", "b"}
    (tmp_path / "c.yaml").write_text(CHILDREN, encoding="utf-8")
    with pytest.raises(InputError, match=r"c\.yaml: a\.yaml is for the same authority and people"):
        load_procedures(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "empty"), (b"\xff\xfe\xfa", "not UTF-8"), (b"- one\n", "not a set of keys")]
)
def test_a_file_that_is_none(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_procedure(path)
    with pytest.raises(InputError, match="can't be read"):
        read_procedure(tmp_path / "none.yaml")
