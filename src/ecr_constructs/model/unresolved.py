"""Values that are not known before deployment: CloudFormation's intrinsics, CDK's tokens.

Layer: model; imports the standard library only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

#: How CDK writes a token into a string, a list or a struct's text.
_TOKEN: Final = re.compile(r"[$#]\{Token\[[^\]]*\]\}")
#: What every token holds: looking for it first spares most strings the expression.
_MARK: Final = "{Token["


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A string of which at least one part is known only at deployment.

    Attributes:
        parts: The string in pieces: known text as it is, an unknown part as an
            :class:`Unknown`.
    """

    parts: tuple[str | Unknown, ...]

    @classmethod
    def of(cls, label: str) -> Unresolved:
        """Return a value of which nothing is known but where it comes from."""
        return cls((Unknown(label),))

    @property
    def text(self) -> str:
        """The string for people: ``arn:${AWS::Partition}:iam::111122223333:root``."""
        return "".join(p if isinstance(p, str) else f"${{{p.label}}}" for p in self.parts)

    def split(self, separator: str) -> list[Text]:
        """Split the known text at ``separator``; unknown parts are never split.

        >>> [str(part) for part in Unresolved(("arn:", Unknown("P"), ":iam")).split(":")]
        ['arn', '${P}', 'iam']
        """
        fields: list[list[str | Unknown]] = [[]]
        for part in self.parts:
            if isinstance(part, Unknown):
                fields[-1].append(part)
                continue
            first, *rest = part.split(separator)
            fields[-1].append(first)
            fields.extend([piece] for piece in rest)
        return [join(field) for field in fields]

    def may_be(self, value: str) -> bool:
        """Tell whether the string could turn out to be ``value``.

        >>> Unresolved(("arn:", Unknown("AWS::Partition"), ":iam")).may_be("*")
        False
        """
        # A search from left to right, as a regular expression of many unknown parts may take
        # longer than anybody waits.
        first, *rest = self._known_runs()
        if not rest:
            return value == first
        *middle, last = rest
        if not value.startswith(first) or not value[len(first) :].endswith(last):
            return False
        position, end = len(first), len(value) - len(last)
        for run in middle:
            position = value.find(run, position, end)
            if position < 0:
                return False
            position += len(run)
        return True

    def _known_runs(self) -> list[str]:
        """Return the known text before, between and behind the unknown parts."""
        runs = [""]
        for part in self.parts:
            if isinstance(part, Unknown):
                runs.append("")
            else:
                runs[-1] += part
        return runs

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Unknown:
    """One unknown part of a string; ``label`` says where it comes from: ``AWS::Partition``."""

    label: str


#: A string, or one that is not wholly known.
Text: TypeAlias = str | Unresolved


def join(parts: list[str | Unknown]) -> Text:
    """Join pieces of a string: a plain ``str`` when all are known."""
    merged: list[str | Unknown] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    if not merged:
        return ""
    if len(merged) == 1 and isinstance(merged[0], str):
        return merged[0]
    return Unresolved(tuple(merged))


def is_token(value: object) -> bool:
    """Tell whether ``value`` is a string that holds a CDK token.

    A string test, as :func:`aws_cdk.Token.is_unresolved` costs a call across
    the jsii border and this layer must not load CDK.
    """
    return isinstance(value, str) and _MARK in value and _TOKEN.search(value) is not None


def is_known(value: object) -> bool:
    """Tell whether ``value`` can be looked into: no token in it and not unresolved."""
    return not isinstance(value, Unresolved) and not is_token(value)
