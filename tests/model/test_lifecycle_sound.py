"""The quick reader agrees with the validator, and is of use."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.lifecycle_strategies import policies

from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule, document_problems
from ecr_constructs.model.lifecycle_document import found_in
from ecr_constructs.model.lifecycle_grammar import ActionType, CountType, StorageClass, TagStatus
from ecr_constructs.model.lifecycle_sound import read_sound
from ecr_constructs.model.unresolved import Unresolved

WORDS = [*map(str, (*TagStatus, *CountType, *StorageClass, *ActionType)), "days", "v*", "v"]
STRINGS = st.sampled_from([*WORDS, "Days", "", "a*b*c*d*e*", "${Token[T.1]}", "é", "\ud800"])
NUMBERS = st.sampled_from([-1, 0, 1, 2, 7, 89, 90, 2**31 - 1, 2**31, True, 1.0, 7.5, -1.8e308])
VALUES = (
    STRINGS
    | NUMBERS
    | st.none()
    | st.just(Unresolved.of("P"))
    | st.sampled_from([*TagStatus, *CountType])
    | st.lists(STRINGS | NUMBERS, max_size=3)
    | st.lists(STRINGS, max_size=3).map(tuple)
    | st.dictionaries(st.sampled_from(["type", "tagStatus"]), STRINGS, max_size=2)
)
SELECTION = ["tagStatus", "tagPatternList", "tagPrefixList", "storageClass", "countType"]
SELECTION += ["countUnit", "countNumber", "colour"]
HOLDERS = {
    None: ["rulePriority", "description", "selection", "action", "colour"],
    "selection": SELECTION,
    "action": ["type", "targetStorageClass", "colour"],
}


@st.composite
def documents(draw: st.DrawFn) -> Any:
    """The document of a policy, most often with something set, taken away or repeated in it."""
    document = copy.deepcopy(draw(policies()).to_document())
    rules = document["rules"]
    for _ in range(draw(st.integers(0, 2))):
        rule = draw(st.sampled_from(rules))
        match draw(st.sampled_from(["set", "set", "set", "drop", "repeat", "turn"])):
            case "repeat":
                rules.append(copy.deepcopy(rule) | {"rulePriority": draw(st.integers(1, 99))})
            case "turn":
                rules.reverse()
            case change:
                below = draw(st.sampled_from([*HOLDERS]))
                holder = rule if below is None else rule.get(below)
                if not isinstance(holder, dict):
                    continue
                name = draw(st.sampled_from(HOLDERS[below]))
                if change == "set":
                    holder[name] = draw(VALUES)
                else:
                    holder.pop(name, None)
    return document


@given(documents())
def test_nothing_is_wrong_with_what_is_read(document: Any) -> None:
    found = found_in(document)
    rules = read_sound(document)
    assert rules is None or not found
    assert document_problems(document) == found
    if rules is not None:
        assert rules == tuple(map(LifecycleRule.from_document, document["rules"]))
        assert all(type(rule.tag_status) is TagStatus for rule in rules)


@given(policies())
def test_what_is_usual_is_read(policy: LifecyclePolicy) -> None:
    """The quick reader is worth its while."""
    document = policy.to_document()
    for rule in document["rules"]:
        rule.pop("description", None)
    assert read_sound(document)


@pytest.mark.parametrize(
    "rules",
    [
        [LifecycleRule.keep_newest(5, tag_prefixes=["v", "w"], description='the "newest"')],
        [LifecycleRule.keep_newest(5, tag_prefixes=[p]) for p in ("v", "w", "any")],
        [LifecycleRule.expire_archived(after_days=90), LifecycleRule.expire(older_than_days=9)],
        [
            LifecycleRule.expire_untagged(older_than_days=1, description="é"),
            LifecycleRule.archive(not_pulled_for_days=30, tag_patterns=["v*", "w*"]),
            LifecycleRule.protect(tag_patterns=["v*"]),
        ],
    ],
)
def test_rules_as_people_write_them_are_read(rules: list[LifecycleRule]) -> None:
    policy = LifecyclePolicy.of(*rules).normalise()
    assert read_sound(policy.to_document()) == policy.rules


@pytest.mark.parametrize("entries", [1, 100])
@pytest.mark.parametrize("character", ["x", '"', "\\", "é"])
def test_nothing_longer_than_the_limit_is_read(character: str, entries: int) -> None:
    """The bound that is used instead of the text is never less than the text."""
    length = 1
    while True:
        tags = [f"{number}{character * length}" for number in range(entries)]
        rule = LifecycleRule.keep_newest(5, tag_patterns=tags, description=character * length)
        document = LifecyclePolicy.of(rule).to_document()
        if not read_sound(document):
            break
        assert found_in(document) == []
        length = length * 5 // 4 + 1
    assert length * (entries + 1) > 7_000


@pytest.mark.parametrize("document", [None, 7, [], {}, {"rules": []}, {"rules": {}}, {"Rules": []}])
def test_what_is_no_policy_is_not_read(document: object) -> None:
    assert read_sound(document) is None


@pytest.mark.parametrize("member", ["description", "tag_patterns"])
def test_a_token_is_not_read(member: str) -> None:
    rule = LifecycleRule.keep_newest(5, **{"tag_patterns": ["v*"], member: "${Token[T.1]}"})
    assert read_sound(LifecyclePolicy.of(rule).to_document()) is None
