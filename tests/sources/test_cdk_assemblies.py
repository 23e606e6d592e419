"""Assemblies as aws-cdk-lib writes them: by an app alone, with its new flags, for its CLI."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from tests.sources.templates import repositories

from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.sources.assembly import read_assembly

IRELAND: Final = cdk.Environment(account="111111111111", region="eu-west-1")
VIRGINIA: Final = cdk.Environment(account="111111111111", region="us-east-1")
OTHER: Final = cdk.Environment(account="222222222222", region="eu-central-1")

#: What the CDK command line asks an app for.
FOR_CLI: Final = {
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:enable-asset-metadata": True,
    "aws:cdk:version-reporting": True,
}


def _define(app: cdk.App) -> None:
    owner = cdk.Stack(app, "Owner", env=IRELAND)
    roles = cdk.Stack(app, "Roles", env=IRELAND)
    puller = iam.Role(roles, "Puller", assumed_by=iam.AccountRootPrincipal())
    foreign = cdk.Stack(app, "Foreign", env=OTHER)
    stranger = iam.Role(foreign, "Stranger", assumed_by=iam.AccountRootPrincipal())

    api = ecr.Repository(
        owner,
        "Api",
        repository_name="payments/api",
        lifecycle_rules=[ecr.LifecycleRule(max_image_count=3)],
    )
    api.grant_pull(stranger)
    api.grant_pull(iam.AccountPrincipal("333333333333"))
    api.grant_pull(iam.ArnPrincipal(puller.role_arn))
    cdk.Validations.of(api).acknowledge(cdk.Acknowledgment(id="AwsSolutions-ECR1", reason="known"))
    unnamed = ecr.CfnRepository(owner, "Unnamed")
    raw = ecr.CfnRepository(owner, "Raw", repository_name="raw", image_tag_mutability="MUTABLE")
    raw.add_property_override("ImageTagMutability", "IMMUTABLE")
    raw.add_property_override("ImageScanningConfiguration.ScanOnPush", True)
    raw.add_property_deletion_override("RepositoryName")
    _optional(owner)
    _nested(owner)

    for stack_id, environment in (("Same", IRELAND), ("Region", VIRGINIA), ("Account", OTHER)):
        user = cdk.Stack(app, stack_id, env=environment)
        ecr.CfnRepository(user, "User", repository_name=f"{unnamed.ref}/x")
        if environment is not OTHER:  # CDK refuses that from a nested stack
            inner = cdk.NestedStack(user, "Inner")
            ecr.CfnRepository(inner, "User", repository_name=f"{unnamed.ref}/y")
    _Service(app, "Prod", env=IRELAND)
    _Service(app, "Dev")


def _optional(stack: cdk.Stack) -> None:
    stage = cdk.CfnParameter(stack, "Stage", default="dev")
    is_prod = cdk.CfnCondition(stack, "IsProd", expression=cdk.Fn.condition_equals(stage, "prod"))
    ecr.CfnRepository(stack, "Prod", repository_name="only/prod").cfn_options.condition = is_prod
    name = cdk.Fn.condition_if("IsProd", "prod", f"not-prod/{stage.value_as_string}")
    ecr.CfnRepository(stack, "Chosen", repository_name=cdk.Token.as_string(name))


def _nested(stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key")
    nested = cdk.NestedStack(stack, "Nested")
    inner = ecr.Repository(nested, "Api", repository_name="nested/api", encryption_key=key)
    cdk.Validations.of(inner).acknowledge(cdk.Acknowledgment(id="Pack::Rule", reason="nested"))
    deeper = cdk.NestedStack(nested, "Deeper")
    ecr.CfnRepository(deeper, "Raw", repository_name=f"{inner.repository_name}/deep")
    ecr.CfnRepository(stack, "AfterNested", repository_name=f"{inner.repository_name}/after")


class _Service(cdk.Stage):
    def __init__(
        self, scope: cdk.App, construct_id: str, *, env: cdk.Environment | None = None
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        stack = cdk.Stack(self, "Svc", stack_name="svc")
        ecr.Repository(stack, "Repo", repository_name="svc/repo")
        ecr.Repository(cdk.NestedStack(stack, "Nest"), "Repo", repository_name="svc/nested")


@pytest.fixture(scope="session", name="assemblies")
def _assemblies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("assemblies")
    assemblies = {"bare": _synth(root / "bare", {})}
    manifest = json.loads((root / "bare" / "manifest.json").read_text())
    report = manifest["artifacts"]["aws-cdk-lib/feature-flag-report"]["properties"]["flags"]
    recommended = {name: flag["recommendedValue"] for name, flag in report.items()}
    assemblies["recommended"] = _synth(root / "recommended", recommended)
    assemblies["for-cli"] = _synth(root / "for-cli", FOR_CLI)
    return assemblies


def _synth(outdir: Path, context: Mapping[str, Any]) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("CDK_VALIDATION", "false")
        app = cdk.App(outdir=str(outdir), context=dict(context))
        _define(app)
        app.synth()
    return outdir


@pytest.fixture(name="assembly", params=["bare", "recommended", "for-cli"])
def _assembly(request: pytest.FixtureRequest, assemblies: dict[str, Path]) -> Path:
    return assemblies[request.param]


@pytest.fixture(name="deployment")
def _deployment(assembly: Path) -> Deployment:
    return read_assembly(assembly)


def _by_path(deployment: Deployment) -> dict[str | None, Repository]:
    return {each.origin.construct_path: each for each in repositories(deployment) if each.origin}


def test_every_repository_is_read_into_its_registry(deployment: Deployment) -> None:
    assert [
        (
            str(registry.account),
            str(registry.region),
            [str(each.repository_name) for each in registry.repositories],
        )
        for registry in deployment.registries
    ] == [
        (
            "111111111111",
            "eu-west-1",
            [
                "${Owner.Unnamed}/x",
                "${Owner.Unnamed}/y",
                "nested/api",
                "nested/api/after",
                "nested/api/deep",
                "not-prod/dev",
                "payments/api",
                "svc/nested",
                "svc/repo",
                "None",
                "None",
            ],
        ),
        ("111111111111", "us-east-1", ["${Owner.Unnamed}/x", "${Owner.Unnamed}/y"]),
        ("222222222222", "eu-central-1", ["${Owner.Unnamed}/x"]),
        ("${AWS::AccountId}", "${AWS::Region}", ["svc/nested", "svc/repo"]),
    ]
    assert deployment.malformed == ()


def test_a_repository_is_named_by_the_construct_that_a_user_wrote(deployment: Deployment) -> None:
    assert set(_by_path(deployment)) == {
        "Owner/Api",
        "Owner/Unnamed",
        "Owner/Raw",
        "Owner/Chosen",
        "Owner/AfterNested",
        "Owner/Nested/Api",
        "Owner/Nested/Deeper/Raw",
        "Account/User",
        *(f"{stack}/{path}" for stack in ("Same", "Region") for path in ("User", "Inner/User")),
        *(f"{stage}/Svc/{path}" for stage in ("Prod", "Dev") for path in ("Repo", "Nest/Repo")),
    }


def test_origins_name_stack_and_template(deployment: Deployment) -> None:
    found = _by_path(deployment)
    stage, nested = found["Prod/Svc/Repo"].origin, found["Owner/Nested/Api"].origin
    assert stage is not None
    assert nested is not None
    assert (stage.stack, stage.template.split("/")[0]) == ("svc", "assembly-Prod")
    assert nested.stack.startswith("Owner-NestedNestedStack")
    assert nested.template.endswith(".nested.template.json")


def test_a_role_of_another_account_is_its_account_and_a_tag(deployment: Deployment) -> None:
    policy = _by_path(deployment)["Owner/Api"].repository_policy
    assert isinstance(policy, Policy)
    (tagged,) = (each for each in policy.statements if each.conditions)
    assert [p.value for p in tagged.principals] == ["arn:aws:iam::222222222222:root"]
    assert tagged.conditions[0].key == "aws:PrincipalTag/aws-cdk:id"


def test_a_role_of_another_stack_is_the_role_in_that_stack(deployment: Deployment) -> None:
    policy = _by_path(deployment)["Owner/Api"].repository_policy
    assert isinstance(policy, Policy)
    principals = {str(p.value) for each in policy.statements for p in each.principals}
    (role,) = (text for text in principals if "role" in text)
    assert role.startswith("arn:aws:iam::111111111111:role/${Roles.Puller")
    assert "arn:aws:iam::333333333333:root" in principals


def test_overrides_are_what_counts(deployment: Deployment) -> None:
    raw = _by_path(deployment)["Owner/Raw"]
    assert (raw.image_tag_mutability, raw.scan_on_push, raw.repository_name) == (
        "IMMUTABLE",
        True,
        None,
    )


def test_a_key_of_the_parent_is_known_in_a_nested_stack(deployment: Deployment) -> None:
    key = _by_path(deployment)["Owner/Nested/Api"].encryption.kms_key
    assert isinstance(key, Unresolved)
    assert key.text.startswith("arn:aws:kms:eu-west-1:111111111111:key/${Owner.Key")


def test_acknowledgements_come_with_their_reasons(deployment: Deployment) -> None:
    assert deployment.acknowledgements == (
        Acknowledgement("AwsSolutions-ECR1", "known", "Owner/Api"),
        Acknowledgement("Pack::Rule", "nested", "Owner/Nested/Api"),
    )


def test_a_parameter_that_is_given_changes_what_a_condition_excludes(assembly: Path) -> None:
    found = _by_path(read_assembly(assembly, parameters={"Stage": "prod"}))
    assert found["Owner/Prod"].repository_name == "only/prod"
    assert found["Owner/Chosen"].repository_name == "prod"


def test_flags_and_the_cli_change_nothing_that_is_read(assemblies: dict[str, Path]) -> None:
    bare, recommended, for_cli = (
        [each.normalise() for each in repositories(read_assembly(assemblies[name]))]
        for name in ("bare", "recommended", "for-cli")
    )
    assert bare == recommended == for_cli


def test_an_older_manifest_that_holds_the_metadata_reads_the_same(
    assemblies: dict[str, Path], tmp_path: Path
) -> None:
    older = Path(shutil.copytree(assemblies["bare"], tmp_path / "older"))
    for path in older.rglob("manifest.json"):
        manifest = json.loads(path.read_text())
        for artifact in manifest["artifacts"].values():
            file = artifact.pop("additionalMetadataFile", None)
            if file is not None:
                artifact["metadata"] = json.loads((path.parent / file).read_text())
                (path.parent / file).unlink()
        path.write_text(json.dumps(manifest))
    assert read_assembly(older) == read_assembly(assemblies["bare"])


def test_a_stage_is_an_assembly_of_its_own(assembly: Path) -> None:
    deployment = read_assembly(assembly / "assembly-Prod")
    assert set(_by_path(deployment)) == {"Prod/Svc/Repo", "Prod/Svc/Nest/Repo"}


def test_a_lone_template_of_an_assembly_is_read_by_itself(assemblies: dict[str, Path]) -> None:
    template = assemblies["for-cli"] / "Owner.template.json"
    deployment = read_assembly(template, account="111111111111", region="eu-west-1")
    assert {path for path in _by_path(deployment) if path} >= {"Owner/Api", "Owner/Nested/Api"}
    assert deployment.malformed == ()
