"""Read the rules of a lifecycle policy document quickly where nothing is wrong with it.

Layer: model; imports ``service``, the grammar, the rule and what is refused in it.

A fleet has thousands of policies, and next to all of them are sound. Most of
their rules are the very same, and are read once. Others differ from these in
numbers, tags and descriptions; what else is in a rule, its frame, is one of a
few, which the validator itself judges once. Nothing is refused here: a document
that is not read is for
:func:`~ecr_constructs.model.lifecycle_document.document_problems` to judge.
"""

from __future__ import annotations

import functools
import marshal
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple, TypeGuard

from ecr_constructs.model.json_shape import INT_MAX
from ecr_constructs.model.lifecycle_grammar import COMBINATIONS, StorageClass, TagStatus
from ecr_constructs.model.lifecycle_rule import LifecycleRule
from ecr_constructs.model.lifecycle_rule_problems import rule_problems
from ecr_constructs.model.unresolved import is_token
from ecr_constructs.service import limits

#: What compact JSON writes for a rule without its texts, and around a text, is no longer.
_FRAME: Final = 280
_AROUND: Final = 4

#: The members of a selection that hold a word.
_WORDS: Final = ("tagStatus", "storageClass", "countType", "countUnit")
#: What stands for the values that differ while a frame is judged.
_EXAMPLES: Final[dict[str, Any]] = {
    "tagPatternList": ["v*"],
    "tagPrefixList": ["v"],
    "countNumber": INT_MAX,
}


class _Frame(NamedTuple):
    """What a sound rule says beside its numbers, tags and description.

    Attributes:
        words: The members of :class:`LifecycleRule` that it says.
        least: The least number that it may count.
        has_patterns: Whether it asks for tags by patterns.
        has_prefixes: Whether it asks for tags by prefixes.
    """

    words: Mapping[str, Any]
    least: int
    has_patterns: bool
    has_prefixes: bool


class _Sound(NamedTuple):
    """A rule with which nothing is wrong by itself.

    Attributes:
        rule: The rule.
        priority: Its priority.
        is_on_archive: Whether it is about archived images.
        claims: What no other rule of its storage class may claim: tags or a tag status.
        length: No less than the length of its text.
    """

    rule: LifecycleRule
    priority: int
    is_on_archive: bool
    claims: AbstractSet[object]
    length: int


def read_sound(document: object) -> tuple[LifecycleRule, ...] | None:
    """Return the rules of a document with which nothing is wrong; None if it takes more to tell."""
    rules = document.get("rules") if type(document) is dict and len(document) == 1 else None
    if type(rules) is not list or not 0 < len(rules) <= limits.LIFECYCLE_RULES:
        return None
    try:
        # What is equal but for its types, such as 1 and true, is not the same here.
        read = [_read(marshal.dumps(rule, 2)) for rule in rules]
    except ValueError:  # no plain JSON
        return None
    priority, length = 0, 0
    claimed: tuple[set[object], set[object]] = (set(), set())  # by storage class
    for sound in read:
        # Next to all are written by priority, so that it shows which rule is the last one.
        if sound is None or sound.priority <= priority:
            return None
        before = claimed[sound.is_on_archive]
        if TagStatus.ANY in before or not before.isdisjoint(sound.claims):
            return None
        before |= sound.claims
        priority, length = sound.priority, length + sound.length
    if length > limits.LIFECYCLE_TEXT_MAX:
        return None
    return tuple([sound.rule for sound in read if sound is not None])


@functools.lru_cache(maxsize=1024)
def _read(marshalled: bytes) -> _Sound | None:
    """Return a rule if it is sound."""
    rule = marshal.loads(marshalled)  # noqa: S302 - marshalled above
    frame = _frame_of(rule)
    if frame is None or not _fits(rule, frame):
        return None
    selection = rule["selection"]
    patterns = tuple(selection["tagPatternList"]) if frame.has_patterns else None
    prefixes = tuple(selection["tagPrefixList"]) if frame.has_prefixes else None
    read = LifecycleRule(
        rule_priority=rule["rulePriority"],
        description=rule.get("description"),
        tag_pattern_list=patterns,
        tag_prefix_list=prefixes,
        count_number=selection["countNumber"],
        **frame.words,
    )
    texts = (rule.get("description", ""), *(patterns or prefixes or ()))
    return _Sound(
        rule=read,
        priority=rule["rulePriority"],
        is_on_archive=read.storage_class is StorageClass.ARCHIVE,
        claims={frozenset(patterns)} if patterns else set(prefixes or (read.tag_status,)),
        length=_FRAME + _AROUND * len(texts) + 2 * sum(map(len, texts)),
    )


def _frame_of(rule: Any) -> _Frame | None:
    """Return the frame of a rule; None if it is not sound."""
    selection, action = (
        (rule.get("selection"), rule.get("action")) if type(rule) is dict else (None, None)
    )
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
    sample = {name: members.get(name) for name in rule}
    if any(rule_problems(sample, "")):
        return None
    said = LifecycleRule.from_document(sample)
    names = ("tag_status", "count_type", "action", "storage_class", "target_storage_class")
    return _Frame(
        words={name: getattr(said, name) for name in names},
        least=COMBINATIONS[said.count_type].minimum,
        has_patterns=said.tag_pattern_list is not None,
        has_prefixes=said.tag_prefix_list is not None,
    )


def _fits(rule: Mapping[str, Any], frame: _Frame) -> bool:
    """Tell whether what is no part of the frame is as it should be."""
    selection = rule["selection"]
    return (
        _is_number(rule["rulePriority"], 1)
        and _is_number(selection["countNumber"], frame.least)
        and _is_text(rule.get("description", ""))
        and (not frame.has_patterns or _are_tags(selection["tagPatternList"]))
        and (not frame.has_prefixes or _are_tags(selection["tagPrefixList"]))
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
