"""The validator of lifecycle policy documents: what ECR refuses, path and fix."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.validate import validate_parameters
from hypothesis import given
from hypothesis import strategies as st
from tests.model.lifecycle_strategies import policies

from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule, document_problems
from ecr_constructs.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "tagged",
        "tagPatternList": ["v*"],
        "countType": "imageCountMoreThan",
        "countNumber": 1,
    },
    "action": {"type": "expire"},
}
AGE = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 1,
    },
    "action": {"type": "expire"},
}
PULLED = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "any",
        "countType": "sinceImagePulled",
        "countUnit": "days",
        "countNumber": 90,
    },
    "action": {"type": "transition", "targetStorageClass": "archive"},
}
ARCHIVED = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "any",
        "storageClass": "archive",
        "countType": "sinceImageTransitioned",
        "countUnit": "days",
        "countNumber": 90,
    },
    "action": {"type": "expire"},
}
DELETE = object()


def changed(rule: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return the rule with members set or deleted, by the name that they have in AWS."""
    rule = copy.deepcopy(rule)
    for name, value in members.items():
        holder = rule
        if name in ("type", "targetStorageClass"):
            holder = rule["action"]
        elif name not in ("rulePriority", "description", "selection", "action"):
            holder = rule["selection"]
        if value is DELETE:
            del holder[name]
        else:
            holder[name] = value
    return rule


def found(*rules: object) -> list[tuple[str, str]]:
    return [(p.id, p.path) for p in document_problems({"rules": list(rules)})]


@pytest.mark.parametrize("rule", [COUNT, AGE, PULLED, ARCHIVED])
def test_accepts_each_combination_of_the_table(rule: dict[str, Any]) -> None:
    assert found(rule) == []


@pytest.mark.parametrize("name", ["type", "countNumber", "countType", "tagStatus", "rulePriority"])
@pytest.mark.parametrize("rule", [COUNT, AGE, PULLED, ARCHIVED])
def test_refuses_a_rule_that_lacks_a_member(rule: dict[str, Any], name: str) -> None:
    holder = {"type": ".action", "rulePriority": ""}.get(name, ".selection")
    problems = found(changed(rule, **{name: DELETE}))
    assert ("missing", f"rules[0]{holder}.{name}") in problems


