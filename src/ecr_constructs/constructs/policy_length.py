"""How long a policy may get, told without spelling it out.

Layer: constructs.
"""

from __future__ import annotations

import re
from typing import Final

from ecr_constructs.model.statement import Statement
from ecr_constructs.model.unresolved import Text

#: Characters that JSON writes as they are.
_PLAIN: Final = re.compile(r"[ !#-\[\]-~]*")
#: A character outside Unicode's first plane is written as two escapes of six.
_ESCAPED: Final = 12
#: Quotes, comma and brackets around a value.
_AROUND: Final = 6
#: What an account's id may gain as an ARN: "arn:aws-us-gov:iam::" and ":root".
_AS_ARN: Final = 30
#: The names of a statement's members, and their punctuation.
_FRAME: Final = 210


def at_most(statement: Statement) -> int:
    """Return at least as many characters as a statement takes in a policy's canonical text."""
    texts = [*statement.actions, *statement.not_actions]
    texts += [*statement.resources, *statement.not_resources]
    if statement.sid is not None:
        texts.append(statement.sid)
    principals = [*statement.principals, *statement.not_principals]
    texts += (principal.value for principal in principals)
    texts += (principal.type for principal in principals)
    for condition in statement.conditions:
        texts += [condition.operator, condition.key, *condition.values]
    return _FRAME + _AS_ARN * len(principals) + sum(map(_length, texts))


def _length(text: Text) -> int:
    written = str(text)
    return _AROUND + len(written) * (1 if _PLAIN.fullmatch(written) else _ESCAPED)
