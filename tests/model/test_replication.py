"""The replication configuration of a registry: limits, places, prefixes, codecs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from tests.model.aws_models import refused
from tests.model.registry_strategies import ACCOUNT, ORIGIN, replications
from tests.model.said import errors, warnings

from ecr_constructs.model.problem import Severity, Status
from ecr_constructs.model.replication import Destination, Replication, ReplicationRule
from ecr_constructs.model.unresolved import Unknown, Unresolved

HERE = Destination("eu-west-1", ACCOUNT)
THERE = Destination("eu-central-1", "222222222222")
UNKNOWN = Unresolved((Unknown("Main.Account"),))
TOKEN = "${Token[AWS.AccountId.4]}"


def to(destination: Destination = THERE, *filters: str) -> Replication:
    return Replication.of(ReplicationRule.to(destination, filters))


def problems_here(replication: Replication, *names: str) -> list[Any]:
    return replication.problems(
        account=HERE.registry_id, region=str(HERE.region), repository_names=names
    )


@pytest.mark.parametrize(
    "replication",
    [
        Replication(),
        to(),
        to(THERE, "prod/", "web"),
        to(Destination("eu-west-2", ACCOUNT)),
        to(Destination("eu-west-1", "222222222222")),
        to(THERE, *(f"r{index:03}/" for index in range(100))),
        Replication.of(*(ReplicationRule.to(THERE, [f"r{index}/"]) for index in range(10))),
        Replication.of(
            ReplicationRule(destinations=[Destination("eu-west-2", f"{n:012}") for n in range(25)])
        ),
        to(Destination(UNKNOWN, UNKNOWN), "prod"),
        to(Destination("eu-central-1", TOKEN), "prod"),
    ],
)
def test_takes_what_ecr_takes(replication: Replication) -> None:
    assert problems_here(replication) == []


@pytest.mark.parametrize(
    ("replication", "said"),
    [
        (
            Replication.of(*(ReplicationRule.to(THERE, [f"r{n:02}"]) for n in range(26))),
            "rules: a replication configuration must have at most 25 rules, got 26; give several",
        ),
        (
            Replication.of(
                ReplicationRule(
                    destinations=[Destination("eu-west-2", f"{n:012}") for n in range(13)]
                ),
                ReplicationRule(
                    destinations=[Destination("eu-west-2", f"{n:012}") for n in range(13, 26)]
                ),
            ),
            "at most 25 different destinations in all its rules, got 26; drop some",
        ),
        (
            to(THERE, *(f"r{index:03}/" for index in range(101))),
            r"rules\[0\].repository_filters: a rule must have at most 100 filters, got 101; fold",
        ),
        (
            to(THERE, "prod/*"),
            r"rules\[0\].repository_filters\[0\]: .* got 'prod/\*'; write 'prod/'",
        ),
        (
            Replication.of(ReplicationRule(destinations=())),
            r"rules\[0\].destinations: a replication rule must have a destination, got none; write",
        ),
        (
            to(Destination("eu-central-1", "2222")),
            (
                r"destinations\[0\].registry_id: registry_id must be 12 digits, got '2222'; write"
                " the account's id"
            ),
        ),
        (
            to(Destination("europe-west-1", "222222222222")),
            (
                r"destinations\[0\].region: region must be a Region of AWS, got 'europe-west-1';"
                " write for example 'eu-west-1'"
            ),
        ),
        (
            to(HERE),
            (
                r"destinations\[0\].registry_id: a destination must be another registry, got the"
                " registry's own account and Region '111122223333 in eu-west-1'; write another"
            ),
        ),
        (
            to(Destination("cn-north-1", "222222222222")),
            (
                r"destinations\[0\].region: a destination must be in the partition 'aws' of the"
                " registry, got 'cn-north-1' in 'aws-cn'; write a Region of 'aws'"
            ),
        ),
    ],
)
def test_refuses_what_ecr_refuses(replication: Replication, said: str) -> None:
    (sentence,) = errors(problems_here(replication))
    assert re.search(said, sentence)


def test_warns_above_the_quota() -> None:
    """The quotas say 10, the API 25."""
    rules = [ReplicationRule.to(THERE, [f"r{index:02}"]) for index in range(11)]
    (sentence,) = warnings(problems_here(Replication.of(*rules)))
    assert "up to 10 rules, as the quotas say 10 and the API 25, got 11; give several" in sentence
    many = Replication.of(*(ReplicationRule.to(THERE, [f"r{index:02}"]) for index in range(25)))
    assert len(warnings(problems_here(many))) == 1
    assert errors(problems_here(many)) == []


def test_cannot_tell_the_partition_of_a_region_that_is_not_known() -> None:
    (problem,) = Destination("nz-north-1", "222222222222").problems()
    assert problem.status is Status.UNKNOWN
    assert "got 'nz-north-1'; write for example 'eu-central-1'" in problem.sentence


def test_the_new_sovereign_region_is_known() -> None:
    assert list(Destination("eusc-de-east-1", "222222222222").problems()) == []


@pytest.mark.parametrize(
    ("account", "region"), [(None, None), (TOKEN, "${Token[AWS.Region.5]}"), (UNKNOWN, UNKNOWN)]
)
def test_a_place_that_is_not_known_refuses_no_destination(account: Any, region: Any) -> None:
    replication = Replication.of(
        ReplicationRule.to(Destination("cn-north-1", "222222222222")),
        ReplicationRule.to(Destination("eu-west-1", TOKEN)),
    )
    assert replication.problems(account=account, region=region) == []


PREFIXES_THAT_TAKE_MORE = [
    (["prod/api", "production/web"], "prod", "also takes 'production/web'; write 'prod/' for"),
    (
        ["prod/a", "prod1/a", "prod2/a", "prod3/a"],
        "prod",
        "also takes 'prod1/a', 'prod2/a', 'prod3/a'; write",
    ),
    (
        ["production/web"],
        "prod",
        "also takes 'production/web'; write 'production/' in full, or 'prod/' for a namespace to",
    ),
    (["webhooks"], "web", "also takes 'webhooks'; write 'webhooks' in full, or 'web/' for a"),
    (["prod/api", "prod-eu/api"], "prod", "also takes 'prod-eu/api'; write 'prod/' for"),
    (["web", "web-api"], "web", "also takes 'web-api'; rename one, as no prefix takes 'web' alone"),
    (
        ["prod/a", *(f"prod{n}/a" for n in range(5))],
        "prod",
        "'prod0/a', 'prod1/a', 'prod2/a' and 2 more; write",
    ),
]


@pytest.mark.parametrize(("names", "prefix", "said"), PREFIXES_THAT_TAKE_MORE)
def test_warns_of_a_prefix_that_takes_more_than_meant(
    names: list[str], prefix: str, said: str
) -> None:
    replication = to(THERE, "other/", prefix)
    (sentence,) = warnings(problems_here(replication, *names))
    assert sentence.startswith(
        f"rules[0].repository_filters[1]: a replication filter is a prefix of names, so {prefix!r}"
    )
    assert said in sentence
    assert errors(problems_here(replication, *names)) == []


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["prod/api"], "prod"),
        (["prod/api", "production/web"], "prod/"),
        (["prod-api", "prod-web"], "prod"),
        (["prod-api", "prod-web"], "prod-"),
        (["web"], "prod"),
        ([], "prod"),
    ],
)
def test_a_prefix_that_is_meant_passes(names: list[str], prefix: str) -> None:
    assert problems_here(to(THERE, prefix), *names) == []


def test_a_prefix_or_a_name_that_is_not_known_passes() -> None:
    replication = Replication.of(ReplicationRule.to(THERE, [UNKNOWN, TOKEN]))
    assert replication.problems(repository_names=[UNKNOWN, None, TOKEN, "prod"]) == []
    assert to(THERE, "prod").problems(repository_names=[UNKNOWN, None, TOKEN, "prod"]) == []


def test_a_rule_without_filters_is_written_without_the_list() -> None:
    """The API refuses an empty list."""
    (rule,) = to(THERE).to_cfn()["ReplicationConfiguration"]["Rules"]
    assert rule == {"Destinations": [{"Region": "eu-central-1", "RegistryId": "222222222222"}]}


def test_delete_replication_is_written_where_it_is_asked_for() -> None:
    """The schema at hand does not know it; this fails when it does, and the word can be dropped."""
    rule = ReplicationRule(destinations=[THERE], delete_replication=True)
    written = Replication.of(rule).to_cfn()
    (document,) = written["ReplicationConfiguration"]["Rules"]
    assert document["DeleteReplication"] == {"Enabled": True}
    assert Replication.from_cfn({"Properties": written}, ORIGIN) == (Replication.of(rule), [])
    (sentence,) = refused("ReplicationConfiguration", written)
    assert "'DeleteReplication' was unexpected" in sentence


@given(replications())
def test_what_is_written_is_read_back(replication: Replication) -> None:
    written = replication.normalise().to_cfn()
    assert Replication.from_cfn({"Properties": written}, ORIGIN) == (replication.normalise(), [])
    assert Replication.from_cfn({"Properties": replication.to_cfn()}, ORIGIN) == (replication, [])
    assert refused("ReplicationConfiguration", written) == []
    assert errors(problems_here(replication)) == []


@given(replications())
def test_there_is_one_normal_form(replication: Replication) -> None:
    normal = replication.normalise()
    assert normal.normalise() == normal
    turned = Replication(
        rules=tuple(
            ReplicationRule(
                destinations=rule.destinations[::-1] * 2,
                repository_filters=rule.repository_filters[::-1],
            )
            for rule in replication.rules[::-1]
        )
    )
    assert turned.normalise() == normal


def test_the_normal_form_keeps_everything() -> None:
    full = Replication.of(
        ReplicationRule(destinations=[HERE, THERE], repository_filters=["a/", "b/"]),
        ReplicationRule(destinations=[THERE], repository_filters=["c/"], delete_replication=True),
    )
    assert full.normalise() == full


def test_destinations_are_told_once_each() -> None:
    other = Destination("eu-west-2", ACCOUNT)
    rules = [ReplicationRule(destinations=[THERE, other]), ReplicationRule.to(THERE, ["a/"])]
    assert Replication.of(*rules).destinations == (THERE, other)


def test_where_it_was_read_from_is_no_part_of_the_value() -> None:
    replication, _ = Replication.from_cfn({"Properties": to().to_cfn()}, ORIGIN)
    assert replication.origin == ORIGIN
    assert replication == to()


def test_an_intrinsic_stays_unknown() -> None:
    properties = {"ReplicationConfiguration": {"Rules": UNKNOWN}}
    replication, problems = Replication.from_cfn({"Properties": properties}, ORIGIN)
    assert problems == []
    assert replication.destinations == (Destination(UNKNOWN, UNKNOWN),)
    assert replication.problems(account=ACCOUNT, region="eu-west-1") == []


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"ReplicationConfiguration": []}, "ReplicationConfiguration must be an object, got []"),
        (
            {"ReplicationConfiguration": {"Rules": {}}},
            "Properties.ReplicationConfiguration.Rules must be a list, got {}",
        ),
    ],
)
def test_notes_what_is_malformed(properties: Any, said: str) -> None:
    _, problems = Replication.from_cfn({"Properties": properties}, ORIGIN)
    assert said in errors(problems)[0]


def test_reads_a_live_registry() -> None:
    described = {
        "rules": [
            {
                "destinations": [{"region": "eu-central-1", "registryId": "222222222222"}],
                "repositoryFilters": [{"filter": "prod/", "filterType": "PREFIX_MATCH"}],
                "deleteReplication": {"enabled": True},
            },
            {"destinations": [{"region": "eu-central-1", "registryId": "222222222222"}]},
        ]
    }
    assert Replication.from_api(described) == Replication.of(
        ReplicationRule(
            destinations=[THERE], repository_filters=["prod/"], delete_replication=True
        ),
        ReplicationRule.to(THERE),
    )
    assert Replication.from_api({}) == Replication()


@pytest.mark.parametrize(
    ("region", "meant"), [("eu-wst-1", "eu-west-1"), ("eu-centrl-1", "eu-central-1")]
)
def test_warns_of_a_region_that_nobody_knows(region: str, meant: str) -> None:
    (problem,) = Destination(region, "222222222222").problems()
    assert problem.severity is Severity.WARNING
    assert problem.sentence == (
        f"region must be a Region that is known here, got {region!r}; write for example {meant!r},"
        " or pass over this if the Region is new"
    )
