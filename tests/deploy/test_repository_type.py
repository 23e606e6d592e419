"""The emulator's own type ``AWS::ECR::Repository``, deployed from plain L1s."""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from tests.deploy.apps import Assemble, Build, Deploy
from tests.deploy.cdk_cli import CdkCli, CdkError
from tests.deploy.conftest import Aws
from tests.deploy.oci import Image, OciRegistry, RegistryRefusalError
from tests.deploy.read_back import live_repositories
from tests.deploy.registry_stack import LIFECYCLE

from ecr_constructs.model.encryption import Encryption
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.repository import Repository

pytestmark = pytest.mark.deploy

POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
            "Action": ["ecr:BatchGetImage"],
        }
    ],
}
NO_LIFECYCLE = json.dumps({"rule": "x" * 100})

WHOLE: dict[str, Any] = {
    "repository_name": "api",
    "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION",
    "image_tag_mutability_exclusion_filters": [
        ecr.CfnRepository.ImageTagMutabilityExclusionFilterProperty(
            image_tag_mutability_exclusion_filter_type="WILDCARD",
            image_tag_mutability_exclusion_filter_value="pr-*",
        )
    ],
    "image_scanning_configuration": ecr.CfnRepository.ImageScanningConfigurationProperty(
        scan_on_push=True
    ),
    "lifecycle_policy": ecr.CfnRepository.LifecyclePolicyProperty(lifecycle_policy_text=LIFECYCLE),
    "repository_policy_text": POLICY,
    "tags": [cdk.CfnTag(key="team", value="web"), cdk.CfnTag(key="tier", value="1")],
}
STORED = Repository(
    repository_name="api",
    image_tag_mutability="IMMUTABLE_WITH_EXCLUSION",
    exclusion_filters=("pr-*",),
    scan_on_push=True,
    lifecycle_policy=LifecyclePolicy.from_json(LIFECYCLE),
    repository_policy=Policy.from_document(POLICY),
    tags=(("team", "web"), ("tier", "1")),
).normalise()


def repository(**changes: Any) -> Build:
    """Build the whole repository with other properties; one that is None is left out."""
    given = {name: value for name, value in {**WHOLE, **changes}.items() if value is not None}
    return lambda stack: ecr.CfnRepository(stack, "Api", **given)


def stored(aws: Aws) -> list[Repository]:
    return list(live_repositories(aws("ecr")).values())


def test_what_is_left_out_is_deleted_or_kept_as_aws_does_it(deploy: Deploy, aws: Aws) -> None:
    deploy(repository())
    assert stored(aws) == [STORED]

    deploy(
        repository(
            image_tag_mutability=None,
            image_tag_mutability_exclusion_filters=None,
            image_scanning_configuration=None,
            lifecycle_policy=None,
            repository_policy_text=None,
            tags=[cdk.CfnTag(key="team", value="data"), cdk.CfnTag(key="owner", value="x")],
        )
    )

    assert stored(aws) == [
        Repository(
            repository_name="api",
            image_tag_mutability="IMMUTABLE_WITH_EXCLUSION",
            exclusion_filters=("pr-*",),
            scan_on_push=True,
            tags=(("owner", "x"), ("team", "data")),
        )
    ]


def test_other_values_are_set_in_place(deploy: Deploy, aws: Aws, registry: OciRegistry) -> None:
    deploy(repository())
    digest = registry.push("api", "v1", Image.of("kept"))
    deploy(
        repository(
            image_tag_mutability="MUTABLE",
            image_tag_mutability_exclusion_filters=None,
            image_scanning_configuration=ecr.CfnRepository.ImageScanningConfigurationProperty(
                scan_on_push=False
            ),
        )
    )

    (changed,) = stored(aws)
    assert changed.image_tag_mutability == "MUTABLE"
    assert changed.exclusion_filters == ()
    assert changed.scan_on_push is False
    assert registry.pull("api", "v1").digest == digest


