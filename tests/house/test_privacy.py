"""Nothing of the outside world slips in: no registry, no address, no number that could be somebody's."""

import re
from pathlib import Path

# Numbers that Ofcom keeps free for fiction may stand in texts; any other British number might be somebody's.
MOBILE = re.compile(r"(?<![\w.])(?:\+44\s?7|07)\d{3}[ -]?\d{3}[ -]?\d{3}(?![\w.])")
FICTION = re.compile(r"(?:\+44\s?7|07)700[ -]?900[ -]?\d{3}")
EMAIL = re.compile(r"[\w.+-]+@(?!example\.(?:org|com|test)\b)[a-z][\w-]*\.[a-z]{2,}(?:\.[a-z]{2,})?", re.IGNORECASE)
REGISTRY = re.compile(
    "|".join(("py" + r"pi\.(org|python)", "python" + r"hosted\.org", "npm" + r"js\.(org|com)", "conda" + r"\.io"))
    + r"|(index|find-links|registry)[-_ ]?(url)?\s*=\s*['\"]?https?:",
    re.IGNORECASE,
)
BINARY = {".png", ".jpg", ".gz", ".parquet", ".woff2", ".ico", ".zip", ".xlsx"}


def found(pattern: re.Pattern[str], paths: list[Path], allowed: re.Pattern[str] | None = None) -> list[str]:
    """Every match in a text file, with where it stands."""
    hits = []
    for path in paths:
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), start=1):
            for match in pattern.finditer(line):
                if not (allowed and allowed.fullmatch(match.group())):
                    hits.append(f"{path.name}:{number}: {match.group()}")
    return hits


def test_no_package_registry_is_named(project_files: list[Path]) -> None:
    assert not found(REGISTRY, project_files)


def test_no_email_address(project_files: list[Path]) -> None:
    assert not found(EMAIL, project_files)


def test_no_phone_number_that_could_be_somebodys(project_files: list[Path]) -> None:
    assert not found(MOBILE, project_files, FICTION)


def test_the_scanner_finds_what_it_looks_for(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(
        "mail ann@police." + "uk\ncall 07911 " + "123456 or 07700 900123\n" + "https://py" + "pi.org/simple\n"
    )
    assert len(found(EMAIL, [page])) == 1
    assert found(MOBILE, [page], FICTION) == ["page.txt:2: 07911 " + "123456"]
    assert len(found(REGISTRY, [page])) == 1


def test_no_path_of_somebodys_machine(project_files: list[Path]) -> None:
    assert not found(re.compile(r"(?<![\w.~}])/(?:home|Users|work|root)/\w+"), project_files)


def test_pictures_fetch_nothing(root: Path) -> None:
    pictures = sorted((root / "docs").rglob("*.svg"))
    assert pictures
    assert not found(re.compile(r"url\(\s*[\"']?https?:|href=[\"']https?:|@import"), pictures)


def test_constraints_hold_names_and_versions_only(root: Path) -> None:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 30
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", pin) for pin in pins)