@pytest.mark.parametrize(
    ("rule", "kind", "path"),
    [
        # types
        (changed(COUNT, rulePriority=True), "type", "rulePriority"),
        (changed(COUNT, rulePriority="1"), "type", "rulePriority"),
        (changed(COUNT, rulePriority=1.0), "type", "rulePriority"),
        (changed(COUNT, rulePriority=0), "number", "rulePriority"),
        (changed(COUNT, rulePriority=-1), "number", "rulePriority"),
        (changed(COUNT, description=7), "type", "description"),
        (changed(COUNT, description="\ud800"), "unicode", "description"),
        (changed(COUNT, selection=[]), "type", "selection"),
        (changed(COUNT, action="expire"), "type", "action"),
        (changed(COUNT, countNumber=0), "number", "selection.countNumber"),
        (changed(COUNT, countNumber=False), "type", "selection.countNumber"),
        (changed(COUNT, countNumber=None), "null", "selection.countNumber"),
        (changed(COUNT, tagStatus="Tagged"), "word", "selection.tagStatus"),
        (changed(COUNT, tagStatus=1), "word", "selection.tagStatus"),
        (changed(COUNT, countType="imageCount"), "word", "selection.countType"),
        (changed(COUNT, type="EXPIRE"), "word", "action.type"),
        (changed(COUNT, type="retain"), "word", "action.type"),
        (changed(COUNT, tagPatternList="v*"), "type", "selection.tagPatternList"),
        (changed(COUNT, tagPatternList=[]), "empty-list", "selection.tagPatternList"),
        (changed(COUNT, tagPatternList=[1]), "type", "selection.tagPatternList[0]"),
        (changed(COUNT, tagPatternList=[None]), "type", "selection.tagPatternList[0]"),
        # unknown and null members
        (changed(COUNT, colour="red"), "unknown-member", "selection.colour"),
        (changed(COUNT, description=None), "null", "description"),
        (changed(COUNT, countUnit=None), "null", "selection.countUnit"),
        (changed(COUNT, tagPrefixList=None), "null", "selection.tagPrefixList"),
        (changed(COUNT, targetStorageClass=None), "null", "action.targetStorageClass"),
        # tag lists and wildcards
        (changed(COUNT, tagPatternList=DELETE), "tag-lists", "selection"),
        (changed(COUNT, tagPrefixList=["v"]), "tag-lists", "selection"),
        (changed(AGE, tagPrefixList=["v"]), "tag-lists", "selection.tagPrefixList"),
        (changed(PULLED, tagPatternList=["v"]), "tag-lists", "selection.tagPatternList"),
        (changed(COUNT, tagPatternList=["v", "test*1*2*3*4*5*6"]), "wildcards",
         "selection.tagPatternList[1]"),
        # the table of combinations
        (changed(COUNT, countUnit="days"), "count-unit", "selection.countUnit"),
        (changed(AGE, countUnit=DELETE), "count-unit", "selection.countUnit"),
        (changed(AGE, countUnit="hours"), "word", "selection.countUnit"),
        (changed(PULLED, countUnit=DELETE), "count-unit", "selection.countUnit"),
        (changed(COUNT, storageClass="archive"), "storage-class", "selection.storageClass"),
        (changed(AGE, storageClass="archive"), "storage-class", "selection.storageClass"),
        (changed(PULLED, storageClass="archive"), "storage-class", "selection.storageClass"),
        (changed(ARCHIVED, storageClass="standard"), "storage-class", "selection.storageClass"),
        (changed(ARCHIVED, storageClass=DELETE), "storage-class", "selection.storageClass"),
        (changed(ARCHIVED, countNumber=89), "number", "selection.countNumber"),
        (changed(AGE, type="transition"), "target-storage-class", "action.targetStorageClass"),
        (changed(PULLED, targetStorageClass=DELETE), "target-storage-class",
         "action.targetStorageClass"),
        (changed(PULLED, targetStorageClass="standard"), "word", "action.targetStorageClass"),
        (changed(AGE, targetStorageClass="archive"), "target-storage-class",
         "action.targetStorageClass"),
        (changed(PULLED, type="expire", targetStorageClass=DELETE), "action", "action.type"),
        (changed(ARCHIVED, type="transition", targetStorageClass="archive"), "action",
         "action.type"),
    ],
)  # fmt: skip
def test_refuses_a_rule(rule: dict[str, Any], kind: str, path: str) -> None:
    assert found(rule) == [(kind, f"rules[0].{path}")]


def test_accepts_standard_where_it_is_the_default() -> None:
    assert found(changed(COUNT, storageClass="standard")) == []


@pytest.mark.parametrize("patterns", [["*test*1*2*3", "test*1*2*3*"], ["*" * 4]])
def test_accepts_four_wildcards_a_pattern(patterns: list[str]) -> None:
    assert found(changed(COUNT, tagPatternList=patterns)) == []


def test_counts_no_wildcards_in_prefixes() -> None:
    rule = changed(COUNT, tagPatternList=DELETE, tagPrefixList=["v*1*2*3*4*5"])
    assert found(rule) == []


