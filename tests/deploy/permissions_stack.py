"""Repositories and principals whose policies try what decides on a request.

All that IAM compares is there that the emulator's IAM knows, too: it decides
within one account, and knows neither organisations nor networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import aws_cdk as cdk
from tests.deploy.apps import REGION

Statement: TypeAlias = dict[str, Any]

PULL: Final = ("ecr:BatchGetImage", "ecr:DescribeImages")
EVERYTHING: Final = ("ecr:*",)
#: The one user; all other principals are roles.
USER: Final = "person"
#: The roles with a tag.
TAGGED: Final = frozenset({"narrow", "nobody"})


def repository_policies(account: str) -> dict[str, list[Statement]]:
    """Return the statements of each repository, by what they try."""
    root = {"AWS": f"arn:aws:iam::{account}:root"}

    def role(name: str) -> dict[str, str]:
        return {"AWS": f"arn:aws:iam::{account}:role/{name}"}

    session = {"AWS": f"arn:aws:sts::{account}:assumed-role/nobody/test"}
    user = {"AWS": f"arn:aws:iam::{account}:user/person"}
    is_nobody = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/no*"}}
    in_team = {"StringEquals": {"aws:PrincipalTag/team": "payments"}}
    elsewhere = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    unless_admin = {"StringNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/admin"}}
    return {
        "silent": [],
        "names-role": [statement("Allow", role("nobody"), PULL)],
        "names-bounded": [statement("Allow", role("bounded"), EVERYTHING)],
        "names-session": [statement("Allow", session, EVERYTHING)],
        "names-user": [statement("Allow", user, EVERYTHING)],
        "names-account": [statement("Allow", root, EVERYTHING)],
        "denies-role": [
            statement("Allow", "*", PULL),
            statement("Deny", role("admin"), ["ecr:Batch*"]),
        ],
        "denies-all": [statement("Deny", "*", ["ecr:PutImage"])],
        "denies-unless": [statement("Deny", "*", ["ecr:BatchDeleteImage"], Condition=unless_admin)],
        "by-arn": [statement("Allow", "*", EVERYTHING, Condition=is_nobody)],
        "by-tag": [statement("Allow", "*", PULL, Condition=in_team)],
        "by-region": [statement("Allow", "*", EVERYTHING, Condition=elsewhere)],
        "prod/registry": [],
    }


def registry_policy(account: str) -> list[Statement]:
    of_prod = {"Resource": f"arn:aws:ecr:{REGION}:{account}:repository/prod/*"}
    nobody = {"AWS": f"arn:aws:iam::{account}:role/nobody"}
    return [
        statement("Allow", nobody, PULL, **of_prod),
        statement("Deny", "*", ["ecr:BatchDeleteImage"], **of_prod),
    ]


def identity_policies(account: str) -> dict[str, list[Statement]]:
    """Return the statements of each role; the last is the user's."""
    arn = f"arn:aws:ecr:{REGION}:{account}:repository/"
    return {
        "nobody": [],
        "admin": [statement("Allow", None, EVERYTHING, Resource="*")],
        "bounded": [statement("Allow", None, EVERYTHING, Resource="*")],
        "narrow": [statement("Allow", None, EVERYTHING, Resource=[f"{arn}silent", f"{arn}by-*"])],
        "careful": [
            statement("Allow", None, EVERYTHING, Resource="*"),
            statement("Deny", None, ["ecr:*Delete*"], Resource=f"{arn}*"),
        ],
        "inverse": [{"Effect": "Allow", "NotAction": ["ecr:Put*"], "NotResource": f"{arn}names-*"}],
        "person": [statement("Allow", None, ["ecr:Describe*"], Resource=f"{arn}*")],
    }


def build(stack: cdk.Stack) -> None:
    """Build the repositories, the registry policy and the principals."""
    account = stack.account
    for name, statements in repository_policies(account).items():
        policy = {"RepositoryPolicyText": document(statements)} if statements else {}
        _resource(stack, name, "ECR::Repository", {"RepositoryName": name, **policy})
    _resource(
        stack, "Policy", "ECR::RegistryPolicy", {"PolicyText": document(registry_policy(account))}
    )
    boundary = _resource(
        stack,
        "Boundary",
        "IAM::ManagedPolicy",
        {"PolicyDocument": document([statement("Allow", None, PULL, Resource="*")])},
    )
    for name, statements in identity_policies(account).items():
        kind = "User" if name == USER else "Role"
        properties: dict[str, Any] = {f"{kind}Name": name}
        if statements:
            properties["Policies"] = [{"PolicyName": "own", "PolicyDocument": document(statements)}]
        if kind == "Role":
            trust = statement("Allow", {"AWS": account}, ["sts:AssumeRole"])
            properties["AssumeRolePolicyDocument"] = document([trust])
        if name == "bounded":
            properties["PermissionsBoundary"] = boundary.ref
        if name in TAGGED:
            properties["Tags"] = [{"Key": "team", "Value": "payments"}]
        _resource(stack, name, f"IAM::{kind}", properties)


def document(statements: Sequence[Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(effect: str, principal: Any, actions: Sequence[str], **more: Any) -> Statement:
    who = {"Principal": principal} if principal else {}
    return {"Effect": effect, **who, "Action": list(actions), **more}


def _resource(
    stack: cdk.Stack, name: str, kind: str, properties: dict[str, Any]
) -> cdk.CfnResource:
    construct_id = name.replace("/", "-")
    return cdk.CfnResource(stack, construct_id, type=f"AWS::{kind}", properties=properties)
