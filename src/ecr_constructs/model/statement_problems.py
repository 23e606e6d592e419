"""What Amazon ECR refuses in a statement of a resource policy, or takes and should not.

Layer: model; imports ``errors`` and ``service`` only.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from ecr_constructs.model import wildcard
from ecr_constructs.model.policy_kind import PolicyKind, PolicyRules
from ecr_constructs.model.policy_principal import Principal
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.statement import Statement
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import actions, condition_operators
from ecr_constructs.service.partitions import partition_of

#: Everybody, an account, an ARN, or the unique id that a deleted user or role had, such as AROA...
_WHOLE: Final = re.compile(
    r"\*|[0-9]{12}|A[A-Z0-9]{15,127}|arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:"
    r"(root|(user|role|assumed-role|federated-user)/[^*?\n]+)"
)
#: Most services' names end in amazonaws.com or what a partition has for it, a few in others.
_SERVICE: Final = re.compile(r"([a-z0-9-]+\.)+[a-z]+", re.IGNORECASE)
_SERVICE_SOURCES: Final = (
    *("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"),
)
#: Principals that sign no request to Amazon ECR, and whom to name instead.
_INSTEAD: Final = {
    "Federated": "name the role whose trust policy names the provider",
    "CanonicalUser": "name the account by its 12 digits: Amazon S3 alone knows canonical users",
}


def statement_problems(
    statement: Statement,
    kind: PolicyKind = PolicyKind.REPOSITORY,
    *,
    account: Text | None = None,
    region: Text | None = None,
) -> Iterable[Problem]:
    """Yield what is wrong with one statement of a policy; see :meth:`Policy.problems`."""
    rules = kind.rules
    yield from _action_problems(statement.actions, statement.not_actions, kind)
    yield from _principal_problems(statement, rules, _partition_of(region))
    if statement.conditions:
        yield from _condition_problems(statement)
    if rules.needs_resource:
        yield from _registry_resource_problems(statement, account, region)
    elif statement.resources or statement.not_resources:
        named = [str(value) for value in statement.resources or statement.not_resources]
        yield Problem(
            id="policy-resource",
            path="Resource",
            severity=rules.resource_severity,
            message=f"{rules.what} must have no Resource, got {named!r}",
            fix="leave it out: the policy acts on its own repository",
        )


def _registry_resource_problems(
    statement: Statement, account: Text | None, region: Text | None
) -> Iterable[Problem]:
    """Yield what is wrong with the resources of a statement about a whole registry."""
    known_region = region if isinstance(region, str) and is_known(region) else None
    known_account = account if isinstance(account, str) and is_known(account) else None
    partition = _partition_of(region)
    own = f"arn:{partition or '*'}:ecr:{known_region or '*'}:{known_account or '*'}:repository/*"
    example = (
        f"arn:{partition or 'aws'}:ecr:{known_region or 'eu-west-1'}:"
        f"{known_account or '111122223333'}:repository/*"
    )
    if not statement.resources and not statement.not_resources:
        yield Problem(
            id="policy-resource",
            path="Resource",
            message="a statement of a registry policy must have a Resource, got none",
            fix=f"write {example!r} for all repositories, or a prefix of their names",
        )
    for value in statement.resources:
        if isinstance(value, str) and is_known(value) and not wildcard.overlap(value, own):
            yield Problem(
                id="policy-resource",
                path="Resource",
                message="a Resource of a registry policy must be repositories of that registry, got"
                f" {value!r}",
                fix=f"write for example {example!r}",
            )


def _condition_problems(statement: Statement) -> Iterable[Problem]:
    for condition in statement.conditions:
        if not condition_operators.is_known(condition.operator):
            meant = condition_operators.nearest(condition.operator)
            yield Problem(
                id="policy-condition",
                path=f"Condition.{condition.operator}",
                message="a condition must have an operator that IAM has, got"
                f" {condition.operator!r}",
                fix=f"did you mean {meant!r}" if meant else "write for example 'StringEquals'",
            )
    if len(statement.conditions) == 1:
        return
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


# The statements of a fleet name the same few sets of actions.
@functools.lru_cache(maxsize=512)
def _action_problems(
    named: tuple[Text, ...], excluded: tuple[Text, ...], kind: PolicyKind
) -> tuple[Problem, ...]:
    return tuple(_wrong_actions(named + excluded, kind.rules))


def _wrong_actions(names: tuple[Text, ...], rules: PolicyRules) -> Iterable[Problem]:
    for name in names:
        if not isinstance(name, str) or not is_known(name) or actions.expand(name, rules.actions):
            continue
        if name in rules.account_actions:
            message = f"an action must act on a repository, got {name!r}, which acts on the account"
            fix = "allow it in the principal's identity policy instead"
        else:
            service = "Amazon ECR" if rules.prefix == "ecr:" else "Amazon ECR Public"
            message = f"an action must be one that {service} has, got {name!r}"
            close = _nearest(name, rules)
            fix = (
                f"did you mean {close!r}"
                if close
                else f"write '{rules.prefix}...' as IAM spells it"
            )
        yield Problem(id="policy-action", path="Action", message=message, fix=fix)
    if not names:
        yield Problem(
            id="policy-action",
            path="Action",
            message="a statement must name actions, got none",
            fix=f"write 'Action': ['{rules.prefix}...']",
        )


def _nearest(name: str, rules: PolicyRules) -> str | None:
    """Return the action that was meant, of the other service's name too."""
    everything = rules.actions | rules.account_actions
    own = rules.prefix + name.rpartition(":")[2]
    return actions.nearest(name, everything) or actions.nearest(own, everything)


