"""Whom to ask for when the question is who can do something.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.access.answer import Answer, Side
from ecr_constructs.access.caller import Caller, Kind, named_by
from ecr_constructs.access.directory import Directory
from ecr_constructs.access.operators import operator_of
from ecr_constructs.access.request import Target
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.statement import ANYONE, Effect, Statement

#: Conditions that single out principals whom the ``Principal`` element does not name.
_SINGLING_OUT: Final = ("aws:principalarn", "aws:principaltag/", "aws:userid", "aws:username")


def candidates(target: Target, directory: Directory) -> Iterator[Caller]:
    """Yield whoever the policies of a repository name, and the identities of the assembly.

    A role that a condition on ``aws:PrincipalArn`` names is one, too. Everybody
    who is named by nothing but ``*`` or an account is stood for by that.
    """
    for document in (target.repository.repository_policy, target.registry.registry_policy):
        if isinstance(document, Policy):
            for statement in document.statements:
                if statement.effect is Effect.ALLOW:
                    yield from _named(statement, directory)
    yield from directory.callers


def stands_out(caller: Caller, answer: Answer) -> bool:
    """Tell whether an identity has access by more than a statement for everybody like it."""
    if caller.identity is None:
        return True
    for placed in answer.statements:
        statement = placed.statement
        if statement is None or placed.source.side is Side.IDENTITY:
            return True
        wide = (named_by(p).kind in (Kind.ANYONE, Kind.ACCOUNT) for p in statement.principals)
        if not all(wide) or any(
            condition.key.lower().startswith(_SINGLING_OUT) for condition in statement.conditions
        ):
            return True
    return False


def _named(statement: Statement, directory: Directory) -> Iterator[Caller]:
    for principal in statement.principals or (ANYONE,):
        if principal.type == "AWS":
            yield directory.caller(principal.value)
        elif principal.type == "Service":
            yield Caller(named_by(principal))
    for condition in statement.conditions:
        operator = operator_of(condition.operator)
        if condition.key.lower() != "aws:principalarn" or operator is None or operator.negated:
            continue
        for value in condition.values:
            caller = directory.caller(value)
            if caller.kind in (Kind.ROLE, Kind.USER):
                yield caller
