"""The built style sheet and scripts: small, without code from text or foreign addresses, alive under the policy."""

import csv
import gzip
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from hatch_build import assets
from tests.web.network_by_hand import NETWORK, PAGE

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src" / "countylines" / "web" / "static"
LIMIT = 120_000  # bytes of compressed JavaScript on a page without charts
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Names of XML vocabularies; in the charts also words of Vega's messages. None is an address that a script asks for.
NAMES = re.compile(r"https?://(www\.w3\.org/|graphml\.graphdrawing\.org/xmlns|gexf\.net/1\.3|$)")
CHART_WORDS = re.compile(r"https?://(vega\.github\.io/(schema|editor)/|github\.com/vega/vega-lite/issues/)")


def compressed(name: str) -> int:
    """Bytes of a built file as it travels."""
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


def test_the_built_files_are_those_of_the_sources() -> None:
    built = assets(ROOT)
    assert built is not None and built.is_fresh(), "run scripts/assets.sh"


def test_the_scripts_are_small() -> None:
    names = ("app.css", "app.js", "page.js", "rolldown-runtime.js", "network.js", "charts.js")
    sizes = {name: compressed(name) for name in names}
    for name, size in sizes.items():
        print(f"{name:20} {(STATIC / name).stat().st_size:>9,} {size:>9,}")
    assert sizes["app.js"] + sizes["page.js"] + sizes["rolldown-runtime.js"] + sizes["network.js"] < LIMIT
    others = {path.name for path in STATIC.glob("*.js")} - sizes.keys()
    assert not others, "a new script must be counted here"


