"""The emulator's own resource types, deployed from plain L1s.

They are what the deploy tests of the library stand on, so they are tested by
themselves: what a template sets is what the API gives back, and what AWS would
refuse is refused.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import requests
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager

from deploy.apps import REGION, Build, synthesise
from deploy.cdk_cli import CdkCli, CdkError
from deploy.conftest import Aws
from deploy.emulator.launcher import Emulator

pytestmark = pytest.mark.deploy

#: Deploys what a function builds, as the one stack of an app.
Deploy = Callable[[Build], str]

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
NOBODY_SCANS = {"scanType": "BASIC", "rules": []}


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


@pytest.fixture
def assemble(account: str, tmp_path: Path) -> Callable[[Build], Path]:
    """Synthesises the app of one stack, ``Registry``, anew at each call."""
    numbers = itertools.count()
    return lambda build: synthesise(tmp_path / f"assembly{next(numbers)}", account, Registry=build)


@pytest.fixture
def deploy(cdk_cli: CdkCli, assemble: Callable[[Build], Path]) -> Deploy:
    return lambda build: cdk_cli.deploy(assemble(build))


def stored(aws: Aws) -> Iterator[tuple[str, Any]]:
    """All settings of the registry, as the API gives them, without times and own ids."""
    api = aws("ecr")
    try:
        yield "policy", json.loads(api.get_registry_policy()["policyText"])
    except api.exceptions.RegistryPolicyNotFoundException:
        yield "policy", None
    yield "scanning", api.get_registry_scanning_configuration()["scanningConfiguration"]
    yield "replication", api.describe_registry()["replicationConfiguration"]
    try:
        yield "signing", api.get_signing_configuration()["signingConfiguration"]
    except api.exceptions.SigningConfigurationNotFoundException:
        yield "signing", None
    rules = api.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    yield "rules", [timeless(rule) for rule in rules]
    templates = api.describe_repository_creation_templates()["repositoryCreationTemplates"]
    yield "templates", [timeless(each) for each in templates]
    yield "exclusions", api.list_pull_time_update_exclusions()["pullTimeUpdateExclusions"]


def timeless(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name: member for name, member in value.items() if name not in {"createdAt", "updatedAt"}
    }


def secret_arn(aws: Aws, name: str = SECRET_NAME) -> str:
    return str(aws("secretsmanager").describe_secret(SecretId=name)["ARN"])


def test_all_types_are_deployed_as_given_and_removed(
    cdk_cli: CdkCli, assemble: Callable[[Build], Path], aws: Aws, account: str
) -> None:
    assembly = assemble(everything)
    cdk_cli.deploy(assembly)

    assert dict(stored(aws)) == {
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

    assert dict(stored(aws)) == {
        "policy": None,
        "scanning": NOBODY_SCANS,
        "replication": {"rules": []},
        "signing": None,
        "rules": [],
        "templates": [],
        "exclusions": [],
    }


def test_a_change_by_hand_is_found_as_drift(
    cdk_cli: CdkCli, assemble: Callable[[Build], Path], aws: Aws, account: str
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


TYPES = {
    "Policy": "RegistryPolicy",
    "Scanning": "RegistryScanningConfiguration",
    "Replication": "ReplicationConfiguration",
    "Signing": "SigningConfiguration",
    "Cache": "PullThroughCacheRule",
    "Template": "RepositoryCreationTemplate",
    "Exclusion": "PullTimeUpdateExclusion",
}


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
    before = dict(stored(aws))
    deploy(changed)
    after = dict(stored(aws))

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

    (left,) = dict(stored(aws))["templates"]
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
    before = dict(stored(aws))

    with pytest.raises(CdkError, match="already exists"):
        deploy(lambda stack: cache(stack, secret="ecr-pullthroughcache/other"))

    assert dict(stored(aws)) == before


@pytest.mark.parametrize("build", [policy, scanning, replication, signing])
def test_refuses_a_second_owner_of_a_singleton(
    cdk_cli: CdkCli, account: str, tmp_path: Path, aws: Aws, build: Build
) -> None:
    cdk_cli.deploy(synthesise(tmp_path / "first", account, First=build))
    before = dict(stored(aws))

    with pytest.raises(CdkError, match=rf"with identifier '{account}' already exists"):
        cdk_cli.deploy(synthesise(tmp_path / "second", account, Second=build))

    assert dict(stored(aws)) == before


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
    before = dict(stored(aws))

    with pytest.raises(CdkError, match="UnsupportedUpstreamRegistryException"):
        deploy(worse)

    assert dict(stored(aws)) == before


def test_refuses_a_property_that_breaks_the_schema(deploy: Deploy, aws: Aws) -> None:
    with pytest.raises(CdkError, match=r"#/Rules/0/RepositoryFilters/0/Filter: 'prod/' does not"):
        deploy(lambda stack: scanning(stack, filter="prod/"))
    assert dict(stored(aws))["scanning"] == NOBODY_SCANS


def test_refuses_a_secret_that_does_not_exist(deploy: Deploy, account: str) -> None:
    arn = f"arn:aws:secretsmanager:{REGION}:{account}:secret:ecr-pullthroughcache/none-a1b2c3"
    with pytest.raises(CdkError, match=r"(?s)ecr-pullthroughcache/none.*does\s+not\s+exist"):
        deploy(
            lambda stack: ecr.CfnPullThroughCacheRule(
                stack,
                "Cache",
                ecr_repository_prefix="docker-hub",
                upstream_registry_url="registry-1.docker.io",
                credential_arn=arn,
            )
        )


@pytest.mark.parametrize("kind", ["rule", "template"])
def test_refuses_a_role_that_does_not_exist(deploy: Deploy, account: str, kind: str) -> None:
    arn = f"arn:aws:iam::{account}:role/nobody"

    def build(stack: cdk.Stack) -> None:
        if kind == "template":
            template(stack, custom_role_arn=arn)
        else:
            ecr.CfnPullThroughCacheRule(
                stack,
                "Cache",
                ecr_repository_prefix="ours",
                upstream_registry_url=f"222222222222.dkr.ecr.{REGION}.amazonaws.com",
                custom_role_arn=arn,
            )

    with pytest.raises(CdkError, match=r"(?s)role/nobody.*does\s+not\s+exist"):
        deploy(build)


@pytest.mark.parametrize(
    ("operation", "request_", "sentence"),
    [
        ("CreateRepository", {"repositoryName": "Payments"}, "'repositoryName' failed.*'Payments'"),
        ("CreateRepository", {}, "'repositoryName' failed.*must not be null"),
        (
            "CreateRepository",
            {"repositoryName": "api", "imageTagMutability": "SOMETIMES"},
            "'imageTagMutability' failed.*enum",
        ),
        (
            "CreateRepository",
            {"repositoryName": "api", "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"},
            "IMMUTABLE_WITH_EXCLUSION needs",
        ),
        (
            "CreateRepository",
            {
                "repositoryName": "api",
                "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "v*"}],
            },
            "MUTABLE takes no",
        ),
        (
            "CreateRepository",
            {
                "repositoryName": "api",
                "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": "alias/none"},
            },
            "alias/none' does not exist",
        ),
        ("PutRegistryPolicy", {"policyText": "{}"}, "Invalid policy"),
        ("PutRegistryPolicy", {"policyText": 1}, "must be a string"),
        ("PutRegistryPolicy", {"policyText": "x" * 10_241}, "10240 or less, got 10241"),
        ("PutRegistryScanningConfiguration", {"rules": [{}] * 3}, "2 or less, got 3"),
        ("DescribeRegistry", {"registry": "1"}, "'registry' failed"),
        ("ListPullTimeUpdateExclusions", {"maxResults": 0}, "1 or more, got 0"),
    ],
)
def test_refuses_a_request_that_breaks_the_service_model(
    emulator: Emulator, account: str, operation: str, request_: dict[str, Any], sentence: str
) -> None:
    """Sent without boto3, which refuses most of these itself."""
    answer = send(emulator.url, account, operation, request_)
    assert re.search(sentence, answer["message"])
    assert answer["__type"].endswith("Exception")


def send(url: str, account: str, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    scope = f"Credential={account}/20260101/{REGION}/ecr/aws4_request"
    answer = requests.post(
        url,
        json=request,
        headers={
            "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
            "X-Amz-Target": f"AmazonEC2ContainerRegistry_V20150921.{operation}",
        },
        timeout=10,
    )
    assert answer.status_code == 400
    body: dict[str, Any] = answer.json()
    return body


def test_lists_come_in_pages(aws: Aws) -> None:
    api = aws("ecr")
    principals = [f"{READER}{number}" for number in range(5)]
    for principal in principals:
        api.register_pull_time_update_exclusion(principalArn=principal)

    first = api.list_pull_time_update_exclusions(maxResults=3)
    rest = api.list_pull_time_update_exclusions(maxResults=3, nextToken=first["nextToken"])

    assert first["pullTimeUpdateExclusions"] == principals[:3]
    assert rest["pullTimeUpdateExclusions"] == principals[3:]
    assert "nextToken" not in rest
