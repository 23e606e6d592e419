"""Every rule on the cases in ``cases``: as it stands, acknowledged, and in a nested stack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.checks.deployments import findings, write_assembly, write_template
from tests.checks.rules.cases.all_cases import CASES
from tests.checks.rules.cases.case import Case

from ecr_constructs.checks.engine import Finding
from ecr_constructs.checks.rules import CATALOGUE


def shown(found: Iterator[Finding] | tuple[Finding, ...]) -> list[str]:
    return sorted(f"{each.status} {each.place}" for each in found)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rule_finds_what_is_there_and_nothing_else(case: Case, tmp_path: Path) -> None:
    write_assembly(tmp_path, case.stacks, environments=case.environments)
    found = findings(tmp_path, select=[case.rule], account=None, region=None)
    assert shown(found) == sorted(case.found), [each.message for each in found]
    for each in found:
        assert each.rule == f"EcrGovernance-{case.rule}"
        assert each.message
        assert each.fix


@pytest.mark.parametrize("case", [c for c in CASES if c.found], ids=str)
@pytest.mark.parametrize("form", ["{rule}", "EcrGovernance::{rule}", "{finding}"])
def test_finding_can_be_acknowledged(case: Case, form: str, tmp_path: Path) -> None:
    """By its rule or by itself, on its construct; it is then found and does not count."""
    write_assembly(tmp_path / "before", case.stacks, environments=case.environments)
    before = findings(tmp_path / "before", select=[case.rule], account=None, region=None)
    acknowledged: dict[str, dict[str, str]] = {}
    for each in before:
        said = acknowledged.setdefault(each.place, {})
        said[form.format(rule=each.rule, finding=each.id)] = "agreed"
    write_assembly(tmp_path, case.stacks, acknowledged=acknowledged, environments=case.environments)
    after = findings(tmp_path, select=[case.rule], account=None, region=None)
    assert shown(after) == shown(before)
    assert {each.acknowledged for each in after} == {"agreed"}


ALONE = [c for c in CASES if len(c.stacks) == 1 and not c.environments]


@pytest.mark.parametrize("case", ALONE, ids=str)
def test_rule_finds_the_same_in_a_nested_stack(case: Case, tmp_path: Path) -> None:
    (template,) = case.stacks.values()
    nest(tmp_path, template)
    found = findings(tmp_path, select=[case.rule], account=None, region=None)
    below = [each.replace(" Main/", " Main/Nested/") for each in case.found]
    assert shown(found) == sorted(below)


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.name)
def test_rule_does_not_apply_to_what_is_no_registry(rule: Any, tmp_path: Path) -> None:
    others = {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}},
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
                }
            },
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": {"source": ["aws.ec2"]}},
        },
    }
    write_assembly(tmp_path, {"Main": {"Resources": others}})
    assert findings(tmp_path, select=[rule.name], account=None, region=None) == ()


#: Rules that always can tell, and why.
ALWAYS_TOLD = {
    "ReplicationPrefix": "it speaks of the names that are known",
    "PublicRepository": "a resource is there or it is not",
    "Deployable": "values that are not known are passed over: AWS judges them at deployment",
    "Doubtful": "likewise",
    "ExemptionReason": "metadata is text",
    "ExemptionExpired": "metadata is text",
    "ExemptionControl": "metadata is text",
}
#: Rules about what stands in no template; test_exemptions.py has their cases.
ELSEWHERE = {"AcknowledgementReason", "AcknowledgedRule"}


@pytest.mark.parametrize(
    "rule", [r for r in CATALOGUE if r.name not in ELSEWHERE], ids=lambda rule: rule.name
)
def test_every_rule_has_a_case_of_each_kind(rule: Any) -> None:
    cases = [case for case in CASES if case.rule == rule.name]
    found = {each.partition(" ")[0] for case in cases for each in case.found}
    wanted = {"fail"} if rule.name in ALWAYS_TOLD else {"fail", "unknown"}
    assert found == wanted
    assert [case for case in cases if not case.found], "a case that complies"


def nest(root: Path, template: Any) -> None:
    """Write an assembly whose one stack nests a template, as CDK does."""
    file = "MainNested.nested.template.json"
    parent = {
        "Nested": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": {"Fn::Sub": "https://${AWS::URLSuffix}/asset.json"}},
            "Metadata": {"aws:asset:path": file},
        }
    }
    write_assembly(root, {"Main": {"Resources": parent}})
    write_template(root / file, template)
    stack = root / "Main.metadata.json"
    entries = json.loads(stack.read_text(encoding="utf-8"))
    nested = "/Main/Nested.NestedStack/Nested.NestedStackResource"
    entries[nested] = entries.pop("/Main/Nested")
    for logical_id in template["Resources"]:
        entry = {"type": "aws:cdk:logicalId", "data": logical_id}
        entries[f"/Main/Nested/{logical_id}"] = [entry]
    write_template(stack, entries)
