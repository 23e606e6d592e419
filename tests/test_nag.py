"""The checks as a pack of cdk-nag 3, beside its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from cdk_nag import AwsSolutionsChecks
from tests.synthesis import ENVIRONMENT, ORGANIZATION

from ecr_constructs import GovernedRepository, Principals
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.nag import EcrGovernanceChecks

TAGS = "EcrGovernance-TagImmutability"
WILDCARD = "EcrGovernance-WildcardAction[Action::ecr:Put*]"


@pytest.fixture(name="app")
def _app(tmp_path: Path) -> cdk.App:
    return cdk.App(
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        outdir=str(tmp_path / "cdk.out"),
    )


@pytest.fixture(name="stack")
def _stack(app: cdk.App) -> cdk.Stack:
    return cdk.Stack(app, "Main", env=ENVIRONMENT)


def wildcard(stack: cdk.Stack) -> GovernedRepository:
    """Define a repository with one finding: a warning, of one wildcard."""
    repository = GovernedRepository(stack, "Api")
    repository.add_to_resource_policy(
        iam.PolicyStatement(principals=[iam.AccountPrincipal("111111111111")], actions=["ecr:Put*"])
    )
    return repository


def reports_of(app: cdk.App) -> Mapping[str, Any]:
    text = (Path(app.outdir) / "validation-report.json").read_text(encoding="utf-8")
    return {each["pluginName"]: each for each in json.loads(text)["pluginReports"]}


def rules_in(report: cdk.PolicyValidationPluginReport) -> list[str]:
    return [violation.rule_name for violation in report.violations]


def test_pack_stands_beside_cdk_nags_own(app: cdk.App, stack: cdk.Stack) -> None:
    """A pull of an organisation: its rule takes it for open, this one looks at the condition."""
    GovernedRepository(stack, "Api").allow_pull(Principals.organization(ORGANIZATION))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(), EcrGovernanceChecks())
    with pytest.raises(RuntimeError, match="AwsSolutions-ECR1"):
        app.synth()
    assert list(reports_of(app)) == ["AwsSolutions"]


def test_what_cdk_nag_passes_is_found(app: cdk.App, stack: cdk.Stack) -> None:
    bare = ecr.CfnRepository(stack, "Raw")
    bare.add_property_override(
        "RepositoryPolicyText",
        {"Statement": [{"Effect": "Allow", "NotPrincipal": "*", "Action": "ecr:BatchGetImage"}]},
    )
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(), EcrGovernanceChecks())
    with pytest.raises(RuntimeError, match="EcrGovernance-PublicPrincipal"):
        app.synth()
    assert list(reports_of(app)) == ["EcrGovernance"]


def test_ids_carry_what_was_found_in_brackets(stack: cdk.Stack) -> None:
    wildcard(stack)
    assert rules_in(EcrGovernanceChecks().validate_scope(stack)) == [WILDCARD]


def test_level_is_the_rules_and_every_level_fails(stack: cdk.Stack) -> None:
    wildcard(stack)
    report = EcrGovernanceChecks().validate_scope(stack)
    assert [violation.severity for violation in report.violations] == ["warning"]
    assert report.success is False


def test_clean_stack_succeeds(stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api")
    report = EcrGovernanceChecks().validate_scope(stack)
    assert (report.success, list(report.violations)) == (True, [])


def test_resources_are_named_by_their_construct(stack: cdk.Stack) -> None:
    wildcard(stack)
    (violation,) = EcrGovernanceChecks().validate_scope(stack).violations
    (found,) = violation.violating_resources
    assert found.construct_path == "Main/Api"
    assert found.resource_logical_id == "ApiF70053CD"


def test_scope_is_what_is_below_it(app: cdk.App, stack: cdk.Stack) -> None:
    wildcard(stack)
    other = cdk.Stack(app, "Main2", env=ENVIRONMENT)
    repository = wildcard(other)
    pack = EcrGovernanceChecks()
    assert [
        len(pack.validate_scope(each).violations[0].violating_resources)
        for each in (app, stack, repository)
    ] == [2, 1, 1]


@pytest.mark.parametrize(
    "acknowledged",
    [WILDCARD, f"EcrGovernance::{WILDCARD}", "EcrGovernance-WildcardAction"],
)
@pytest.mark.parametrize("at", ["app", "stack", "repository"])
def test_finding_is_acknowledged_by_itself_or_by_its_rule(
    app: cdk.App, stack: cdk.Stack, acknowledged: str, at: str
) -> None:
    repository = wildcard(stack)
    scope = {"app": app, "stack": stack, "repository": repository}[at]
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=acknowledged, reason="why"))
    assert EcrGovernanceChecks().validate_scope(stack).success is True
    cdk.Validations.of(app).add_plugins(EcrGovernanceChecks())
    app.synth(force=True)


def test_cdks_report_has_what_was_acknowledged_by_its_whole_id(
    app: cdk.App, stack: cdk.Stack
) -> None:
    repository = wildcard(stack)
    cdk.Validations.of(repository).acknowledge(
        cdk.Acknowledgment(id=f"EcrGovernance::{WILDCARD}", reason="agreed")
    )
    cdk.Validations.of(app).add_plugins(EcrGovernanceChecks())
    app.synth()
    (suppressed,) = reports_of(app)["EcrGovernance"]["suppressedViolations"]
    assert (suppressed["ruleName"], suppressed["reason"]) == (WILDCARD, "agreed")


def test_another_finding_of_the_rule_still_counts(stack: cdk.Stack) -> None:
    repository = wildcard(stack)
    cdk.Validations.of(repository).acknowledge(
        cdk.Acknowledgment(id="EcrGovernance-WildcardAction[Action::ecr:Get*]", reason="why")
    )
    assert EcrGovernanceChecks().validate_scope(stack).success is False


def test_verbose_says_why_the_rule_exists(stack: cdk.Stack) -> None:
    wildcard(stack)
    (short,) = EcrGovernanceChecks().validate_scope(stack).violations
    (long,) = EcrGovernanceChecks(verbose=True).validate_scope(stack).violations
    assert long.description.startswith(short.description)
    assert "allow what AWS adds later" in long.description


def test_acknowledgements_can_be_written_into_templates_as_cdk_nag_does(
    app: cdk.App, stack: cdk.Stack
) -> None:
    repository = wildcard(stack)
    cdk.Validations.of(repository).acknowledge(cdk.Acknowledgment(id=WILDCARD, reason="agreed"))
    EcrGovernanceChecks(app, write_suppressions_to_cloud_formation=True)
    app.synth()
    template = json.loads((Path(app.outdir) / "Main.template.json").read_text(encoding="utf-8"))
    metadata = template["Resources"]["ApiF70053CD"]["Metadata"]
    assert metadata["cdk_nag"] == {"rules_to_suppress": [{"id": WILDCARD, "reason": "agreed"}]}


def test_rules_can_be_selected(stack: cdk.Stack) -> None:
    wildcard(stack)
    pack = EcrGovernanceChecks(select=["TagImmutability"])
    assert (list(pack.rule_ids), pack.read_pack_name) == ([TAGS], "EcrGovernance")
    assert pack.validate_scope(stack).success is True


def test_refuses_a_rule_that_is_none() -> None:
    with pytest.raises(ConfigurationError, match="got 'Tags'; did you mean"):
        EcrGovernanceChecks(select=["Tags"])
