"""The start: pages answer first, and what takes a while of the current run is prepared beside them."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from starlette.testclient import TestClient

from countylines.web.app import create_app
from countylines.web.house import House
from countylines.web.serve import open_house, prepare
from tests.web.conftest import RUN


def test_nobody_waits_for_the_preparations(house: House) -> None:
    began, done = threading.Event(), threading.Event()

    def long(given: House) -> None:
        assert given is house
        began.set()
        done.wait(30)

    app = create_app(house, once_open=long)
    assert not began.is_set(), "it would hold up the start"
    with TestClient(app) as client:
        assert began.wait(30)
        assert client.get("/sign-in").status_code == 200
        assert not done.is_set()
        done.set()


def test_after_the_preparations_the_run_can_be_read(runs: Path, tmp_path: Path) -> None:
    shutil.copytree(runs / RUN, tmp_path / "runs" / RUN)
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    fresh = open_house(tmp_path / "runs", url, force="Here", synthetic=True, secure=False, marking="OFFICIAL")
    assert not fresh.shelf.reader().index.ready
    prepare(fresh)
    assert fresh.shelf.reader().index.ready
    fresh.state.close()
