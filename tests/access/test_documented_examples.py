"""The examples in AWS's documentation of Amazon ECR, and what they are said to do.

The policies are those of the pages named, in the names of this library's tests; each row asks a
question that the page's text answers.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.access.scenes import (
    ARN,
    BUILD,
    EVA,
    GET,
    LAMBDA,
    NAME,
    OTHER,
    OWNER,
    PULL,
    PUT,
    REGION,
    REMOTE,
    allow,
    deny,
    deployment,
    grant,
    identity,
    policy,
)

from ecr_constructs.access import can
from ecr_constructs.model.policy import Policy

PUSH = ["ecr:BatchCheckLayerAvailability", "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload"]
PUSH += ["ecr:PutImage", "ecr:UploadLayerPart"]
ORGANIZATION = "o-a1b2c3d4e5"
STRANGER = "arn:aws:iam::999999999999:role/Stranger"
PROJECT = f"arn:aws:codebuild:{REGION}:{OWNER}:project/build"

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
TWO_USERS = policy(allow({"AWS": [EVA, f"{EVA}2"]}, PUSH + PULL, Sid="AllowPushPull"))
OTHER_ACCOUNT = policy(
    allow({"AWS": f"arn:aws:iam::{OTHER}:root"}, PUSH, Sid="AllowCrossAccountPush")
)
PULL_AND_PUSH = policy(
    allow({"AWS": EVA}, PULL, Sid="AllowPull"), allow({"AWS": BUILD}, PUSH + PULL, Sid="AllowPush")
)
EVERYBODY = policy(allow("*", PULL, Sid="AllowPull"))
ADDRESSES = policy(
    allow(
        "*",
        "ecr:*",
        Condition={
            "IpAddress": {"aws:SourceIp": "192.0.2.0/24"},
            "NotIpAddress": {"aws:SourceIp": "192.0.2.188/32"},
        },
    )
)
CODEBUILD = policy(
    allow(
        {"Service": "codebuild.amazonaws.com"},
        PULL,
        Condition={
            "ArnLike": {"aws:SourceArn": PROJECT},
            "StringEquals": {"aws:SourceAccount": OWNER},
        },
    )
)
# https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
LAMBDA_CROSS_ACCOUNT = policy(
    allow({"AWS": f"arn:aws:iam::{OTHER}:root"}, PULL, Sid="CrossAccountPermission"),
    allow(
        {"Service": LAMBDA},
        PULL,
        Sid="LambdaECRImageCrossAccountRetrievalPolicy",
        Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:lambda:{REGION}:{OTHER}:function:*"}},
    ),
)
LAMBDA_SAME_ACCOUNT = policy(allow({"Service": LAMBDA}, PULL, Sid="LambdaECRImageRetrievalPolicy"))
# https://aws.amazon.com/blogs/containers/sharing-amazon-ecr-repositories-with-multiple-accounts-using-aws-organizations/
ORGANIZATION_WIDE = policy(
    allow("*", PULL, Condition={"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}})
)
UNIT = policy(
    allow(
        "*",
        PULL,
        Condition={
            "ForAnyValue:StringLike": {
                "aws:PrincipalOrgPaths": [f"{ORGANIZATION}/r-ab12/ou-ab12-11111111/*"]
            }
        },
    )
)


@pytest.mark.parametrize(
    ("document", "principal", "action", "context", "decision"),
    [
        (TWO_USERS, EVA, PUT, {}, "allow"),
        (TWO_USERS, EVA, "ecr:BatchDeleteImage", {}, "conditional"),  # if its own policies do
        (TWO_USERS, f"arn:aws:iam::{OTHER}:user/Eva", PUT, {}, "deny"),
        (OTHER_ACCOUNT, REMOTE, PUT, {}, "allow"),
        (OTHER_ACCOUNT, OTHER, PUT, {}, "allow"),
        (OTHER_ACCOUNT, REMOTE, GET, {}, "deny"),
        (OTHER_ACCOUNT, STRANGER, PUT, {}, "deny"),
        (PULL_AND_PUSH, EVA, GET, {}, "allow"),
        (PULL_AND_PUSH, BUILD, PUT, {}, "allow"),
        (EVERYBODY, "*", GET, {}, "allow"),
        (EVERYBODY, STRANGER, GET, {}, "allow"),
        (EVERYBODY, STRANGER, PUT, {}, "deny"),
        (ADDRESSES, STRANGER, PUT, {"aws:SourceIp": "192.0.2.7"}, "allow"),
        (ADDRESSES, STRANGER, PUT, {"aws:SourceIp": "192.0.2.188"}, "deny"),
        (ADDRESSES, STRANGER, PUT, {"aws:SourceIp": "198.51.100.1"}, "deny"),
        (ADDRESSES, STRANGER, PUT, {}, "conditional"),
        (
            CODEBUILD,
            "codebuild.amazonaws.com",
            GET,
            {"aws:SourceArn": PROJECT, "aws:SourceAccount": OWNER},
            "allow",
        ),
        (
            CODEBUILD,
            "codebuild.amazonaws.com",
            GET,
            {"aws:SourceArn": PROJECT.replace(OWNER, OTHER), "aws:SourceAccount": OTHER},
            "deny",
        ),
        (CODEBUILD, "codebuild.amazonaws.com", GET, {}, "conditional"),
        (CODEBUILD, LAMBDA, GET, {}, "deny"),
        # The condition speaks of a service's source, which a role's request does not have.
        (CODEBUILD, REMOTE, GET, {}, "deny"),
        (LAMBDA_SAME_ACCOUNT, LAMBDA, GET, {}, "allow"),
        (
            LAMBDA_CROSS_ACCOUNT,
            LAMBDA,
            GET,
            {"aws:SourceArn": f"arn:aws:lambda:{REGION}:{OTHER}:function:resize"},
            "allow",
        ),
        (
            LAMBDA_CROSS_ACCOUNT,
            LAMBDA,
            GET,
            {"aws:SourceArn": f"arn:aws:lambda:{REGION}:999999999999:function:resize"},
            "deny",
        ),
        (LAMBDA_CROSS_ACCOUNT, REMOTE, GET, {}, "allow"),
        (ORGANIZATION_WIDE, STRANGER, GET, {"aws:PrincipalOrgID": ORGANIZATION}, "allow"),
        (ORGANIZATION_WIDE, STRANGER, GET, {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}, "deny"),
        (ORGANIZATION_WIDE, STRANGER, GET, {"aws:PrincipalOrgID": ""}, "deny"),
        (ORGANIZATION_WIDE, STRANGER, GET, {}, "conditional"),
        # An organisation's id describes IAM principals: a service is not covered.
        (ORGANIZATION_WIDE, LAMBDA, GET, {}, "deny"),
        (
            UNIT,
            STRANGER,
            GET,
            {"aws:PrincipalOrgPaths": [f"{ORGANIZATION}/r-ab12/ou-ab12-11111111/ou-ab12-2/"]},
            "allow",
        ),
        (
            UNIT,
            STRANGER,
            GET,
            {"aws:PrincipalOrgPaths": [f"{ORGANIZATION}/r-ab12/ou-ab12-22222222/"]},
            "deny",
        ),
    ],
)
def test_repository_policies(
    document: Policy, principal: str, action: str, context: dict[str, Any], decision: str
) -> None:
    answer = can(deployment(document), principal, action, NAME, context=context)
    assert str(answer.decision) == decision


# https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
REPLICATION = policy(
    allow(
        {"AWS": f"arn:aws:iam::{OTHER}:root"},
        ["ecr:CreateRepository", "ecr:ReplicateImage"],
        Sid="ReplicationAccessCrossAccount",
        Resource=[f"arn:aws:ecr:{REGION}:{OWNER}:repository/*"],
    )
)
CACHE = policy(
    allow(
        {"AWS": f"arn:aws:iam::{OWNER}:user/cache-user"},
        ["ecr:CreateRepository", "ecr:BatchImportUpstreamImage"],
        Sid="PullThroughCacheFromReadOnlyRole",
        Resource=f"arn:aws:ecr:{REGION}:{OWNER}:repository/ecr-public/*",
    )
)
IMPORT = "ecr:BatchImportUpstreamImage"
CACHE_USER = f"arn:aws:iam::{OWNER}:user/cache-user"


@pytest.mark.parametrize(
    ("document", "repository", "principal", "action", "decision"),
    [
        (REPLICATION, NAME, OTHER, "ecr:ReplicateImage", "allow"),
        (REPLICATION, NAME, OTHER, GET, "deny"),
        (REPLICATION, NAME, "999999999999", "ecr:ReplicateImage", "deny"),
        (CACHE, "ecr-public/nginx", CACHE_USER, IMPORT, "allow"),
        (CACHE, "payments/api", CACHE_USER, IMPORT, "conditional"),
        (CACHE, "ecr-public/nginx", f"{CACHE_USER}2", IMPORT, "conditional"),
    ],
)
def test_registry_policies(
    document: Policy, repository: str, principal: str, action: str, decision: str
) -> None:
    answer = can(
        deployment(registry_policy=document, name=repository), principal, action, repository
    )
    assert str(answer.decision) == decision


# https://docs.aws.amazon.com/AmazonECR/latest/userguide/security_iam_id-based-policy-examples.html,
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html,
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
ONE_REPOSITORY = policy(
    grant(["ecr:ListImages"], ARN, Sid="ListImagesInRepository"),
    grant("ecr:GetAuthorizationToken", Sid="GetAuthorizationToken"),
    grant([*PUSH, *PULL, "ecr:DescribeImages"], ARN, Sid="ManageRepositoryContents"),
)
THROUGH_AN_ENDPOINT = policy(
    grant("ecr:GetAuthorizationToken"),
    grant(
        PULL,
        Condition={"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d", "aws:SourceVpc": "vpc-1"}},
    ),
)
BY_TAG = policy(
    grant(
        PULL,
        f"arn:aws:ecr:*:{OWNER}:repository/*",
        Condition={"StringEquals": {"ecr:ResourceTag/environment": "dev"}},
    )
)


@pytest.mark.parametrize(
    ("document", "action", "context", "decision"),
    [
        (ONE_REPOSITORY, PUT, {}, "allow"),
        (ONE_REPOSITORY, "ecr:GetAuthorizationToken", {}, "allow"),
        (ONE_REPOSITORY, "ecr:DeleteRepository", {}, "deny"),
        (
            THROUGH_AN_ENDPOINT,
            GET,
            {"aws:SourceVpce": "vpce-1a2b3c4d", "aws:SourceVpc": "vpc-1"},
            "allow",
        ),
        (THROUGH_AN_ENDPOINT, GET, {"aws:SourceVpce": "", "aws:SourceVpc": ""}, "deny"),
        (THROUGH_AN_ENDPOINT, "ecr:GetAuthorizationToken", {}, "allow"),
        (BY_TAG, GET, {}, "allow"),
        (BY_TAG, PUT, {}, "deny"),
    ],
)
def test_identity_policies(
    document: Policy, action: str, context: dict[str, str], decision: str
) -> None:
    tagged = deployment(None, identity(BUILD, document), tags=(("environment", "dev"),))
    assert str(can(tagged, BUILD, action, NAME, context=context).decision) == decision


def test_a_deny_wins_over_an_allow_of_either_side() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html."""
    ours = policy(allow({"AWS": BUILD}), deny({"AWS": BUILD}, GET))
    assert can(deployment(ours), BUILD, GET, NAME).decision == "deny"
    theirs = identity(BUILD, policy(grant("ecr:*"), deny(None, GET, Resource="*")))
    both = deployment(policy(allow({"AWS": BUILD})), theirs)
    assert can(both, BUILD, GET, NAME).decision == "deny"
