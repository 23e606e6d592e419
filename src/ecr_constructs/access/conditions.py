"""Whether the conditions of a statement hold for a request.

Layer: access; imports ``model`` only.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from ecr_constructs.access.context import Context
from ecr_constructs.access.operators import Operator, Quantifier, operator_of
from ecr_constructs.access.text import equals
from ecr_constructs.access.truth import Truth, every, negate, some, told
from ecr_constructs.access.variables import has_variables, substitute
from ecr_constructs.model.statement import Condition
from ecr_constructs.model.unresolved import Text


def holds(condition: Condition, context: Context, *, variables: bool = True) -> Truth:
    """Tell whether a request meets a condition.

    * Values of a condition are alternatives; of a negated one none may match.
    * A key that the request does not carry fails a condition, meets a negated
      one and one with ``IfExists``, and the empty set of its values meets
      ``ForAllValues:`` and fails ``ForAnyValue:``.
    * A key with several values needs ``ForAnyValue:`` or ``ForAllValues:``;
      without, the answer is not known.

    Args:
        condition: One condition of a statement.
        context: The request.
        variables: Whether the policy's version has policy variables.
    """
    operator = operator_of(condition.operator)
    given = context.get(condition.key)
    if operator is None:
        return Truth.UNKNOWN
    if operator.family is None:
        return _is_null(condition.values, given)
    if given is None:
        return Truth.UNKNOWN
    if not given:
        return _without_key(operator)
    if operator.quantifier is Quantifier.ONE and len(given) > 1:
        return Truth.UNKNOWN
    known = context if variables else None
    truths = [_meets(operator, condition.values, value, known) for value in given]
    return every(truths) if operator.quantifier is Quantifier.ALL else some(truths)


def _is_null(expected: tuple[Text, ...], given: tuple[Text, ...] | None) -> Truth:
    """Evaluate ``Null``: ``true`` asks that the key is absent, ``false`` that it is there."""
    if given is None:
        return Truth.UNKNOWN
    absent = "false" if given else "true"
    return some(equals(value, absent, ignore_case=True) for value in expected)


def _without_key(operator: Operator) -> Truth:
    if operator.if_exists:
        return Truth.YES
    if operator.quantifier is Quantifier.ONE:
        return told(operator.negated)
    return told(operator.quantifier is Quantifier.ALL)


def _meets(
    operator: Operator, expected: tuple[Text, ...], value: Text, context: Context | None
) -> Truth:
    """Tell whether one value of a request meets the condition."""
    matched = some(_matches(operator, each, value, context) for each in expected)
    return negate(matched) if operator.negated else matched


def _matches(operator: Operator, expected: Text, value: Text, context: Context | None) -> Truth:
    family = operator.family
    assert family is not None
    if context is None or family.by_pattern is None or not has_variables(expected):
        return family.compare(expected, value)
    pattern = substitute(expected, context, wildcards=family.wildcards)
    if pattern is None:
        # A variable without a value makes a comparison fail; what IAM then makes of a negated
        # one ("might cause the entire statement to be invalid") is not said for sure.
        return Truth.UNKNOWN if operator.negated else Truth.NO
    return family.by_pattern(pattern, value)
