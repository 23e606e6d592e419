"""Secrets of upstreams, and whether Amazon ECR can read them."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_constructs.model.cache_secret import CacheSecret
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Unknown, Unresolved

ORIGIN = Origin(stack="Main", logical_id="Hub", template="Main.template.json")


def read(**properties: Any) -> CacheSecret:
    secret, problems = CacheSecret.from_cfn({"Properties": properties}, ORIGIN)
    assert problems == []
    return secret


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ecr-pullthroughcache/docker-hub", True),
        ("docker-hub", False),
        (None, False),
        (Unresolved.of("Name"), False),
        (5, False),
    ],
)
def test_tells_by_its_name_whether_it_is_for_caches(name: object, *, expected: bool) -> None:
    assert read(Name=name).is_for_caches is expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (None, True),
        ("alias/aws/secretsmanager", True),
        ("arn:aws:kms:eu-west-1:111111111111:alias/aws/secretsmanager", True),
        ("alias/mine", False),
        ("arn:aws:kms:eu-west-1:111111111111:key/1234", False),
        # A key of the same app.
        (Unresolved(("arn:aws:kms:eu-west-1:111111111111:key/", Unknown("Key"))), False),
        (Unresolved.of("Given"), None),
    ],
)
def test_is_readable_by_the_key_of_aws_alone(key: object, *, expected: bool | None) -> None:
    assert read(KmsKeyId=key).is_readable is expected


def test_resource_without_properties_is_a_secret() -> None:
    assert CacheSecret.from_cfn({"Properties": []}, ORIGIN)[0] == CacheSecret()
