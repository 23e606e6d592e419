"""Account settings, which a function sets that CloudFormation really runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import aws_cdk as cdk
import pytest
from tests.deploy.apps import Assemble, Deploy
from tests.deploy.cdk_cli import CdkError
from tests.deploy.conftest import Aws

from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.account_setting import RESOURCE_TYPE, AccountSetting

pytestmark = pytest.mark.deploy

NAME: Final = "BLOB_MOUNTING"


def settings(stack: cdk.Stack, **overrides: str) -> None:
    """Enable blob mounting, with properties overridden, ``Value`` of what has one."""
    GovernedRegistry(stack, "Registry", account_settings=[AccountSetting.blob_mounting()])
    for construct in stack.node.find_all():
        if isinstance(construct, cdk.CustomResource):
            resource = construct.node.default_child
            assert isinstance(resource, cdk.CfnResource)
            for name, text in overrides.items():
                if name != "Value" or resource.cfn_resource_type == RESOURCE_TYPE:
                    resource.add_property_override(name, text)


def value(aws: Aws) -> str:
    answer: str = aws("ecr").get_account_setting(name=NAME)["value"]
    return answer


def update(aws: Aws, assembly: Path) -> None:
    """Update the stack without the command line, which asks every five seconds alone."""
    cloudformation = aws("cloudformation")
    template = (assembly / "Main.template.json").read_text(encoding="utf-8")
    cloudformation.update_stack(
        StackName="Main", TemplateBody=template, Capabilities=["CAPABILITY_IAM"]
    )
    waiter = cloudformation.get_waiter("stack_update_complete")
    waiter.wait(StackName="Main", WaiterConfig={"Delay": 0.2, "MaxAttempts": 100})


def test_a_setting_is_set_and_put_back_when_it_leaves_the_app(
    deploy: Deploy, assemble: Assemble, aws: Aws
) -> None:
    assert value(aws) == "DISABLED"
    deploy(settings)
    assert value(aws) == "ENABLED"
    # An update of all that there is, which finds ENABLED and must not take it for the old value.
    update(aws, assemble(lambda stack: settings(stack, ServiceTimeout="301")))
    assert value(aws) == "ENABLED"
    update(aws, assemble(lambda stack: cdk.CfnWaitConditionHandle(stack, "Other")))
    assert value(aws) == "DISABLED"
    assert not aws("lambda").list_functions()["Functions"]


def test_fails_to_deploy_what_ecr_refuses_and_rolls_back(deploy: Deploy, aws: Aws) -> None:
    with pytest.raises(CdkError, match="InvalidParameterException"):
        deploy(lambda stack: settings(stack, Value="true"))
    assert value(aws) == "DISABLED"
