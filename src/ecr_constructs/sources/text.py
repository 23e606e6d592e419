"""Building strings of which some parts are not known.

Layer: sources; imports ``model`` only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ecr_constructs.model.unresolved import Text, Unknown, Unresolved, join

#: A value that CloudFormation fetches at deployment:
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
_DYNAMIC: Final = re.compile(r"(\{\{resolve:[^{}]*\}\})")
_DYNAMIC_START: Final = "{{resolve:"

_BLANK: Final = re.compile(r"\{(\w+)\}")

#: Pseudo parameters whose values hold neither of these two.
_ATOMS: Final = frozenset({"AWS::AccountId", "AWS::Partition", "AWS::Region"})
_ARN_SEPARATORS: Final = frozenset({":", "/"})


def as_text(value: object) -> Text | None:
    """Return the text of a scalar, as CloudFormation takes it; None of a list or an object."""
    if isinstance(value, str | Unresolved):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return None


def plus(texts: Sequence[Text]) -> Text:
    """Return the texts joined."""
    known = [text for text in texts if isinstance(text, str)]
    if len(known) == len(texts):
        return "".join(known)
    parts: list[str | Unknown] = []
    for text in texts:
        parts.extend((text,) if isinstance(text, str) else text.parts)
    return join(parts)


def fill(template: str, **values: Text) -> Text:
    """Return a template with its ``{blanks}`` filled.

    >>> fill("arn:{partition}:iam::{account}:root", partition="aws", account="111122223333")
    'arn:aws:iam::111122223333:root'
    """
    pieces = _BLANK.split(template)
    return plus([values[piece] if odd % 2 else piece for odd, piece in enumerate(pieces)])


def hide_dynamic(text: Text, label: str) -> Text:
    """Return the text with each ``{{resolve:...}}`` as a part that is not known.

    Args:
        text: Any text.
        label: What the names of the parts begin with.
    """
    if isinstance(text, str):
        if _DYNAMIC_START not in text:
            return text
        pieces = _DYNAMIC.split(text)
        return join(
            [
                Unknown(f"{label}.{piece[2:-2]}") if odd % 2 else piece
                for odd, piece in enumerate(pieces)
            ]
        )
    if not any(isinstance(part, str) and _DYNAMIC_START in part for part in text.parts):
        return text
    # The reference itself has an unknown part, so nobody can tell where it ends.
    return Unresolved.of(f"{label}.{text.text}")


def split(text: Text, separator: str) -> tuple[list[Text], bool]:
    """Split a text as far as it is certain where its fields end.

    Returns:
        The fields, and whether they are all: behind a part that is not known
        there may be more, except where that cannot hold the separator.
    """
    if isinstance(text, str):
        return list(text.split(separator)), True
    fields = text.split(separator)
    for index, field in enumerate(fields):
        if isinstance(field, Unresolved) and not _is_atom(field, separator):
            return fields[:index], False
    return fields, True


def _is_atom(field: Unresolved, separator: str) -> bool:
    return separator in _ARN_SEPARATORS and all(
        part.label in _ATOMS for part in field.parts if isinstance(part, Unknown)
    )
