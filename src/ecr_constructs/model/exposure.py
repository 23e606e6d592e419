"""How far a statement reaches: to named principals, or to anybody.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from ecr_constructs.model.statement import Condition, Effect, Statement
from ecr_constructs.model.unresolved import Text, Unresolved, is_token
from ecr_constructs.service import condition_keys, condition_operators


class Exposure(StrEnum):
    """To whom an allow reaches."""

    NAMED = "named"  # to principals that the policy names or its conditions bound
    ANYONE = "anyone"  # to principals of any account, or to requests without any
    UNKNOWN = "unknown"  # cannot be told before deployment


#: Operators that hold only when the key is there and matches. ``...IfExists`` and
#: ``ForAllValues:`` also hold when it is missing, as it is in an anonymous request.
_BINDING_OPERATORS: Final = frozenset(
    {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"}
)
_EXACT: Final = frozenset({"stringequals", "stringequalsignorecase"})
#: Operators that hold for whatever does not match, and where the key is missing.
_PLAIN: Final = {negated.lower(): plain for plain, negated in condition_operators.NEGATED.items()}
_EVERY_ADDRESS: Final = ("0.0.0.0/0", "::/0")
#: The bits of the widest networks that one owner has. https://www.iana.org/numbers
_WIDEST: Final = {4: 8, 6: 16}
#: Keys by what has to be free of wildcards in a pattern: what precedes "/", ...
_PATHS: Final = frozenset({"aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"})
_ARNS: Final = frozenset(  # ... the account, ...
    {"aws:principalarn", "aws:sourcearn", "aws:sourcevpcarn"}
    | {"ec2:sourceinstancearn", "lambda:sourcefunctionarn"}
)
_IDS: Final = condition_keys.BINDING - _PATHS - _ARNS - {"aws:userid", "aws:sourceip"}  # ... all
_COLONS: Final = 5  # of an ARN
#: A policy variable whose value the requester brings: it equals whatever it is compared to.
_OF_THE_REQUESTER: Final = re.compile(
    r"\$\{aws:(?:principal|source|user|vpc)[^}]*\}", re.IGNORECASE
)
#: A variable that stands for a character which would mean something else.
_CHARACTER: Final = re.compile(r"\$\{[*?$]\}")
#: Whose images they are, compared to who asks for them: that binds both ways round.
_OWN: Final = {
    "aws:resourceaccount": ("${aws:principalaccount}", "${aws:sourceaccount}"),
    "aws:resourceorgid": ("${aws:principalorgid}", "${aws:sourceorgid}"),
}


def exposure(statement: Statement) -> Exposure:
    """Tell to whom a statement opens what it allows.

    A deny opens nothing. ``NotPrincipal`` in an allow names everybody else, and
    so is as wide as ``*``. A condition bounds ``*`` when it can hold for
    principals or networks of the owner's choice only: ``StringEquals`` on
    ``aws:PrincipalOrgID`` does, ``StringEqualsIfExists`` does not, unless
    another condition asks that the key is there. What a key or an operator
    does that is not known cannot be told.
    """
    if statement.effect is Effect.DENY:
        return Exposure.NAMED
    reach = _named(statement)
    return reach if reach is Exposure.NAMED else bounded(statement.conditions, reach)


def is_open(statement: Statement) -> bool:
    """Tell whether a statement is open to anybody, as far as it is known when it is written.

    What is a token may bound it. A key or an operator that is not known here
    does not, as it is misspelt more often than new.
    """
    reach = exposure(statement)
    if reach is not Exposure.UNKNOWN:
        return reach is Exposure.ANYONE
    known = tuple(
        condition
        for condition in statement.conditions
        if condition_keys.is_known(condition.key)
        and condition_operators.is_known(condition.operator)
    )
    return (
        len(known) < len(statement.conditions)
        and exposure(replace(statement, conditions=known)) is Exposure.ANYONE
    )


def bounded(conditions: Iterable[Condition], reach: Exposure = Exposure.ANYONE) -> Exposure:
    """Tell to whom an allow reaches under its conditions.

    Args:
        conditions: The conditions.
        reach: To whom it reaches without. Default: to anyone.
    """
    given = tuple(conditions)
    there = {c.key.lower() for c in given if _asks_for_key(c)} if len(given) > 1 else ()
    bounds = [_bounds(each, is_there=each.key.lower() in there) for each in given]
    if Exposure.NAMED in bounds:
        return Exposure.NAMED
    return Exposure.UNKNOWN if Exposure.UNKNOWN in bounds else reach


def _named(statement: Statement) -> Exposure:
    """Tell to whom a statement reaches by its principals alone."""
    reach = Exposure.ANYONE if statement.not_principals else Exposure.NAMED
    for principal in statement.principals:
        value = principal.value
        if principal.type != "AWS":
            continue
        if value == "*":
            return Exposure.ANYONE
        if isinstance(value, Unresolved) and value.may_be("*") and reach is Exposure.NAMED:
            reach = Exposure.UNKNOWN
    return reach


def spares_none(condition: Condition) -> bool:
    """Tell whether a condition of a deny holds for every stranger, who is not named or bounded.

    ``StringNotEquals aws:PrincipalOrgID`` does; with ``ForAnyValue:`` it does
    not, as it fails where the key is missing.
    """
    operator = condition.operator.lower().removeprefix("forallvalues:").removesuffix("ifexists")
    opposite = _PLAIN.get(operator)
    if opposite is None:
        return False
    return _bounds(Condition(opposite, condition.key, condition.values)) is Exposure.NAMED


def _asks_for_key(condition: Condition) -> bool:
    """Tell whether a condition holds only for requests that carry its key."""
    asked = {value.lower() if isinstance(value, str) else value for value in condition.values}
    return condition.operator.lower() == "null" and asked == {"false"}


def _bounds(condition: Condition, *, is_there: bool = False) -> Exposure:
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    if is_there:
        operator = operator.removeprefix("forallvalues:").removesuffix("ifexists")
    key = condition.key.lower()
    if operator not in _BINDING_OPERATORS:
        is_known = condition_operators.is_known(condition.operator)
        return Exposure.ANYONE if is_known else Exposure.UNKNOWN
    if key in _OWN:
        own = {str(value).lower() for value in condition.values} <= {*_OWN[key]}
        return Exposure.NAMED if own and condition.values else Exposure.ANYONE
    if key not in condition_keys.BINDING:
        return Exposure.ANYONE if condition_keys.is_known(key) else Exposure.UNKNOWN
    if operator == "ipaddress" and _is_wide_network(condition.values):
        return Exposure.ANYONE
    # The values are alternatives: the widest one decides.
    reaches = [_reach(key, value, exact=operator in _EXACT) for value in condition.values]
    if Exposure.ANYONE in reaches:
        return Exposure.ANYONE
    return Exposure.UNKNOWN if Exposure.UNKNOWN in reaches else Exposure.NAMED


def _is_wide_network(values: Iterable[Text]) -> bool:
    """Tell whether addresses, taken together, are more than one owner has."""
    networks: dict[int, list[Any]] = {4: [], 6: []}
    for value in values:
        try:
            network = ipaddress.ip_network(str(value), strict=False)
        except ValueError:
            continue  # not known, or none, which no address is in
        networks[network.version].append(network)
    return any(
        network.prefixlen < _WIDEST[version]
        for version, found in networks.items()
        for network in ipaddress.collapse_addresses(found)
    )


def _reach(key: str, value: Text, *, exact: bool) -> Exposure:
    text = value if isinstance(value, str) else _known_text(value)
    if is_token(value):
        return Exposure.NAMED
    has_variable = "${" in text
    if has_variable:
        text = _CHARACTER.sub("x", text)
    if exact:
        text = text.replace("*", "x").replace("?", "x")
    elif isinstance(value, Unresolved) and (
        any(value.may_be(each) for each in ("*", *_EVERY_ADDRESS))
        or (key in _ARNS and text.count(":") < _COLONS)
    ):
        return Exposure.UNKNOWN
    pattern = _OF_THE_REQUESTER.sub("*", text) if has_variable else text
    return Exposure.ANYONE if _is_wide(key, pattern) else Exposure.NAMED


def _known_text(value: Unresolved) -> str:
    """Return a string in which the unknown parts are taken to be without wildcards."""
    return "".join(part if isinstance(part, str) else "unknown" for part in value.parts)


def _is_wide(key: str, pattern: str) -> bool:
    """Tell whether a stranger could have a value that matches the pattern."""
    if not pattern.strip("*?"):
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
