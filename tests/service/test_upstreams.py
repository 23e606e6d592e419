"""The upstreams of pull through cache rules, as data."""

from __future__ import annotations

import pytest
from tests.model.aws_models import definition, service_model, shape

from ecr_constructs.service import patterns
from ecr_constructs.service.upstreams import (
    CREDENTIAL_PREFIX,
    SECRET_KEYS,
    UPSTREAMS,
    UpstreamRegistry,
    upstream_of_url,
)


def test_the_names_are_those_of_the_schema_and_of_the_api() -> None:
    assert set(UPSTREAMS) == set(definition("PullThroughCacheRule", "UpstreamRegistry")["enum"])
    assert set(UPSTREAMS) == set(shape("UpstreamRegistry")["enum"])


@pytest.mark.parametrize(
    "upstream", [each for each in UPSTREAMS.values() if each.name != "chainguard"]
)
def test_the_urls_are_in_the_apis_own_text(upstream: UpstreamRegistry) -> None:
    """The text is older than Chainguard, which the guide and the schema have."""
    members = service_model()["shapes"]["CreatePullThroughCacheRuleRequest"]["members"]
    documented = members["upstreamRegistryUrl"]["documentation"]
    fixed = upstream.url.rpartition(">")[2]
    assert f"{fixed}</code>" in documented
    assert f"<code>{upstream.name}</code>" in documented


@pytest.mark.parametrize("upstream", UPSTREAMS.values(), ids=lambda each: each.name)
def test_a_default_prefix_is_one_that_ecr_takes(upstream: UpstreamRegistry) -> None:
    assert patterns.NAMESPACE_PREFIX.fullmatch(upstream.default_prefix)
    assert 2 <= len(upstream.default_prefix) <= 30


@pytest.mark.parametrize(
    ("name", "needs_secret"),
    [
        ("ecr-public", False),
        ("k8s", False),
        ("quay", False),
        ("ecr", False),
        ("docker-hub", True),
        ("github-container-registry", True),
        ("gitlab-container-registry", True),
        ("azure-container-registry", True),
        ("chainguard", True),
    ],
)
def test_five_upstreams_need_a_secret_of_one_shape(name: str, *, needs_secret: bool) -> None:
    assert UPSTREAMS[name].secret_keys == (SECRET_KEYS if needs_secret else ())
    assert patterns.SECRET_NAME.fullmatch(f"{CREDENTIAL_PREFIX}{name}")


def test_what_has_to_be_given_is_told() -> None:
    given = {each.name: each.given for each in UPSTREAMS.values() if each.given}
    assert given == {
        "azure-container-registry": ("registry name",),
        "ecr": ("account", "Region"),
    }


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("registry-1.docker.io", "docker-hub"),
        ("team.azurecr.io", "azure-container-registry"),
        ("team-abc123.azurecr.io", "azure-container-registry"),
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.com", "ecr"),
        ("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn", "ecr"),
        ("cgr.dev", "chainguard"),
        ("docker.io", None),
        ("team.azurecr.cn", None),
        ("https://quay.io", None),
        ("registryXk8s.io", None),
        ("111122223333.dkr.ecr.eu-west-1.example.com", None),
    ],
)
def test_the_kind_is_told_from_the_url(url: str, name: str | None) -> None:
    found = upstream_of_url(url)
    assert (None if found is None else found.name) == name
