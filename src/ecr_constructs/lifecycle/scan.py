"""One lifecycle rule over all images of a repository.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from ecr_constructs.lifecycle.tags import TagPattern, all_match
from ecr_constructs.model.lifecycle import CountType, LifecycleRule, StorageClass, TagStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from ecr_constructs.lifecycle.images import Image


class Shelf:
    """The images that rules may select, indexed by what rules ask for.

    Images are known by their place in one order, newest first.

    Args:
        images: All images, newest first.
        hidden: The places of images that no rule sees.
    """

    def __init__(self, images: Sequence[Image], hidden: Collection[int]) -> None:
        self._images = images
        classes = list(map(attrgetter("storage_class"), images))
        self._of_class = {
            kind: [p for p, c in enumerate(classes) if c is kind and p not in hidden]
            for kind in StorageClass
        }
        self._tags: dict[StorageClass, tuple[list[str], list[int]]] = {}

    def selected_by(self, rule: LifecycleRule) -> Sequence[int]:
        """Return the places of the images that a rule selects, newest first."""
        places = self._of_class[rule.selected_storage_class]
        if rule.tag_status is TagStatus.ANY:
            return places
        if rule.tag_status is TagStatus.UNTAGGED:
            return [place for place in places if not self._images[place].tags]
        tags, owners = self._tags_of(rule.selected_storage_class)
        first, *others = TagPattern.all_of(rule)
        selected = first.matching(tags, owners)
        for pattern in others:
            selected &= pattern.matching(tags, owners)
        return sorted(selected)

    def _tags_of(self, storage_class: StorageClass) -> tuple[list[str], list[int]]:
        """Return all tags of a storage class, sorted, and beside each the place that has it."""
        if storage_class not in self._tags:
            places, images = self._of_class[storage_class], self._images
            tags = [tag for place in places for tag in images[place].tags]
            owners = [place for place in places for _ in images[place].tags]
            order = sorted(range(len(tags)), key=tags.__getitem__)
            self._tags[storage_class] = [tags[n] for n in order], [owners[n] for n in order]
        return self._tags[storage_class]


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

    def draw_line(self, selected: Iterable[int], uncounted: Collection[int]) -> None:
        """Count the images selected, newest first, and remember the last one that is kept."""
        if self.rule.count_type is not CountType.IMAGE_COUNT_MORE_THAN:
            return
        counted = [place for place in selected if place not in uncounted]
        keep = self.rule.count_number
        if len(counted) > keep:
            self.last_kept, self.first_dropped = counted[keep - 1 : keep + 1]

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

    def acts_on(self, places: Iterable[int], images: Sequence[Image]) -> list[int]:
        """Return those of the places selected that the rule would act on, if it decided."""
        if self.rule.count_type is CountType.IMAGE_COUNT_MORE_THAN:
            last = self.last_kept
            return [] if last is None else [place for place in places if place > last]
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
