"""An app as its author's type checker sees it; read by mypy only, and never run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import assert_type

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_signer as signer
from constructs import Construct

import ecr_constructs
from ecr_constructs import (
    AccountSetting,
    Baseline,
    CatalogData,
    Condition,
    ConfigurationError,
    Control,
    Effect,
    EncryptionType,
    Exemption,
    FindingSeverity,
    GovernedPublicRepository,
    GovernedRegistry,
    GovernedRepository,
    HandOver,
    ImageSigning,
    LifecyclePolicy,
    LifecycleRule,
    Policy,
    PolicyDocumentError,
    PolicyPrincipal,
    Principal,
    Principals,
    Problem,
    ReferencedRepository,
    Severity,
    SourceError,
    Statement,
    Status,
    StorageClass,
    TagMutability,
)
from ecr_constructs.model.unresolved import Unresolved


def values() -> None:
    """Values are what they say, and lists will do where several are meant."""
    exemption = Exemption(Control.SCAN_ON_PUSH, "scanned elsewhere", dt.date(2027, 12, 31))
    assert_type(exemption.control, Control)
    assert_type(exemption.expires, dt.date | None)
    assert_type(exemption.has_expired(dt.date(2027, 1, 1)), bool)

    baseline = Baseline(
        organization_id="o-a1b2c3d4e5",
        namespaces=["payments", "web"],
        exemptions=[exemption],
        customer_managed_keys=True,
        lifecycle_policy=LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=7)),
    )
    assert_type(baseline.organization_id, str | None)
    assert_type(baseline.namespaces, Sequence[str])
    assert_type(baseline.exemptions, Sequence[Exemption])
    assert_type(baseline.allows_name("payments/api"), bool)

    policy = Policy.of(
        Statement(
            effect=Effect.ALLOW,
            principals=(Principal("AWS", "111122223333"),),
            actions=("ecr:BatchGetImage",),
            conditions=(Condition("StringEquals", "aws:PrincipalTag/team", ("web",)),),
        )
    )
    assert_type(policy, Policy)
    assert_type(Policy.from_json("{}"), Policy)
    assert_type(policy.to_json(), str)
    assert_type(policy.normalise(), Policy)
    assert_type(policy.problems(), list[Problem])
    assert_type(policy.statements[0].principals[0].account, str | Unresolved | None)

    lifecycle = LifecyclePolicy.from_json("{}")
    assert_type(lifecycle, LifecyclePolicy)
    assert_type(lifecycle.problems(), list[Problem])
    assert_type(lifecycle.to_cfn(), dict[str, str])

    problem = Problem(id="x", message="m", fix="f")
    assert_type(problem.severity, Severity)
    assert_type(problem.status, Status)
    assert_type(problem.sentence, str)


def everybody() -> list[PolicyPrincipal]:
    """Return everybody whom a policy can name: strings, tokens and CDK's own constructs."""
    stack = cdk.Stack()
    role = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())
    imported = iam.Role.from_role_arn(stack, "Imported", "arn:aws:iam::111122223333:role/R")
    assert_type(Principals.account("111122223333"), PolicyPrincipal)
    return [
        Principals.account("111122223333"),
        Principals.organization(),
        Principals.organization("o-a1b2c3d4e5"),
        Principals.organizational_unit("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"),
        Principals.role("arn:aws:iam::111122223333:role/R"),
        Principals.role(role),
        Principals.role(imported),
        Principals.user(iam.User(stack, "User")),
        Principals.lambda_functions(account="111122223333", function_name="web-*"),
        Principals.codebuild_projects(project_name="build"),
        Principals.service("ecs-tasks.amazonaws.com", source_account="111122223333"),
    ]