def _principal_problems(
    statement: Statement, rules: PolicyRules, partition: str | None
) -> Iterable[Problem]:
    if not statement.principals and not statement.not_principals:
        yield Problem(
            id="policy-principal",
            path="Principal",
            message=f"a statement of {rules.what} must have a Principal, got none",
            fix="name who it is about",
        )
    own = f"arn:{partition}:"
    for principal in statement.principals + statement.not_principals:
        value = principal.value
        if principal.type == "AWS" and isinstance(value, str) and not _WHOLE.fullmatch(value):
            yield from _arn_problems(value)
        elif principal.type != "AWS":
            yield from _kind_problems(principal)
        elif (
            partition
            and isinstance(value, str)
            and not value.startswith(own)
            and value.startswith("arn:")
            and is_known(value)
        ):
            yield _partition_problem(value, partition)
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


# A fleet is in a few Regions.
@functools.lru_cache(maxsize=64)
def _partition_of(region: Text | None) -> str | None:
    return partition_of(region) if isinstance(region, str) and is_known(region) else None


def _partition_problem(value: str, partition: str) -> Problem:
    """Return that a principal is of another partition, where IAM cannot find it."""
    return Problem(
        id="policy-principal",
        path="Principal",
        message=f"an AWS principal must be of the registry's partition, {partition!r}, got"
        f" {value!r}",
        fix=f"write 'arn:{partition}:...', or Fn::Sub with ${{AWS::Partition}}",
    )


def _kind_problems(principal: Principal) -> Iterable[Problem]:
    """Yield what is wrong with a principal that is none of an account."""
    value = principal.value
    if principal.type in _INSTEAD:
        yield Problem(
            id="policy-principal",
            path="Principal",
            severity=Severity.WARNING,
            message=f"a principal must be one that signs requests to Amazon ECR, got the"
            f" {principal.type} {str(value)!r}",
            fix=_INSTEAD[principal.type],
        )
    elif isinstance(value, str) and is_known(value) and not _SERVICE.fullmatch(value):
        yield Problem(
            id="policy-principal",
            path="Principal",
            message=f"a service must be given by the whole name of its principal, got {value!r}",
            fix="write for example 'lambda.amazonaws.com'",
        )


def _arn_problems(value: str) -> Iterable[Problem]:
    """Yield what is wrong with a principal that is not written out as a whole."""
    if not is_known(value):
        return
    if "*" in value or "?" in value:
        yield Problem(
            id="policy-principal",
            path="Principal",
            message=f"an AWS principal must be a whole ARN without wildcards, got {value!r}",
            fix="name the account and add a condition ArnLike aws:PrincipalArn",
        )
    else:
        yield Problem(
            id="policy-principal",
            path="Principal",
            message="an AWS principal must be '*', a 12-digit account id or the ARN of an account's"
            f" root, a user, a role or a session, got {value!r}",
            fix="write for example 'arn:aws:iam::111122223333:role/Deploy'",
        )
