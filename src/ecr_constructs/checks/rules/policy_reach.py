"""Rules about whom a resource policy reaches: of a repository, a registry or a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.held import Held
from ecr_constructs.checks.policies import each_policy, each_statement, named
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.sources import GUIDE, IAM
from ecr_constructs.model.baseline import Control
from ecr_constructs.model.exposure import Exposure, bounded, exposure
from ecr_constructs.model.governance import administered
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.statement import ANYONE, Condition, Effect, Statement
from ecr_constructs.model.taken_back import (
    is_denied_to_strange_services,
    left_to_accounts,
    left_to_strangers,
)
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.model.words import examples
from ecr_constructs.service import condition_keys, condition_operators, patterns

#: What writes an allow for an organisation.
_BOUNDED: Final = {
    PolicyKind.REPOSITORY: "allow_pull(Principals.organization())",
    PolicyKind.REGISTRY: "registry.allow(Principals.organization(), actions=[...])",
    PolicyKind.PUBLIC_REPOSITORY: "allow_push(Principals.organization())",
}
#: What to allow another account instead of administering.
_INSTEAD: Final = {
    PolicyKind.REGISTRY: "allow what replication and caching need: ecr:ReplicateImage,"
    " ecr:CreateRepository, ecr:BatchImportUpstreamImage",
    PolicyKind.PUBLIC_REPOSITORY: "allow the actions of ecr-public that push, such as PutImage",
}
_ORGANIZATION: Final = frozenset({"aws:principalorgid", "aws:principalorgpaths"})


def _public_principal(held: Held, statement: Statement, name: str) -> Iterator[Problem]:
    reach = exposure(statement)
    if reach is Exposure.NAMED:
        return
    what = ", ".join(map(str, statement.actions)) or "all actions but some"
    left = left_to_strangers(statement, _beside(held), held.kind.rules.actions)
    if left.is_less:
        if not left.to_strangers:
            return
        what = examples(sorted(left.to_strangers))
    kind = "NotPrincipal" if statement.not_principals else "Principal '*'"
    detail = named(statement, "NotPrincipal" if statement.not_principals else "Principal::*")
    if reach is Exposure.UNKNOWN:
        why = "its principal or condition is not known before deployment"
        odd = [
            f"{c.operator} {c.key}"
            for c in statement.conditions
            if not (condition_keys.is_known(c.key) and condition_operators.is_known(c.operator))
        ]
        if odd:
            why = f"whether anybody can meet {examples(odd)} is not known"
        yield violation(
            f"{name} may open {what} to anybody: {why}",
            "write the principal out, or bound it by StringEquals aws:PrincipalOrgID",
            detail=detail,
            unknown=True,
        )
        return
    bound = "without a condition that bounds it"
    if statement.conditions:
        given = ", ".join(f"{c.operator} {c.key}" for c in statement.conditions)
        bound = f"and its conditions bound nobody: {given}"
    if left.is_less:
        bound += ", and no deny takes that back"
    yield violation(
        f"{name} opens {what} to anybody: {kind} {bound}",
        f"name accounts, or bound it by StringEquals aws:PrincipalOrgID: {_BOUNDED[held.kind]}",
        detail=detail,
    )


def _administrative_access(held: Held, statement: Statement, name: str) -> Iterator[Problem]:
    if statement.effect is Effect.DENY:
        return
    actions = administered(statement, held.kind)
    unknown_actions = [str(a) for a in statement.actions if isinstance(a, Unresolved)]
    if actions:
        everything = held.kind.rules.actions
        actions &= left_to_accounts(statement, _beside(held), everything, held.account)
    if not (actions or unknown_actions):
        return
    reaches = _reaches_others(statement, held.account)
    if reaches is False:
        return
    what = f"the {'registry' if held.kind == 'registry' else 'repository'}"
    detail = named(statement, f"Action::{', '.join(map(str, statement.actions)) or 'NotAction'}")
    fix = _INSTEAD.get(held.kind, "allow pull and push only: allow_pull_push(...)")
    if actions and reaches:
        yield violation(
            f"{name} lets other accounts administer {what}: {examples(sorted(actions))}",
            fix,
            detail=detail,
        )
    else:
        unknown = f"it allows {examples(sorted(actions) or unknown_actions)}"
        yield violation(
            f"{name} may let other accounts administer {what}: {unknown}, and its principals or"
            " actions are not known before deployment",
            fix,
            detail=detail,
            unknown=True,
        )


def _confused_deputy(held: Held, statement: Statement, name: str) -> Iterator[Problem]:
    if statement.effect is Effect.DENY:
        return
    services = [str(p.value) for p in statement.principals if p.type == "Service"]
    if not services:
        yield from _any_service(held, statement, name)
        return
    # What bounds anybody bounds a service, as long as the key is one that services bring.
    bound = bounded(statement.conditions)
    if bound is Exposure.NAMED or is_denied_to_strange_services(
        statement, _beside(held), held.kind.rules.actions
    ):
        return
    can = "may act" if bound is Exposure.UNKNOWN else "can be made to act"
    # What is no service is refused as such.
    service = services[0] if patterns.SERVICE_PRINCIPAL.fullmatch(services[0]) else "<service>"
    yield violation(
        f"{name} trusts {examples(services)} whoever it works for: it {can} for any account, as no"
        " condition binds its source",
        "bind it by StringEquals aws:SourceAccount or ArnLike aws:SourceArn:"
        f" Principals.service({service!r}, source_account=...)",
        detail=named(statement, f"Service::{services[0]}"),
        unknown=bound is Exposure.UNKNOWN,
    )


def _any_service(held: Held, statement: Statement, name: str) -> Iterator[Problem]:
    """Yield that an allow for everybody is taken back from all but AWS services."""
    if exposure(statement) is not Exposure.ANYONE:
        return
    left = left_to_strangers(statement, _beside(held), held.kind.rules.actions)
    if left.to_services and not left.to_strangers:
        yield violation(
            f"{name} is for everybody, and the policy denies it to outsiders but to AWS services:"
            f" each can be made to act for any account, as no condition binds its source:"
            f" {examples(sorted(left.to_services))}",
            f"bound the allow itself by StringEquals aws:PrincipalOrgID: {_BOUNDED[held.kind]}",
            detail=named(statement, "Principal::*"),
        )


def _beside(held: Held) -> tuple[Statement, ...]:
    """Return the statements of the policy that a statement stands in."""
    return held.document.statements if isinstance(held.document, Policy) else ()


def _organization_boundary(held: Held, policy: Policy) -> Iterator[Problem]:
    denies = tuple(filter(_denies_outsiders, policy.statements))
    for index, statement in enumerate(policy.statements):
        reaches = _reaches_others(statement, held.account)
        if statement.effect is Effect.DENY or reaches is False:
            continue
        if any(_binds_organization(condition) for condition in statement.conditions):
            continue
        left = left_to_strangers(statement, denies, held.kind.rules.actions)
        if left.is_less and not left.to_strangers:
            continue
        name = f"statement {statement.sid or index + 1} of {held.what}"
        verb = "may allow" if reaches is None else "allows"
        yield violation(
            f"{name} {verb} principals of other accounts without asking for their organisation",
            "add a condition StringEquals aws:PrincipalOrgID, or deny_outside_organization()",
            path=f"Statement[{index}]",
            detail=named(statement, "Principal::" + ", ".join(_principals(statement))),
            unknown=reaches is None,
        )


def _reaches_others(statement: Statement, account: Text) -> bool | None:
    """Tell whether a statement is about principals of other accounts; None if it may be."""
    if ANYONE in statement.principals or statement.not_principals:
        return not any(_binds_account(condition, account) for condition in statement.conditions)
    answer: bool | None = False
    for principal in statement.principals:
        owner = principal.account
        if owner is None or owner == account:
            continue
        if isinstance(owner, str) and isinstance(account, str):
            return True
        answer = None
    return answer


def _binds_account(condition: Condition, account: Text) -> bool:
    return (
        condition.operator.lower() == "stringequals"
        and condition.key.lower() == "aws:principalaccount"
        and set(condition.values) == {account}
    )


def _binds_organization(condition: Condition) -> bool:
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    return operator in {"stringequals", "stringlike"} and condition.key.lower() in _ORGANIZATION


def _denies_outsiders(statement: Statement) -> bool:
    return (
        statement.effect is Effect.DENY
        and ANYONE in statement.principals
        and any(
            condition.key.lower() in _ORGANIZATION
            and condition.operator.lower().startswith(("stringnot", "forallvalues:stringnot"))
            for condition in statement.conditions
        )
    )


def _principals(statement: Statement) -> list[str]:
    return [str(p.value) for p in statement.principals or statement.not_principals]


RULES: Final = (
    Rule(
        id="EcrGovernance-PublicPrincipal",
        severity=Severity.ERROR,
        title="A policy opens nothing to anybody",
        explanation="An allow for every principal lets any AWS account in the world use the"
        " repository, unless a condition bounds it to principals or networks of its owner, or a"
        " deny in the same policy takes it back from everybody else. NotPrincipal in an allow, and"
        " conditions that also hold when their key is missing (...IfExists, ForAllValues) or that"
        " anybody can meet, bound nobody.",
        remediation="Name accounts, or allow_pull(Principals.organization()). In CloudFormation:"
        " Condition: {StringEquals: {aws:PrincipalOrgID: o-...}}.",
        source=f"{GUIDE}/repository-policy-examples.html",
        control=Control.PUBLIC_ACCESS,
        elsewhere={
            "Prowler": "ecr_repositories_not_publicly_accessible",
            "cdk-nag": "AwsSolutions-ECR1",
            "checkov": "CKV_AWS_32",
            "Trivy": "AWS-0032",
        },
        check=each_statement(_public_principal),
    ),
    Rule(
        id="EcrGovernance-AdministrativeAccess",
        severity=Severity.ERROR,
        title="Other accounts pull and push, and administer nothing",
        explanation="Whoever may delete images, or change the policy, the lifecycle policy, the"
        " mutability or the scanning of a repository, is its owner in all but name. That is for"
        " the account that has it.",
        remediation="allow_pull(...), allow_push(...). In CloudFormation: name the actions, such as"
        " ecr:BatchGetImage, and no ecr:*.",
        source=f"{GUIDE}/repository-policies.html",
        control=Control.ADMINISTRATIVE_ACCESS,
        check=each_statement(_administrative_access),
    ),
    Rule(
        id="EcrGovernance-ConfusedDeputy",
        severity=Severity.WARNING,
        title="A service acts for known accounts only",
        explanation="An AWS service works for everybody. A statement that trusts it without"
        " aws:SourceArn or aws:SourceAccount lets it pull for a function or a project of any"
        " account: the confused deputy. So does an allow for everybody that a deny takes back from"
        " all but services.",
        remediation="Principals.lambda_functions(), Principals.codebuild_projects(),"
        " Principals.service(..., source_account=...). In CloudFormation: Condition: {StringEquals:"
        " {aws:SourceAccount: <account>}}.",
        source=f"{GUIDE}/cross-service-confused-deputy-prevention.html",
        check=each_statement(_confused_deputy),
    ),
    Rule(
        id="EcrGovernance-OrganizationBoundary",
        severity=Severity.WARNING,
        title="Other accounts have access as members of an organisation",
        explanation="An account that is named keeps its access when it leaves the organisation. A"
        " condition on aws:PrincipalOrgID or aws:PrincipalOrgPaths in the statement, or a deny for"
        " everybody outside, ends it. For registries that share with no partner.",
        remediation="allow_pull(Principals.organization()), or deny_outside_organization(). In"
        " CloudFormation: Condition: {StringEquals: {aws:PrincipalOrgID: o-...}}.",
        source=f"{IAM}/reference_policies_condition-keys.html",
        opt_in=True,
        check=each_policy(_organization_boundary),
    ),
)
