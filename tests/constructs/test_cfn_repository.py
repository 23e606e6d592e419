"""Every property of the schema is written: jsii drops a misspelt one in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from tests.synthesis import OTHER_ACCOUNT, REGION, properties_of, resource_of

from ecr_constructs import (
    Control,
    Exemption,
    GovernedRepository,
    LifecyclePolicy,
    LifecycleRule,
    Policy,
    Principal,
    Principals,
    Statement,
    TagMutability,
)
from ecr_constructs.service import actions

KEY_ARN: Final = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"

#: What the construct leaves out on purpose, and why.
LEFT_OUT: Final = {
    "LifecyclePolicy.RegistryId": "a policy of another account's repository cannot be set",
}
LIFECYCLE: Final = LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=3))

#: Every property, by its path in the schema, with what the construct below is given.
WRITTEN: Final[dict[str, Any]] = {
    "RepositoryName": "payments/api",
    "ImageTagMutability": "MUTABLE_WITH_EXCLUSION",
    "ImageTagMutabilityExclusionFilters[].ImageTagMutabilityExclusionFilterType": "WILDCARD",
    "ImageTagMutabilityExclusionFilters[].ImageTagMutabilityExclusionFilterValue": "v*",
    "ImageScanningConfiguration.ScanOnPush": False,
    "EncryptionConfiguration.EncryptionType": "KMS",
    "EncryptionConfiguration.KmsKey": KEY_ARN,
    "LifecyclePolicy.LifecyclePolicyText": LIFECYCLE.to_json(),
    "RepositoryPolicyText": {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
                "Action": ["ecr:DescribeImages", "ecr:DescribeRepositories"],
            }
        ],
    },
    "Tags[].Key": "team",
    "Tags[].Value": "payments",
    "EmptyOnDelete": True,
}


def define_with_everything(stack: cdk.Stack) -> GovernedRepository:
    return GovernedRepository(
        stack,
        "Api",
        repository_name="payments/api",
        image_tag_mutability=TagMutability.MUTABLE_WITH_EXCLUSION,
        image_tag_mutability_exclusion_filters=["v*"],
        scan_on_push=False,
        encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN),
        lifecycle_policy=LIFECYCLE,
        repository_policy=Policy.of(
            Statement(
                principals=(Principal("AWS", OTHER_ACCOUNT),), actions=tuple(sorted(actions.READ))
            )
        ),
        tags={"team": "payments"},
        removal_policy=cdk.RemovalPolicy.DESTROY,
        empty_on_delete=True,
        exemptions=[
            Exemption(control, "shows every property")
            for control in (
                Control.TAG_IMMUTABILITY,
                Control.SCAN_ON_PUSH,
                Control.RETAIN_ON_DELETE,
            )
        ],
    )


def leaves_of_schema() -> set[str]:
    """Return the paths of all properties that can be given."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, "AWS::ECR::Repository").schema
    read_only = {path.removeprefix("/properties/") for path in schema["readOnlyProperties"]}

    def walk(node: Mapping[str, Any], path: str) -> Iterator[str]:
        if "$ref" in node:
            node = schema["definitions"][node["$ref"].rpartition("/")[2]]
        if "items" in node:
            yield from walk(node["items"], f"{path}[]")
        elif "properties" in node:
            for name, member in node["properties"].items():
                yield from walk(member, f"{path}.{name}".lstrip("."))
        else:
            yield path

    return set(walk(schema, "")) - read_only


def leaves_of(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Return what stands in a template by the same paths."""
    if path == "RepositoryPolicyText" or not isinstance(value, dict | list):
        yield path, value
    elif isinstance(value, list):
        for each in value:
            yield from leaves_of(each, f"{path}[]")
    else:
        for name, each in value.items():
            yield from leaves_of(each, f"{path}.{name}".lstrip("."))


def test_the_schema_has_no_property_that_is_neither_written_nor_left_out() -> None:
    assert leaves_of_schema() == set(WRITTEN) | set(LEFT_OUT)


def test_every_property_that_is_given_is_in_the_template(stack: cdk.Stack) -> None:
    define_with_everything(stack)
    assert dict(leaves_of(properties_of(stack))) == WRITTEN


def test_every_attribute_that_is_given_is_in_the_template(stack: cdk.Stack) -> None:
    define_with_everything(stack)
    resource = resource_of(stack)
    assert set(resource) == {
        "Type",
        "Properties",
        "Metadata",
        "DeletionPolicy",
        "UpdateReplacePolicy",
    }
    assert len(resource["Metadata"]["EcrConstructs"]["exemptions"]) == 3


def test_a_policy_that_comes_later_is_written_as_one_that_is_given(stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api").allow_read(Principals.account(OTHER_ACCOUNT))
    assert properties_of(stack)["RepositoryPolicyText"] == WRITTEN["RepositoryPolicyText"]


@pytest.mark.parametrize("name", ["ImageTagMutability", "RepositoryName", "Tags"])
def test_a_property_can_be_overridden_on_the_l1(stack: cdk.Stack, name: str) -> None:
    cfn = define_with_everything(stack).node.default_child
    assert isinstance(cfn, cdk.CfnResource)
    cfn.add_property_deletion_override(name)
    assert name not in properties_of(stack)
