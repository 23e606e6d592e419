"""The seven registry-level types as plain L1s: what a stack of the registry's settings holds."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from tests.deploy.apps import REGION

LIFECYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "imageCountMoreThan",
                    "countNumber": 1,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)
SECRET_NAME = "ecr-pullthroughcache/docker-hub"
PROFILE = f"arn:aws:signer:{REGION}:999999999999:/signing-profiles/release"
READER = "arn:aws:iam::999999999999:role/scanner"


def pull_policy(account: str, *, sid: str = "Replicate") -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": sid,
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
                "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"],
                "Resource": f"arn:aws:ecr:{REGION}:{account}:repository/*",
            }
        ],
    }


def policy(stack: cdk.Stack, *, sid: str = "Replicate") -> None:
    ecr.CfnRegistryPolicy(stack, "Policy", policy_text=pull_policy(stack.account, sid=sid))


def scanning(stack: cdk.Stack, *, filter: str = "prod*") -> None:  # noqa: A002
    rule = ecr.CfnRegistryScanningConfiguration.ScanningRuleProperty(
        scan_frequency="SCAN_ON_PUSH",
        repository_filters=[
            ecr.CfnRegistryScanningConfiguration.RepositoryFilterProperty(
                filter=filter, filter_type="WILDCARD"
            )
        ],
    )
    ecr.CfnRegistryScanningConfiguration(stack, "Scanning", scan_type="BASIC", rules=[rule])


def replication(stack: cdk.Stack, *, region: str = "eu-central-1") -> None:
    kind = ecr.CfnReplicationConfiguration
    kind(
        stack,
        "Replication",
        replication_configuration=kind.ReplicationConfigurationProperty(
            rules=[
                kind.ReplicationRuleProperty(
                    destinations=[
                        kind.ReplicationDestinationProperty(
                            region=region, registry_id="222222222222"
                        )
                    ],
                    repository_filters=[
                        kind.RepositoryFilterProperty(
                            filter="payments/", filter_type="PREFIX_MATCH"
                        )
                    ],
                )
            ]
        ),
    )


def signing(stack: cdk.Stack, *, profile: str = PROFILE) -> None:
    kind = ecr.CfnSigningConfiguration
    kind(
        stack,
        "Signing",
        rules=[
            kind.RuleProperty(
                signing_profile_arn=profile,
                repository_filters=[
                    kind.RepositoryFilterProperty(filter="prod/*", filter_type="WILDCARD_MATCH")
                ],
            )
        ],
    )


def cache(stack: cdk.Stack, *, prefix: str = "docker-hub", secret: str = SECRET_NAME) -> None:
    credential = secretsmanager.CfnSecret(
        stack, f"Secret{secret[-3:]}", name=secret, secret_string='{"username":"u"}'
    )
    ecr.CfnPullThroughCacheRule(
        stack,
        "Cache",
        ecr_repository_prefix=prefix,
        upstream_registry="docker-hub",
        upstream_registry_url="registry-1.docker.io",
        credential_arn=credential.ref,
    )


def template(stack: cdk.Stack, *, prefix: str = "docker-hub", **changes: Any) -> None:
    role = iam.CfnRole(
        stack,
        "Role",
        role_name="templates",
        assume_role_policy_document={"Version": "2012-10-17", "Statement": []},
    )
    kind = ecr.CfnRepositoryCreationTemplate
    settings: dict[str, Any] = {
        "applied_for": ["PULL_THROUGH_CACHE"],
        "description": "what the cache makes",
        "custom_role_arn": role.attr_arn,
        "image_tag_mutability": "MUTABLE_WITH_EXCLUSION",
        "image_tag_mutability_exclusion_filters": [
            kind.ImageTagMutabilityExclusionFilterProperty(
                image_tag_mutability_exclusion_filter_type="WILDCARD",
                image_tag_mutability_exclusion_filter_value="v*",
            )
        ],
        "encryption_configuration": kind.EncryptionConfigurationProperty(encryption_type="KMS"),
        "lifecycle_policy": LIFECYCLE,
        "repository_policy": json.dumps(pull_policy(stack.account)),
        "resource_tags": [cdk.CfnTag(key="team", value="platform")],
    }
    given = {name: value for name, value in {**settings, **changes}.items() if value is not None}
    kind(stack, "Template", prefix=prefix, **given)


def exclusion(stack: cdk.Stack, *, principal: str = READER) -> None:
    ecr.CfnPullTimeUpdateExclusion(stack, "Exclusion", principal_arn=principal)


def everything(stack: cdk.Stack) -> None:
    for build in (policy, scanning, replication, signing, cache, template, exclusion):
        build(stack)
