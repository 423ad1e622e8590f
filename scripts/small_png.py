"""Write a picture of a page as a PNG with few colours: about a third of the size, and text stays sharp.

The browser that took the picture reads it, too, so that no library of images is needed.
"""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

COLOURS = 80
PIXELS = """async (address) => {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const drawing = canvas.getContext('2d');
  drawing.drawImage(picture, 0, 0);
  const bytes = drawing.getImageData(0, 0, picture.width, picture.height).data;
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return [picture.width, picture.height, btoa(text)];
}"""


def smaller(png: bytes, blank: Page) -> bytes:
    """The same picture in ``COLOURS`` colours.

    Args:
        png: as the browser took it.
        blank: an empty page, without a policy of any site.
    """
    width, height, text = blank.evaluate(PIXELS, "data:image/png;base64," + base64.b64encode(png).decode())
    pixels = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[:, :, :3]
    palette, places = few_colours(pixels, COLOURS)
    rows = np.hstack([np.zeros((height, 1), np.uint8), places])  # each row starts with its filter: none
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            chunk(b"PLTE", palette.tobytes()),
            chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            chunk(b"IEND", b""),
        ]
    )


def few_colours(pixels: NDArray[np.uint8], most: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The colours that cover most of the picture, and of each pixel the place of the nearest.

    Example:
        >>> greys = np.repeat(np.array([[255], [0], [254], [254]], np.uint8), 3, axis=1)[None]
        >>> palette, places = few_colours(greys, 2)
        >>> sorted(palette[:, 0].tolist()), bool(places[0, 0] == places[0, 2])
        ([0, 254], True)
    """
    packed = pixels.reshape(-1, 3).astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    found, of_pixel, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1).astype(np.uint8)
    wide = colours.astype(np.int32)
    chosen, far = [int(counts.argmax())], np.full(len(colours), np.inf)
    nearest = np.zeros(len(colours), np.uint8)
    for place in range(min(most, len(colours))):  # next the colour that is farthest from those chosen, and frequent
        distance = ((wide - wide[chosen[place]]) ** 2).sum(axis=1)
        nearest[distance < far] = place
        far = np.minimum(far, distance)
        chosen.append(int((far * np.sqrt(counts)).argmax()))
    return colours[chosen[:-1]], nearest[of_pixel.reshape(-1)].reshape(pixels.shape[:2])


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG: length, kind, content, check sum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
