"""How far a statement reaches: to named principals, or to anybody.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from ecr_constructs.model.statement import Condition, Effect, Statement
from ecr_constructs.model.unresolved import Text, Unresolved, is_token


class Exposure(StrEnum):
    """To whom an allow reaches."""

    NAMED = "named"  # to principals that the policy names or its conditions bound
    ANYONE = "anyone"  # to principals of any account, or to requests without any
    UNKNOWN = "unknown"  # cannot be told before deployment


#: Keys whose values are chosen by AWS, so that a stranger cannot make them match.
#: A tag on a principal (aws:PrincipalTag) is not among them: everybody tags their own.
_BINDING_KEYS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:vpcsourceip",
    }
)
#: Operators that hold only when the key is there and matches. ``...IfExists`` and
#: ``ForAllValues:`` also hold when it is missing, as it is in an anonymous request.
_BINDING_OPERATORS: Final = frozenset(
    {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"}
)
_EVERY_ADDRESS: Final = frozenset({"0.0.0.0/0", "::/0"})
#: Keys by what has to be free of wildcards in a pattern: all of it, ...
_IDS: Final = frozenset(
    {"aws:principalaccount", "aws:principalorgid", "aws:sourceaccount", "aws:sourceorgid"}
    | {"aws:sourcevpc", "aws:sourcevpce"}
)
_PATHS: Final = frozenset({"aws:principalorgpaths", "aws:sourceorgpaths"})  # ... what precedes "/"
_ARNS: Final = frozenset({"aws:principalarn", "aws:sourcearn"})  # ... the account
_COLONS: Final = 5  # of an ARN
#: A policy variable whose value the requester brings: it equals whatever it is compared to.
_OF_THE_REQUESTER: Final = re.compile(r"\$\{aws:(principal|source|user|vpc)", re.IGNORECASE)


def exposure(statement: Statement) -> Exposure:
    """Tell to whom a statement opens what it allows.

    A deny opens nothing. ``NotPrincipal`` in an allow names everybody else, and
    so is as wide as ``*``. A condition bounds ``*`` when it can hold for
    principals or networks of the owner's choice only: ``StringEquals`` on
    ``aws:PrincipalOrgID`` does, ``StringEqualsIfExists`` does not.
    """
    if statement.effect is Effect.DENY:
        return Exposure.NAMED
    reach = _named(statement)
    return reach if reach is Exposure.NAMED else bounded(statement.conditions, reach)


def bounded(conditions: Iterable[Condition], reach: Exposure = Exposure.ANYONE) -> Exposure:
    """Tell to whom an allow reaches under its conditions.

    Args:
        conditions: The conditions.
        reach: To whom it reaches without. Default: to anyone.
    """
    bounds = [_bounds(condition) for condition in conditions]
    if Exposure.NAMED in bounds:
        return Exposure.NAMED
    return Exposure.UNKNOWN if Exposure.UNKNOWN in bounds else reach


def _named(statement: Statement) -> Exposure:
    """Tell to whom a statement reaches by its principals alone."""
    reach = Exposure.ANYONE if statement.not_principals else Exposure.NAMED
    for principal in statement.principals:
        if principal.is_anyone:
            return Exposure.ANYONE
        value = principal.value
        unknown = isinstance(value, Unresolved) and principal.type == "AWS" and value.may_be("*")
        if unknown and reach is Exposure.NAMED:
            reach = Exposure.UNKNOWN
    return reach


def _bounds(condition: Condition) -> Exposure:
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    key = condition.key.lower()
    if operator not in _BINDING_OPERATORS or key not in _BINDING_KEYS:
        return Exposure.ANYONE
    exact = operator in {"stringequals", "stringequalsignorecase"}
    # The values are alternatives: the widest one decides.
    reaches = [_reach(key, value, exact=exact) for value in condition.values]
    if Exposure.ANYONE in reaches:
        return Exposure.ANYONE
    return Exposure.UNKNOWN if Exposure.UNKNOWN in reaches else Exposure.NAMED


def _reach(key: str, value: Text, *, exact: bool) -> Exposure:
    text = value if isinstance(value, str) else _known_text(value)
    if _OF_THE_REQUESTER.search(text):
        return Exposure.ANYONE
    if exact or is_token(value):
        return Exposure.NAMED
    if isinstance(value, Unresolved) and (
        any(value.may_be(each) for each in ("*", *_EVERY_ADDRESS))
        or (key in _ARNS and text.count(":") < _COLONS)
    ):
        return Exposure.UNKNOWN
    return Exposure.ANYONE if _is_wide(key, text) else Exposure.NAMED


def _known_text(value: Unresolved) -> str:
    """Return a string in which the unknown parts are taken to be without wildcards."""
    return "".join(part if isinstance(part, str) else "unknown" for part in value.parts)


def _is_wide(key: str, pattern: str) -> bool:
    """Tell whether a stranger could have a value that matches the pattern."""
    if pattern in _EVERY_ADDRESS or not pattern.strip("*?"):
        return True
    if key in _IDS:
        return _has_wildcard(pattern)
    if key in _PATHS:
        return _has_wildcard(pattern.partition("/")[0])
    if key == "aws:userid":
        return _has_wildcard(pattern.partition(":")[0])
    if key in _ARNS:
        # arn:partition:service:region:account:resource; a bucket's has no account, but its name
        fields = pattern.split(":", _COLONS)
        return len(fields) <= _COLONS or _has_wildcard(fields[4] or fields[5])
    return False


def _has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text
