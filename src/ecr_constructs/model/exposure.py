"""How far a statement reaches: to named principals, or to anybody.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from ecr_constructs.model.statement import ANYONE, Condition, Effect, Statement
from ecr_constructs.model.unresolved import Text, Unresolved, is_known


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


def exposure(statement: Statement) -> Exposure:
    """Tell to whom a statement opens what it allows.

    A deny opens nothing. ``NotPrincipal`` in an allow names everybody else, and
    so is as wide as ``*``. A condition bounds ``*`` when it can hold for
    principals or networks of the owner's choice only: ``StringEquals`` on
    ``aws:PrincipalOrgID`` does, ``StringEqualsIfExists`` does not.
    """
    if statement.effect is Effect.DENY:
        return Exposure.NAMED
    if ANYONE in statement.principals or statement.not_principals:
        reach = Exposure.ANYONE
    elif any(
        isinstance(p.value, Unresolved) and p.type == "AWS" and p.value.may_be("*")
        for p in statement.principals
    ):
        reach = Exposure.UNKNOWN
    else:
        return Exposure.NAMED
    bounds = [_bounds(condition) for condition in statement.conditions]
    if Exposure.NAMED in bounds:
        return Exposure.NAMED
    return Exposure.UNKNOWN if Exposure.UNKNOWN in bounds else reach


def _bounds(condition: Condition) -> Exposure:
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    if operator not in _BINDING_OPERATORS or condition.key.lower() not in _BINDING_KEYS:
        return Exposure.ANYONE
    exact = operator in {"stringequals", "stringequalsignorecase"}
    # The values are alternatives: the widest one decides.
    reaches = [_reach(value, exact=exact) for value in condition.values]
    if Exposure.ANYONE in reaches:
        return Exposure.ANYONE
    return Exposure.UNKNOWN if Exposure.UNKNOWN in reaches else Exposure.NAMED


def _reach(value: Text, *, exact: bool) -> Exposure:
    if exact:
        return Exposure.NAMED
    if not is_known(value):
        may = isinstance(value, Unresolved) and (
            value.may_be("*") or any(value.may_be(address) for address in _EVERY_ADDRESS)
        )
        return Exposure.UNKNOWN if may else Exposure.NAMED
    if value in _EVERY_ADDRESS or not str(value).strip("*?"):
        return Exposure.ANYONE
    fields = str(value).split(":")
    # arn:partition:service:region:account:resource with an account that anybody can have
    if fields[0] == "arn" and ("*" in fields[4:5] or len(fields) < 6):  # noqa: PLR2004 - fields of an ARN
        return Exposure.ANYONE
    return Exposure.NAMED