@pytest.mark.parametrize(
    ("rules", "kind", "path"),
    [
        ([COUNT, AGE], "priority-unique", "rules[1].rulePriority"),
        ([PULLED, AGE], "priority-unique", "rules[1].rulePriority"),
        ([changed(PULLED, rulePriority=1), changed(AGE, rulePriority=2)], "any-last",
         "rules[0].rulePriority"),
        ([changed(AGE, rulePriority=2), changed(PULLED, rulePriority=1)], "any-last",
         "rules[1].rulePriority"),
        ([PULLED, changed(PULLED, rulePriority=2)], "any-last", "rules[0].rulePriority"),
        ([AGE, changed(AGE, rulePriority=2)], "one-untagged", "rules[1].selection.tagStatus"),
        ([changed(ARCHIVED, tagStatus="untagged"),
          changed(ARCHIVED, tagStatus="untagged", rulePriority=2)],
         "one-untagged", "rules[1].selection.tagStatus"),
        ([changed(COUNT, tagPatternList=DELETE, tagPrefixList=["a", "b"]),
          changed(COUNT, tagPatternList=DELETE, tagPrefixList=["b", "a"], rulePriority=2)],
         "prefixes-unique", "rules[1].selection.tagPrefixList"),
    ],
)  # fmt: skip
def test_refuses_rules_that_do_not_go_together(rules: list[object], kind: str, path: str) -> None:
    assert found(*rules) == [(kind, path)]
    assert all(p.severity is Severity.ERROR for p in document_problems({"rules": rules}))


@pytest.mark.parametrize(
    "rules",
    [
        [PULLED, changed(ARCHIVED, rulePriority=2)],
        [changed(AGE, rulePriority=2), changed(ARCHIVED, tagStatus="untagged")],
        [ARCHIVED, changed(AGE, rulePriority=2)],
        [changed(COUNT, tagPatternList=DELETE, tagPrefixList=["a"]),
         changed(ARCHIVED, tagStatus="tagged", tagPrefixList=["a"], rulePriority=2)],
    ],
)  # fmt: skip
def test_rules_of_two_storage_classes_do_not_meet(rules: list[object]) -> None:
    assert found(*rules) == []


@pytest.mark.parametrize(
    ("rules", "kind"),
    [
        ([changed(COUNT, rulePriority=2**31)], "number-unverified"),
        ([changed(COUNT, countNumber=2**31)], "number-unverified"),
        ([COUNT, changed(COUNT, rulePriority=2)], "patterns-unverified"),
        ([changed(COUNT, tagPatternList=DELETE, tagPrefixList=["a", "b"]),
          changed(COUNT, tagPatternList=DELETE, tagPrefixList=["a"], rulePriority=2)],
         "prefixes-unverified"),
    ],
)  # fmt: skip
def test_warns_of_what_no_source_settles(rules: list[object], kind: str) -> None:
    (problem,) = document_problems({"rules": rules})
    assert (problem.id, problem.severity) == (kind, Severity.WARNING)
    assert "not verified" in problem.message


@pytest.mark.parametrize("document", [None, 7, "{}", [], [{}]])
def test_refuses_what_is_no_object(document: object) -> None:
    (problem,) = document_problems(document)
    assert problem.sentence == f"the policy must be an object, got {document!r}; write {{...}}"


def test_refuses_a_document_without_rules() -> None:
    assert [(p.id, p.path) for p in document_problems({})] == [("missing", "rules")]
    assert [(p.id, p.path) for p in document_problems({"rules": []})] == [("rule-count", "rules")]
    assert [(p.id, p.path) for p in document_problems({"rules": {}})] == [("type", "rules")]
    (one, two) = document_problems({"Rules": []})
    assert one.sentence == ("Rules is no member that ECR knows here, it knows rules; write 'rules'")
    assert two.id == "missing"


def test_refuses_a_fifty_first_rule() -> None:
    rules = [
        changed(COUNT, rulePriority=n, tagPatternList=[f"v{n}"], countNumber=n)
        for n in range(1, 52)
    ]
    assert found(*rules[:50]) == []
    assert found(*rules) == [("rule-count", "rules")]


def test_refuses_a_text_above_the_limit() -> None:
    size = len(json.dumps({"rules": [changed(COUNT, description="")]}, separators=(",", ":")))
    fits = changed(COUNT, description="ü" * (30_720 - size))
    assert found(fits) == []
    assert found(changed(COUNT, description=fits["description"] + "x")) == [("text-size", "")]


def test_says_what_the_misspelt_word_should_be() -> None:
    (problem,) = document_problems({"rules": [changed(COUNT, tagStatus="TAGGED")]})
    assert problem.sentence == (
        "rules[0].selection.tagStatus: tagStatus must be 'tagged' or 'untagged' or 'any', "
        "got 'TAGGED'; write 'tagged'"
    )


