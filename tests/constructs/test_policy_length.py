"""The bound of a statement's length spares spelling it out, and is never below it."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.model.policy_strategies import statements

from ecr_constructs import Condition, Policy, Principal, Statement
from ecr_constructs.constructs.policy_length import at_most

ELSEWHERE = Principal("AWS", "222222222222")


@given(statements())
def test_the_bound_is_never_below_the_length(statement: Statement) -> None:
    for partition in ("aws", "aws-us-gov", "aws-iso-b"):
        policy = Policy.of(statement).normalise(partition=partition)
        assert at_most(statement) >= len(policy.to_json())


@pytest.mark.parametrize(
    "statement",
    [
        Statement(principals=(ELSEWHERE,), actions=("a",)),
        Statement(not_principals=(ELSEWHERE,) * 300, not_actions=("a",)),
        Statement(principals=(ELSEWHERE,) * 300, actions=("ecr:PutImage",) * 100),
        Statement(
            principals=(ELSEWHERE,),
            actions=("a",),
            resources=("b",),
            not_resources=("c",),
            conditions=(Condition("ForAllValues:StringNotEqualsIfExists", "k", ()),),
            sid="s",
        ),
    ],
)
def test_the_bound_holds_for_every_member(statement: Statement) -> None:
    for partition in ("aws", "aws-us-gov"):
        principals = tuple(each.as_arn(partition) for each in statement.principals)
        written = Policy.of(
            Statement(
                principals=principals,
                not_principals=tuple(each.as_arn(partition) for each in statement.not_principals),
                actions=statement.actions,
                not_actions=statement.not_actions,
                resources=statement.resources,
                not_resources=statement.not_resources,
                conditions=statement.conditions,
                sid=statement.sid,
            )
        )
        assert at_most(statement) >= len(written.to_json())


@pytest.mark.parametrize("text", ['"' * 50, "\\" * 50, "é" * 50, "\U0001f600" * 50, "\n" * 50])
def test_the_bound_holds_for_what_json_escapes(text: str) -> None:
    condition = Condition("StringEquals", text, (text, text))
    statement = Statement(
        principals=(ELSEWHERE,), actions=(text,), sid=text, conditions=(condition,)
    )
    assert at_most(statement) >= len(Policy.of(statement).to_json())


def test_the_bound_is_no_more_than_a_few_times_the_length() -> None:
    statement = Statement(
        principals=(Principal("AWS", "arn:aws:iam::222222222222:root"),) * 100,
        actions=("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    )
    assert at_most(statement) < 3 * len(Policy.of(statement).to_json())
