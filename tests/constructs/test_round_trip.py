"""What a construct writes is read back from the assembly as the value that was given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from hypothesis import HealthCheck, Phase, given, settings
from tests.model.repository_strategies import known_policies, repositories
from tests.profiles import examples
from tests.synthesis import ACCOUNT, ENVIRONMENT, REGION, new_app, new_stack, synthesise

from ecr_constructs import (
    Baseline,
    Control,
    EncryptionType,
    Exemption,
    GovernedRepository,
    Principal,
    Statement,
)
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.tag_mutability import TagMutability
from ecr_constructs.sources.assembly import read_assembly

REMOVAL_POLICIES: Final = {
    "Delete": cdk.RemovalPolicy.DESTROY,
    "Retain": cdk.RemovalPolicy.RETAIN,
    "RetainExceptOnCreate": cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
}
#: Lets a repository loosen whatever it was drawn with.
EVERYTHING: Final = tuple(Exemption(control, "drawn") for control in Control)


#: An example takes a synthesis, so that explaining a failure would take minutes.
SYNTHESISING: Final = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


def define(stack: cdk.Stack, value: Repository) -> GovernedRepository:
    """Define a repository of a value."""
    key, policy, lifecycle = (
        value.encryption.kms_key,
        value.repository_policy,
        value.lifecycle_policy,
    )
    assert policy is None or isinstance(policy, Policy)
    assert isinstance(lifecycle, LifecyclePolicy)
    assert value.repository_name is None or isinstance(value.repository_name, str)
    return GovernedRepository(
        stack,
        "Api",
        repository_name=value.repository_name,
        image_tag_mutability=TagMutability(str(value.image_tag_mutability)),
        image_tag_mutability_exclusion_filters=map(str, value.exclusion_filters),
        scan_on_push=value.scan_on_push is True,
        encryption=EncryptionType(str(value.encryption.type)),
        encryption_key=None if key is None else kms.Key.from_key_arn(stack, "Key", str(key)),
        lifecycle_policy=lifecycle,
        repository_policy=policy,
        tags={str(tag): str(text) for tag, text in value.tags},
        removal_policy=REMOVAL_POLICIES[value.deletion_policy],
        empty_on_delete=value.empty_on_delete is True,
        exemptions=value.exemptions,
    )


def read_back(value: Repository, env: cdk.Environment | None, **given: str) -> Repository:
    app = new_app(validate=False)
    define(new_stack(app, env=env), value)
    synthesise(app, lint=False)
    deployment = read_assembly(Path(app.outdir), **given)
    assert deployment.malformed == ()
    (registry,) = deployment.registries
    assert (registry.account, registry.region) == (ACCOUNT, REGION)
    (repository,) = registry.repositories
    # CDK sorts tags on its own, by the locale.
    return replace(repository, tags=repository.normalise().tags)


def with_every_exemption(value: Repository) -> Repository:
    """Return the value with the baseline's lifecycle policy in the place of none."""
    policy = value.lifecycle_policy
    return replace(
        value,
        lifecycle_policy=Baseline().lifecycle_policy if policy is None else policy,
        exemptions=value.exemptions + EVERYTHING,
    )


@settings(SYNTHESISING, max_examples=examples(25))
@given(drawn=repositories(known_policies()))
def test_reading_what_is_synthesised_gives_the_value_back(drawn: Repository) -> None:
    value = with_every_exemption(drawn)
    assert read_back(value, ENVIRONMENT) == value.normalise()


@settings(SYNTHESISING, max_examples=examples(15))
@given(drawn=repositories(known_policies()))
def test_reading_an_agnostic_stack_where_it_is_deployed_gives_the_value_back(
    drawn: Repository,
) -> None:
    value = with_every_exemption(drawn)
    # Where the partition is not known, two spellings of one account stay two principals.
    found = read_back(value, None, account=ACCOUNT, region=REGION).normalise()
    assert found == value.normalise()


def test_the_reader_tells_where_it_found_the_repository() -> None:
    app = new_app(validate=False)
    define(new_stack(app), with_every_exemption(Repository(repository_name="payments/api")))
    synthesise(app, lint=False)
    (registry,) = read_assembly(Path(app.outdir)).registries
    origin = registry.repositories[0].origin
    assert origin is not None
    assert origin.logical_id == "ApiF70053CD"
    assert origin.construct_path is not None
    assert origin.construct_path.startswith("Stack/Api")


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_other_partitions_are_read_back_too(region: str) -> None:
    policy = Policy.of(
        Statement(principals=(Principal("AWS", ACCOUNT),), actions=("ecr:BatchGetImage",))
    )
    value = with_every_exemption(Repository(repository_name="ab", repository_policy=policy))
    app = new_app(validate=False)
    define(new_stack(app, env=cdk.Environment(account=ACCOUNT, region=region)), value)
    synthesise(app, lint=False)
    (registry,) = read_assembly(Path(app.outdir)).registries
    partition = {"us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"}[region]
    assert registry.repositories[0] == value.normalise(partition=partition)
