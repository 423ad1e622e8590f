"""Lexicon files: what is read, what is refused and how it is said; the one shipped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from countylines.errors import InputError
from countylines.match.lexicon import Group, Lexicon, Term, load_lexicon
from countylines.match.trial import check_lexicon, try_text

SMALL = """
version: "1"
groups:
  - name: ONE
    weight: 0.5
    patterns:
      - county lines?
      - {term: brown, ambiguous: true, means: heroin, note: a colour}
      - {term: snow, ambiguous: true, use: true}
      - {term: weed, use: false}
    except: ['no county lines?']
    hits: [a county line]
    misses: [no county line]
  - name: TWO
    weight: 1
    patterns: ["42", skunk]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "my lexicon.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as error:
        load_lexicon(written(folder, text))
    return str(error.value)


def test_what_is_read(tmp_path: Path) -> None:
    terms = (
        Term("county lines?"),
        Term("brown", "heroin", "a colour", ambiguous=True),
        Term("snow", ambiguous=True, use=True),
        Term("weed", use=False),
    )
    one = Group("ONE", 0.5, terms, ("no county lines?",), ("a county line",), ("no county line",))
    expected = Lexicon("1", (one, Group("TWO", 1.0, (Term("42"), Term("skunk")))))
    assert load_lexicon(written(tmp_path, SMALL)) == expected
    assert load_lexicon(written(tmp_path, "\ufeff" + SMALL)) == expected
    assert one.patterns == ("county lines?", "snow")
    assert [(group, pattern.text) for group, pattern in expected.terms()] == [
        ("ONE", "county lines?"),
        ("ONE", "snow"),
        ("TWO", "42"),
        ("TWO", "skunk"),
    ]
    assert [(group, pattern.text) for group, pattern in expected.excepts()] == [("ONE", "no county lines?")]


@pytest.mark.parametrize(
    ("change", "to", "parts"),
    [
        ("- name: ONE", "- name: [ONE", ["my lexicon.yaml: this is not YAML", "line"]),
        ("- name: ONE", "- {name: ONE", ["this is not YAML"]),
        ("\n", "\n\x00", ["this is not YAML"]),
        ("    weight: 0.5", "    weight: 0.5\n    weight: 0.6", ["'weight' stands here twice"]),
        ('version: "1"', "", ["it has no version", "version:"]),
        ('version: "1"', 'version: "1"\nweight: 3', ["a lexicon has no 'weight'"]),
        ("groups:", "group:", ["a lexicon has no 'group'", "Did you mean 'groups'?"]),
        ("    weight: 0.5", "    wieght: 0.5", ["group ONE", "a group has no 'wieght'", "Did you mean 'weight'?"]),
        ("weight: 0.5", "weight: 1.5", ["group ONE", "1.5 isn't a number from 0 to 1"]),
        ("weight: 0.5", "weight: -0.1", ["group ONE", "-0.1 isn't a number"]),
        ("weight: 0.5", "weight: .nan", ["group ONE", "nan isn't a number"]),
        ("weight: 0.5", "weight: true", ["group ONE", "True isn't a number"]),
        ("weight: 0.5", 'weight: "0.5"', ["group ONE", "'0.5' isn't a number"]),
        ("    weight: 0.5\n", "", ["group ONE", "None isn't a number"]),
        ("name: TWO", "name: one", ["group one", "this group stands in the lexicon twice"]),
        ("name: TWO", "name: Marker", ["group Marker", "taken by the special interest marker"]),
        ("name: TWO", "name: ''", ["the 2. group has no name"]),
        ("name: TWO", "name: 7", ["the 2. group has no name"]),
        ('["42", skunk]', "[]", ["group TWO", "it has no patterns"]),
        ('["42", skunk]', "skunk", ["group TWO", "patterns isn't a list"]),
        ('["42", skunk]', "[42]", ["group TWO", "42 isn't a text", "Put it in quotes"]),
        ('["42", skunk]', "[no]", ["group TWO", "False isn't a text"]),
        ('["42", skunk]', "[skunk, SKUNK]", ["group TWO", "pattern 'SKUNK'", "stands in the group twice"]),
        ('["42", skunk]', "['sk(unk']", ["group TWO, pattern 'sk(unk'", "isn't a regular expression", "Correct it"]),
        ('["42", skunk]', "['skunk(?=s)']", ["group TWO, pattern 'skunk(?=s)'", "look-ahead", "exception"]),
        ('["42", skunk]', "['x{1,40000}']", ["group TWO, pattern 'x{1,40000}'", "Hyperscan refuses it"]),
        ('["42", skunk]', "[{term: 'x{1,40000}', ambiguous: true}]", ["group TWO, pattern 'x{1,40000}'", "Hyperscan"]),
        ('["42", skunk]', "[{trem: skunk}]", ["group TWO", "a pattern has no 'trem'", "Did you mean 'term'?"]),
        ('["42", skunk]', "[{means: skunk}]", ["group TWO", "None isn't a text"]),
        ('["42", skunk]', "[{term: skunk, use: maybe}]", ["pattern 'skunk'", "use is 'maybe'", "true or false"]),
        ('["42", skunk]', "[{term: skunk, means: [a]}]", ["pattern 'skunk'", "means is ['a']", "Write a text"]),
        ("['no county lines?']", "['[no county]']", ["group ONE, pattern '[no county]'", "blank in a set"]),
        ("['no county lines?']", "[no way, NO WAY]", ["group ONE, pattern 'NO WAY'", "twice"]),
        ("[a county line]", "[1.5]", ["group ONE", "1.5 isn't a text"]),
        ("  - name: TWO", "  - x\n  - name: TWO", ["the 2. group has no name"]),
    ],
)
def test_refused_with_place_reason_and_advice(tmp_path: Path, change: str, to: str, parts: list[str]) -> None:
    assert change in SMALL
    said = refused(tmp_path, SMALL.replace(change, to, 1))
    for part in ["my lexicon.yaml", *parts]:
        assert part in said
    assert said.endswith((".", "?")) and not said.endswith("?.")


