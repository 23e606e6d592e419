"""Lifecycle policies as values: sugar, priorities, codecs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.lifecycle_strategies import policies

from ecr_constructs.errors import ConfigurationError, PolicyDocumentError
from ecr_constructs.model.lifecycle import (
    ActionType,
    CountType,
    LifecyclePolicy,
    LifecycleRule,
    StorageClass,
    TagStatus,
    document_problems,
    text_problems,
)
from ecr_constructs.model.unresolved import Unresolved

TOKEN = "${Token[TOKEN.12]}"


def document_of(rule: LifecycleRule) -> dict[str, object]:
    (document,) = LifecyclePolicy.of(rule).to_document()["rules"]
    return dict(document)


@pytest.mark.parametrize(
    ("rule", "selection", "action"),
    [
        (
            LifecycleRule.expire_untagged(older_than_days=7),
            {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 7,
            },
            {"type": "expire"},
        ),
        (
            LifecycleRule.keep_newest(50, tag_patterns=["v*"]),
            {
                "tagStatus": "tagged",
                "tagPatternList": ["v*"],
                "countType": "imageCountMoreThan",
                "countNumber": 50,
            },
            {"type": "expire"},
        ),
        (
            LifecycleRule.expire(older_than_days=30, tag_prefixes=["pr-"]),
            {
                "tagStatus": "tagged",
                "tagPrefixList": ["pr-"],
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 30,
            },
            {"type": "expire"},
        ),
        (
            LifecycleRule.archive(not_pulled_for_days=90),
            {
                "tagStatus": "any",
                "countType": "sinceImagePulled",
                "countUnit": "days",
                "countNumber": 90,
            },
            {"type": "transition", "targetStorageClass": "archive"},
        ),
        (
            LifecycleRule.archive(older_than_days=30, tag_patterns=["prod*"]),
            {
                "tagStatus": "tagged",
                "tagPatternList": ["prod*"],
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 30,
            },
            {"type": "transition", "targetStorageClass": "archive"},
        ),
        (
            LifecycleRule.expire_archived(after_days=365),
            {
                "tagStatus": "any",
                "storageClass": "archive",
                "countType": "sinceImageTransitioned",
                "countUnit": "days",
                "countNumber": 365,
            },
            {"type": "expire"},
        ),
        (
            LifecycleRule.protect(tag_patterns=["latest"]),
            {
                "tagStatus": "tagged",
                "tagPatternList": ["latest"],
                "countType": "imageCountMoreThan",
                "countNumber": 999_999,
            },
            {"type": "expire"},
        ),
    ],
)
def test_factories_write_what_aws_reads(
    rule: LifecycleRule, selection: dict[str, object], action: dict[str, object]
) -> None:
    assert document_of(rule) == {"rulePriority": 1, "selection": selection, "action": action}
    assert LifecyclePolicy.of(rule).problems() == []


def test_a_transition_goes_to_the_archive_unless_told() -> None:
    rule = LifecycleRule(
        tag_status=TagStatus.ANY,
        count_type=CountType.SINCE_IMAGE_PULLED,
        count_number=90,
        action=ActionType.TRANSITION,
    )
    assert rule.normalise() == LifecycleRule.archive(not_pulled_for_days=90)


def test_words_may_be_plain_strings() -> None:
    rule = LifecycleRule(tag_status="any", count_type="imageCountMoreThan", count_number=5)
    assert rule == LifecycleRule.keep_newest(5)
    assert rule.tag_status is TagStatus.ANY


@pytest.mark.parametrize("days", [{}, {"not_pulled_for_days": 90, "older_than_days": 30}])
def test_refuses_an_archive_without_one_clock(days: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError, match=r"got (neither|both); give one of the two"):
        LifecycleRule.archive(**days)


def test_lists_may_be_any_iterable() -> None:
    patterns = ["v*", "release-*"]
    for given_as in (patterns, tuple(patterns), (p for p in patterns), dict.fromkeys(patterns)):
        rule = LifecycleRule.keep_newest(5, tag_patterns=given_as)
        assert rule.tag_pattern_list == ("v*", "release-*")


def test_one_pattern_or_prefix_needs_no_list() -> None:
    assert LifecycleRule.protect(tag_patterns="v*") == LifecycleRule.protect(tag_patterns=["v*"])
    one = LifecycleRule.expire(older_than_days=1, tag_prefixes="pr-")
    assert one == LifecycleRule.expire(older_than_days=1, tag_prefixes=["pr-"])


def test_refuses_a_bare_string_where_aws_has_a_list() -> None:
    rule = LifecycleRule(
        tag_status=TagStatus.TAGGED,
        count_type=CountType.IMAGE_COUNT_MORE_THAN,
        count_number=1,
        tag_pattern_list="v*",
    )
    (problem,) = LifecyclePolicy.of(rule).problems()
    assert problem.sentence == (
        "rules[0].selection.tagPatternList: tagPatternList must be a list of strings, "
        "got 'v*'; write ['v*']"
    )


def test_refuses_an_empty_list_rather_than_take_any_image() -> None:
    (problem,) = LifecyclePolicy.of(
        LifecycleRule.expire(older_than_days=1, tag_patterns=[])
    ).problems()
    assert problem.id == "empty-list"


@pytest.mark.parametrize(
    "rule",
    [
        LifecycleRule.expire(older_than_days=30, tag_patterns=[f"pr-{TOKEN}"]),
        LifecycleRule.expire(older_than_days=30, description=TOKEN),
        LifecycleRule.expire(older_than_days=-1.8881545897087968e289),
        LifecycleRule.expire(older_than_days=30, tag_prefixes=["#{Token[TOKEN.3]}"]),
    ],
)
def test_refuses_a_token(rule: LifecycleRule) -> None:
    (problem,) = LifecyclePolicy.of(rule).problems()
    assert "must be known at synthesis, got a CDK token; write the value itself" in problem.sentence


def test_refuses_a_text_that_is_a_token() -> None:
    with pytest.raises(PolicyDocumentError, match=r"known at synthesis.*; write the text itself"):
        LifecyclePolicy.from_json(TOKEN)


def test_refuses_what_is_no_rule() -> None:
    (problem,) = LifecyclePolicy.of("keep all").problems()
    assert problem.sentence == (
        "rules[0]: a rule must be a LifecycleRule, got 'keep all'; write"
        " LifecyclePolicy.of(LifecycleRule.keep_newest(50), ...), without a list"
    )


@pytest.mark.parametrize("rules", [5, [[LifecycleRule.keep_newest(5)]], [None]])
def test_refuses_rules_that_are_none(rules: Any) -> None:
    (problem,) = LifecyclePolicy(rules).problems()
    assert "rules[0]: a rule must be a LifecycleRule, got" in problem.sentence


def test_numbers_rules_in_the_order_given_and_any_last() -> None:
    policy = LifecyclePolicy.of(
        LifecycleRule.keep_newest(500),
        LifecycleRule.expire_archived(after_days=90),
        LifecycleRule.expire_untagged(older_than_days=7),
        LifecycleRule.keep_newest(5, tag_patterns=["v*"], rule_priority=10),
        LifecycleRule.expire(older_than_days=7, tag_patterns=["pr-*"]),
    )
    assert [(r.rule_priority, r.tag_status) for r in policy.normalise().rules] == [
        (10, "tagged"),
        (11, "untagged"),
        (12, "tagged"),
        (13, "any"),
        (14, "any"),
    ]
    assert policy.problems() == []


def test_the_text_is_compact_sorted_and_without_defaults() -> None:
    rule = LifecycleRule(
        tag_status=TagStatus.TAGGED,
        tag_pattern_list=["b*", "a*", "b*"],
        storage_class=StorageClass.STANDARD,
        count_type=CountType.IMAGE_COUNT_MORE_THAN,
        count_number=3,
        rule_priority=4,
        description="häufig",
    )
    later = LifecycleRule.keep_newest(1, tag_patterns=["c"], rule_priority=2)
    assert LifecyclePolicy.of(rule, later).to_json() == (
        '{"rules":[{"rulePriority":2,"selection":{"tagStatus":"tagged","tagPatternList":["c"],'
        '"countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}},'
        '{"rulePriority":4,"description":"häufig","selection":{"tagStatus":"tagged",'
        '"tagPatternList":["a*","b*"],"countType":"imageCountMoreThan","countNumber":3},'
        '"action":{"type":"expire"}}]}'
    )


def test_paths_count_the_rules_as_given() -> None:
    bad = LifecycleRule.keep_newest(0, rule_priority=9)
    good = LifecycleRule.keep_newest(1, tag_patterns=["v*"], rule_priority=1)
    (problem,) = LifecyclePolicy.of(bad, good).problems()
    assert problem.path == "rules[0].selection.countNumber"


def test_refuses_a_document_with_all_problems_and_the_first_path() -> None:
    text = json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 1,
                    "selection": {"tagStatus": "any", "countType": "sinceImagePushed"},
                    "action": {"type": "expire"},
                }
            ]
        }
    )
    with pytest.raises(PolicyDocumentError, match="2 problems") as raised:
        LifecyclePolicy.from_json(text)
    assert raised.value.path == "rules[0].selection.countNumber"
    assert [s.split(":")[0] for s in raised.value.sentences] == [
        "rules[0].selection.countNumber",
        "rules[0].selection.countUnit",
    ]


def test_refuses_one_problem_without_saying_its_path_twice() -> None:
    policy = LifecyclePolicy.of(LifecycleRule.keep_newest(0))
    with pytest.raises(PolicyDocumentError) as raised:
        LifecyclePolicy.from_document(policy.to_document())
    assert str(raised.value) == (
        "countNumber must be 1 or more, got 0; write the images to keep or the days to wait "
        "[rules[0].selection.countNumber]"
    )


@pytest.mark.parametrize(
    "text", ["", "{", "[1,", '{"rules": NaN}', "[" * 100_000, "9" * 5000, "{'rules': []}"]
)
def test_refuses_a_text_that_is_no_json(text: str) -> None:
    (problem,) = text_problems(text)
    assert problem.id == "json"
    assert len(problem.message) < 300


def test_a_text_that_only_deployment_knows_stays_unresolved() -> None:
    text = Unresolved.of("AWS::Region")
    assert LifecyclePolicy.from_cfn({"LifecyclePolicyText": text}) is text


def test_refuses_a_property_without_text() -> None:
    with pytest.raises(PolicyDocumentError, match="got None; write the policy as JSON text"):
        LifecyclePolicy.from_cfn({"RegistryId": "111122223333"})


@given(policies())
def test_what_is_written_is_read_back(policy: LifecyclePolicy) -> None:
    canonical = policy.normalise()
    assert policy.problems() == []
    assert LifecyclePolicy.from_json(policy.to_json()) == canonical
    assert LifecyclePolicy.from_cfn(policy.to_cfn()) == canonical
    assert LifecyclePolicy.from_cfn(policy.to_json()) == canonical
    assert canonical.normalise() is canonical
    assert canonical.to_json() == policy.to_json()


@given(policies(), st.randoms())
def test_rules_with_priorities_may_come_in_any_order(
    policy: LifecyclePolicy, random: object
) -> None:
    rules = list(policy.normalise().rules)
    random.shuffle(rules)
    assert LifecyclePolicy.of(*rules).to_json() == policy.to_json()


@given(st.lists(st.one_of(st.none(), st.integers(), st.text(), st.floats()), max_size=4))
def test_no_value_raises_before_it_is_asked(values: list[object]) -> None:
    rule = LifecycleRule(
        tag_status=values,
        count_type=None,
        count_number=values,
        tag_pattern_list=values,
        storage_class=1.5,
    )
    assert LifecyclePolicy.of(rule).problems()


@given(policies())
def test_what_was_found_in_the_document_is_what_is_found_in_the_policy(
    policy: LifecyclePolicy,
) -> None:
    document = policy.to_document()
    problems = document_problems(document)
    read = LifecyclePolicy.from_document(document)
    assert read.problems() == problems
    assert LifecyclePolicy(read.rules).problems() == problems


def test_warnings_of_the_document_are_kept_with_the_policy() -> None:
    rule = {
        "selection": {
            "tagStatus": "tagged",
            "tagPatternList": ["v*"],
            "countType": "imageCountMoreThan",
            "countNumber": 2**31,
        },
        "action": {"type": "expire"},
    }
    document = {"rules": [{"rulePriority": number, **rule} for number in (1, 2)]}
    policy = LifecyclePolicy.from_document(document)
    found = {problem.id for problem in policy.problems()}
    assert found == {"number-unverified", "patterns-unverified"}
    assert policy.problems() == document_problems(document)
    assert LifecyclePolicy(policy.rules[:1]).problems()[0].id == "number-unverified"


@pytest.mark.parametrize("given", [{"rules": []}, 5, None])
def test_refuses_what_is_no_text_and_names_what_takes_it(given: Any) -> None:
    sentence = r"^the policy must be a text, got .*; write from_document\(\.\.\.\)$"
    with pytest.raises(PolicyDocumentError, match=sentence):
        LifecyclePolicy.from_json(given)
