"""What a registry writes is read back from the assembly as the values that were given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from hypothesis import HealthCheck, Phase, assume, given, settings
from tests.model.registry_strategies import (
    ACCOUNT,
    REGION,
    cache_rules,
    creation_templates,
    replications,
    scannings,
    signings,
)
from tests.profiles import examples
from tests.synthesis import lint_errors, new_app, new_stack, synthesise

from ecr_constructs import Control, EncryptionType, Exemption, TagMutability
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.replication import Destination, Replication
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.signing_merge import unite
from ecr_constructs.sources.assembly import read_assembly

#: Lets a template loosen whatever it was drawn with.
EVERYTHING: Final = tuple(
    sorted((Exemption(control, "drawn") for control in Control), key=lambda each: each.control)
)
#: An example takes a synthesis, so that explaining a failure would take minutes.
SYNTHESISING: Final = settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


def read_back(define: Callable[[cdk.Stack, GovernedRegistry], object], **options: Any) -> Registry:
    app = new_app(validate=False)
    stack = new_stack(app, env=cdk.Environment(account=ACCOUNT, region=REGION))
    define(stack, GovernedRegistry(stack, "Registry", **options))
    for template in synthesise(app, lint=False).values():
        assert lint_errors(template, REGION) == []
    deployment = read_assembly(Path(app.outdir))
    assert deployment.malformed == ()
    (registry,) = deployment.registries
    assert (registry.account, registry.region) == (ACCOUNT, REGION)
    return registry


@SYNTHESISING
@given(scannings())
def test_scanning_is_read_back(value: Scanning) -> None:
    assert read_back(lambda *_: None, scanning=value).scanning == value.normalise()


@SYNTHESISING
@given(replications())
def test_replication_is_read_back(value: Replication) -> None:
    own = Destination(REGION, ACCOUNT)
    assume(value.rules)
    assume(all(own not in rule.destinations for rule in value.rules))

    def define(_: cdk.Stack, registry: GovernedRegistry) -> None:
        for rule in value.rules:
            for destination in rule.destinations:
                registry.replicate_to(
                    RegistryReference(str(destination.registry_id), str(destination.region)),
                    repository_filters=map(str, rule.repository_filters),
                )

    assert read_back(define).replication == value.normalise()


@SYNTHESISING
@given(signings())
def test_signing_is_read_back(value: Signing) -> None:
    assume(value.rules)

    def define(_: cdk.Stack, registry: GovernedRegistry) -> None:
        for rule in value.rules:
            filters = rule.repository_filters
            registry.sign_images(
                repository_filters=None if filters is None else map(str, filters),
                signing_profile=str(rule.signing_profile_arn),
            )

    assert read_back(define).signing == Signing(rules=unite(value.rules)).normalise()


@SYNTHESISING
@given(creation_templates())
def test_a_template_is_read_back(value: CreationTemplate) -> None:
    assume("Unresolved(" not in repr(value))

    def define(stack: cdk.Stack, registry: GovernedRegistry) -> None:
        key, policy, lifecycle = (
            value.encryption.kms_key,
            value.repository_policy,
            value.lifecycle_policy,
        )
        assert policy is None or isinstance(policy, Policy)
        assert lifecycle is None or isinstance(lifecycle, LifecyclePolicy)
        registry.add_creation_template(
            str(value.prefix),
            applied_for=[AppliedFor(str(each)) for each in value.applied_for],
            description=None if value.description is None else str(value.description),
            image_tag_mutability=TagMutability(str(value.image_tag_mutability)),
            image_tag_mutability_exclusion_filters=map(str, value.exclusion_filters),
            encryption=EncryptionType(str(value.encryption.type)),
            encryption_key=None if key is None else kms.Key.from_key_arn(stack, "Key", str(key)),
            lifecycle_policy=lifecycle,
            repository_policy=policy,
            resource_tags={str(tag): str(text) for tag, text in value.resource_tags},
            custom_role=iam.Role.from_role_arn(stack, "Role", str(value.custom_role_arn)),
            exemptions=EVERYTHING,
        )

    (read,) = read_back(define).creation_templates
    # What nobody gives comes from the baseline.
    expected = replace(
        value,
        lifecycle_policy=value.lifecycle_policy or read.lifecycle_policy,
        exemptions=EVERYTHING,
    )
    assert read == expected.normalise()
    assert read.lifecycle_policy is not None


@SYNTHESISING
@given(cache_rules())
def test_a_cache_rule_is_read_back(value: PullThroughCacheRule) -> None:
    def define(stack: cdk.Stack, registry: GovernedRegistry) -> None:
        arn, role = value.credential_arn, value.custom_role_arn
        prefix = value.upstream_repository_prefix
        registry.add_pull_through_cache(
            value.upstream,
            ecr_repository_prefix=str(value.ecr_repository_prefix),
            upstream_repository_prefix=None if prefix is None else str(prefix),
            credential=None
            if arn is None
            else secretsmanager.Secret.from_secret_complete_arn(stack, "Secret", str(arn)),
            custom_role=None if role is None else iam.Role.from_role_arn(stack, "Role", str(role)),
        )

    registry = read_back(define)
    (read,) = registry.pull_through_cache_rules
    expected = value.normalise()
    if expected.custom_role_arn is None and read.custom_role_arn is not None:
        # A role is made for an upstream in Amazon ECR.
        assert expected.upstream.registry == "ecr"
        expected = replace(expected, custom_role_arn=read.custom_role_arn)
    assert read == expected
    (template,) = registry.creation_templates
    assert template.prefix == str(value.ecr_repository_prefix)
    assert template.image_tag_mutability == "MUTABLE"
