"""The word of the latest run on whom to guard, as it is kept beside the reading indexes."""

from __future__ import annotations

from pathlib import Path

import pytest

from countylines.web.guarded import Guarded, both, keep, recall

WORD = Guarded("b1", "2026-02-01", 5, frozenset({"n1", "n2"}))


def test_it_is_kept_whole_and_for_the_servers_user_only(tmp_path: Path) -> None:
    path = tmp_path / "index" / "guarded.json"
    keep(path, WORD)
    assert recall(path) == WORD
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"stamp": "b1"}', '{"stamp": 1, "as_of": 2, "at": "x", "ids": []}', ""]
)
def test_a_damaged_one_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "guarded.json").write_text(content, encoding="utf-8")
    assert recall(tmp_path / "guarded.json") is None


def test_where_it_cant_be_kept_the_pages_go_on(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file in its place", encoding="utf-8")
    keep(tmp_path / "index" / "guarded.json", WORD)
    assert recall(tmp_path / "index" / "guarded.json") is None


def test_of_two_runs_the_later_by_its_day_then_by_when_it_was_made() -> None:
    assert WORD.later_than("2026-01-31", 9)
    assert WORD.later_than("2026-02-01", 4)
    assert not WORD.later_than("2026-02-01", 5)
    assert both(WORD, Guarded("a1", "2026-01-01", 1, frozenset({"n3"}))).ids == {"n1", "n2", "n3"}
