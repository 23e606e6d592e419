"""The rules of a lifecycle policy in the order in which they decide.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple

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

_EVERY: Final = TagPattern.of("*")


class Ranked(NamedTuple):
    """A rule, where it stands in the document, and what is asked of it again and again.

    Attributes:
        number: Its place by priority, from 0.
        path: Its JSON path: ``rules[2]``.
        rule: The rule.
        patterns: The entries of its tag list.
        is_any: Whether it selects images whatever their tags.
        is_tagged: Whether it selects images by their tags.
        takes_every_tag: Whether it selects all tagged images, at least.
        storage_class: The storage class of the images that it sees.
    """

    number: int
    path: str
    rule: LifecycleRule
    patterns: tuple[TagPattern, ...]
    is_any: bool
    is_tagged: bool
    takes_every_tag: bool
    storage_class: StorageClass

    @classmethod
    def of(cls, number: int, path: str, rule: LifecycleRule) -> Ranked:
        """Return a rule with what follows from it."""
        patterns, take_every_tag = _patterns(rule.tag_pattern_list, rule.tag_prefix_list)
        is_any, is_tagged = rule.tag_status is TagStatus.ANY, rule.tag_status is TagStatus.TAGGED
        return cls(
            number=number,
            path=path,
            rule=rule,
            patterns=patterns,
            is_any=is_any,
            is_tagged=is_tagged,
            takes_every_tag=is_any or (is_tagged and take_every_tag),
            storage_class=rule.selected_storage_class,
        )

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
        return (
            self.is_tagged
            and other.is_tagged
            and all(any(theirs.within(ours) for theirs in other.patterns) for ours in self.patterns)
        )

    def overlaps(self, other: Ranked) -> bool:
        """Tell whether an image with one tag can be selected by a later rule, too."""
        if other.is_any:
            return True
        alone = len(self.patterns) == len(other.patterns) == 1
        return alone and self.patterns[0].meets(other.patterns[0])


def ranked(policy: LifecyclePolicy) -> list[Ranked]:
    """Return the rules by priority, each with its path in the document as given."""
    paths = [(rule, f"rules[{index}]") for index, rule in enumerate(policy.numbered())]
    paths.sort(key=lambda pair: pair[0].rule_priority or 0)
    return [Ranked.of(number, path, rule) for number, (rule, path) in enumerate(paths)]


def standard(rules: Sequence[Ranked]) -> list[Ranked]:
    """Return the rules on images that are not archived."""
    return [ranked for ranked in rules if ranked.storage_class is StorageClass.STANDARD]


# The policies of a fleet name the same few tags.
@functools.lru_cache(maxsize=1024)
def _patterns(
    patterns: Sequence[str] | None, prefixes: Sequence[str] | None
) -> tuple[tuple[TagPattern, ...], bool]:
    """Return the entries of a tag list, and whether each takes every tag."""
    entries = (
        *map(TagPattern.of, patterns or ()),
        *map(TagPattern.of_prefix, prefixes or ()),
    )
    return entries, all(map(_EVERY.within, entries))
