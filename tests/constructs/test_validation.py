"""The validation plugin: what it makes of a synthesis, and what it writes into CDK's report."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from cdk_nag import AwsSolutionsChecks
from tests.synthesis import ENVIRONMENT

from ecr_constructs import (
    Baseline,
    Control,
    Exemption,
    GovernedRegistry,
    GovernedRepository,
    TagMutability,
)
from ecr_constructs.checks import reading
from ecr_constructs.constructs.validation import EcrGovernanceValidation
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.problem import Severity
from ecr_constructs.nag import EcrGovernanceChecks

TAGS = "EcrGovernance-TagImmutability"


@pytest.fixture(name="app")
def _app(tmp_path: Path) -> cdk.App:
    """An app that a validation fails as it fails a user's."""
    return cdk.App(
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        outdir=str(tmp_path / "cdk.out"),
    )


@pytest.fixture(name="stack")
def _stack(app: cdk.App) -> cdk.Stack:
    return cdk.Stack(app, "Main", env=ENVIRONMENT)


def add(scope: cdk.Stage, plugin: Any) -> None:
    cdk.Validations.of(scope).add_plugins(plugin)


def report_of(app: cdk.App) -> Mapping[str, Any]:
    text = (Path(app.outdir) / "validation-report.json").read_text(encoding="utf-8")
    (report,) = json.loads(text)["pluginReports"]
    found: Mapping[str, Any] = report
    return found


def mutable(stack: cdk.Stack, construct_id: str = "Api") -> ecr.CfnRepository:
    """Define a repository of which one control is loosened, and nothing else is wrong."""
    repository = GovernedRepository(stack, construct_id)
    child = repository.node.default_child
    assert isinstance(child, ecr.CfnRepository)
    child.image_tag_mutability = "MUTABLE"
    return child


def test_error_fails_the_synthesis_and_says_what_to_write(app: cdk.App, stack: cdk.Stack) -> None:
    mutable(stack)
    add(app, EcrGovernanceValidation())
    with pytest.raises(RuntimeError, match="a tag pushed to the repository can be overwritten"):
        app.synth()
    report = report_of(app)
    assert (report["pluginName"], report["conclusion"]) == ("EcrGovernance", "failure")
    (violation,) = report["violations"]
    assert violation["ruleName"] == TAGS
    assert violation["severity"] == "error"
    assert violation["suggestedFix"].startswith("write IMMUTABLE")
    (found,) = violation["violatingConstructs"]
    assert found["constructPath"] == "Main/Api/Resource"
    assert found["cloudFormationResource"] == {
        "templatePath": "Main.template.json",
        "logicalId": "ApiF70053CD",
        "propertyPaths": ["Properties.ImageTagMutability"],
    }


