"""The helpers for users' tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk.assertions import Template
from tests.checks.deployments import repository, write_assembly, write_template
from tests.synthesis import ENVIRONMENT

from ecr_constructs import GovernedRepository
from ecr_constructs.constructs.validation import EcrGovernanceValidation
from ecr_constructs.errors import ConfigurationError, SourceError
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.problem import Severity
from ecr_constructs.testing import (
    assert_archives,
    assert_expires,
    assert_finding,
    assert_governed,
    assert_no_finding,
    assert_retains,
    find,
    image,
)

POLICY = LifecyclePolicy.of(
    LifecycleRule.keep_newest(1, tag_patterns=["v*"]),
    LifecycleRule.archive(older_than_days=5, tag_patterns=["sha-*"]),
)
IMAGES = [
    image("v2", pushed_days_ago=1),
    image("v1", pushed_days_ago=2),
    image("sha-1", pushed_days_ago=9),
    image("other", pushed_days_ago=99),
    image(pushed_days_ago=99),
]


@pytest.mark.parametrize("policy", [POLICY, POLICY.to_document(), POLICY.to_json()])
def test_asserts_what_a_policy_does(policy: LifecyclePolicy) -> None:
    assert_retains(policy, IMAGES, tags=["v2", "other"])
    assert_expires(policy, IMAGES, tags=["v1"])
    assert_archives(policy, IMAGES, tags=["sha-*"])


def test_fails_with_the_rule_and_the_reason() -> None:
    with pytest.raises(AssertionError) as raised:
        assert_retains(POLICY, IMAGES)
    assert str(raised.value) == (
        "expected retain or not selected for ['*'], but\n"
        "  v1: rule 1, expires: not the newest image that matches v*\n"
        "  sha-1: rule 2, archived: pushed on 2026-01-22 12:00, more than 5 days ago"
    )


def test_fails_where_an_image_stays() -> None:
    with pytest.raises(AssertionError, match=r"v2: rule 1, kept: the newest image that matches v"):
        assert_expires(POLICY, IMAGES, tags=["v*"])
    with pytest.raises(AssertionError, match="other: untouched: no rule selects it"):
        assert_archives(POLICY, IMAGES, tags=["other"])


def test_refuses_a_tag_that_no_image_has() -> None:
    with pytest.raises(ConfigurationError, match="got 'latest', which is on none; add an image"):
        assert_retains(POLICY, IMAGES, tags=["latest"])


def test_refuses_images_that_are_none() -> None:
    named: Any = ["v1"]
    sentence = "images must be Images, got 'v1'; write image\\('v1', pushed_days_ago=3\\)"
    for asserts in (assert_retains, assert_expires, assert_archives):
        with pytest.raises(ConfigurationError, match=sentence):
            asserts(POLICY, named)


@pytest.mark.parametrize("source", [None, 5, object()])
def test_refuses_a_source_that_is_none(source: Any) -> None:
    sentence = r"an assembly, got .*; write for example assert_governed\(stack\)$"
    with pytest.raises(ConfigurationError, match=sentence):
        assert_governed(source)


def test_a_single_tag_is_no_list_of_letters() -> None:
    assert_retains(POLICY, IMAGES, tags="v2")


# Rules

CLEAN = {"Resources": {"Api": repository()}}
MUTABLE = {"Resources": {"Api": repository(ImageTagMutability="MUTABLE")}}
UNKNOWN = {
    "Parameters": {"Mode": {"Type": "String"}},
    "Resources": {"Api": repository(ImageTagMutability={"Ref": "Mode"})},
}


@pytest.fixture(name="app")
def _app(tmp_path: Path) -> cdk.App:
    return cdk.App(
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        outdir=str(tmp_path / "cdk.out"),
    )


def stack_in(scope: cdk.Stage, construct_id: str = "Main", **properties: Any) -> cdk.Stack:
    stack = cdk.Stack(scope, construct_id, env=ENVIRONMENT)
    child = GovernedRepository(stack, "Api").node.default_child
    assert isinstance(child, ecr.CfnRepository)
    for name, value in properties.items():
        setattr(child, name, value)
    return stack


def test_template_as_json_is_governed_or_says_what_is_wrong() -> None:
    assert_governed(CLEAN)
    with pytest.raises(AssertionError) as failed:
        assert_governed(MUTABLE)
    assert str(failed.value) == (
        "1 finding:\n  error template/Api EcrGovernance-TagImmutability: a tag pushed to the"
        " repository can be overwritten: ImageTagMutability is MUTABLE; write IMMUTABLE, or"
        " IMMUTABLE_WITH_EXCLUSION with the tags that move"
    )


def test_templates_of_cdks_assertions_are_taken(app: cdk.App) -> None:
    stack = stack_in(app, image_tag_mutability="MUTABLE")
    with pytest.raises(AssertionError, match="TagImmutability"):
        assert_governed(Template.from_stack(stack))


def test_stack_is_synthesised_and_checked(app: cdk.App) -> None:
    assert_governed(stack_in(app))
    assert_governed(app)


def test_stack_answers_for_itself_and_what_is_nested_in_it(app: cdk.App) -> None:
    good = stack_in(app)
    bad = stack_in(app, "Main2", image_tag_mutability="MUTABLE")
    nested = cdk.NestedStack(bad, "Nested")
    ecr.CfnRepository(nested, "Raw")
    assert_governed(good)
    places = {each.place for each in find(bad, select=["TagImmutability"])}
    assert places == {"Main2/Api", "Main2/Nested/Raw"}
    assert {each.place for each in find(app, select=["TagImmutability"])} == places


def test_construct_answers_for_what_is_below_it(app: cdk.App) -> None:
    stack = stack_in(app, image_tag_mutability="MUTABLE")
    other = GovernedRepository(stack, "Other")
    assert_governed(other)
    with pytest.raises(AssertionError, match="1 finding"):
        assert_governed(stack)


def test_app_that_its_own_plugin_fails_is_checked_all_the_same(app: cdk.App) -> None:
    cdk.Validations.of(app).add_plugins(EcrGovernanceValidation())
    assert_finding(stack_in(app, image_tag_mutability="MUTABLE"), "TagImmutability")


def test_app_that_cannot_be_synthesised_says_why(app: cdk.App) -> None:
    stack = stack_in(app)
    for name in ("One", "Two"):
        ecr.CfnRepository(stack, name).override_logical_id("Same")
    with pytest.raises(RuntimeError, match="Same"):
        assert_governed(app)


def test_acknowledgement_on_the_app_is_known(app: cdk.App) -> None:
    stack = stack_in(app, image_tag_mutability="MUTABLE")
    cdk.Validations.of(app).acknowledge(
        cdk.Acknowledgment(id="EcrGovernance-TagImmutability", reason="agreed")
    )
    assert_governed(stack)
    (finding,) = find(stack, select=["TagImmutability"])
    assert finding.acknowledged == "agreed"


@pytest.mark.parametrize("spelling", [str, Path])
def test_assembly_or_template_is_taken_by_its_path(
    tmp_path: Path, spelling: Callable[[Path], str | Path]
) -> None:
    write_assembly(tmp_path / "cdk.out", {"Main": MUTABLE})
    file = write_template(tmp_path / "one.json", MUTABLE)
    for path in (tmp_path / "cdk.out", file):
        assert_finding(spelling(path), "TagImmutability", at="Api")


def test_refuses_a_path_that_is_no_assembly(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"manifest\.json"):
        assert_governed(tmp_path)


def test_warnings_count_only_if_asked_to() -> None:
    goes = {"Resources": {"Api": repository() | {"DeletionPolicy": "Delete"}}}
    assert_governed(goes)
    with pytest.raises(AssertionError, match="RetainOnDelete"):
        assert_governed(goes, fail_on=Severity.WARNING)
    word: Any = "warning"
    with pytest.raises(AssertionError, match="RetainOnDelete"):
        assert_governed(goes, fail_on=word)
    none: Any = "fatal"
    with pytest.raises(ConfigurationError, match=r"^fail_on must be one of .*, got 'fatal'; write"):
        assert_governed(goes, fail_on=none)


def test_rules_are_selected_and_ignored() -> None:
    assert_governed(MUTABLE, ignore=["TagImmutability"])
    assert_governed(MUTABLE, select=["ImageScanning"])
    with pytest.raises(ConfigurationError, match="got 'Tags'"):
        assert_governed(MUTABLE, select=["Tags"])


def test_place_of_a_template_alone_is_given() -> None:
    key = {"EncryptionType": "KMS", "KmsKey": "arn:aws:kms:us-east-1:111111111111:key/1234abcd"}
    template = {"Resources": {"Api": repository(EncryptionConfiguration=key)}}
    assert_no_finding(template, "Deployable")
    assert_finding(template, "Deployable", account="111111111111", region="eu-west-1")


def test_exemptions_are_judged_on_the_day_that_is_given() -> None:
    exemption = {"control": "tag-immutability", "reason": "why", "expires": "2026-06-30"}
    resource = MUTABLE["Resources"]["Api"] | {
        "Metadata": {"EcrConstructs": {"exemptions": [exemption]}}
    }
    template = {"Resources": {"Api": resource}}
    assert_governed(template, today=dt.date(2026, 6, 30))
    with pytest.raises(AssertionError, match="ExemptionExpired"):
        assert_governed(template, today=dt.date(2026, 7, 1))


def test_single_rule_is_asserted_to_find_nothing() -> None:
    assert_no_finding(CLEAN, "TagImmutability")
    with pytest.raises(AssertionError, match="EcrGovernance-TagImmutability"):
        assert_no_finding(MUTABLE, "TagImmutability")


def test_what_cannot_be_told_is_no_pass_of_a_single_rule() -> None:
    assert_governed(UNKNOWN)
    with pytest.raises(AssertionError, match="cannot be told"):
        assert_no_finding(UNKNOWN, "TagImmutability")


def test_single_rule_is_asserted_to_find_something() -> None:
    assert_finding(MUTABLE, "TagImmutability")
    assert_finding(MUTABLE, "ECR.2", at="Api")
    assert_finding(MUTABLE, "TagImmutability", at="template/Api")


@pytest.mark.parametrize(
    ("template", "at", "sentence"),
    [
        (
            CLEAN,
            None,
            "expected EcrGovernance-TagImmutability to find something, but it finds nothing",
        ),
        (MUTABLE, "Web", "at Web, but it does at template/Api \\(Api\\)"),
    ],
)
def test_rule_that_finds_nothing_says_where_it_does(
    template: dict[str, Any], at: str | None, sentence: str
) -> None:
    with pytest.raises(AssertionError, match=sentence):
        assert_finding(template, "TagImmutability", at=at)
