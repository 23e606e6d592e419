"""The one owner: what it defines, what it is given, its key, and every setting's resource."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from tests.synthesis import (
    ACCOUNT,
    OTHER_ACCOUNT,
    REGION,
    new_app,
    new_stack,
    repositories_in,
    synthesise,
    template_of,
)

from ecr_constructs import (
    Baseline,
    ConfigurationError,
    Control,
    EncryptionType,
    Exemption,
    LifecyclePolicy,
    LifecycleRule,
    Policy,
    Principal,
    Principals,
    Statement,
    TagMutability,
)
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.upstream import Upstream

ELSEWHERE: Final = cdk.Environment(account=ACCOUNT, region="eu-central-1")
KEYS: Final = Baseline(customer_managed_keys=True)


def of_type(template: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {
        logical_id: each
        for logical_id, each in template.get("Resources", {}).items()
        if each["Type"] == kind
    }


def test_an_owner_alone_defines_nothing() -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app), "Registry")
    (template,) = synthesise(app, lint=False).values()
    assert template.get("Resources", {}) == {}


def test_an_owner_knows_its_place_and_baseline() -> None:
    registry = GovernedRegistry(new_stack(), "Registry", baseline=KEYS)
    assert (registry.account, registry.region) == (ACCOUNT, REGION)
    assert registry.baseline is KEYS
    assert registry.hand_overs == ()


def test_a_repository_of_the_registry_is_one_like_any_other(stack: cdk.Stack) -> None:
    registry = GovernedRegistry(stack, "Registry", baseline=Baseline())
    repository = registry.add_repository(
        "Api",
        repository_name="payments/api",
        image_tag_mutability_exclusion_filters=["latest"],
        lifecycle_policy=LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=3)),
        tags={"team": "payments"},
    )
    assert repository.node.path == "Stack/Registry/Api"
    (resource,) = repositories_in(template_of(stack)).values()
    assert resource["Properties"]["RepositoryName"] == "payments/api"
    assert resource["Properties"]["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert resource["Properties"]["Tags"] == [{"Key": "team", "Value": "payments"}]
    assert '"countNumber":3' in resource["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"]


@pytest.mark.parametrize("construct_id", ["Policy", "Key", "CreationTemplates"])
def test_refuses_a_repository_under_an_id_that_the_registry_needs(construct_id: str) -> None:
    """Else it would be the registry's setting that is refused, later and elsewhere."""
    registry = GovernedRegistry(new_stack(new_app(validate=False)), "Registry")
    with pytest.raises(
        ConfigurationError,
        match=rf"construct_id must not be one that the registry needs itself, got '{construct_id}';"
        rf" write '{construct_id}Repository' \[Stack/Registry\]",
    ):
        registry.add_repository(construct_id)


def test_what_lies_below_a_registry_has_ids_that_no_repository_can_take(stack: cdk.Stack) -> None:
    registry = GovernedRegistry(stack, "Registry", baseline=KEYS, scanning=Scanning.basic())
    registry.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:BatchGetImage"])
    registry.replicate_to(RegistryReference(OTHER_ACCOUNT, REGION))
    registry.add_pull_through_cache(Upstream.quay()).repository("org/app")
    registry.sign_images().allow_signing(iam.AccountPrincipal(OTHER_ACCOUNT))
    registry.add_pull_time_update_exclusion(f"arn:aws:iam::{ACCOUNT}:role/Scanner", reason="scans")
    for child in registry.node.children:
        with pytest.raises(ConfigurationError, match="one that the registry needs itself"):
            registry.add_repository(child.node.id)
    assert len(registry.node.children) == 11


# The key


def test_a_baseline_of_customer_managed_keys_gives_one_key_for_all(stack: cdk.Stack) -> None:
    registry = GovernedRegistry(stack, "Registry", baseline=KEYS)
    for name in ("api", "web"):
        registry.add_repository(name, repository_name=f"team/{name}")
    registry.add_creation_template("team", applied_for=[AppliedFor.REPLICATION])
    template = template_of(stack)
    ((logical_id, key),) = of_type(template, "AWS::KMS::Key").items()
    arn = {"Fn::GetAtt": [logical_id, "Arn"]}
    for resource in (
        *repositories_in(template).values(),
        *of_type(template, "AWS::ECR::RepositoryCreationTemplate").values(),
    ):
        assert resource["Properties"]["EncryptionConfiguration"] == {
            "EncryptionType": "KMS",
            "KmsKey": arn,
        }
    assert key["Properties"]["EnableKeyRotation"] is True
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Retain", "Retain")
    (through_ecr,) = (
        each
        for each in key["Properties"]["KeyPolicy"]["Statement"]
        if each.get("Sid") == "UseThroughEcr"
    )
    assert through_ecr["Action"] == ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"]
    assert through_ecr["Condition"]["StringEquals"] == {
        "kms:ViaService": f"ecr.{REGION}.amazonaws.com",
        "kms:CallerAccount": ACCOUNT,
    }


def test_without_such_a_baseline_there_is_no_key() -> None:
    assert GovernedRegistry(new_stack(), "Registry").encryption_key is None