def test_clean_app_is_synthesised(app: cdk.App, stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api")
    add(app, EcrGovernanceValidation())
    app.synth()


def test_warning_is_reported_and_fails_nothing(app: cdk.App, stack: cdk.Stack) -> None:
    child = GovernedRepository(stack, "Api").node.default_child
    assert isinstance(child, ecr.CfnRepository)
    child.cfn_options.deletion_policy = cdk.CfnDeletionPolicy.DELETE
    add(app, EcrGovernanceValidation())
    app.synth()
    assert report_of(app)["conclusion"] == "success"
    assert [v["severity"] for v in report_of(app)["violations"]] == ["warning"]


def test_warning_fails_the_synthesis_if_asked_to(app: cdk.App, stack: cdk.Stack) -> None:
    child = GovernedRepository(stack, "Api").node.default_child
    assert isinstance(child, ecr.CfnRepository)
    child.cfn_options.deletion_policy = cdk.CfnDeletionPolicy.DELETE
    add(app, EcrGovernanceValidation(fail_on=Severity.WARNING))
    with pytest.raises(RuntimeError, match="RetainOnDelete"):
        app.synth()


def test_what_cannot_be_told_is_a_warning_that_says_so(app: cdk.App, stack: cdk.Stack) -> None:
    mutable(stack).image_tag_mutability = cdk.CfnParameter(stack, "Mode").value_as_string
    add(app, EcrGovernanceValidation())
    app.synth()
    (violation,) = report_of(app)["violations"]
    assert violation["severity"] == "warning"
    assert violation["ruleMetadata"]["status"] == "unknown"


def test_nested_stacks_and_stages_are_checked(app: cdk.App, stack: cdk.Stack) -> None:
    mutable(cdk.NestedStack(stack, "Nested"))
    mutable(cdk.Stack(cdk.Stage(app, "Prod", env=ENVIRONMENT), "Main"))
    add(app, EcrGovernanceValidation())
    with pytest.raises(RuntimeError, match=TAGS):
        app.synth()
    (violation,) = report_of(app)["violations"]
    assert [each["constructPath"] for each in violation["violatingConstructs"]] == [
        "Main/Nested/Api/Resource",
        "Prod/Main/Api/Resource",
    ]


def test_plugin_of_a_stage_reports_on_that_stage(app: cdk.App, stack: cdk.Stack) -> None:
    mutable(stack)
    stage = cdk.Stage(app, "Prod", env=ENVIRONMENT)
    mutable(cdk.NestedStack(cdk.Stack(stage, "Main"), "Nested"))
    add(stage, EcrGovernanceValidation())
    with pytest.raises(RuntimeError, match=TAGS):
        app.synth()
    (violation,) = report_of(app)["violations"]
    (found,) = violation["violatingConstructs"]
    assert found["constructPath"] == "Prod/Main/Nested/Api/Resource"


@pytest.mark.parametrize("at", ["app", "stack", "construct", "resource"])
def test_acknowledged_finding_is_in_the_report_with_its_reason(
    app: cdk.App, stack: cdk.Stack, at: str
) -> None:
    child = mutable(stack)
    scope = {"app": app, "stack": stack, "construct": child.node.scope, "resource": child}[at]
    assert scope is not None
    cdk.Validations.of(scope).acknowledge(
        cdk.Acknowledgment(id=f"EcrGovernance::{TAGS}", reason="rebuilt every night")
    )
    add(app, EcrGovernanceValidation())
    app.synth()
    (suppressed,) = report_of(app)["suppressedViolations"]
    assert (suppressed["ruleName"], suppressed["reason"]) == (TAGS, "rebuilt every night")
    assert report_of(app)["violations"] == []


@pytest.mark.parametrize("at", ["app", "stack"])
def test_bare_id_is_honoured_and_shown_among_the_metadata(
    app: cdk.App, stack: cdk.Stack, at: str
) -> None:
    """CDK leaves a plugin out of its report that has nothing else to say: here it has."""
    mutable(stack)
    cdk.Validations.of({"app": app, "stack": stack}[at]).acknowledge(
        cdk.Acknowledgment(id=TAGS, reason="rebuilt every night")
    )
    add(app, EcrGovernanceValidation(select=["default", "RepositoryTags"]))
    app.synth()
    assert report_of(app)["metadata"] == {f"{TAGS} at Main/Api": "rebuilt every night"}


def test_acknowledgement_of_another_plugin_silences_nothing(app: cdk.App, stack: cdk.Stack) -> None:
    mutable(stack)
    cdk.Validations.of(stack).acknowledge(
        cdk.Acknowledgment(id=f"AwsSolutions::{TAGS}", reason="not this plugin's")
    )
    add(app, EcrGovernanceValidation())
    with pytest.raises(RuntimeError, match=TAGS):
        app.synth()


def test_finding_about_an_acknowledgement_names_its_construct(
    app: cdk.App, stack: cdk.Stack
) -> None:
    cdk.Validations.of(stack).acknowledge(
        cdk.Acknowledgment(id="EcrGovernance-TagImutability", reason="mistyped")
    )
    GovernedRepository(stack, "Api")
    add(app, EcrGovernanceValidation())
    app.synth()
    (violation,) = report_of(app)["violations"]
    assert violation["ruleName"] == "EcrGovernance-AcknowledgedRule"
    (found,) = violation["violatingConstructs"]
    assert found["constructPath"] == "Main"


def test_exemption_is_in_the_report_with_its_reason(app: cdk.App, stack: cdk.Stack) -> None:
    """It acknowledges the rules that it loosens by itself."""
    GovernedRepository(
        stack,
        "Api",
        image_tag_mutability=TagMutability.MUTABLE,
        exemptions=[Exemption(Control.TAG_IMMUTABILITY, reason="rebuilt every night")],
    )
    add(app, EcrGovernanceValidation())
    app.synth()
    (suppressed,) = report_of(app)["suppressedViolations"]
    assert (suppressed["ruleName"], suppressed["reason"]) == (TAGS, "rebuilt every night")


def test_control_that_is_loosened_later_is_acknowledged_too(app: cdk.App, stack: cdk.Stack) -> None:
    baseline = Baseline(
        exemptions=[Exemption(Control.ADMINISTRATIVE_ACCESS, reason="one team, two accounts")]
    )
    repository = GovernedRepository(stack, "Api", baseline=baseline)
    repository.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.AccountPrincipal("222222222222")], actions=["ecr:BatchDeleteImage"]
        )
    )
    add(app, EcrGovernanceValidation())
    app.synth()
    (suppressed,) = report_of(app)["suppressedViolations"]
    assert suppressed["ruleName"] == "EcrGovernance-AdministrativeAccess"


