"""The condition operators of IAM.

Layer: access; imports ``model`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import functools
import ipaddress
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

from ecr_constructs.access.text import (
    Pattern,
    Wild,
    arn_fields,
    equals,
    like,
    matches,
    pattern_of,
    split_pattern,
)
from ecr_constructs.access.truth import Truth, every, told
from ecr_constructs.model.unresolved import Text, Unresolved

#: Tells whether the value of a request (second) matches one of a condition (first).
Compare: TypeAlias = Callable[[Text, Text], Truth]


class Quantifier(StrEnum):
    """How a key with several values is compared."""

    ONE = ""
    ANY = "foranyvalue:"
    ALL = "forallvalues:"


@dataclass(frozen=True, slots=True)
class Family:
    """Operators that compare alike.

    Attributes:
        compare: Compares two values.
        by_pattern: Compares where policy variables were put in; None where the
            operator takes no variables.
        wildcards: Whether ``*`` and ``?`` are wildcards.
    """

    compare: Compare
    by_pattern: Callable[[Pattern, Text], Truth] | None = None
    wildcards: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator, taken apart.

    Attributes:
        family: How it compares; None for ``Null``.
        negated: Whether it holds where nothing matches.
        if_exists: Whether it holds where the request does not carry the key.
        quantifier: ``ForAnyValue:``, ``ForAllValues:`` or neither.
    """

    family: Family | None
    negated: bool = False
    if_exists: bool = False
    quantifier: Quantifier = Quantifier.ONE


@functools.lru_cache(maxsize=256)
def operator_of(name: str) -> Operator | None:
    """Return the operator of this name, or None if IAM has none; case does not matter."""
    rest = name.lower()
    quantifier = next(q for q in reversed(Quantifier) if rest.startswith(q))
    rest = rest.removeprefix(quantifier)
    if rest == "null":
        return Operator(None, quantifier=quantifier)
    if_exists = rest.endswith("ifexists")
    rest = rest.removesuffix("ifexists")
    if rest in _POSITIVE:
        return Operator(_POSITIVE[rest], False, if_exists, quantifier)
    if rest in _NEGATED:
        return Operator(_NEGATED[rest], True, if_exists, quantifier)
    return None


def arn_like(pattern: Text, value: Text) -> Truth:
    """Compare two ARNs field by field, so that no ``*`` reaches over a colon but in the last.

    What IAM makes of a pattern with fewer than six fields is not published:
    ``*`` alone is taken to match all, and no answer is given for others that
    would match as text.
    """
    if isinstance(pattern, str) and isinstance(value, str) and "{Token[" not in pattern:
        wanted, given = pattern.split(":", 5), value.split(":", 5)
        if len(wanted) == len(given) == 6:  # noqa: PLR2004 - the fields of an ARN
            return every(map(like, wanted, given))
    return arn_matches(pattern_of(pattern), value)


def arn_matches(pattern: Pattern, value: Text) -> Truth:
    """Compare an ARN to a pattern in pieces; see :func:`arn_like`."""
    if tuple(pattern) == (Wild.MANY,):
        return Truth.YES
    wanted, given = split_pattern(pattern, ":", 5), arn_fields(value)
    if given is not None and wanted is not None:
        return every(map(matches, wanted, given))
    if isinstance(value, str) and given is None:
        return Truth.NO  # the request's value is no ARN
    whole = matches(pattern, value)
    same = whole is Truth.YES and Wild.MANY not in pattern and Wild.ONE not in pattern
    return whole if same else min(whole, Truth.UNKNOWN)


def in_network(network: Text, address: Text) -> Truth:
    """Tell whether an address lies in a network; an address alone is a network of its own."""
    if isinstance(network, Unresolved) or isinstance(address, Unresolved):
        return Truth.UNKNOWN
    try:
        within, given = ipaddress.ip_network(network, strict=False), ipaddress.ip_address(address)
    except ValueError:
        return Truth.UNKNOWN
    return told(given in within)


def _typed(read: Callable[[str], Any], relation: Callable[[Any, Any], bool]) -> Family:
    """Return the comparison of values of another type than text."""

    def compare(expected: Text, value: Text) -> Truth:
        if isinstance(expected, Unresolved) or isinstance(value, Unresolved):
            return Truth.UNKNOWN
        try:
            return told(relation(read(value), read(expected)))
        except (ValueError, OverflowError):
            return Truth.UNKNOWN  # none of its type: AWS would have refused the policy

    return Family(compare)


def _date(text: str) -> datetime:
    """Read a date as ISO 8601 or as seconds since 1970."""
    if text.lstrip("-").isdecimal():
        return datetime.fromtimestamp(int(text), UTC)
    date = datetime.fromisoformat(text)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


_EQUAL: Final = Family(equals, matches)
_EQUAL_IGNORING_CASE: Final = Family(
    functools.partial(equals, ignore_case=True), functools.partial(matches, ignore_case=True)
)
_LIKE: Final = Family(like, matches, wildcards=True)
_ARN: Final = Family(arn_like, arn_matches, wildcards=True)
_NETWORK: Final = Family(in_network)
_NUMBER_EQUAL: Final = _typed(float, operator.eq)
_DATE_EQUAL: Final = _typed(_date, operator.eq)
_POSITIVE: Final = {
    "stringequals": _EQUAL,
    "stringequalsignorecase": _EQUAL_IGNORING_CASE,
    "stringlike": _LIKE,
    "arnequals": _ARN,
    "arnlike": _ARN,
    "bool": _EQUAL_IGNORING_CASE,
    "ipaddress": _NETWORK,
    "binaryequals": _typed(_bytes, operator.eq),
    "numericequals": _NUMBER_EQUAL,
    "numericlessthan": _typed(float, operator.lt),
    "numericlessthanequals": _typed(float, operator.le),
    "numericgreaterthan": _typed(float, operator.gt),
    "numericgreaterthanequals": _typed(float, operator.ge),
    "dateequals": _DATE_EQUAL,
    "datelessthan": _typed(_date, operator.lt),
    "datelessthanequals": _typed(_date, operator.le),
    "dategreaterthan": _typed(_date, operator.gt),
    "dategreaterthanequals": _typed(_date, operator.ge),
}
_NEGATED: Final = {
    "stringnotequals": _EQUAL,
    "stringnotequalsignorecase": _EQUAL_IGNORING_CASE,
    "stringnotlike": _LIKE,
    "arnnotequals": _ARN,
    "arnnotlike": _ARN,
    "notipaddress": _NETWORK,
    "numericnotequals": _NUMBER_EQUAL,
    "datenotequals": _DATE_EQUAL,
}
