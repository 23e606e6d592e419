"""Generated lifecycle policies that Amazon ECR takes."""

from __future__ import annotations

from hypothesis import strategies as st

from ecr_constructs.model.lifecycle import (
    ActionType,
    CountType,
    LifecyclePolicy,
    LifecycleRule,
    StorageClass,
    TagStatus,
)

TAG_WORDS = ["v", "v1", "v2.0", "latest", "pr-7", "main", "prod", "beta-1"]
PATTERNS = ["*", "v*", "v1", "*1", "pr-*", "*a*", "latest", "b*-*", "p*", "*.0*"]
PREFIXES = ["v", "v1", "p", "pr-", "b", "latest"]

CHOICES = [
    (CountType.IMAGE_COUNT_MORE_THAN, ActionType.EXPIRE),
    (CountType.IMAGE_COUNT_MORE_THAN, ActionType.TRANSITION),
    (CountType.SINCE_IMAGE_PUSHED, ActionType.EXPIRE),
    (CountType.SINCE_IMAGE_PUSHED, ActionType.TRANSITION),
    (CountType.SINCE_IMAGE_PULLED, ActionType.TRANSITION),
    (CountType.SINCE_IMAGE_TRANSITIONED, ActionType.EXPIRE),
]


@st.composite
def rules(draw: st.DrawFn) -> LifecycleRule:
    """A rule that stands for itself, without a priority."""
    count_type, action = draw(st.sampled_from(CHOICES))
    archived = count_type is CountType.SINCE_IMAGE_TRANSITIONED
    tag_status = draw(st.sampled_from([*TagStatus, TagStatus.TAGGED]))
    lists = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3)
    patterns = draw(lists) if tag_status is TagStatus.TAGGED else None
    storage_class = StorageClass.ARCHIVE
    if not archived:
        storage_class = draw(st.sampled_from([None, StorageClass.STANDARD]))
    return LifecycleRule(
        tag_status=tag_status,
        tag_pattern_list=patterns,
        storage_class=storage_class,
        count_type=count_type,
        count_number=draw(st.integers(90, 96) if archived else st.integers(1, 6)),
        action=action,
        description=draw(st.none() | st.text(st.characters(codec="utf-8"), max_size=5)),
    )


@st.composite
def policies(draw: st.DrawFn, max_size: int = 6) -> LifecyclePolicy:
    """A policy without problems, some of its rules with priorities."""
    drawn = draw(st.lists(rules(), min_size=1, max_size=max_size))
    kept: list[LifecycleRule] = []
    seen: set[object] = set()
    for rule in drawn:
        alone = rule.tag_status is not TagStatus.TAGGED
        key = (
            rule.selected_storage_class,
            rule.tag_status if alone else frozenset(rule.tag_pattern_list or ()),
        )
        if key not in seen:
            kept.append(rule)
            seen.add(key)
    if draw(st.booleans()):
        return LifecyclePolicy.of(*kept)
    step = draw(st.integers(1, 9))
    numbered = LifecyclePolicy.of(*kept).normalise().rules
    return LifecyclePolicy.of(*(_at(rule, step) for rule in numbered))


def _at(rule: LifecycleRule, step: int) -> LifecycleRule:
    from dataclasses import replace

    assert rule.rule_priority is not None
    return replace(rule, rule_priority=rule.rule_priority * step)