def test_exemption_of_a_template_is_acknowledged_at_it(app: cdk.App, stack: cdk.Stack) -> None:
    GovernedRegistry(stack, "Registry").add_creation_template(
        "nightly",
        applied_for=[AppliedFor.CREATE_ON_PUSH],
        image_tag_mutability=TagMutability.MUTABLE,
        exemptions=[Exemption(Control.TAG_IMMUTABILITY, reason="rebuilt every night")],
    )
    add(app, EcrGovernanceValidation())
    app.synth()
    (suppressed,) = report_of(app)["suppressedViolations"]
    assert (suppressed["ruleName"], suppressed["reason"]) == (TAGS, "rebuilt every night")
    (found,) = suppressed["violatingConstructs"]
    assert found["constructPath"].startswith("Main/Registry/")


def test_exemption_that_has_expired_acknowledges_nothing(app: cdk.App, stack: cdk.Stack) -> None:
    GovernedRepository(
        stack,
        "Api",
        image_tag_mutability=TagMutability.MUTABLE,
        exemptions=[
            Exemption(Control.TAG_IMMUTABILITY, reason="for now", expires=dt.date(2020, 1, 1))
        ],
    )
    add(app, EcrGovernanceValidation())
    with pytest.raises(RuntimeError, match="has expired on 2020-01-01"):
        app.synth()
    rules = [violation["ruleName"] for violation in report_of(app)["violations"]]
    assert rules == ["EcrGovernance-ExemptionExpired", TAGS]


def test_exemption_from_public_access_acknowledges_cdk_nags_rule_too(
    app: cdk.App, stack: cdk.Stack
) -> None:
    repository = GovernedRepository(
        stack, "Api", exemptions=[Exemption(Control.PUBLIC_ACCESS, reason="open data")]
    )
    repository.add_to_resource_policy(
        iam.PolicyStatement(principals=[iam.AnyPrincipal()], actions=["ecr:BatchGetImage"])
    )
    add(app, AwsSolutionsChecks())
    add(app, EcrGovernanceValidation())
    app.synth()


def test_nothing_is_acknowledged_without_an_exemption(app: cdk.App, stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api")
    metadata = (Path(app.synth().directory) / "Main.metadata.json").read_text(encoding="utf-8")
    assert "acknowledged-rules" not in metadata


def test_selected_rules_run_alone_and_ignored_ones_not(app: cdk.App, stack: cdk.Stack) -> None:
    mutable(stack)
    plugin = EcrGovernanceValidation(select=["RetainOnDelete"])
    assert plugin.rule_ids == ["EcrGovernance-RetainOnDelete"]
    add(app, plugin)
    add(app, EcrGovernanceValidation(ignore=["TagImmutability"]))
    app.synth()


def test_refuses_a_severity_that_is_none() -> None:
    none: Any = "fatal"
    sentence = r"^fail_on must be one of error, warning, note, got 'fatal'; write Severity.ERROR$"
    with pytest.raises(ConfigurationError, match=sentence):
        EcrGovernanceValidation(fail_on=none)
    unheard_of: dict[str, Any] = {"rules": ["TagImmutability"]}
    with pytest.raises(TypeError, match=r"; write select=$"):
        EcrGovernanceValidation(**unheard_of)


def test_refuses_a_rule_that_is_none() -> None:
    with pytest.raises(ConfigurationError, match="got 'Tags'; did you mean"):
        EcrGovernanceValidation(ignore=["Tags"])


def test_folder_is_read_once_for_all_doors(
    app: cdk.App, stack: cdk.Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = cdk.Stage(app, "Prod", env=ENVIRONMENT)
    GovernedRepository(cdk.Stack(stage, "Main"), "Api")
    GovernedRepository(stack, "Api")
    read: list[Path] = []
    original = reading.read_assembly

    def counted(path: Path) -> Any:
        read.append(path)
        return original(path)

    monkeypatch.setattr(reading, "read_assembly", counted)
    add(app, EcrGovernanceValidation())
    add(app, EcrGovernanceChecks())
    add(stage, EcrGovernanceValidation())
    app.synth()
    assert read == [Path(app.outdir)]


def test_second_synthesis_is_read_anew(app: cdk.App, stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api")
    add(app, EcrGovernanceValidation())
    app.synth()
    mutable(stack, "Late")
    with pytest.raises(RuntimeError, match=TAGS):
        app.synth(force=True)


def test_assembly_is_not_touched(app: cdk.App, stack: cdk.Stack) -> None:
    """CDK looks at every file before and after; the app says that it wants that."""
    GovernedRepository(stack, "Api")
    add(app, EcrGovernanceValidation())
    before = {path.name for path in Path(app.synth().directory).iterdir()}
    assert "Main.template.json" in before
    assert not [name for name in before if "ecr" in name.lower()]


def test_version_is_the_library_s() -> None:
    assert EcrGovernanceValidation().version == "0.1.0"
