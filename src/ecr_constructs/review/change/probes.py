"""Which images two lifecycle policies treat differently, where no inventory tells.

Layer: review. Both policies are evaluated on made-up images: with the tags that
their patterns ask for, one by one and together, on either side of every number
of days. Numbers of images are brought down to their order (50 and 30 become 2
and 1), as a rule that keeps fewer differs from one that keeps more on few
images as on many.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ecr_constructs.lifecycle.compare import Effect, compare
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.verdict import Verdict
from ecr_constructs.model.lifecycle import (
    CountType,
    LifecyclePolicy,
    LifecycleRule,
    StorageClass,
)

#: A day; no verdict depends on which.
_NOW: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
#: What an asterisk of a pattern stands for, so that no other pattern asks for it by chance.
_FILLER: Final = "0probe0"
_OTHER: Final = "~other"
#: As many tags are taken together, two by two.
_MOST_TOGETHER: Final = 12
#: A policy that acts on nothing.
_NONE: Final = LifecyclePolicy.of(LifecycleRule.protect())


@dataclass(frozen=True, slots=True)
class Shift:
    """An image that shows what a change does.

    Attributes:
        effect: What the newer policy does to it that the older one does not.
        before: The verdict of the older policy.
        after: The verdict of the newer policy.
    """

    effect: Effect
    before: Verdict
    after: Verdict


def shifts(old: LifecyclePolicy | None, new: LifecyclePolicy | None) -> dict[Effect, Shift]:
    """Return for each effect that the change of a policy has an image that shows it.

    Args:
        old: The policy that is there; None for none.
        new: The policy that is to be.
    """
    older, newer = _ranked(old or _NONE, new or _NONE)
    found: dict[Effect, Shift] = {}
    for images in _inventories([*older.rules, *newer.rules]):
        for change in compare(older, newer, images, _NOW).changes:
            found.setdefault(change.effect, Shift(change.effect, change.before, change.after))
    return found


def _ranked(old: LifecyclePolicy, new: LifecyclePolicy) -> tuple[LifecyclePolicy, LifecyclePolicy]:
    """Return both policies with the numbers of images brought down to their order."""
    numbers = {
        rule.count_number
        for policy in (old, new)
        for rule in policy.rules
        if _counts(rule) and not rule.never_acts
    }
    rank = {number: place for place, number in enumerate(sorted(numbers), start=1)}
    older, newer = (
        LifecyclePolicy(
            tuple(
                replace(rule, count_number=rank[rule.count_number])
                if _counts(rule) and not rule.never_acts
                else rule
                for rule in policy.normalise().rules
            )
        )
        for policy in (old, new)
    )
    return older, newer


def _counts(rule: LifecycleRule) -> bool:
    return rule.count_type is CountType.IMAGE_COUNT_MORE_THAN


def _inventories(rules: list[LifecycleRule]) -> Iterator[list[Image]]:
    ages = _ages(rules)
    archived = any(rule.storage_class is StorageClass.ARCHIVE for rule in rules)
    pulled = any(rule.count_type is CountType.SINCE_IMAGE_PULLED for rule in rules)
    everything: list[Image] = []
    for number, tags in enumerate(_tag_lists(rules)):
        images = list(_images(number, tags, ages, pulled=pulled, archived=archived))
        yield images
        # A rule that keeps a number of images keeps one that is alone, however old it is.
        yield from ([image] for image in images)
        everything += images
    yield everything


def _images(
    number: int, tags: tuple[str, ...], ages: list[float], *, pulled: bool, archived: bool
) -> Iterator[Image]:
    oldest = _ago(max(ages) + 1)
    for place, age in enumerate(ages):
        name = f"{number} {place}"
        yield Image(_digest(f"pushed {name}"), _ago(age), tags)
        if pulled:
            pull = _ago(age)
            yield Image(_digest(f"pulled {name}"), oldest, tags, last_recorded_pull_time=pull)
        if archived:
            digest = _digest(f"archived {name}")
            yield Image(digest, oldest, tags, status="ARCHIVED", last_archived_at=_ago(age))


def _ages(rules: Iterable[LifecycleRule]) -> list[float]:
    """Return days on either side of each number of days, and enough to fill each count."""
    days = {rule.count_number for rule in rules if not _counts(rule) and not rule.never_acts}
    ages = {0.5, max(days, default=0) + 1000.0}
    ages.update(day + half for day in days for half in (-0.5, 0.5))
    kept = max((r.count_number for r in rules if _counts(r) and not r.never_acts), default=0)
    ages.update(0.4 - place / 1000 for place in range(kept + 1 if kept < 100 else 0))  # noqa: PLR2004
    return sorted(ages)


def _tag_lists(rules: Iterable[LifecycleRule]) -> Iterator[tuple[str, ...]]:
    """Yield the tags of an image: none, another, those of each rule, each alone, two by two."""
    patterns: dict[str, None] = {}
    lists: dict[tuple[str, ...], None] = {(): None, (_OTHER,): None}
    for rule in rules:
        tags = [*(rule.tag_pattern_list or ()), *(f"{p}*" for p in rule.tag_prefix_list or ())]
        patterns |= dict.fromkeys(tags)
        lists[tuple(sorted({_filled(tag) for tag in tags}))] = None
    singles = list(dict.fromkeys(map(_filled, patterns)))
    lists |= dict.fromkeys((tag,) for tag in singles)
    for pair in itertools.combinations(singles[:_MOST_TOGETHER], 2):
        lists[tuple(sorted(pair))] = None
    yield from lists


def _filled(pattern: str) -> str:
    return pattern.replace("*", _FILLER)


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _ago(days: float) -> dt.datetime:
    return _NOW - dt.timedelta(days=days)
