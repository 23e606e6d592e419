"""What Amazon ECR refuses within one rule of a lifecycle policy document.

Layer: model; imports ``service``, the grammar and the problem's shape.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
and https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ecr_constructs.model.json_shape import (
    Member,
    Problems,
    check_number,
    check_object,
    check_only,
    check_string,
    check_strings,
    check_word,
    is_list,
    is_object,
    wrong,
)
from ecr_constructs.model.lifecycle_grammar import (
    COMBINATIONS,
    ActionType,
    CountType,
    StorageClass,
    TagStatus,
    read_word,
)
from ecr_constructs.model.problem import Problem
from ecr_constructs.service import limits

if TYPE_CHECKING:
    from enum import StrEnum


def rule_problems(value: object, path: str) -> Problems:
    """Yield what is wrong with a rule by itself.

    Args:
        value: The rule, as parsed JSON.
        path: Its JSON path: ``rules[2]``.
    """
    yield from check_object(_RULE, value, path)
    if not is_object(value):
        return
    selection, action = value.get("selection"), value.get("action")
    if is_object(selection):
        yield from _tag_lists(selection, f"{path}.selection")
        yield from _count(selection, f"{path}.selection")
    if is_object(action):
        yield from _action(action, selection, f"{path}.action")


def _patterns(value: object, path: str) -> Problems:
    yield from check_strings(value, path)
    if not is_list(value):
        return
    for index, entry in enumerate(value):
        if isinstance(entry, str) and entry.count("*") > limits.LIFECYCLE_PATTERN_WILDCARDS:
            yield Problem(
                id="wildcards",
                message=f"tag pattern {entry!r} has {entry.count('*')} wildcards, "
                f"ECR allows {limits.LIFECYCLE_PATTERN_WILDCARDS}",
                fix="write a shorter pattern",
                path=f"{path}[{index}]",
            )


def _tag_lists(selection: Mapping[object, object], path: str) -> Problems:
    """Check that a tag list stands where, and only where, the tag status asks for one."""
    status = read_word(TagStatus, selection.get("tagStatus"))
    named = [name for name in ("tagPatternList", "tagPrefixList") if name in selection]
    lists = [name for name in named if selection[name] is not None]  # a null is told apart
    if len(lists) > 1:
        yield Problem(
            id="tag-lists",
            message="tagPatternList and tagPrefixList must not stand in one rule, got both",
            fix="write the prefixes as patterns that end in '*'",
            path=path,
        )
    if status is TagStatus.TAGGED and not named:
        yield Problem(
            id="tag-lists",
            message="tagStatus 'tagged' needs tagPatternList or tagPrefixList, got neither",
            fix="name the tags, or write tagPatternList ['*'] for all tagged images",
            path=path,
        )
    if status in (TagStatus.UNTAGGED, TagStatus.ANY):
        for name in lists:
            yield Problem(
                id="tag-lists",
                message=f"{name} may stand with tagStatus 'tagged' only, got {str(status)!r}",
                fix=f"leave {name} out, or write tagStatus 'tagged'",
                path=f"{path}.{name}",
            )


def _count(selection: Mapping[object, object], path: str) -> Problems:
    """Check what stands beside the count type, by the table of combinations."""
    count_type = read_word(CountType, selection.get("countType"))
    if count_type is None:
        return
    asked, with_type = COMBINATIONS[count_type], f"with countType {str(count_type)!r}"
    storage_class = selection.get("storageClass", StorageClass.STANDARD)
    if read_word(StorageClass, storage_class) not in (None, asked.storage_class):
        given = repr(str(storage_class)) if "storageClass" in selection else "none"
        archive = asked.storage_class is StorageClass.ARCHIVE
        yield Problem(
            id="storage-class",
            message=f"storageClass must be {str(asked.storage_class)!r} {with_type}, got {given}",
            fix="write storageClass 'archive'"
            if archive
            else "leave it out, or count 'sinceImageTransitioned'",
            path=f"{path}.storageClass",
        )
    if asked.unit and "countUnit" not in selection:
        yield Problem(
            id="count-unit",
            message=f"countUnit must be 'days' {with_type}, got none",
            fix="write countUnit 'days'",
            path=f"{path}.countUnit",
        )
    unit = selection.get("countUnit")
    if not asked.unit and unit is not None:
        rule = f"must not stand {with_type}"
        yield wrong("count-unit", f"{path}.countUnit", rule, unit, "leave it out")
    number = selection.get("countNumber")
    if isinstance(number, int) and 1 <= number < asked.minimum and number is not True:
        rule = f"must be {asked.minimum} or more {with_type}"
        fix = f"write {asked.minimum} or more, as ECR lets no rule delete an image sooner"
        yield wrong("number", f"{path}.countNumber", rule, number, fix)


def _action(action: Mapping[object, object], selection: object, path: str) -> Problems:
    """Check the action against its target and against the count type."""
    kind = read_word(ActionType, action.get("type"))
    target = action.get("targetStorageClass")
    if kind is ActionType.TRANSITION and "targetStorageClass" not in action:
        yield Problem(
            id="target-storage-class",
            message="targetStorageClass must be 'archive' with action 'transition', got none",
            fix="write targetStorageClass 'archive'",
            path=f"{path}.targetStorageClass",
        )
    if kind is ActionType.EXPIRE and target is not None:
        rule = "may stand with action 'transition' only"
        fix = "leave it out, or write type 'transition'"
        yield wrong("target-storage-class", f"{path}.targetStorageClass", rule, target, fix)
    count_type = selection.get("countType") if is_object(selection) else None
    counted = read_word(CountType, count_type)
    if kind is None or counted is None or kind in COMBINATIONS[counted].actions:
        return
    (allowed,) = COMBINATIONS[counted].actions
    yield Problem(
        id="action",
        message=f"type must be {str(allowed)!r} with countType {str(counted)!r}, got {str(kind)!r}",
        fix="archive the images, then expire them with a rule on 'sinceImageTransitioned'"
        if allowed is ActionType.TRANSITION
        else "write 'expire', archived images cannot be archived again",
        path=f"{path}.type",
    )


def _object(grammar: Mapping[str, Member]) -> Member:
    return Member(lambda value, path: check_object(grammar, value, path), required=True)


def _word(words: type[StrEnum], *, required: bool = False) -> Member:
    return Member(check_word(words), required)


def _only(word: str) -> Member:
    return Member(check_only(word))


def _number(fix: str) -> Member:
    return Member(check_number(fix), required=True)


_SELECTION: Final = {
    "tagStatus": _word(TagStatus, required=True),
    "tagPatternList": Member(_patterns),
    "tagPrefixList": Member(check_strings),
    "storageClass": _word(StorageClass),
    "countType": _word(CountType, required=True),
    "countUnit": _only("days"),
    "countNumber": _number("write the images to keep or the days to wait"),
}
_ACTION: Final = {
    "type": _word(ActionType, required=True),
    "targetStorageClass": _only("archive"),
}
_RULE: Final = {
    "rulePriority": _number("number the rules from 1 on"),
    "description": Member(check_string),
    "selection": _object(_SELECTION),
    "action": _object(_ACTION),
}
