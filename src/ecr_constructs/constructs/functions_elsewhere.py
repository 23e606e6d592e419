"""The Lambda functions of other accounts and Regions that run an image of a repository.

Layer: constructs.

CDK lets a function pull before it tells whose it is: all that arrives at the
repository is ``lambda.amazonaws.com``. Whose function it is can be read from the
app when it is synthesised, and only from stacks of other environments, so that an
app of one account and Region pays for none of this.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

from ecr_constructs.constructs.resource_policy import ResourcePolicy
from ecr_constructs.constructs.service_sources import LAMBDA
from ecr_constructs.model.place import Place
from ecr_constructs.model.principal_kinds import PolicyPrincipal
from ecr_constructs.model.principals import Principals
from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.unresolved import is_token
from ecr_constructs.service import actions as ecr_actions


@dataclass(frozen=True, slots=True)
class _Function:
    """A function that runs an image.

    Attributes:
        path: Its path.
        account: The account of its stack; may be a token.
        region: The Region of its stack; may be a token.
        code: What its template says of its code, as JSON.
    """

    path: str
    account: str
    region: str
    code: str


#: The functions of an app by environment, read once: many repositories ask.
_FUNCTIONS: Final[WeakKeyDictionary[IConstruct, dict[tuple[str, str], list[_Function]]]] = (
    WeakKeyDictionary()
)


def allow_functions_elsewhere(
    repository: IConstruct, gate: ResourcePolicy, repository_name: str | None
) -> None:
    """Allow the app's functions of other accounts to pull, and warn of what cannot work.

    Args:
        repository: The repository.
        gate: Its policy.
        repository_name: Its name; without one nothing elsewhere can refer to it.

    Raises:
        ConfigurationError: If the policy gets too long.
    """
    place = gate.place
    if repository_name is None or is_token(place.account) or is_token(place.region):
        return
    if not any(LAMBDA in statement.principals for statement in gate.statements):
        return
    # As CDK writes the ARN in a stack of another environment, the end of the string included.
    mark = f':ecr:{place.region}:{place.account}:repository/{repository_name}"'
    found = [each for each in _functions_of(repository.node.root, place) if mark in each.code]
    gate.refuse((problem for each in found for problem in _problems(each, place)), ())
    near = (each for each in found if each.region == place.region)
    accounts = {each.account for each in near if not is_token(each.account)}
    principals: list[PolicyPrincipal] = [
        Principals.lambda_functions(account=account) for account in sorted(accounts)
    ]
    if principals:
        gate.allow(principals, ecr_actions.PULL)


def _problems(function: _Function, place: Place) -> Iterator[Problem]:
    if is_token(function.account) or is_token(function.region):
        yield _warning(
            f"the account and Region of the Lambda function {function.path} that pulls must be"
            " known, got a stack without env",
            "write env=Environment(account=..., region=...) for its stack, or"
            " allow_pull(Principals.lambda_functions(account=...)) here",
        )
    elif function.region != place.region:
        yield _warning(
            "a Lambda function must lie in the Region of its image's repository,"
            f" {place.region!r}, got {function.path} in {function.region!r}",
            "replicate the repository to its Region, and give it the copy there by"
            " GovernedRepository.from_repository_arn(...)",
        )


def _warning(message: str, fix: str) -> Problem:
    return problem_at("lambda_functions", message, fix, severity=Severity.WARNING)


def _functions_of(root: IConstruct, place: Place) -> Iterator[_Function]:
    """Yield the functions in the app's stacks of other environments than ``place``."""
    known = _FUNCTIONS.setdefault(root, {})
    here = (place.account, place.region)
    if here not in known:
        known[here] = list(_below(root, here))
    yield from known[here]


def _below(scope: IConstruct, here: tuple[str, str]) -> Iterator[_Function]:
    for child in scope.node.children:
        if not isinstance(child, cdk.Stack):
            yield from _below(child, here)
        elif (child.account, child.region) != here:
            for each in child.node.find_all():
                if isinstance(each, lambda_.CfnFunction):
                    yield _function(each)


def _function(resource: lambda_.CfnFunction) -> _Function:
    stack = resource.stack
    code = cast("object", stack.resolve(resource.code))
    return _Function(resource.node.path, stack.account, stack.region, json.dumps(code))
