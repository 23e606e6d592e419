"""Take the entries out of large JSON documents, in constant memory.

Layer: lifecycle; imports the standard library only.

``json.loads`` holds the text and every object at once, several times the size
of the file. Here a window of the text is held, and the entries that lie in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn

_WINDOW: Final = 1 << 18
_SPACE: Final = re.compile(r"[ \t\n\r]*")
# What lies between two objects, from the end of one to the first name in the other.
_BETWEEN: Final = re.compile(r'\}[ \t\n\r]*,[ \t\n\r]*\{[ \t\n\r]*"[^"\\]*"')
# A decoder's error so close to the end of the window may be cured by reading on: it is longer
# than any literal, number sign and escape that the decoder looks at as a whole.
_MARGIN: Final = 32


class JsonStreamError(ValueError):
    """Text that is not what it should be.

    Args:
        message: What is wrong, to follow the name of the place.
        offset: The place in the text, in characters.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class JsonStream:
    """A window on JSON text that moves forward.

    Args:
        read: Returns up to so many characters of the text, ``""`` at its end.
    """

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._text = ""
        self._at = 0
        self._before = 0
        self._at_once = True
        self._decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode

    @property
    def offset(self) -> int:
        """The place in the text that the window stands at, in characters."""
        return self._before + self._at

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
                self.fail(f"is no JSON: {error}")
            # A number at the very end of the window may go on behind it: 1 as in 1.5 or 12.
            number = isinstance(value, (int, float))
            if number and end > len(self._text) - _MARGIN and self._fill():
                continue
            self._at = end
            return value

    def batches(self) -> Iterator[list[Any]]:
        """Decode the entries of the list of which the bracket was stepped over, some at a time."""
        if self.skip("]"):
            return
        while True:
            yield [self.value()]
            separator = _BETWEEN.match(self._text, self._at - 1)
            between = separator[0] if separator else ""
            while self.skip(","):
                if not (between and (batch := self._batch(between))):
                    break
                yield batch
            else:
                break
        if not self.skip("]"):
            reason = "expected ',' or ']'" if self.peek() else "the text ends too early"
            self.fail(f"is no JSON: {reason}")

    def _batch(self, between: str) -> list[Any]:
        """Decode at once all entries of the window but the last, if they are easily told apart.

        A guess at where an entry ends is safe: only where it is right is the
        text before it, put between brackets, a list of the same entries. Or the
        list itself ends before that, as where pages follow one another.

        Args:
            between: What lay between two entries before.
        """
        if len(self._text) - self._at < _WINDOW:
            self._fill()
        end = self._text.rfind(between, self._at) + 1
        if not (end and self._at_once):
            return []
        try:
            entries: list[Any]
            entries, length = self._decode(f"[{self._text[self._at : end]}]", 0)
        except (ValueError, RecursionError):
            self._at_once = False  # one by one from now on; an error is told where it is
            return []
        self._at += length - len("[]")
        return entries

    def fail(self, message: str) -> NoReturn:
        """Raise for what comes next."""
        raise JsonStreamError(message, self.offset)

    def _fail(self, error: json.JSONDecodeError) -> NoReturn:
        message = error.msg[:1].lower() + error.msg[1:]
        if error.msg.startswith("Unterminated") or not self._text[error.pos :].strip():
            message = "the text ends too early"
        raise JsonStreamError(f"is no JSON: {message}", self._before + error.pos)

    def _fill(self) -> bool:
        """Read on, as much again as is not yet decoded, and drop what is; False at the end."""
        rest = self._text[self._at :]
        more = self._read(max(_WINDOW, len(rest)))
        if more:
            self._before += self._at
            self._text, self._at = rest + more, 0
        return bool(more)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
