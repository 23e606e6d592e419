"""What Amazon ECR takes as account settings, and what of them a template says."""

from __future__ import annotations

import pytest
from botocore.session import get_session

from ecr_constructs.model.account_setting import (
    AccountSetting,
    AccountSettingName,
    setting_set_problems,
)
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Unresolved

ORIGIN = Origin(stack="Main", logical_id="Setting", template="Main.template.json")
EVERY = (
    AccountSetting.basic_scan_type_version(),
    AccountSetting.registry_policy_scope(),
    AccountSetting.blob_mounting(),
    AccountSetting.blob_mounting(enabled=False),
)


@pytest.mark.parametrize("setting", EVERY, ids=lambda each: f"{each.name}-{each.value}")
def test_each_setting_is_one_that_the_service_model_names(setting: AccountSetting) -> None:
    service = get_session().get_service_model("ecr")
    members = service.operation_model("PutAccountSetting").input_shape.members
    assert f"<code>{setting.name}</code>" in members["name"].documentation
    assert f"<code>{setting.value}</code>" in members["value"].documentation
    assert not setting.problems()


def test_every_setting_has_a_factory() -> None:
    assert {setting.name for setting in EVERY} == set(AccountSettingName)


@pytest.mark.parametrize("setting", EVERY, ids=lambda each: f"{each.name}-{each.value}")
def test_a_template_is_read_as_what_was_written(setting: AccountSetting) -> None:
    resource = {"Properties": setting.to_cfn()}
    assert AccountSetting.from_cfn(resource, ORIGIN) == (setting, [])
    assert setting.normalise() == setting


def test_a_live_setting_is_read() -> None:
    live = AccountSetting.from_api({"name": "BLOB_MOUNTING", "value": "ENABLED"})
    assert live == AccountSetting.blob_mounting()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "BLOB_MOUNT",
            "ENABLED",
            (
                "name must be one of BASIC_SCAN_TYPE_VERSION, BLOB_MOUNTING, REGISTRY_POLICY_SCOPE,"
                " got 'BLOB_MOUNT'; write AccountSetting.blob_mounting(), or another of its kin"
            ),
        ),
        (
            "BLOB_MOUNTING",
            "true",
            (
                "the value of BLOB_MOUNTING must be ENABLED or DISABLED, got 'true'; write"
                " AccountSetting.blob_mounting()"
            ),
        ),
        (
            "REGISTRY_POLICY_SCOPE",
            "V1",
            (
                "the value of REGISTRY_POLICY_SCOPE must be V2, got 'V1'; under V1 a registry"
                " policy covers three actions only: write AccountSetting.registry_policy_scope()"
            ),
        ),
        (
            "BASIC_SCAN_TYPE_VERSION",
            "CLAIR",
            (
                "the value of BASIC_SCAN_TYPE_VERSION must be AWS_NATIVE, got 'CLAIR'; AWS ended"
                " scanning by Clair on 2 February 2026: write"
                " AccountSetting.basic_scan_type_version()"
            ),
        ),
    ],
)
def test_refuses_what_ecr_does_not_take(name: str, value: str, said: str) -> None:
    (problem,) = AccountSetting(name=name, value=value).problems()
    assert problem.sentence.removeprefix(f"{problem.path}: ") == said


def test_what_is_known_at_deployment_alone_is_not_judged() -> None:
    unknown = Unresolved.of("Parameter")
    assert not AccountSetting(name=unknown, value="V1").problems()
    assert not AccountSetting(name="BLOB_MOUNTING", value=unknown).problems()
    assert not AccountSetting(name="BLOB_MOUNTING", value="${Token[TOKEN.1]}").problems()


def test_what_is_no_text_is_malformed_and_not_known() -> None:
    setting, problems = AccountSetting.from_cfn({"Properties": {"Name": [1]}}, ORIGIN)
    assert [each.path for each in problems] == ["Properties.Name"]
    assert isinstance(setting.name, Unresolved)


def test_refuses_a_setting_that_is_given_twice() -> None:
    twice = [AccountSetting.blob_mounting(), AccountSetting.blob_mounting(enabled=False)]
    (problem,) = setting_set_problems([*twice, AccountSetting.registry_policy_scope()])
    assert problem.sentence == (
        "account_settings: an account setting must be given once, got 'BLOB_MOUNTING' 2 times;"
        " drop one"
    )
