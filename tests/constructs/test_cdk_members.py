"""What the installed aws-cdk-lib may lack: it is used where it is there, and refused where not.

The library at hand is older than 2.278. What it would do with the member is not
tried here; what it is handed is.
"""

from __future__ import annotations

import re
from importlib import metadata
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ecr as ecr
from tests.synthesis import OTHER_ACCOUNT, new_app, new_stack, synthesise

from ecr_constructs import ConfigurationError
from ecr_constructs.constructs.cdk_members import DELETE_REPLICATION
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.registry_reference import RegistryReference

AWAY = RegistryReference(OTHER_ACCOUNT, "eu-central-1")


@pytest.fixture
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installed library has the member."""
    monkeypatch.setattr(
        ecr.CfnReplicationConfiguration, "DeleteReplicationProperty", object, raising=False
    )


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installed library lacks the member."""
    monkeypatch.delattr(ecr.CfnReplicationConfiguration, "DeleteReplicationProperty", raising=False)


def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the rules that CDK is handed from now on."""
    found: list[Any] = []
    real = jsii.set

    def set_(resource: Any, name: str, value: Any) -> Any:
        if name == "replicationConfiguration":
            found.extend(value["rules"])
        return real(resource, name, value)

    monkeypatch.setattr(jsii, "set", set_)
    return found


def registry_in(app: cdk.App) -> GovernedRegistry:
    stack = new_stack(app)
    cdk.Annotations.of(stack).acknowledge_warning("ecr-constructs:hand-over", "done")
    return GovernedRegistry(stack, "Registry")


@pytest.mark.usefixtures("present")
def test_deletions_are_replicated_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nowhere else: a rule by itself for each."""
    app = new_app(validate=False)
    registry = registry_in(app)
    registry.replicate_to(AWAY, repository_filters=["web/"], delete_replication=True)
    registry.replicate_to(AWAY, repository_filters=["payments/"])
    rules = handed_over(monkeypatch)
    synthesise(app, lint=False)
    assert [
        (rule["repositoryFilters"][0]["filter"], rule.get("deleteReplication")) for rule in rules
    ] == [("payments/", None), ("web/", {"enabled": True})]


@pytest.mark.usefixtures("present")
@pytest.mark.parametrize("deletes", [True, False])
@pytest.mark.parametrize(
    ("filters", "named"), [([], "every repository"), (["web/", "api/"], "'web/'")]
)
def test_refuses_deletions_that_somebody_else_asks_not_to_replicate(
    *, deletes: bool, filters: list[str], named: str
) -> None:
    """In either order; the images that go to another registry are others."""
    registry = registry_in(new_app(validate=False))
    registry.replicate_to(AWAY, repository_filters=filters, delete_replication=deletes)
    registry.replicate_to(AWAY, repository_filters=filters, delete_replication=deletes)
    elsewhere = RegistryReference(AWAY.account, "eu-west-3")
    registry.replicate_to(elsewhere, repository_filters=filters, delete_replication=not deletes)
    message = (
        f"delete_replication must be the same for the same images, got {not deletes} for {named} to"
        f" {AWAY.account} in {AWAY.region}, where 'Stack/Registry' asks for {deletes}; give both"
        " the same"
    )
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        registry.replicate_to(AWAY, repository_filters=filters[:1], delete_replication=not deletes)


@pytest.mark.usefixtures("present")
@pytest.mark.parametrize("deletes", [True, False])
def test_warns_where_rules_with_and_without_deletions_overlap(*, deletes: bool) -> None:
    app = new_app(validate=False)
    registry = registry_in(app)
    registry.replicate_to(AWAY, repository_filters=["web/"], delete_replication=deletes)
    registry.replicate_to(AWAY, delete_replication=not deletes)
    both = ("'web/'", "every repository") if deletes else ("every repository", "'web/'")
    found = [each.data for each in registry.node.metadata if each.type == "aws:cdk:warning"]
    (sentence,) = (each for each in found if "delete_replication" in str(each))
    assert str(sentence).startswith(
        "delete_replication should be the same where one prefix takes another, as which of the two"
        f" rules decides is not documented, got True for {both[0]} and False for {both[1]} to"
        f" {AWAY.account} in {AWAY.region}; give both the same"
    )


@pytest.mark.usefixtures("absent")
def test_refuses_what_the_installed_library_lacks() -> None:
    registry = registry_in(new_app(validate=False))
    installed = re.escape(metadata.version("aws-cdk-lib"))
    with pytest.raises(
        ConfigurationError,
        match=r"delete_replication needs aws-cdk-lib 2\.278\.0 or newer, from which on"
        r" AWS::ECR::ReplicationConfiguration has DeleteReplication, got"
        rf" '{installed}'; install 'aws-cdk-lib>=2\.278\.0', or leave it out \[Stack/Registry\]",
    ):
        registry.replicate_to(AWAY, delete_replication=True)
    assert registry.node.children == []


@pytest.mark.usefixtures("absent")
def test_nothing_is_asked_of_the_library_that_nobody_asks_for() -> None:
    registry_in(new_app(validate=False)).replicate_to(AWAY, delete_replication=False)


def test_refuses_what_is_neither_true_nor_false() -> None:
    anything: Any = "yes"
    with pytest.raises(
        ConfigurationError, match="delete_replication must be True or False, got 'yes'; leave it"
    ):
        registry_in(new_app(validate=False)).replicate_to(AWAY, delete_replication=anything)


def test_the_member_is_there_from_the_release_on_that_is_named() -> None:
    """Fails when the name of the struct is not the one that CDK gives it."""
    installed = tuple(map(int, metadata.version("aws-cdk-lib").split(".")[:2]))
    since = tuple(map(int, DELETE_REPLICATION.since.split(".")[:2]))
    assert DELETE_REPLICATION.is_there is (installed >= since)
