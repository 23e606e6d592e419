"""Upstreams of pull through cache rules as values."""

from __future__ import annotations

import re

import pytest
from tests.model.said import errors

from ecr_constructs.model.unresolved import Unknown, Unresolved
from ecr_constructs.model.upstream import Upstream
from ecr_constructs.service.upstreams import UPSTREAMS

UNKNOWN = Unresolved((Unknown("Main.Url"),))

ALL = [
    (Upstream.docker_hub(), "docker-hub", "registry-1.docker.io"),
    (Upstream.ecr_public(), "ecr-public", "public.ecr.aws"),
    (Upstream.kubernetes(), "k8s", "registry.k8s.io"),
    (Upstream.quay(), "quay", "quay.io"),
    (Upstream.github(), "github-container-registry", "ghcr.io"),
    (Upstream.gitlab(), "gitlab-container-registry", "registry.gitlab.com"),
    (Upstream.azure("team"), "azure-container-registry", "team.azurecr.io"),
    (Upstream.chainguard(), "chainguard", "cgr.dev"),
    (
        Upstream.ecr("111122223333", "eu-west-1"),
        "ecr",
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
    ),
]


@pytest.mark.parametrize(("upstream", "registry", "url"), ALL)
def test_every_upstream_has_its_kind_and_url(upstream: Upstream, registry: str, url: str) -> None:
    assert upstream == Upstream(registry, url)
    assert upstream.kind is UPSTREAMS[registry]
    assert list(upstream.problems()) == []


def test_there_is_a_way_to_write_every_upstream() -> None:
    assert {registry for _, registry, _ in ALL} == set(UPSTREAMS)


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("cn-north-1", "amazonaws.com.cn"),
        ("us-gov-west-1", "amazonaws.com"),
        ("eusc-de-east-1", "amazonaws.eu"),
        ("us-iso-east-1", "c2s.ic.gov"),
        ("us-isob-east-1", "sc2s.sgov.gov"),
        ("eu-isoe-west-1", "cloud.adc-e.uk"),
        ("us-isof-east-1", "csp.hci.ic.gov"),
    ],
)
def test_a_private_registry_has_the_domain_of_its_partition(region: str, suffix: str) -> None:
    upstream = Upstream.ecr("111122223333", region)
    assert upstream.url == f"111122223333.dkr.ecr.{region}.{suffix}"
    assert (upstream.account, upstream.region) == ("111122223333", region)
    assert list(upstream.problems()) == []


def test_only_a_private_registry_has_an_account() -> None:
    for upstream in (Upstream.quay(), Upstream(None, None), Upstream("ecr", UNKNOWN)):
        assert (upstream.account, upstream.region) == (None, None)


@pytest.mark.parametrize(
    ("upstream", "said"),
    [
        (
            Upstream("dockerhub", "registry-1.docker.io"),
            (
                "upstream must be one of ecr-public, .*, ecr, got 'dockerhub'; write for example"
                r" Upstream.docker_hub\(\)"
            ),
        ),
        (Upstream("quay", None), "must have a URL, got none; write 'quay.io' as its URL"),
        (Upstream(None, None), "must have a URL, got none; write the registry's host as its URL"),
        (
            Upstream("docker-hub", "docker.io"),
            (
                "must be 'registry-1.docker.io' for Docker Hub, got 'docker.io'; write"
                " 'registry-1.docker.io'"
            ),
        ),
        (
            Upstream(None, "https://quay.io"),
            (
                "that Amazon ECR can cache, got 'https://quay.io'; write one of public.ecr.aws, .*"
                "without 'https://'"
            ),
        ),
        (
            Upstream.azure("https://Team.azurecr.io"),
            r"must be '<registry name>.azurecr.io' for .*; write Upstream.azure\('team'\)",
        ),
        (Upstream.azure("my_team"), r"got 'my_team.azurecr.io'; write Upstream.azure\('myreg"),
        (
            Upstream.ecr("1111", "eu-west-1"),
            r"got '1111.dkr.*'; write Upstream.ecr\('111122223333', 'eu-west-1'\)",
        ),
        (
            Upstream("ecr", "222222222222.dkr.ecr.eu-west-1.example.com"),
            r"write Upstream.ecr\('222222222222', 'eu-west-1'\)",
        ),
        (
            Upstream.ecr("111122223333", "${Token[AWS.Region.4]}"),
            "must have a Region that is known at synthesis, .* got a CDK token; write the Region",
        ),
    ],
)
def test_refuses_what_ecr_refuses(upstream: Upstream, said: str) -> None:
    (sentence,) = errors(upstream.problems())
    assert re.search(said, sentence)


@pytest.mark.parametrize(
    "upstream",
    [
        Upstream(UNKNOWN, UNKNOWN),
        Upstream(None, UNKNOWN),
        Upstream(UNKNOWN, "registry.example.com"),
        Upstream("quay", UNKNOWN),
        Upstream("ecr", UNKNOWN),
        Upstream("quay", "${Token[Url.4]}"),
        Upstream.ecr("${Token[AWS.AccountId.4]}", "eu-west-1"),
    ],
)
def test_what_is_not_known_passes(upstream: Upstream) -> None:
    assert list(upstream.problems()) == []


def test_the_normal_form_names_the_kind() -> None:
    assert Upstream(None, "quay.io").normalise() == Upstream.quay()
    for upstream in (Upstream.quay(), Upstream(None, UNKNOWN), Upstream("x", "y")):
        assert upstream.normalise() == upstream
