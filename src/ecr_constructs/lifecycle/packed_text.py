"""Text as files hold it: gzip or plain, UTF-8 or the UTF-16 that some shells write.

Layer: lifecycle; imports the standard library only.
"""

from __future__ import annotations

import codecs
import gzip
import io
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable

_GZIP: Final = b"\x1f\x8b"
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK: Final = 1 << 18


def text_of(
    packed: io.BufferedReader, on_progress: Callable[[int], None] | None = None
) -> Callable[[int], str]:
    """Return a function that reads on in the text, up to so many bytes; ``""`` at its end.

    Args:
        packed: The file, at its beginning.
        on_progress: Called with the bytes of the file that were read so far,
            where it can tell.
    """
    plain = packed
    if packed.peek(2)[:2] == _GZIP:
        plain = io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=packed)))
    encoding = "utf-16" if plain.peek(2)[:2] in _UTF_16 else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)()

    def read(size: int) -> str:
        while True:
            data = plain.read(size)
            text = decoder.decode(data, final=not data)
            if on_progress and packed.seekable():
                on_progress(packed.tell())
            if text or not data:
                return text

    return read


def place_in(packed: io.BufferedReader, offset: int) -> str:
    """Name the place of a character: its line, or its number where the file cannot be read again.

    Counting lines on the way would cost every reader what only a message needs.
    """
    if not packed.seekable():
        return f"character {offset + 1}"
    packed.seek(0)
    read, lines = text_of(packed), 1
    while offset > 0 and (text := read(_CHUNK)):
        lines += text.count("\n", 0, offset)
        offset -= len(text)
    return f"line {lines}"
