"""Whose pulls do not count as the last pull of an image.

Layer: constructs.

A registry has any number of these, and one is no setting of the whole: it lies
beside the role that it is for, and goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from ecr_constructs.constructs._jsii import referenced
from ecr_constructs.constructs.cfn_registry import CfnPullTimeUpdateExclusion
from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.constructs.registry_context import child, namespace_id
from ecr_constructs.constructs.slot import RegistrySlot
from ecr_constructs.model.problem import Problem, Severity, problem_at, refuse
from ecr_constructs.model.pull_time_exclusion import (
    PullTimeUpdateExclusion,
    exclusion_set_problems,
)
from ecr_constructs.model.unresolved import is_token

if TYPE_CHECKING:
    from ecr_constructs.constructs.contributor import RegistryContributor

#: Below a construct: the exclusions that it asks for.
_EXCLUSIONS: Final = "PullTimeUpdateExclusions"
#: What the app excludes in a registry, by the key of the principal's ARN, and who asked.
_KNOWN: Final[WeakKeyDictionary[RegistrySlot, dict[str, tuple[PullTimeUpdateExclusion, str]]]] = (
    WeakKeyDictionary()
)


def exclude(
    registry: RegistryContributor,
    principal: iam.IRole | iam.IUser | str,
    *,
    reason: str,
    construct_id: str | None,
) -> None:
    """Define an exclusion; see ``add_pull_time_update_exclusion``."""
    scope, path = registry.contributor, registry.path
    refuse(_kind_problems(principal, reason), path=path)
    arn = _arn(principal)
    exclusion = PullTimeUpdateExclusion(principal_arn=arn, reason=reason)
    known = _KNOWN.setdefault(registry.slot, {})
    key = ledger_of(scope).key(arn)
    problems = [
        *exclusion.problems(),
        *_user_problems(principal),
        *_elsewhere_problems(arn, cdk.Stack.of(scope)),
        *_twice_problems(arn, known.get(key)),
        *_set_problems([*(each for each, _ in known.values()), exclusion]),
    ]
    chosen_id = _default_id(principal, arn) if construct_id is None else construct_id
    if chosen_id is None:
        problems.append(
            problem_at(
                "construct_id",
                "construct_id must be given for an ARN that is known at deployment only, got none",
                "write for example construct_id='Scanner'",
            )
        )
    refuse(problems, path=path)
    assert chosen_id is not None
    known[key] = exclusion, path
    resource = CfnPullTimeUpdateExclusion(child(scope, _EXCLUSIONS), chosen_id, exclusion.to_cfn())
    resource.add_metadata("EcrConstructs", exclusion.to_metadata())
    for problem in problems:
        cdk.Annotations.of(scope).add_warning_v2(f"ecr-constructs:{problem.id}", problem.sentence)


def _arn(principal: iam.IRole | iam.IUser | str) -> str:
    if isinstance(principal, str):
        return principal
    arn = getattr(principal, "role_arn", None) or getattr(principal, "user_arn", None)
    return str(arn)


def _default_id(principal: iam.IRole | iam.IUser | str, arn: str) -> str | None:
    """Return an id that changes when the exclusion would be another one: the ARN is its identity.

    The ARN of a role that the app defines is known by the role's path.
    """
    if not is_token(arn):
        account_and_name = ":".join(arn.split(":")[4:])
        return namespace_id(account_and_name or arn)
    return None if isinstance(principal, str) else namespace_id(principal.node.path)


def _kind_problems(principal: object, reason: object) -> Iterator[Problem]:
    if not isinstance(principal, str) and not (
        hasattr(principal, "role_arn") or hasattr(principal, "user_arn")
    ):
        yield problem_at(
            "principal",
            f"principal must be a role or its ARN, got {principal!r}",
            "write for example 'arn:aws:iam::111122223333:role/Scanner'",
        )
    if not isinstance(reason, str) or not reason.strip():
        yield problem_at(
            "reason",
            f"reason must say why the pulls do not count, got {reason!r}",
            "write for example reason='scans every image each night'",
        )


def _user_problems(principal: Any) -> Iterator[Problem]:
    arn = getattr(principal, "user_arn", None)
    if is_token(arn):  # one that is known tells by itself that it is no role
        yield problem_at(
            "principal",
            "principal should be a role, as the guide knows no users here, got the user"
            f" {principal.node.path}",
            "let the scanner assume a role",
            severity=Severity.WARNING,
        )


def _elsewhere_problems(arn: str, stack: cdk.Stack) -> Iterator[Problem]:
    for construct in referenced(arn, stack) if is_token(arn) else ():
        owner = cdk.Stack.of(construct)
        if owner is not stack:
            yield problem_at(
                "principal",
                "principal must not be a construct of another stack, as this one would wait for"
                f" it, got {construct.node.path.removesuffix('/Resource')}",
                "ask for it there: GovernedRegistry.of(<that stack>), or write the ARN out",
            )


def _set_problems(exclusions: list[PullTimeUpdateExclusion]) -> Iterator[Problem]:
    """Yield whether there are too many; one that is there twice is told with who asked."""
    distinct = {each.principal_arn: each for each in exclusions}
    yield from exclusion_set_problems(distinct.values())


def _twice_problems(
    arn: str, before: tuple[PullTimeUpdateExclusion, str] | None
) -> Iterator[Problem]:
    if before is not None:
        what = "the same" if is_token(arn) else repr(arn)
        yield problem_at(
            "principal",
            f"a principal must be excluded once, got {what} a second time: {before[1]} excludes it",
            "drop one",
        )
