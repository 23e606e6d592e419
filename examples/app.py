"""The registries of a small organisation: two accounts, three teams, one service.

Run it through ``make synth``, or ``cdk synth`` from the project's folder.
"""

from __future__ import annotations

import os

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from cdk_nag import AwsSolutionsChecks
from constructs import Construct

from ecr_constructs import (
    AccountSetting,
    Baseline,
    CatalogData,
    Control,
    Exemption,
    FindingSeverity,
    GovernedPublicRepository,
    GovernedRegistry,
    GovernedRepository,
    LifecyclePolicy,
    LifecycleRule,
    Principals,
    PullThroughCacheSecret,
    Scanning,
    Upstream,
)

WORKLOADS = "222222222222"
HOME = cdk.Environment(account="111111111111", region="eu-west-1")
GALLERY = cdk.Environment(account="111111111111", region="us-east-1")
AWAY = cdk.Environment(account="111111111111", region="eu-central-1")
RECOVERY = cdk.Environment(account=WORKLOADS, region="eu-central-1")

BASELINE = Baseline(
    organization_id="o-a1b2c3d4e5",
    namespaces=("payments", "web", "data"),
)
RELEASES = LifecyclePolicy.of(
    LifecycleRule.expire_untagged(older_than_days=7),
    LifecycleRule.keep_newest(50, tag_patterns=["v*"]),
    LifecycleRule.expire(older_than_days=30, tag_patterns=["pr-*"]),
)


class Platform(cdk.Stack):
    """The registry that everything is pushed to, and what the teams have in it."""

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        super().__init__(scope, construct_id, env=env)
        self.registry = GovernedRegistry(
            self,
            "Registry",
            baseline=BASELINE,
            scanning=Scanning.basic(on_push=["*"]),
            # Layers that another repository has are not pushed a second time.
            account_settings=[AccountSetting.blob_mounting()],
        )
        self.registry.deny_outside_organization()
        # Whoever is granted pushing to these below is allowed to sign too.
        self.registry.sign_images(repository_filters=["payments/*", "web/*"])
        self.registry.add_pull_time_update_exclusion(
            f"arn:aws:iam::{WORKLOADS}:role/ImageScanner",
            reason="it pulls every image each night, which would keep all of them in use",
        )
        # It goes on if the registry turns to enhanced scanning, which sends other events.
        self.registry.on_image_scan_completed(
            "SevereFindings",
            severity=FindingSeverity.HIGH,
            target=targets.SnsTopic(sns.Topic(self, "Findings", enforce_ssl=True)),
        )
        build = iam.Role(self, "Build", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))

        payments_api = self.registry.add_repository(
            "PaymentsApi",
            repository_name="payments/api",
            lifecycle_policy=RELEASES,
            tags={"team": "payments"},
        )
        payments_api.grant_pull_push(build)
        payments_api.allow_pull(Principals.account(WORKLOADS))

        self.web = self.registry.add_repository(
            "Web",
            repository_name="web/storefront",
            image_tag_mutability_exclusion_filters=["latest"],
            lifecycle_policy=RELEASES,
            tags={"team": "web"},
        )
        self.web.grant_pull_push(build)
        self.web.allow_pull(
            Principals.organization(),
            Principals.lambda_functions(account=WORKLOADS),
            Principals.codebuild_projects(),
        )

        notebooks = self.registry.add_repository(
            "Notebooks",
            repository_name="data/notebooks",
            removal_policy=cdk.RemovalPolicy.DESTROY,
            empty_on_delete=True,
            tags={"team": "data"},
            exemptions=[
                Exemption(
                    Control.RETAIN_ON_DELETE,
                    reason="scratch images, rebuilt from the notebooks every night",
                ),
            ],
        )
        notebooks.grant_pull_push(build)


class Replica(cdk.Stack):
    """A registry that others replicate to."""

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        super().__init__(scope, construct_id, env=env)
        self.registry = GovernedRegistry(
            self, "Registry", baseline=BASELINE, scanning=Scanning.basic(on_push=["*"])
        )


