"""Text out of templates in Markdown: as text, whatever it holds.

Layer: review. GitHub and GitLab turn more into links than Markdown does: names
behind ``@``, numbers behind ``#`` and ``!``, web addresses.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final

#: Stands between a character and what would make it a link; nobody sees it.
_JOINER: Final = "\u2060"
_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~$&]")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
#: What means something at the beginning of a line alone.
_BEGINNING: Final = re.compile(r"([-+=#]|\d+(?=[.)]))")
#: What GitHub and GitLab look for in the text that is left.
_LINKS: Final = re.compile(r"([@#!%]|:(?=//)|\bwww(?=\.)|\bGH(?=-))")
_SPACE: Final = re.compile(r"\s+")


def prose(text: str) -> str:
    """Return text that reads as it is, in one line."""
    line = _in_one_line(text)
    escaped = _MARKUP.sub(lambda m: _ENTITIES.get(m[0], f"\\{m[0]}"), _unlinked(line))
    first = _BEGINNING.match(escaped)
    if first is None:
        return escaped
    mark = first[0]
    return f"{mark}\\{escaped[len(mark) :]}" if mark.isdigit() else f"\\{escaped}"


def summary(text: str) -> str:
    """Return text for the heading of what folds, which is HTML and no Markdown."""
    return html.escape(_unlinked(_in_one_line(text)))


def code(text: str) -> str:
    """Return text as code, in one line."""
    line = _in_one_line(text) or " "
    longest = max(map(len, re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def code_cell(text: str) -> str:
    """Return text as code for a table, which takes a bar within code for its own."""
    return code(text).replace("|", "\\|")


def _in_one_line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _unlinked(text: str) -> str:
    return _LINKS.sub(rf"\1{_JOINER}", text)


def table(headings: Iterable[str]) -> str:
    """Return the head of a table."""
    names = list(headings)
    return f"| {' | '.join(names)} |\n|{' --- |' * len(names)}"
