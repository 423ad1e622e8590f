"""What holds for every answer: headers, sizes, and a number for each request. Pure ASGI."""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
MAX_BODY = 2_000_000  # bytes; the largest thing sent is a lexicon
MAX_QUERY = 4_000
FOR_LONG = "public, max-age=31536000, immutable"  # an asset named with the hash of its content


class TooLarge(Exception):
    """More was sent than any page asks for."""


class Guard:
    """Headers on every answer; a limit on what is sent."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small enough."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["reference"] = secrets.token_hex(2)
        static = scope["path"].startswith("/assets/")
        kept = "no-store" if not static else "no-cache" if b"v=" not in scope["query_string"] else FOR_LONG

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**carried(self.secure), "Cache-Control": kept}.items():
                    headers.setdefault(name, value)
                if message["status"] >= 400:  # said by scripts that couldn't read a part of a page
                    headers.setdefault("X-Reference", scope["state"]["reference"])
            await send(message)

        length = dict(scope["headers"]).get(b"content-length", b"0")
        if len(scope["query_string"]) > MAX_QUERY:
            await PlainTextResponse("The address is too long.", 414)(scope, receive, answer)
        elif not length.isdigit() or int(length) > MAX_BODY:
            await PlainTextResponse("Too much was sent at once.", 413)(scope, receive, answer)
        else:
            await self.app(scope, _limited(receive), answer)


def carried(secure: bool) -> dict[str, str]:
    """What every answer carries; the page of a fault of ours, too, which is written outside of :class:`Guard`.

    Args:
        secure: cookies over TLS only, and so the whole dashboard.

    Example:
        >>> carried(False)["Cache-Control"], "Strict-Transport-Security" in carried(True)
        ('no-store', True)
    """
    over_tls = {"Strict-Transport-Security": "max-age=31536000"} if secure else {}
    return {**HEADERS, **over_tls, "Cache-Control": "no-store"}


def _limited(receive: Receive) -> Receive:
    """Counts what comes, whatever its length says."""
    taken = 0

    async def take() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY:
            raise TooLarge
        return message

    return take
