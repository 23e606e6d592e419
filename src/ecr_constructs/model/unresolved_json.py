"""JSON text of which some parts are not known.

Layer: model; imports the standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from ecr_constructs.model.unresolved import Text, Unknown, Unresolved, join

#: Stands for an unknown part while JSON is parsed: a character that Unicode leaves to everybody's
#: own use. A text that holds it already, or its escape, is not looked into.
_MARK: Final = "\ue000"
_ESCAPED_MARK: Final = "\\ue000"


def parse_json(text: Text) -> Any:
    """Return what JSON text holds; an unknown part within a string makes that string unresolved.

    Raises:
        ValueError: If the text is no JSON, or an unknown part of it stands
            elsewhere than in the value of a string.
        RecursionError: If it nests too deep.
    """
    if isinstance(text, str):
        return json.loads(text)
    unknowns: list[Unknown] = []
    source: list[str] = []
    for part in text.parts:
        if isinstance(part, Unknown):
            source.append(f"{_MARK}{len(unknowns)}{_MARK}")
            unknowns.append(part)
        elif _MARK in part or _ESCAPED_MARK in part.lower():
            raise ValueError("the text holds a character that is for private use")
        else:
            source.append(part)
    return _unmark(json.loads("".join(source)), unknowns)


def dump_json(value: object) -> Text | None:
    """Return the compact JSON text of a value in which strings may be unresolved.

    None is returned for what is no JSON, and for what holds the mark already.
    """
    unknowns: list[Unknown] = []

    def mark(unresolved: object) -> str:
        if not isinstance(unresolved, Unresolved):
            raise TypeError(f"{unresolved!r} is no JSON")
        marked = []
        for part in unresolved.parts:
            if isinstance(part, Unknown):
                marked.append(f"{_MARK}{len(unknowns)}{_MARK}")
                unknowns.append(part)
            else:
                marked.append(part)
        return "".join(marked)

    try:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=mark)
    except (TypeError, ValueError, RecursionError):
        return None
    if text.count(_MARK) != 2 * len(unknowns):
        return None
    unmarked: Text = _unmark(text, unknowns)
    return unmarked


def _unmark(value: Any, unknowns: Sequence[Unknown]) -> Any:
    if isinstance(value, str):
        if _MARK not in value:
            return value
        pieces = value.split(_MARK)
        return join(
            [unknowns[int(piece)] if odd % 2 else piece for odd, piece in enumerate(pieces)]
        )
    if isinstance(value, list):
        return [_unmark(each, unknowns) for each in value]
    if isinstance(value, dict):
        if any(_MARK in key for key in value):
            raise ValueError("the name of a member is not known")
        return {key: _unmark(each, unknowns) for key, each in value.items()}
    return value
