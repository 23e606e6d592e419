"""Roles that Amazon ECR takes: for creation templates, and for caches of other accounts."""

from __future__ import annotations

from typing import Any

from tests.checks.deployments import OTHER, REGION
from tests.checks.rules.cases.case import GIVEN, UNKNOWN, Case, case, policy
from tests.checks.rules.cases.registries import TAGGED, cache, template

ECR = "ecr.amazonaws.com"
CACHE = "pullthroughcache.ecr.amazonaws.com"
CREATES = ("ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource")
TAKEN = {"CustomRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}


def role(service: Any = ECR, *actions: Any, **properties: Any) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = policy({"Effect": "Allow", "Action": list(actions), "Resource": "*"})
    given: dict[str, Any] = {
        "AssumeRolePolicyDocument": policy(trust),
        "Policies": [{"PolicyName": "Own", "PolicyDocument": document}],
    }
    return {"Role": {"Type": "AWS::IAM::Role", "Properties": given | properties}}


def templates(about: str, role: dict[str, Any], *found: str, **sections: Any) -> Case:
    return case(
        "TemplateRole",
        about,
        template("ci", "REPLICATION", **TAGGED, **TAKEN) | role,
        *found,
        **sections,
    )


def caches(about: str, role: dict[str, Any], *found: str) -> Case:
    url = f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com"
    rule = cache("theirs", UpstreamRegistryUrl=url, CredentialArn=None, **TAKEN)
    return case("CacheCredential", about, rule | role, *found)


CASES: tuple[Case, ...] = (
    templates("a role of the stack", role(ECR, *CREATES)),
    templates("a role that may do more", role([ECR, "lambda.amazonaws.com"], "ecr:*")),
    templates("a role for something else", role("lambda.amazonaws.com", *CREATES), "fail T"),
    templates("a role that sets no tags", role(ECR, *CREATES[:2]), "fail T"),
    templates("a role that copies no images", role(ECR, CREATES[0], CREATES[2]), "fail T"),
    templates("a role for a parameter", role(GIVEN, *CREATES), **UNKNOWN),
    templates("a role that may do a parameter", role(ECR, GIVEN), **UNKNOWN),
    templates(
        "a role with a policy of AWS",
        role(
            ECR, ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryFullAccess"]
        ),
    ),
    templates(
        "a role that trusts who is not known",
        role(
            AssumeRolePolicyDocument=GIVEN,
            Policies=[{"PolicyName": "Own", "PolicyDocument": GIVEN}],
        ),
        **UNKNOWN,
    ),
    caches("a role of the stack", role(CACHE, "ecr:Batch*", "ecr:Get*")),
    caches("a role for something else", role(ECR, "ecr:Batch*", "ecr:Get*"), "fail Cache"),
    caches("a role that may not read", role(CACHE, "ecr:PutImage"), "fail Cache"),
)
