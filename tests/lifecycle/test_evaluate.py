"""The verdicts of a lifecycle policy."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lifecycle.naive import Naive
from tests.lifecycle.random_cases import random_policy, random_repository
from tests.lifecycle.strategies import NOW, days_ago, digest, repositories
from tests.model.lifecycle_strategies import policies, rules

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.lifecycle.evaluate import evaluate
from ecr_constructs.lifecycle.image_details import image_of
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.verdict import Assumptions, Outcome
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

CASES = json.loads((Path(__file__).parent / "worked_examples.json").read_text(encoding="utf-8"))
INDEX = "application/vnd.oci.image.index.v1+json"


def image(name: str, days: float, *tags: str, **members: Any) -> Image:
    """An image of a name that was pushed so many days ago."""
    return Image(digest=digest(name), pushed_at=days_ago(days), tags=tags, **members)


def outcomes(
    images: list[Image], *given_rules: LifecycleRule, assumptions: Assumptions | None = None
) -> list[tuple[str, int | None]]:
    """The outcome for each image, in the order given, and the priority that decided."""
    evaluation = evaluate(LifecyclePolicy.of(*given_rules), images, NOW, assumptions=assumptions)
    verdicts = {verdict.image.digest: verdict for verdict in evaluation}
    return [
        (v.outcome.value, v.rule.rule_priority if v.rule else None)
        for v in (verdicts[i.digest] for i in images)
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@pytest.mark.parametrize("spelling", ["as written", "patterns for prefixes"])
def test_agrees_with_the_worked_examples(case: dict[str, Any], spelling: str) -> None:
    policy = LifecyclePolicy.from_document(case["policy"])
    if spelling == "patterns for prefixes":
        policy = LifecyclePolicy(
            tuple(
                replace(
                    rule,
                    tag_prefix_list=None,
                    tag_pattern_list=[f"{prefix}*" for prefix in rule.tag_prefix_list],
                )
                if rule.tag_prefix_list
                else rule
                for rule in policy.rules
            )
        )
    labels = {detail["imageDigest"]: detail["label"] for detail in case["images"]}
    evaluation = evaluate(
        policy,
        [image_of(detail) for detail in case["images"]],
        datetime.fromisoformat(case["now"]),
    )
    word = {Outcome.EXPIRE: "expire", Outcome.ARCHIVE: "transition"}
    acted = {
        labels[verdict.image.digest]: [verdict.rule.rule_priority, word[verdict.outcome]]
        for verdict in evaluation
        if verdict.outcome.acts and verdict.rule
    }
    assert acted == case["expected"]


# The algorithm, point by point ---------------------------------------------------------------


def test_an_image_that_no_rule_selects_is_untouched() -> None:
    assert outcomes(
        [image("a", 99, "main")], LifecycleRule.expire(older_than_days=1, tag_patterns=["pr-*"])
    ) == [("not selected", None)]


@pytest.mark.parametrize(("age", "outcome"), [(30.0, "retain"), (30.0001, "expire")])
def test_older_than_is_strict(age: float, outcome: str) -> None:
    assert outcomes([image("a", age)], LifecycleRule.expire(older_than_days=30)) == [(outcome, 1)]


def test_an_age_beyond_all_dates_never_comes() -> None:
    rule = LifecycleRule.expire(older_than_days=2**31 - 1)
    assert outcomes([image("a", 9999)], rule) == [("retain", 1)]


def test_a_claimed_image_still_fills_a_count() -> None:
    images = [image("new", 1, "v1"), image("old", 2, "main")]
    assert outcomes(
        images,
        LifecycleRule.keep_newest(5, tag_patterns=["v*"]),
        LifecycleRule.keep_newest(1),
    ) == [("retain", 1), ("expire", 2)]


def test_a_higher_rule_shields_what_it_never_takes() -> None:
    assert outcomes(
        [image("a", 99, "prod-1"), image("b", 99, "main")],
        LifecycleRule.protect(tag_patterns=["prod*"]),
        LifecycleRule.expire(older_than_days=1),
    ) == [("retain", 1), ("expire", 2)]


def test_rules_of_the_archive_and_of_standard_do_not_shield_each_other() -> None:
    archived = image("a", 999, status="ARCHIVED", last_archived_at=days_ago(400))
    assert outcomes(
        [archived, image("b", 40)],
        LifecycleRule.archive(older_than_days=30),
        LifecycleRule.expire_archived(after_days=365),
    ) == [("expire", 2), ("archive", 1)]


def test_a_list_asks_for_a_tag_for_each_entry_and_one_tag_may_serve_two() -> None:
    images = [image("a", 9, "v1"), image("b", 9, "v1", "beta"), image("c", 9, "v1-beta")]
    rule = LifecycleRule.expire(older_than_days=1, tag_patterns=["v*", "*beta"])
    assert [outcome for outcome, _ in outcomes(images, rule)] == [
        "not selected",
        "expire",
        "expire",
    ]


def test_images_a_microsecond_apart_count_by_push_time_in_any_year() -> None:
    """Even where seconds since 1970, as a number of 64 bits, no longer tell them apart."""
    older = datetime(9000, 1, 1, tzinfo=UTC)
    newer = older + timedelta(microseconds=1)
    assert older.timestamp() == newer.timestamp()
    for names in ("ab", "ba"):
        first, second = (digest(name) for name in names)
        kept, expired = Image(first, newer), Image(second, older)
        for images in ([kept, expired], [expired, kept]):
            verdicts = outcomes(images, LifecycleRule.keep_newest(1))
            assert verdicts[images.index(expired)] == ("expire", 1)


def test_images_of_one_push_time_count_by_digest() -> None:
    twins = sorted([image("a", 1, "x"), image("b", 1, "y")], key=lambda twin: twin.digest)
    assert outcomes(twins, LifecycleRule.keep_newest(1)) == [("retain", 1), ("expire", 1)]


@pytest.mark.parametrize(
    ("members", "outcome"),
    [
        ({}, "archive"),  # never pulled: the push, 200 days ago
        ({"last_recorded_pull_time": days_ago(10)}, "retain"),
        ({"last_recorded_pull_time": days_ago(100)}, "archive"),
        ({"last_activated_at": days_ago(10)}, "retain"),  # restored, not pulled since
        ({"last_activated_at": days_ago(10), "last_recorded_pull_time": days_ago(100)}, "retain"),
        ({"last_activated_at": days_ago(100), "last_recorded_pull_time": days_ago(10)}, "retain"),
        ({"last_activated_at": days_ago(100), "last_recorded_pull_time": days_ago(150)}, "archive"),
    ],
)
def test_pulls_fall_back_to_the_restore_and_the_push(members: dict[str, Any], outcome: str) -> None:
    rule = LifecycleRule.archive(not_pulled_for_days=90)
    assert outcomes([image("a", 200, **members)], rule) == [(outcome, 1)]


def test_the_restore_stands_in_for_the_push() -> None:
    restored = image("a", 200, last_activated_at=days_ago(1))
    younger = image("b", 5)
    assert outcomes([restored, younger], LifecycleRule.expire(older_than_days=3)) == [
        ("retain", 1),
        ("expire", 1),
    ]
    assert outcomes([restored, younger], LifecycleRule.keep_newest(1)) == [
        ("retain", 1),
        ("expire", 1),
    ]


def test_an_image_that_is_being_restored_is_out_of_reach() -> None:
    images = [image("a", 999, status="ACTIVATING", last_archived_at=days_ago(500))]
    assert outcomes(
        images, LifecycleRule.keep_newest(1), LifecycleRule.expire_archived(after_days=90)
    ) == [("not selected", None)]


def test_an_index_holds_its_children_even_when_it_goes_itself() -> None:
    index = image("index", 40, "v1", media_type=INDEX)
    child = image("child", 40, referenced_by=(index.digest,))
    orphan = image("orphan", 40, referenced_by=(digest("gone"),))
    assert outcomes([index, child, orphan], LifecycleRule.expire(older_than_days=30)) == [
        ("expire", 1),
        ("retain", 1),
        ("expire", 1),
    ]


def test_an_archived_index_holds_nothing() -> None:
    index = image("index", 40, status="ARCHIVED", last_archived_at=days_ago(1))
    child = image("child", 40, referenced_by=(index.digest,))
    assert outcomes([index, child], LifecycleRule.archive(older_than_days=30)) == [
        ("not selected", None),
        ("archive", 1),
    ]


def test_untagged_children_take_no_place_unless_assumed() -> None:
    index = image("index", 2, "v1", media_type=INDEX)
    child = image("child", 1, referenced_by=(index.digest,))
    older = image("older", 3, "v0")
    rule = LifecycleRule.keep_newest(2)
    assert outcomes([index, child, older], rule) == [("retain", 1)] * 3
    assert outcomes(
        [index, child, older], rule, assumptions=Assumptions(count_index_children=True)
    ) == [("retain", 1), ("retain", 1), ("expire", 1)]


def test_a_tagged_child_takes_a_place() -> None:
    index = image("index", 2, "v1", media_type=INDEX)
    child = image("child", 1, "v1-arm64", referenced_by=(index.digest,))
    older = image("older", 3, "v0")
    assert outcomes([index, child, older], LifecycleRule.keep_newest(2)) == [
        ("retain", 1),
        ("retain", 1),
        ("expire", 1),
    ]


def test_a_signature_goes_and_stays_with_its_subject() -> None:
    old, new = image("old", 40, "pr-1"), image("new", 1, "v1")
    signatures = [
        image("old.sig", 1, subject_digest=old.digest),
        image("new.sig", 40, subject_digest=new.digest),
        image("new.sig.sbom", 40, subject_digest=digest("new.sig")),
        image("lost.sig", 40, subject_digest=digest("lost")),
    ]
    assert outcomes(
        [old, new, *signatures],
        LifecycleRule.expire_untagged(older_than_days=7),
        LifecycleRule.expire(older_than_days=30, tag_patterns=["*"]),
    ) == [("expire", 2), ("retain", 2), ("expire", 2), ("retain", 2), ("retain", 2), ("expire", 1)]


def test_signatures_take_no_place_unless_assumed() -> None:
    subject = image("subject", 2, "v1")
    signature = image("signature", 1, subject_digest=subject.digest)
    rule = LifecycleRule.keep_newest(1)
    assert outcomes([subject, signature], rule) == [("retain", 1), ("retain", 1)]
    seen = Assumptions(rules_see_referrers=True)
    # The signature takes the one place, so its subject goes, and it with its subject.
    assert outcomes([subject, signature], rule, assumptions=seen) == [("expire", 1), ("expire", 1)]


def test_images_that_are_each_others_subject_stand_for_themselves() -> None:
    ring = [
        image("a", 9, subject_digest=digest("b")),
        image("b", 9, subject_digest=digest("a")),
        image("c", 9, subject_digest=digest("c")),
    ]
    assert outcomes(ring, LifecycleRule.expire(older_than_days=1)) == [("expire", 1)] * 3


# Bad input -----------------------------------------------------------------------------------


def test_refuses_a_policy_that_ecr_refuses() -> None:
    with pytest.raises(ConfigurationError, match=r"countNumber must be 1 or more, got 0; write"):
        evaluate(LifecyclePolicy.of(LifecycleRule.keep_newest(0)), [], NOW)


def test_refuses_times_without_zone() -> None:
    policy = LifecyclePolicy.of(LifecycleRule.keep_newest(1))
    bare = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(ConfigurationError, match="now must have a time zone"):
        evaluate(policy, [], bare)
    with pytest.raises(ConfigurationError, match="pushed_at of v1 must have a time zone"):
        evaluate(policy, [Image(digest="sha256:a", pushed_at=bare, tags=("v1",))], NOW)


def test_refuses_a_digest_twice() -> None:
    policy = LifecyclePolicy.of(LifecycleRule.keep_newest(1))
    with pytest.raises(ConfigurationError, match=f"got '{digest('a')}' twice; leave one out"):
        evaluate(policy, [image("a", 1), image("a", 2)], NOW)


# Properties ----------------------------------------------------------------------------------


def agree(policy: LifecyclePolicy, images: list[Image], assumptions: Assumptions) -> None:
    evaluation = evaluate(policy, images, NOW, assumptions=assumptions)
    ours = {
        v.image.digest: (v.outcome.value, v.rule.rule_priority if v.rule else None)
        for v in evaluation
    }
    assert len(evaluation) == len(images)
    naive = Naive(policy.to_document(), images, NOW, **asdict(assumptions))
    assert ours == naive.verdicts


assumptions = st.builds(
    Assumptions, count_index_children=st.booleans(), rules_see_referrers=st.booleans()
)


@given(policies(), repositories(), assumptions)
def test_agrees_with_the_definition(
    policy: LifecyclePolicy, images: list[Image], taken: Assumptions
) -> None:
    agree(policy, images, taken)


@pytest.mark.parametrize("seed", range(8))
def test_agrees_with_the_definition_on_many_repositories(seed: int) -> None:
    """Four thousand policies and repositories, drawn more quickly than hypothesis does."""
    random = Random(seed)  # noqa: S311 - cases, no secrets
    for _ in range(500):
        taken = Assumptions(
            count_index_children=random.random() < 0.5, rules_see_referrers=random.random() < 0.5
        )
        agree(random_policy(random), random_repository(random), taken)


@given(policies(), repositories(), st.randoms())
def test_the_order_of_images_and_rules_does_not_matter(
    policy: LifecyclePolicy, images: list[Image], random: Any
) -> None:
    expected = list(evaluate(policy, images, NOW))
    shuffled_rules, shuffled_images = list(policy.normalise().rules), list(images)
    random.shuffle(shuffled_rules)
    random.shuffle(shuffled_images)
    assert list(evaluate(LifecyclePolicy.of(*shuffled_rules), shuffled_images, NOW)) == expected


@given(policies(max_size=4), rules(), repositories())
def test_a_rule_of_lower_precedence_never_changes_an_earlier_verdict(
    policy: LifecyclePolicy, rule: LifecycleRule, images: list[Image]
) -> None:
    earlier = policy.normalise()
    last = max(rule.rule_priority or 0 for rule in earlier.rules)
    longer = LifecyclePolicy((*earlier.rules, replace(rule, rule_priority=last + 1)))
    if any(problem.severity == "error" for problem in longer.problems()):
        return
    before = {v.image.digest: v for v in evaluate(earlier, images, NOW)}
    for verdict in evaluate(longer, images, NOW):
        if (decided := before[verdict.image.digest]).rule is not None:
            assert (verdict.outcome, verdict.rule) == (decided.outcome, decided.rule)


@given(policies(), repositories())
def test_later_means_no_fewer_go(policy: LifecyclePolicy, images: list[Image]) -> None:
    """What goes now also goes tomorrow, if nothing is pushed, pulled or removed."""
    now = {v.image.digest for v in evaluate(policy, images, NOW) if v.outcome.acts}
    later = evaluate(policy, images, NOW + timedelta(days=1))
    assert now <= {v.image.digest for v in later if v.outcome.acts}


def test_reads_no_clock() -> None:
    policy = LifecyclePolicy.of(LifecycleRule.expire(older_than_days=1))
    past = datetime(2001, 1, 1, tzinfo=UTC)
    images = [Image(digest="sha256:a", pushed_at=past)]
    assert [v.outcome for v in evaluate(policy, images, past)] == [Outcome.RETAIN]
