"""Pull through cache rules: credentials, roles, prefixes, places, codecs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from tests.model.aws_models import refused, shape
from tests.model.registry_strategies import (
    ACCOUNT,
    ORIGIN,
    REGION,
    ROLE,
    SECRET,
    cache_rules,
)
from tests.model.said import errors, warnings

from ecr_constructs.model.pull_through_cache import (
    PullThroughCacheRule,
    Upstream,
    cache_rule_set_problems,
    secret_problems,
)
from ecr_constructs.model.unresolved import Unknown, Unresolved

UNKNOWN = Unresolved((Unknown("Main.Value"),))
TOKEN = "${Token[Value.12]}"
HUB, QUAY = Upstream.docker_hub(), Upstream.quay()
OTHER = Upstream.ecr("222222222222", REGION)


def rule(upstream: Upstream = QUAY, prefix: Any = None, **members: Any) -> PullThroughCacheRule:
    return PullThroughCacheRule.of(upstream, ecr_repository_prefix=prefix, **members)


def found(value: PullThroughCacheRule) -> Any:
    return value.problems(account=ACCOUNT, region=REGION)


@pytest.mark.parametrize(
    ("upstream", "prefix"),
    [
        (HUB, "docker-hub"),
        (Upstream.ecr_public(), "ecr-public"),
        (Upstream.kubernetes(), "kubernetes"),
        (QUAY, "quay"),
        (Upstream.github(), "github"),
        (Upstream.gitlab(), "gitlab"),
        (Upstream.azure("team"), "azure"),
        (Upstream.chainguard(), "chainguard"),
        (OTHER, "ecr"),
        (Upstream(None, "quay.io"), "quay"),
    ],
)
def test_the_default_prefix_is_that_of_the_console(upstream: Upstream, prefix: str) -> None:
    assert rule(upstream).ecr_repository_prefix == prefix


@pytest.mark.parametrize(
    "value",
    [
        rule(),
        rule(prefix="ab"),
        rule(prefix="a" * 30),
        rule(prefix="a/b/"),
        rule(HUB, credential_arn=SECRET),
        rule(HUB, credential_arn=SECRET + "x" * (612 - len(SECRET))),
        rule(HUB, credential_arn=TOKEN),
        rule(HUB, credential_arn=UNKNOWN),
        rule(Upstream.ecr(ACCOUNT, "eu-west-2")),
        rule(Upstream.ecr(ACCOUNT, "eu-west-2"), custom_role_arn=ROLE),
        rule(OTHER, custom_role_arn=ROLE.replace("role/", "role/ecr/")),
        rule(OTHER, custom_role_arn=TOKEN),
        rule(OTHER, "ROOT", custom_role_arn=ROLE),
        rule(OTHER, "my-app", upstream_repository_prefix="upstream-app", custom_role_arn=ROLE),
        rule(upstream_repository_prefix="ROOT"),
        rule(Upstream(UNKNOWN, UNKNOWN), UNKNOWN, upstream_repository_prefix=UNKNOWN),
        rule(Upstream("quay", UNKNOWN), TOKEN),
    ],
)
def test_takes_what_ecr_takes(value: PullThroughCacheRule) -> None:
    assert found(value) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (rule(prefix="a"), "ecr_repository_prefix must be 2 to 30 .* got 'a'; write for example"),
        (rule(prefix="a" * 31), "must be 2 to 30 .* got 'a+'; write for example 'quay'"),
        (rule(prefix="Quay"), "got 'Quay'; write 'quay'"),
        (
            rule(OTHER, "app", upstream_repository_prefix="U/", custom_role_arn=ROLE),
            "upstream_repository_prefix must be 2 to 30 .* got 'U/'; write for example 'upstream-a",
        ),
        (
            rule(OTHER, "ROOT", upstream_repository_prefix="app", custom_role_arn=ROLE),
            (
                "upstream_repository_prefix must be left out where ecr_repository_prefix is 'ROOT',"
                " got 'app'; choose another ecr_repository_prefix"
            ),
        ),
        (
            rule(HUB),
            (
                "credential_arn must be given, as Docker Hub needs an access token, got none; write"
                " the ARN of a secret named 'ecr-pullthroughcache/docker-hub' that holds 'username'"
                " and 'accessToken'"
            ),
        ),
        (rule(Upstream.chainguard()), "as Chainguard Registry needs a pull token, got none; write"),
        (
            rule(HUB, credential_arn=SECRET.replace("ecr-pullthroughcache/", "")),
            (
                "must be the ARN of a secret named 'ecr-pullthroughcache/...', 50 to 612"
                " characters, got '.*:secret:hub-AbCdEf'; name the secret so"
            ),
        ),
        (
            rule(HUB, credential_arn=SECRET + "x" * (613 - len(SECRET))),
            "50 to 612 characters, got .*; name the secret so",
        ),
        (
            rule(HUB, credential_arn=SECRET.replace(REGION, "eu-west-2")),
            (
                "must be a secret of the registry's Region 'eu-west-1', got '.*eu-west-2.*'; make"
                " the secret in 'eu-west-1', or replicate it there"
            ),
        ),
        (
            rule(HUB, credential_arn=SECRET.replace(ACCOUNT, "222222222222")),
            (
                "must be a secret of the registry's account '111122223333', got '.*222222222222.*';"
                " make the secret in '111122223333'"
            ),
        ),
        (
            rule(OTHER),
            (
                "custom_role_arn must be given, as the upstream is in account '222222222222' and"
                " the registry in '111122223333', got none; write the ARN of a role in"
                " '111122223333' that pullthroughcache.ecr.amazonaws.com may assume"
            ),
        ),
        (
            rule(OTHER, custom_role_arn="arn:aws:iam::222222222222:role/Cache"),
            "must be a role of the registry's account '111122223333', got .*; use a role of",
        ),
        (
            rule(OTHER, custom_role_arn="Cache"),
            (
                "must be the ARN of a role, of at most 2,048 characters, got 'Cache'; write for"
                " example 'arn:aws:iam::111122223333:role/EcrPullThroughCache'"
            ),
        ),
        (
            rule(Upstream.ecr(ACCOUNT, REGION)),
            (
                "must be another registry, got the registry's own"
                " '111122223333.dkr.ecr.eu-west-1.*'; write another Region or another account"
            ),
        ),
        (
            rule(Upstream.ecr(ACCOUNT, "cn-north-1")),
            "must be in the partition 'aws' of the registry, got 'cn-north-1' in 'aws-cn'; write a",
        ),
        (rule(Upstream("quay", "quay.com")), "got 'quay.com'; write 'quay.io'"),
    ],
)
def test_refuses_what_ecr_refuses(value: PullThroughCacheRule, said: str) -> None:
    (sentence,) = errors(found(value))
    assert re.search(said, sentence)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (rule(credential_arn=SECRET), "as Quay takes no secret, got 'arn.*'; leave it out"),
        (rule(custom_role_arn=ROLE), "for upstreams in Amazon ECR, got '.*' for Quay; leave it ou"),
        (rule(prefix="ROOT"), "documented as 'ROOT' for .* only, got Quay; write 'quay'"),
        (
            rule(upstream_repository_prefix="org"),
            "documented as 'org' for .* only, got Quay; leave it out, or try it",
        ),
    ],
)
def test_warns_of_what_is_of_no_use_or_not_documented(
    value: PullThroughCacheRule, said: str
) -> None:
    (sentence,) = warnings(found(value))
    assert re.search(said, sentence)
    assert errors(found(value)) == []


@pytest.mark.parametrize("place", [{}, {"account": UNKNOWN, "region": UNKNOWN}, {"account": TOKEN}])
def test_a_place_that_is_not_known_refuses_nothing(place: dict[str, Any]) -> None:
    for value in (
        rule(OTHER),
        rule(Upstream.ecr(ACCOUNT, "cn-north-1")),
        rule(HUB, credential_arn=SECRET.replace(REGION, "eu-west-2")),
    ):
        assert value.problems(**place) == []


@pytest.mark.parametrize(
    "name",
    [
        "ecr-pullthroughcache/docker-hub",
        "ecr-pullthroughcache/a/b_c+=.@-1",
        TOKEN,
        UNKNOWN,
        None,
        "ecr-pullthroughcache/" + "x" * 491,
    ],
)
def test_takes_a_secret_with_the_name_that_ecr_may_read(name: Any) -> None:
    assert list(secret_problems(name=name, keys=["accessToken", "username"])) == []
    assert list(secret_problems(name=name)) == []


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (
            {"name": "docker-hub"},
            "got 'docker-hub'; write 'ecr-pullthroughcache/docker-hub'",
        ),
        ({"name": "prod/docker-hub"}, "write 'ecr-pullthroughcache/docker-hub'"),
        ({"name": "ecr-pullthroughcache/"}, "write 'ecr-pullthroughcache/docker-hub'"),
        ({"name": "ecr-pullthroughcache/" + "x" * 492}, "at most 512 characters, .*; write 'ecr-p"),
        ({"name": "ecr-pullthroughcache/a b"}, "got 'ecr-pullthroughcache/a b'; write 'ecr-p"),
        (
            {"keys": ["username", "password"]},
            (
                "must have the members 'username' and 'accessToken', got 'password', 'username';"
                " write {'username': '...', 'accessToken': '...'}"
            ),
        ),
        ({"keys": ["accessToken"]}, "got 'accessToken'; write"),
    ],
)
def test_refuses_a_secret_that_ecr_cannot_use(secret: dict[str, Any], said: str) -> None:
    (sentence,) = errors(secret_problems(**secret))
    assert re.search(said, sentence)


@given(cache_rules())
def test_what_is_written_is_read_back(value: PullThroughCacheRule) -> None:
    normal = value.normalise()
    written = value.to_cfn()
    assert written == normal.to_cfn()
    assert PullThroughCacheRule.from_cfn({"Properties": written}, ORIGIN) == (normal, [])
    assert refused("PullThroughCacheRule", written) == []
    assert errors(found(value)) == []


@given(cache_rules())
def test_there_is_one_normal_form(value: PullThroughCacheRule) -> None:
    normal = value.normalise()
    assert normal.normalise() == normal
    assert errors(found(normal)) == errors(found(value))


def test_the_normal_form_keeps_everything() -> None:
    full = rule(
        OTHER,
        "my-app/",
        upstream_repository_prefix="upstream-app",
        credential_arn=SECRET,
        custom_role_arn=ROLE,
    )
    assert full.normalise() == full


def test_what_is_the_default_is_not_written() -> None:
    """Each property replaces the rule, also where it is written out with the same meaning."""
    written = rule(upstream_repository_prefix="ROOT", credential_arn="", custom_role_arn="")
    assert written.to_cfn() == {
        "EcrRepositoryPrefix": "quay",
        "UpstreamRegistry": "quay",
        "UpstreamRegistryUrl": "quay.io",
    }
    assert rule(prefix="quay/").normalise().ecr_repository_prefix == "quay/"


def test_intrinsics_stay_unknown() -> None:
    value, problems = PullThroughCacheRule.from_cfn({"Properties": UNKNOWN}, ORIGIN)
    assert problems == []
    assert value.upstream == Upstream(UNKNOWN, UNKNOWN)
    assert found(value) == []
    assert value.origin == ORIGIN


def test_a_resource_without_properties_is_refused() -> None:
    value, problems = PullThroughCacheRule.from_cfn({}, ORIGIN)
    assert problems == []
    assert len(errors(found(value))) == 2


def test_reads_a_live_rule() -> None:
    described = {
        "ecrRepositoryPrefix": "docker-hub",
        "upstreamRegistryUrl": "registry-1.docker.io",
        "upstreamRegistry": "docker-hub",
        "upstreamRepositoryPrefix": "ROOT",
        "credentialArn": SECRET,
        "registryId": ACCOUNT,
    }
    members = set(shape("PullThroughCacheRule")["members"])
    assert set(described) <= members
    live = PullThroughCacheRule.from_api(described)
    assert live.normalise() == rule(HUB, credential_arn=SECRET)
    bare = {"ecrRepositoryPrefix": "quay", "upstreamRegistryUrl": "quay.io"}
    assert PullThroughCacheRule.from_api(bare).normalise() == rule()


def test_refuses_more_rules_than_a_registry_has() -> None:
    rules = [rule(prefix=f"quay{index}") for index in range(51)]
    assert list(cache_rule_set_problems(rules[:50])) == []
    (sentence,) = errors(cache_rule_set_problems(rules))
    assert "at most 50 pull through cache rules, got 51; drop some" in sentence


def test_refuses_two_rules_of_one_prefix() -> None:
    (sentence,) = errors(cache_rule_set_problems([rule(), rule(prefix="quay/")]))
    assert "ecr_repository_prefix must be unique in a registry, got 'quay' 2 times" in sentence
    assert (
        list(cache_rule_set_problems([rule(), replace(rule(), ecr_repository_prefix="q2")])) == []
    )
