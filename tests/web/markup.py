"""What a page's HTML may not hold under its own policy: anything inline that a browser would run or style."""

from __future__ import annotations

from html.parser import HTMLParser

ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "hx-get", "hx-post", "xlink:href")
FORBIDDEN = ("style", "iframe", "object", "embed", "base", "frame", "applet")


class Page(HTMLParser):
    """A page, read as a browser would.

    Attributes:
        faults: what the policy forbids, in words.
        links: addresses of ``href``, ``src`` and ``action``.
        unguarded: forms that change something without a secret of the page.
        names: tags that were met.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.links: list[str] = []
        self.unguarded: list[str] = []
        self.names: set[str] = set()
        self._form: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names.add(tag)
        where = f"<{tag} {' '.join(given)}>"
        if tag in FORBIDDEN or (tag == "script" and not self._is_harmless(given)):
            self.faults.append(where)
        if given.get("http-equiv", "").lower() in ("refresh", "set-cookie") if tag == "meta" else False:  # type: ignore[union-attr]
            self.faults.append(where)
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.faults.append(f"{where}: {name}")
            if name in ADDRESSES and value is not None:
                self.links.append(value)
                if ":" in value.split("/")[0].split("?")[0].split("#")[0] or value.startswith("//"):
                    self.faults.append(f"{where}: {name}={value[:60]}")
        self._forms(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.unguarded.append(self._form)
            self._form = None

    def _is_harmless(self, given: dict[str, str | None]) -> bool:
        return given.get("type") == "application/json" or bool(given.get("src"))

    def _forms(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "form":
            self._form = (
                given.get("action") or "(its own page)" if (given.get("method") or "").lower() == "post" else None
            )
        if (
            tag == "input"
            and given.get("type") == "hidden"
            and given.get("name") in ("csrf", "secret")
            and given.get("value")
        ):
            self._form = None
