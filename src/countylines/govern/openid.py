"""Single sign-on by OpenID Connect (Core 1.0, authorisation code with PKCE): the force's sign-in server says who it is.

Authlib builds the requests and checks the token's claims (issuer, audience, times, nonce), joserfc its signature. The
only address ever asked is the one named in the environment, over TLS unless it is this machine.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import Connection, select

from countylines.errors import InputError
from countylines.govern import account_rows
from countylines.govern.account_rows import Account
from countylines.govern.claims import Access, ClaimMap, read_claims
from countylines.govern.schema import accounts, utc
from countylines.govern.state import State

PREFIX = "COUNTYLINES_OIDC_"
SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]  # never none, never HS
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
LEEWAY = 60  # seconds that clocks may differ
SERVER = "the sign-in server"


@dataclass(frozen=True)
class OpenIdSettings:
    """Where to sign in, and as which client.

    Attributes:
        issuer: the server's address, as it calls itself.
        client_id: ours, as registered there.
        client_secret: ours; from the environment only.
        redirect_uri: our own address that the server sends people back to.
        claims: what groups give.
        scope: what is asked for.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    claims: ClaimMap
    scope: str = "openid profile"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> OpenIdSettings | None:
        """The settings from COUNTYLINES_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET, _REDIRECT_URI, _CLAIMS and _SCOPE.

        _CLAIMS is the path of the map (see claims.py). Without _ISSUER there is no single sign-on: None.

        Raises:
            InputError: one of them is missing, an address is not over TLS, or the map is wrong.
        """
        if not environment.get(f"{PREFIX}ISSUER"):
            return None
        given = {}
        for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI", "CLAIMS"):
            if not (value := environment.get(PREFIX + name, "").strip()):
                raise InputError(f"the environment variable {PREFIX}{name} is not set", "set it for single sign-on")
            given[name.lower()] = value
        for name in ("issuer", "redirect_uri"):
            _over_tls(given[name], PREFIX + name.upper())
        claims = read_claims(Path(given.pop("claims")))
        scope = environment.get(f"{PREFIX}SCOPE", "").strip() or "openid profile"
        return cls(**given, claims=claims, scope=scope)


@dataclass(frozen=True)
class Pending:
    """A sign-in under way, to be kept by the browser in a cookie that scripts can't read, until it comes back."""

    state: str
    nonce: str
    verifier: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.state}.{self.nonce}.{self.verifier}"

    @classmethod
    def parse(cls, kept: str) -> Pending:
        """What :meth:`__str__` wrote.

        Raises:
            InputError: it is no such thing; the cookie is missing or was cut.
        """
        parts = kept.split(".")
        if len(parts) != 3 or not all(parts):
            raise InputError("this sign-in was begun in another browser, or too long ago", "begin again")
        return cls(*parts)


