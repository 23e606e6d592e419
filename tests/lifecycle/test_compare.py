"""Two policies on the same images."""

from __future__ import annotations

from hypothesis import given
from tests.lifecycle.strategies import NOW, days_ago, digest, repositories
from tests.model.lifecycle_strategies import policies

from ecr_constructs.lifecycle.compare import Effect, compare
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.verdict import Outcome
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

R = LifecycleRule


def image(days: float, *tags: str) -> Image:
    return Image(digest=digest((days, tags)), pushed_at=days_ago(days), tags=tags)


def effects(old: LifecyclePolicy, new: LifecyclePolicy, images: list[Image]) -> list[object]:
    changes = compare(old, new, images, NOW).changes
    return [(change.effect, change.after.image.tags) for change in changes]


def test_tells_what_the_change_deletes_archives_and_saves() -> None:
    old = LifecyclePolicy.of(
        R.expire(older_than_days=10, tag_patterns=["a*"]),
        R.archive(older_than_days=10, tag_patterns=["b*"]),
        R.expire(older_than_days=10, tag_patterns=["c*"]),
    )
    new = LifecyclePolicy.of(
        R.protect(tag_patterns=["a-keep"]),
        R.expire(older_than_days=5, tag_patterns=["a*"]),
        R.expire(older_than_days=10, tag_patterns=["b*"]),
        R.archive(older_than_days=10, tag_patterns=["c*"]),
    )
    images = [
        image(20, "a-keep"),
        image(20, "a-same"),
        image(7, "a-lost"),
        image(20, "b-lost"),
        image(20, "c-archived"),
        image(99, "d-untouched"),
        image(1, "c-kept"),
    ]
    assert effects(old, new, images) == [
        (Effect.DELETE, ("a-lost",)),
        (Effect.DELETE, ("b-lost",)),
        (Effect.ARCHIVE, ("c-archived",)),
        (Effect.SAVE, ("a-keep",)),
    ]


def test_another_rule_with_the_same_outcome_is_no_change() -> None:
    old = LifecyclePolicy.of(R.expire(older_than_days=10))
    new = LifecyclePolicy.of(R.keep_newest(1))
    assert effects(old, new, [image(1, "a"), image(20, "b")]) == []


@given(policies(), policies(), repositories())
def test_the_way_back_has_the_opposite_effect(
    one: LifecyclePolicy, other: LifecyclePolicy, images: list[Image]
) -> None:
    assert compare(one, one, images, NOW).changes == ()
    there = {c.after.image.digest: c for c in compare(one, other, images, NOW).changes}
    back = {c.after.image.digest: c for c in compare(other, one, images, NOW).changes}
    assert there.keys() == back.keys()
    for name, change in there.items():
        assert (change.before.outcome, change.after.outcome) == (
            back[name].after.outcome,
            back[name].before.outcome,
        )
        assert (change.effect is Effect.SAVE) == (not change.after.outcome.acts)
        assert (change.effect is Effect.DELETE) == (change.after.outcome is Outcome.EXPIRE)