@pytest.mark.parametrize("text", ["", "- a\n- b", "version: 1\ngroups: {}", "version: 1\ngroups: []", "just text"])
def test_refused_as_a_whole(tmp_path: Path, text: str) -> None:
    assert "my lexicon.yaml" in refused(tmp_path, text)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        load_lexicon(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="can't be read"):
        load_lexicon(tmp_path)


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(SMALL.replace("a colour", "caf\xe9").encode("cp1252"))
    with pytest.raises(InputError, match="not YAML"):
        load_lexicon(path)


def test_the_shipped_table_is_the_papers() -> None:
    """METHOD 2: groups, weights and terms of the 2021 paper; 0.02 is our choice."""
    groups = {group.name: (group.weight, group.patterns) for group in load_lexicon().groups}
    street = groups.pop("OTHER DRUG")
    assert groups == {
        "CL WORDS": (0.7, ("CLMIDDLE", "CLCRACK", "CLILLICIT", "CLRECRUIT")),
        "COUNTY LINE": (1.0, ("COUNTY LINES?",)),
        "CUCKOO": (0.5, ("CUCKOOED", "CUCKOO HOUSE", "CUCKOO FLAT", "CUCKOO PROPERTY")),
        "DRUGS LINE": (0.4, ("DRUGS? LINES?",)),
        "MISPER": (0.1, ("MISPER", "MISSING PERSON")),
        "OTHER": (0.1, ("RUNNER", "RUNNING DRUGS?", "PWITS", "POSSESSION WITH INTENT")),
        **{word: (0.02, (word,)) for word in ("COCAINE", "CRACK", "HEROIN", "WEED", "SMACK")},
    }
    assert street[0] == 0.02
    drugs = [weight for weight, _ in groups.values() if weight == 0.02]
    assert sum(drugs) + 0.02 + 0.1 + 0.1 < 0.5  # drug words, MISPER and OTHER together don't reach keep_weight


def test_the_shipped_street_names() -> None:
    lexicon = load_lexicon()
    terms = lexicon.groups[-1].terms
    assert sum(term.on for term in terms) >= 120
    assert all(term.means for term in terms)
    ambiguous = {term.pattern for term in terms if term.ambiguous}
    assert {"brown", "white", "charlie", "ice", "horse", "speed", "spice", "nos"} <= ambiguous
    assert all(term.note for term in terms if term.ambiguous)
    for term in terms:
        plain = re.sub(r"\(\?:([^|)]*)[^)]*\)", r"\1", term.pattern)  # the first alternative
        plain = plain.replace("[sz]", "s").replace("?", "")
        assert ("OTHER DRUG" in try_text(f"found {plain}, seized", lexicon).weights) == term.on, term


def test_the_shipped_examples_do_what_they_should() -> None:
    assert check_lexicon() == []
    for group in load_lexicon().groups:
        assert len(group.hits) >= 2 and len(group.misses) >= 2


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Denies being involved in county lines.", ["COUNTY LINE"]),
        ("County lines. No other offences.", ["COUNTY LINE"]),
        ("Attended county lines training; later stopped a county lines runner", ["COUNTY LINE", "OTHER"]),
        ("No county lines link but runs a drugs line", ["DRUGS LINE"]),
        ("Not cuckooed at present. Previously cuckooed in June.", ["CUCKOO"]),
        ("missing-person report, found in a cuckoo house with crack", ["CRACK", "CUCKOO", "MISPER"]),
        ("crack on the windscreen", []),
        ("found crack on him", ["CRACK"]),
        ("the heroine cracked the runners-up", []),
        ("weedkiller, seaweed, smacked, policeman", []),
    ],
)
def test_what_analysts_expect(text: str, groups: list[str]) -> None:
    assert list(try_text(text, load_lexicon()).weights) == groups


def test_every_shipped_exception_has_a_longest_match() -> None:
    r"""Else rows with hits are searched whole for exceptions: ``\w{1,20}`` does what ``\w+`` does."""
    assert [pattern.text for _, pattern in load_lexicon().excepts() if not pattern.width] == []
