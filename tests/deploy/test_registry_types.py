"""The emulator's own resource types, deployed from plain L1s.

They are what the deploy tests of the library stand on, so they are tested by
themselves: what a template sets is what the API gives back.
"""

from __future__ import annotations

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from tests.deploy.apps import Assemble, Deploy
from tests.deploy.cdk_cli import CdkCli, CdkError
from tests.deploy.conftest import Aws
from tests.deploy.read_back import registry_settings
from tests.deploy.registry_stack import (
    LIFECYCLE,
    PROFILE,
    READER,
    SECRET_NAME,
    cache,
    everything,
    exclusion,
    policy,
    pull_policy,
    replication,
    scanning,
    signing,
    template,
)

pytestmark = pytest.mark.deploy

TYPES = {
    "Policy": "RegistryPolicy",
    "Scanning": "RegistryScanningConfiguration",
    "Replication": "ReplicationConfiguration",
    "Signing": "SigningConfiguration",
    "Cache": "PullThroughCacheRule",
    "Template": "RepositoryCreationTemplate",
    "Exclusion": "PullTimeUpdateExclusion",
}


def test_all_types_are_deployed_as_given_and_removed(
    cdk_cli: CdkCli, assemble: Assemble, aws: Aws, account: str
) -> None:
    assembly = assemble(everything)
    cdk_cli.deploy(assembly)

    assert registry_settings(aws("ecr")) == {
        "policy": pull_policy(account),
        "scanning": {
            "scanType": "BASIC",
            "rules": [
                {
                    "scanFrequency": "SCAN_ON_PUSH",
                    "repositoryFilters": [{"filter": "prod*", "filterType": "WILDCARD"}],
                }
            ],
        },
        "replication": {
            "rules": [
                {
                    "destinations": [{"region": "eu-central-1", "registryId": "222222222222"}],
                    "repositoryFilters": [{"filter": "payments/", "filterType": "PREFIX_MATCH"}],
                }
            ]
        },
        "signing": {
            "rules": [
                {
                    "signingProfileArn": PROFILE,
                    "repositoryFilters": [{"filter": "prod/*", "filterType": "WILDCARD_MATCH"}],
                }
            ]
        },
        "rules": [
            {
                "ecrRepositoryPrefix": "docker-hub",
                "upstreamRegistryUrl": "registry-1.docker.io",
                "upstreamRegistry": "docker-hub",
                "upstreamRepositoryPrefix": "ROOT",
                "credentialArn": secret_arn(aws),
                "registryId": account,
            }
        ],
        "templates": [
            {
                "prefix": "docker-hub",
                "appliedFor": ["PULL_THROUGH_CACHE"],
                "description": "what the cache makes",
                "customRoleArn": f"arn:aws:iam::{account}:role/templates",
                "imageTagMutability": "MUTABLE_WITH_EXCLUSION",
                "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "v*"}],
                "encryptionConfiguration": {"encryptionType": "KMS"},
                "lifecyclePolicy": LIFECYCLE,
                "repositoryPolicy": json.dumps(pull_policy(account)),
                "resourceTags": [{"Key": "team", "Value": "platform"}],
            }
        ],
        "exclusions": [READER],
    }
    assert "(no changes)" in cdk_cli.deploy(assembly)
    assert "No drift detected" in cdk_cli.drift(assembly)

    cdk_cli.destroy(assembly)

    assert registry_settings(aws("ecr")) == {
        "policy": None,
        "scanning": {"scanType": "BASIC", "rules": []},
        "replication": {"rules": []},
        "signing": None,
        "rules": [],
        "templates": [],
        "exclusions": [],
    }


def secret_arn(aws: Aws, name: str = SECRET_NAME) -> str:
    return str(aws("secretsmanager").describe_secret(SecretId=name)["ARN"])


