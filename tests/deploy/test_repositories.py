"""Repositories, deployed: what is stored, what a push may do, what a removal leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr

from deploy.cdk_cli import CdkCli, CdkError
from deploy.conftest import REGION, Aws
from deploy.oci import Image, OciRegistry, RegistryRefusalError, digest_of

pytestmark = pytest.mark.deploy

LIFECYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 7,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Pull",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        }
    ],
}


def synthesise(directory: Path, account: str) -> Path:
    app = cdk.App(outdir=str(directory))
    stack = cdk.Stack(app, "Teams", env=cdk.Environment(account=account, region=REGION))
    key = ecr.CfnRepository(
        stack,
        "Api",
        repository_name="payments/api",
        image_tag_mutability="IMMUTABLE_WITH_EXCLUSION",
        image_tag_mutability_exclusion_filters=[
            ecr.CfnRepository.ImageTagMutabilityExclusionFilterProperty(
                image_tag_mutability_exclusion_filter_type="WILDCARD",
                image_tag_mutability_exclusion_filter_value="pr-*",
            )
        ],
        image_scanning_configuration=ecr.CfnRepository.ImageScanningConfigurationProperty(
            scan_on_push=True
        ),
        encryption_configuration=ecr.CfnRepository.EncryptionConfigurationProperty(
            encryption_type="KMS"
        ),
        lifecycle_policy=ecr.CfnRepository.LifecyclePolicyProperty(lifecycle_policy_text=LIFECYCLE),
        repository_policy_text=POLICY,
        tags=[cdk.CfnTag(key="team", value="payments")],
    )
    key.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    return Path(app.synth().directory)


def stored(aws: Aws, name: str) -> dict[str, Any]:
    """All that the API says of a repository."""
    api = aws("ecr")
    (repository,) = api.describe_repositories(repositoryNames=[name])["repositories"]
    tags = api.list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"]
    del repository["createdAt"]
    return {
        **repository,
        "tags": [tag for tag in tags if not tag["Key"].startswith("aws:")],
        "lifecycle": json.loads(
            api.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"]
        ),
        "policy": json.loads(api.get_repository_policy(repositoryName=name)["policyText"]),
    }


def test_a_repository_is_deployed_as_given_and_serves_images(
    cdk_cli: CdkCli, aws: Aws, registry: OciRegistry, account: str, tmp_path: Path
) -> None:
    assembly = synthesise(tmp_path / "assembly", account)

    cdk_cli.bootstrap(assembly)
    cdk_cli.deploy(assembly)

    assert "Teams (no changes)" in cdk_cli.deploy(assembly)
    assert "There were no differences" in cdk_cli.diff(assembly)
    assert "No drift detected" in cdk_cli.drift(assembly)
    assert stored(aws, "payments/api") == {
        "repositoryArn": f"arn:aws:ecr:{REGION}:{account}:repository/payments/api",
        "repositoryName": "payments/api",
        "repositoryUri": f"{account}.dkr.ecr.{REGION}.amazonaws.com/payments/api",
        "registryId": account,
        "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "pr-*"}],
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfiguration": {"encryptionType": "KMS"},
        "tags": [{"Key": "team", "Value": "payments"}],
        "lifecycle": json.loads(LIFECYCLE),
        "policy": POLICY,
    }

    first, second = Image.of("first"), Image.of("second")
    digest = registry.push("payments/api", "v1", first)
    pulled = registry.pull("payments/api", "v1")
    assert pulled.image == first
    assert pulled.digest == digest == digest_of(pulled.manifest)

    with pytest.raises(RegistryRefusalError, match="immutable"):
        registry.push("payments/api", "v1", second)
    assert registry.pull("payments/api", "v1") == pulled

    registry.push("payments/api", "pr-7", first)
    registry.push("payments/api", "pr-7", second)
    assert registry.pull("payments/api", "pr-7").image == second

    cdk_cli.destroy(assembly)
    assert registry.pull("payments/api", "v1") == pulled
    with pytest.raises(CdkError, match="already exists"):
        cdk_cli.deploy(assembly)
