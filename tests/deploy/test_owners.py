"""A registry has its settings once: two apps that both own them fight, contributions do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from tests.deploy.apps import REGION, Build, synthesise
from tests.deploy.cdk_cli import CdkCli, CdkError
from tests.deploy.conftest import Aws
from tests.deploy.read_back import live_repositories, registry_settings

from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.constructs.repository import GovernedRepository
from ecr_constructs.model.principals import Principals
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.upstream import Upstream

pytestmark = pytest.mark.deploy

PARTNER = "999999999999"
PULL = ["ecr:BatchGetImage"]


def owner(stack: cdk.Stack) -> None:
    registry = GovernedRegistry(stack, "Registry", scanning=Scanning.basic(on_push=["*"]))
    registry.allow(Principals.account(PARTNER), actions=PULL)


def service(*prefixes: str) -> Build:
    """Build a service's stack, which replicates what it has and owns no setting."""

    def build(stack: cdk.Stack) -> None:
        GovernedRepository(stack, "Api", repository_name="payments/api")
        registry = GovernedRegistry.of(stack)
        registry.replicate_to(RegistryReference(PARTNER, REGION), repository_filters=prefixes)

    return build


def caches(stack: cdk.Stack) -> None:
    """Build another's, which caches an upstream and lets an account pull."""
    GovernedRepository(stack, "Web", repository_name="web")
    registry = GovernedRegistry.of(stack)
    registry.add_pull_through_cache(Upstream.quay())
    registry.allow(Principals.account("8" * 12), actions=PULL)


def prefixes(settings: dict[str, Any]) -> list[str]:
    return [
        each["filter"]
        for rule in settings["replication"]["rules"]
        for each in rule["repositoryFilters"]
    ]


def test_refuses_a_second_app_that_owns_the_registry(
    cdk_cli: CdkCli, account: str, tmp_path: Path, aws: Aws
) -> None:
    """Neither app can know of the other; CloudFormation finds the settings taken."""
    cdk_cli.deploy(synthesise(tmp_path / "first", account, First=owner))
    before = registry_settings(aws("ecr"))

    with pytest.raises(CdkError, match=rf"with identifier '{account}' already exists"):
        cdk_cli.deploy(synthesise(tmp_path / "second", account, Second=owner))

    assert registry_settings(aws("ecr")) == before


def test_one_owner_and_the_stacks_of_its_app_share_the_registry(
    cdk_cli: CdkCli, account: str, tmp_path: Path, aws: Aws
) -> None:
    """What a stack contributes is deployed with the owner's, and changes nobody else's."""
    first = synthesise(
        tmp_path / "first", account, Service=service("payments/"), Caches=caches, Platform=owner
    )
    cdk_cli.deploy(first)
    before = registry_settings(aws("ecr"))
    assert prefixes(before) == ["payments/"]
    # One registry policy with the statements of two stacks.
    assert {
        principal
        for statement in before["policy"]["Statement"]
        for principal in statement["Principal"]["AWS"]
    } >= {f"arn:aws:iam::{each}:root" for each in (PARTNER, "8" * 12)}

    second = synthesise(
        tmp_path / "second",
        account,
        Service=service("payments/", "billing/"),
        Caches=caches,
        Platform=owner,
    )
    said = cdk_cli.deploy(second)

    # The change belongs to the owner's stack alone.
    assert "Service (no changes)" in said
    assert "Caches (no changes)" in said
    after = registry_settings(aws("ecr"))
    assert prefixes(after) == ["billing/", "payments/"]
    assert {**after, "replication": before["replication"]} == before

    # An app of its own that owns nothing is deployed beside it.
    other = synthesise(
        tmp_path / "other",
        account,
        Other=lambda stack: GovernedRepository(stack, "Search", repository_name="search"),
    )
    cdk_cli.deploy(other)
    assert registry_settings(aws("ecr")) == after
    repositories = live_repositories(aws("ecr"))
    assert set(repositories) == {"payments/api", "web", "search"}

    # When the app goes, its registry stays as it was.
    cdk_cli.destroy(second)
    assert registry_settings(aws("ecr")) == after
    assert live_repositories(aws("ecr")) == repositories
