"""A whole organisation as one app: two accounts, two Regions, and a service that contributes.

The registries are owned by a platform team. Everything that is contributed goes
through handles, so that each step can be taken before or after the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_constructs import Baseline, GovernedRepository, Principals
from ecr_constructs.constructs.cache_secret import PullThroughCacheSecret
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.upstream import Upstream

PLATFORM: Final = "111111111111"
WORKLOADS: Final = "222222222222"
PARTNER: Final = "333333333333"
HOME: Final = "eu-west-1"
AWAY: Final = "eu-central-1"
BASELINE: Final = Baseline(organization_id="o-a1b2c3d4e5")
ENCRYPTED: Final = Baseline(organization_id="o-a1b2c3d4e5", customer_managed_keys=True)


class Organisation:
    """The app; its stacks are there from the start, and the steps fill them.

    Args:
        app: Where to build it.
    """

    def __init__(self, app: Construct) -> None:
        self.home = _stack(app, "Home", PLATFORM, HOME)
        self.away = _stack(app, "Away", PLATFORM, AWAY)
        self.recovery = _stack(app, "Recovery", WORKLOADS, AWAY)
        self.storefront = _stack(app, "Storefront", PLATFORM, HOME)
        self.reports = _stack(app, "Reports", WORKLOADS, HOME)

    def own_home(self) -> None:
        """The platform team's registry, where everything is pushed."""
        registry = GovernedRegistry(
            self.home, "Registry", baseline=BASELINE, scanning=Scanning.basic(on_push=["*"])
        )
        registry.add_repository("PaymentsApi", repository_name="payments/api")
        registry.deny_outside_organization()

    def own_away(self) -> None:
        """The same account's registry in another Region: replication takes no permission."""
        GovernedRegistry(self.away, "Registry", baseline=BASELINE)

    def own_recovery(self) -> None:
        """Another account's registry, with a key of its own."""
        GovernedRegistry(self.recovery, "Registry", baseline=ENCRYPTED)

    def replicate(self) -> None:
        """Everything of two teams goes to both, and something to a partner's registry."""
        home = GovernedRegistry.of(self.home)
        away = GovernedRegistry.of(self.away)
        recovery = GovernedRegistry.of(self.recovery)
        home.replicate_to(away, repository_filters=["payments/", "web/"])
        home.replicate_to(recovery, repository_filters=["payments/"])
        recovery.replicate_to(home, repository_filters=["reports/"])
        recovery.add_creation_template(
            "payments", applied_for=[AppliedFor.CREATE_ON_PUSH], resource_tags={"from": "home"}
        )
        home.replicate_to(RegistryReference(PARTNER, HOME), repository_filters=["web/"])
        cdk.Annotations.of(self.home).acknowledge_warning(
            "ecr-constructs:hand-over", "the partner was sent the file"
        )

    def serve(self) -> None:
        """A service of the same account: a repository that is signed, and two caches."""
        registry = GovernedRegistry.of(self.storefront)
        web = GovernedRepository(
            self.storefront, "Web", repository_name="web/storefront", baseline=BASELINE
        )
        registry.sign_images(repository_filters=["web/*"])
        build = iam.Role(
            self.storefront, "Build", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com")
        )
        web.grant_pull_push(build)
        web.grant_push(iam.AccountPrincipal(WORKLOADS))
        registry.add_pull_time_update_exclusion(
            f"arn:aws:iam::{PLATFORM}:role/Scanner", reason="scans every image each night"
        )
        secret = PullThroughCacheSecret(self.storefront, "DockerHub", name="docker-hub")
        docker_hub = registry.add_pull_through_cache(Upstream.docker_hub(), credential=secret)
        public = registry.add_pull_through_cache(Upstream.ecr_public())
        registry.allow(
            Principals.organization("o-a1b2c3d4e5"),
            actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            repository_prefixes=["web/"],
        )
        task = ecs.FargateTaskDefinition(self.storefront, "Task")
        nginx = docker_hub.repository("library/nginx")
        for name, image in (
            ("web", ecs.ContainerImage.from_ecr_repository(web, "v1")),
            ("proxy", ecs.ContainerImage.from_ecr_repository(nginx, "1.29")),
        ):
            task.add_container(name, image=image)
        public.allow_pull_through(Principals.account(WORKLOADS))

    def report(self) -> None:
        """A service of another account, which caches the platform's registry and pulls from it."""
        registry = GovernedRegistry.of(self.reports)
        GovernedRegistry(self.reports, "Registry", baseline=BASELINE)
        cache = registry.add_pull_through_cache(
            Upstream.ecr(PLATFORM, HOME), ecr_repository_prefix="platform"
        )
        role = iam.Role(
            self.reports, "Role", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com")
        )
        cache.grant_pull_through(role)
        home = GovernedRegistry.of(self.home)
        home.add_pull_through_cache(Upstream.quay()).repository("org/tool").grant_pull(role)

    @property
    def steps(self) -> tuple[Callable[[], None], ...]:
        """What fills the stacks, in the order of this text."""
        return (
            self.own_home,
            self.own_away,
            self.own_recovery,
            self.replicate,
            self.serve,
            self.report,
        )


def build(app: Construct, order: Sequence[int] = range(6)) -> Organisation:
    """Return the organisation, its steps taken in an order."""
    organisation = Organisation(app)
    for number in order:
        organisation.steps[number]()
    return organisation


def _stack(app: Construct, construct_id: str, account: str, region: str) -> cdk.Stack:
    return cdk.Stack(app, construct_id, env=cdk.Environment(account=account, region=region))
