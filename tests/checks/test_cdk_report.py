from __future__ import annotations

import pytest
from tests.checks.test_sarif import finding

from ecr_constructs.checks.cdk_report import CdkReport, report_to_cdk, within
from ecr_constructs.checks.engine import Finding
from ecr_constructs.model.problem import Severity
from ecr_constructs.model.repository import Origin

RULE = "EcrGovernance-TagImmutability"
KNOWN_TO_CDK = f"EcrGovernance::{RULE}"


def told(*findings: Finding) -> CdkReport:
    return report_to_cdk(
        findings, name=lambda each: each.rule, fails=lambda each: each.severity is Severity.ERROR
    )


def test_error_that_counts_fails() -> None:
    report = told(finding())
    assert [(each.name, each.severity) for each in report.violations] == [(RULE, "error")]
    assert report.success is False


def test_what_cdk_takes_away_is_told_and_does_not_fail() -> None:
    report = told(finding(acknowledged="agreed", acknowledgements=(KNOWN_TO_CDK,)))
    assert [each.name for each in report.violations] == [RULE]
    assert (report.success, report.silenced) == (True, {})


@pytest.mark.parametrize("known", [(), (RULE,), (f"{KNOWN_TO_CDK}[x]",)])
def test_what_cdk_does_not_know_as_acknowledged_is_told_apart(known: tuple[str, ...]) -> None:
    report = told(finding(acknowledged="agreed", acknowledgements=known))
    assert (report.violations, report.success) == ((), True)
    assert report.silenced == {f"{RULE} at Main/Api": "agreed"}


@pytest.mark.parametrize(
    ("severity", "level"), [(Severity.WARNING, "warning"), (Severity.NOTE, "info")]
)
def test_what_does_not_fail_is_of_its_own_level(severity: Severity, level: str) -> None:
    report = told(finding(severity=severity))
    assert [each.severity for each in report.violations] == [level]
    assert report.success is True


def test_the_same_at_two_resources_is_one_violation() -> None:
    other = Origin("Main", "Web", "Main template.json", "Main/Web")
    (violation,) = told(finding(), finding(origin=other)).violations
    assert [each.place for each in violation.findings] == ["Main/Api", "Main/Web"]


@pytest.mark.parametrize("differing", [{"message": "other"}, {"fix": "other"}])
def test_what_is_said_otherwise_is_a_violation_of_its_own(differing: dict[str, str]) -> None:
    assert len(told(finding(), finding(**differing)).violations) == 2


@pytest.mark.parametrize(
    ("template", "stage"),
    [
        ("Main.template.json", ""),
        ("MainNested.nested.template.json", ""),
        ("assembly-Prod/ProdMain.template.json", "assembly-Prod/"),
    ],
)
def test_stacks_of_a_stage_are_in_its_folder(template: str, stage: str) -> None:
    found = [finding(origin=Origin("Main", "Api", template, "Main/Api"))]
    for folder in ("", "assembly-Prod/"):
        assert within(found, [f"{folder}Other.template.json"]) == found * (folder == stage)
