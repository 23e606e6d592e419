"""Tell quickly that nothing is wrong with a lifecycle policy document.

Layer: model; imports ``service``, the grammar and what is refused in a rule.

A fleet has thousands of policies, and next to all of them are sound. Their
rules differ in numbers, tags and descriptions; what else is in a rule, its
frame, is one of a few. A frame is judged once, by the validator itself, and
what differs is looked at in each rule. Nothing is refused here: a document
that is not told to be sound is for
:func:`~ecr_constructs.model.lifecycle_document.document_problems` to judge.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple, TypeGuard

from ecr_constructs.model.json_shape import INT_MAX
from ecr_constructs.model.lifecycle_grammar import (
    COMBINATIONS,
    CountType,
    StorageClass,
    TagStatus,
    storage_class_of,
)
from ecr_constructs.model.lifecycle_rule_problems import rule_problems
from ecr_constructs.model.unresolved import is_token
from ecr_constructs.service import limits

#: What compact JSON writes for a rule without its texts, and around a text, is no longer.
_FRAME: Final = 280
_AROUND: Final = 4

_ANY: Final = str(TagStatus.ANY)
_PATTERNS: Final = "tagPatternList"
_PREFIXES: Final = "tagPrefixList"
#: The members of a selection that hold a word.
_WORDS: Final = ("tagStatus", "storageClass", "countType", "countUnit")
#: What stands for the values that differ while a frame is judged.
_EXAMPLES: Final[dict[str, Any]] = {_PATTERNS: ["v*"], _PREFIXES: ["v"], "countNumber": INT_MAX}


class _Frame(NamedTuple):
    """What a sound rule says beside its numbers, tags and description."""

    least: int
    tag_status: str
    tag_list: str | None
    is_on_archive: bool

    def tags_of(self, rule: Mapping[str, Any]) -> Sequence[str]:
        """Return the tags that a rule asks for."""
        tags: Sequence[str] = rule["selection"][self.tag_list] if self.tag_list else ()
        return tags

    def claims(self, tags: Sequence[str]) -> AbstractSet[object]:
        """Return what a rule claims, so that no other of its storage class may."""
        if self.tag_list is None:
            return {self.tag_status}
        return {frozenset(tags)} if self.tag_list == _PATTERNS else {f"{tag}*" for tag in tags}


def is_sound(document: object) -> bool:
    """Tell whether nothing is wrong with a document; False where that takes a closer look."""
    rules = document.get("rules") if type(document) is dict and len(document) == 1 else None
    if type(rules) is not list or not 0 < len(rules) <= limits.LIFECYCLE_RULES:
        return False
    last, length = 0, 0
    claimed: tuple[set[object], set[object]] = (set(), set())  # by storage class
    for rule in rules:
        frame = _frame_of(rule)
        # Next to all are written by priority, so that it shows which rule is the last one.
        if frame is None or not _fits(rule, frame, least=last + 1):
            return False
        last, tags = rule["rulePriority"], frame.tags_of(rule)
        before, claims = claimed[frame.is_on_archive], frame.claims(tags)
        if _ANY in before or not before.isdisjoint(claims):
            return False
        before |= claims
        length += _FRAME + 2 * len(rule.get("description", ""))
        length += sum(_AROUND + 2 * len(tag) for tag in tags)
    return length <= limits.LIFECYCLE_TEXT_MAX


def _frame_of(rule: Any) -> _Frame | None:
    """Return the frame of a rule; None if it is not sound, or is no plain JSON."""
    if type(rule) is not dict:
        return None
    selection, action = rule.get("selection"), rule.get("action")
    if type(selection) is not dict or type(action) is not dict:
        return None
    words = tuple(map(selection.get, _WORDS))
    try:
        return _judged(tuple(rule), tuple(selection), words, tuple(action.items()))
    except TypeError:  # a list where there should be a word
        return None


@functools.lru_cache(maxsize=256)
def _judged(
    rule: tuple[str, ...],
    selection: tuple[str, ...],
    words: tuple[str, ...],
    action: tuple[tuple[str, str], ...],
) -> _Frame | None:
    """Return the frame of these members with these words if the validator takes it."""
    given = dict(zip(_WORDS, words, strict=True)) | _EXAMPLES
    given = {name: given.get(name) for name in selection}
    members = {"rulePriority": 1, "description": "", "selection": given, "action": dict(action)}
    if any(rule_problems({name: members.get(name) for name in rule}, "")):
        return None
    return _Frame(
        least=COMBINATIONS[CountType(given["countType"])].minimum,
        tag_status=given["tagStatus"],
        tag_list=next((name for name in (_PATTERNS, _PREFIXES) if name in given), None),
        is_on_archive=storage_class_of(given) is StorageClass.ARCHIVE,
    )


def _fits(rule: Mapping[str, Any], frame: _Frame, *, least: int) -> bool:
    """Tell whether what is no part of the frame is as it should be."""
    return (
        _is_number(rule["rulePriority"], least)
        and _is_number(rule["selection"]["countNumber"], frame.least)
        and _is_text(rule.get("description", ""))
        and (frame.tag_list is None or _are_tags(frame.tags_of(rule)))
    )


def _is_number(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= INT_MAX


def _is_text(value: object) -> TypeGuard[str]:
    """Tell whether a value is a text that is known and in which JSON escapes few characters."""
    return type(value) is str and value.isprintable() and not is_token(value)


def _are_tags(value: object) -> bool:
    return type(value) is list and len(value) > 0 and all(map(_is_tag, value))


def _is_tag(value: object) -> bool:
    return _is_text(value) and value.count("*") <= limits.LIFECYCLE_PATTERN_WILDCARDS
