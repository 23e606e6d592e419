"""Conditions of a template, in a logic of three values: true, false, and cannot be told.

Layer: sources; imports ``model`` only.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.sources.intrinsics import NO_VALUE, resolve
from ecr_constructs.sources.reading import MAX_DEPTH
from ecr_constructs.sources.text import as_text

if TYPE_CHECKING:
    from ecr_constructs.sources.stack import Stack


def evaluate(stack: Stack, expression: Any) -> bool | None:
    """Return what a condition's expression is; None where it cannot be told."""
    reading = stack.reading
    if not isinstance(expression, dict) or len(expression) != 1 or reading.depth >= MAX_DEPTH:
        return None
    ((name, argument),) = expression.items()
    function = _FUNCTIONS.get(name)
    if function is None:
        return None
    reading.depth += 1
    try:
        return function(stack, argument)
    finally:
        reading.depth -= 1


def _named(stack: Stack, argument: Any) -> bool | None:
    return stack.condition(argument, argument) if isinstance(argument, str) else None


def _not(stack: Stack, argument: Any) -> bool | None:
    if not isinstance(argument, list) or len(argument) != 1:
        return None
    answer = evaluate(stack, argument[0])
    return None if answer is None else not answer


def _and(stack: Stack, argument: Any) -> bool | None:
    return _all_are(stack, argument, wanted=True)


def _or(stack: Stack, argument: Any) -> bool | None:
    # One that holds is enough: not all of them are false.
    return _all_are(stack, argument, wanted=False)


def _all_are(stack: Stack, argument: Any, *, wanted: bool) -> bool | None:
    if not isinstance(argument, list) or not argument:
        return None
    answers = [evaluate(stack, each) for each in argument]
    if (not wanted) in answers:
        return not wanted
    return None if None in answers else wanted


def _equals(stack: Stack, argument: Any) -> bool | None:
    if not isinstance(argument, list) or len(argument) != 2:  # noqa: PLR2004 - left and right
        return None
    left, right = (resolve(stack, each) for each in argument)
    texts = as_text(left), as_text(right)
    if None in texts:  # lists and objects, which may have unknown parts
        return True if left == right and NO_VALUE not in (left, right) else None
    if texts[0] == texts[1]:
        return True  # known, or the same unknown value on both sides
    return None if _may_be(*texts) or _may_be(*reversed(texts)) else False


def _may_be(unknown: Text | None, other: Text | None) -> bool:
    if not isinstance(unknown, Unresolved):
        return False
    return isinstance(other, Unresolved) or (isinstance(other, str) and unknown.may_be(other))


_FUNCTIONS: Final[Mapping[str, Callable[[Stack, Any], bool | None]]] = {
    "Condition": _named,
    "Fn::And": _and,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::Or": _or,
}
