"""The rules of a lifecycle policy in the order in which they decide.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

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


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A rule, where it stands in the document, and the tags that it asks for.

    Attributes:
        number: Its place by priority, from 0.
        path: Its JSON path: ``rules[2]``.
        rule: The rule.
        patterns: The entries of its tag list.
    """

    number: int
    path: str
    rule: LifecycleRule
    patterns: tuple[TagPattern, ...]

    @property
    def list_name(self) -> str:
        """The name of the tag list that it has."""
        return "tagPrefixList" if self.rule.tag_prefix_list else "tagPatternList"

    @property
    def entries(self) -> list[str]:
        """The tag list as written."""
        return list(self.rule.tag_pattern_list or self.rule.tag_prefix_list or ())

    @property
    def expires(self) -> bool:
        """Whether it deletes images."""
        return self.rule.action is ActionType.EXPIRE

    @property
    def counts(self) -> bool:
        """Whether it keeps a number of images, and so never takes all."""
        return self.rule.count_type is CountType.IMAGE_COUNT_MORE_THAN

    @property
    def is_any(self) -> bool:
        """Whether it selects images whatever their tags."""
        return self.rule.tag_status is TagStatus.ANY

    @property
    def is_tagged(self) -> bool:
        """Whether it selects images by their tags."""
        return self.rule.tag_status is TagStatus.TAGGED

    @property
    def takes_every_tag(self) -> bool:
        """Whether it selects all tagged images, at least."""
        return self.is_any or (self.is_tagged and all(map(_EVERY.within, self.patterns)))

    def same_class(self, other: Ranked) -> bool:
        """Tell whether both see the same images."""
        return self.rule.selected_storage_class is other.rule.selected_storage_class

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
    return [
        Ranked(number=number, path=path, rule=rule, patterns=TagPattern.all_of(rule))
        for number, (rule, path) in enumerate(paths)
    ]


def standard(rules: Sequence[Ranked]) -> list[Ranked]:
    """Return the rules on images that are not archived."""
    return [r for r in rules if r.rule.selected_storage_class is StorageClass.STANDARD]
