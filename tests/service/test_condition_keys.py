"""Condition keys of requests to Amazon ECR."""

from __future__ import annotations

import pytest

from ecr_constructs.service import condition_keys


@pytest.mark.parametrize(
    "key",
    ["aws:PrincipalOrgID", "AWS:SECURETRANSPORT", "aws:PrincipalTag/team", "ecr:ResourceTag/share"],
)
def test_key_is_known_in_any_case_and_with_any_tag(key: str) -> None:
    assert condition_keys.is_known(key)


@pytest.mark.parametrize("key", ["aws:PrincipleOrgID", "ecr:PrincipalOrgID", "s3:prefix", ""])
def test_other_keys_are_not_known(key: str) -> None:
    assert not condition_keys.is_known(key)


def test_nearest_key_is_the_one_that_was_meant() -> None:
    assert condition_keys.nearest("aws:PrincipleOrgID") == "aws:PrincipalOrgID"
    assert condition_keys.nearest("saml:aud") is None


def test_keys_are_in_lower_case() -> None:
    assert all(key == key.lower() for key in condition_keys.BINDING)
