"""The file beside a stack's template that tells what others must apply."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from tests.synthesis import (
    ACCOUNT,
    ENVIRONMENT,
    OTHER_ACCOUNT,
    REGION,
    new_app,
    new_stack,
    warnings_of,
)

from ecr_constructs import Baseline, GovernedRepository, Principals
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.upstream import Upstream

REFERENCE = RegistryReference(OTHER_ACCOUNT, "eu-central-1")


def handed_over(app: cdk.Stage, name: str = "Stack") -> list[dict[str, Any]]:
    folder = Path(app.synth().directory)
    (path,) = folder.rglob(f"{name}.hand-over.json")
    assert path.with_name(f"{name}.template.json").exists()
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["version"] == 1
    entries: list[dict[str, Any]] = document["handOvers"]
    return entries


def test_what_another_registry_needs_lies_beside_the_template() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    registry.replicate_to(REFERENCE, repository_filters=["payments/", "web/"])
    (entry,) = handed_over(app)
    assert (entry["account"], entry["region"]) == (OTHER_ACCOUNT, "eu-central-1")
    assert entry["repositoryName"] is None
    (statement,) = entry["policy"]["Statement"]
    arn = f"arn:aws:ecr:eu-central-1:{OTHER_ACCOUNT}:repository/"
    assert statement == {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"],
        "Resource": [f"{arn}payments/*", f"{arn}web/*"],
    }
    assert [
        (each["prefix"], each["appliedFor"], each["imageTagMutability"])
        for each in entry["creationTemplates"]
    ] == [("payments", ["REPLICATION"], "IMMUTABLE"), ("web", ["REPLICATION"], "IMMUTABLE")]
    assert [shlex.split(each)[:3] for each in entry["commands"]] == [
        ["aws", "ecr", "put-registry-policy"],
        ["aws", "ecr", "create-repository-creation-template"],
        ["aws", "ecr", "create-repository-creation-template"],
    ]
    (caution,) = entry["notes"]
    assert caution.startswith("put-registry-policy replaces the whole registry policy")
    assert "'aws ecr get-registry-policy --region eu-central-1'" in caution


def test_synthesis_warns_of_it_once() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    for prefix in ("payments/", "web/"):
        registry.replicate_to(REFERENCE, repository_filters=[prefix])
    (warning,) = warnings_of(app)["Stack/Registry"]
    assert warning.startswith(
        f"the registry of account {OTHER_ACCOUNT} in eu-central-1 is not owned by this app, so it"
        " cannot be changed from here; its owner must add these statements to its registry policy:"
    )
    assert "have a repository creation template for 'payments', 'web'" in warning
    assert "; the commands are in Stack.hand-over.json, beside the template" in warning


def test_the_same_account_elsewhere_needs_templates_and_no_policy() -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app), "Registry").replicate_to(
        RegistryReference(ACCOUNT, "eu-central-1"), repository_filters=["payments/"]
    )
    (entry,) = handed_over(app)
    assert entry["policy"] is None
    assert len(entry["commands"]) == len(entry["creationTemplates"]) == 1


def test_a_key_that_the_baseline_asks_for_is_the_other_owners() -> None:
    """A template with KMS and no role creates nothing, so it is said and not written."""
    app = new_app(validate=False)
    GovernedRegistry(
        new_stack(app), "Registry", baseline=Baseline(customer_managed_keys=True)
    ).replicate_to(REFERENCE)
    (entry,) = handed_over(app)
    (template,) = entry["creationTemplates"]
    assert template["encryptionConfiguration"] == {"encryptionType": "AES256"}
    _, note = entry["notes"]
    assert "customer-managed keys: add encryptionConfiguration with a key of that Region" in note


def test_each_registry_is_told_apart_and_in_order() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    registry.add_pull_through_cache(Upstream.ecr("9" * 12, REGION))
    registry.replicate_to(RegistryReference("3" * 12, REGION))
    registry.replicate_to(RegistryReference("3" * 12, "eu-central-1"))
    assert [(each["account"][0], each["region"]) for each in handed_over(app)] == [
        ("3", "eu-central-1"),
        ("3", REGION),
        ("9", REGION),
    ]
    assert [each.account[0] for each in registry.hand_overs] == ["3", "3", "9"]


def test_a_repository_that_the_app_does_not_own_is_in_it_too() -> None:
    app = new_app(validate=False)
    theirs = GovernedRepository.from_repository_arn(
        new_stack(app), "Theirs", f"arn:aws:ecr:{REGION}:{OTHER_ACCOUNT}:repository/their/app"
    )
    theirs.allow_pull(Principals.account(ACCOUNT))
    (entry,) = handed_over(app)
    assert (entry["account"], entry["repositoryName"]) == (OTHER_ACCOUNT, "their/app")
    assert shlex.split(entry["commands"][0])[:3] == ["aws", "ecr", "set-repository-policy"]
    assert entry["creationTemplates"] == []


def test_what_is_known_at_deployment_only_reads_as_cloudformation_writes_it() -> None:
    app = new_app(validate=False)
    theirs = GovernedRepository.from_repository_name(
        new_stack(app, env=None), "Theirs", "their/app"
    )
    theirs.allow_pull(Principals.account(OTHER_ACCOUNT))
    (entry,) = handed_over(app)
    assert (entry["account"], entry["region"]) == ("${AWS::AccountId}", "${AWS::Region}")
    assert "Token" not in json.dumps(entry)
    assert f"arn:${{AWS::Partition}}:iam::{OTHER_ACCOUNT}:root" in entry["commands"][0]


def test_the_file_of_a_stage_lies_in_its_folder() -> None:
    app = new_app(validate=False)
    stage = cdk.Stage(app, "Prod", env=ENVIRONMENT)
    GovernedRegistry(new_stack(stage, "Main", env=None), "Registry").replicate_to(REFERENCE)
    folder = Path(app.synth().directory)
    (path,) = folder.rglob("*.hand-over.json")
    assert path.parent == folder / "assembly-Prod"


def test_the_file_of_a_nested_stack_is_called_after_it() -> None:
    app = new_app(validate=False)
    nested = cdk.NestedStack(new_stack(app), "Nested")
    GovernedRegistry(nested, "Registry").replicate_to(REFERENCE)
    (path,) = Path(app.synth().directory).glob("*.hand-over.json")
    assert path.name.startswith("StackNested")


@pytest.mark.parametrize("owned", [False, True])
def test_no_file_where_nothing_is_handed_over(*, owned: bool, tmp_path: Path) -> None:
    """And one of an earlier synthesis does not outlive its cause."""
    stale = tmp_path / "Stack.hand-over.json"
    stale.write_text("{}", encoding="utf-8")
    app = new_app(validate=False, outdir=tmp_path)
    registry = GovernedRegistry(new_stack(app), "Registry")
    if owned:
        env = cdk.Environment(account=REFERENCE.account, region=REFERENCE.region)
        registry.replicate_to(REFERENCE)
        GovernedRegistry(new_stack(app, "Theirs", env=env), "Registry")
    app.synth()
    assert not list(tmp_path.glob("*.hand-over.json"))


def test_a_contribution_may_come_before_the_owner() -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    GovernedRegistry.of(stack).replicate_to(REFERENCE)
    registry = GovernedRegistry(stack, "Registry")
    assert [each.account for each in registry.hand_overs] == [OTHER_ACCOUNT]
    assert len(handed_over(app)) == 1
