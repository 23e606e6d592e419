"""Naming a principal, an action and a repository."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.access.scenes import (
    BUILD,
    GET,
    LAMBDA,
    NAME,
    OTHER,
    OWNER,
    REGION,
    REMOTE,
    allow,
    deployment,
    grant,
    identity,
    policy,
)

from ecr_constructs.access import AccessModel, can, who_can
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.unresolved import Unknown, Unresolved

OPEN = deployment(policy(allow("*")))


@pytest.mark.parametrize(
    "principal",
    [
        BUILD,
        REMOTE,
        OTHER,
        f"arn:aws:iam::{OTHER}:root",
        f"arn:aws:sts::{OTHER}:assumed-role/Deploy/run",
        f"arn:aws:sts::{OTHER}:federated-user/eva",
        f"arn:aws-us-gov:iam::{OTHER}:user/path/eva",
        LAMBDA,
        "ecs-tasks.amazonaws.com",
        "*",
    ],
)
def test_takes_every_kind_of_principal(principal: str) -> None:
    assert can(OPEN, principal, GET, NAME).decision == "allow"


@pytest.mark.parametrize(
    "principal",
    [
        "Build",
        "12345",
        f"arn:aws:iam::{OTHER}:role/*",
        f"arn:aws:iam::{OTHER}:group/Developers",
        "arn:aws:iam::acme:role/Build",
        "AROAEXAMPLEEXAMPLE01",
        "",
    ],
)
def test_refuses_what_is_no_principal(principal: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        can(OPEN, principal, GET, NAME)
    assert str(caught.value) == (
        "principal must be the ARN of a role, user, session or account, 12 digits, the name of a"
        f" service or '*', got {principal!r}; write for example"
        " 'arn:aws:iam::111122223333:role/Deploy'"
    )


@pytest.mark.parametrize(
    ("action", "fix"),
    [
        ("ecr:BatchGetImages", "did you mean 'ecr:BatchGetImage'"),
        ("PutImage", "did you mean 'ecr:PutImage'"),
        ("ecr:*", "write for example 'ecr:BatchGetImage'"),
        ("s3:GetObject", "write for example 'ecr:BatchGetImage'"),
    ],
)
def test_refuses_what_is_no_action(action: str, fix: str) -> None:
    for ask in (lambda: can(OPEN, BUILD, action, NAME), lambda: who_can(OPEN, action, NAME)):
        with pytest.raises(ConfigurationError) as caught:
            ask()
        assert (
            str(caught.value) == f"action must be one action of Amazon ECR, got {action!r}; {fix}"
        )


def test_takes_an_action_in_any_case() -> None:
    assert can(OPEN, BUILD, "ECR:batchgetimage", NAME).decision == "allow"


def test_refuses_an_identity_policy_of_a_service() -> None:
    with pytest.raises(
        ConfigurationError, match=r"got 'lambda.amazonaws.com', a service; leave it"
    ):
        can(OPEN, LAMBDA, GET, NAME, identity_policy=policy(grant()))


def test_an_empty_value_says_that_a_key_is_absent() -> None:
    bound = policy(allow("*", Condition={"Null": {"aws:SourceVpce": "true"}}))
    for value in ("", [], ()):
        given = {"aws:SourceVpce": value}
        assert can(deployment(bound), REMOTE, GET, NAME, context=given).decision == "allow"


# Repositories


def registry(account: str, *names: str, region: str = REGION) -> Registry:
    return Registry(
        account=account,
        region=region,
        repositories=tuple(Repository(repository_name=name) for name in names),
    )


TWICE = Deployment(
    registries=(
        registry(OWNER, NAME, "web/shop"),
        registry(OTHER, NAME),
        registry(OWNER, NAME, region="eu-central-1"),
    )
)


@pytest.mark.parametrize("name", [NAME, "Main/Api", "Main/Api/Resource"])
def test_finds_a_repository_by_name_and_path(name: str) -> None:
    assert AccessModel(OPEN).target(name).repository.repository_name == NAME


def test_finds_a_repository_without_a_name_by_its_logical_id() -> None:
    unnamed = AccessModel(deployment(name=None)).target("Api")
    made_up = Unknown("Main.Api")
    assert unnamed.arn == Unresolved((f"arn:aws:ecr:{REGION}:{OWNER}:repository/", made_up))


def test_a_made_up_name_is_the_same_on_both_sides() -> None:
    arn = Unresolved((f"arn:aws:ecr:{REGION}:{OWNER}:repository/", Unknown("Main.Api")))
    role = identity(BUILD, policy(grant(resource=arn)))
    assert can(deployment(None, role, name=None), BUILD, GET, "Api").decision == "allow"
    other = Unresolved((f"arn:aws:ecr:{REGION}:{OWNER}:repository/", Unknown("Main.Other")))
    role = identity(BUILD, policy(grant(resource=other)))
    assert can(deployment(None, role, name=None), BUILD, GET, "Api").decision == "conditional"


@pytest.mark.parametrize(
    ("account", "region", "found"),
    [
        (OTHER, None, (OTHER, REGION)),
        (OWNER, REGION, (OWNER, REGION)),
        (None, "eu-central-1", (OWNER, "eu-central-1")),
    ],
)
def test_finds_a_repository_by_its_account_and_region(
    account: str | None, region: str | None, found: tuple[str, str]
) -> None:
    target = AccessModel(TWICE).target(NAME, account=account, region=region)
    assert (target.registry.account, target.registry.region) == found


@pytest.mark.parametrize("account", [None, OWNER])
def test_refuses_a_repository_that_is_in_several_registries(account: str | None) -> None:
    with pytest.raises(ConfigurationError) as caught:
        AccessModel(TWICE).target(NAME, account=account)
    places = f"{OWNER}/eu-central-1, {OWNER}/{REGION}"
    if account is None:
        places += f", {OTHER}/{REGION}"
    assert str(caught.value) == (
        f"repository must be in one registry, got {NAME!r}, which is in {places};"
        " write --account and --region, or its construct path"
    )


def test_refuses_a_repository_that_is_elsewhere() -> None:
    with pytest.raises(ConfigurationError) as caught:
        AccessModel(TWICE).target("web/shop", account=OTHER)
    assert str(caught.value) == (
        f"repository 'web/shop' must be in the account and Region that are named, got {OTHER} and"
        f" any Region; it is in {OWNER}/{REGION}"
    )


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("payment/api", "did you mean 'payments/api'"),
        ("payments/shop", "there are payments/api, web/shop"),
    ],
)
def test_refuses_a_repository_that_is_not_there(name: str, fix: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        AccessModel(TWICE).target(name)
    assert str(caught.value) == (f"repository must be one of the assembly's 4, got {name!r}; {fix}")


def test_a_registry_that_is_not_known_may_be_the_one_that_is_named() -> None:
    unknown = deployment(account=Unresolved.of("AWS::AccountId"))
    assert AccessModel(unknown).target(NAME, account=OTHER).repository.repository_name == NAME


def test_the_first_of_two_identities_with_one_text_is_meant() -> None:
    path = Origin("Main", "Build", "Main.template.json", "Main/Build/Resource")
    first = identity(BUILD, policy(grant()), origin=path)
    second = replace(first, policies=())
    assert can(deployment(None, first, second), "Main/Build", GET, NAME).decision == "allow"
