"""The actions that the settings of a registry need are Amazon ECR's, each in its place."""

from __future__ import annotations

from typing import Final

import pytest

from ecr_constructs.service import actions, registry_actions

EVERYTHING: Final = actions.REPOSITORY | actions.REGISTRY


@pytest.mark.parametrize(
    "name",
    [
        "REPLICATE",
        "IMPORT",
        "CREATION",
        "BRINGS",
        "TEMPLATE_ROLE",
        "CACHE_ROLE_UPSTREAM",
        "CACHE_ROLE_DOWNSTREAM",
        "ADMINISTER",
    ],
)
def test_each_set_holds_actions_that_ecr_has(name: str) -> None:
    assert getattr(registry_actions, name) <= EVERYTHING


def test_to_cache_takes_what_the_guide_lists_and_reading_is_a_part_of_it() -> None:
    """The token apart, which acts on the account."""
    assert registry_actions.CACHE_ROLE_UPSTREAM < registry_actions.CACHE_ROLE_DOWNSTREAM
    assert {action.removeprefix("ecr:") for action in registry_actions.CACHE_ROLE_DOWNSTREAM} == {
        "BatchGetImage",
        "BatchImportUpstreamImage",
        "CompleteLayerUpload",
        "GetDownloadUrlForLayer",
        "GetImageCopyStatus",
        "InitiateLayerUpload",
        "PutImage",
        "UploadLayerPart",
    }


def test_what_brings_repositories_creates_them() -> None:
    for purpose in (registry_actions.REPLICATE, registry_actions.IMPORT):
        assert purpose & registry_actions.BRINGS
        assert purpose & registry_actions.CREATION


def test_reading_the_settings_of_a_registry_is_no_administration() -> None:
    assert "ecr:DescribeRegistry" not in registry_actions.ADMINISTER
    assert "ecr:GetAuthorizationToken" not in registry_actions.ADMINISTER
    assert "ecr:ValidatePullThroughCacheRule" not in registry_actions.ADMINISTER
    assert "ecr:PutRegistryPolicy" in registry_actions.ADMINISTER
    assert "ecr:StartReplicationBackfill" in registry_actions.ADMINISTER
