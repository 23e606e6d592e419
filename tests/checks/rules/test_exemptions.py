"""What was acknowledged with CDK, which stands in no template."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.checks.deployments import findings, repository, write_assembly

RULE = "EcrGovernance-TagImmutability"


def said(tmp_path: Path, rule: str, *acknowledged: tuple[str, str, str]) -> list[tuple[str, str]]:
    """Return what a rule says of acknowledgements: at a path, an id, a reason."""
    by_path: dict[str, dict[str, str]] = {}
    for path, written, reason in acknowledged:
        by_path.setdefault(path, {})[written] = reason
    write_assembly(tmp_path, {"Main": {"Resources": {"Api": repository()}}}, acknowledged=by_path)
    return [(each.place, each.message) for each in findings(tmp_path, select=[rule])]


@pytest.mark.parametrize("written", [RULE, f"EcrGovernance::{RULE}", f"{RULE}[x]"])
def test_acknowledgement_without_a_reason_is_told(tmp_path: Path, written: str) -> None:
    ((place, message),) = said(tmp_path, "AcknowledgementReason", ("Main/Api", written, " "))
    assert place == "Main/Api"
    assert "is acknowledged without a reason" in message


def test_acknowledgement_with_a_reason_is_fine(tmp_path: Path) -> None:
    assert said(tmp_path, "AcknowledgementReason", ("Main/Api", RULE, "rebuilt")) == []
    assert said(tmp_path, "AcknowledgedRule", ("Main/Api", RULE, "rebuilt")) == []


@pytest.mark.parametrize("rule", ["AcknowledgementReason", "AcknowledgedRule"])
@pytest.mark.parametrize("written", ["AwsSolutions::AwsSolutions-ECR1", "AwsSolutions-ECR1"])
def test_acknowledgement_of_anothers_rule_is_no_concern(
    tmp_path: Path, rule: str, written: str
) -> None:
    assert said(tmp_path, rule, ("Main", written, "")) == []


@pytest.mark.parametrize(
    "written",
    [
        "EcrGovernance-TagImutability",
        "EcrGovernance::EcrGovernance-TagImutability",
        "EcrGovernance::TagImmutability",
    ],
)
def test_acknowledgement_of_a_rule_that_is_none_is_told(tmp_path: Path, written: str) -> None:
    ((place, message),) = said(tmp_path, "AcknowledgedRule", ("Main", written, "why"))
    assert place == "Main"
    assert "there is no such rule: it silences nothing" in message


def test_closest_rule_is_named(tmp_path: Path) -> None:
    write_assembly(
        tmp_path,
        {"Main": {"Resources": {"Api": repository()}}},
        acknowledged={"Main": {"EcrGovernance-TagImutability": "why"}},
    )
    (finding,) = findings(tmp_path, select=["AcknowledgedRule"])
    assert finding.fix == f"write {RULE!r}"
    assert finding.to_json()["resource"] == "Main"


def test_rules_about_acknowledgements_can_be_acknowledged(tmp_path: Path) -> None:
    write_assembly(
        tmp_path,
        {"Main": {"Resources": {"Api": repository()}}},
        acknowledged={
            "Main/Api": {RULE: "", "EcrGovernance-AcknowledgementReason": "told in the wiki"}
        },
    )
    (finding,) = findings(tmp_path, select=["AcknowledgementReason"])
    assert finding.acknowledged == "told in the wiki"
