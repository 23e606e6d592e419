"""Governed repositories, deployed: what is stored, what a push may do, what removal leaves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from tests.deploy.apps import REGION, Assemble, Build, synthesise
from tests.deploy.cdk_cli import CdkCli, CdkError
from tests.deploy.conftest import Aws
from tests.deploy.oci import Image, OciRegistry, RegistryRefusalError, digest_of
from tests.deploy.read_back import live_repositories

from ecr_constructs.constructs.repository import GovernedRepository
from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.principals import Principals
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.statement import Condition, Principal, Statement
from ecr_constructs.model.tag_mutability import TagMutability

pytestmark = pytest.mark.deploy

RULES = LifecyclePolicy.of(
    LifecycleRule.expire_untagged(older_than_days=7, description="what nobody can name"),
    LifecycleRule.protect(tag_patterns=["v*"]),
    LifecycleRule.archive(not_pulled_for_days=90, tag_prefixes=["pr-"]),
    LifecycleRule.expire_archived(after_days=365),
)
EXPIRY = LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=14))
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
TAGS_MOVE = Exemption(Control.TAG_IMMUTABILITY, "its tags move with the upstream")
UNSCANNED = Exemption(Control.SCAN_ON_PUSH, "scanned by the pipeline")
REMOVED = Exemption(Control.RETAIN_ON_DELETE, "a sandbox, rebuilt every night")


def define_all_values(stack: cdk.Stack) -> None:
    """Define repositories that together have every value of every property."""
    api = GovernedRepository(
        stack,
        "Api",
        repository_name="payments/api",
        image_tag_mutability_exclusion_filters=["pr-*", "*-cache-*"],
        lifecycle_policy=RULES,
        tags={"team": "payments", "cost-centre": "42"},
    )
    api.allow_pull(Principals.account("222222222222"), Principals.lambda_functions())
    GovernedRepository(stack, "Web", repository_name="web")
    GovernedRepository(
        stack,
        "Mirror",
        repository_name="mirror__docker-hub/library",
        image_tag_mutability=TagMutability.MUTABLE,
        scan_on_push=False,
        encryption=EncryptionType.KMS,
        exemptions=[TAGS_MOVE, UNSCANNED],
    )
    GovernedRepository(
        stack,
        "Vault",
        repository_name="vault",
        image_tag_mutability=TagMutability.MUTABLE_WITH_EXCLUSION,
        image_tag_mutability_exclusion_filters=["v*"],
        encryption_key=kms.Key(stack, "Key"),
        exemptions=[TAGS_MOVE],
    )
    GovernedRepository(stack, "Nameless")


def all_values(account: str, key: str) -> Iterator[Repository]:
    """Yield what :func:`define_all_values` asks for, but the one without a name."""
    functions = f"arn:aws:lambda:{REGION}:{account}:function:*"
    yield Repository(
        repository_name="payments/api",
        image_tag_mutability="IMMUTABLE_WITH_EXCLUSION",
        exclusion_filters=("pr-*", "*-cache-*"),
        scan_on_push=True,
        lifecycle_policy=RULES,
        tags=(("team", "payments"), ("cost-centre", "42")),
        repository_policy=Policy.of(
            Statement(
                principals=(Principal("AWS", "arn:aws:iam::222222222222:root"),), actions=PULL
            ),
            Statement(
                principals=(Principal("Service", "lambda.amazonaws.com"),),
                actions=PULL,
                conditions=(Condition("ArnLike", "aws:SourceArn", (functions,)),),
            ),
        ),
    )
    yield Repository(
        repository_name="web",
        image_tag_mutability="IMMUTABLE",
        scan_on_push=True,
        lifecycle_policy=EXPIRY,
    )
    yield Repository(
        repository_name="mirror__docker-hub/library",
        image_tag_mutability="MUTABLE",
        encryption=Encryption("KMS"),
        lifecycle_policy=EXPIRY,
    )
    yield Repository(
        repository_name="vault",
        image_tag_mutability="MUTABLE_WITH_EXCLUSION",
        exclusion_filters=("v*",),
        scan_on_push=True,
        encryption=Encryption("KMS", key),
        lifecycle_policy=EXPIRY,
    )


def test_repositories_are_deployed_as_given(
    cdk_cli: CdkCli, aws: Aws, account: str, tmp_path: Path
) -> None:
    assembly = synthesise(tmp_path / "app", account, bootstrapped=True, Teams=define_all_values)

    cdk_cli.bootstrap(assembly)
    cdk_cli.deploy(assembly)

    assert "Teams (no changes)" in cdk_cli.deploy(assembly)
    assert "There were no differences" in cdk_cli.diff(assembly)
    assert "No drift detected" in cdk_cli.drift(assembly)
    (key,) = aws("kms").list_keys()["Keys"]
    expected = {
        each.repository_name: each.normalise() for each in all_values(account, key["KeyArn"])
    }
    live = live_repositories(aws("ecr"))
    (made_up,) = live.keys() - expected.keys()
    nameless = live.pop(made_up)
    assert live == expected
    assert nameless == replace(live["web"], repository_name=made_up)
    assert made_up.startswith("teams-nameless")


def test_images_are_served_bit_for_bit_and_outlive_their_stack(
    cdk_cli: CdkCli, registry: OciRegistry, aws: Aws, assemble: Assemble
) -> None:
    assembly = assemble(lambda stack: GovernedRepository(stack, "Api", repository_name="team/api"))
    cdk_cli.deploy(assembly)
    first, second = Image.of("first"), Image.of("second")

    digest = registry.push("team/api", "v1", first)
    pulled = registry.pull("team/api", "v1")
    assert pulled.image == first
    assert pulled.digest == digest == digest_of(pulled.manifest)
    assert registry.pull("team/api", digest) == pulled
    (described,) = aws("ecr").describe_images(repositoryName="team/api")["imageDetails"]
    assert (described["imageDigest"], described["imageTags"]) == (digest, ["v1"])

    with pytest.raises(RegistryRefusalError, match=r"TAG_INVALID.*'v1'.*tag is immutable"):
        registry.push("team/api", "v1", second)
    with pytest.raises(RegistryRefusalError, match=r"NAME_UNKNOWN.*team/none"):
        registry.push("team/none", "v1", first)
    assert registry.pull("team/api", "v1") == pulled

    cdk_cli.destroy(assembly)

    assert registry.pull("team/api", "v1") == pulled
    assert list(live_repositories(aws("ecr"))) == ["team/api"]
    # What a stack left behind is nobody's: a stack that defines it anew has to import it.
    with pytest.raises(CdkError, match=r"'team/api' already\s+exists"):
        cdk_cli.deploy(assembly)
    assert registry.pull("team/api", "v1") == pulled


def test_exclusion_filters_decide_which_tags_move(
    cdk_cli: CdkCli, registry: OciRegistry, aws: Aws, assemble: Assemble
) -> None:
    modes = {
        TagMutability.IMMUTABLE: (),
        TagMutability.IMMUTABLE_WITH_EXCLUSION: ("pr-*", "*-cache-*"),
        TagMutability.MUTABLE: (),
        TagMutability.MUTABLE_WITH_EXCLUSION: ("v*",),
    }

    def build(stack: cdk.Stack) -> None:
        for mode, filters in modes.items():
            GovernedRepository(
                stack,
                mode,
                repository_name=mode.lower(),
                image_tag_mutability=mode,
                image_tag_mutability_exclusion_filters=filters,
                exemptions=[TAGS_MOVE],
            )

    cdk_cli.deploy(assemble(build))

    moved = {mode: {tag for tag in TAGS if moves(registry, mode.lower(), tag)} for mode in modes}
    assert moved == {
        TagMutability.IMMUTABLE: set(),
        TagMutability.IMMUTABLE_WITH_EXCLUSION: {"pr-7", "x-cache-1"},
        TagMutability.MUTABLE: set(TAGS),
        TagMutability.MUTABLE_WITH_EXCLUSION: {"latest", "pr-7", "x-cache-1", "a-v1"},
    }


TAGS = ("latest", "v1", "pr-7", "x-cache-1", "a-v1")


def moves(registry: OciRegistry, repository: str, tag: str) -> bool:
    """Push two images under a tag, and tell which of them it names then."""
    first, second = Image.of(f"{tag} first"), Image.of(f"{tag} second")
    registry.push(repository, tag, first)
    with contextlib.suppress(RegistryRefusalError):
        registry.push(repository, tag, second)
    return registry.pull(repository, tag).image == second


def test_a_repository_that_holds_images_is_removed_only_if_it_says_so(
    cdk_cli: CdkCli, registry: OciRegistry, aws: Aws, account: str, tmp_path: Path
) -> None:
    def sandbox(name: str, *, empty_on_delete: bool) -> Build:
        return lambda stack: GovernedRepository(
            stack,
            "Sandbox",
            repository_name=name,
            removal_policy=cdk.RemovalPolicy.DESTROY,
            empty_on_delete=empty_on_delete,
            exemptions=[REMOVED],
        )

    assembly = synthesise(
        tmp_path / "app",
        account,
        Cautious=sandbox("cautious", empty_on_delete=False),
        Ruthless=sandbox("ruthless", empty_on_delete=True),
    )
    cdk_cli.deploy(assembly)
    digest = registry.push("cautious", "v1", Image.of("image"))
    assert registry.push("ruthless", "v1", Image.of("image")) == digest

    with pytest.raises(CdkError, match=r"'cautious' is not\s+empty"):
        cdk_cli.destroy(assembly, "Cautious")
    cdk_cli.destroy(assembly, "Ruthless")

    assert list(live_repositories(aws("ecr"))) == ["cautious"]
    assert registry.pull("cautious", "v1").digest == digest
    cdk_cli.deploy(assembly, "Ruthless")
    with pytest.raises(RegistryRefusalError, match="MANIFEST_UNKNOWN"):
        registry.pull("ruthless", digest)
