"""What Amazon ECR refuses between the rules of one lifecycle policy.

Layer: model; imports the grammar and the problem's shape.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html (one
``untagged`` rule and unique prefixes per storage class) and
https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
(priorities, ``any`` last).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ecr_constructs.model.json_shape import is_list, is_object
from ecr_constructs.model.lifecycle_grammar import StorageClass, TagStatus, storage_class_of
from ecr_constructs.model.problem import Problem, Severity

_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Rule:
    """As much of a rule as could be read; None and empty where it is malformed."""

    path: str
    priority: int | None
    tag_status: object
    storage_class: StorageClass
    patterns: frozenset[str]
    prefixes: frozenset[str]


def between_rules(rules: Sequence[object]) -> Iterator[Problem]:
    """Yield what is wrong between the rules of a document; malformed rules are passed over."""
    read = [_read(rule, f"rules[{index}]") for index, rule in enumerate(rules)]
    known = [rule for rule in read if rule is not None]
    yield from _unique_priorities(known)
    for storage_class in StorageClass:
        of_class = [rule for rule in known if rule.storage_class is storage_class]
        if len(of_class) < 2:  # noqa: PLR2004 - one rule has nothing beside it
            continue
        yield from _any_last(of_class)
        yield from _one_untagged(of_class)
        yield from _unique_prefixes(of_class)
        yield from _repeated_patterns(of_class)


def _read(rule: object, path: str) -> _Rule | None:
    selection = rule.get("selection") if is_object(rule) else None
    if not is_object(rule) or not is_object(selection):
        return None
    priority = rule.get("rulePriority")
    whole = isinstance(priority, int) and not isinstance(priority, bool)
    return _Rule(
        path=path,
        priority=priority if whole else None,
        tag_status=selection.get("tagStatus"),
        storage_class=storage_class_of(selection),
        patterns=_strings(selection.get("tagPatternList")),
        prefixes=_strings(selection.get("tagPrefixList")),
    )


def _strings(value: object) -> frozenset[str]:
    if value is None or not is_list(value):
        return _NONE
    return frozenset([x for x in value if isinstance(x, str)])


def _unique_priorities(rules: Sequence[_Rule]) -> Iterator[Problem]:
    first: dict[int, _Rule] = {}
    for rule in rules:
        if rule.priority is None:
            continue
        other = first.setdefault(rule.priority, rule)
        if other is not rule:
            yield Problem(
                id="priority-unique",
                message="rulePriority must be unique in the policy, "
                f"got {rule.priority}, which {other.path} has too",
                fix="give each rule a number of its own",
                path=f"{rule.path}.rulePriority",
            )


def _any_last(rules: Sequence[_Rule]) -> Iterator[Problem]:
    numbered = [rule for rule in rules if rule.priority is not None]
    for rule in numbered:
        if rule.tag_status != TagStatus.ANY:
            continue
        later = [other for other in numbered if (other.priority or 0) > (rule.priority or 0)]
        if later:
            last = max(later, key=lambda other: other.priority or 0)
            yield Problem(
                id="any-last",
                message="the rule with tagStatus 'any' must have the highest rulePriority of its "
                f"storage class ({rule.storage_class}), "
                f"got {rule.priority} while {last.path} has {last.priority}",
                fix="keep one rule for 'any' and move it below"
                if last.tag_status == TagStatus.ANY
                else f"give it a number above {last.priority}",
                path=f"{rule.path}.rulePriority",
            )


def _one_untagged(rules: Sequence[_Rule]) -> Iterator[Problem]:
    untagged = [rule for rule in rules if rule.tag_status == TagStatus.UNTAGGED]
    for rule in untagged[1:]:
        yield Problem(
            id="one-untagged",
            message="only one rule of a storage class may select untagged images, "
            f"got a second one beside {untagged[0].path}",
            fix="keep the stricter of the two",
            path=f"{rule.path}.selection.tagStatus",
        )


def _unique_prefixes(rules: Sequence[_Rule]) -> Iterator[Problem]:
    """Refuse one set of prefixes twice; what else "unique" may cover is not published."""
    with_prefixes = [rule for rule in rules if rule.prefixes]
    for index, rule in enumerate(with_prefixes):
        for other in with_prefixes[:index]:
            shared = sorted(rule.prefixes & other.prefixes)
            path = f"{rule.path}.selection.tagPrefixList"
            if shared and rule.prefixes == other.prefixes:
                yield Problem(
                    id="prefixes-unique",
                    message="the prefixes of a rule must be unique in its storage class, "
                    f"got {shared}, which {other.path} has too",
                    fix="merge the two rules",
                    path=path,
                )
                break
            if shared:
                yield Problem(
                    id="prefixes-unverified",
                    message=f"the prefix {shared[0]!r} stands in {other.path} too, and whether "
                    "ECR takes a prefix in two sets is not verified",
                    fix="name it in one rule",
                    path=path,
                    severity=Severity.WARNING,
                )
                break


def _repeated_patterns(rules: Sequence[_Rule]) -> Iterator[Problem]:
    first: dict[frozenset[str], _Rule] = {}
    for rule in rules:
        other = first.setdefault(rule.patterns, rule) if rule.patterns else rule
        if other is not rule:
            yield Problem(
                id="patterns-unverified",
                message=f"the tag patterns {sorted(rule.patterns)} stand in {other.path} too, and "
                "whether ECR takes them twice is not verified",
                fix="merge the two rules",
                path=f"{rule.path}.selection.tagPatternList",
                severity=Severity.WARNING,
            )
