"""The line of a resource in the text of its template.

Layer: checks; imports the standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

#: A member of an object at the start of a line, as CDK, SAM and people write templates.
_MEMBER: Final = re.compile(
    r"""^(?P<indent>[ \t]*)\{?["']?(?P<name>[A-Za-z0-9:$&{}]+)["']?[ \t]*:""", re.MULTILINE
)


def lines_of(text: str) -> Mapping[str, int]:
    """Return the line, from 1, on which each member of ``Resources`` starts.

    Members are told from what they hold by how far they are indented. Where a
    template is written on a single line, there is nothing to tell.

    >>> lines_of('{"Resources": {' + chr(10) + ' "Api": {}}}')["Api"]
    2
    """
    members = [(len(m["indent"]), m.start(), m["name"]) for m in _MEMBER.finditer(text)]
    starts = [(indent, at) for indent, at, name in members if name == "Resources"]
    lines: dict[str, int] = {}
    if not starts:
        return lines
    _, start = min(starts)
    below = [member for member in members if member[1] > start]
    line, counted = 1, 0
    for indent, at, name in below:
        if indent < below[0][0]:
            break
        if indent == below[0][0]:
            line += text.count("\n", counted, at)
            counted = at
            lines.setdefault(name, line)
    return lines
