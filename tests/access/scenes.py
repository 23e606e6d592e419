"""Small deployments to ask questions of."""

from __future__ import annotations

from typing import Any

from ecr_constructs.model.identity import Identity, IdentityKind, IdentityPolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.unresolved import Text, Unresolved

OWNER, OTHER = "111111111111", "222222222222"
REGION = "eu-west-1"
NAME = "payments/api"
ARN = f"arn:aws:ecr:{REGION}:{OWNER}:repository/{NAME}"
BUILD = f"arn:aws:iam::{OWNER}:role/Build"
EVA = f"arn:aws:iam::{OWNER}:user/Eva"
REMOTE = f"arn:aws:iam::{OTHER}:role/Deploy"
LAMBDA = "lambda.amazonaws.com"
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
GET, PUT = "ecr:BatchGetImage", "ecr:PutImage"


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    """A policy from statements as IAM spells them."""
    return Policy.from_document({"Version": version, "Statement": list(statements)})


def allow(principal: Any = "*", action: Any = GET, **members: Any) -> dict[str, Any]:
    """An allow for a principal; none in an identity policy."""
    statement = {"Effect": "Allow", "Action": action} | members
    return statement if principal is None else statement | {"Principal": principal}


def deny(principal: Any = "*", action: Any = "ecr:*", **members: Any) -> dict[str, Any]:
    """A deny for a principal; none in an identity policy."""
    return allow(principal, action, **members) | {"Effect": "Deny"}


def grant(action: Any = GET, resource: Any = "*", **members: Any) -> dict[str, Any]:
    """An allow of an identity policy."""
    return allow(None, action, Resource=resource, **members)


def identity(
    arn: Text,
    *documents: Policy | Malformed | Unresolved,
    account: Text | None = None,
    kind: IdentityKind = IdentityKind.ROLE,
    managed: tuple[Text, ...] = (),
    **members: Any,
) -> Identity:
    """A role or user with policies, inline and managed elsewhere."""
    name = arn.split("/")[-1]
    policies = [
        IdentityPolicy(name=f"Policy{index}", document=document)
        for index, document in enumerate(documents)
    ]
    policies += [IdentityPolicy(name=each, document=None) for each in managed]
    return Identity(
        arn=arn,
        kind=kind,
        account=arn.split(":")[4] if account is None else account,
        name=name,
        policies=tuple(policies),
        **members,
    )


def deployment(
    repository_policy: Policy | Malformed | Unresolved | None = None,
    *identities: Identity,
    registry_policy: Policy | Malformed | Unresolved | None = None,
    tags: tuple[tuple[Text, Text], ...] = (),
    account: Text = OWNER,
    region: Text = REGION,
    name: Text | None = NAME,
) -> Deployment:
    """One registry with one repository."""
    repository = Repository(
        repository_name=name,
        repository_policy=repository_policy,
        tags=tags,
        origin=Origin("Main", "Api", "Main.template.json", "Main/Api/Resource"),
    )
    registry = Registry(
        account=account,
        region=region,
        repositories=(repository,),
        registry_policy=registry_policy,
    )
    return Deployment(registries=(registry,), identities=identities)
