"""How the state's tables came to be, step by step: one file a step, forwards and back, run inside one transaction.

Alembic is imported where it is needed: a dashboard whose tables are up to date starts without it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text

from countylines.errors import InputError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

NEWEST = "0005"  # revision that this program works with
NEWER = "this state was made by a newer version of the program"


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables up to a revision.

    Raises:
        InputError: the tables are newer than this program.
    """
    if revision != "head" or current(connection) != NEWEST:
        _run(connection, revision, lambda script, now: script._upgrade_revs(revision, now))


def downgrade(connection: Connection, revision: str) -> None:
    """Take the tables back to a revision, ``base`` for none.

    Raises:
        InputError: as :func:`upgrade`.
    """
    _run(connection, revision, lambda script, now: script._downgrade_revs(revision, now))


def current(connection: Connection) -> str:
    """The revision that the tables are at; empty = no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _run(connection: Connection, revision: str, steps: Callable[[ScriptDirectory, Any], Any]) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    found, known = scripts(), revisions()
    if (now := current(connection)) and now not in known:
        raise InputError(f"{NEWER} (its tables are at {now})", "update the program, or give another --state")
    with EnvironmentContext(Config(), found, fn=lambda now, _: steps(found, now)) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


def check_revision(revision: str) -> None:
    """Refuse a revision that this program doesn't know.

    Raises:
        InputError: it doesn't.
    """
    if revision not in (known := revisions()) | {"head", "base"}:
        raise InputError(f"there is no revision {revision!r}", f"known are base, {', '.join(sorted(known))}, head")


def revisions() -> set[str]:
    """The revisions that this program knows."""
    return {script.revision for script in scripts().walk_revisions()}


def scripts() -> ScriptDirectory:
    """Every step this program knows."""
    from alembic.script import ScriptDirectory

    folder = Path(__file__).parent
    return ScriptDirectory(str(folder), version_locations=[str(folder / "versions")])
