"""Apps to be checked through every door: from this library, CDK's own, and what lies about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import IConstruct
from tests.synthesis import ENVIRONMENT

from ecr_constructs import (
    Control,
    Exemption,
    GovernedRepository,
    LifecyclePolicy,
    LifecycleRule,
    Principals,
    TagMutability,
)


def app_at(outdir: Path) -> cdk.App:
    """Return an app that is synthesised whatever plugins find: tests read the report."""
    return cdk.App(
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        context={"@aws-cdk/core:failSynthOnValidationErrors": False},
        outdir=str(outdir),
    )


def stack_in(scope: cdk.Stage, construct_id: str = "Main") -> cdk.Stack:
    return cdk.Stack(scope, construct_id, env=ENVIRONMENT)


def acknowledge(scope: IConstruct, rule: str, reason: str = "agreed") -> None:
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


def from_this_library(outdir: Path) -> cdk.App:
    """Clean but for what is exempted, and for a surprise that constructs let pass."""
    app = app_at(outdir)
    stack = stack_in(app)
    api = GovernedRepository(stack, "Api", repository_name="payments/api")
    api.allow_pull(Principals.organization("o-a1b2c3d4e5"))
    GovernedRepository(
        stack,
        "Nightly",
        repository_name="payments/nightly",
        image_tag_mutability=TagMutability.MUTABLE,
        lifecycle_policy=LifecyclePolicy.of(
            LifecycleRule.expire_untagged(older_than_days=7),
            LifecycleRule.keep_newest(5, tag_patterns=["latest", "main"]),
        ),
        exemptions=[Exemption(Control.TAG_IMMUTABILITY, reason="rebuilt every night")],
    )
    return app


def plain_l2(outdir: Path) -> cdk.App:
    app = app_at(outdir)
    stack = stack_in(app)
    ecr.Repository(stack, "Bare")
    api = ecr.Repository(
        stack,
        "Api",
        repository_name="payments/api",
        image_tag_mutability=ecr.TagMutability.IMMUTABLE,
        image_scan_on_push=True,
        lifecycle_rules=[ecr.LifecycleRule(max_image_count=10)],
        removal_policy=cdk.RemovalPolicy.DESTROY,
        empty_on_delete=True,
    )
    api.grant_pull(iam.ServicePrincipal("lambda.amazonaws.com"))
    api.grant_pull(iam.OrganizationPrincipal("o-a1b2c3d4e5"))
    api.add_to_resource_policy(
        iam.PolicyStatement(principals=[iam.AccountPrincipal("222222222222")], actions=["ecr:*"])
    )
    return app


@jsii.implements(cdk.IAspect)
class _Loosen:
    """Makes tags mutable behind everybody's back."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, ecr.CfnRepository):
            node.add_property_override("ImageTagMutability", "MUTABLE")


def overrides(outdir: Path) -> cdk.App:
    """L1s, and what overrides, Aspects and parameters make of them."""
    app = app_at(outdir)
    stack = stack_in(app)
    given = cdk.CfnParameter(stack, "Mode")
    raw = ecr.CfnRepository(stack, "Raw", repository_name="raw")
    raw.add_property_override("ImageTagMutability", given.value_as_string)
    raw.add_property_override(
        "RepositoryPolicyText",
        {
            "Statement": [
                {"Effect": "Allow", "NotPrincipal": {"AWS": "222222222222"}, "Action": "ecr:Get*"}
            ]
        },
    )
    governed = GovernedRepository(stack, "Governed", repository_name="governed")
    child = governed.node.default_child
    assert isinstance(child, ecr.CfnRepository)
    child.add_property_override("ImageScanningConfiguration.ScanOnPush", value=False)
    child.add_property_deletion_override("LifecyclePolicy")
    late = GovernedRepository(stack, "Late", repository_name="late")
    cdk.Aspects.of(late).add(_Loosen())
    ecr.CfnRegistryScanningConfiguration(stack, "Scanning", rules=[], scan_type="ENHANCED")
    rule = events.Rule(
        stack,
        "Scanned",
        event_pattern=events.EventPattern(source=["aws.ecr"], detail_type=["ECR Image Scan"]),
    )
    assert rule
    return app


def nested_stacks(outdir: Path) -> cdk.App:
    app = app_at(outdir)
    stack = stack_in(app)
    nested = cdk.NestedStack(stack, "Nested")
    ecr.Repository(nested, "Api", repository_name="payments/api")
    deeper = cdk.NestedStack(nested, "Deeper")
    ecr.Repository(deeper, "Web", repository_name="payments/api")
    return app


def stages(outdir: Path) -> cdk.App:
    app = app_at(outdir)
    for name, region in (("Test", "eu-west-1"), ("Prod", "eu-central-1")):
        stage = cdk.Stage(app, name, env=cdk.Environment(account="111111111111", region=region))
        ecr.Repository(cdk.Stack(stage, "Main"), "Api", repository_name="payments/api")
    agnostic = cdk.Stack(app, "Agnostic")
    ecr.Repository(agnostic, "Api").add_to_resource_policy(
        iam.PolicyStatement(principals=[iam.AccountPrincipal("222222222222")], actions=["ecr:*"])
    )
    return app


def acknowledgements(outdir: Path) -> cdk.App:
    """Every form in which people acknowledge, on constructs, stacks, a stage and the app."""
    app = app_at(outdir)
    stack = stack_in(app)
    api = ecr.Repository(stack, "Api", repository_name="payments/api")
    api.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.AccountPrincipal("222222222222")], actions=["ecr:Put*", "ecr:Get*"]
        )
    )
    acknowledge(api, "EcrGovernance::EcrGovernance-TagImmutability")
    acknowledge(api, "EcrGovernance-LifecyclePolicy")
    acknowledge(api, "EcrGovernance-WildcardAction[Action::ecr:Put*]")
    acknowledge(api, "EcrGovernance::EcrGovernance-WildcardAction[Action::ecr:Get*]")
    web = ecr.Repository(stack, "Web", repository_name="payments/web")
    child = web.node.default_child
    assert child is not None
    acknowledge(child, "EcrGovernance::EcrGovernance-TagImmutability")
    stage = cdk.Stage(app, "Prod", env=ENVIRONMENT)
    ecr.Repository(cdk.Stack(stage, "Main"), "Api", repository_name="prod/api")
    acknowledge(stage, "EcrGovernance-TagImmutability", "the stage's own")
    acknowledge(app, "EcrGovernance::EcrGovernance-ImageScanning", "the whole app's")
    return app


APPS: Final[tuple[Callable[[Path], cdk.App], ...]] = (
    from_this_library,
    plain_l2,
    overrides,
    nested_stacks,
    stages,
    acknowledgements,
)
