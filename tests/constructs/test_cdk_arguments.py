"""What is said to who changes the class of a CDK repository and keeps its arguments."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr

from ecr_constructs import (
    Baseline,
    ConfigurationError,
    GovernedRegistry,
    GovernedRepository,
    LifecycleRule,
    Principals,
    PullThroughCacheSecret,
    Scanning,
    Upstream,
)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"image_scan_on_push": True},
         ("image_scan_on_push must be written as it is called here, got an argument of"
         " aws_ecr.Repository; write scan_on_push=, or leave it out, as images are scanned by"
         " default")),
        ({"lifecycle_rules": [ecr.LifecycleRule(max_image_count=3)]},
         "write lifecycle_policy=LifecyclePolicy.of(...)"),
        ({"auto_delete_images": True},
         "write empty_on_delete=True with removal_policy=RemovalPolicy.DESTROY"),
        ({"encryption": ecr.RepositoryEncryption.KMS},
         ("encryption must be an EncryptionType, got aws_ecr.RepositoryEncryption of 'KMS'; write"
         " ecr_constructs.EncryptionType.KMS")),
        ({"image_tag_mutability": ecr.TagMutability.MUTABLE},
         ("image_tag_mutability must be this library's, got aws_ecr.TagMutability.MUTABLE; write"
         " ecr_constructs.TagMutability.MUTABLE")),
    ],
)  # fmt: skip
def test_refuses_an_argument_of_cdk_and_says_what_it_is_called_here(
    stack: cdk.Stack, arguments: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        GovernedRepository(stack, "Api", **arguments)
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        GovernedRegistry(stack, "Registry").add_repository("Api", **arguments)


def test_every_argument_of_a_cdk_repository_is_taken_or_told(stack: cdk.Stack) -> None:
    theirs, ours = (
        set(inspect.signature(each.__init__).parameters) - {"self", "scope", "id"}
        for each in (ecr.Repository, GovernedRepository)
    )
    assert theirs & ours >= {"repository_name", "removal_policy", "empty_on_delete"}
    for name in theirs - ours:
        given: dict[str, Any] = {name: None}
        with pytest.raises(ConfigurationError, match=rf"^{name} must be .* it is called here"):
            GovernedRepository(stack, "Api", **given)


@pytest.mark.parametrize(
    ("call", "fix"),
    [
        (lambda stack, _: GovernedRepository(stack, "Api", name="team/api"), "repository_name="),
        (lambda stack, _: GovernedRepository(stack, "Api", "team/api"),
         "repository_name='team/api'"),
        (lambda stack, _: GovernedRepository(stack, "Api", kms_key=None), "encryption_key="),
        (lambda _, registry: registry.add_repository("Api", "team/api"),
         "add_repository(id, repository_name=...), without a scope"),
        (lambda _, registry: registry.replicate_to("111122223333", "eu-west-1"),
         "RegistryReference(account, region), and repository_filters=[...]"),
        (lambda _, registry: registry.replicate_to(None, filters=["team/"]), "repository_filters="),
        (lambda _, registry: registry.add_creation_template("a", applied_for=[], tags={}),
         "resource_tags="),
        (lambda _, registry: registry.add_pull_through_cache(Upstream.quay(), prefix="quay"),
         "ecr_repository_prefix="),
        (lambda _, registry: registry.sign_images("team/*"), "repository_filters='team/*'"),
        (lambda _, registry: registry.on_image_pushed("E", image_tag="v1"), "image_tags="),
        (lambda _, registry: registry.add_repository("Api").on_image_pushed("E", image_tag="v1"),
         "image_tags="),
        (lambda stack, _: GovernedRegistry(stack, "R", organization_id="o-1"),
         "baseline=Baseline(organization_id=...)"),
        (lambda stack, _: PullThroughCacheSecret(stack, "S", secret_name="quay"), "name="),
        (lambda *_: LifecycleRule.expire(30), "older_than_days=30"),
        (lambda *_: LifecycleRule.keep_newest(5, ["v*"]), "tag_patterns=['v*']"),
        (lambda *_: LifecycleRule.keep_newest(5, tag_pattern_list=["v*"]), "tag_patterns="),
        (lambda *_: Scanning.basic(scan_on_push=["*"]), "on_push="),
        (lambda *_: Principals.lambda_functions("111122223333"), "account='111122223333'"),
        (lambda *_: Baseline(org_id="o-a1b2c3d4e5"), "organization_id="),
    ],
)  # fmt: skip
def test_an_argument_that_nobody_has_is_told_with_what_to_write(
    stack: cdk.Stack, call: Any, fix: str
) -> None:
    with pytest.raises(TypeError, match=rf"^[^\n]*; write {re.escape(fix)}$"):
        call(stack, GovernedRegistry(stack, "Registry"))


def test_principals_are_given_one_after_the_other(stack: cdk.Stack) -> None:
    repository: Any = GovernedRepository(stack, "Api")
    several = [Principals.account("111122223333")]
    with pytest.raises(TypeError, match="; leave principals= out, and write them one after the"):
        repository.allow_pull(principals=several)


def test_the_page_on_adoption_has_every_argument_of_a_cdk_repository() -> None:
    page = (Path(__file__).parents[2] / "docs" / "adoption.md").read_text(encoding="utf-8")
    rows = [row.split("|")[1] for row in page.splitlines() if row.startswith("| `")]
    named = set(re.findall(r"`(\w+)", " ".join(rows)))
    theirs = set(inspect.signature(ecr.Repository.__init__).parameters) - {"self", "scope", "id"}
    assert theirs <= named
