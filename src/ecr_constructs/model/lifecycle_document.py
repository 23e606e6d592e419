"""What Amazon ECR refuses in a lifecycle policy document: the one validator.

Layer: model; imports ``service``, the grammar and the problem's shape.

It works on raw JSON. A typed policy is checked on the document that it
becomes, so that the value and the document say the same things.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
and https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ecr_constructs.model.json_shape import (
    Member,
    Problems,
    are_plain,
    check_number,
    check_object,
    check_only,
    check_string,
    check_strings,
    check_word,
    is_list,
    is_number,
    is_object,
    is_one_of,
    is_plain,
    never,
    wrong,
)
from ecr_constructs.model.lifecycle_between import between_rules
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

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def document_problems(document: object) -> list[Problem]:
    """Return everything that Amazon ECR would refuse in a lifecycle policy document.

    A point that no source settles is a warning which says so.

    Args:
        document: The parsed JSON of a policy: ``{"rules": [...]}``.

    Returns:
        The problems with their JSON paths, such as
        ``rules[2].selection.countNumber``: first those inside a rule, in the
        order of the document, then those between rules, last the size.
    """
    problems = list(check_object(_POLICY, document, ""))
    if is_object(document):
        rules = document.get("rules")
        if is_list(rules):
            problems += between_rules(rules)
        problems += _size(document, broken=bool(problems))
    return problems


def compact_json(document: object) -> str:
    """Return the JSON text of ``document`` without white space, in the order of its members."""
    return _encode(document)


def _rules(value: object, path: str) -> Problems:
    if not is_list(value):
        yield wrong("type", path, "must be a list of rules", value, "write [{...}]")
        return
    if not value:
        yield Problem(
            id="rule-count",
            message=f"{path} must hold 1 to {limits.LIFECYCLE_RULES} rules, got 0",
            fix="write a rule or leave the policy out, as a text below "
            f"{limits.LIFECYCLE_TEXT_MIN} characters is refused",
            path=path,
        )
    if len(value) > limits.LIFECYCLE_RULES:
        yield Problem(
            id="rule-count",
            message=f"{path} must hold 1 to {limits.LIFECYCLE_RULES} rules, got {len(value)}",
            fix="merge rules",
            path=path,
        )
    for index, rule in enumerate(value):
        yield from _rule(rule, f"{path}[{index}]")


def _rule(value: object, path: str) -> Problems:
    yield from check_object(_RULE, value, path)
    if not is_object(value):
        return
    selection, action = value.get("selection"), value.get("action")
    if is_object(selection):
        yield from _tag_lists(selection, f"{path}.selection")
        yield from _count(selection, f"{path}.selection")
    if is_object(action):
        yield from _action(action, selection, f"{path}.action")


def _are_patterns(value: object) -> bool:
    return are_plain(value) and not any(map(_has_too_many_wildcards, value))


def _has_too_many_wildcards(pattern: str) -> bool:
    return pattern.count("*") > limits.LIFECYCLE_PATTERN_WILDCARDS


def _patterns(value: object, path: str) -> Problems:
    yield from check_strings(value, path)
    if not is_list(value):
        return
    for index, entry in enumerate(value):
        if isinstance(entry, str) and _has_too_many_wildcards(entry):
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


def _size(document: object, *, broken: bool) -> Problems:
    """Check the length of the compact text, which is what reaches ECR."""
    try:
        length = len(compact_json(document))
    except (TypeError, ValueError, RecursionError):
        return  # no JSON: its type is reported where it stands
    low, high = limits.LIFECYCLE_TEXT_MIN, limits.LIFECYCLE_TEXT_MAX
    if length > high or (length < low and not broken):
        yield Problem(
            id="text-size",
            message=f"the text of the policy must have {low} to {high} characters, got {length}",
            fix="shorten the descriptions or merge rules",
        )


def _object(grammar: Mapping[str, Member]) -> Member:
    return Member(lambda value, path: check_object(grammar, value, path), never, required=True)


def _word(words: type[StrEnum], *, required: bool = False) -> Member:
    return Member(check_word(words), is_one_of(*words), required)


def _only(word: str) -> Member:
    return Member(check_only(word), is_one_of(word))


def _number(fix: str) -> Member:
    return Member(check_number(fix), is_number, required=True)


_SELECTION: Final = {
    "tagStatus": _word(TagStatus, required=True),
    "tagPatternList": Member(_patterns, _are_patterns),
    "tagPrefixList": Member(check_strings, are_plain),
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
    "description": Member(check_string, is_plain),
    "selection": _object(_SELECTION),
    "action": _object(_ACTION),
}
_POLICY: Final = {"rules": Member(_rules, never, required=True)}
