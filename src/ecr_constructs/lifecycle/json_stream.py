"""Take the entries out of large JSON documents one by one, in constant memory.

Layer: lifecycle; imports the standard library only.

``json.loads`` holds the text and every object at once, some four times the
size of the file. Here one entry at a time is decoded by the same C scanner,
and only a window of the text is held.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from json.scanner import make_scanner
from typing import Any, Final, NoReturn, cast

_WINDOW: Final = 1 << 20
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_COMMA: Final = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")
# A scanner error so close to the end of the window may be cured by reading on: it is longer
# than any literal, number sign and escape that the scanner looks at as a whole.
_MARGIN: Final = 32


class JsonStreamError(ValueError):
    """Text that is no JSON; ``line`` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class JsonStream:
    """A window on JSON text that moves forward.

    Args:
        read: Returns up to so many characters of the text, ``""`` at its end.
    """

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._text = ""
        self._at = 0
        self._lines_before = 0
        self._ended = False
        decoder = json.JSONDecoder(parse_constant=_no_constant)
        self._decode = decoder.raw_decode
        self._scan = make_scanner(cast("Any", decoder))

    def peek(self) -> str:
        """Return the next character that is no white space, ``""`` at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            assert match
            self._at = match.end()
            if self._at < len(self._text) or not self._fill():
                return self._text[self._at : self._at + 1]

    def skip(self, character: str) -> bool:
        """Step over ``character`` if it comes next."""
        if self.peek() != character:
            return False
        self._at += 1
        return True

    def looking_at(self, pattern: re.Pattern[str]) -> bool:
        """Step over ``pattern`` if it comes next, within a window of text."""
        self.peek()
        if len(self._text) - self._at < _WINDOW:
            self._fill()
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match is not None

    def value(self) -> Any:
        """Decode the value that comes next, whole."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut = error.pos > len(self._text) - _MARGIN or error.msg.startswith("Unterminated")
                if cut and self._fill():
                    continue
                self._fail(error)
            except (ValueError, RecursionError) as error:
                self.fail(str(error))
            # A number at the very end of the window may go on behind it.
            if end == len(self._text) and self._fill():
                continue
            self._at = end
            return value

    def entries(self) -> Iterator[Any]:
        """Decode the entries of the list of which the bracket was stepped over."""
        if self.skip("]"):
            return
        while True:
            try:
                entry, end = self._scan(self._text, self._at)
            except (StopIteration, ValueError, RecursionError):
                entry = self.value()  # the window may be too short; this one reads on
            else:
                if end < len(self._text):
                    self._at = end
                else:
                    entry = self.value()
            yield entry
            match = _COMMA.match(self._text, self._at)
            if match and match.end() < len(self._text):
                self._at = match.end()
            elif not self.skip(","):
                break
        if not self.skip("]"):
            self.fail("expected ',' or ']'" if self.peek() else "the text ends within a list")

    @property
    def line(self) -> int:
        """The line that the window stands at, from 1."""
        return self._lines_before + self._text.count("\n", 0, self._at) + 1

    def fail(self, message: str) -> NoReturn:
        """Raise for what comes next."""
        raise JsonStreamError(message, self.line)

    def _fail(self, error: json.JSONDecodeError) -> NoReturn:
        message = error.msg[:1].lower() + error.msg[1:]
        if error.msg.startswith("Unterminated") or not self._text[error.pos :].strip():
            message = "the text ends too early"
        raise JsonStreamError(message, self._lines_before + error.lineno)

    def _fill(self) -> bool:
        """Read on, as much again as is not yet decoded, and drop what is; False at the end."""
        rest = self._text[self._at :]
        more = "" if self._ended else self._read(max(_WINDOW, len(rest)))
        if not more:
            self._ended = True
            return False
        self._lines_before += self._text.count("\n", 0, self._at)
        self._text, self._at = rest + more, 0
        return True


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
