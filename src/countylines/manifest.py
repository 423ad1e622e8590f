"""What a run was made from and with: inputs by name and hash, settings, versions, rows; no paths, no times."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from countylines.engine import Engine
from countylines.match.lexicon import Lexicon
from countylines.runs import MANIFEST, RULES, Run, rows, versions, write_json
from countylines.settings import Settings
from countylines.tables import Matches, Sources

LEXICON = "lexicon.yaml"
SHIPPED = {"line_words.yaml": "countylines.match", "slavery.yaml": "countylines.network"}  # no setting names others
SEEDED = ("stability", "centrality", "priority", "dismantling")
FILES = {"match": ("lexicon",), "harm": ("weights", "outcomes", "ons_codes"), "profile": ("levels",)}


def keep_rules(copies: Mapping[str, bytes], folder: Path) -> None:
    """Write the rules that a run was made by into its folder, before they can be edited.

    Args:
        copies: the files that the settings name, by name.
        folder: the run's.
    """
    shipped = {name: files(package).joinpath(name).read_bytes() for name, package in SHIPPED.items()}
    (folder / RULES).mkdir()
    for name, content in (shipped | dict(copies)).items():
        (folder / RULES / name).write_bytes(content)


def write(
    folder: Path,
    *,
    sources: Sources,
    matches: Matches,
    lexicon: Lexicon,
    rules: Mapping[str, Any],
    settings: Settings,
    engine: Engine,
    earlier: Run | None,
    said: Sequence[str] = (),
) -> None:
    """Write ``manifest.json`` into a finished run's folder; it is the last file, so a folder with one is whole."""
    content = {
        "as_of": sources.as_of.isoformat(),
        "engine": engine.name,
        "last_group": _last_group(folder, earlier),
        "inputs": [dict(entry) for entry in sources.inputs],
        "lexicon": {"sha256": sha256(folder / LEXICON), "version": lexicon.version},
        "notes": [*sources.notes, *matches.notes, *said],
        "previous": sha256(earlier.folder / MANIFEST) if earlier else None,
        "rows_in": {name: asdict(counts) for name, counts in sources.counts.items()},
        "rows_out": rows(folder),
        "rules": {**rules, "files": {path.name: sha256(path) for path in sorted((folder / RULES).iterdir())}},
        "seed": {name: getattr(settings, name).seed for name in SEEDED},
        "settings": _settings(settings),
        "unlinked": dict(sources.unlinked),
        "versions": versions(),
    }
    write_json(content, folder / MANIFEST)


def _last_group(folder: Path, earlier: Run | None) -> int:
    """The highest group number given so far, so that a number never comes back for another group."""
    ids = pl.read_parquet(folder / "groups.parquet")["group_id"].str.slice(1).cast(pl.Int64)
    return max([*ids, earlier.manifest["last_group"] if earlier else 0], default=0)


def sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settings(settings: Settings) -> dict[str, dict[str, Any]]:
    """The settings without the paths of files: a name is enough."""
    sections = settings.as_dict()
    for section, names in FILES.items():
        for name in names:
            sections[section][name] = Path(sections[section][name]).name
    return sections
