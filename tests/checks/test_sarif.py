from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.checks.deployments import found, repository

from ecr_constructs.checks.engine import Finding
from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.checks.sarif import to_sarif
from ecr_constructs.model.problem import Severity, Status
from ecr_constructs.model.repository import Origin

ORIGIN = Origin("Main", "Api", "Main template.json", "Main/Api")


def finding(**members: Any) -> Finding:
    given: dict[str, Any] = {
        "rule": "EcrGovernance-TagImmutability",
        "severity": Severity.ERROR,
        "status": Status.FAIL,
        "origin": ORIGIN,
        "message": "what is there",
        "fix": "what to write",
        **members,
    }
    return Finding(**given)


def run_of(*findings: Finding, line: int | None = 7) -> dict[str, Any]:
    log = to_sarif(
        findings, CATALOGUE, locate=lambda origin: (origin.template, line), version="1.2.3"
    )
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = log["runs"][0]
    return run


def test_result_points_to_its_rule_and_to_the_line_of_the_resource() -> None:
    run = run_of(finding())
    (result,) = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "EcrGovernance-TagImmutability"
    assert result["message"]["text"] == "what is there; what to write"
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "Main%20template.json"},
        "region": {"startLine": 7},
    }
    assert location["logicalLocations"] == [
        {"name": "Api", "fullyQualifiedName": "Main/Api", "kind": "resource"}
    ]


def test_line_that_cannot_be_found_is_left_out() -> None:
    (result,) = run_of(finding(), line=None)["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]


def test_levels_are_sarifs_own() -> None:
    levels = [each["level"] for each in run_of(*map(of_severity, Severity))["results"]]
    assert levels == ["error", "warning", "note"]


def of_severity(severity: Severity) -> Finding:
    return finding(severity=severity)


def test_acknowledged_finding_is_suppressed_with_its_reason() -> None:
    counting, silenced = run_of(finding(), finding(acknowledged="agreed"))["results"]
    assert "suppressions" not in counting
    assert silenced["suppressions"] == [{"kind": "external", "justification": "agreed"}]


def test_what_cannot_be_told_says_so() -> None:
    (result,) = run_of(finding(status=Status.UNKNOWN))["results"]
    assert result["properties"]["status"] == "unknown"


def test_fingerprint_stays_when_the_line_and_the_words_change() -> None:
    def prints(*findings: Finding, line: int) -> list[str]:
        results = run_of(*findings, line=line)["results"]
        return [each["partialFingerprints"]["finding/v1"] for each in results]

    same = prints(finding(), line=7) + prints(finding(message="in other words"), line=99)
    assert len(set(same)) == 1
    assert len(set(prints(finding(), finding(detail="Action::ecr:*"), line=7))) == 2


def test_every_rule_is_described(tmp_path: Path) -> None:
    mutable = repository(ImageTagMutability="MUTABLE")
    run = run_of(*found(tmp_path, {"Api": mutable}))
    for described, rule in zip(run["tool"]["driver"]["rules"], CATALOGUE, strict=True):
        assert described["id"] == rule.id
        assert described["helpUri"].startswith("https://")
        assert described["help"]["text"] == rule.remediation
