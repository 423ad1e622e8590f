"""The network's first files are there before somebody asks for one."""

from __future__ import annotations

from countylines.web.house import House
from countylines.web.network_data import About, prepare
from countylines.web.reader import Reader
from tests.web.conftest import Browse


def test_the_first_visitor_does_not_wait_for_the_file(browse: Browse, house: House, reader: Reader) -> None:
    """After the start of the server nothing is left to be made for the first file, or for that of everybody."""
    prepare(reader, About(house.marking, house.synthetic))
    made = set(reader._made)
    for address in ("/network/data.json", "/network/data.json?all=1"):
        assert browse("analyst").get(address).json()["people"]["id"]
    assert set(reader._made) == made
