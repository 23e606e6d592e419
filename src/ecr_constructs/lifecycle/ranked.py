"""The rules of a lifecycle policy in the order in which they decide.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ecr_constructs.lifecycle.tags import TagPattern
from ecr_constructs.model.lifecycle import (
    ActionType,
    CountType,
    LifecycleRule,
    StorageClass,
    TagStatus,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecr_constructs.model.lifecycle import LifecyclePolicy

Tags: TypeAlias = "tuple[Sequence[str] | None, Sequence[str] | None]"

_EVERY: Final = TagPattern.of("*")


class Ranked(NamedTuple):
    """A rule, where it stands in the document, and what is asked of it again and again.

    Attributes:
        number: Its place by priority, from 0.
        path: Its JSON path: ``rules[2]``.
        rule: The rule.
        tags: Its patterns, and its prefixes.
        is_any: Whether it selects images whatever their tags.
        is_tagged: Whether it selects images by their tags.
        takes_every_tag: Whether it selects all tagged images, at least.
        storage_class: The storage class of the images that it sees.
    """

    number: int
    path: str
    rule: LifecycleRule
    tags: Tags
    is_any: bool
    is_tagged: bool
    takes_every_tag: bool
    storage_class: StorageClass

    @classmethod
    def of(cls, number: int, path: str, rule: LifecycleRule) -> Ranked:
        """Return a rule with what follows from it."""
        tags = (rule.tag_pattern_list, rule.tag_prefix_list)
        is_any, is_tagged = rule.tag_status is TagStatus.ANY, rule.tag_status is TagStatus.TAGGED
        takes_every_tag = is_any or (is_tagged and _take_all(tags))
        seen = rule.selected_storage_class
        return cls(number, path, rule, tags, is_any, is_tagged, takes_every_tag, seen)

    @property
    def patterns(self) -> tuple[TagPattern, ...]:
        """The entries of its tag list."""
        return _patterns(self.tags)

    @property
    def list_name(self) -> str:
        """The name of the tag list that it has."""
        return "tagPrefixList" if self.rule.tag_prefix_list else "tagPatternList"

    @property
    def entries(self) -> Sequence[str]:
        """The tag list as written."""
        return self.rule.tag_pattern_list or self.rule.tag_prefix_list or ()

    @property
    def expires(self) -> bool:
        """Whether it deletes images."""
        return self.rule.action is ActionType.EXPIRE

    @property
    def counts(self) -> bool:
        """Whether it keeps a number of images, and so never takes all."""
        return self.rule.count_type is CountType.IMAGE_COUNT_MORE_THAN

    def covers(self, other: Ranked) -> bool:
        """Tell whether it selects every image that a later rule of its storage class selects."""
        # No rule comes after one for any image, and there is one for untagged images.
        return self.is_tagged and other.is_tagged and _covers(self.tags, other.tags)

    def overlaps(self, other: Ranked) -> bool:
        """Tell whether an image with one tag can be selected by a later rule, too."""
        return other.is_any or (other.is_tagged and _overlap(self.tags, other.tags))


def ranked(policy: LifecyclePolicy) -> list[Ranked]:
    """Return the rules by priority, each with its path in the document as given."""
    paths = [(rule, f"rules[{index}]") for index, rule in enumerate(policy.numbered())]
    paths.sort(key=lambda pair: pair[0].rule_priority or 0)
    return [Ranked.of(number, path, rule) for number, (rule, path) in enumerate(paths)]


def standard(rules: Sequence[Ranked]) -> list[Ranked]:
    """Return the rules on images that are not archived."""
    return [ranked for ranked in rules if ranked.storage_class is StorageClass.STANDARD]


# The policies of a fleet name the same few tags, so that what follows from them is remembered.


@functools.lru_cache(maxsize=1024)
def _patterns(tags: Tags) -> tuple[TagPattern, ...]:
    patterns, prefixes = tags
    return (
        *map(TagPattern.of, patterns or ()),
        *map(TagPattern.of_prefix, prefixes or ()),
    )


@functools.lru_cache(maxsize=1024)
def _take_all(tags: Tags) -> bool:
    return all(map(_EVERY.within, _patterns(tags)))


@functools.lru_cache(maxsize=1024)
def _covers(ours: Tags, theirs: Tags) -> bool:
    return all(any(their.within(our) for their in _patterns(theirs)) for our in _patterns(ours))


@functools.lru_cache(maxsize=1024)
def _overlap(ours: Tags, theirs: Tags) -> bool:
    one, other = _patterns(ours), _patterns(theirs)
    return len(one) == len(other) == 1 and one[0].meets(other[0])