# What it is given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"baseline": "strict"}, "baseline must be a Baseline, got 'strict'; write Baseline"),
        ({"scanning": "BASIC"}, r"scanning must be a Scanning, got 'BASIC'; write Scanning\.basic"),
        (
            {"scanning": Scanning.basic(on_push=["Prod"])},
            r"scanning\.rules\[0\]\.repository_filters\[0\]: a scanning .*'Prod'; write 'prod'",
        ),
        (
            {"exemptions": [Exemption(Control.PUBLIC_ACCESS, " ")]},
            r"exemptions\[0\]\.reason: .*got ' '; write",
        ),
        ({"exemptions": "all"}, "exemptions must be a list of Exemptions, got 'all'"),
        (
            {"baseline": Baseline(organization_id="acme")},
            r"baseline\.organization_id: an organisation must be .*got 'acme'",
        ),
    ],
)
def test_refuses_what_it_cannot_be_given(
    refusing: cdk.Stack, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"{said}.*\[Stack/Registry\]"):
        GovernedRegistry(refusing, "Registry", **given)


# Every property of the schemas


def everything(stack: cdk.Stack) -> None:
    """Set every property that the library has for the settings of a registry."""
    cdk.Annotations.of(stack).acknowledge_warning("ecr-constructs:hand-over", "done")
    registry = GovernedRegistry(
        stack, "Registry", scanning=Scanning.enhanced(continuous=["prod*"], on_push=["dev*"])
    )
    registry.allow(
        Principals.account(OTHER_ACCOUNT),
        actions=["ecr:BatchGetImage"],
        repository_prefixes=["web/"],
    )
    registry.replicate_to(
        RegistryReference(OTHER_ACCOUNT, "eu-central-1"), repository_filters=["web/"]
    )
    secret = secretsmanager.Secret.from_secret_complete_arn(
        stack,
        "Secret",
        f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub-a1B2c3",
    )
    registry.add_pull_through_cache(Upstream.docker_hub(), credential=secret)
    registry.add_pull_through_cache(
        Upstream.ecr(OTHER_ACCOUNT, REGION),
        ecr_repository_prefix="theirs",
        upstream_repository_prefix="apps",
    )
    registry.add_creation_template(
        "team",
        applied_for=[AppliedFor.CREATE_ON_PUSH],
        description="What teams push",
        image_tag_mutability=TagMutability.IMMUTABLE_WITH_EXCLUSION,
        image_tag_mutability_exclusion_filters=["latest"],
        encryption=EncryptionType.KMS,
        repository_policy=Policy.of(
            Statement(principals=(Principal("AWS", OTHER_ACCOUNT),), actions=("ecr:BatchGetImage",))
        ),
        resource_tags={"team": "web"},
    )
    registry.sign_images(repository_filters=["web/*"])
    registry.add_pull_time_update_exclusion(f"arn:aws:iam::{ACCOUNT}:role/Scanner", reason="scans")


WRITTEN: Final[dict[str, list[str]]] = {
    "AWS::ECR::RegistryPolicy": ["PolicyText"],
    "AWS::ECR::RegistryScanningConfiguration": [
        "Rules[].RepositoryFilters[].Filter",
        "Rules[].RepositoryFilters[].FilterType",
        "Rules[].ScanFrequency",
        "ScanType",
    ],
    "AWS::ECR::ReplicationConfiguration": [
        "ReplicationConfiguration.Rules[].Destinations[].Region",
        "ReplicationConfiguration.Rules[].Destinations[].RegistryId",
        "ReplicationConfiguration.Rules[].RepositoryFilters[].Filter",
        "ReplicationConfiguration.Rules[].RepositoryFilters[].FilterType",
    ],
    "AWS::ECR::PullThroughCacheRule": [
        "CredentialArn",
        "CustomRoleArn",
        "EcrRepositoryPrefix",
        "UpstreamRegistry",
        "UpstreamRegistryUrl",
        "UpstreamRepositoryPrefix",
    ],
    "AWS::ECR::PullTimeUpdateExclusion": ["PrincipalArn"],
    "AWS::ECR::SigningConfiguration": [
        "Rules[].RepositoryFilters[].Filter",
        "Rules[].RepositoryFilters[].FilterType",
        "Rules[].SigningProfileArn",
    ],
    "AWS::ECR::RepositoryCreationTemplate": [
        "AppliedFor[]",
        "CustomRoleArn",
        "Description",
        "EncryptionConfiguration.EncryptionType",
        "EncryptionConfiguration.KmsKey",
        "ImageTagMutability",
        "ImageTagMutabilityExclusionFilters[].ImageTagMutabilityExclusionFilterType",
        "ImageTagMutabilityExclusionFilters[].ImageTagMutabilityExclusionFilterValue",
        "LifecyclePolicy",
        "Prefix",
        "RepositoryPolicy",
        "ResourceTags[].Key",
        "ResourceTags[].Value",
    ],
}