def test_says_how_pull_based_deletion_is_written() -> None:
    (problem,) = document_problems(
        {"rules": [changed(PULLED, type="expire", targetStorageClass=DELETE)]}
    )
    assert problem.fix == (
        "archive the images, then expire them with a rule on 'sinceImageTransitioned'"
    )


def test_tells_all_problems_at_once() -> None:
    rules = [
        changed(AGE, countUnit=DELETE, countNumber=0),
        changed(COUNT, tagPatternList=["a*b*c*d*e*f"], description=None),
    ]
    assert found(*rules) == [
        ("number", "rules[0].selection.countNumber"),
        ("count-unit", "rules[0].selection.countUnit"),
        ("wildcards", "rules[1].selection.tagPatternList[0]"),
        ("null", "rules[1].description"),
        ("priority-unique", "rules[1].rulePriority"),
    ]


def test_answers_on_what_json_cannot_hold() -> None:
    rule = changed(COUNT, description=object())
    assert found(rule) == [("type", "rules[0].description")]


def test_shortens_a_long_value() -> None:
    (problem,) = document_problems({"rules": [changed(COUNT, rulePriority="9" * 1000)]})
    assert len(problem.message) < 150


@pytest.fixture(scope="module", name="put_lifecycle_policy")
def _put_lifecycle_policy() -> Callable[[str], None]:
    model = botocore.session.Session().get_service_model("ecr")
    shape = model.operation_model("PutLifecyclePolicy").input_shape

    def put(text: str) -> None:
        validate_parameters({"repositoryName": "a/b", "lifecyclePolicyText": text}, shape)

    return put


@given(policy=policies())
def test_what_is_accepted_passes_botocore_and_the_schema(
    put_lifecycle_policy: Callable[[str], None], policy: LifecyclePolicy
) -> None:
    text = policy.to_json()
    put_lifecycle_policy(text)
    assert 100 <= len(text) <= 30_720


def _members(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all members and entries of a document."""
    items: list[tuple[Any, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    below = [p for name, member in items for p in _members(member, (*path, name))]
    return [path, *below] if path else below


def _path(path: tuple[Any, ...]) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


@given(policies(), st.data())
def test_refuses_any_member_set_to_null_by_its_path(
    policy: LifecyclePolicy, data: st.DataObject
) -> None:
    document = policy.to_document()
    path = data.draw(st.sampled_from(_members(document)))
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = None
    problems = document_problems(document)
    assert any(p.path == _path(path) and p.id in ("null", "type") for p in problems)


@given(policies(), st.data())
def test_refuses_any_unknown_member_by_its_path(
    policy: LifecyclePolicy, data: st.DataObject
) -> None:
    document = policy.to_document()
    path = data.draw(st.sampled_from([(), *_members(document)]))
    holder: Any = document
    for step in path:
        holder = holder[step]
    if not isinstance(holder, dict):
        return
    holder["rulePriorities"] = 1
    assert [(p.id, p.path) for p in document_problems(document)] == [
        ("unknown-member", _path((*path, "rulePriorities")))
    ]


@given(policies(max_size=4))
def test_refuses_two_equal_priorities(policy: LifecyclePolicy) -> None:
    document = policy.to_document()
    document["rules"].append(
        LifecycleRule.keep_newest(
            3, tag_patterns=["unique"], rule_priority=document["rules"][0]["rulePriority"]
        ).to_document()
    )
    problems = document_problems(document)
    assert problems[0].id == "priority-unique"
    assert problems[0].path == f"rules[{len(document['rules']) - 1}].rulePriority"


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["rules", "rulePriority", "selection", "action", "tagStatus", "x"]),
        inner,
        max_size=4,
    ),
    max_leaves=20,
))  # fmt: skip
def test_answers_on_any_document_without_an_exception(document: object) -> None:
    problems = document_problems(document)
    assert problems
    assert all(p.message and p.fix for p in problems)
