"""Helpers for tests of what a lifecycle policy does to images.

Layer: testing; imports all but ``constructs``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.lifecycle.evaluate import evaluate
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.tags import TagPattern
from ecr_constructs.lifecycle.verdict import Assumptions, Outcome
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.words import shown

if TYPE_CHECKING:
    from ecr_constructs.lifecycle.evaluation import Evaluation
    from ecr_constructs.lifecycle.verdict import Verdict

#: A time for tests: what :func:`image` counts back from unless told.
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def image(*tags: str, pushed_days_ago: float, now: datetime = NOW, **members: Any) -> Image:
    """Return an image for a test, pushed so many days before ``now``.

    Args:
        tags: Its tags; none for an untagged image.
        pushed_days_ago: Its age in days, fractions too.
        now: The time to count back from. Default: :data:`NOW`.
        members: Further members of :class:`Image`, by name. Default: the digest
            is made from tags and age, so that two untagged images of one age
            need a ``digest`` each.
    """
    made = hashlib.sha256(repr((tags, pushed_days_ago)).encode()).hexdigest()
    members.setdefault("digest", f"sha256:{made}")
    return Image(pushed_at=now - timedelta(days=pushed_days_ago), tags=tags, **members)


def assert_retains(
    policy: LifecyclePolicy | Mapping[str, Any] | str,
    images: Iterable[Image],
    *,
    tags: Iterable[str] = ("*",),
    now: datetime = NOW,
    assumptions: Assumptions | None = None,
) -> None:
    """Assert that a lifecycle policy takes no image with one of the tags.

    Args:
        policy: A policy, its document or its JSON text.
        images: All images of a repository.
        tags: Tags or patterns with ``*``; each must be on an image, as a test
            of a tag that is nowhere shows nothing. Default: every tagged image.
        now: The time of the evaluation. Default: :data:`NOW`.
        assumptions: How to take what no source settles.

    Raises:
        AssertionError: If one goes; with the rule and the reason for each.
        ConfigurationError: If ECR would refuse the policy, an image is none, or no
            image has a tag.
    """
    verdicts = evaluate(_policy(policy), _images(images), now, assumptions=assumptions)
    _expect(verdicts, tags, Outcome.RETAIN, Outcome.NOT_SELECTED)


def assert_expires(
    policy: LifecyclePolicy | Mapping[str, Any] | str,
    images: Iterable[Image],
    *,
    tags: Iterable[str] = ("*",),
    now: datetime = NOW,
    assumptions: Assumptions | None = None,
) -> None:
    """Assert that a lifecycle policy deletes all images with one of the tags.

    Takes the arguments of :func:`assert_retains`.

    Raises:
        AssertionError: If one stays; with the rule and the reason for each.
        ConfigurationError: If ECR would refuse the policy, or no image has a tag.
    """
    _expect(
        evaluate(_policy(policy), _images(images), now, assumptions=assumptions),
        tags,
        Outcome.EXPIRE,
    )


def assert_archives(
    policy: LifecyclePolicy | Mapping[str, Any] | str,
    images: Iterable[Image],
    *,
    tags: Iterable[str] = ("*",),
    now: datetime = NOW,
    assumptions: Assumptions | None = None,
) -> None:
    """Assert that a lifecycle policy archives all images with one of the tags.

    Takes the arguments of :func:`assert_retains`.

    Raises:
        AssertionError: If one is not archived; with the rule and the reason.
        ConfigurationError: If ECR would refuse the policy, or no image has a tag.
    """
    _expect(
        evaluate(_policy(policy), _images(images), now, assumptions=assumptions),
        tags,
        Outcome.ARCHIVE,
    )


def _images(given: Iterable[Image]) -> list[Image]:
    images = list(given)
    for each in cast("list[object]", images):
        if not isinstance(each, Image):
            raise ConfigurationError(
                f"images must be Images, got {shown(each)}; write image('v1', pushed_days_ago=3)"
            )
    return images


def _expect(evaluation: Evaluation, tags: Iterable[str], *outcomes: Outcome) -> None:
    wanted = [tags] if isinstance(tags, str) else list(tags)
    other: dict[str, Verdict] = {}
    for tag in wanted:
        pattern = TagPattern.of(tag)
        found = [v for v in evaluation if any(map(pattern.matches, v.image.tags))]
        if not found:
            raise ConfigurationError(
                f"tags must be on the images, got {tag!r}, which is on none; add an image with it"
            )
        other |= {v.image.digest: v for v in found if v.outcome not in outcomes}
    if other:
        lines = [f"\n  {v.image.name}: {_rule(v)}{v.reason}" for v in other.values()]
        raise AssertionError(f"expected {' or '.join(outcomes)} for {wanted}, but{''.join(lines)}")


def _rule(verdict: Verdict) -> str:
    return f"rule {verdict.rule.rule_priority}, " if verdict.rule else ""


def _policy(policy: LifecyclePolicy | Mapping[str, Any] | str) -> LifecyclePolicy:
    if isinstance(policy, LifecyclePolicy):
        return policy
    if isinstance(policy, str):
        return LifecyclePolicy.from_json(policy)
    return LifecyclePolicy.from_document(policy)
