"""Public repositories: catalogue data, Region, policy, codecs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from tests.model.aws_models import refused
from tests.model.registry_strategies import ACCOUNT, ORIGIN, public_repositories
from tests.model.said import errors, warnings

from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.catalog_data import CatalogData
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.model.statement import Principal, Statement
from ecr_constructs.model.unresolved import Unknown, Unresolved

UNKNOWN = Unresolved((Unknown("Main.Value"),))
TOKEN = "${Token[Value.12]}"


def repository(name: Any = "tools/app", **members: Any) -> PublicRepository:
    return PublicRepository(repository_name=name, **members)


def catalog(**members: Any) -> PublicRepository:
    return repository(catalog_data=CatalogData(**members))


def policy(*actions: str, **members: Any) -> Policy:
    principal = Principal("AWS", f"arn:aws:iam::{ACCOUNT}:root")
    return Policy.of(Statement(principals=(principal,), actions=actions, **members))


@pytest.mark.parametrize(
    "value",
    [
        repository(None),
        repository("ab"),
        repository("1ab"),
        repository("a" * 205),
        repository(TOKEN),
        repository(UNKNOWN),
        repository(region="us-east-1"),
        repository(region=TOKEN),
        repository(region=UNKNOWN),
        catalog(repository_description="d" * 1024, about_text="a" * 10240, usage_text="u" * 10240),
        catalog(about_text=UNKNOWN, usage_text=TOKEN * 800),
        catalog(architectures=[f"a{n}" for n in range(50)], operating_systems=["o" * 50, "x"]),
        catalog(architectures=[UNKNOWN, TOKEN * 4]),
        repository(tags=[("k" * 127, "v" * 255)]),
        repository(repository_policy=policy("ecr-public:PutImage")),
        repository(repository_policy=policy("ecr-public:*")),
        repository(repository_policy=UNKNOWN),
    ],
)
def test_takes_what_is_taken(value: PublicRepository) -> None:
    assert value.problems() == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (repository("a"), "2 to 205 .* got 'a'; write for example 'tools/app'"),
        (repository("a" * 206), "2 to 205 .* got 'a+'; write for example"),
        (repository("Tools//App_"), "got 'Tools//App_'; write 'tools/app'"),
        (repository("a--b"), "got 'a--b'; write 'a-b'"),
        (
            repository(region="eu-west-1"),
            (
                r"region: a public repository must be declared in 'us-east-1', got 'eu-west-1'; put"
                r" it in a stack with env=Environment\(region='us-east-1'\)"
            ),
        ),
        (
            catalog(repository_description="d" * 1025),
            (
                "catalog_data.repository_description: repository_description must be at most 1,024"
                " characters, got 1,025; shorten it"
            ),
        ),
        (catalog(about_text="d" * 10241), "at most 10,240 characters, got 10,241; shorten it"),
        (catalog(usage_text="d" * 10241), "usage_text must be at most 10,240 .* got 10,241; shor"),
        (
            catalog(architectures=[f"a{n}" for n in range(51)]),
            "architectures must be at most 50, got 51; drop some",
        ),
        (
            catalog(operating_systems=["o" * 51]),
            (
                "operating_systems must be 1 to 50 characters each, got 'o+'; write for example"
                " 'Linux'"
            ),
        ),
        (
            catalog(architectures=[""]),
            "1 to 50 characters each, got ''; write for example 'ARM 64'",
        ),
        (catalog(architectures=["x86", "x86"]), "must be unique, got 'x86' 2 times; drop one"),
        (repository(tags=[("k" * 128, "v")]), "key must be 1 to 127 .* got .*; shorten it"),
        (repository(tags=[("k", "")]), "value must be 1 to 255 characters, got ''; lengthen it"),
        (
            repository(tags=[(f"k{n}", "v") for n in range(51)]),
            "a public repository must have at most 50 tags, got 51; drop some",
        ),
        (
            repository(repository_policy=policy("ecr:PutImage")),
            (
                r"repository_policy.Statement\[0\].Action: an action must be one that Amazon ECR"
                " Public has, got 'ecr:PutImage'; did you mean 'ecr-public:PutImage'"
            ),
        ),
        (
            repository(exemptions=[Exemption(Control.RETAIN_ON_DELETE, "")]),
            r"exemptions\[0\].reason: .* must say why, got ''",
        ),
    ],
)
def test_refuses_what_is_refused(value: PublicRepository, said: str) -> None:
    (sentence,) = errors(value.problems())
    assert re.search(said, sentence)


def test_warns_of_a_resource_in_the_policy() -> None:
    value = repository(repository_policy=policy("ecr-public:PutImage", resources=("*",)))
    assert errors(value.problems()) == []
    (sentence,) = warnings(value.problems())
    assert "the policy of a public repository must have no Resource, got ['*']; leave" in sentence


@given(public_repositories())
def test_what_is_written_is_read_back(value: PublicRepository) -> None:
    written = value.normalise().to_cfn()
    assert PublicRepository.from_cfn({"Properties": written}, ORIGIN) == (value.normalise(), [])
    assert refused("PublicRepository", written) == []
    assert errors(value.problems()) == []


@given(public_repositories())
def test_there_is_one_normal_form(value: PublicRepository) -> None:
    normal = value.normalise()
    assert normal.normalise() == normal
    data = value.catalog_data
    turned = replace(
        value,
        catalog_data=replace(
            data,
            architectures=data.architectures[::-1] * 2,
            operating_systems=data.operating_systems[::-1],
        ),
        tags=value.tags[::-1],
    )
    assert turned.normalise() == normal


def test_the_normal_form_keeps_everything() -> None:
    full = repository(
        catalog_data=CatalogData(
            repository_description="d",
            about_text="a",
            usage_text="u",
            architectures=["ARM", "x86"],
            operating_systems=["Linux", "Windows"],
        ),
        repository_policy=policy("ecr-public:PutImage").normalise(),
        tags=[("a", "1"), ("b", "2")],
        deletion_policy="Retain",
        update_replace_policy="Retain",
        exemptions=[Exemption(Control.PUBLIC_ACCESS, "it is public")],
        account=ACCOUNT,
        region="us-east-1",
    )
    assert full.normalise() == full
    empty = CatalogData(repository_description="", about_text="", usage_text="")
    assert empty.normalise() == CatalogData()


def test_what_stands_beside_the_properties_is_read() -> None:
    exemption = Exemption(Control.RETAIN_ON_DELETE, "a demonstration")
    value, problems = PublicRepository.from_cfn(
        {
            "Properties": {"RepositoryPolicyText": "{", "Tags": UNKNOWN},
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Metadata": {"EcrConstructs": {"exemptions": [exemption.to_metadata()]}},
        },
        ORIGIN,
    )
    assert problems == []
    assert (value.deletion_policy, value.update_replace_policy) == ("Retain", "Retain")
    assert value.exemptions == (exemption,)
    assert value.origin == ORIGIN
    assert value.tags == ((UNKNOWN, UNKNOWN),)
    assert isinstance(value.repository_policy, Malformed)
    assert any("a policy must be JSON" in sentence for sentence in errors(value.problems()))


def test_the_order_of_exemptions_means_nothing() -> None:
    two = [Exemption(control, "why") for control in (Control.PUBLIC_ACCESS, Control.NAMESPACE)]
    assert repository(exemptions=two).normalise() == repository(exemptions=two[::-1]).normalise()


def test_labels_that_are_no_list_are_noted() -> None:
    properties = {"RepositoryCatalogData": {"Architectures": "ARM", "OperatingSystems": [{}]}}
    value, problems = PublicRepository.from_cfn({"Properties": properties}, ORIGIN)
    said = errors(problems)
    assert "Properties.RepositoryCatalogData.Architectures must be a list, got 'ARM'" in said[0]
    assert "RepositoryCatalogData.OperatingSystems[0] must be a string, got {}" in said[1]
    assert value.problems() == []


def test_reads_a_live_repository() -> None:
    pushers = policy("ecr-public:PutImage")
    live = PublicRepository.from_api(
        {"repositoryName": "tools/app", "registryId": ACCOUNT},
        catalog_data={
            "description": "d",
            "aboutText": "a",
            "usageText": "u",
            "architectures": ["ARM"],
            "operatingSystems": ["Linux"],
        },
        policy_text=pushers.to_json(),
        tags=[{"Key": "team", "Value": "web"}],
    )
    assert live == repository(
        catalog_data=CatalogData(
            repository_description="d",
            about_text="a",
            usage_text="u",
            architectures=["ARM"],
            operating_systems=["Linux"],
        ),
        repository_policy=pushers,
        tags=[("team", "web")],
        account=ACCOUNT,
    )
    assert PublicRepository.from_api({"repositoryName": "tools/app"}) == repository()


def test_one_label_is_no_list_of_letters() -> None:
    assert CatalogData(architectures="x86") == CatalogData(architectures=["x86"])
    anything: Any = iter(["Linux"])
    assert CatalogData(operating_systems=anything).operating_systems == ("Linux",)