class Gallery(cdk.Stack):
    """What is given to everybody; CloudFormation has public repositories in us-east-1 only."""

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        super().__init__(scope, construct_id, env=env)
        GovernedPublicRepository(
            self,
            "PaymentsCli",
            repository_name="payments/cli",
            catalog_data=CatalogData(
                repository_description="Ask the payments API from a terminal",
                architectures=["x86-64", "ARM 64"],
                operating_systems=["Linux"],
            ),
            tags={"team": "payments"},
            exemptions=[
                Exemption(Control.PUBLIC_ACCESS, reason="customers run it in their own pipelines"),
            ],
        )


class StorefrontImages(cdk.Stack):
    """What a service team brings of its own: a repository, and two caches.

    A stack that comes before the service's: Lambda takes an image that is there,
    so it is pushed between the two deployments.
    """

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        super().__init__(scope, construct_id, env=env)
        self.thumbnails = GovernedRepository(
            self, "Thumbnails", repository_name="web/thumbnails", tags={"team": "web"}
        )
        # The registry is the platform team's; it takes what others contribute.
        registry = GovernedRegistry.of(self)
        token = PullThroughCacheSecret(self, "DockerHub", name="docker-hub")
        self.docker_hub = registry.add_pull_through_cache(Upstream.docker_hub(), credential=token)
        self.ecr_public = registry.add_pull_through_cache(Upstream.ecr_public())


class Storefront(cdk.Stack):
    """The service: an ECS service with a proxy from Docker Hub beside it, and a Lambda function."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        web: GovernedRepository,
        images: StorefrontImages,
        env: cdk.Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        network = ec2.Vpc(self, "Network", nat_gateways=0)
        network.add_flow_log("FlowLog")
        cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=network,
            container_insights_v2=ecs.ContainerInsights.ENABLED,
        )
        task = ecs.FargateTaskDefinition(self, "Task")
        nginx = images.docker_hub.repository("library/nginx")
        for name, image in (
            ("web", ecs.ContainerImage.from_ecr_repository(web, "v1.4.2")),
            ("proxy", ecs.ContainerImage.from_ecr_repository(nginx, "1.29")),
        ):
            task.add_container(
                name, image=image, logging=ecs.LogDrivers.aws_logs(stream_prefix=name)
            )
        ecs.FargateService(self, "Service", cluster=cluster, task_definition=task)
        lambda_.DockerImageFunction(
            self,
            "MakeThumbnails",
            code=lambda_.DockerImageCode.from_ecr(images.thumbnails, tag_or_digest="v3"),
        )

    @property
    def availability_zones(self) -> list[str]:
        """The first zones of the Region: told at deployment, so that synthesis asks for nothing."""
        return [cdk.Fn.select(zone, cdk.Fn.get_azs()) for zone in range(2)]


def acknowledge(scope: Construct, rule: str, *, reason: str) -> None:
    """Acknowledge what cdk-nag's AwsSolutions pack says below ``scope``."""
    cdk.Validations.of(scope).acknowledge(
        cdk.Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason)
    )


def build() -> cdk.App:
    """Return the app; ``CDK_OUTDIR`` says where it is synthesised to, else ``cdk.out``."""
    app = cdk.App(outdir=os.environ.get("CDK_OUTDIR"))
    platform = Platform(app, "Platform", env=HOME)
    away = Replica(app, "Away", env=AWAY)
    recovery = Replica(app, "Recovery", env=RECOVERY)
    Gallery(app, "Gallery", env=GALLERY)
    images = StorefrontImages(app, "StorefrontImages", env=HOME)
    storefront = Storefront(app, "Storefront", web=platform.web, images=images, env=HOME)

    # Another Region of one account takes a rule; another account takes its permission too.
    platform.registry.replicate_to(away.registry, repository_filters=["payments/", "web/"])
    platform.registry.replicate_to(recovery.registry, repository_filters=["payments/"])

    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks())
    acknowledge(
        platform.web,
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
    acknowledge(
        images,
        "SMG4",
        reason="the token is Docker Hub's: it is renewed there, and its new value put in",
    )
    return app


if __name__ == "__main__":
    build().synth()
