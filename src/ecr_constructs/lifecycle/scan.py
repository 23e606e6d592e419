"""One lifecycle rule over all images of a repository.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from ecr_constructs.lifecycle.tags import TagPattern, all_match
from ecr_constructs.lifecycle.verdict import Outcome
from ecr_constructs.model.lifecycle import (
    ActionType,
    CountType,
    LifecycleRule,
    StorageClass,
    TagStatus,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from ecr_constructs.lifecycle.images import Image
    from ecr_constructs.lifecycle.newest_first import NewestFirst


class Shelf:
    """The images that rules may select, indexed by what rules ask for.

    Args:
        images: All images.
        hidden: The places of images that no rule sees.
    """

    def __init__(self, images: NewestFirst, hidden: Collection[int]) -> None:
        self._images = images
        self._classes: list[StorageClass | None] = [*set(images.column("storage_class"))]
        if len(self._classes) == 1:  # as it mostly is
            self._classes *= len(images)
        else:
            self._classes = [image.storage_class for image in images.images]
        for place in hidden:
            self._classes[place] = None

    def selected_by(self, rule: LifecycleRule) -> Sequence[int]:
        """Return the places of the images that a rule selects, newest first."""
        kind, classes = rule.selected_storage_class, self._classes
        if rule.tag_status is TagStatus.ANY:
            return [place for place, its in enumerate(classes) if its is kind]
        places = self._untagged if rule.tag_status is TagStatus.UNTAGGED else self._tagged(rule)
        return [place for place in sorted(places) if classes[place] is kind]

    @cached_property
    def _untagged(self) -> list[int]:
        return [
            place
            for place, tags in zip(self._images.places, self._images.column("tags"), strict=True)
            if not tags
        ]

    def _tagged(self, rule: LifecycleRule) -> set[int]:
        """Return the places of the images that have the tags a rule asks for."""
        tags, owners = self._tags
        first, *others = TagPattern.all_of(rule)
        selected = first.matching(tags, owners)
        for pattern in others:
            selected &= pattern.matching(tags, owners)
        return selected

    @cached_property
    def _tags(self) -> tuple[list[str], list[int]]:
        """All tags, sorted, and beside each the place of the image that has it."""
        tags = list(chain.from_iterable(self._images.column("tags")))
        owners = [place for place, its in self._images.having("tags") for _ in its]
        order = sorted(range(len(tags)), key=tags.__getitem__)
        return list(map(tags.__getitem__, order)), list(map(owners.__getitem__, order))


@dataclass(slots=True)
class Scan:
    """A rule with the line that it draws between images that stay and images that go.

    Attributes:
        rule: The rule.
        limit: The time before which images go, for a rule on days.
        last_kept: The place of the last image that a count keeps; None where
            all are kept.
        first_dropped: The place of the next one that counts.
    """

    rule: LifecycleRule
    limit: datetime | None = None
    last_kept: int | None = None
    first_dropped: int | None = None
    _line: int | None = field(default=None, init=False)
    _patterns: tuple[TagPattern, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._patterns = TagPattern.all_of(self.rule)

    @classmethod
    def of(cls, rule: LifecycleRule, now: datetime) -> Scan:
        """Return the scan of a rule at a time."""
        if rule.count_type is CountType.IMAGE_COUNT_MORE_THAN:
            return cls(rule)
        try:
            return cls(rule, limit=now - timedelta(days=rule.count_number))
        except OverflowError:  # longer ago than there are dates
            return cls(rule)

    @property
    def outcome(self) -> Outcome:
        """What becomes of an image that the rule acts on."""
        archives = self.rule.action is ActionType.TRANSITION
        return Outcome.ARCHIVE if archives else Outcome.EXPIRE

    def draw_line(
        self, selected: Iterable[int], uncounted: Collection[int], images: Sequence[Image]
    ) -> None:
        """Find the place from which on the rule acts, where newer images stay and older ones go.

        Args:
            selected: The places of the images that the rule selects, newest first.
            uncounted: The places that no count counts.
            images: All images, newest first.
        """
        if self.rule.count_type is CountType.IMAGE_COUNT_MORE_THAN:
            counted = [place for place in selected if place not in uncounted]
            keep = self.rule.count_number
            if len(counted) > keep:
                self.last_kept, self.first_dropped = counted[keep - 1 : keep + 1]
                self._line = self.last_kept + 1
        elif self.rule.count_type is CountType.SINCE_IMAGE_PUSHED and self.limit is not None:
            limit = self.limit
            self._line = bisect_left(images, x=True, key=lambda image: image.push_time < limit)

    def selects(self, image: Image) -> bool:
        """Tell whether the rule selects an image."""
        rule = self.rule
        if image.storage_class is not rule.selected_storage_class:
            return False
        if rule.tag_status is TagStatus.ANY:
            return True
        if rule.tag_status is TagStatus.UNTAGGED:
            return not image.tags
        return all_match(self._patterns, image.tags)

    def acts_on(self, places: Sequence[int], images: Sequence[Image]) -> Sequence[int]:
        """Return those of the places selected that the rule would act on, if it decided.

        Args:
            places: Some places, newest first.
            images: All images, newest first.
        """
        if self._line is not None:
            return places[bisect_left(places, self._line) :]
        limit, clock = self.limit, self.clock
        return [] if limit is None else [p for p in places if clock(images[p]) < limit]

    def clock(self, image: Image) -> datetime:
        """Return the time of the image that the rule reads."""
        count_type = self.rule.count_type
        if count_type is CountType.SINCE_IMAGE_PULLED:
            return image.pull_time
        if count_type is CountType.SINCE_IMAGE_TRANSITIONED:
            return image.last_archived_at or image.pushed_at
        return image.push_time
