"""A deployment that fails leaves the registry and its images as they were."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from tests.deploy.apps import REGION, Assemble
from tests.deploy.cdk_cli import CdkCli, CdkError
from tests.deploy.conftest import Aws
from tests.deploy.oci import Image, OciRegistry
from tests.deploy.read_back import live_repositories, registry_settings

from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.principals import Principals
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.upstream import Upstream

pytestmark = pytest.mark.deploy

PARTNER = "999999999999"


def registry_of(stack: cdk.Stack, *, version: int) -> GovernedRegistry:
    """Build a registry of which every setting differs from version to version."""
    account = str(version) * 12
    registry = GovernedRegistry(
        stack, "Registry", scanning=Scanning.basic(on_push=[f"v{version}/*"])
    )
    registry.allow(Principals.account(account), actions=["ecr:BatchGetImage"])
    registry.replicate_to(
        RegistryReference(PARTNER, REGION), repository_filters=[f"payments/v{version}"]
    )
    registry.add_pull_through_cache(Upstream.quay(), resource_tags={"version": str(version)})
    api = registry.add_repository(
        "Api",
        repository_name="payments/api",
        lifecycle_policy=LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=version)),
        tags={"version": str(version)},
    )
    api.allow_pull(Principals.account(account))
    return registry


def fails_late(stack: cdk.Stack) -> None:
    """Build the second version, something more, and last of all what cannot be made."""
    registry = registry_of(stack, version=2)
    registry.add_repository("Web", repository_name="payments/web")
    registry.add_repository(
        "Jobs",
        repository_name="payments/jobs",
        removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    registry.add_pull_through_cache(Upstream.ecr_public())
    made = [each for each in stack.node.find_all() if isinstance(each, cdk.CfnResource)]
    last = ecr.CfnPullThroughCacheRule(
        stack,
        "Last",
        ecr_repository_prefix="mirror",
        upstream_registry_url="registry.example.com",
    )
    for each in made:
        last.add_resource_dependency(each)


def test_a_late_failure_leaves_the_earlier_settings_and_the_images(
    cdk_cli: CdkCli, assemble: Assemble, aws: Aws, registry: OciRegistry
) -> None:
    cdk_cli.deploy(assemble(lambda stack: registry_of(stack, version=1)))
    digest = registry.push("payments/api", "v1", Image.of("kept"))
    settings, (api,) = registry_settings(aws("ecr")), live_repositories(aws("ecr")).values()

    with pytest.raises(CdkError, match="UnsupportedUpstreamRegistryException"):
        cdk_cli.deploy(assemble(fails_late))

    left, repositories = registry_settings(aws("ecr")), live_repositories(aws("ecr"))
    assert repositories.pop("payments/api") == api
    assert registry.pull("payments/api", "v1").digest == digest
    for lists in ("rules", "templates"):
        (new,) = [each for each in left[lists] if each not in settings[lists]]
        assert "ecr-public" in new.values()
        left[lists].remove(new)
    assert left == settings
    # What is retained is so from the moment that it is made, unless it says otherwise.
    assert list(repositories) == ["payments/web"]

    # The stack is what it was, and takes the next version.
    cdk_cli.deploy(assemble(lambda stack: registry_of(stack, version=2)))
    assert live_repositories(aws("ecr"))["payments/api"] != api
    assert registry.pull("payments/api", "v1").digest == digest


def test_a_failed_first_deployment_leaves_what_it_retains(
    cdk_cli: CdkCli, assemble: Assemble, aws: Aws
) -> None:
    """So that the next one finds it taken; it has to be imported, or deleted by hand."""
    with pytest.raises(CdkError, match="UnsupportedUpstreamRegistryException"):
        cdk_cli.deploy(assemble(fails_late))

    assert set(live_repositories(aws("ecr"))) == {"payments/api", "payments/web"}
    with pytest.raises(CdkError, match=r"already\s+exists"):
        cdk_cli.deploy(assemble(lambda stack: registry_of(stack, version=2)))
