"""Whether a role of the assembly is one that Amazon ECR can take, and may do what it is for.

Layer: checks; imports ``model``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecr_constructs.checks.rule import violation
from ecr_constructs.model.identity import Identity
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.statement import ANYONE, Effect, Principal, Statement
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import actions

_ASSUME = "sts:AssumeRole"


def role_problems(
    identities: Iterable[Identity], arn: Text | None, service: str, needed: frozenset[str]
) -> Iterator[Problem]:
    """Yield why a service cannot work with a role, as far as the assembly defines the role.

    Args:
        identities: The roles and users of the assembly.
        arn: The role's ARN; None for none.
        service: The service that takes it, such as ``ecr.amazonaws.com``.
        needed: The actions that it is for.
    """
    role = next((each for each in identities if arn and each.is_called(arn)), None)
    if role is None or role.partial:
        return
    if isinstance(role.trust, Policy) and not _trusts(role.trust, service):
        yield violation(
            f"{service} cannot take the role {role.name}: its trust policy does not let it",
            f"trust it: {{Effect: Allow, Principal: {{Service: {service}}}, Action: {_ASSUME}}}",
            path="CustomRoleArn",
            detail="Trust",
        )
    lacking = sorted(needed - _allowed(role, needed))
    if lacking:
        yield violation(
            f"the role {role.name} may not do what it is for: {', '.join(lacking)}",
            "allow it in a policy of the role",
            path="CustomRoleArn",
            detail="Permission",
        )


def _trusts(trust: Policy, service: str) -> bool:
    """Tell whether a trust policy lets a service in; what is not known may."""
    wanted = Principal("Service", service)
    return any(
        each.effect is Effect.ALLOW
        and _covers(each, frozenset({_ASSUME}))
        and (
            wanted in each.principals
            or ANYONE in each.principals
            or not all(is_known(principal.value) for principal in each.principals)
        )
        for each in trust.statements
    )


def _allowed(role: Identity, needed: frozenset[str]) -> frozenset[str]:
    """Return which actions the policies of a role allow; all, where one is not known."""
    documents = [policy.document for policy in role.policies]
    known = [each for each in documents if isinstance(each, Policy)]
    if len(known) < len(documents):
        return needed
    found: frozenset[str] = frozenset()
    for policy in known:
        for statement in policy.statements:
            if statement.effect is Effect.ALLOW:
                found |= _covers(statement, needed)
    return found


def _covers(statement: Statement, wanted: frozenset[str]) -> frozenset[str]:
    """Return which actions a statement is about, those that it may be about too."""
    if not all(map(is_known, statement.actions + statement.not_actions)):
        return wanted
    if statement.not_actions:
        return wanted - actions.covered(statement.not_actions, wanted)
    return actions.covered(statement.actions, wanted)
