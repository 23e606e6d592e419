from __future__ import annotations

import pytest
from hypothesis import given
from tests.model.policy_strategies import policies

from ecr_constructs.model import policy_size
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.statement import ANYONE, Condition, Principal, Statement

EVERYTHING = Statement(
    sid="S",
    principals=(ANYONE, *(Principal(t, "p") for t in ("Service", "Federated", "CanonicalUser"))),
    not_principals=tuple(Principal(t, "p") for t in ("AWS", "Service", "Federated")),
    actions=("a",),
    not_actions=("a", "b"),
    resources=("r",),
    not_resources=("r", "s"),
    conditions=(Condition("o", "k", ("v",)), Condition("o", "l", ("v", "w"))),
)


@given(policies())
def test_no_policy_is_as_long_as_its_bound(policy: Policy) -> None:
    assert len(policy.to_json()) < policy_size.bound(policy.statements)


@pytest.mark.parametrize("statements", [(), (EVERYTHING,), (EVERYTHING,) * 9, (Statement(),)])
def test_what_stands_around_the_values_is_counted(statements: tuple[Statement, ...]) -> None:
    policy = Policy(statements, "2008-10-17")
    assert len(policy.to_json()) < policy_size.bound(policy.statements)


@pytest.mark.parametrize("text", ['"' * 900, "\\" * 900, "\x7f" * 900, "é" * 900, "\n" * 900])
def test_what_json_escapes_is_counted(text: str) -> None:
    policy = Policy.of(Statement(actions=(text,)))
    assert len(policy.to_json()) < policy_size.bound(policy.statements)


def test_a_usual_policy_is_below_the_limit_without_its_text() -> None:
    statement = Statement(
        principals=(Principal("AWS", "arn:aws:iam::111122223333:root"),),
        actions=tuple(f"ecr:Action{number}" for number in range(10)),
    )
    assert policy_size.bound((statement,) * 10) < 10_240