def settable(schema: Mapping[str, Any], node: Mapping[str, Any], path: str = "") -> list[str]:
    """Return the paths of all properties of a schema that a template can set."""
    node = schema["definitions"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    if "properties" in node:
        below = (
            (f"{path}.{name}" if path else name, each) for name, each in node["properties"].items()
        )
        return [found for name, each in below for found in settable(schema, each, name)]
    if "items" in node:
        return settable(schema, node["items"], f"{path}[]")
    return [path]


@pytest.mark.parametrize("kind", sorted(WRITTEN))
def test_every_property_of_the_schema_has_a_way_to_be_set(kind: str) -> None:
    """A property that AWS adds fails here, until somebody decides what to do with it."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    read_only = {path.rpartition("/")[2] for path in schema.get("readOnlyProperties", ())}
    found = [each for each in settable(schema, schema) if each not in read_only]
    assert sorted(found) == WRITTEN[kind]


def paths_in(value: Any, path: str = "") -> set[str]:
    match value:
        case {"Fn::GetAtt": _} | {"Ref": _} | {"Fn::Join": _}:
            return {path}
        case dict() if path != "PolicyText":
            return {
                each
                for name, below in value.items()
                for each in paths_in(below, f"{path}.{name}" if path else name)
            }
        case list():
            return {each for below in value for each in paths_in(below, f"{path}[]")}
        case _:
            return {path}


def test_every_property_arrives_in_the_template(stack: cdk.Stack) -> None:
    """Jsii drops a misspelt one in silence."""
    everything(stack)
    app = cdk.Stage.of(stack)
    assert app is not None
    GovernedRegistry(new_stack(app, "Keys", env=ELSEWHERE), "Registry", baseline=KEYS)
    keys = GovernedRegistry.of(app.node.find_child("Keys"))
    keys.add_creation_template("team", applied_for=[AppliedFor.REPLICATION])
    templates = synthesise(app)
    for kind, written in WRITTEN.items():
        arrived = {
            path
            for template in templates.values()
            for resource in of_type(template, kind).values()
            for path in paths_in(resource["Properties"])
        }
        assert sorted(arrived) == written, kind


def test_every_setting_outlives_its_stack(stack: cdk.Stack) -> None:
    everything(stack)
    for resource in template_of(stack)["Resources"].values():
        policies = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        if resource["Type"] == "AWS::ECR::PullTimeUpdateExclusion":
            continue  # no setting of the registry: it goes with its role
        assert policies == ("Retain", "Retain"), resource["Type"]


def test_every_setting_is_the_l1_that_people_know(stack: cdk.Stack) -> None:
    """So that aspects and escape hatches find it."""
    everything(stack)
    registry = stack.node.find_child("Registry")
    for path, kind in (
        ("Policy", ecr.CfnRegistryPolicy),
        ("Replication", ecr.CfnReplicationConfiguration),
        ("Scanning", ecr.CfnRegistryScanningConfiguration),
        ("PullThroughCaches/docker-hub/Resource", ecr.CfnPullThroughCacheRule),
        ("CreationTemplates/team/Resource", ecr.CfnRepositoryCreationTemplate),
    ):
        found: Any = registry
        for name in path.split("/"):
            found = found.node.find_child(name)
        assert isinstance(found, kind)


# Exemptions


def test_an_exemption_is_told_where_it_is_relied_on_and_nowhere_else(stack: cdk.Stack) -> None:
    registry = GovernedRegistry(
        stack,
        "Registry",
        exemptions=[
            Exemption(
                Control.PUBLIC_ACCESS, "a mirror for everybody", expires=dt.date(2027, 12, 31)
            )
        ],
    )
    anyone = Statement(principals=(Principal("AWS", "*"),), actions=("ecr:BatchGetImage",))
    registry.add_creation_template(
        "mirror", applied_for=[AppliedFor.CREATE_ON_PUSH], repository_policy=Policy.of(anyone)
    )
    registry.add_creation_template("team", applied_for=[AppliedFor.CREATE_ON_PUSH])
    registry.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:BatchGetImage"])
    told = {
        each["Properties"].get("Prefix"): each.get("Metadata", {}).get("EcrConstructs")
        for each in template_of(stack)["Resources"].values()
    }
    assert told == {
        "mirror": {
            "exemptions": [
                {
                    "control": "public-access",
                    "reason": "a mirror for everybody",
                    "expires": "2027-12-31",
                }
            ]
        },
        "team": None,
        None: None,
    }


Act = Callable[[GovernedRegistry], object]


@pytest.mark.parametrize(
    "act",
    [
        lambda r: r.allow(Principals.account("1"), actions=["ecr:BatchGetImage"]),
        lambda r: r.replicate_to(RegistryReference("1", REGION)),
        lambda r: r.add_creation_template("A", applied_for=[AppliedFor.REPLICATION]),
        lambda r: r.add_pull_through_cache(Upstream.docker_hub()),
    ],
)
def test_what_is_refused_is_not_half_made(act: Act) -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(stack, "Registry")
    with pytest.raises(ConfigurationError):
        act(registry)
    (template,) = synthesise(app, lint=False).values()
    assert template.get("Resources", {}) == {}
