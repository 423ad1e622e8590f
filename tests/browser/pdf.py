"""The words on each page of a PDF that Chromium printed: enough of the format for that, and no more.

Source: ISO 32000-1, 7.3.8 (streams), 9.4.3 (showing text), 9.10.3 (ToUnicode: from a font's glyphs to characters).
"""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)\sendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|\((?:[^\\)]|\\.)*\)\s*Tj")
FONT = re.compile(rb"/(F\d+) (\d+) 0 R")


def words_of_pages(pdf: bytes) -> list[str]:
    """What each page says, without its blanks, in the order in which it was painted."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]
    return [words(page, objects) for page in pages]


def words(page: bytes, objects: dict[int, bytes]) -> str:
    """What one page says."""
    fonts = {name: characters(objects[int(number)], objects) for name, number in FONT.findall(resources(page, objects))}
    found, font = [], {}
    content = b"".join(stream(objects[int(number)]) for number in re.findall(rb"(\d+) 0 R", after(page, b"/Contents")))
    for name, glyphs in SHOWN.findall(content):
        if name:
            font = fonts[name]
        else:
            found += [font.get(int(glyphs[at : at + 4], 16), "") for at in range(0, len(glyphs), 4)]
    return re.sub(r"\s", "", "".join(found))


def resources(page: bytes, objects: dict[int, bytes]) -> bytes:
    """What a page refers to: in itself or in an object of its own."""
    there = re.match(rb"\s*(\d+) 0 R", page.partition(b"/Resources")[2])
    return objects[int(there[1])] if there else page


def after(body: bytes, key: bytes) -> bytes:
    """The references that follow a key."""
    found = re.search(re.escape(key) + rb"\s*(\[[^\]]*\]|\d+ 0 R)", body)
    return found[1] if found else b""


def stream(body: bytes) -> bytes:
    """An object's stream, unpacked."""
    found = STREAM.search(body)
    if not found:
        return b""
    return zlib.decompress(found[1]) if b"/FlateDecode" in body.partition(b"stream")[0] else found[1]


def characters(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """Of each glyph of a font the characters it stands for."""
    at = re.search(rb"/ToUnicode (\d+) 0 R", font)
    table = stream(objects[int(at[1])]) if at else b""
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[int(glyph, 16)] = unicode(text)
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for glyph in range(int(first, 16), int(last, 16) + 1):
                found[glyph] = chr(ord(unicode(text)) + glyph - int(first, 16))
    return found


def unicode(text: bytes) -> str:
    """Hexadecimal UTF-16 as text.

    Example:
        >>> unicode(b"00410042")
        'AB'
    """
    return bytes.fromhex(text.decode()).decode("utf-16-be")
