"""Where ECR's own preview and an evaluation part ways."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lifecycle.strategies import NOW, days_ago, digest, repositories
from tests.model.lifecycle_strategies import policies
from tests.profiles import examples

from ecr_constructs.lifecycle.evaluate import evaluate
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.preview import preview_results
from ecr_constructs.lifecycle.preview_difference import preview_differences
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule


@settings(max_examples=examples(30))
@given(policies(), repositories(), st.randoms())
def test_what_says_the_same_in_any_order_does_not_differ(
    policy: LifecyclePolicy, images: list[Image], random: Any
) -> None:
    evaluation = evaluate(policy, images, NOW)
    results = list(preview_results(evaluation))
    random.shuffle(results)
    assert preview_differences(evaluation, results) == []


def result(name: str, priority: int, action: str = "EXPIRE") -> dict[str, Any]:
    return {
        "imageDigest": digest(name),
        "imageTags": [name],
        "action": {"type": action},
        "appliedRulePriority": priority,
    }


def test_each_way_to_differ_is_told_with_both_answers_and_our_reason() -> None:
    policy = LifecyclePolicy.of(
        LifecycleRule.expire_untagged(older_than_days=7), LifecycleRule.expire(older_than_days=30)
    )
    images = [
        Image(digest("same"), days_ago(40), ("same",)),
        Image(digest("missing"), days_ago(40), ("missing",)),
        Image(digest("more"), days_ago(1), ("more",)),
        Image(digest("rule"), days_ago(40), ("rule",)),
        Image(digest("action"), days_ago(40), ("action",)),
        Image(digest("kept"), days_ago(1), ("kept",)),
    ]
    results = [
        result("same", 2),
        result("more", 2),
        result("rule", 1),
        result("action", 2, "TRANSITION"),
        result("new", 2),
    ]
    found = preview_differences(evaluate(policy, images, NOW), results)
    told = {
        each.tags[0]: (each.ecr and each.ecr.sentence, each.ours and each.ours.sentence)
        for each in found
    }
    assert told == {
        "missing": (None, "expires by rule 2"),
        "more": ("expires by rule 2", None),
        "rule": ("expires by rule 1", "expires by rule 2"),
        "action": ("goes to the archive by rule 2", "expires by rule 2"),
        "new": ("expires by rule 2", None),
    }
    reasons = {each.tags[0]: each.reason for each in found}
    assert reasons["new"].startswith("the inventory does not have it")
    assert "30 days" in reasons["missing"]
