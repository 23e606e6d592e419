"""The boxes of the map, and the rows that they stand in.

Layer: review.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: The space between two columns.
GAP: Final = 108
#: The height of a line of text, and of an account's title.
LINE: Final = 18
HEAD: Final = 30


@dataclass(frozen=True, slots=True)
class Box:
    """A registry.

    Attributes:
        x: Its left side.
        y: Its upper side.
        width: Its width.
        height: Its height.
        title: Its Region.
        lines: What it holds.
        words: All of it, for those who cannot see it.
        outside: Whether it is not in this app.
    """

    x: int
    y: int
    width: int
    height: int
    title: str
    lines: tuple[str, ...]
    words: str
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """An account.

    Attributes:
        x: Its left side.
        y: Its upper side.
        width: Its width.
        height: Its height.
        title: The account.
    """

    x: int
    y: int
    width: int
    height: int
    title: str


def short(text: str, most: int) -> str:
    """Return a text in so many characters at the most."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
