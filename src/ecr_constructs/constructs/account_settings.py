"""The account settings of a registry, which CloudFormation has no type for.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_constructs.constructs.cfn_registry import record_exemptions
from ecr_constructs.constructs.registry_context import RegistryContext
from ecr_constructs.model.account_setting import (
    RESOURCE_TYPE,
    AccountSetting,
    AccountSettingName,
    setting_set_problems,
)
from ecr_constructs.model.policy import VERSION
from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.unresolved import is_known

#: What remembers the value of before; see the handler.
_EARLIER_TYPE: Final = f"{RESOURCE_TYPE}Earlier"
_RUNTIME: Final = "python3.14"
#: A call to Amazon ECR takes a second; the rest is for throttling.
_FUNCTION_SECONDS: Final = 60
#: CloudFormation waits for an hour unless it is told.
_WAIT_MINUTES: Final = 5
_IDS: Final[Mapping[str, str]] = {
    AccountSettingName.BASIC_SCAN_TYPE_VERSION: "BasicScanTypeVersion",
    AccountSettingName.BLOB_MOUNTING: "BlobMounting",
    AccountSettingName.REGISTRY_POLICY_SCOPE: "RegistryPolicyScope",
}


class AccountSettings:
    """The account settings of a registry: a function, and two custom resources for each.

    The first of the two changes nothing and remembers, in its physical id, what
    was set before. The second sets the value, and puts back in the end what the
    first remembers, unless somebody has changed the setting since or Amazon ECR
    does not take the old value any more. So neither an update nor a request that
    CloudFormation repeats makes it forget.

    The role may do ``ecr:GetAccountSetting`` and ``ecr:PutAccountSetting`` and
    nothing else, not even write logs: what goes wrong stands in the events of
    the stack.

    Args:
        context: The registry.
        settings: What to set; nothing is wrong with it, and no name comes twice.
    """

    def __init__(self, context: RegistryContext, settings: Iterable[AccountSetting]) -> None:
        scope = Construct(context.owner, "AccountSettings")
        function, wait = _function(scope), cdk.Duration.minutes(_WAIT_MINUTES)
        resource: Final[dict[str, cdk.CustomResource]] = {}
        for setting in settings:
            place = Construct(scope, _IDS[str(setting.name)])
            earlier = cdk.CustomResource(
                place,
                "Earlier",
                service_token=function,
                service_timeout=wait,
                resource_type=_EARLIER_TYPE,
                properties={"Name": str(setting.name)},
            )
            own = resource[str(setting.name)] = cdk.CustomResource(
                place,
                "Resource",
                service_token=function,
                service_timeout=wait,
                resource_type=RESOURCE_TYPE,
                properties={**setting.to_cfn(), "Earlier": earlier.get_att_string("Value")},
            )
            record_exemptions(cast("cdk.CfnResource", own.node.default_child), context.beside)
        #: What sets the scope of the registry policy; None where nothing does.
        self.policy_scope: Final = resource.get(AccountSettingName.REGISTRY_POLICY_SCOPE)


def account_setting_problems(settings: Iterable[AccountSetting]) -> Iterator[Problem]:
    """Yield what is wrong with the settings that a registry is given."""
    given = tuple(settings)
    for index, setting in enumerate(given):
        path = f"account_settings[{index}]"
        if not is_known(setting.name):
            yield problem_at(
                path,
                "the name of an account setting must be known at synthesis, got a token",
                "write AccountSetting.blob_mounting(), or another of its kin",
            )
        yield from (problem.below(path) for problem in setting.problems())
    yield from setting_set_problems(given)


def _function(scope: Construct) -> str:
    """Define the function, and return its ARN."""
    from aws_cdk import aws_lambda as lambda_  # half a second, for what few registries have

    role = iam.Role(
        scope,
        "Role",
        description="Sets the account settings of Amazon ECR",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={
            "AccountSettings": iam.PolicyDocument.from_json(
                {
                    "Version": VERSION,
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": ["ecr:GetAccountSetting", "ecr:PutAccountSetting"],
                            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
                            "Resource": "*",
                        }
                    ],
                }
            )
        },
    )
    code = resources.files("ecr_constructs.handlers").joinpath("account_setting.py")
    function = lambda_.CfnFunction(
        scope,
        "Function",
        description="Sets the account settings of Amazon ECR for CloudFormation",
        code=lambda_.CfnFunction.CodeProperty(zip_file=code.read_text(encoding="utf-8")),
        handler="index.handler",
        runtime=_RUNTIME,
        role=role.role_arn,
        timeout=_FUNCTION_SECONDS,
    )
    cdk.Validations.of(scope).acknowledge(
        cdk.Acknowledgment(
            id="AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            reason="IAM knows no resource for the two actions on account settings",
        ),
        cdk.Acknowledgment(
            id="AwsSolutions::AwsSolutions-L1",
            reason="the runtime is the one that ecr-constructs was tested with, and moves with it",
        ),
    )
    return function.attr_arn
