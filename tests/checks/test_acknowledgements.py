from __future__ import annotations

import pytest

from ecr_constructs.checks.acknowledgements import Acknowledged, rule_of, tidy
from ecr_constructs.model.acknowledgement import Acknowledgement

RULE = "EcrGovernance-WildcardAction"
FINDING = "EcrGovernance-WildcardAction[Action::ecr:*]"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (RULE, RULE),
        (FINDING, FINDING),
        (f"EcrGovernance::{RULE}", RULE),
        (f"EcrGovernance::{FINDING}", FINDING),
        (f"Annotation::{RULE}", RULE),
        (f"annotation::{RULE}", RULE),
        (f"AwsSolutions::{RULE}", None),
        (f"AwsSolutions::{FINDING}", None),
    ],
)
def test_id_is_understood_with_and_without_the_plugin(written: str, meant: str | None) -> None:
    assert rule_of(written) == meant


@pytest.mark.parametrize("written", [RULE, FINDING, f"EcrGovernance::{FINDING}"])
def test_rule_or_one_finding_of_it_can_be_acknowledged(written: str) -> None:
    said = Acknowledgement(written, "why", "Main/Api")
    assert list(Acknowledged([said]).about(RULE, FINDING, "Main/Api")) == [said]


def test_acknowledgement_of_one_finding_leaves_the_others() -> None:
    acknowledged = Acknowledged([Acknowledgement(FINDING, "why", "Main/Api")])
    assert not acknowledged.about(RULE, f"{RULE}[Action::*]", "Main/Api")


def test_nearest_acknowledgement_comes_first() -> None:
    said = [Acknowledgement(RULE, "for all", "Main"), Acknowledgement(RULE, "here", "Main/Api")]
    reasons = [each.reason for each in Acknowledged(said).about(RULE, RULE, "Main/Api")]
    assert reasons == ["here", "for all"]


@pytest.mark.parametrize("path", ["Main/Web", "MainApi", None])
def test_acknowledgement_holds_below_its_construct_only(path: str | None) -> None:
    acknowledged = Acknowledged([Acknowledgement(RULE, "why", "Main/Api")])
    assert not acknowledged.about(RULE, RULE, path)


def test_acknowledgement_on_the_app_holds_everywhere() -> None:
    said = Acknowledgement(RULE, "why", "")
    assert list(Acknowledged([said]).about(RULE, RULE, "Main/Api")) == [said]


@pytest.mark.parametrize(
    ("finding", "taken"),
    [
        ("X", "X"),
        ("X[Statement::Allow all]", "X[Statement::Allow-all]"),
        ("X[rules[2]]", "X[rules.2]"),
        ("X[arn:${AWS::Partition}:(iam)]", "X[arn:$AWS::Partition:iam]"),
    ],
)
def test_finding_is_named_as_cdk_takes_an_id(finding: str, taken: str) -> None:
    assert tidy(finding) == taken
    assert tidy(taken) == taken
