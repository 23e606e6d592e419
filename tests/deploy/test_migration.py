"""Bare repositories of a CDK app that hold images become governed, and nothing is lost."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from tests.deploy.apps import Assemble
from tests.deploy.cdk_cli import CdkCli
from tests.deploy.conftest import Aws
from tests.deploy.oci import Image, OciRegistry
from tests.deploy.read_back import live_repositories

from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.constructs.repository import GovernedRepository

pytestmark = pytest.mark.deploy


def bare(stack: cdk.Stack) -> None:
    """Build what an app had before: repositories with and without a name, one granted."""
    api = ecr.Repository(stack, "Api", repository_name="payments/api")
    api.add_lifecycle_rule(max_image_count=50)
    ecr.Repository(stack, "Web", image_scan_on_push=True)
    api.grant_pull(a_role(stack))


def governed(stack: cdk.Stack) -> None:
    """Build the same with other classes."""
    api = GovernedRepository(stack, "Api", repository_name="payments/api")
    GovernedRepository(stack, "Web")
    api.grant_pull(a_role(stack))


def owned(stack: cdk.Stack) -> None:
    """Build the same, and give the registry an owner."""
    governed(stack)
    GovernedRegistry(stack, "Registry")


def a_role(stack: cdk.Stack) -> iam.Role:
    return iam.Role(stack, "Task", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))


def test_bare_repositories_become_governed_in_place(
    cdk_cli: CdkCli, assemble: Assemble, aws: Aws, registry: OciRegistry
) -> None:
    cdk_cli.deploy(assemble(bare))
    before = live_repositories(aws("ecr"))
    pushed = {
        (name, tag): registry.push(name, tag, Image.of(f"{name} {tag}"))
        for name in before
        for tag in ("v1", "latest")
    }
    made, ids = identities(aws)

    cdk_cli.deploy(assemble(governed))

    assert (made, ids) == identities(aws)
    after = live_repositories(aws("ecr"))
    assert after.keys() == before.keys()
    for name, repository in after.items():
        assert before[name].image_tag_mutability == "MUTABLE"
        assert repository.image_tag_mutability == "IMMUTABLE"
        assert repository.scan_on_push is True
        assert repository.lifecycle_policy is not None
    assert {(name, tag): registry.pull(name, tag).digest for name, tag in pushed} == pushed

    # A registry that owns nothing yet changes nothing of theirs.
    assert "(no changes)" in cdk_cli.deploy(assemble(owned))


def identities(aws: Aws) -> tuple[dict[str, Any], dict[str, str]]:
    """Return when each repository was made, and which resource of the stack it is."""
    repositories = aws("ecr").describe_repositories()["repositories"]
    resources = aws("cloudformation").describe_stack_resources(StackName="Main")["StackResources"]
    return (
        {each["repositoryName"]: each["createdAt"] for each in repositories},
        {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources},
    )
