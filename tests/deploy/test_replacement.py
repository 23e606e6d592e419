"""What makes a resource anew, and what then happens to the images that are there."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from tests.deploy.apps import Assemble, Build
from tests.deploy.cdk_cli import CdkCli, CdkError
from tests.deploy.conftest import Aws
from tests.deploy.oci import Image, OciRegistry, RegistryRefusalError
from tests.deploy.read_back import live_repositories, registry_settings

from ecr_constructs.constructs.cache_secret import PullThroughCacheSecret
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.constructs.repository import GovernedRepository
from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.encryption import EncryptionType
from ecr_constructs.model.upstream import Upstream
from ecr_constructs.review.change.difference import ChangeClass
from ecr_constructs.review.run import review

pytestmark = pytest.mark.deploy

REMOVED = Exemption(Control.RETAIN_ON_DELETE, "a sandbox, rebuilt every night")

#: What is said of the removal of a repository, by construct id.
REMOVALS: dict[str, dict[str, Any]] = {
    "Kept": {},
    "Cautious": {"removal_policy": cdk.RemovalPolicy.DESTROY, "exemptions": [REMOVED]},
    "Ruthless": {
        "removal_policy": cdk.RemovalPolicy.DESTROY,
        "empty_on_delete": True,
        "exemptions": [REMOVED],
    },
}

#: How the review tells what becomes of the old one.
SAID = {
    "Kept": "the old one stays with them, outside of its stack",
    "Cautious": "the old one is deleted if it is empty, and left to itself otherwise",
    "Ruthless": "and which are deleted with the old one",
}


def repositories(*, encryption: EncryptionType, name: str) -> Build:
    """Build repositories without a name, and repositories with one."""

    def build(stack: cdk.Stack) -> None:
        for construct_id, removal in REMOVALS.items():
            GovernedRepository(stack, construct_id, encryption=encryption, **removal)
            GovernedRepository(
                stack,
                f"{construct_id}Named",
                repository_name=f"{construct_id.lower()}/{name}",
                **removal,
            )

    return build


def test_another_encryption_or_name_leaves_the_images_behind(
    cdk_cli: CdkCli, assemble: Assemble, aws: Aws, registry: OciRegistry
) -> None:
    """The new repository is empty; the old one stays, or goes with its images if it says so."""
    before = assemble(repositories(encryption=EncryptionType.AES256, name="api"))
    cdk_cli.deploy(before)
    pushed = {name: registry.push(name, "v1", Image.of(name)) for name in names(aws)}
    assert len(pushed) == 2 * len(REMOVALS)
    after = assemble(repositories(encryption=EncryptionType.KMS, name="backend"))
    cdk_cli.deploy(after)

    gone = {name for name in pushed if "ruthless" in name}
    assert len(gone) == 2
    # What still holds images is not removed, whatever the template says.
    assert names(aws) & pushed.keys() == pushed.keys() - gone
    for name in pushed.keys() - gone:
        assert registry.pull(name, "v1").digest == pushed[name]
    fresh = names(aws) - pushed.keys()
    assert len(fresh) == len(pushed)
    for name in fresh:
        with pytest.raises(RegistryRefusalError, match="MANIFEST_UNKNOWN"):
            registry.pull(name, "v1")
    # The review said so before it happened.
    change = review(after, against=before).change
    assert change is not None
    for each in change.of(ChangeClass.LOST):
        (name,) = each.repositories
        (fate,) = (said for construct, said in SAID.items() if construct.lower() in name.lower())
        assert each.sentence.startswith(f"{name} is replaced by an empty repository")
        assert each.sentence.endswith(fate)
    assert change.counts == {ChangeClass.LOST: len(pushed)}


def names(aws: Aws) -> set[str]:
    return set(live_repositories(aws("ecr")))


def cache(*, secret: str, prefix: str) -> Build:
    """Build a cache of Docker Hub, and a template for what is replicated under a prefix."""

    def build(stack: cdk.Stack) -> None:
        registry = GovernedRegistry(stack, "Registry")
        credentials = {
            name: PullThroughCacheSecret(stack, name.title(), name=name)
            for name in ("first", "second")
        }
        registry.add_pull_through_cache(
            Upstream.docker_hub(),
            credential=credentials[secret],
            ecr_repository_prefix=prefix,
            construct_id="Hub",
        )
        registry.add_creation_template(f"{prefix}-copies", applied_for=[AppliedFor.REPLICATION])

    return build


def test_another_credential_fails_and_another_prefix_leaves_the_old_rule(
    cdk_cli: CdkCli, assemble: Assemble, aws: Aws, registry: OciRegistry
) -> None:
    """Both would make the rule anew, and one prefix has one rule."""
    first = assemble(cache(secret="first", prefix="hub"))
    cdk_cli.deploy(first)
    # What a pull would have made.
    ecr = aws("ecr")
    ecr.create_repository(repositoryName="hub/library/nginx")
    digest = registry.push("hub/library/nginx", "1.29", Image.of("nginx"))
    before = registry_settings(ecr)

    other = assemble(cache(secret="second", prefix="hub"))
    change = review(other, against=first).change
    assert change is not None
    (replaced,) = change.differences
    assert "'hub' is replaced" in replaced.sentence
    assert "so that the update fails" in replaced.sentence
    with pytest.raises(CdkError, match=r"prefix\s+'hub'\s+already\s+exists"):
        cdk_cli.deploy(other)
    assert registry_settings(ecr) == before

    cdk_cli.deploy(assemble(cache(secret="first", prefix="docker")))
    after = registry_settings(ecr)
    assert prefixes(after["rules"]) == {"hub", "docker"}
    assert prefixes(after["templates"]) == {"hub", "hub-copies", "docker", "docker-copies"}
    assert [each for each in after["rules"] if each in before["rules"]] == before["rules"]
    assert [each for each in after["templates"] if each in before["templates"]] == before[
        "templates"
    ]
    assert registry.pull("hub/library/nginx", "1.29").digest == digest


def prefixes(values: list[dict[str, Any]]) -> set[str]:
    return {each.get("ecrRepositoryPrefix", each.get("prefix")) for each in values}
