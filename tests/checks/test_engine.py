from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from tests.checks.deployments import (
    ACCOUNT,
    REGION,
    TODAY,
    findings,
    found,
    repository,
    write_assembly,
)

from ecr_constructs.checks.engine import Finding, run_checks
from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.checks.selection import select_rules
from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.problem import Severity, Status
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.sources.assembly import read_assembly

RULE = "EcrGovernance-TagImmutability"
MUTABLE = repository(ImageTagMutability="MUTABLE")


def exempted(resource: dict[str, Any], **members: Any) -> dict[str, Any]:
    exemption = {"control": "tag-immutability", "reason": "rebuilt every night", **members}
    return resource | {"Metadata": {"EcrConstructs": {"exemptions": [exemption]}}}


def tags_finding(tmp_path: Path, resource: dict[str, Any]) -> Finding:
    (finding,) = found(tmp_path, {"Api": resource}, select=["TagImmutability"])
    return finding


def test_finding_says_what_where_and_the_way_out(tmp_path: Path) -> None:
    finding = tags_finding(tmp_path, MUTABLE)
    assert finding.to_json() == {
        "rule": RULE,
        "severity": "error",
        "status": "fail",
        "resource": None,
        "logical_id": "Api",
        "stack": "Main",
        "message": "a tag pushed to the repository can be overwritten: ImageTagMutability is"
        " MUTABLE",
        "fix": "write IMMUTABLE, or IMMUTABLE_WITH_EXCLUSION with the tags that move",
        "acknowledged": None,
    }
    assert (finding.place, finding.id, finding.counts) == ("Main/Api", RULE, True)


def test_worst_finding_comes_first(tmp_path: Path) -> None:
    other = repository(ImageTagMutability="MUTABLE", RepositoryName="payments/web")
    resources = {"A": MUTABLE | {"DeletionPolicy": "Delete"}, "B": other}
    got = [(f.severity, f.origin.logical_id) for f in found(tmp_path, resources)]
    assert got == [
        (Severity.ERROR, "A"),
        (Severity.ERROR, "B"),
        (Severity.WARNING, "A"),
    ]


def test_what_cannot_be_told_is_a_warning(tmp_path: Path) -> None:
    (finding,) = found(
        tmp_path,
        {"Api": repository(ImageTagMutability={"Ref": "Mode"})},
        select=["TagImmutability"],
        Parameters={"Mode": {"Type": "String"}},
    )
    assert (finding.severity, finding.status) == (Severity.WARNING, Status.UNKNOWN)


def test_exemption_silences_its_control_with_its_reason(tmp_path: Path) -> None:
    finding = tags_finding(tmp_path, exempted(MUTABLE))
    assert finding.acknowledged == "rebuilt every night"
    assert not finding.counts


def test_exemption_silences_no_other_control(tmp_path: Path) -> None:
    resource = exempted(MUTABLE, control="scan-on-push")
    assert tags_finding(tmp_path, resource).counts


@pytest.mark.parametrize(
    ("today", "counts"), [(dt.date(2026, 6, 30), False), (dt.date(2026, 7, 1), True)]
)
def test_exemption_holds_until_its_last_day(
    tmp_path: Path, *, today: dt.date, counts: bool
) -> None:
    template = {"Resources": {"Api": exempted(MUTABLE, expires="2026-06-30")}}
    path = tmp_path / "Main.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    (finding,) = findings(path, select=["TagImmutability"], today=today)
    assert finding.counts is counts
    assert ("has expired on 2026-06-30" in finding.message) is counts


def test_exemption_without_reason_silences_nothing(tmp_path: Path) -> None:
    assert tags_finding(tmp_path, exempted(MUTABLE, reason=" ")).counts


