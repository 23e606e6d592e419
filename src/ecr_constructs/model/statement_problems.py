"""What Amazon ECR refuses in a statement of a repository policy, or takes and should not.

Layer: model; imports ``errors`` and ``service`` only.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.statement import Statement
from ecr_constructs.model.unresolved import is_known
from ecr_constructs.service import actions

_SERVICE_SOURCES: Final = ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID")


def statement_problems(statement: Statement) -> Iterable[Problem]:
    """Yield what is wrong with one statement; see :meth:`Policy.problems`."""
    yield from _action_problems(statement)
    yield from _principal_problems(statement)
    yield from _condition_problems(statement)
    if statement.resources or statement.not_resources:
        named = [str(value) for value in statement.resources or statement.not_resources]
        yield Problem(
            id="policy-resource",
            path="Resource",
            message=f"a repository policy must have no Resource, got {named!r}",
            fix="leave it out: the policy acts on its own repository",
        )


def _condition_problems(statement: Statement) -> Iterable[Problem]:
    keys = Counter((condition.operator, condition.key) for condition in statement.conditions)
    for (operator, key), count in keys.items():
        if count > 1:
            yield Problem(
                id="policy-condition",
                path=f"Condition.{operator}.{key}",
                message=f"a statement must compare a key once with one operator, got {key!r}"
                f" {count} times with {operator!r}",
                fix="write one list of values, of which one has to match",
            )


def _action_problems(statement: Statement) -> Iterable[Problem]:
    for name in statement.actions + statement.not_actions:
        if not isinstance(name, str) or not is_known(name) or actions.expand(name):
            continue
        if name in actions.REGISTRY:
            message = f"an action must act on a repository, got {name!r}, which acts on the account"
            fix = "allow it in the principal's identity policy instead"
        else:
            message = f"an action must be one that Amazon ECR has, got {name!r}"
            close = actions.nearest(name)
            fix = f"did you mean {close!r}" if close else "write 'ecr:...' as IAM spells it"
        yield Problem(id="policy-action", path="Action", message=message, fix=fix)
    if not statement.actions and not statement.not_actions:
        yield Problem(
            id="policy-action",
            path="Action",
            message="a statement must name actions, got none",
            fix="write 'Action': ['ecr:...']",
        )


def _principal_problems(statement: Statement) -> Iterable[Problem]:
    if not statement.principals and not statement.not_principals:
        yield Problem(
            id="policy-principal",
            path="Principal",
            message="a statement of a repository policy must have a Principal, got none",
            fix="name who it is about",
        )
    for principal in statement.principals + statement.not_principals:
        value = principal.value
        if principal.type == "AWS" and isinstance(value, str) and is_known(value):
            yield from _arn_problems(value)
        if (
            principal.type == "Service"
            and statement.effect == "Allow"
            and not statement.has_condition(*_SERVICE_SOURCES)
        ):
            yield Problem(
                id="policy-confused-deputy",
                path="Condition",
                severity=Severity.WARNING,
                message=f"a service principal must be bound to its source, got {str(value)!r}"
                " without aws:SourceArn or aws:SourceAccount",
                fix=f"use Principals.service({str(value)!r}, source_account=...)",
            )


def _arn_problems(value: str) -> Iterable[Problem]:
    if value == "*" or re.fullmatch(r"[0-9]{12}", value):
        return
    # Deleted users and roles show as the unique id they had, such as AROA...
    if re.fullmatch(r"A[A-Z0-9]{15,127}", value):
        return
    if "*" in value or "?" in value:
        yield Problem(
            id="policy-principal",
            path="Principal",
            message=f"an AWS principal must be a whole ARN without wildcards, got {value!r}",
            fix="name the account and add a condition ArnLike aws:PrincipalArn",
        )
    elif not re.fullmatch(
        r"arn:(aws[a-z-]*):(iam|sts)::([0-9]{12}):(root|(user|role|assumed-role|federated-user)/.+)",
        value,
    ):
        yield Problem(
            id="policy-principal",
            path="Principal",
            message="an AWS principal must be '*', a 12-digit account id or the ARN of an account's"
            f" root, a user, a role or a session, got {value!r}",
            fix="write for example 'arn:aws:iam::111122223333:role/Deploy'",
        )
