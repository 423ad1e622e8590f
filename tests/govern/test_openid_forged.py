"""Tokens that a dishonest or broken server may send, or that somebody on the way made: each is refused."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from countylines.errors import InputError
from countylines.govern.accounts import list_accounts
from countylines.govern.claims import Access, ClaimMap
from countylines.govern.openid import OpenId, OpenIdSettings, Pending
from countylines.govern.state import State
from tests.govern.conftest import NOW

KEY = RSAKey.generate_key(2048, {"kid": "ours"})
STRANGER = RSAKey.generate_key(2048, {"kid": "ours"})
PENDING = Pending("state", "nonce", "verifier")
SOON = int(NOW.timestamp()) + 300


class Server(ThreadingHTTPServer):
    """A sign-in server on this machine that sends whatever token it is told to."""

    answers: dict[str, Any]

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"http://localhost:{self.server_address[1]}"


class Answer(BaseHTTPRequestHandler):
    """Sends the prepared answer of the path."""

    server: Server

    def do_GET(self) -> None:
        body = json.dumps(self.server.answers[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server(("localhost", 0), Answer)
    at = made.issuer
    about = {"issuer": at, "authorization_endpoint": f"{at}/auth", "token_endpoint": f"{at}/token"}
    about |= {"jwks_uri": f"{at}/keys", "userinfo_endpoint": f"{at}/me"}
    made.answers = {
        "/.well-known/openid-configuration": about,
        "/keys": KeySet([KEY]).as_dict(),
        "/me": {"sub": "somebody else", "groups": ["CL"]},
    }
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def openid(server: Server) -> Iterator[OpenId]:
    claims = ClaimMap({"CL": Access(frozenset({"analyst"}))})
    made = OpenId(OpenIdSettings(server.issuer, "countylines", "secret", "http://localhost:9/back", claims))
    yield made
    made.close()


def good(server: Server) -> dict[str, Any]:
    """Claims that are in order."""
    return {
        "iss": server.issuer,
        "aud": "countylines",
        "sub": "ann",
        "nonce": "nonce",
        "iat": int(NOW.timestamp()),
        "exp": SOON,
        "groups": ["CL"],
    }


def send(server: Server, token: str) -> None:
    server.answers["/token"] = {"access_token": "access", "token_type": "Bearer", "id_token": token}


def part(content: bytes) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def finish(openid: OpenId, state: State) -> str:
    return openid.finish(state, {"state": "state", "code": "code"}, PENDING, NOW).name


def test_a_token_in_order_is_taken(server: Server, openid: OpenId, laptop_state: State) -> None:
    send(server, jwt.encode({"alg": "RS256", "kid": "ours"}, good(server), KEY))
    assert finish(openid, laptop_state) == "ann"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"aud": "other"},
        {"aud": ["other", "another"]},
        {"aud": None},
        {"aud": ["countylines", "other"], "azp": "other"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"exp": int((NOW - dt.timedelta(minutes=5)).timestamp())},
        {"exp": None},
        {"iat": int((NOW + dt.timedelta(minutes=5)).timestamp())},
        {"nbf": int((NOW + dt.timedelta(minutes=5)).timestamp())},
        {"sub": None},
        {"at_hash": "of another access token"},
    ],
)
def test_a_claim_that_is_wrong(server: Server, openid: OpenId, laptop_state: State, change: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**good(server), **change}.items() if value is not None}
    send(server, jwt.encode({"alg": "RS256", "kid": "ours"}, claims, KEY))
    with pytest.raises(InputError, match="answer can't be used"):
        finish(openid, laptop_state)
    assert list_accounts(laptop_state) == []


def test_a_signature_that_is_wrong(server: Server, openid: OpenId, laptop_state: State) -> None:
    claims = good(server)
    signed = jwt.encode({"alg": "RS256", "kid": "ours"}, claims, KEY)
    head, body, signature = signed.split(".")
    unsigned, other = part(b'{"alg":"none"}'), part(json.dumps({**claims, "sub": "bob"}).encode())
    shared = part(b'{"alg":"HS256","kid":"ours"}') + "." + body
    public = part(hmac.digest(KEY.as_pem(private=False), shared.encode(), "sha256"))
    for token in (
        jwt.encode({"alg": "RS256", "kid": "ours"}, claims, STRANGER),
        f"{shared}.{public}",  # the public key as if it were a shared secret
        f"{unsigned}.{body}.",
        f"{unsigned}.{body}.{signature}",
        f"{head}.{other}.{signature}",
        f"{head}.{body}.",
        "",
        "no token",
    ):
        send(server, token)
        with pytest.raises(InputError, match="answer can't be used"):
            finish(openid, laptop_state)
    assert list_accounts(laptop_state) == []


def test_userinfo_of_somebody_else_gives_nothing(server: Server, openid: OpenId, laptop_state: State) -> None:
    claims = good(server)
    del claims["groups"]
    send(server, jwt.encode({"alg": "RS256", "kid": "ours"}, claims, KEY))
    with pytest.raises(InputError, match="none of your groups"):
        finish(openid, laptop_state)
    server.answers["/me"] = {"sub": "ann", "groups": ["CL"], "name": "Ann"}
    assert finish(openid, laptop_state) == "ann"
    server.answers["/me"] = {"sub": "somebody else", "groups": ["CL"]}


@pytest.mark.parametrize("answer", [[], "text", {}, {"access_token": "a"}, {"error": "invalid_grant"}, None])
def test_answers_that_are_no_token(server: Server, openid: OpenId, laptop_state: State, answer: object) -> None:
    server.answers["/token"] = answer
    with pytest.raises(InputError, match="answer can't be used"):
        finish(openid, laptop_state)


def test_a_server_that_names_an_address_without_tls(server: Server, openid: OpenId) -> None:
    about = server.answers["/.well-known/openid-configuration"]
    server.answers["/.well-known/openid-configuration"] = {**about, "jwks_uri": "http://elsewhere.example/keys"}
    with pytest.raises(InputError, match="jwks_uri: this address is not over TLS"):
        openid.authorise_url()
    server.answers["/.well-known/openid-configuration"] = about
    assert openid.authorise_url()[0].startswith(f"{server.issuer}/auth?")
