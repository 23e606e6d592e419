"""All nine types of Amazon ECR, read out of templates into the model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from cfnlint.api import ManualArgs, lint
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.model import registry_strategies as values
from tests.model.said import errors
from tests.profiles import examples
from tests.sources.templates import ACCOUNT, REGION, read, write

from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.catalog_data import CatalogData
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule, Upstream
from ecr_constructs.model.pull_time_exclusion import PullTimeUpdateExclusion
from ecr_constructs.model.registry import Declaration, Deployment, Registry
from ecr_constructs.model.replication import Destination, Replication, ReplicationRule
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.signing import Signing, SigningRule
from ecr_constructs.model.statement import Principal, Statement
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.sources.assembly import read_assembly
from ecr_constructs.sources.resources import KINDS

ROLE = f"arn:aws:iam::{ACCOUNT}:role/EcrTemplates"
PROFILE = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/Images"
REPLICATE = Policy.of(
    Statement(
        principals=(Principal("AWS", "arn:aws:iam::222222222222:root"),),
        actions=("ecr:CreateRepository", "ecr:ReplicateImage"),
        resources=(f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/*",),
    )
)
SCANNING = Scanning.basic(on_push=["*"])
REPLICATION = Replication.of(
    ReplicationRule.to(Destination("eu-central-1", "222222222222"), ["payments/"])
)
SIGNING = Signing.of(SigningRule(signing_profile_arn=PROFILE, repository_filters=("prod/*",)))
TEMPLATE = CreationTemplate(
    prefix="docker-hub",
    applied_for=(AppliedFor.PULL_THROUGH_CACHE,),
    encryption=Encryption(EncryptionType.KMS),
    repository_policy=Policy.of(
        Statement(
            principals=(Principal("AWS", "arn:aws:iam::222222222222:root"),),
            actions=("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        )
    ),
    lifecycle_policy=LifecyclePolicy.of(
        LifecycleRule.expire_untagged(older_than_days=7)
    ).normalise(),
    resource_tags=(("team", "platform"),),
    custom_role_arn=ROLE,
)
CACHE = PullThroughCacheRule.of(Upstream.quay())
EXCLUSION = PullTimeUpdateExclusion(principal_arn=f"arn:aws:iam::{ACCOUNT}:role/Scanner")
PUBLIC = PublicRepository(
    repository_name="tools/app", catalog_data=CatalogData(architectures=("ARM 64",))
)


def resource(name: str, properties: Any, **more: Any) -> dict[str, Any]:
    return {"Type": f"AWS::ECR::{name}", "Properties": properties, **more}


def origin(logical_id: str, stack: str = "Main") -> Origin:
    return Origin(stack, logical_id, f"{stack}.template.json")


def the_registry(deployment: Deployment) -> Registry:
    (registry,) = deployment.registries
    return registry


ALL = {
    "Policy": resource("RegistryPolicy", {"PolicyText": REPLICATE.to_document()}),
    "Scanning": resource("RegistryScanningConfiguration", SCANNING.to_cfn()),
    "Replication": resource("ReplicationConfiguration", REPLICATION.to_cfn()),
    "Signing": resource("SigningConfiguration", SIGNING.to_cfn()),
    "Template": resource("RepositoryCreationTemplate", TEMPLATE.to_cfn()),
    "Cache": resource("PullThroughCacheRule", CACHE.to_cfn()),
    "Exclusion": resource("PullTimeUpdateExclusion", EXCLUSION.to_cfn()),
    "Repository": resource("Repository", {"RepositoryName": "payments/api"}),
    "Public": resource("PublicRepository", PUBLIC.to_cfn()),
}


def test_the_table_has_every_type_that_cloudformation_has() -> None:
    known = PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1")
    read = {name for name in KINDS if name.startswith("AWS::ECR::")}
    assert read == {name for name in known if name.startswith("AWS::ECR::")}
    assert len(read) == 9


def test_all_types_are_read(tmp_path: Path) -> None:
    deployment = read(tmp_path, Resources=ALL)
    assert deployment.malformed == ()
    assert the_registry(deployment) == Registry(
        account=ACCOUNT,
        region=REGION,
        repositories=(Repository(repository_name="payments/api"),),
        registry_policy=REPLICATE,
        scanning=SCANNING,
        replication=REPLICATION,
        signing=SIGNING,
        creation_templates=(TEMPLATE,),
        pull_through_cache_rules=(CACHE,),
        pull_time_exclusions=(EXCLUSION,),
        declarations=(
            Declaration("registry_policy", origin("Policy")),
            Declaration("scanning", origin("Scanning")),
            Declaration("replication", origin("Replication")),
            Declaration("signing", origin("Signing")),
        ),
    )
    (public,) = deployment.public_repositories
    assert (public.account, public.region) == (ACCOUNT, REGION)
    assert public.catalog_data == PUBLIC.catalog_data


def test_exemptions_of_what_a_registry_has_once_are_read(tmp_path: Path) -> None:
    exemption = {"control": "public-access", "reason": "open data"}
    policy = ALL["Policy"] | {"Metadata": {"EcrConstructs": {"exemptions": [exemption]}}}
    (declaration,) = the_registry(read(tmp_path, Resources={"Policy": policy})).declarations
    assert declaration.exemptions == (Exemption(Control.PUBLIC_ACCESS, "open data"),)


def test_cfn_lint_takes_all_that_is_written() -> None:
    """Its schemas and its rules: those about ECR, IAM and every resource."""
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": ALL}
    settings_ = ManualArgs(regions=["us-east-1"])
    assert lint(json.dumps(template), config=settings_) == []
    broken = {**ALL, "Cache": resource("PullThroughCacheRule", {"EcrRepositoryPrefix": "A"})}
    (*_, last) = lint(json.dumps(template | {"Resources": broken}), config=settings_)
    assert "'A' does not match" in last.message


def test_every_value_tells_where_it_stands(tmp_path: Path) -> None:
    deployment = read(tmp_path, Resources=ALL)
    registry = the_registry(deployment)
    for logical_id, value in {
        "Scanning": registry.scanning,
        "Replication": registry.replication,
        "Signing": registry.signing,
        "Template": registry.creation_templates[0],
        "Cache": registry.pull_through_cache_rules[0],
        "Exclusion": registry.pull_time_exclusions[0],
        "Public": deployment.public_repositories[0],
    }.items():
        assert not isinstance(value, Unresolved)
        assert value is not None
        assert value.origin == origin(logical_id)


def test_a_registry_without_settings_has_none(tmp_path: Path) -> None:
    registry = the_registry(read(tmp_path, Resources={"Repository": ALL["Repository"]}))
    assert registry == Registry(
        account=ACCOUNT,
        region=REGION,
        repositories=(Repository(repository_name="payments/api"),),
    )
    assert read(tmp_path, Resources={}).public_repositories == ()


def test_a_registry_without_repositories_is_one(tmp_path: Path) -> None:
    registry = the_registry(read(tmp_path, Resources={"Scanning": ALL["Scanning"]}))
    assert (registry.repositories, registry.scanning) == ((), SCANNING)


def test_a_public_repository_is_of_no_registry(tmp_path: Path) -> None:
    deployment = read(tmp_path, Resources={"Public": ALL["Public"]})
    assert deployment.registries == ()
    (sentence,) = errors(deployment.public_repositories[0].problems())
    assert f"must be declared in 'us-east-1', got {REGION!r}" in sentence


def test_intrinsics_are_resolved(tmp_path: Path) -> None:
    arn = {"Fn::Sub": "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/*"}
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Join": [":", ["arn:aws:iam:", "222222222222", "root"]]}},
        "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"],
        "Resource": arn,
    }
    template = {
        **TEMPLATE.to_cfn(),
        "Prefix": {"Ref": "Cache"},
        "CustomRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "Description": {"Ref": "AWS::NoValue"},
    }
    destination = {"Region": "eu-central-1", "RegistryId": {"Ref": "Backup"}}
    rules = [
        {
            "Destinations": [destination],
            "RepositoryFilters": [{"Filter": "payments/", "FilterType": "PREFIX_MATCH"}],
        }
    ]
    deployment = read(
        tmp_path,
        Parameters={"Backup": {"Type": "String", "Default": "222222222222"}},
        Resources={
            "Policy": resource(
                "RegistryPolicy",
                {"PolicyText": {"Version": "2012-10-17", "Statement": [statement]}},
            ),
            "Replication": resource(
                "ReplicationConfiguration", {"ReplicationConfiguration": {"Rules": rules}}
            ),
            "Cache": ALL["Cache"],
            "Template": resource("RepositoryCreationTemplate", template),
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "EcrTemplates"}},
        },
    )
    registry = the_registry(deployment)
    assert deployment.malformed == ()
    assert registry.registry_policy == REPLICATE
    assert isinstance(registry.registry_policy, Policy)
    assert registry.registry_policy.problems(PolicyKind.REGISTRY, account=ACCOUNT) == []
    assert registry.replication == REPLICATION
    (read_template,) = registry.creation_templates
    assert read_template.custom_role_arn == ROLE
    assert read_template.description is None


def test_what_a_parameter_decides_stays_unknown(tmp_path: Path) -> None:
    parameters = {name: {"Type": "String"} for name in ("Type", "Filter", "Profile")}
    rule = {
        "ScanFrequency": "SCAN_ON_PUSH",
        "RepositoryFilters": [{"Filter": {"Ref": "Filter"}, "FilterType": "WILDCARD"}],
    }
    deployment = read(
        tmp_path,
        Parameters=parameters,
        Resources={
            "Scanning": resource(
                "RegistryScanningConfiguration", {"ScanType": {"Ref": "Type"}, "Rules": [rule]}
            ),
            "Signing": resource(
                "SigningConfiguration", {"Rules": [{"SigningProfileArn": {"Ref": "Profile"}}]}
            ),
        },
    )
    registry = the_registry(deployment)
    assert isinstance(registry.scanning, Scanning)
    assert isinstance(registry.scanning.scan_type, Unresolved)
    assert isinstance(registry.scanning.rules[0].repository_filters[0], Unresolved)
    assert isinstance(registry.signing, Signing)
    assert isinstance(registry.signing.rules[0].signing_profile_arn, Unresolved)
    assert registry.scanning.problems() == []
    assert registry.signing.problems(region=REGION) == []
    assert deployment.malformed == ()


def assembly(tmp_path: Path, **stacks: tuple[str, Mapping[str, Any]]) -> Deployment:
    """Read an assembly of stacks: a Region and resources each."""
    artifacts = {}
    for name, (region, resources) in stacks.items():
        write(tmp_path / f"{name}.template.json", {"Resources": resources})
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{ACCOUNT}/{region}",
            "properties": {"templateFile": f"{name}.template.json"},
        }
    write(tmp_path / "manifest.json", {"version": "55.0.0", "artifacts": artifacts})
    return read_assembly(tmp_path)


def test_two_owners_are_told_and_what_they_agree_on_is_known(tmp_path: Path) -> None:
    registry = the_registry(
        assembly(
            tmp_path,
            A=(REGION, {"Scanning": ALL["Scanning"]}),
            B=(REGION, {"Scanning": ALL["Scanning"], "Signing": ALL["Signing"]}),
        )
    )
    assert registry.scanning == SCANNING
    assert registry.declarations == (
        Declaration("scanning", origin("Scanning", "A")),
        Declaration("scanning", origin("Scanning", "B")),
        Declaration("signing", origin("Signing", "B")),
    )


@pytest.mark.parametrize(
    ("logical_id", "member", "other"),
    [
        ("Policy", "registry_policy", {"PolicyText": {"Version": "2012-10-17", "Statement": []}}),
        ("Scanning", "scanning", Scanning.enhanced(continuous=["*"]).to_cfn()),
        ("Replication", "replication", Replication().to_cfn()),
        ("Signing", "signing", Signing().to_cfn()),
    ],
)
def test_what_two_owners_differ_on_cannot_be_told(
    tmp_path: Path, logical_id: str, member: str, other: dict[str, Any]
) -> None:
    mine = ALL[logical_id]
    registry = the_registry(
        assembly(
            tmp_path,
            A=(REGION, {logical_id: mine}),
            B=(REGION, {"Other": {**mine, "Properties": other}}),
        )
    )
    assert getattr(registry, member) == Unresolved.of(f"A.{logical_id} or B.Other")
    assert [each.member for each in registry.declarations] == [member, member]


def test_the_settings_of_two_regions_are_two(tmp_path: Path) -> None:
    deployment = assembly(
        tmp_path,
        A=("eu-west-1", {"Scanning": ALL["Scanning"], "Public": ALL["Public"]}),
        B=("us-east-1", {"Signing": ALL["Signing"], "Public": ALL["Public"]}),
    )
    assert [(each.region, each.scanning, each.signing) for each in deployment.registries] == [
        ("eu-west-1", SCANNING, None),
        ("us-east-1", None, SIGNING),
    ]
    assert [each.region for each in deployment.public_repositories] == ["eu-west-1", "us-east-1"]


def test_a_resource_whose_condition_is_false_is_none(tmp_path: Path) -> None:
    conditions = {"No": {"Fn::Equals": ["a", "b"]}}
    resources = {
        name: {**body, "Condition": "No"} for name, body in ALL.items() if name != "Repository"
    }
    deployment = read(
        tmp_path,
        Conditions=conditions,
        Resources={**resources, "Repository": ALL["Repository"]},
    )
    assert the_registry(deployment).declarations == ()
    assert the_registry(deployment).scanning is None
    assert the_registry(deployment).creation_templates == ()
    assert deployment.public_repositories == ()


def test_lists_are_in_the_order_of_their_identity(tmp_path: Path) -> None:
    resources = {
        f"{kind}{index}": {
            **ALL[kind],
            "Properties": {**ALL[kind]["Properties"], name: f"{text}{index}"},
        }
        for index in (3, 1, 2)
        for kind, name, text in (
            ("Template", "Prefix", "p"),
            ("Cache", "EcrRepositoryPrefix", "q"),
            ("Exclusion", "PrincipalArn", EXCLUSION.principal_arn),
            ("Public", "RepositoryName", "r"),
        )
    }
    deployment = read(tmp_path, Resources=resources)
    registry = the_registry(deployment)
    assert [each.prefix for each in registry.creation_templates] == ["p1", "p2", "p3"]
    assert [each.ecr_repository_prefix for each in registry.pull_through_cache_rules] == [
        "q1",
        "q2",
        "q3",
    ]
    assert [str(each.principal_arn)[-1] for each in registry.pull_time_exclusions] == list("123")
    assert [each.repository_name for each in deployment.public_repositories] == ["r1", "r2", "r3"]


@pytest.mark.parametrize("properties", [None, {}, {"PolicyText": None}])
def test_a_registry_policy_without_a_text_is_malformed(tmp_path: Path, properties: Any) -> None:
    registry = the_registry(
        read(tmp_path, Resources={"Policy": resource("RegistryPolicy", properties)})
    )
    assert isinstance(registry.registry_policy, Malformed)
    (sentence,) = errors(registry.registry_policy.problems)
    assert sentence.startswith(
        "Properties.PolicyText: a registry policy must have a PolicyText, got none; write"
    )


def test_a_registry_policy_that_is_a_text_is_read(tmp_path: Path) -> None:
    body = resource("RegistryPolicy", {"PolicyText": REPLICATE.to_json()})
    assert the_registry(read(tmp_path, Resources={"P": body})).registry_policy == REPLICATE


@pytest.mark.parametrize(("name", "body"), sorted(ALL.items()))
@pytest.mark.parametrize("properties", [None, [], "x", 1, {"Nonsense": {}}])
def test_nothing_that_stands_for_properties_stops_the_reader(
    tmp_path: Path, name: str, body: dict[str, Any], properties: Any
) -> None:
    deployment = read(tmp_path, Resources={name: {**body, "Properties": properties}})
    assert len(deployment.registries) + len(deployment.public_repositories) == 1
    expected = 1 if isinstance(properties, list | str | int) else 0
    assert len(deployment.malformed) == expected
    for located in deployment.malformed:
        assert located.origin == origin(name)


def read_one(name: str, properties: Any) -> Deployment:
    """Read one resource out of a template; a property test has one directory for all examples."""
    with TemporaryDirectory() as directory:
        return read(Path(directory), Resources={"It": resource(name, properties)})


WRITTEN = [
    ("RegistryScanningConfiguration", "scanning", values.scannings()),
    ("ReplicationConfiguration", "replication", values.replications()),
    ("SigningConfiguration", "signing", values.signings()),
    ("RepositoryCreationTemplate", "creation_templates", values.creation_templates()),
    ("PullThroughCacheRule", "pull_through_cache_rules", values.cache_rules()),
    ("PullTimeUpdateExclusion", "pull_time_exclusions", values.exclusions()),
]


@pytest.mark.parametrize(("name", "member", "strategy"), WRITTEN)
def test_what_is_written_is_read_back(
    name: str, member: str, strategy: st.SearchStrategy[Any]
) -> None:
    @settings(max_examples=examples(30), deadline=None)
    @given(strategy)
    def check(value: Any) -> None:
        # A template has intrinsics where the model has unknown parts; tests of those are elsewhere.
        properties = value.normalise().to_cfn()
        assume("${" not in json.dumps(properties, default=str))
        deployment = read_one(name, properties)
        found = getattr(the_registry(deployment), member)
        assert (found[0] if isinstance(found, tuple) else found) == value.normalise()
        assert deployment.malformed == ()

    check()


@settings(max_examples=examples(30), deadline=None)
@given(values.public_repositories())
def test_a_public_repository_is_read_back(value: PublicRepository) -> None:
    deployment = read_one("PublicRepository", value.normalise().to_cfn())
    (found,) = deployment.public_repositories
    assert found.to_cfn() == value.normalise().to_cfn()
    assert found.normalise() == found


@pytest.mark.parametrize("policy", [p for p in values.POLICIES if p and "${" not in p.to_json()])
def test_a_registry_policy_is_read_back(policy: Policy) -> None:
    document = policy.normalise().to_document()
    deployment = read_one("RegistryPolicy", {"PolicyText": document})
    assert the_registry(deployment).registry_policy == policy.normalise()


def test_what_cdks_own_constructs_write_is_read(tmp_path: Path) -> None:
    """The L1s are generated from CloudFormation's schemas, so they spell every member."""
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.Stack(app, "Main", env=cdk.Environment(account=ACCOUNT, region=REGION))
    ecr.CfnRegistryPolicy(stack, "Policy", policy_text=REPLICATE.to_document())
    scanning = ecr.CfnRegistryScanningConfiguration
    scanning(
        stack,
        "Scanning",
        scan_type="BASIC",
        rules=[
            scanning.ScanningRuleProperty(
                scan_frequency="SCAN_ON_PUSH",
                repository_filters=[
                    scanning.RepositoryFilterProperty(filter="*", filter_type="WILDCARD")
                ],
            )
        ],
    )
    replication = ecr.CfnReplicationConfiguration
    replication(
        stack,
        "Replication",
        replication_configuration=replication.ReplicationConfigurationProperty(
            rules=[
                replication.ReplicationRuleProperty(
                    destinations=[
                        replication.ReplicationDestinationProperty(
                            region="eu-central-1", registry_id="222222222222"
                        )
                    ],
                    repository_filters=[
                        replication.RepositoryFilterProperty(
                            filter="payments/", filter_type="PREFIX_MATCH"
                        )
                    ],
                )
            ]
        ),
    )
    signing = ecr.CfnSigningConfiguration
    signing(
        stack,
        "Signing",
        rules=[
            signing.RuleProperty(
                signing_profile_arn=PROFILE,
                repository_filters=[
                    signing.RepositoryFilterProperty(filter="prod/*", filter_type="WILDCARD_MATCH")
                ],
            )
        ],
    )
    template = ecr.CfnRepositoryCreationTemplate
    template(
        stack,
        "Template",
        prefix="docker-hub",
        applied_for=["PULL_THROUGH_CACHE"],
        image_tag_mutability="MUTABLE",
        encryption_configuration=template.EncryptionConfigurationProperty(encryption_type="KMS"),
        repository_policy=TEMPLATE.to_cfn()["RepositoryPolicy"],
        lifecycle_policy=TEMPLATE.to_cfn()["LifecyclePolicy"],
        resource_tags=[cdk.CfnTag(key="team", value="platform")],
        custom_role_arn=ROLE,
    )
    ecr.CfnPullThroughCacheRule(
        stack,
        "Cache",
        ecr_repository_prefix="quay",
        upstream_registry="quay",
        upstream_registry_url="quay.io",
    )
    ecr.CfnPullTimeUpdateExclusion(stack, "Exclusion", principal_arn=str(EXCLUSION.principal_arn))
    public = ecr.CfnPublicRepository
    public(
        stack,
        "Public",
        repository_name="tools/app",
        repository_catalog_data={"Architectures": ["ARM 64"]},
    )
    app.synth()

    deployment = read_assembly(tmp_path)
    registry = the_registry(deployment)
    assert registry.registry_policy == REPLICATE
    assert registry.scanning == SCANNING
    assert registry.replication == REPLICATION
    assert registry.signing == SIGNING
    assert registry.creation_templates == (TEMPLATE,)
    assert registry.pull_through_cache_rules == (CACHE,)
    assert registry.pull_time_exclusions == (EXCLUSION,)
    (found,) = deployment.public_repositories
    assert found.catalog_data == PUBLIC.catalog_data
    assert found.origin is not None
    assert found.origin.construct_path == "Main/Public"
