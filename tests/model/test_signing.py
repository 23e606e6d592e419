"""The signing configuration of a registry: limits, places, what it cannot sign, codecs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from tests.model.aws_models import refused, shape
from tests.model.registry_strategies import ACCOUNT, NAMES, ORIGIN, PROFILE, REGION, signings
from tests.model.said import errors, warnings

from ecr_constructs.model.signing import Signing, SigningRule
from ecr_constructs.model.unresolved import Unknown, Unresolved
from ecr_constructs.service import limits

UNKNOWN = Unresolved((Unknown("Main.Value"),))
TOKEN = "${Token[Value.12]}"


def rule(*filters: Any, profile: Any = PROFILE) -> SigningRule:
    return SigningRule(signing_profile_arn=profile, repository_filters=filters or None)


def found(signing: Signing, *prefixes: Any) -> Any:
    return signing.problems(region=REGION, pull_through_prefixes=prefixes)


@pytest.mark.parametrize(
    "signing",
    [
        Signing(),
        Signing.of(rule()),
        Signing.of(rule("*", "prod/*")),
        Signing.of(*(rule(f"r{index}") for index in range(10))),
        Signing.of(rule(*(f"r{index}" for index in range(100)))),
        Signing.of(rule(profile=PROFILE.replace(ACCOUNT, "222222222222"))),
        Signing.of(rule(profile=f"{PROFILE}{'x' * (200 - len(PROFILE))}")),
        Signing.of(rule(UNKNOWN, TOKEN, profile=UNKNOWN)),
        Signing.of(rule(profile=TOKEN)),
    ],
)
def test_takes_what_ecr_takes(signing: Signing) -> None:
    assert found(signing) == []


@pytest.mark.parametrize(
    ("signing", "said"),
    [
        (
            Signing.of(*(rule(f"r{index}") for index in range(11))),
            "rules: a signing configuration must have at most 10 rules, got 11; unite the filters",
        ),
        (
            Signing.of(rule(*(f"r{index}" for index in range(101)))),
            r"rules\[0\].repository_filters: a rule must have at most 100 filters, got 101; fold",
        ),
        (
            Signing.of(SigningRule(signing_profile_arn=PROFILE, repository_filters=())),
            (
                r"rules\[0\].repository_filters must be 1 to 100 filters, got none; leave the list"
                "|repository_filters must be 1 to 100 filters, got none; leave the list out to sign"
            ),
        ),
        (
            Signing.of(rule("ok", "prod/")),
            (
                r"rules\[0\].repository_filters\[1\]: a signing filter must be 1 to 256 .* got"
                r" 'prod/'; write 'prod/\*'"
            ),
        ),
        (
            Signing.of(rule(profile="Images")),
            (
                "must be the ARN of a signing profile without a version, of at most 200 characters,"
                " got 'Images'; write for example 'arn:aws:signer:"
            ),
        ),
        (Signing.of(rule(profile=f"{PROFILE}/v1")), "without a version, .* got '.*/v1'; write"),
        (
            Signing.of(rule(profile=f"{PROFILE}{'x' * (201 - len(PROFILE))}")),
            "of at most 200 characters, got .*; write",
        ),
        (
            Signing.of(rule(profile=PROFILE.replace(REGION, "eu-west-2"))),
            (
                "must be a profile in the registry's Region 'eu-west-1', got '.*eu-west-2.*'; make"
                " a profile in 'eu-west-1'"
            ),
        ),
        (
            Signing.of(rule(profile=PROFILE.replace("arn:aws:", "arn:aws-cn:"))),
            "must be in the partition 'aws' of 'eu-west-1', got 'arn:aws-cn:.*'; write 'arn:aws:",
        ),
    ],
)
def test_refuses_what_ecr_refuses(signing: Signing, said: str) -> None:
    (sentence,) = errors(found(signing))
    assert re.search(said, sentence)


@pytest.mark.parametrize("region", sorted(limits.REGIONS_WITHOUT_SIGNING))
def test_refuses_a_region_that_lacks_the_type(region: str) -> None:
    (sentence,) = errors(Signing().problems(region=region))
    assert f"got {region!r}; leave it out there" in sentence


@pytest.mark.parametrize("region", [None, UNKNOWN, TOKEN])
def test_a_region_that_is_not_known_refuses_nothing(region: Any) -> None:
    elsewhere = Signing.of(rule(profile=PROFILE.replace(REGION, "eu-west-2")))
    assert elsewhere.problems(region=region) == []


@pytest.mark.parametrize(
    ("signing", "prefix"),
    [
        (Signing.of(rule()), "docker-hub"),
        (Signing.of(rule("*")), "docker-hub"),
        (Signing.of(rule("*nginx")), "docker-hub"),
        (Signing.of(rule("docker-hub/library/nginx")), "docker-hub"),
        (Signing.of(rule("docker-hub/library/nginx")), "docker-hub/"),
        (Signing.of(rule("prod")), "ROOT"),
    ],
)
def test_warns_where_a_rule_takes_what_a_cache_pulls(signing: Signing, prefix: str) -> None:
    (sentence,) = warnings(found(signing, "unrelated", prefix))
    assert f"which takes repositories of the cache {prefix!r}" in sentence.replace(
        "'unrelated', ", ""
    )
    assert sentence.endswith("; write filters for the namespaces of your own images")
    assert errors(found(signing, prefix)) == []


@pytest.mark.parametrize(
    ("signing", "prefix"),
    [
        (Signing.of(rule("prod/*")), "docker-hub"),
        (Signing.of(rule("docker-hub")), "docker-hub"),
        (Signing.of(rule("docker-hubs/*")), "docker-hub"),
        (Signing.of(rule(UNKNOWN)), "docker-hub"),
        (Signing.of(rule()), UNKNOWN),
        (Signing.of(rule()), TOKEN),
    ],
)
def test_a_rule_beside_the_cache_passes(signing: Signing, prefix: Any) -> None:
    assert found(signing, prefix) == []


def test_a_rule_signs_what_its_filters_match_as_a_whole() -> None:
    assert [rule("prod", "*web*").signs(name) for name in NAMES] == [
        name == "prod" or "web" in name for name in NAMES
    ]
    assert rule().signs(None) is True
    assert rule("prod").signs(UNKNOWN) is None


@given(signings())
def test_what_is_written_is_read_back(signing: Signing) -> None:
    written = signing.normalise().to_cfn()
    assert Signing.from_cfn({"Properties": written}, ORIGIN) == (signing.normalise(), [])
    assert Signing.from_cfn({"Properties": signing.to_cfn()}, ORIGIN) == (signing, [])
    assert refused("SigningConfiguration", written) == []
    assert errors(found(signing)) == []


@given(signings())
def test_there_is_one_normal_form(signing: Signing) -> None:
    normal = signing.normalise()
    assert normal.normalise() == normal
    assert len(normal.rules) == len(signing.rules)
    turned = Signing(
        rules=tuple(
            SigningRule(
                signing_profile_arn=each.signing_profile_arn,
                repository_filters=each.repository_filters and each.repository_filters[::-1] * 2,
            )
            for each in signing.rules[::-1]
        )
    )
    assert turned.normalise() == normal


def test_the_normal_form_keeps_everything() -> None:
    full = Signing.of(rule(), rule("a", "prod/*"), rule("*", profile=f"{PROFILE}2"))
    assert full.normalise() == full


def test_no_filters_and_an_empty_list_are_told_apart() -> None:
    """Without the list a rule signs everything, and an empty one is refused."""
    empty = {"SigningProfileArn": PROFILE, "RepositoryFilters": []}
    signing, problems = Signing.from_cfn({"Properties": {"Rules": [empty]}}, ORIGIN)
    assert problems == []
    assert signing.rules[0].repository_filters == ()
    assert signing.to_cfn() == {"Rules": [empty]}
    assert refused("SigningConfiguration", {"Rules": [empty]}) != []


def test_intrinsics_stay_unknown() -> None:
    signing, problems = Signing.from_cfn({"Properties": {"Rules": UNKNOWN}}, ORIGIN)
    assert problems == []
    assert signing.rules == (rule(UNKNOWN, profile=UNKNOWN),)
    assert signing.origin == ORIGIN


def test_reads_a_live_registry() -> None:
    described = {
        "rules": [
            {"signingProfileArn": PROFILE},
            {
                "signingProfileArn": PROFILE,
                "repositoryFilters": [{"filter": "prod/*", "filterType": "WILDCARD_MATCH"}],
            },
        ]
    }
    assert set(shape("SigningRule")["members"]) == {"signingProfileArn", "repositoryFilters"}
    assert Signing.from_api(described) == Signing.of(rule(), rule("prod/*"))
