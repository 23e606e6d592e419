"""The one gate: each statement is checked, completed and counted as it comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from tests.synthesis import (
    ACCOUNT,
    ORGANIZATION,
    OTHER_ACCOUNT,
    new_stack,
    properties_of,
    statements_of,
)

from ecr_constructs import (
    Condition,
    ConfigurationError,
    Effect,
    GovernedRepository,
    Policy,
    Principal,
    Principals,
    Statement,
)
from ecr_constructs.service.limits import POLICY_TEXT_MAX

LAMBDA: Final = Principal("Service", "lambda.amazonaws.com")
CODEBUILD: Final = Principal("Service", "codebuild.amazonaws.com")
ECS: Final = Principal("Service", "ecs-tasks.amazonaws.com")
ELSEWHERE: Final = Principal("AWS", f"arn:aws:iam::{OTHER_ACCOUNT}:root")
OWN_SOURCE: Final = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@jsii.implements(cdk.IStringProducer)
class Last:
    """Produces the last entry of a list, when it is asked."""

    def __init__(self, entries: list[str]) -> None:
        self._entries = entries

    def produce(self, context: cdk.IResolveContext) -> str:
        """Return what is last by now."""
        return self._entries[-1]


def repository_in(stack: cdk.Stack, **parameters: Any) -> GovernedRepository:
    return GovernedRepository(stack, "Api", **parameters)


def allow(*principals: Principal, **members: Any) -> Statement:
    return Statement(principals=principals, actions=("ecr:BatchGetImage",), **members)


# The length

FOLD: Final = (
    "fold the accounts into one condition: allow_pull(Principals.organization()) or"
    " Principals.organizational_unit('o-.../r-.../ou-...')"
)


def policy_of_length(length: int) -> Policy:
    """Return a policy that takes exactly so many characters: a Sid fills it up."""
    principals = tuple(Principal("AWS", f"arn:aws:iam::{n:012}:root") for n in range(1, 290))
    rest = Statement(
        principals=(ELSEWHERE,), actions=("ecr:PutImage",), sid="", effect=Effect.ALLOW
    )
    missing = length - len(Policy.of(allow(*principals), rest).normalise().to_json())
    filled = Statement(principals=(ELSEWHERE,), actions=("ecr:PutImage",), sid="x" * missing)
    return Policy.of(allow(*principals), filled)


def test_takes_a_policy_of_10240_characters() -> None:
    stack = new_stack()
    repository_in(stack, repository_policy=policy_of_length(POLICY_TEXT_MAX))
    written = Policy.from_document(properties_of(stack)["RepositoryPolicyText"])
    assert len(written.to_json()) == POLICY_TEXT_MAX == 10_240


def test_refuses_a_policy_of_10241_characters(refusing: cdk.Stack) -> None:
    sentence = f"at most 10,240 characters, got 10,241 (290 accounts in 2 statements); {FOLD}"
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        repository_in(refusing, repository_policy=policy_of_length(POLICY_TEXT_MAX + 1))


def grant(repository: GovernedRepository, account: str) -> None:
    repository.grant_pull(iam.AccountPrincipal(account))


def permit(repository: GovernedRepository, account: str) -> None:
    repository.allow_pull(Principals.account(account))


def add(repository: GovernedRepository, account: str) -> None:
    repository.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["ecr:BatchGetImage"], principals=[iam.AccountPrincipal(account)]
        )
    )


@pytest.mark.parametrize("give", [grant, permit, add])
@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1"])
def test_refuses_the_statement_that_is_one_too_many_and_keeps_the_others(
    give: Callable[[GovernedRepository, str], None], region: str
) -> None:
    stack = new_stack(env=cdk.Environment(account=ACCOUNT, region=region))
    principals = tuple(Principal("AWS", f"{number:012}") for number in range(1, 231))
    repository = repository_in(stack, repository_policy=Policy.of(allow(*principals)))
    given = len(principals)

    def give_too_many() -> None:
        nonlocal given
        while given < 400:
            give(repository, f"{given + 1:012}")
            given += 1

    with pytest.raises(ConfigurationError, match=r"at most 10,240 characters, got 10,2.*fold the"):
        give_too_many()
    written = Policy.from_document(properties_of(stack, region=region)["RepositoryPolicyText"])
    assert POLICY_TEXT_MAX - 400 < len(written.to_json()) <= POLICY_TEXT_MAX
    assert len({each for s in written.statements for each in s.principals}) == given


def test_folding_makes_room_for_a_whole_organisation() -> None:
    stack = new_stack()
    repository = repository_in(stack)
    for _ in range(200):
        repository.allow_pull(Principals.organization(ORGANIZATION))
    assert len(statements_of(stack)) == 1


# Ids


def test_refuses_a_sid_twice_and_keeps_the_first() -> None:
    stack = new_stack()
    repository = repository_in(stack, repository_policy=Policy.of(allow(ELSEWHERE, sid="Own")))
    sentence = "a Sid must be unique within the policy, got 'Own' 2 times; give each statement a"
    with pytest.raises(ConfigurationError, match=sentence):
        repository.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Own",
                actions=["ecr:ListImages"],
                principals=[iam.AccountPrincipal(OTHER_ACCOUNT)],
            )
        )
    assert [each["Action"] for each in statements_of(stack)] == ["ecr:BatchGetImage"]


def test_refuses_a_sid_twice_in_what_is_given(refusing: cdk.Stack) -> None:
    policy = Policy.of(allow(ELSEWHERE, sid="Own"), allow(LAMBDA, sid="Own"))
    with pytest.raises(ConfigurationError, match="got 'Own' 2 times; give each"):
        repository_in(refusing, repository_policy=policy)


# Completing what CDK's own code leaves open


@pytest.mark.parametrize("principals", [(LAMBDA,), (CODEBUILD,), (LAMBDA, CODEBUILD)])
def test_a_bare_service_is_bound_to_the_account(principals: tuple[Principal, ...]) -> None:
    stack = new_stack()
    repository_in(stack, repository_policy=Policy.of(allow(*principals)))
    (statement,) = statements_of(stack)
    assert statement["Condition"] == OWN_SOURCE


def test_other_conditions_stay_beside_the_source() -> None:
    stack = new_stack()
    condition = Condition("StringEquals", "aws:ResourceTag/team", ("web",))
    repository_in(stack, repository_policy=Policy.of(allow(LAMBDA, conditions=(condition,))))
    (statement,) = statements_of(stack)
    assert statement["Condition"] == {
        "StringEquals": {"aws:ResourceTag/team": "web", "aws:SourceAccount": ACCOUNT}
    }


@pytest.mark.parametrize(
    "key", ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "AWS:SOURCEARN"]
)
def test_a_service_that_is_bound_stays_as_it_is(key: str) -> None:
    stack = new_stack()
    condition = Condition("StringLike", key, ("x",))
    repository_in(stack, repository_policy=Policy.of(allow(LAMBDA, conditions=(condition,))))
    (statement,) = statements_of(stack)
    assert statement["Condition"] == {"StringLike": {key: "x"}}


@pytest.mark.parametrize(
    "statement",
    [
        allow(LAMBDA, effect=Effect.DENY),
        allow(LAMBDA, ELSEWHERE),
        allow(ECS),
        allow(LAMBDA, ECS),
        Statement(not_principals=(LAMBDA,), actions=("ecr:PutImage",), effect=Effect.DENY),
    ],
    ids=["deny", "beside an account", "another service", "beside another service", "all but it"],
)
def test_what_a_condition_would_narrow_wrongly_stays_as_it_is(statement: Statement) -> None:
    stack = new_stack()
    repository_in(stack, repository_policy=Policy.of(statement))
    assert all("Condition" not in written for written in statements_of(stack))


# CDK's statements, in our words


def test_partitions_are_written_out_where_they_are_known(stack: cdk.Stack) -> None:
    repository = repository_in(stack)
    repository.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["ecr:PutImage"],
            principals=[iam.AccountPrincipal(OTHER_ACCOUNT)],
            conditions={
                "ArnLike": {
                    "aws:PrincipalArn": f"arn:{cdk.Aws.PARTITION}:iam::{OTHER_ACCOUNT}:role/ci-*"
                }
            },
        )
    )
    repository.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:ListImages"])
    assert {str(each["Principal"]) for each in statements_of(stack)} == {
        str({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"})
    }
    conditions = [each["Condition"] for each in statements_of(stack) if "Condition" in each]
    assert conditions == [
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/ci-*"}}
    ]


def test_partitions_stay_open_where_they_are_not_known() -> None:
    stack = new_stack(env=None)
    add(repository_in(stack), OTHER_ACCOUNT)
    (statement,) = statements_of(stack)
    assert {"Ref": "AWS::Partition"} in statement["Principal"]["AWS"]["Fn::Join"][1]


def test_what_is_lazy_is_asked_at_synthesis(stack: cdk.Stack) -> None:
    bound: list[str] = ["o-before00000"]
    repository_in(stack).add_to_resource_policy(
        iam.PolicyStatement(
            actions=["ecr:PutImage"],
            principals=[iam.AccountPrincipal(OTHER_ACCOUNT)],
            conditions={
                "StringEquals": {
                    "aws:PrincipalOrgID": cdk.Lazy.uncached_string(Last(bound)),
                }
            },
        )
    )
    bound.append("o-after000000")
    (statement,) = statements_of(stack)
    assert statement["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": "o-after000000"}


def test_not_principal_and_not_action_are_kept(stack: cdk.Stack) -> None:
    repository_in(stack).add_to_resource_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            not_actions=["ecr:BatchGetImage"],
            not_principals=[iam.AccountPrincipal(ACCOUNT)],
        )
    )
    assert statements_of(stack) == [
        {
            "Effect": "Deny",
            "NotPrincipal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "NotAction": "ecr:BatchGetImage",
        }
    ]


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"actions": ["ecr:PutImage"]}, "must have a Principal, got none; name who it is about"),
        (
            {"actions": ["ecr:PutImagee"], "principals": [iam.AccountPrincipal(ACCOUNT)]},
            "got 'ecr:PutImagee'; did you mean 'ecr:PutImage'",
        ),
        (
            {
                "actions": ["ecr:PutImage"],
                "principals": [iam.AccountPrincipal(ACCOUNT)],
                "resources": ["arn:aws:ecr:eu-west-1:111111111111:repository/x"],
            },
            "must have no Resource, got ['arn:aws:ecr:eu-west-1:111111111111:repository/x']; leave",
        ),
        (
            {"actions": ["ecr:PutImage"], "principals": [iam.ArnPrincipal("*")]},
            "must not open the repository to anybody, got '*' without a condition; name accounts",
        ),
        (
            {
                "actions": ["ecr:*"],
                "principals": [iam.ArnPrincipal(f"arn:aws:iam::{OTHER_ACCOUNT}:role/R")],
            },
            "accounts administer the repository, got ecr:BatchDeleteImage, ecr:CreateRepository",
        ),
        (
            {
                "actions": ["ecr:PutImage"],
                "principals": [iam.ArnPrincipal("arn:aws:iam::111111111111:role/*")],
            },
            "a whole ARN without wildcards, got 'arn:aws:iam::111111111111:role/*'; name the acc",
        ),
    ],
)
def test_refuses_cdks_statements_as_any_other(members: dict[str, Any], sentence: str) -> None:
    stack = new_stack()
    repository = repository_in(stack)
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        repository.add_to_resource_policy(iam.PolicyStatement(**members))
    assert statements_of(stack) == []


def test_what_is_added_is_reported_as_added(stack: cdk.Stack) -> None:
    repository = repository_in(stack)
    result = repository.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["ecr:PutImage"], principals=[iam.AccountPrincipal(OTHER_ACCOUNT)]
        )
    )
    assert result.statement_added is True
    assert result.policy_dependable is repository


def test_statements_are_added_all_or_none() -> None:
    stack = new_stack()
    repository = repository_in(stack)
    with pytest.raises(ConfigurationError, match="12 digits"):
        repository.allow_pull(Principals.account(OTHER_ACCOUNT), Principals.account("22"))
    assert statements_of(stack) == []
