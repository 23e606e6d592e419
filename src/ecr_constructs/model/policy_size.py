"""How long the text of a policy is, told without writing it where it is far from too long.

Layer: model; imports the model only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ecr_constructs.model.statement import Statement

#: What JSON writes around the values: the names of a statement's members and of the types of
#: principals, with their brackets and commas, come to 350 characters where all are there, a
#: string's quotes and a bracket to six.
_FRAME: Final = 384
_AROUND: Final = 8


def bound(statements: Iterable[Statement]) -> float:
    """Return a length that the compact JSON text of a policy of these statements does not reach.

    It takes a fraction of the time of the text itself, and is at most a few times as much; it is
    infinite where a string holds what JSON escapes by more than one character.
    """
    total = _FRAME
    for statement in statements:
        texts = [
            *statement.actions,
            *statement.not_actions,
            *statement.resources,
            *statement.not_resources,
            *[principal.value for principal in statement.principals],
            *[principal.value for principal in statement.not_principals],
            statement.sid or "",
        ]
        for condition in statement.conditions:
            texts += (condition.operator, condition.key, *condition.values)
        text = "".join(map(str, texts))
        if not (text.isascii() and text.isprintable()):
            return float("inf")
        total += _FRAME + _AROUND * len(texts) + 2 * len(text)
    return total
