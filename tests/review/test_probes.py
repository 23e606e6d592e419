"""Whether made-up images tell two lifecycle policies apart as real ones do."""

from __future__ import annotations

from hypothesis import given, settings
from tests.lifecycle.strategies import NOW, repositories
from tests.model.lifecycle_strategies import policies
from tests.profiles import examples

from ecr_constructs.lifecycle.compare import Effect, compare
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.review.change.probes import shifts


def plain(images: list[Image]) -> list[Image]:
    """The images as their tags and times make them, without what one is to another."""
    return [
        image._replace(
            subject_digest=None, referenced_by=None, media_type=None, last_activated_at=None
        )
        for image in images
        if image.status != "ACTIVATING"
    ]


@given(policies(3), policies(3), repositories())
@settings(max_examples=examples(100), deadline=None)  # one pair in seven deletes an image
def test_what_happens_to_an_image_happens_to_a_probe(
    old: LifecyclePolicy, new: LifecyclePolicy, images: list[Image]
) -> None:
    """A change that deletes an image that there is deletes one of the probes, too."""
    held = plain(images)
    happened = {change.effect for change in compare(old, new, held, NOW).changes}
    assert Effect.DELETE not in happened or Effect.DELETE in shifts(old, new)


@given(policies(4))
def test_policy_is_like_itself(policy: LifecyclePolicy) -> None:
    assert shifts(policy, policy) == {}
    assert shifts(policy, policy.normalise()) == {}


def test_no_policy_takes_nothing() -> None:
    rule = LifecycleRule.expire(older_than_days=7)
    assert set(shifts(None, LifecyclePolicy.of(rule))) == {Effect.DELETE}
    assert set(shifts(LifecyclePolicy.of(rule), None)) == {Effect.SAVE}
    assert shifts(None, LifecyclePolicy.of(LifecycleRule.protect())) == {}


def test_fewer_days_on_archived_images_delete_earlier() -> None:
    old, new = (
        LifecyclePolicy.of(
            LifecycleRule.archive(not_pulled_for_days=30),
            LifecycleRule.expire_archived(after_days=d),
        )
        for d in (365, 90)
    )
    assert set(shifts(old, new)) == {Effect.DELETE}


def test_age_takes_a_lone_image_that_a_count_kept() -> None:
    old = LifecyclePolicy.of(LifecycleRule.keep_newest(1))
    new = LifecyclePolicy.of(LifecycleRule.expire(older_than_days=1))
    assert Effect.DELETE in shifts(old, new)


def test_large_counts_take_no_time() -> None:
    old, new = (LifecyclePolicy.of(LifecycleRule.keep_newest(n)) for n in (90_000, 80_000))
    assert set(shifts(old, new)) == {Effect.DELETE}
