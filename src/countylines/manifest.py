"""What a run was made from and with: inputs by name and hash, settings, versions, rows; no paths, no times."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from countylines.engine import Engine
from countylines.match.lexicon import Lexicon
from countylines.runs import MANIFEST, Run, rows, versions, write_json
from countylines.settings import Settings
from countylines.tables import Matches, Sources

LEXICON = "lexicon.yaml"


def write(
    folder: Path,
    *,
    sources: Sources,
    matches: Matches,
    lexicon: Lexicon,
    settings: Settings,
    engine: Engine,
    earlier: Run | None,
) -> None:
    """Write ``manifest.json`` into a finished run's folder; it is the last file, so a folder with one is whole."""
    content = {
        "as_of": sources.as_of.isoformat(),
        "engine": engine.name,
        "inputs": [dict(entry) for entry in sources.inputs],
        "lexicon": {"sha256": sha256(folder / LEXICON), "version": lexicon.version},
        "notes": [*sources.notes, *matches.notes],
        "previous": sha256(earlier.folder / MANIFEST) if earlier else None,
        "rows_in": {name: asdict(counts) for name, counts in sources.counts.items()},
        "rows_out": rows(folder),
        "seed": None,  # nothing in these stages is drawn by chance
        "settings": _settings(settings),
        "unlinked": dict(sources.unlinked),
        "versions": versions(),
    }
    write_json(content, folder / MANIFEST)


def sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settings(settings: Settings) -> dict[str, dict[str, Any]]:
    """The settings without the lexicon's path: its name is enough, its content is in the run."""
    sections = settings.as_dict()
    sections["match"]["lexicon"] = Path(settings.match.lexicon).name
    return sections
