"""Ids are part of the API: another logical id replaces a repository and loses its images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from constructs import Construct
from tests.synthesis import (
    ENVIRONMENT,
    OTHER_ACCOUNT,
    new_app,
    new_stack,
    repositories_in,
    synthesise,
)

from ecr_constructs import Baseline, GovernedRepository, Principals
from ecr_constructs.constructs.cache_secret import PullThroughCacheSecret
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.account_setting import AccountSetting
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.upstream import Upstream

Define: TypeAlias = Callable[[Construct, str], Any]


def directly(stack: cdk.Stack, define: Define) -> None:
    define(stack, "Api")


def with_another_id(stack: cdk.Stack, define: Define) -> None:
    define(stack, "Payments-Api_2")


def below_a_construct(stack: cdk.Stack, define: Define) -> None:
    define(Construct(Construct(stack, "Team"), "Service"), "Api")


def under_the_id_resource(stack: cdk.Stack, define: Define) -> None:
    define(Construct(stack, "Api"), "Resource")


def under_the_id_default(stack: cdk.Stack, define: Define) -> None:
    define(Construct(stack, "Api"), "Default")


def twice(stack: cdk.Stack, define: Define) -> None:
    define(stack, "Api")
    define(stack, "Web")


@pytest.mark.parametrize(
    ("layout", "golden"),
    [
        (directly, ["ApiF70053CD"]),
        (with_another_id, ["PaymentsApi2BE15D423"]),
        (below_a_construct, ["TeamServiceApiFA79EF53"]),
        (under_the_id_resource, ["Api9AF3637B"]),
        (under_the_id_default, ["ApiF70053CD"]),
        (twice, ["ApiF70053CD", "Web3C8945DB"]),
    ],
)
def test_the_logical_id_is_that_of_a_bare_repository(
    layout: Callable[[cdk.Stack, Define], None], golden: list[str]
) -> None:
    ids = []
    for define in (GovernedRepository, ecr.Repository):
        app = new_app(validate=False)
        layout(new_stack(app), define)
        (template,) = synthesise(app).values()
        ids.append(list(repositories_in(template)))
    assert ids == [golden, golden]


def test_the_logical_id_in_a_nested_stack_is_that_of_a_bare_repository() -> None:
    ids = []
    for define in (GovernedRepository, ecr.Repository):
        app = new_app(validate=False)
        define(cdk.NestedStack(new_stack(app), "Nested"), "Api")
        ids.append([list(repositories_in(each)) for each in synthesise(app).values()])
    assert ids[0] == ids[1]
    assert ["ApiF70053CD"] in ids[0]


def test_the_primary_child_has_the_id_resource() -> None:
    repository = GovernedRepository(new_stack(), "Api")
    assert repository.node.default_child is repository.node.find_child("Resource")
    assert [child.node.id for child in repository.node.children] == ["Resource"]


def test_what_a_stack_holds_besides_is_no_resource() -> None:
    app = new_app()
    stack = new_stack(app)
    repository = GovernedRepository(stack, "Api", repository_name="payments/api")
    repository.allow_pull(Principals.account(OTHER_ACCOUNT))
    GovernedRepository.from_repository_name(stack, "Theirs", "their/app")
    assert [child.node.id for child in stack.node.children] == [
        "EcrConstructsPolicies",
        "Api",
        "Theirs",
    ]
    (template,) = synthesise(app).values()
    assert list(template["Resources"]) == ["ApiF70053CD"]
    assert "Outputs" not in template


def test_the_id_depends_on_neither_the_name_nor_the_order() -> None:
    app = new_app()
    first, second = new_stack(app, "First"), new_stack(app, "Second")
    GovernedRepository(first, "Web", repository_name="a/web")
    GovernedRepository(first, "Api", repository_name="a/api")
    GovernedRepository(second, "Api", repository_name="b/api")
    GovernedRepository(second, "Web", repository_name="b/web")
    templates = synthesise(app)
    assert set(repositories_in(templates["First"])) == {"ApiF70053CD", "Web3C8945DB"}
    assert set(repositories_in(templates["Second"])) == {"ApiF70053CD", "Web3C8945DB"}


def test_stages_do_not_change_the_id() -> None:
    app = new_app()
    stage = cdk.Stage(app, "Prod", env=ENVIRONMENT)
    GovernedRepository(new_stack(stage), "Api")
    (template,) = synthesise(app).values()
    assert list(repositories_in(template)) == ["ApiF70053CD"]


# The settings of a registry


def settings(stack: cdk.Stack) -> None:
    """Define everything that a registry has."""
    registry = GovernedRegistry(
        stack,
        "Registry",
        baseline=Baseline(customer_managed_keys=True),
        scanning=Scanning.basic(on_push=["*"]),
        account_settings=[AccountSetting.blob_mounting(), AccountSetting.registry_policy_scope()],
    )
    api = registry.add_repository("Api", repository_name="payments/api")
    api.on_image_scan_completed("Scanned")
    registry.on_image_pushed("Pushed")
    GovernedRegistry.of(stack).on_image_pushed("Pushed")
    registry.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:BatchGetImage"])
    registry.replicate_to(RegistryReference(OTHER_ACCOUNT, "eu-central-1"))
    registry.add_creation_template("team.x/a-b", applied_for=[AppliedFor.CREATE_ON_PUSH])
    registry.add_creation_template("ROOT", applied_for=[AppliedFor.REPLICATION])
    secret = PullThroughCacheSecret(stack, "DockerHub", name="docker-hub")
    registry.add_pull_through_cache(Upstream.docker_hub(), credential=secret)
    registry.add_pull_through_cache(
        Upstream.ecr(OTHER_ACCOUNT, "eu-west-1"), construct_id="Platform"
    )
    registry.sign_images(repository_filters=["payments/*"])


#: Type of resource -> logical ids, in the order of the alphabet.
SETTINGS = {
    "AWS::ECR::PullThroughCacheRule": [
        "RegistryPullThroughCachesPlatform4B086E47",
        "RegistryPullThroughCachesdockerhub39673193",
    ],
    "AWS::ECR::RegistryPolicy": ["RegistryPolicyA22C660A"],
    "AWS::ECR::RegistryScanningConfiguration": ["RegistryScanning6CEAD07B"],
    "AWS::ECR::ReplicationConfiguration": ["RegistryReplicationD9FDE45D"],
    "AWS::ECR::Repository": ["RegistryApi566C2B55"],
    "AWS::ECR::RepositoryCreationTemplate": [
        "RegistryCreationTemplatesROOT121F2DF9",
        "RegistryCreationTemplatesdockerhubAA8BD393",
        "RegistryCreationTemplatesecr3815E2E2",
        "RegistryCreationTemplatesteamxab02A95972",
    ],
    "AWS::ECR::SigningConfiguration": ["RegistrySigning2384E489"],
    "AWS::Events::Rule": [
        "Pushed90587F68",
        "RegistryApiScanned07AF7B7B",
        "RegistryEventsPushed0091C27A",
    ],
    "AWS::IAM::Role": [
        "RegistryAccountSettingsRoleDFBBD081",
        "RegistryCreationTemplatesROOTRole7D980035",
        "RegistryCreationTemplatesdockerhubRoleF8458F45",
        "RegistryCreationTemplatesecrRoleB0A820FA",
        "RegistryCreationTemplatesteamxabRole56FA5A76",
        "RegistryPullThroughCachesPlatformRole7C9DE0E1",
    ],
    "AWS::KMS::Key": ["RegistryKey1053ED4C"],
    "AWS::Lambda::Function": ["RegistryAccountSettingsFunction3BF47EEE"],
    "AWS::SecretsManager::Secret": ["DockerHub84DFFEF1"],
    "AWS::Signer::SigningProfile": ["RegistrySigningProfile0E90DC12"],
    "Custom::EcrAccountSetting": [
        "RegistryAccountSettingsBlobMounting20146E14",
        "RegistryAccountSettingsRegistryPolicyScope5828567A",
    ],
    "Custom::EcrAccountSettingEarlier": [
        "RegistryAccountSettingsBlobMountingEarlierE133A877",
        "RegistryAccountSettingsRegistryPolicyScopeEarlier3C916421",
    ],
}


def test_the_settings_of_a_registry_have_ids_that_never_change() -> None:
    app = new_app(validate=False)
    settings(new_stack(app))
    (template,) = synthesise(app).values()
    found: dict[str, list[str]] = {}
    for logical_id, resource in template["Resources"].items():
        found.setdefault(resource["Type"], []).append(logical_id)
    assert {kind: sorted(ids) for kind, ids in found.items()} == SETTINGS


def test_the_ids_of_settings_depend_on_nothing_but_their_prefixes() -> None:
    """Neither on their order nor on what else there is."""
    ids = []
    for prefixes in (["web", "app"], ["app", "web", "more"]):
        app = new_app(validate=False)
        registry = GovernedRegistry(new_stack(app), "Registry")
        for prefix in prefixes:
            registry.add_pull_through_cache(Upstream.quay(), ecr_repository_prefix=prefix)
        (template,) = synthesise(app).values()
        ids.append(set(template["Resources"]))
    assert ids[0] < ids[1]
    assert len(ids[0]) == 4


def test_prefixes_that_look_alike_have_ids_of_their_own() -> None:
    """As a path, ``/`` in an id would become ``--``."""
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    for prefix in ("a/b", "a--b", "a-b", "a.b"):
        registry.add_creation_template(prefix, applied_for=[AppliedFor.REPLICATION])
    (template,) = synthesise(app).values()
    assert len(template["Resources"]) == 4
