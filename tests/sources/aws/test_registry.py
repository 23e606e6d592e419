"""A live registry in the model: every member of every answer, whole or not at all."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest
from tests.model.aws_models import service_model
from tests.sources.aws.fake_ecr import ACCOUNT, REGION, FakeEcr
from tests.sources.aws.filled import FILLED, PULL, ROLE, fill

from ecr_constructs.errors import SourceError
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.sources.aws import ApiError, connect, read_registry


@pytest.mark.parametrize("page", [1, 1000])
def test_everything_is_read_however_it_is_cut_into_pages(ecr: FakeEcr, page: int) -> None:
    fill(ecr)
    ecr.page = page
    assert read_registry(connect()) == Deployment(registries=(FILLED,))


def test_a_registry_in_which_nothing_is_set_says_so(ecr: FakeEcr) -> None:
    assert read_registry(connect()).registries == (Registry(account=ACCOUNT, region=REGION),)


def test_each_repository_takes_three_calls_and_the_registry_eleven(ecr: FakeEcr) -> None:
    for number in range(20):
        ecr.add(f"r{number}")
    told: list[tuple[int, int]] = []
    read_registry(connect(), on_progress=lambda done, total: told.append((done, total)))
    assert len(ecr.calls) == 11 + 3 * 20
    assert told == [(number, 20) for number in range(1, 21)]


def test_the_calls_are_those_that_the_documentation_asks_permission_for(ecr: FakeEcr) -> None:
    fill(ecr)
    read_registry(connect())
    said = (read_registry.__doc__ or "").partition("must allow")[2].partition("What only")[0]
    assert set(re.findall(r"``(?:ecr:)?(\w+)``", said)) == set(ecr.counts())


def test_signing_is_not_asked_for_where_it_is_not_offered(ecr: FakeEcr) -> None:
    read_registry(connect(region="eu-south-2"))
    assert ecr.counts()["GetSigningConfiguration"] == 0


def test_a_policy_that_cannot_be_read_is_malformed_and_the_rest_is_read(ecr: FakeEcr) -> None:
    ecr.add("api")
    ecr.repository_policies["api"] = "[]"
    ecr.registry_policy = "{"
    (registry,) = read_registry(connect()).registries
    assert isinstance(registry.registry_policy, Malformed)
    assert isinstance(registry.repositories[0].repository_policy, Malformed)


KNOWN: dict[str, set[str]] = {
    "Repository": {"repositoryArn", "registryId", "repositoryUri", "createdAt"},
    "RegistryScanningRule": set(),
    "ReplicationRule": set(),
    "SigningRule": set(),
    "PullThroughCacheRule": {"createdAt", "registryId", "updatedAt"},
    "RepositoryCreationTemplate": {"createdAt", "updatedAt"},
}


def test_every_member_that_aws_answers_is_read_or_passed_over_on_purpose(ecr: FakeEcr) -> None:
    """A member that ECR adds one day is seen here, when botocore knows it."""
    fill(ecr)
    given: dict[str, dict[str, Any]] = {
        "Repository": ecr.repositories["web"],
        "RegistryScanningRule": ecr.scanning["rules"][0],
        "ReplicationRule": ecr.replication["rules"][0],
        "SigningRule": (ecr.signing or {})["rules"][0],
        "PullThroughCacheRule": ecr.cache_rules[0],
        "RepositoryCreationTemplate": ecr.templates[0],
    }
    for shape, value in given.items():
        members = set(service_model()["shapes"][shape]["members"])
        optional = {"imageTagMutabilityExclusionFilters"} - value.keys()
        assert members - KNOWN[shape] - optional <= set(value), shape


# What goes wrong


def sentence(ecr: FakeEcr) -> str:
    with pytest.raises(ApiError) as raised:
        read_registry(connect())
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_refuses_half_a_registry_where_a_page_fails(ecr: FakeEcr) -> None:
    for number in range(5):
        ecr.add(f"r{number}")
    ecr.page = 2
    ecr.fail("DescribeRepositories", "InvalidParameterException", "Bad token.", after=1)
    assert sentence(ecr) == (
        "DescribeRepositories must succeed, got InvalidParameterException (Bad token); correct"
        " what it says, or try again later"
    )


def test_refuses_half_a_registry_where_one_repository_fails(ecr: FakeEcr) -> None:
    for number in range(200):
        ecr.add(f"r{number}")
    message = (
        f"User: {ROLE}reader is not authorized to perform: ecr:GetRepositoryPolicy on resource: x"
    )
    ecr.fail("GetRepositoryPolicy", "AccessDeniedException", message, after=3)
    said = sentence(ecr)
    assert said.startswith("the credentials must allow ecr:GetRepositoryPolicy on repository 'r")
    assert said.endswith("; attach a policy that allows it")
    assert ecr.counts()["GetRepositoryPolicy"] < 200


def test_names_the_action_that_is_missing_where_aws_does_not(ecr: FakeEcr) -> None:
    ecr.fail("GetRegistryScanningConfiguration", "AccessDeniedException")
    assert "must allow ecr:GetRegistryScanningConfiguration, got" in sentence(ecr)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ExpiredTokenException", r"must not have expired, got ExpiredTokenException.*log in"),
        ("UnrecognizedClientException", r"ones that AWS knows, got Unrecognized.*look at the key"),
    ],
)
def test_refuses_credentials_that_do_not_serve(ecr: FakeEcr, code: str, said: str) -> None:
    ecr.fail("DescribeRegistry", code)
    with pytest.raises(ApiError, match=said):
        read_registry(connect())


def test_throttling_is_tried_again(ecr: FakeEcr) -> None:
    fill(ecr)
    ecr.fail("GetLifecyclePolicy", "ThrottlingException", times=3)
    assert read_registry(connect()).registries == (FILLED,)
    assert ecr.counts()["GetLifecyclePolicy"] == 2 + 3


def test_refuses_in_one_sentence_where_throttling_does_not_end(ecr: FakeEcr) -> None:
    ecr.fail("DescribeRegistry", "ThrottlingException", "Rate exceeded")
    assert sentence(ecr) == (
        "DescribeRegistry must not be throttled, got ThrottlingException (Rate exceeded) at every"
        " try; try again later"
    )
    assert ecr.counts()["DescribeRegistry"] == 8


def test_refuses_pages_that_never_end(ecr: FakeEcr) -> None:
    ecr.answers["DescribeRepositories"] = lambda _: {"repositories": [], "nextToken": "1"}
    assert "DescribeRepositories must come to an end" in sentence(ecr)


def test_refuses_an_endpoint_that_does_not_answer(
    ecr: FakeEcr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    said = sentence(ecr)
    assert said.startswith("DescribeRegistry must reach Amazon ECR, got EndpointConnectionError")
    assert said.endswith("; look at the network, the Region and the profile")


def test_refuses_to_read_without_credentials(ecr: FakeEcr, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert sentence(ecr).startswith("there must be AWS credentials, got none; log in")


def test_refuses_credentials_of_another_account(ecr: FakeEcr) -> None:
    assert read_registry(connect(), account=ACCOUNT).registries
    with pytest.raises(SourceError, match=rf"account 4{{12}}, got ones of account {ACCOUNT}; name"):
        read_registry(connect(), account="444444444444")


def test_refuses_a_profile_that_is_not_there(ecr: FakeEcr) -> None:
    with pytest.raises(SourceError, match=r"that there is, got 'nobody'; `aws configure list-pro"):
        connect(profile="nobody")


def test_refuses_to_read_without_a_region(ecr: FakeEcr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(SourceError, match=r"there must be a Region, got none; write --region"):
        connect()


def test_says_what_to_install_where_boto3_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(SourceError, match=r"'boto3', which is not installed; .*constructs\[aws\]"):
        connect()


def test_a_repository_that_is_not_there_is_told_with_the_nearest_name(ecr: FakeEcr) -> None:
    ecr.add("payments/api")
    with pytest.raises(ApiError, match=r"got 'payment/api'; did you mean 'payments/api'"):
        connect().call("describe_images", repositoryName="payment/api")
    with pytest.raises(ApiError, match=r"got 'zzz'; there is payments/api"):
        connect().call("describe_images", repositoryName="zzz")
    ecr.fail("DescribeRepositories", "AccessDeniedException")
    with pytest.raises(ApiError, match=r"the repository must be in the registry in eu-west-1, got"):
        connect().call("describe_images", repositoryName="payment/api")


def test_policies_are_read_as_documents_alike_in_any_layout(ecr: FakeEcr) -> None:
    ecr.add("api")
    ecr.repository_policies["api"] = json.dumps(json.loads(PULL.to_json()), indent=8)
    (registry,) = read_registry(connect()).registries
    assert registry.repositories[0].repository_policy == PULL
