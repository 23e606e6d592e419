"""Templates as found in the field, and what the rules find in each, reviewed by hand.

``reviewed.json`` has a line for each finding: severity, with ``?`` where it cannot
be told and ``-`` where it is exempted, the rule and the resource. A line that
changes is to be judged again, on the template itself: is it there, is it true, is
it worth a reader's time?
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from tests.checks.deployments import TODAY, findings

from ecr_constructs.checks.engine import Finding
from ecr_constructs.checks.rules import RULES
from ecr_constructs.model.problem import Status

HERE: Final = Path(__file__).parent
TEMPLATES: Final = sorted((HERE / "templates").iterdir())
REVIEWED: Final[dict[str, list[str]]] = json.loads(
    (HERE / "reviewed.json").read_text(encoding="utf-8")
)

#: What a template of the field must never be blamed for, and what must never be missed.
SAFE: Final = {"04-organisation-pull.yaml", "05-organisation-units.json", "42-endpoint-only.yaml"}
OPEN: Final = {
    "06-notprincipal.yaml",
    "07-string-policy-from-terraform.yaml",
    "21-registry-policy-open.json",
    "29-template-open.json",
    "35-public-repository.yaml",
    "41-conditions-that-do-nothing.yaml",
    "49-deny-takes-back.yaml",
    "50-conditions-together.yaml",
}


def line(finding: Finding) -> str:
    mark = "?" if finding.status is Status.UNKNOWN else ""
    mark += "" if finding.counts else "-"
    rule = finding.rule.removeprefix("EcrGovernance-")
    return f"{finding.severity}{mark} {rule} {finding.origin.logical_id}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_findings_are_those_that_were_reviewed(template: Path) -> None:
    found = findings(template, select=["default"], today=TODAY)
    assert [line(each) for each in found] == REVIEWED[template.name]


def test_corpus_is_large_enough_and_whole() -> None:
    assert len(TEMPLATES) >= 40
    assert {path.name for path in TEMPLATES} == set(REVIEWED)


def test_corpus_has_most_rules() -> None:
    seen = {each.split(" ")[1] for lines in REVIEWED.values() for each in lines}
    missing = {rule.name for rule in RULES} - seen
    # What takes two stacks, or CDK's own metadata, is in tests/checks.
    assert missing <= {
        "AcknowledgedRule",
        "AcknowledgementReason",
        "LifecycleUnverified",
        "ReplicationChain",
    }


@pytest.mark.parametrize("name", sorted(SAFE))
def test_bounded_pull_is_not_taken_for_open(name: str) -> None:
    assert not [each for each in REVIEWED[name] if "PublicPrincipal" in each]


@pytest.mark.parametrize("name", sorted(OPEN))
def test_open_policy_is_not_missed(name: str) -> None:
    assert [each for each in REVIEWED[name] if each.startswith("error PublicPrincipal")]
