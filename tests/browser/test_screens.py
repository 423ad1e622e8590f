"""The pictures of docs/dashboard.md: each is taken by the script, stands on the page with words, and is small."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "images" / "screens"
LARGEST = 150_000  # bytes


def test_page_script_and_pictures_name_the_same_screens() -> None:
    taken = set(re.findall(r"Screen\(\s*\"([a-z-]+)\"", (ROOT / "scripts" / "screens.py").read_text(encoding="utf-8")))
    page = (ROOT / "docs" / "dashboard.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"!\[([^\]]*)\]\(images/screens/([a-z-]+)\.png\)", page))
    assert taken == set(shown.values()) == {path.stem for path in PICTURES.glob("*.png")}
    assert all(shown), "a picture is described for those who can't see it"


def test_pictures_are_small_and_hold_pixels_only() -> None:
    for path in PICTURES.glob("*.png"):
        content = path.read_bytes()
        assert content.startswith(b"\x89PNG") and len(content) <= LARGEST, path.name
        assert content.count(b"tEXt") + content.count(b"iTXt") == 0, f"{path.name} says where it was made"
