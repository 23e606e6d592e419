"""The same calls in another order give resources with equal properties."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from constructs import Construct
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.profiles import examples
from tests.synthesis import (
    ENVIRONMENT,
    ORGANIZATION,
    new_app,
    new_stack,
    recommended_flags,
    repositories_in,
    synthesise,
)

from ecr_constructs import (
    Baseline,
    Control,
    Exemption,
    GovernedRepository,
    Policy,
    Principal,
    Principals,
    Statement,
)


class Team(cdk.Stack):
    """A stack of one class: in each of them the role has the same logical id."""

    def __init__(self, scope: Construct, construct_id: str, env: cdk.Environment | None) -> None:
        super().__init__(scope, construct_id, env=env)
        self.role = iam.Role(self, "Role", assumed_by=iam.AccountRootPrincipal())


Call: TypeAlias = Callable[[GovernedRepository, Sequence[Team]], object]


def role_of(number: int) -> Call:
    return lambda repository, teams: repository.allow_pull(Principals.role(teams[number].role))


def joined_role_of(number: int) -> Call:
    """The reference lies inside of an intrinsic, where the token itself does not show it."""

    def call(repository: GovernedRepository, teams: Sequence[Team]) -> None:
        arn = cdk.Fn.join("", [teams[number].role.role_arn, ""])
        repository.allow_push(Principals.role(arn))

    return call


def condition_on(number: int) -> Call:
    def call(repository: GovernedRepository, teams: Sequence[Team]) -> None:
        repository.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["ecr:PutImage", "ecr:BatchGetImage"],
                principals=[iam.AccountPrincipal("222222222222")],
                conditions={"ArnEquals": {"aws:PrincipalArn": teams[number].role.role_arn}},
            )
        )

    return call


JOINED: Final = [joined_role_of(number) for number in range(3)]
CALLS: Final[list[Call]] = [
    *(role_of(number) for number in range(3)),
    *JOINED,
    *(condition_on(number) for number in range(3)),
    lambda r, _: r.grant_pull(iam.AccountPrincipal("333333333333")),
    lambda r, _: r.allow_pull(Principals.account("222222222222")),
    lambda r, _: r.allow_pull(Principals.account("444444444444"), Principals.organization()),
    lambda r, _: r.allow_push(Principals.account("222222222222")),
    lambda r, _: r.grant_pull(iam.ServicePrincipal("lambda.amazonaws.com")),
    lambda r, _: r.allow_pull(Principals.lambda_functions(account="222222222222")),
    lambda r, _: r.allow_pull(Principals.codebuild_projects()),
    lambda r, _: r.deny_outside_organization(),
    lambda r, _: r.deny_outside_vpc_endpoint("vpce-1a2b3c4d", "vpce-0a2b3c4d"),
    lambda r, _: r.add_to_resource_policy(
        iam.PolicyStatement(
            sid="Named", actions=["ecr:ListImages"], principals=[iam.AccountRootPrincipal()]
        )
    ),
]


def policy_after(
    calls: Sequence[Call], *, env: cdk.Environment | None, flags: dict[str, Any] | None = None
) -> str:
    app = new_app(flags, validate=False)
    teams = [Team(app, f"Team{number}", env) for number in range(3)]
    stack = new_stack(app, env=env)
    repository = GovernedRepository(stack, "Api", baseline=Baseline(organization_id=ORGANIZATION))
    for call in calls:
        call(repository, teams)
    (resource,) = repositories_in(synthesise(app, lint=False)["Stack"]).values()
    return json.dumps(resource["Properties"]["RepositoryPolicyText"])


@pytest.mark.parametrize("env", [ENVIRONMENT, None], ids=["concrete", "agnostic"])
@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(range(len(CALLS))))
def test_any_order_of_calls_gives_one_policy(env: cdk.Environment | None, order: list[int]) -> None:
    straight = policy_after(CALLS, env=env)
    assert policy_after([CALLS[index] for index in order], env=env) == straight


@pytest.mark.parametrize("env", [ENVIRONMENT, None], ids=["concrete", "agnostic"])
@pytest.mark.parametrize("of_team", [role_of, joined_role_of, condition_on])
def test_roles_of_three_stacks_with_one_logical_id_are_all_there(
    env: cdk.Environment | None, of_team: Callable[[int], Call]
) -> None:
    straight, reverse = (
        policy_after([of_team(number) for number in order], env=env)
        for order in ((0, 1, 2), (2, 1, 0))
    )
    assert straight == reverse
    assert all(f"Team{number}:" in straight for number in range(3))


def test_any_order_gives_one_policy_under_the_recommended_flags() -> None:
    flags = recommended_flags()
    straight = policy_after(CALLS, env=ENVIRONMENT, flags=flags)
    for order in (CALLS[::-1], [*CALLS[1::2], *CALLS[::2]]):
        assert policy_after(order, env=ENVIRONMENT, flags=flags) == straight


def test_the_same_call_twice_changes_nothing() -> None:
    # Fn.join makes another token of the same arguments each time.
    calls = [call for call in CALLS if call not in JOINED]
    assert policy_after([*calls, *calls], env=ENVIRONMENT) == policy_after(calls, env=ENVIRONMENT)


def test_a_policy_that_is_given_equals_one_that_is_allowed() -> None:
    written = set()
    for is_given in (True, False):
        app = new_app(validate=False)
        statements = [
            Statement(principals=(Principal("AWS", account),), actions=("ecr:PutImage",))
            for account in ("333333333333", "222222222222")
        ]
        policy = Policy(tuple(statements)) if is_given else None
        repository = GovernedRepository(new_stack(app), "Api", repository_policy=policy)
        if not is_given:
            repository.allow(Principals.account("222222222222"), actions=["ecr:PutImage"])
            repository.allow(Principals.account("333333333333"), actions=["ecr:PutImage"])
        written.add(json.dumps(synthesise(app)["Stack"]["Resources"]["ApiF70053CD"]))
    assert len(written) == 1


@pytest.mark.parametrize("step", [1, -1])
def test_what_a_set_may_give_in_any_order_gives_one_template(step: int) -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    repository = GovernedRepository(
        stack,
        "Api",
        image_tag_mutability_exclusion_filters=["dev-*", "latest", "main", "main"][::step],
        exemptions=[Exemption(control, "why") for control in Control][::step],
        tags=dict([("cost", "1"), ("team", "web")][::step]),
    )
    actions = ["ecr:ListImages", "ecr:PutImage"][::step]
    repository.allow(Principals.account("222222222222"), actions=actions)
    (resource,) = repositories_in(synthesise(app)["Stack"]).values()
    properties = resource["Properties"]
    filters = properties["ImageTagMutabilityExclusionFilters"]
    values = [each["ImageTagMutabilityExclusionFilterValue"] for each in filters]
    assert values == ["dev-*", "latest", "main"]
    recorded = [each["control"] for each in resource["Metadata"]["EcrConstructs"]["exemptions"]]
    assert recorded == sorted(Control)
    assert [tag["Key"] for tag in properties["Tags"]] == ["cost", "team"]
    (statement,) = properties["RepositoryPolicyText"]["Statement"]
    assert statement["Action"] == ["ecr:ListImages", "ecr:PutImage"]
