"""The demo's dashboard: two accounts with passwords of their own, on a free port of this machine."""

from __future__ import annotations

import datetime as dt
import secrets
import socketserver
from dataclasses import replace
from pathlib import Path

from countylines.govern import accounts
from countylines.govern.state import State
from countylines.partition.names import birds
from countylines.web.serve import open_house, serve

PORTS = (8000, 8050)
FOR_EVER = 365_000  # an invented force's last day is never out of date
PEOPLE = {"analyst": ("analyst", "A. Marrow"), "safeguarding": ("safeguarding", "S. Fenwick")}


def serve_demo(runs: Path) -> None:
    """Print the address and two sign-ins, made anew each time, and answer until stopped."""
    house = open_house(runs, None, force="Westmarch Police", synthetic=True, secure=False, marking="OFFICIAL-SENSITIVE")
    house = replace(house, stale_days=FOR_EVER)
    passwords = {name: demo_account(house.state, name) for name in PEOPLE}
    port = free_port()
    print(f"\nThe dashboard: http://127.0.0.1:{port}    (Ctrl-C stops it; countylines demo shows it again)")
    for name, password in passwords.items():
        print(f"  sign in as {name:14} password {password}")
    print("  as the reason for access choose Training on synthetic data", flush=True)
    serve(house, "127.0.0.1", port)


def demo_account(state: State, name: str) -> str:
    """An account for the demo with a new password, which is returned and kept nowhere."""
    password = "-".join([*(secrets.choice(birds()).lower() for _ in range(3)), str(secrets.randbelow(9000) + 1000)])
    role, display_name = PEOPLE[name]
    now, found = dt.datetime.now(dt.UTC), accounts.find_account(state, name)
    if found:
        accounts.set_password(state, found.account_id, password, now=now, by="")
    else:
        accounts.create_account(state, name, display_name, password, [role], now=now)
    return password


def free_port() -> int:
    """The first port from 8000 on that nobody listens on."""
    for port in range(*PORTS):
        try:
            with socketserver.TCPServer(("127.0.0.1", port), socketserver.BaseRequestHandler):
                return port
        except OSError:
            continue
    return PORTS[0]
