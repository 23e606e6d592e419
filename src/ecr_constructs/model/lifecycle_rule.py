"""One rule of a lifecycle policy.

Layer: model; imports ``errors``, ``service`` and the grammar.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.json_shape import as_object, as_set, as_texts, as_tuple
from ecr_constructs.model.lifecycle_grammar import (
    COMBINATIONS,
    ActionType,
    CountType,
    StorageClass,
    TagStatus,
    read_word,
)
from ecr_constructs.service import limits

#: A rule that keeps so many images, or waits for so many days, never acts; ECR takes it.
PROTECTED_COUNT: Final = 999_999

#: The members that are a word of AWS's, and which words there are.
_WORDS: Final = (
    ("tag_status", TagStatus),
    ("count_type", CountType),
    ("action", ActionType),
    ("storage_class", StorageClass),
    ("target_storage_class", StorageClass),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRule:
    """A rule of a lifecycle policy, in AWS's own members.

    The factories say the usual things shortly; without tags they are about any
    image. A list of tags is an AND: an image is selected if each pattern is
    matched by one of its tags. For OR, write several rules.

    Attributes:
        rule_priority: 1 or more, unique in the policy; the lowest is applied
            first. Default: numbered by the policy in the order given.
        description: Free text. Default: none.
        tag_status: Whether tagged, untagged or any images are selected.
        tag_pattern_list: Patterns of tags, each with up to four ``*``.
        tag_prefix_list: Prefixes of tags; one of the two lists, and with
            ``tagged`` only.
        storage_class: ``archive`` with ``sinceImageTransitioned``, where it is
            required. Default: ``standard``.
        count_type: What ``count_number`` counts. Its unit, ``days``, is
            implied by the type.
        count_number: Images to keep, or whole days, 1 or more; at least 90 with
            ``sinceImageTransitioned``.
        action: ``expire`` deletes, ``transition`` archives.
        target_storage_class: Default: ``archive`` with ``transition``.
    """

    tag_status: TagStatus
    count_type: CountType
    count_number: int
    action: ActionType = ActionType.EXPIRE
    rule_priority: int | None = None
    description: str | None = None
    tag_pattern_list: Sequence[str] | None = None
    tag_prefix_list: Sequence[str] | None = None
    storage_class: StorageClass | None = None
    target_storage_class: StorageClass | None = None

    def __post_init__(self) -> None:
        # A word or a list that is as it should be is left alone: most are, and rules are many.
        for name, kind in _WORDS:
            given = getattr(self, name)
            if given is not None and type(given) is not kind:
                object.__setattr__(self, name, read_word(kind, given) or given)
        for name in ("tag_pattern_list", "tag_prefix_list"):
            given = getattr(self, name)
            if given is not None and type(given) is not tuple:
                object.__setattr__(self, name, as_tuple(given))

    @classmethod
    @tells_arguments(max_image_age="write older_than_days=")
    def expire_untagged(
        cls,
        *,
        older_than_days: int,
        rule_priority: int | None = None,
        description: str | None = None,
    ) -> LifecycleRule:
        """Expire untagged images that were pushed more than so many days ago."""
        return cls(
            tag_status=TagStatus.UNTAGGED,
            count_type=CountType.SINCE_IMAGE_PUSHED,
            count_number=older_than_days,
            rule_priority=rule_priority,
            description=description,
        )

    @classmethod
    @tells_arguments(max_image_count="write the number alone, first")
    def keep_newest(
        cls,
        count_number: int,
        *,
        tag_patterns: Iterable[str] | None = None,
        tag_prefixes: Iterable[str] | None = None,
        rule_priority: int | None = None,
        description: str | None = None,
    ) -> LifecycleRule:
        """Keep the newest images by push time, and expire the others."""
        return cls(
            **_tags(tag_patterns, tag_prefixes),
            count_type=CountType.IMAGE_COUNT_MORE_THAN,
            count_number=count_number,
            rule_priority=rule_priority,
            description=description,
        )

    @classmethod
    @tells_arguments(max_image_age="write older_than_days=")
    def expire(
        cls,
        *,
        older_than_days: int,
        tag_patterns: Iterable[str] | None = None,
        tag_prefixes: Iterable[str] | None = None,
        rule_priority: int | None = None,
        description: str | None = None,
    ) -> LifecycleRule:
        """Expire images that were pushed more than so many days ago."""
        return cls(
            **_tags(tag_patterns, tag_prefixes),
            count_type=CountType.SINCE_IMAGE_PUSHED,
            count_number=older_than_days,
            rule_priority=rule_priority,
            description=description,
        )

    @classmethod
    @tells_arguments()
    def archive(
        cls,
        *,
        not_pulled_for_days: int | None = None,
        older_than_days: int | None = None,
        tag_patterns: Iterable[str] | None = None,
        tag_prefixes: Iterable[str] | None = None,
        rule_priority: int | None = None,
        description: str | None = None,
    ) -> LifecycleRule:
        """Archive images by their last pull or by their age; give one of the two.

        An image that was never pulled counts from its push.

        Raises:
            ConfigurationError: If both or none of the two are given.
        """
        pulled, pushed = CountType.SINCE_IMAGE_PULLED, CountType.SINCE_IMAGE_PUSHED
        days = {pulled: not_pulled_for_days, pushed: older_than_days}
        given = {kind: number for kind, number in days.items() if number is not None}
        if len(given) != 1:
            raise ConfigurationError(
                "archive takes not_pulled_for_days or older_than_days, "
                f"got {'both' if given else 'neither'}; give one of the two"
            )
        ((count_type, number),) = given.items()
        return cls(
            **_tags(tag_patterns, tag_prefixes),
            count_type=count_type,
            count_number=number,
            action=ActionType.TRANSITION,
            target_storage_class=StorageClass.ARCHIVE,
            rule_priority=rule_priority,
            description=description,
        )

    @classmethod
    @tells_arguments()
    def expire_archived(
        cls,
        *,
        after_days: int,
        tag_patterns: Iterable[str] | None = None,
        tag_prefixes: Iterable[str] | None = None,
        rule_priority: int | None = None,
        description: str | None = None,
    ) -> LifecycleRule:
        """Expire images that are in the archive for more than so many days, at least 90."""
        return cls(
            **_tags(tag_patterns, tag_prefixes),
            storage_class=StorageClass.ARCHIVE,
            count_type=CountType.SINCE_IMAGE_TRANSITIONED,
            count_number=after_days,
            rule_priority=rule_priority,
            description=description,
        )

    @classmethod
    @tells_arguments()
    def protect(
        cls,
        *,
        tag_patterns: Iterable[str] | None = None,
        tag_prefixes: Iterable[str] | None = None,
        archived: bool = False,
        rule_priority: int | None = None,
        description: str | None = None,
    ) -> LifecycleRule:
        """Retain images, or archived images: no later rule on them can act.

        ECR has no action for it. The official way is a rule before the others
        that selects the images and never acts, as it keeps more images than a
        repository holds, or waits for centuries. Put it first.
        """
        count = CountType.IMAGE_COUNT_MORE_THAN
        return cls(
            **_tags(tag_patterns, tag_prefixes),
            storage_class=StorageClass.ARCHIVE if archived else None,
            count_type=CountType.SINCE_IMAGE_TRANSITIONED if archived else count,
            count_number=PROTECTED_COUNT,
            rule_priority=rule_priority,
            description=description,
        )

    @classmethod
    def from_document(cls, rule: Mapping[str, Any]) -> LifecycleRule:
        """Return the rule of a document that was found to be without errors."""
        selection, action = rule["selection"], rule["action"]
        return cls(
            rule_priority=rule["rulePriority"],
            description=rule.get("description"),
            tag_status=selection["tagStatus"],
            tag_pattern_list=selection.get("tagPatternList"),
            tag_prefix_list=selection.get("tagPrefixList"),
            storage_class=selection.get("storageClass"),
            count_type=selection["countType"],
            count_number=selection["countNumber"],
            action=action["type"],
            target_storage_class=action.get("targetStorageClass"),
        )

    @property
    def selected_storage_class(self) -> StorageClass:
        """The storage class of the images that the rule sees."""
        return self.storage_class or StorageClass.STANDARD

    @property
    def never_acts(self) -> bool:
        """Whether the rule only protects: by a number above all images, or of centuries."""
        return self.count_number >= limits.IMAGES_PER_REPOSITORY

    def to_document(self) -> dict[str, Any]:
        """Return the rule as AWS spells it; what is not set is left out."""
        counted = read_word(CountType, self.count_type)
        days = counted is not None and COMBINATIONS[counted].unit
        target = self.target_storage_class
        if target is None and self.action == ActionType.TRANSITION:
            target = StorageClass.ARCHIVE
        selection = {
            "tagStatus": self.tag_status,
            "tagPatternList": self.tag_pattern_list,
            "tagPrefixList": self.tag_prefix_list,
            "storageClass": self.storage_class,
            "countType": self.count_type,
            "countUnit": "days" if days else None,
            "countNumber": self.count_number,
        }
        rule = {
            "rulePriority": self.rule_priority,
            "description": self.description,
            "selection": as_object(selection),
            "action": as_object({"type": self.action, "targetStorageClass": target}),
        }
        return as_object(rule)

    def normalise(self) -> LifecycleRule:
        """Return the rule with sorted tag lists, without defaults; its meaning is kept."""
        standard = self.storage_class is StorageClass.STANDARD
        archives = self.action is ActionType.TRANSITION and self.target_storage_class is None
        normal: dict[str, Any] = {
            "tag_pattern_list": as_set(self.tag_pattern_list),
            "tag_prefix_list": as_set(self.tag_prefix_list),
            "storage_class": None if standard else self.storage_class,
            "target_storage_class": StorageClass.ARCHIVE if archives else self.target_storage_class,
        }
        is_normal = all(getattr(self, name) == value for name, value in normal.items())
        return self if is_normal else replace(self, **normal)


def _tags(patterns: Iterable[str] | None, prefixes: Iterable[str] | None) -> dict[str, Any]:
    """Return the selection by tags; an empty list is kept, for it must not come to mean any."""
    given = patterns is not None or prefixes is not None
    return {
        "tag_status": TagStatus.TAGGED if given else TagStatus.ANY,
        "tag_pattern_list": as_texts(patterns),
        "tag_prefix_list": as_texts(prefixes),
    }