def test_a_change_by_hand_is_found_as_drift(
    cdk_cli: CdkCli, assemble: Assemble, aws: Aws, account: str
) -> None:
    assembly = assemble(everything)
    cdk_cli.deploy(assembly)
    api = aws("ecr")

    api.put_registry_policy(policyText=json.dumps(pull_policy(account, sid="ByHand")))
    api.put_registry_scanning_configuration(scanType="ENHANCED", rules=[])
    api.put_replication_configuration(replicationConfiguration={"rules": []})
    api.put_signing_configuration(
        signingConfiguration={"rules": [{"signingProfileArn": f"{PROFILE}2"}]}
    )
    api.delete_pull_through_cache_rule(ecrRepositoryPrefix="docker-hub")
    api.update_repository_creation_template(prefix="docker-hub", imageTagMutability="IMMUTABLE")
    api.deregister_pull_time_update_exclusion(principalArn=READER)

    said = cdk_cli.drift(assembly)

    for name in ("Policy", "Scanning", "Signing", "Template"):
        assert f"[~] AWS::ECR::{TYPES[name]} {name}" in said
    for name in ("Replication", "Cache", "Exclusion"):
        assert f"[-] AWS::ECR::{TYPES[name]} {name}" in said
    assert "Number of resources with drift: 7" in said


def test_settings_change_in_place_and_prefixes_by_replacement(deploy: Deploy, aws: Aws) -> None:
    def changed(stack: cdk.Stack) -> None:
        policy(stack, sid="Changed")
        scanning(stack, filter="*")
        replication(stack, region="us-east-1")
        signing(stack, profile=f"{PROFILE}2")
        cache(stack, prefix="hub")
        template(stack, prefix="hub", description=None, lifecycle_policy=None)
        exclusion(stack, principal=f"{READER}2")

    deploy(everything)
    before = registry_settings(aws("ecr"))
    deploy(changed)
    after = registry_settings(aws("ecr"))

    assert after["policy"]["Statement"][0]["Sid"] == "Changed"
    assert after["scanning"]["rules"][0]["repositoryFilters"][0]["filter"] == "*"
    assert after["replication"]["rules"][0]["destinations"][0]["region"] == "us-east-1"
    assert after["signing"]["rules"][0]["signingProfileArn"] == f"{PROFILE}2"
    assert after["rules"] == [{**before["rules"][0], "ecrRepositoryPrefix": "hub"}]
    (moved,) = after["templates"]
    assert moved == {
        **{k: v for k, v in before["templates"][0].items() if k in moved},
        "prefix": "hub",
    }
    assert {"description", "lifecyclePolicy"} == before["templates"][0].keys() - moved.keys()
    assert after["exclusions"] == [f"{READER}2"]


def test_a_template_loses_in_place_what_is_left_out(deploy: Deploy, aws: Aws) -> None:
    deploy(template)
    deploy(
        lambda stack: template(
            stack,
            description=None,
            lifecycle_policy=None,
            repository_policy=None,
            resource_tags=None,
            image_tag_mutability=None,
            image_tag_mutability_exclusion_filters=None,
            encryption_configuration=None,
        )
    )

    (left,) = registry_settings(aws("ecr"))["templates"]
    assert left == {
        "prefix": "docker-hub",
        "appliedFor": ["PULL_THROUGH_CACHE"],
        "customRoleArn": left["customRoleArn"],
        "encryptionConfiguration": {"encryptionType": "AES256"},
        "imageTagMutability": "MUTABLE",
        "resourceTags": [],
    }


def test_other_credentials_under_the_same_prefix_collide_with_themselves(
    deploy: Deploy, aws: Aws
) -> None:
    """Every property of a rule is its identity or creates it anew, and a prefix is unique."""
    deploy(cache)
    before = registry_settings(aws("ecr"))

    with pytest.raises(CdkError, match="already exists"):
        deploy(lambda stack: cache(stack, secret="ecr-pullthroughcache/other"))

    assert registry_settings(aws("ecr")) == before


def test_a_failed_update_leaves_the_earlier_settings(deploy: Deploy, aws: Aws) -> None:
    def first(stack: cdk.Stack) -> None:
        policy(stack)
        scanning(stack)
        template(stack)

    def worse(stack: cdk.Stack) -> None:
        policy(stack, sid="Changed")
        scanning(stack, filter="*")
        template(stack, description="changed")
        rule = ecr.CfnPullThroughCacheRule(
            stack,
            "Unknown",
            ecr_repository_prefix="mirror",
            upstream_registry_url="registry.example.com",
        )
        for child in stack.node.children:
            if child is not rule and isinstance(child, cdk.CfnResource):
                rule.add_dependency(child)

    deploy(first)
    before = registry_settings(aws("ecr"))

    with pytest.raises(CdkError, match="UnsupportedUpstreamRegistryException"):
        deploy(worse)

    assert registry_settings(aws("ecr")) == before
