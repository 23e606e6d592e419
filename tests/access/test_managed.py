"""What is known of the managed policies of AWS."""

from __future__ import annotations

import pytest

from ecr_constructs.access.managed import _ACTIONS, managed_policy
from ecr_constructs.service import actions

PREFIX = "arn:aws:iam::aws:policy/"


@pytest.mark.parametrize("name", sorted(_ACTIONS))
def test_every_action_of_a_managed_policy_exists(name: str) -> None:
    known = actions.REPOSITORY | actions.REGISTRY | {"*", "ecr:*"}
    assert _ACTIONS[name] <= known


@pytest.mark.parametrize(
    ("name", "action", "allowed"),
    [
        ("AmazonEC2ContainerRegistryPullOnly", "ecr:BatchGetImage", True),
        ("AmazonEC2ContainerRegistryPullOnly", "ecr:BatchImportUpstreamImage", True),
        ("AmazonEC2ContainerRegistryPullOnly", "ecr:DescribeImages", False),
        ("AmazonEC2ContainerRegistryReadOnly", "ecr:DescribeImages", True),
        ("AmazonEC2ContainerRegistryReadOnly", "ecr:PutImage", False),
        ("AmazonEC2ContainerRegistryPowerUser", "ecr:PutImage", True),
        ("AmazonEC2ContainerRegistryPowerUser", "ecr:DeleteRepository", False),
        ("AmazonEC2ContainerRegistryPowerUser", "ecr:SetRepositoryPolicy", False),
        ("service-role/AmazonECSTaskExecutionRolePolicy", "ecr:GetAuthorizationToken", True),
        ("service-role/AWSLambdaBasicExecutionRole", "ecr:BatchGetImage", False),
    ],
)
def test_allows_what_the_user_guide_says(name: str, action: str, allowed: object) -> None:
    policy = managed_policy(PREFIX + name)
    assert policy is not None
    given = {each for statement in policy.statements for each in statement.actions}
    assert (action in given) is allowed


@pytest.mark.parametrize(
    "arn",
    [
        f"{PREFIX}ReadOnlyAccess",
        "arn:aws:iam::111122223333:policy/AdministratorAccess",
        "AdministratorAccess",
    ],
)
def test_other_policies_are_not_known(arn: str) -> None:
    assert managed_policy(arn) is None