def test_second_exemption_takes_over_from_one_that_has_expired(tmp_path: Path) -> None:
    resource = exempted(MUTABLE, expires="2020-01-01")
    resource["Metadata"]["EcrConstructs"]["exemptions"].append(
        {"control": "tag-immutability", "reason": "still so"}
    )
    assert tags_finding(tmp_path, resource).acknowledged == "still so"


@pytest.mark.parametrize(
    "written", [RULE, f"Annotation::{RULE}", f"EcrGovernance::{RULE}"], ids=str
)
@pytest.mark.parametrize("path", ["Main", "Main/Api", "Main/Api/Resource"])
def test_acknowledgement_silences_in_each_of_cdks_forms(
    tmp_path: Path, written: str, path: str
) -> None:
    write_assembly(
        tmp_path, {"Main": {"Resources": {"Api": MUTABLE}}}, acknowledged={path: {written: "why"}}
    )
    (finding,) = findings(tmp_path, select=["TagImmutability"])
    assert finding.acknowledged == "why"
    assert finding.to_json()["resource"] == "Main/Api"


def test_acknowledgement_of_another_plugin_silences_nothing(tmp_path: Path) -> None:
    write_assembly(
        tmp_path,
        {"Main": {"Resources": {"Api": MUTABLE}}},
        acknowledged={"Main": {f"AwsSolutions::{RULE}": "why"}},
    )
    (finding,) = findings(tmp_path, select=["TagImmutability"])
    assert finding.counts


def test_acknowledgement_that_came_with_an_exemption_ends_with_it(tmp_path: Path) -> None:
    """A construct writes its exemptions down as acknowledgements too, which have no date."""
    resource = exempted(MUTABLE, expires="2020-01-01")
    said = {f"EcrGovernance::{RULE}": "rebuilt every night"}
    write_assembly(
        tmp_path, {"Main": {"Resources": {"Api": resource}}}, acknowledged={"Main/Api": said}
    )
    (finding,) = findings(tmp_path, select=["TagImmutability"])
    assert finding.counts


def test_acknowledgement_of_ones_own_outlives_an_exemption(tmp_path: Path) -> None:
    resource = exempted(MUTABLE, expires="2020-01-01")
    write_assembly(
        tmp_path,
        {"Main": {"Resources": {"Api": resource}}},
        acknowledged={"Main/Api": {RULE: "agreed with the team"}},
    )
    (finding,) = findings(tmp_path, select=["TagImmutability"])
    assert finding.acknowledged == "agreed with the team"


def test_acknowledgement_that_no_file_holds_can_be_given(tmp_path: Path) -> None:
    write_assembly(tmp_path, {"Main": {"Resources": {"Api": MUTABLE}}})
    (finding,) = run_checks(
        read_assembly(tmp_path),
        select_rules(CATALOGUE, select=["TagImmutability"]),
        today=TODAY,
        acknowledgements=[Acknowledgement(RULE, "for the whole app", "")],
    )
    assert finding.acknowledged == "for the whole app"


def test_what_is_in_no_template_is_known_by_its_name() -> None:
    """A live registry: repositories by their names, what it has once by its account and Region."""
    live = Registry(
        account=ACCOUNT,
        region=REGION,
        repositories=(Repository(repository_name="payments/api"),),
        scanning=Scanning.enhanced(),
    )
    rules = select_rules(CATALOGUE, select=["TagImmutability", "Doubtful"])
    found = run_checks(Deployment(registries=(live,)), rules, today=TODAY)
    assert [each.place for each in found] == ["payments/api", "111111111111 in eu-west-1"]


PARAMETER = {"Parameters": {"Policy": {"Type": "String"}}}


def unreadable(tmp_path: Path, **options: Any) -> tuple[Finding, ...]:
    resource = repository(LifecyclePolicy={"LifecyclePolicyText": {"Ref": "Policy"}})
    return found(tmp_path, {"Api": resource}, **options, **PARAMETER)