class Service(cdk.Stack):
    """A service that brings a repository of its own."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        repository = GovernedRepository(
            self,
            "Api",
            repository_name="payments/api",
            image_tag_mutability=TagMutability.IMMUTABLE_WITH_EXCLUSION,
            image_tag_mutability_exclusion_filters=(tag for tag in ("latest", "main")),
            scan_on_push=True,
            encryption=EncryptionType.KMS,
            encryption_key=kms.Key(self, "Key"),
            lifecycle_policy=LifecyclePolicy.of(),
            repository_policy=Policy.of(),
            tags={"team": "payments"},
            removal_policy=cdk.RemovalPolicy.RETAIN,
            empty_on_delete=False,
            baseline=Baseline(),
            exemptions={Exemption(Control.NAMESPACE, "why")},
        )
        assert_type(repository.repository_name, str)
        assert_type(repository.repository_arn, str)
        assert_type(repository.repository_uri, str)
        self.grants(repository)
        self.allows(repository)
        self.consumers(repository)
        self.references()

    def grants(self, repository: GovernedRepository) -> None:
        """Grant to whatever CDK takes for a grantee."""
        role = iam.Role(self, "Role", assumed_by=iam.AccountRootPrincipal())
        assert_type(repository.grant_pull(role), iam.Grant)
        assert_type(repository.grant_push(iam.User(self, "User")), iam.Grant)
        assert_type(repository.grant_pull_push(iam.AccountPrincipal("111122223333")), iam.Grant)
        assert_type(repository.grant_read(iam.OrganizationPrincipal("o-a1b2c3d4e5")), iam.Grant)
        assert_type(repository.grant(role, "ecr:ListImages"), iam.Grant)
        repository.grant_pull(role).assert_success()
        assert_type(
            repository.add_to_resource_policy(iam.PolicyStatement()),
            iam.AddToResourcePolicyResult,
        )
        repository.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    def allows(self, repository: GovernedRepository) -> None:
        """Allow and deny in the repository's policy."""
        repository.allow_pull(*everybody())
        repository.allow_push(*everybody())
        repository.allow_pull_push(*everybody())
        repository.allow_read(*everybody())
        repository.allow(*everybody(), actions={"ecr:ListImages"})
        repository.deny_outside_organization()
        repository.deny_outside_organization("o-a1b2c3d4e5")
        repository.deny_outside_vpc_endpoint("vpce-1a2b3c4d")

    def consumers(self, repository: ecr.IRepository) -> None:
        """Hand a repository to CDK's own constructs."""
        task = ecs.FargateTaskDefinition(self, "Task")
        task.add_container("web", image=ecs.ContainerImage.from_ecr_repository(repository, "v1"))
        lambda_.DockerImageFunction(
            self, "Function", code=lambda_.DockerImageCode.from_ecr(repository)
        )
        codebuild.LinuxBuildImage.from_ecr_repository(repository)

    def waits(
        self, repository: GovernedRepository, target: events.IRuleTarget, service: cdk.Stack
    ) -> None:
        """Wait for events, of a repository and of a registry, and set account settings."""
        rule = repository.on_image_scan_completed(
            "Scanned", severity=FindingSeverity.HIGH, target=target, cross_stack_scope=service
        )
        assert_type(rule, events.Rule)
        bare: ecr.IRepository = repository
        assert_type(bare.on_image_scan_completed("Bare", image_tags=["v1"]), events.Rule)
        registry = GovernedRegistry(self, "R", account_settings={AccountSetting.blob_mounting()})
        for each in (registry, GovernedRegistry.of(service)):
            assert_type(each.on_image_pushed("P", image_tags={"v1"}), events.Rule)
            each.on_image_storage_class_updated("S", storage_class=StorageClass.ARCHIVE)
            each.on_image_scan_finding("F", severity="HIGH")  # type: ignore[arg-type]

    def images(self, registry: GovernedRegistry, scanner: iam.IRole, build: iam.Role) -> None:
        """Sign, exclude a scanner, and publish."""
        signing = registry.sign_images(repository_filters=["web/*"], signing_profile="arn:...")
        assert_type(signing, ImageSigning)
        signing.allow_signing(build, iam.AccountPrincipal("222222222222"))
        GovernedRegistry.of(self).sign_images(
            signing_profile=signer.SigningProfile(
                self, "Profile", platform=signer.Platform.NOTATION_OCI_SHA384_ECDSA
            )
        )
        registry.add_pull_time_update_exclusion(scanner, reason="scans", construct_id="Scanner")
        registry.add_pull_time_update_exclusion("arn:...", reason="scans")
        tools = GovernedPublicRepository(
            self,
            "Tools",
            repository_name="tools/app",
            catalog_data=CatalogData(architectures=["x86"], operating_systems=("Linux",)),
            tags={"team": "tools"},
            exemptions=[Exemption(Control.PUBLIC_ACCESS, "customers pull it")],
        )
        assert_type(tools.grant_push(build), iam.Grant)
        tools.allow_push(*everybody())
        tools.allow(Principals.account("222222222222"), actions=["ecr-public:PutImage"])
        assert_type(tools.repository_arn, str)

    def references(self) -> None:
        """Refer to a repository of somebody else."""
        by_name = GovernedRepository.from_repository_name(self, "Name", "their/app")
        by_arn = GovernedRepository.from_repository_arn(self, "Arn", "arn:...")
        by_both = GovernedRepository.from_repository_attributes(
            self, "Both", repository_arn="arn:...", repository_name="their/app"
        )
        for reference in (by_name, by_arn, by_both):
            assert_type(reference, ReferencedRepository)
            assert_type(reference.hand_over, HandOver | None)
            self.consumers(reference)
        if by_name.hand_over is not None:
            assert_type(by_name.hand_over.policy, Policy)
            assert_type(by_name.hand_over.sentence, str)


def errors() -> None:
    """Catch what is refused."""
    try:
        values()
    except (PolicyDocumentError, SourceError) as error:
        assert_type(error, PolicyDocumentError | SourceError)
    except ConfigurationError as error:
        assert_type(error.sentences, Sequence[str])
        assert_type(error.path, str | None)


def mistakes(stack: cdk.Stack) -> None:
    """Mistakes that the type checker sees: each ignore would be unused if it did not."""
    GovernedRepository(stack, "A", lifecycle_policy={"rules": []})  # type: ignore[arg-type]
    GovernedRepository(stack, "B", repository_policy="{}")  # type: ignore[arg-type]
    GovernedRepository(stack, "C", scan_on_push=None)  # type: ignore[arg-type]
    GovernedRepository(stack, "D", repositoryname="x")  # type: ignore[call-arg]
    GovernedRepository(stack, "E", "payments/api")  # type: ignore[call-arg]
    GovernedRepository(stack, "F", tags=["team"])  # type: ignore[arg-type]
    GovernedRepository(stack, "G", exemptions=["why"])  # type: ignore[list-item]
    Exemption(Control.SCAN_ON_PUSH)  # type: ignore[call-arg]
    Exemption("scan", "why")  # type: ignore[arg-type]
    GovernedRepository(stack, "H").allow_pull("111122223333")  # type: ignore[arg-type]


assert_type(ecr_constructs.GovernedRepository, type[GovernedRepository])
