"""What AWS would refuse of a registry's settings, the emulator refuses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import requests
from aws_cdk import aws_ecr as ecr
from tests.deploy.apps import REGION, Build, Deploy, synthesise
from tests.deploy.cdk_cli import CdkCli, CdkError
from tests.deploy.conftest import Aws
from tests.deploy.emulator.launcher import Emulator
from tests.deploy.read_back import registry_settings
from tests.deploy.registry_stack import READER, policy, replication, scanning, signing, template

pytestmark = pytest.mark.deploy


@pytest.mark.parametrize("build", [policy, scanning, replication, signing])
def test_refuses_a_second_owner_of_a_singleton(
    cdk_cli: CdkCli, account: str, tmp_path: Path, aws: Aws, build: Build
) -> None:
    cdk_cli.deploy(synthesise(tmp_path / "first", account, First=build))
    before = registry_settings(aws("ecr"))

    with pytest.raises(CdkError, match=rf"with identifier '{account}' already exists"):
        cdk_cli.deploy(synthesise(tmp_path / "second", account, Second=build))

    assert registry_settings(aws("ecr")) == before


def test_refuses_a_property_that_breaks_the_schema(deploy: Deploy, aws: Aws) -> None:
    with pytest.raises(CdkError, match=r"#/Rules/0/RepositoryFilters/0/Filter: 'prod/' does not"):
        deploy(lambda stack: scanning(stack, filter="prod/"))
    assert registry_settings(aws("ecr"))["scanning"] == {"scanType": "BASIC", "rules": []}


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
