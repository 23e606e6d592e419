"""Policy variables such as ``${aws:PrincipalTag/team}`` in resources and condition values.

Layer: access; imports ``model`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from typing import Final

from ecr_constructs.access.context import Context
from ecr_constructs.access.text import Pattern, Wild, pattern_of, pieces_of
from ecr_constructs.model.unresolved import Text, Unknown

#: A name, and behind a comma what stands for it where the request does not carry the key.
_VARIABLE: Final = re.compile(r"\$\{([^},]*)(?:,\s*'([^']*)')?\s*\}")
#: Variables that stand for a character which would mean something else.
_CHARACTERS: Final = frozenset("*?$")


def has_variables(text: Text) -> bool:
    """Tell whether a string names policy variables."""
    if isinstance(text, str) and "${" not in text:
        return False
    return any(isinstance(part, str) and "${" in part for part in pieces_of(text))


def substitute(text: Text, context: Context, *, wildcards: bool) -> Pattern | None:
    """Put the values of a request in place of the variables.

    Args:
        text: A resource or the value of a condition.
        context: The request.
        wildcards: Whether ``*`` and ``?`` in ``text`` are wildcards; in a value
            they never are.

    Returns:
        The pattern, in which a variable that is not known is an unknown part;
        None where the request does not carry a variable's key and no value
        stands for it, so that nothing matches.
    """
    pattern: list[str | Wild | Unknown] = []
    for part in pieces_of(text):
        if isinstance(part, Unknown):
            pattern.append(part)
            continue
        end = 0
        for variable in _VARIABLE.finditer(part):
            pattern += pattern_of(part[end : variable.start()], wildcards=wildcards)
            value = _value(variable, context)
            if value is None:
                return None
            pattern += value
            end = variable.end()
        pattern += pattern_of(part[end:], wildcards=wildcards)
    return tuple(pattern)


def _value(variable: re.Match[str], context: Context) -> Pattern | None:
    name, default = variable[1].strip(), variable[2]
    if name in _CHARACTERS:
        return (name,)
    values = context.get(name)
    if values == ():
        return None if default is None else (default,)
    if values is None or len(values) > 1:
        return (Unknown(name),)
    return tuple(pieces_of(values[0]))