@pytest.mark.parametrize("name", ["app.js", "page.js", "network.js", "rolldown-runtime.js"])
def test_no_code_from_text_and_no_injected_style(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.$])eval\(|new Function\(|(?<![\w.$])Function\(", text)
    assert not re.search(r"createElement\([`'\"]style[`'\"]\)|setAttribute\([`'\"]style[`'\"]", text)


def test_nothing_names_a_foreign_address() -> None:
    for path in [*STATIC.glob("*.js"), *STATIC.glob("*.css")]:
        for address in re.findall(r"https?://[\w./-]*", path.read_text(encoding="utf-8")):
            known = NAMES.match(address) or (path.name == "charts.js" and CHART_WORDS.match(address))
            assert known, f"{path.name}: {address}"


def test_every_picture_of_the_style_sheet_is_there() -> None:
    wanted = set(re.findall(r"url\(\"?(/assets/[^)\"]+)\"?\)", (STATIC / "app.css").read_text(encoding="utf-8")))
    missing = {one for one in wanted if not (STATIC / one.removeprefix("/assets/")).is_file()}
    assert {Path(one).name for one in missing} <= {"govuk-crest.svg"}  # the crest is left out on purpose


def test_licences_travel_with_the_code() -> None:
    text = (STATIC / "licences.txt").read_text(encoding="utf-8")
    assert all(f"\n{name} " in f"\n{text}" for name in ("sigma", "graphology", "htmx.org", "govuk-frontend", "vega"))


def test_no_font_is_shipped() -> None:
    assert not [path for path in STATIC.rglob("*") if path.suffix in {".woff", ".woff2", ".ttf"}]
    assert "@font-face" not in (STATIC / "app.css").read_text(encoding="utf-8")


class House:
    """A server of the built files, one network page and its JSON, under the strict policy; keeps what was posted."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, Any]]] = []
        house = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                if path.startswith("/assets/"):
                    self.reply((STATIC / path.removeprefix("/assets/")).read_bytes(), KINDS[Path(path).suffix])
                elif path == "/network/data.json":
                    self.reply(json.dumps(NETWORK).encode(), "application/json")
                elif path.startswith("/network/person/"):
                    self.reply(b'<h2 class="cl-h2">From the server</h2>', "text/html")
                else:
                    self.reply(PAGE.encode(), "text/html; charset=utf-8")

            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                house.posted.append((self.path, {**sent, "csrf": self.headers["X-CSRF"]}))
                said = {"reference": "7f3a", "made": "2026-11-20", "by": "A. Marrow", "caveat": "Not a prediction."}
                answer = {**said, "marking": sent.get("marking"), "recipient": sent.get("recipient")}
                self.reply(json.dumps(answer).encode(), "application/json")

            def reply(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", POLICY)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/"


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def opened(browser: Browser, house: House) -> Iterator[Page]:
    """The network page, ready, at 1440 by 900; afterwards nothing may have broken the policy or thrown."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(house.address)
    page.wait_for_selector("html[data-net=ready]")
    yield page
    page.close()
    assert not wrong


def search(page: Page, words: str) -> None:
    """Type into the explorer's search and choose what it finds."""
    page.fill("#net-search", words)
    page.press("#net-search", "Enter")


def chosen(page: Page) -> set[str]:
    """The names of the several people who are chosen."""
    return set(re.findall(r"Person \d+", page.locator("#net-detail").inner_text()))


def open_view(page: Page, house: House, view: str) -> None:
    """Open the explorer at an address as saved views have it."""
    page.goto(f"{house.address}#{view}")
    page.reload()  # another hash alone loads nothing
    page.wait_for_selector("html[data-net=ready]")


def test_everybody_is_drawn_and_charts_need_no_code_from_text(opened: Page) -> None:
    assert opened.locator(".cl-tools__n").inner_text() == "12 people, 12 links: all drawn"
    opened.wait_for_selector("html[data-charts=ready]")
    assert opened.locator("#curve svg").count() == 1
    assert opened.locator("#stage").is_visible() and not opened.locator("#stage-fallback").is_visible()


def test_protected_and_held_people_are_named_and_cannot_be_taken_out(opened: Page) -> None:
    search(opened, "SYN")
    words = opened.locator("#net-detail").inner_text()
    assert "10 of the 12 are protected or held" in words
    assert "10 people are protected or held and can't be taken out" in words
    assert opened.get_by_role("button", name="Take out 2 people").count() == 1
    rows = opened.locator("#net-detail table tbody tr").all_inner_texts()
    assert all("Adult" in row for row in rows)


def test_no_filter_of_role_or_harm_loses_a_child(opened: Page) -> None:
    opened.get_by_label("Suspect or arrested").check()
    opened.get_by_label(re.compile("Harm at least")).fill("2")
    counts = opened.locator("#net-filters fieldset").first.inner_text().split("\n")
    assert counts[counts.index("Under 18") + 1] == "2"
    assert counts[counts.index("Held") + 1] == "2"
    assert counts[counts.index("Adults") + 1] == "1"


def test_an_export_is_logged_first_and_says_the_status_of_everybody(opened: Page, house: House) -> None:
    opened.get_by_role("button", name="Export", exact=True).click()
    opened.select_option("#export-format", "csv-people")
    opened.fill("#export-recipient", "Tasking meeting")
    with opened.expect_download() as download:
        opened.locator("dialog").get_by_role("button", name="Export").click()
    path, sent = house.posted[-1]
    assert path.startswith("/network/export")
    assert len(sent["people"]) == 12 and sent["recipient"] == "Tasking meeting" and sent["csrf"] == "token"
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = [row for row in csv.reader(text.splitlines()) if row[0].startswith("SYN")]
    assert text.startswith("# OFFICIAL-SENSITIVE") and len(rows) == 12
    assert {row[4] for row in rows if row[2] != "Adult"} == {"no: safeguard"}
    assert {row[8] for row in rows if row[2] != "Adult"} == {"Not ranked"}
    assert "'=formula" in text, "a name can't become a formula"


def test_keys_undo_and_the_address(opened: Page) -> None:
    search(opened, "SYN-01")
    opened.locator("#stage").focus()
    opened.keyboard.press("1")
    assert "Within 1 step" in opened.locator("#net-detail").inner_text()
    opened.keyboard.press("Control+z")
    assert "Within 1 step" not in opened.locator("#net-detail").inner_text()
    assert "chosen=SYN-01" in opened.url
    opened.keyboard.press("t")
    assert opened.locator("#net-table tbody tr").count() == 12
    opened.keyboard.press("?")
    assert opened.locator("dialog.cl-keys").is_visible()


@pytest.mark.parametrize(
    ("odd", "written"), [("x,y", "x%252Cy"), ("50%", "50%2525"), ("a%2Cb", "a%25252Cb"), ("2001/0 1A", "2001%2F0+1A")]
)
def test_an_odd_id_stays_one_id_in_the_address(opened: Page, house: House, odd: str, written: str) -> None:
    """Whatever stands in it: where a saved view is opened, in undo, and in the address that is saved."""
    ids = [odd if name == "SYN-01" else name for name in NETWORK["people"]["id"]]
    sent = {**NETWORK, "people": {**NETWORK["people"], "id": ids}}
    opened.route("**/network/data.json*", lambda route: route.fulfill(json=sent))
    open_view(opened, house, f"chosen={written}%2CSYN-00")
    assert chosen(opened) == {"Person 0", "Person 1"}
    opened.locator("#stage").focus()
    opened.keyboard.press("Escape")
    assert not chosen(opened) and "chosen" not in opened.url
    opened.keyboard.press("Control+z")
    assert chosen(opened) == {"Person 0", "Person 1"}
    assert opened.url.endswith(f"#chosen={written}%2CSYN-00")


@pytest.mark.parametrize("old", ["SYN-01,SYN-00", "SYN-01%2CSYN-00"])
def test_views_saved_before_lists_were_written_so_still_open(opened: Page, house: House, old: str) -> None:
    open_view(opened, house, f"chosen={old}")
    assert chosen(opened) == {"Person 0", "Person 1"}


def test_undo_takes_back_how_people_were_chosen(opened: Page) -> None:
    search(opened, "SYN-01")
    opened.locator("#stage").focus()
    opened.keyboard.press("1")
    opened.keyboard.press("2")
    assert "Within 2 steps" in opened.locator("#net-detail").inner_text()
    opened.keyboard.press("Control+z")
    assert "Within 2 steps" not in opened.locator("#net-detail").inner_text()


def test_without_webgl_the_drawing_and_the_table_stay(browser: Browser, house: House) -> None:
    page = browser.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(house.address)
    page.wait_for_selector("html[data-net=ready][data-webgl=none]")
    assert "no WebGL" in page.locator("#stage-words").inner_text()
    assert page.locator("#stage-fallback svg").is_visible()
    assert page.locator("#net-table tbody tr").count() == 12
    page.close()


def test_without_scripts_the_page_is_whole(browser: Browser, house: House) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(house.address)
    assert page.get_by_text("Twin by the server").is_visible()
    assert page.locator("#stage-fallback svg").is_visible()
    context.close()
