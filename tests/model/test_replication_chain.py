"""Chains of replication that will not flow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.registry_strategies import NAMES, replications

from ecr_constructs.model.problem import Severity
from ecr_constructs.model.replication import Destination, Replication, ReplicationRule
from ecr_constructs.model.replication_chain import BrokenChain, broken_chains
from ecr_constructs.model.unresolved import Unknown, Unresolved

A = Destination("eu-west-1", "111111111111")
B = Destination("eu-west-2", "222222222222")
C = Destination("us-east-1", "333333333333")
D = Destination("us-east-2", "333333333333")
UNKNOWN = Unresolved((Unknown("Main.Prefix"),))


def to(*flows: tuple[Destination, list[str]]) -> Replication:
    return Replication.of(*(ReplicationRule.to(where, filters) for where, filters in flows))


def chain(*prefixes: str) -> BrokenChain:
    return BrokenChain(source=A, through=B, destination=C, prefixes=prefixes)


@pytest.mark.parametrize(
    ("arriving", "leaving", "lost"),
    [
        ([], [], ("",)),
        (["prod/"], [], ("prod/",)),
        ([], ["prod/"], ("prod/",)),
        (["prod/"], ["prod/"], ("prod/",)),
        (["prod"], ["prod/eu/"], ("prod/eu/",)),
        (["a/", "b/"], ["b/c/", "a/", "a/x/"], ("a/", "b/c/")),
    ],
)
def test_what_arrives_by_replication_goes_no_further(
    arriving: list[str], leaving: list[str], lost: tuple[str, ...]
) -> None:
    replications = {A: to((B, arriving)), B: to((C, leaving))}
    assert broken_chains(replications) == (chain(*lost),)


@pytest.mark.parametrize(
    "replications",
    [
        {},
        {A: to((B, []))},
        # Other repositories
        {A: to((B, ["prod/"])), B: to((C, ["web/"]))},
        # Mutual replication
        {A: to((B, [])), B: to((A, []))},
        # The source sends it there itself
        {A: to((B, ["prod/"]), (C, ["prod/"])), B: to((C, ["prod/"]))},
        {A: to((B, ["prod/"]), (C, [])), B: to((C, []))},
        {A: to((B, ["prod/"]), (C, ["pr"])), B: to((C, ["prod/eu/"]))},
        # Two active registries with a backup of both
        {A: to((B, []), (C, [])), B: to((A, []), (C, []))},
        # Not known
        {A: to((B, [UNKNOWN])), B: to((C, []))},
        {A: to((Destination(UNKNOWN, B.registry_id), [])), B: to((C, []))},
        {Destination(UNKNOWN, A.registry_id): to((B, [])), B: to((C, []))},
        {A: to((B, [])), B: to((C, ["${Token[Prefix.1]}"]))},
    ],
)
def test_what_flows_or_is_not_known_is_passed_over(
    replications: dict[Destination, Replication],
) -> None:
    assert broken_chains(replications) == ()


def test_part_of_it_may_be_lost() -> None:
    replications = {A: to((B, ["prod"]), (C, ["prod/"])), B: to((C, []))}
    assert broken_chains(replications) == (chain("prod"),)


def test_each_link_of_a_longer_chain_is_told() -> None:
    replications = {C: to((D, [])), B: to((C, [])), A: to((B, []))}
    assert [(c.source, c.through, c.destination) for c in broken_chains(replications)] == [
        (A, B, C),
        (B, C, D),
    ]


def test_a_ring_does_not_flow() -> None:
    replications = {A: to((B, [])), B: to((C, [])), C: to((A, []))}
    assert len(broken_chains(replications)) == 3


def test_a_chain_is_an_error_with_the_fix() -> None:
    problem = chain("prod/", "web/").to_problem()
    assert problem.severity is Severity.ERROR
    assert problem.sentence == (
        "rules: replication must go straight to 333333333333 in us-east-1, got repositories named"
        " prod/*, web/* from 111111111111 in eu-west-1 through 222222222222 in eu-west-2, where"
        " what arrives by replication is not replicated on; replicate them from 111111111111 in"
        " eu-west-1 to 333333333333 in us-east-1 too, or narrow the filters of one of the two"
    )
    assert "got all repositories from 111111111111" in chain("").to_problem().message


REGISTRIES = [
    Destination(region, account)
    for region in ("eu-west-1", "eu-west-2", "us-east-1")
    for account in ("222222222222", "333333333333")
]


@given(st.dictionaries(st.sampled_from(REGISTRIES), replications(), max_size=4))
def test_a_chain_is_broken_where_some_name_gets_lost(
    replications_: dict[Destination, Replication],
) -> None:
    def sends(source: Destination, name: str) -> set[Destination]:
        configuration = replications_.get(source, Replication())
        return {
            destination
            for rule in configuration.rules
            for destination in rule.destinations
            if not rule.repository_filters
            or any(name.startswith(str(each)) for each in rule.repository_filters)
        }

    # Every prefix is a name too, so that each one that gets lost is seen.
    names = [*NAMES, "", "production", "web/", "pr", "team.x/app_", "we", "prod/"]
    lost = {
        (source, through, destination)
        for source in replications_
        for name in names
        for through in sends(source, name)
        for destination in sends(through, name)
        if destination != source and destination not in sends(source, name)
    }
    told = {(c.source, c.through, c.destination) for c in broken_chains(replications_)}
    assert told == lost