def test_the_api_moves_no_immutable_tag_either(aws: Aws) -> None:
    api = aws("ecr")
    api.create_repository(
        repositoryName="api",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "pr-*"}],
    )
    for tag in ("v1", "pr-7"):
        api.put_image(repositoryName="api", imageManifest='{"schemaVersion": 2}', imageTag=tag)

    other = {"repositoryName": "api", "imageManifest": '{"schemaVersion": 2, "layers": []}'}
    with pytest.raises(api.exceptions.ImageTagAlreadyExistsException, match=r"'v1'.*is immutable"):
        api.put_image(**other, imageTag="v1")
    moved = api.put_image(**other, imageTag="pr-7")["image"]["imageId"]["imageDigest"]

    tags = {
        tag: each["imageDigest"]
        for each in api.describe_images(repositoryName="api")["imageDetails"]
        for tag in each["imageTags"]
    }
    assert tags["pr-7"] == moved != tags["v1"]


def test_another_name_makes_a_new_repository_and_removes_or_keeps_the_old(
    deploy: Deploy, aws: Aws, registry: OciRegistry
) -> None:
    def named(api: str, web: str) -> Build:
        def build(stack: cdk.Stack) -> None:
            ecr.CfnRepository(stack, "Api", repository_name=api)
            kept = ecr.CfnRepository(stack, "Web", repository_name=web)
            kept.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

        return build

    deploy(named("api", "web"))
    digest = registry.push("web", "v1", Image.of("kept"))
    deploy(named("api2", "web2"))

    assert set(live_repositories(aws("ecr"))) == {"web", "api2", "web2"}
    assert registry.pull("web", "v1").digest == digest
    with pytest.raises(RegistryRefusalError, match="MANIFEST_UNKNOWN"):
        registry.pull("web2", "v1")


def test_refuses_other_encryption_under_the_same_name(deploy: Deploy, aws: Aws) -> None:
    deploy(repository())

    with pytest.raises(CdkError, match=r"custom-named\s+resource\s+requires\s+replacing"):
        deploy(
            repository(
                encryption_configuration=ecr.CfnRepository.EncryptionConfigurationProperty(
                    encryption_type="KMS"
                )
            )
        )

    assert stored(aws) == [STORED]
    assert stored(aws)[0].encryption == Encryption("AES256")


def test_a_failed_update_is_sent_back(deploy: Deploy, aws: Aws) -> None:
    """Mutability is written before the policy that is refused."""
    deploy(repository())

    with pytest.raises(CdkError, match=r"Invalid\s+policy"):
        deploy(
            repository(
                image_tag_mutability="MUTABLE",
                image_tag_mutability_exclusion_filters=None,
                lifecycle_policy=ecr.CfnRepository.LifecyclePolicyProperty(
                    lifecycle_policy_text=NO_LIFECYCLE
                ),
            )
        )

    assert stored(aws) == [STORED]


def test_a_failed_creation_leaves_nothing(deploy: Deploy, aws: Aws) -> None:
    with pytest.raises(CdkError, match=r"Invalid\s+policy"):
        deploy(
            repository(
                lifecycle_policy=ecr.CfnRepository.LifecyclePolicyProperty(
                    lifecycle_policy_text=NO_LIFECYCLE
                )
            )
        )
    assert stored(aws) == []


def test_a_change_by_hand_is_found_property_by_property(
    cdk_cli: CdkCli, assemble: Assemble, aws: Aws, account: str
) -> None:
    assembly = assemble(repository())
    cdk_cli.deploy(assembly)
    api = aws("ecr")
    name = {"repositoryName": "api"}
    api.put_image_tag_mutability(
        **name,
        imageTagMutability="MUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "v*"}],
    )
    api.put_image_scanning_configuration(**name, imageScanningConfiguration={"scanOnPush": False})
    api.put_lifecycle_policy(**name, lifecyclePolicyText=LIFECYCLE.replace("1}", "2}", 1))
    api.delete_repository_policy(**name)
    arn = api.describe_repositories(repositoryNames=["api"])["repositories"][0]["repositoryArn"]
    api.tag_resource(resourceArn=arn, tags=[{"Key": "team", "Value": "data"}])

    assert set(re.findall(r"\[~\] /(\w+)", cdk_cli.drift(assembly))) == {
        "ImageScanningConfiguration",
        "ImageTagMutability",
        "ImageTagMutabilityExclusionFilters",
        "LifecyclePolicy",
        "RepositoryPolicyText",
        "Tags",
    }
