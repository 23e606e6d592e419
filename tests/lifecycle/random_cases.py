"""Policies and repositories drawn from a seeded generator, as quickly as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lifecycle.strategies import AGES, days_ago, digest
from tests.model.lifecycle_strategies import CHOICES, PATTERNS, PREFIXES, TAG_WORDS

from ecr_constructs.lifecycle.images import Image
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

if TYPE_CHECKING:
    from random import Random


def random_policy(random: Random) -> LifecyclePolicy:
    """A policy that ECR accepts, of 1 to 7 rules."""
    drawn = [_rule(random) for _ in range(random.randint(1, 7))]
    kept: list[LifecycleRule] = []
    for rule in drawn:
        policy = LifecyclePolicy.of(*kept, rule)
        if not any(problem.severity == "error" for problem in policy.problems()):
            kept.append(rule)
    return LifecyclePolicy.of(*kept)


def _rule(random: Random) -> LifecycleRule:
    count_type, action = random.choice(CHOICES)
    archived = count_type == "sinceImageTransitioned"
    tag_status = random.choice(["tagged", "tagged", "tagged", "untagged", "any"])
    lists = {}
    if tag_status == "tagged" and random.random() < 0.7:
        lists["tag_pattern_list"] = random.choices(PATTERNS, k=random.randint(1, 2))
    elif tag_status == "tagged":
        lists["tag_prefix_list"] = random.choices(PREFIXES, k=random.randint(1, 2))
    return LifecycleRule(
        tag_status=tag_status,
        count_type=count_type,
        count_number=random.randint(90, 96) if archived else random.choice([1, 2, 3, 4, 999_999]),
        action=action,
        storage_class="archive" if archived else None,
        **lists,
    )


def random_repository(random: Random) -> list[Image]:
    """Up to 14 images that hang together in all ways."""
    digests = [digest(number) for number in range(random.randint(0, 14))]
    return [_image(random, own, [*digests, digest("gone")]) for own in digests]


def _image(random: Random, own: str, digests: list[str]) -> Image:
    def maybe(probability: float, value: object) -> object:
        return value if random.random() < probability else None

    status = random.choice(["ACTIVE", "ACTIVE", "ACTIVE", "ARCHIVED", "ACTIVATING"])
    return Image(
        digest=own,
        pushed_at=days_ago(random.choice(AGES)),
        tags=tuple(random.sample(TAG_WORDS, random.choice([0, 0, 1, 1, 2, 3]))),
        last_recorded_pull_time=maybe(0.5, days_ago(random.choice(AGES))),
        status=status,
        last_archived_at=maybe(status == "ARCHIVED", days_ago(random.choice(AGES))),
        last_activated_at=maybe(0.2, days_ago(random.choice(AGES))),
        subject_digest=maybe(0.2, random.choice(digests)),
        referenced_by=maybe(0.3, tuple(random.sample(digests, 1))),
    )