class OpenId:
    """One sign-in server, asked for its addresses and keys when first needed."""

    def __init__(self, settings: OpenIdSettings, timeout: float = 10) -> None:
        self.settings = settings
        self._http = httpx.Client(timeout=timeout, follow_redirects=False)
        self._about: Mapping[str, Any] = {}

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()

    def authorise_url(self) -> tuple[str, Pending]:
        """Where to send the browser, and what it must bring back.

        Raises:
            InputError: the server can't be reached, or isn't the one that was named.
        """
        pending = Pending(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        endpoint = self._metadata()["authorization_endpoint"]
        url, _ = self._client().create_authorization_url(
            endpoint, state=pending.state, code_verifier=pending.verifier, nonce=pending.nonce
        )
        return str(url), pending

    def finish(self, state: State, params: Mapping[str, str], pending: Pending, now: dt.datetime) -> Account:
        """Sign in whoever comes back from the server; their account is made or brought up to date from their groups.

        Raises:
            InputError: nobody is signed in: refused there, not begun here, a token that isn't for us, no group that
                gives a role, or a closed account. It is logged.
        """
        try:
            claims = self._claims(params, pending, now)
            access = self.settings.claims.access(claims)
            with state.begin() as connection:
                account = self._account(connection, claims, access, now)
                cause = "closed account" if account.disabled else "" if account.roles else "no role"
                self._log(connection, account, cause, now)
        except InputError as error:
            with state.begin() as connection:
                self._log(connection, None, error.what, now)
            raise
        if account.disabled:
            raise InputError("this account is closed", "ask an administrator of this program")
        if cause:
            said = "you're signed in to your force, but none of your groups may use this program"
            raise InputError(said, "ask for a role in it, by way of your line manager")
        return account

    def _log(self, connection: Connection, account: Account | None, cause: str, now: dt.datetime) -> None:
        account_rows.log_sign_in(connection, account, cause, now, {"by": self.settings.issuer})

    def _claims(self, params: Mapping[str, str], pending: Pending, now: dt.datetime) -> dict[str, Any]:
        """The checked claims of the person: of the ID token, and of userinfo where that has the groups."""
        if not hmac.compare_digest(params.get("state", "").encode(), pending.state.encode()):
            raise InputError("this sign-in was not begun here, or was finished already", "begin again")
        if params.get("iss", self.settings.issuer) != self.settings.issuer:  # RFC 9207
            raise InputError("another sign-in server answered", "begin again")
        if "error" in params or "code" not in params:
            raise InputError(
                f"{SERVER} refused: {params.get('error', 'no code')[:80]}", "try again, or ask its keepers"
            )
        try:
            token = self._client().fetch_token(
                self._metadata()["token_endpoint"],
                grant_type="authorization_code",
                code=params["code"],
                code_verifier=pending.verifier,
                **self._as_client(),
            )
            claims = self._checked(str(token.get("id_token", "")), str(token["access_token"]), pending, now)
            if self.settings.claims.groups_claim not in claims and "userinfo_endpoint" in self._metadata():
                more = self._get(self._metadata()["userinfo_endpoint"], str(token["access_token"]))
                claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
        except (AuthlibBaseError, JoseError, ValueError, KeyError, httpx.HTTPError) as error:
            raise InputError(f"{SERVER}'s answer can't be used ({type(error).__name__})", "begin again") from None
        return claims

    def _checked(self, id_token: str, access_token: str, pending: Pending, now: dt.datetime) -> dict[str, Any]:
        keys = KeySet.import_key_set(self._get(self._metadata()["jwks_uri"]))
        decoded = jwt.decode(id_token, keys, algorithms=SIGNED_BY)
        options = {
            "iss": {"essential": True, "value": self.settings.issuer},
            "aud": {"essential": True, "value": self.settings.client_id},
        }
        told = {"nonce": pending.nonce, "client_id": self.settings.client_id, "access_token": access_token}
        claims = CodeIDToken(decoded.claims, decoded.header, options, told)
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        return dict(claims)

    def _account(self, connection: Connection, claims: Mapping[str, Any], access: Access, now: dt.datetime) -> Account:
        """The account of this person at this server, made or changed to what their groups give today."""
        issuer, subject = self.settings.issuer, str(claims["sub"])
        same = (accounts.c.issuer == issuer) & (accounts.c.subject == subject)
        connection.execute(select(accounts.c.account_id).where(same).with_for_update())
        name = account_rows.sign_in_name(str(claims.get(self.settings.claims.name_claim) or subject))
        display = str(claims.get(self.settings.claims.display_claim) or name)[:200]
        before = account_rows.one(connection, same)
        if before is None:
            if account_rows.one(
                connection, accounts.c.name == name
            ):  # never joined by name: anybody might take it there
                raise InputError(f"another account here has the name {name!r}", "ask an administrator of this program")
            account = Account(uuid.uuid4().hex, name, display, access.roles, access.areas, access.cleared)
            account_rows.add(connection, account, now, issuer=issuer, subject=subject, last_sign_in=utc(now))
            account_rows.log(connection, account, "create_account", now, by="")
            return account
        given = {"display_name": display, "areas": access.areas, "cleared": access.cleared}
        account_rows.write(connection, before.account_id, **given, last_sign_in=utc(now))
        account_rows.write_roles(connection, before.account_id, access.roles)
        account = account_rows.by_id(connection, before.account_id)
        if account_rows.facts(account) != account_rows.facts(before):
            account_rows.log(connection, account, "change_account", now, by="", before=account_rows.facts(before))
        return account

    def _client(self) -> Any:
        ours = self.settings
        return OAuth2Client(
            self._http, ours.client_id, scope=ours.scope, redirect_uri=ours.redirect_uri, code_challenge_method="S256"
        )

    def _as_client(self) -> dict[str, Any]:
        """Our id and secret, in the body where the server takes them there, else in the header."""
        ours = self.settings
        if "client_secret_post" in self._metadata().get("token_endpoint_auth_methods_supported", ()):
            return {"client_id": ours.client_id, "client_secret": ours.client_secret, "auth": httpx.Auth()}
        return {"auth": httpx.BasicAuth(ours.client_id, ours.client_secret)}

    def _metadata(self) -> Mapping[str, Any]:
        """What the server says of itself (OpenID Connect Discovery 1.0)."""
        if not self._about:
            try:
                about = self._get(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
            except (httpx.HTTPError, ValueError) as error:
                said = f"{SERVER} can't be reached ({type(error).__name__})"
                raise InputError(said, "try again later; accounts with a password still work") from None
            if about.get("issuer") != self.settings.issuer:
                raise InputError(f"{SERVER} calls itself otherwise than {PREFIX}ISSUER", "correct the variable")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
                if name in about or name != "userinfo_endpoint":
                    _over_tls(str(about.get(name, "")), name)
            self._about = about
        return self._about

    def _get(self, url: str, bearer: str = "") -> Any:
        answer = self._http.get(url, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
        answer.raise_for_status()
        found = answer.json()
        if not isinstance(found, dict):
            raise ValueError("no JSON object")
        return found


def _over_tls(url: str, place: str) -> None:
    """Refuse an address that somebody on the way could read.

    Raises:
        InputError: it is not https, nor this machine.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if not parsed.host or (parsed.scheme != "https" and not (parsed.scheme == "http" and parsed.host in THIS_MACHINE)):
        raise InputError("this address is not over TLS", "give one that begins with https://", field=place)
