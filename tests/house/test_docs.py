"""The documentation is complete, true to the code, and every link leads somewhere."""

import dataclasses
import re
from pathlib import Path

from countylines import documentation, settings, tables

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def test_generated_pages_equal_the_code(root: Path) -> None:
    assert (root / "docs" / "tables.md").read_text(encoding="utf-8") == documentation.tables_page()
    assert (root / "docs" / "settings.md").read_text(encoding="utf-8") == documentation.settings_page()


def test_every_table_and_column_is_described() -> None:
    page = documentation.tables_page()
    for table in (*tables.EXTRACTS.values(), *tables.RUN.values()):
        assert f"### {table.name}\n" in page
        assert set(table.key) <= set(table.names)
        for column in table.columns:
            assert len(column.meaning) > 2, f"{table.name}.{column.name}"
            assert f"| `{column.name}` | {documentation.TYPES[column.type]} |" in page


def test_every_setting_is_described() -> None:
    page = documentation.settings_page()
    for name, kind in settings.sections().items():
        assert f"## [{name}]\n\n{kind.__doc__}" in page
        for field in dataclasses.fields(kind):
            assert field.metadata["help"].endswith("."), field.name
            assert f"| `{field.name}` |" in page


def test_every_page_is_linked_from_the_index(root: Path) -> None:
    docs = root / "docs"
    linked = set(LINK.findall((docs / "index.md").read_text(encoding="utf-8")))
    pages = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")} - {"index.md"}
    records = {page for page in pages if page.startswith("decisions/")} - {"decisions/README.md"}
    assert pages - records <= linked
    decisions = set(LINK.findall((docs / "decisions" / "README.md").read_text(encoding="utf-8")))
    assert {Path(page).name for page in records} <= decisions


def test_every_link_leads_to_a_file(project_files: list[Path]) -> None:
    broken = [
        f"{path.name}: {target}"
        for path in project_files
        if path.suffix == ".md"
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert not broken
