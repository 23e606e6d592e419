"""The helpers for users' tests."""

from __future__ import annotations

import pytest

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.testing import (
    assert_archives,
    assert_expires,
    assert_retains,
    image,
)

POLICY = LifecyclePolicy.of(
    LifecycleRule.keep_newest(1, tag_patterns=["v*"]),
    LifecycleRule.archive(older_than_days=5, tag_patterns=["sha-*"]),
)
IMAGES = [
    image("v2", pushed_days_ago=1),
    image("v1", pushed_days_ago=2),
    image("sha-1", pushed_days_ago=9),
    image("other", pushed_days_ago=99),
    image(pushed_days_ago=99),
]


@pytest.mark.parametrize("policy", [POLICY, POLICY.to_document(), POLICY.to_json()])
def test_asserts_what_a_policy_does(policy: LifecyclePolicy) -> None:
    assert_retains(policy, IMAGES, tags=["v2", "other"])
    assert_expires(policy, IMAGES, tags=["v1"])
    assert_archives(policy, IMAGES, tags=["sha-*"])


def test_fails_with_the_rule_and_the_reason() -> None:
    with pytest.raises(AssertionError) as raised:
        assert_retains(POLICY, IMAGES)
    assert str(raised.value) == (
        "expected retain or not selected for ['*'], but\n"
        "  v1: rule 1, expires: not the newest image that matches v*\n"
        "  sha-1: rule 2, archived: pushed on 2026-01-22 12:00, more than 5 days ago"
    )


def test_fails_where_an_image_stays() -> None:
    with pytest.raises(AssertionError, match=r"v2: rule 1, kept: the newest image that matches v"):
        assert_expires(POLICY, IMAGES, tags=["v*"])
    with pytest.raises(AssertionError, match="other: untouched: no rule selects it"):
        assert_archives(POLICY, IMAGES, tags=["other"])


def test_refuses_a_tag_that_no_image_has() -> None:
    with pytest.raises(ConfigurationError, match="got 'latest', which is on none; add an image"):
        assert_retains(POLICY, IMAGES, tags=["latest"])


def test_a_single_tag_is_no_list_of_letters() -> None:
    assert_retains(POLICY, IMAGES, tags="v2")
