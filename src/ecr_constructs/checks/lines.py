"""The line of a resource in the text of its template.

Layer: checks; imports the standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

#: A member of an object at the start of a line, as CDK, SAM and people write templates.
_MEMBER: Final = re.compile(
    r"""^[ \t]*["']?(?P<name>[A-Za-z0-9:$&{}]+)["']?[ \t]*:""", re.MULTILINE
)


def lines_of(text: str) -> Mapping[str, int]:
    """Return the line, from 1, on which each name first stands as a member below ``Resources``.

    >>> lines_of('{"Resources": {' + chr(10) + '"Api": {}}}')["Api"]
    2
    """
    start = next((m.start() for m in _MEMBER.finditer(text) if m["name"] == "Resources"), 0)
    lines: dict[str, int] = {}
    line, counted = text.count("\n", 0, start) + 1, start
    for match in _MEMBER.finditer(text, start):
        line += text.count("\n", counted, match.start("name"))
        counted = match.start("name")
        lines.setdefault(match["name"], line)
    return lines
