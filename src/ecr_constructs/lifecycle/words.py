"""Lifecycle rules in words, for tables and reasons.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecr_constructs.model.lifecycle import (
    ActionType,
    CountType,
    LifecycleRule,
    StorageClass,
    TagStatus,
)
from ecr_constructs.model.words import plural

if TYPE_CHECKING:
    from collections.abc import Sequence


def describe(rule: LifecycleRule) -> str:
    """Say what a rule does.

    >>> describe(LifecycleRule.keep_newest(50, tag_patterns=["v*"]))
    'keep the newest 50 images that match v*'
    >>> describe(LifecycleRule.archive(not_pulled_for_days=90))
    'archive images that nobody pulled for 90 days'
    """
    who, number = subjects(rule), rule.count_number
    verb = "archive" if rule.action is ActionType.TRANSITION else "expire"
    archived = "archived " if rule.storage_class is StorageClass.ARCHIVE else ""
    if rule.never_acts:
        return f"protect {archived}{who}"
    if rule.count_type is CountType.IMAGE_COUNT_MORE_THAN:
        keep = f"the newest {some(number, who)}"
        return f"archive all but {keep}" if verb == "archive" else f"keep {keep}"
    if rule.count_type is CountType.SINCE_IMAGE_PULLED:
        joint = " and that" if " that " in who else " that"
        return f"{verb} {who}{joint} nobody pulled for {plural(number, 'day')}"
    if rule.count_type is CountType.SINCE_IMAGE_TRANSITIONED:
        return f"{verb} {archived}{who} after {plural(number, 'day')} in the archive"
    return f"{verb} {who} after {plural(number, 'day')}"


def subjects(rule: LifecycleRule) -> str:
    """Say which images a rule selects: ``images that match v* and latest``."""
    if rule.tag_status is TagStatus.UNTAGGED:
        return "untagged images"
    if rule.tag_prefix_list:
        return f"images tagged {_and([f'{prefix}*' for prefix in rule.tag_prefix_list])}"
    if rule.tag_status is TagStatus.ANY:
        return "images"
    if list(rule.tag_pattern_list or ()) == ["*"]:
        return "tagged images"
    return f"images that match {_and(rule.tag_pattern_list or ())}"


def some(number: int, who: str) -> str:
    """Say a number of images: ``image that matches v*`` for one."""
    if number > 1:
        return f"{number} {who}"
    return who.replace("images", "image", 1).replace(" match ", " matches ")


def _and(entries: Sequence[str]) -> str:
    return " and ".join(entries)