def test_what_cannot_be_told_for_one_reason_is_told_once(tmp_path: Path) -> None:
    (finding,) = unreadable(tmp_path)
    assert finding.rule == "EcrGovernance-LifecyclePolicy"
    assert "what the lifecycle policy does cannot be told" in finding.message
    assert finding.message.endswith("and 9 more rules cannot tell either")


def test_each_rule_tells_it_where_it_is_asked_alone(tmp_path: Path) -> None:
    (finding,) = unreadable(tmp_path, select=["LifecycleShielded"])
    assert finding.rule == "EcrGovernance-LifecycleShielded"
    assert "more rules" not in finding.message


def test_acknowledging_one_of_them_leaves_the_others(tmp_path: Path) -> None:
    resource = repository(LifecyclePolicy={"LifecyclePolicyText": {"Ref": "Policy"}})
    write_assembly(
        tmp_path,
        {"Main": {"Resources": {"Api": resource}, **PARAMETER}},
        acknowledged={"Main/Api": {"EcrGovernance-LifecyclePolicy": "set by the pipeline"}},
    )
    acknowledged, counting = sorted(findings(tmp_path), key=lambda each: each.counts)
    assert acknowledged.acknowledged == "set by the pipeline"
    assert counting.rule == "EcrGovernance-LifecycleGrammar"
    assert counting.message.endswith(", and 8 more rules cannot tell either")


def test_same_question_at_two_resources_is_two_findings(tmp_path: Path) -> None:
    resource = repository(
        RepositoryName=None, LifecyclePolicy={"LifecyclePolicyText": {"Ref": "Policy"}}
    )
    assert len(found(tmp_path, {"Api": resource, "Web": resource}, **PARAMETER)) == 2


def test_registry_that_is_elsewhere_is_told_by_what_it_is_handed(tmp_path: Path) -> None:
    """One other rule asks the same, and is named."""
    destination = {"Region": "eu-central-1", "RegistryId": "333333333333"}
    rules = {"ReplicationConfiguration": {"Rules": [{"Destinations": [destination]}]}}
    resource = {"Type": "AWS::ECR::ReplicationConfiguration", "Properties": rules}
    (finding,) = found(
        tmp_path, {"R": resource}, select=["ReplicationPermission", "ReplicationTemplate"]
    )
    other = "EcrGovernance-ReplicationTemplate"
    assert finding.message.endswith(f"not in this assembly, and {other} cannot tell either")
    assert finding.fix == (
        "have its owner apply what registry.replicate_to(...) writes to Main.hand-over.json, beside"
        " the template, then acknowledge this"
    )


@pytest.mark.parametrize(
    ("scan_type", "filters", "flag", "fix"),
    [
        ("ENHANCED", [], True, "Scanning.enhanced(continuous=['*'])), or on_push=['*'] there"),
        ("ENHANCED", ["web/*"], False, "Scanning.enhanced(continuous=['*'])), or on_push"),
        ("BASIC", ["web/*"], True, "GovernedRegistry(scanning=Scanning.basic(on_push=['*']))"),
        ("BASIC", [], False, "Scanning.basic(on_push=['*'])), or ScanOnPush: true"),
    ],
)
def test_what_is_proposed_scans(
    tmp_path: Path, scan_type: str, filters: list[str], *, flag: bool, fix: str
) -> None:
    rules = [
        {
            "ScanFrequency": "SCAN_ON_PUSH",
            "RepositoryFilters": [{"Filter": each, "FilterType": "WILDCARD"}],
        }
        for each in filters
    ]
    resources = {
        "Api": repository(ImageScanningConfiguration={"ScanOnPush": flag}),
        "S": {
            "Type": "AWS::ECR::RegistryScanningConfiguration",
            "Properties": {"ScanType": scan_type, "Rules": rules},
        },
    }
    (finding,) = found(tmp_path, resources, select=["ImageScanning"])
    assert fix in finding.fix
    assert ("ScanOnPush" in finding.fix) is ("ScanOnPush" in fix)
