"""Since when somebody stands on the safeguarding list: which run told of them first, and who is new in this one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from countylines.errors import InputError
from countylines.runs import MANIFEST, Run
from countylines.web.reader import Reader
from countylines.web.shelf import Shelf

LOOKED_AT = 24  # earlier runs that are read: two years of monthly ones


@dataclass(frozen=True)
class Since:
    """When runs told of people.

    Attributes:
        looked: when this run was made: when the records were last looked at.
        found: for each listed person, when the first of the runs that list them was made.
        new: who isn't in the run before; None = there is none to compare with.
    """

    looked: dt.datetime
    found: Mapping[str, dt.datetime]
    new: frozenset[str] | None


def since_of(shelf: Shelf, reader: Reader) -> Since:
    """Since when the people of this run's list are known; made once a run.

    Only runs of the same kind count: one with restricted records is never compared with one without.
    """

    def make(reader: Reader) -> Since:
        looked = made_at(reader.run)
        earlier = [run for run in shelf.runs() if _comes_before(run, reader)][:LOOKED_AT]
        here = _listed(reader.run)
        found = dict.fromkeys(here, looked)
        for run in earlier:  # the latest first
            try:
                found |= dict.fromkeys(here & _listed(run), made_at(run))
            except (InputError, OSError):
                continue  # half a run tells nothing
        before = _listed_or_none(earlier[0]) if earlier else None
        return Since(looked, found, None if before is None else frozenset(here - before))

    made: Since = reader.made("safeguarding since", make)
    return made


def made_at(run: Run) -> dt.datetime:
    """When a run was finished."""
    return dt.datetime.fromtimestamp((run.folder / MANIFEST).stat().st_mtime, dt.UTC)


def _comes_before(run: Run, reader: Reader) -> bool:
    same = run.restricted == reader.restricted
    own = (reader.as_of.isoformat(), made_at(reader.run))
    return same and run.folder != reader.run.folder and (str(run.manifest["as_of"]), made_at(run)) < own


def _listed(run: Run) -> set[str]:
    return set(run.table("safeguarding").select("nominal_id").collect()["nominal_id"])


def _listed_or_none(run: Run) -> set[str] | None:
    try:
        return _listed(run)
    except InputError:
        return None
