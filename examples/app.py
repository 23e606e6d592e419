"""The repositories of a small organisation: three teams, and a service that pulls from one.

Run it through ``make synth``, or ``cdk synth`` from the project's folder.
"""

from __future__ import annotations

import os

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from cdk_nag import AwsSolutionsChecks
from constructs import Construct

from ecr_constructs import (
    Baseline,
    Control,
    Exemption,
    GovernedRepository,
    LifecyclePolicy,
    LifecycleRule,
    Principals,
)

REGISTRY = cdk.Environment(account="111111111111", region="eu-west-1")
WORKLOADS = "222222222222"

BASELINE = Baseline(
    organization_id="o-a1b2c3d4e5",
    namespaces=("payments", "web", "data"),
)
RELEASES = LifecyclePolicy.of(
    LifecycleRule.expire_untagged(older_than_days=7),
    LifecycleRule.keep_newest(50, tag_patterns=["v*"]),
    LifecycleRule.expire(older_than_days=30, tag_patterns=["pr-*"]),
)


class Repositories(cdk.Stack):
    """What the platform team declares for the teams."""

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        super().__init__(scope, construct_id, env=env)
        build = iam.Role(self, "Build", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))

        self.payments_api = GovernedRepository(
            self,
            "PaymentsApi",
            repository_name="payments/api",
            lifecycle_policy=RELEASES,
            baseline=BASELINE,
        )
        self.payments_api.grant_pull_push(build)
        self.payments_api.allow_pull(Principals.account(WORKLOADS))
        self.payments_api.deny_outside_organization()

        self.web = GovernedRepository(
            self,
            "Web",
            repository_name="web/storefront",
            image_tag_mutability_exclusion_filters=["latest"],
            lifecycle_policy=RELEASES,
            baseline=BASELINE,
        )
        self.web.grant_pull_push(build)
        self.web.allow_pull(
            Principals.organization(),
            Principals.lambda_functions(account=WORKLOADS),
            Principals.codebuild_projects(),
        )

        scratch = GovernedRepository(
            self,
            "Notebooks",
            repository_name="data/notebooks",
            removal_policy=cdk.RemovalPolicy.DESTROY,
            empty_on_delete=True,
            tags={"team": "data"},
            baseline=BASELINE,
            exemptions=[
                Exemption(
                    Control.RETAIN_ON_DELETE,
                    reason="scratch images, rebuilt from the notebooks every night",
                ),
            ],
        )
        scratch.grant_pull_push(build)


class StorefrontImages(cdk.Stack):
    """What a service team brings of its own.

    A stack that comes before the service's: Lambda takes an image that is there,
    so it is pushed between the two deployments.
    """

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        super().__init__(scope, construct_id, env=env)
        self.thumbnails = GovernedRepository(
            self, "Thumbnails", repository_name="web/thumbnails", baseline=BASELINE
        )


class Storefront(cdk.Stack):
    """The service: an ECS service and a Lambda function that pull."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        web: GovernedRepository,
        thumbnails: GovernedRepository,
        env: cdk.Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        network = ec2.Vpc(
            self,
            "Network",
            availability_zones=["eu-west-1a", "eu-west-1b"],
            nat_gateways=0,
        )
        network.add_flow_log("FlowLog")
        cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=network,
            container_insights_v2=ecs.ContainerInsights.ENABLED,
        )
        task = ecs.FargateTaskDefinition(self, "Task")
        task.add_container(
            "web",
            image=ecs.ContainerImage.from_ecr_repository(web, "v1.4.2"),
            logging=ecs.LogDrivers.aws_logs(stream_prefix="web"),
        )
        ecs.FargateService(self, "Service", cluster=cluster, task_definition=task)
        lambda_.DockerImageFunction(
            self,
            "MakeThumbnails",
            code=lambda_.DockerImageCode.from_ecr(thumbnails, tag_or_digest="v3"),
        )


def acknowledge(scope: Construct, rule: str, *, reason: str) -> None:
    """Acknowledge what cdk-nag's AwsSolutions pack says below ``scope``."""
    cdk.Validations.of(scope).acknowledge(
        cdk.Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason)
    )


def build() -> cdk.App:
    """Return the app; ``CDK_OUTDIR`` says where it is synthesised to, else ``cdk.out``."""
    app = cdk.App(outdir=os.environ.get("CDK_OUTDIR"))
    repositories = Repositories(app, "Repositories", env=REGISTRY)
    images = StorefrontImages(app, "StorefrontImages", env=REGISTRY)
    storefront = Storefront(
        app,
        "Storefront",
        web=repositories.web,
        thumbnails=images.thumbnails,
        env=REGISTRY,
    )

    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks())
    acknowledge(
        repositories.web,
        "ECR1",
        reason="the rule takes any '*' for open; here aws:PrincipalOrgID bounds it",
    )
    acknowledge(
        app,
        "IAM5[Resource::*]",
        reason="ecr:GetAuthorizationToken and the flow log's actions act on no resource",
    )
    acknowledge(
        storefront,
        "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
        reason="the managed policy writes logs and nothing else",
    )
    return app


if __name__ == "__main__":
    build().synth()
