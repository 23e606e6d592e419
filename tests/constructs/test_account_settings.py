"""Account settings: a function and two resources each, where they are asked for alone."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks
from tests.synthesis import OTHER_ACCOUNT, new_app, new_stack, synthesise, template_of

from ecr_constructs import (
    ConfigurationError,
    Control,
    Exemption,
    GovernedRepository,
    Principals,
)
from ecr_constructs.checks.engine import run_checks
from ecr_constructs.checks.rules import RULES
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.account_setting import AccountSetting
from ecr_constructs.sources.assembly import read_assembly

EVERY: Final = (
    AccountSetting.basic_scan_type_version(),
    AccountSetting.blob_mounting(enabled=False),
    AccountSetting.registry_policy_scope(),
)
FUNCTION: Final = "RegistryAccountSettingsFunction3BF47EEE"
EARLIER: Final = "RegistryAccountSettingsBlobMountingEarlierE133A877"


def resources_of(stack: cdk.Stack, kind: str) -> dict[str, dict[str, Any]]:
    return {
        logical_id: resource
        for logical_id, resource in template_of(stack)["Resources"].items()
        if resource["Type"] == kind
    }


def test_without_settings_there_is_no_function() -> None:
    stack = new_stack()
    GovernedRegistry(stack, "Registry", account_settings=[]).add_repository("Api")
    assert list(template_of(stack)["Resources"]) == ["RegistryApi566C2B55"]


def test_each_setting_is_two_resources_of_one_function(stack: cdk.Stack) -> None:
    GovernedRegistry(stack, "Registry", account_settings=EVERY)
    kinds = Counter(each["Type"] for each in template_of(stack)["Resources"].values())
    assert kinds == {
        "AWS::IAM::Role": 1,
        "AWS::Lambda::Function": 1,
        "Custom::EcrAccountSetting": 3,
        "Custom::EcrAccountSettingEarlier": 3,
    }


def test_a_setting_takes_what_was_before_from_what_remembers_it() -> None:
    stack = new_stack()
    GovernedRegistry(stack, "Registry", account_settings=[AccountSetting.blob_mounting()])
    token = {"Fn::GetAtt": [FUNCTION, "Arn"]}
    (setting,) = resources_of(stack, "Custom::EcrAccountSetting").values()
    assert setting == {
        "Type": "Custom::EcrAccountSetting",
        "Properties": {
            "ServiceToken": token,
            "ServiceTimeout": "300",
            "Name": "BLOB_MOUNTING",
            "Value": "ENABLED",
            "Earlier": {"Fn::GetAtt": [EARLIER, "Value"]},
        },
        "UpdateReplacePolicy": "Delete",
        "DeletionPolicy": "Delete",
    }
    (earlier,) = resources_of(stack, "Custom::EcrAccountSettingEarlier").items()
    assert earlier == (
        EARLIER,
        {
            "Type": "Custom::EcrAccountSettingEarlier",
            # Without the value: a change of it must not touch this one.
            "Properties": {
                "ServiceToken": token,
                "ServiceTimeout": "300",
                "Name": "BLOB_MOUNTING",
            },
            "UpdateReplacePolicy": "Delete",
            "DeletionPolicy": "Delete",
        },
    )


def test_the_function_may_do_nothing_else() -> None:
    stack = new_stack()
    GovernedRegistry(stack, "Registry", account_settings=EVERY)
    (role,) = resources_of(stack, "AWS::IAM::Role").values()
    assert "ManagedPolicyArns" not in role["Properties"]
    (policy,) = role["Properties"]["Policies"]
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["ecr:GetAccountSetting", "ecr:PutAccountSetting"],
            "Resource": "*",
        }
    ]


def test_the_function_runs_the_handler_as_it_is() -> None:
    stack = new_stack()
    GovernedRegistry(stack, "Registry", account_settings=EVERY)
    (function,) = resources_of(stack, "AWS::Lambda::Function").values()
    properties = function["Properties"]
    names: dict[str, Any] = {}
    exec(properties["Code"]["ZipFile"], names)  # noqa: S102 - it is what Lambda does
    assert properties["Handler"] == "index.handler"
    assert callable(names["handler"])


def test_the_order_of_the_settings_does_not_matter() -> None:
    templates = []
    for settings in (EVERY, reversed(EVERY)):
        stack = new_stack(new_app(validate=False))
        GovernedRegistry(stack, "Registry", account_settings=settings)
        templates.append(template_of(stack))
    assert templates[0] == templates[1]


@pytest.mark.parametrize("is_first", [True, False])
def test_the_registry_policy_waits_for_its_scope(*, is_first: bool) -> None:
    stack = new_stack()

    def contribute() -> None:
        GovernedRegistry.of(stack).allow(
            Principals.account(OTHER_ACCOUNT), actions=["ecr:BatchGetImage"]
        )

    if is_first:
        contribute()
    GovernedRegistry(stack, "Registry", account_settings=EVERY)
    if not is_first:
        contribute()
    (policy,) = resources_of(stack, "AWS::ECR::RegistryPolicy").values()
    assert policy["DependsOn"] == ["RegistryAccountSettingsRegistryPolicyScope5828567A"]


def test_the_registry_policy_waits_for_no_other_setting() -> None:
    stack = new_stack()
    registry = GovernedRegistry(
        stack, "Registry", account_settings=[AccountSetting.blob_mounting()]
    )
    registry.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:BatchGetImage"])
    (policy,) = resources_of(stack, "AWS::ECR::RegistryPolicy").values()
    assert "DependsOn" not in policy


def test_the_settings_are_read_back() -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app), "Registry", account_settings=reversed(EVERY))
    synthesise(app, lint=False)
    deployment = read_assembly(Path(app.outdir))
    assert deployment.registries[0].account_settings == EVERY
    assert deployment.malformed == ()


def test_a_value_may_be_known_at_deployment_alone() -> None:
    stack = new_stack()
    value = cdk.CfnParameter(stack, "Mounting", default="ENABLED").value_as_string
    GovernedRegistry(
        stack, "Registry", account_settings=[AccountSetting(name="BLOB_MOUNTING", value=value)]
    )
    (setting,) = resources_of(stack, "Custom::EcrAccountSetting").values()
    assert setting["Properties"]["Value"] == {"Ref": "Mounting"}


def test_cdk_nag_has_nothing_to_say_and_tells_why(tmp_path: Path) -> None:
    app = new_app(outdir=tmp_path)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks())
    GovernedRegistry(new_stack(app), "Registry", account_settings=EVERY)
    app.synth()
    metadata = json.loads((tmp_path / "Stack.metadata.json").read_text(encoding="utf-8"))
    said = json.dumps(metadata["/Stack/Registry/AccountSettings"])
    assert "AwsSolutions::AwsSolutions-IAM5[Resource::*]" in said
    assert "IAM knows no resource for the two actions" in said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            [AccountSetting(name="REGISTRY_POLICY_SCOPE", value="V1")],
            r"must be V2, got 'V1'; under V1 .* write AccountSetting.registry_policy_scope\(\)",
        ),
        (
            [AccountSetting.blob_mounting(), AccountSetting.blob_mounting(enabled=False)],
            "must be given once, got 'BLOB_MOUNTING' 2 times; drop one",
        ),
        (
            [AccountSetting(name="${Token[TOKEN.1]}", value="V2")],
            "must be known at synthesis, got a token; write AccountSetting.blob_mounting",
        ),
        (
            {"BLOB_MOUNTING": "ENABLED"},
            r"must be AccountSettings, got 'BLOB_MOUNTING'; write \[AccountSetting.blob_mounting",
        ),
        (
            "BLOB_MOUNTING",
            r"must be a list of AccountSettings, got 'BLOB_MOUNTING'; write \[AccountSetting",
        ),
    ],
)
def test_refuses_what_no_registry_can_have(refusing: cdk.Stack, settings: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        GovernedRegistry(refusing, "Registry", account_settings=settings)


def test_refuses_a_repository_under_the_id_of_the_settings(stack: cdk.Stack) -> None:
    registry = GovernedRegistry(stack, "Registry")
    with pytest.raises(ConfigurationError, match="got 'AccountSettings'; write 'AccountSettingsR"):
        registry.add_repository("AccountSettings")
    GovernedRepository(registry, "Api")


def test_a_second_owner_sets_them_for_the_reason_that_it_has() -> None:
    app = new_app(validate=False)
    setting = [AccountSetting.blob_mounting()]
    GovernedRegistry(new_stack(app, "First"), "Registry", account_settings=setting)
    reason = Exemption(Control.SINGLE_OWNER, "until the two teams are one")
    GovernedRegistry(
        new_stack(app, "Second"), "Registry", account_settings=setting, exemptions=[reason]
    )
    synthesise(app, lint=False)
    findings = run_checks(read_assembly(Path(app.outdir)), RULES, today=dt.date(2026, 11, 24))
    (found,) = (each for each in findings if each.rule == "EcrGovernance-SingleOwner")
    assert found.message.startswith("a registry has one account setting BLOB_MOUNTING, and First/")
    assert found.acknowledged == reason.reason
