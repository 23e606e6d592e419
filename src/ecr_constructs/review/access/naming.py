"""Whom a statement singles out, by its principals and by its conditions.

Layer: review. A statement for ``*`` or for an account with a condition on
``aws:PrincipalArn`` or ``aws:PrincipalAccount`` is about the principals that the
condition names, so that it makes no difference which of the two names them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.access.named import Kind, named_by
from ecr_constructs.access.operators import operator_of
from ecr_constructs.access.text import like
from ecr_constructs.model.statement import ANYONE, Condition, Principal, Statement
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.review.access.form import Form
from ecr_constructs.review.access.terms import Term

_ARN: Final = "aws:principalarn"
_ACCOUNT: Final = "aws:principalaccount"
_NAMING_OPERATORS: Final = frozenset({"stringequals", "stringlike", "arnequals", "arnlike"})
#: What a condition that names principals stands for, by what the statement names.
_NAMING_KEYS: Final = {Kind.ANYONE: {_ARN, _ACCOUNT}, Kind.ACCOUNT: {_ARN}}


def named_in(statement: Statement, partition: str) -> Iterator[Principal]:
    """Yield the principals that a statement names, each account by the ARN of its root."""
    for principal in statement.principals or statement.not_principals or (ANYONE,):
        if principal.type in ("AWS", "Service"):
            yield principal.as_arn(partition)
    if statement.not_principals:
        yield ANYONE
    for condition in statement.conditions:
        if condition.key.lower() in (_ARN, _ACCOUNT) and _names(condition):
            for value in condition.values:
                principal = Principal("AWS", value).as_arn(partition)
                if named_by(principal).kind in (Kind.ROLE, Kind.USER, Kind.ACCOUNT, Kind.SESSION):
                    yield principal


def without_named(form: Form, kind: Kind) -> Form | None:
    """Return a form without what is about principals that :func:`named_in` yields.

    Args:
        form: What has to hold for a caller.
        kind: What the caller is.

    Returns:
        None where nothing is left that allows it.
    """
    keys = _NAMING_KEYS.get(kind)
    if keys is None:
        return form
    return form.without(lambda branch: any(_is_naming(term, keys) for term in branch))


def _is_naming(term: Term, keys: set[str]) -> bool:
    return term.key in keys and term.condition is not None and _names(term.condition)


def _names(condition: Condition) -> bool:
    """Tell whether a condition holds for principals that it names one by one."""
    operator = operator_of(condition.operator)
    if operator is None or operator.family is None or operator.negated or operator.if_exists:
        return False
    if condition.operator.lower() not in _NAMING_OPERATORS:
        return False
    literal = operator.family.compare is not like and condition.operator.lower() != "arnlike"
    return all(_is_literal(value, exact=literal) for value in condition.values)


def _is_literal(value: Text, *, exact: bool) -> bool:
    if not is_known(value):
        return True
    text = str(value)
    return "${" not in text and (exact or ("*" not in text and "?" not in text))
