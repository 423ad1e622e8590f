"""The build hook: a wheel or source archive carries the dashboard's built style sheet and scripts.

They are built by npm only when they are missing or stale; then node comes from the system or, without one, from the
Python package that the hook asks for. A source archive carries them built, so that an installation from it needs
neither.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def assets(root: Path) -> ModuleType | None:
    """The module island/build.py, which knows how to build; None where the sources aren't (inside a source archive)."""
    path = root / "island" / "build.py"
    spec = importlib.util.spec_from_file_location("countylines_assets", path)
    if not path.is_file() or spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Assets(BuildHookInterface):  # type: ignore[type-arg,misc,unused-ignore]
    """Builds the assets before a wheel or a source archive is packed."""

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling: node as a Python package, if there is work for it and no node."""
        found = assets(Path(self.root))
        if found is None or found.is_fresh() or found.system_node() is not None:
            return []
        return [str(found.NODE_PACKAGE)]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build if the built files aren't those of the sources. Editable installs leave it to scripts/assets.sh."""
        found = assets(Path(self.root))
        if found is not None and version != "editable" and not found.is_fresh():
            found.build()
