"""Merging what several parts of an app ask of replication."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.registry_strategies import NAMES, destinations, replication_rules

from ecr_constructs.model.replication import Destination, ReplicationRule, merge
from ecr_constructs.model.replication_merge import minimal_prefixes
from ecr_constructs.model.unresolved import Unknown, Unresolved

A = Destination("eu-west-1", "222222222222")
B = Destination("eu-west-2", "222222222222")
C = Destination("us-east-1", "333333333333")
UNKNOWN = Unresolved((Unknown("Main.Prefix"),))


def rule(destinations_: list[Destination], *filters: str, deletes: bool = False) -> ReplicationRule:
    return ReplicationRule(
        destinations=destinations_, repository_filters=filters, delete_replication=deletes
    )


@pytest.mark.parametrize(
    ("wanted", "merged"),
    [
        ([], []),
        # Same filters: one rule with several destinations
        ([rule([A], "web/"), rule([B], "web/")], [rule([A, B], "web/")]),
        # Same destinations: filters united
        ([rule([A], "web/"), rule([A], "api/")], [rule([A], "api/", "web/")]),
        # No filter takes everything and swallows the others
        ([rule([A], "web/"), rule([A])], [rule([A])]),
        ([rule([A], "web/"), rule([B])], [rule([A], "web/"), rule([B])]),
        # A prefix swallows those that begin with it
        ([rule([A], "prod"), rule([A], "prod/", "production")], [rule([A], "prod")]),
        ([rule([A], "prod/"), rule([B], "prod")], [rule([A], "prod/"), rule([B], "prod")]),
        # By filters, where that makes fewer rules
        (
            [rule([A], "x/"), rule([B], "y/"), rule([C], "x/", "y/")],
            [rule([A, C], "x/"), rule([B, C], "y/")],
        ),
        # By destinations, where that makes fewer rules or as many
        (
            [rule([A], "x/", "z/"), rule([B], "y/", "z/")],
            [rule([A], "x/", "z/"), rule([B], "y/", "z/")],
        ),
        (
            [rule([A], "x/", "y/"), rule([B], "x/", "y/", "z/")],
            [rule([A], "x/", "y/"), rule([B], "x/", "y/", "z/")],
        ),
        ([rule([A, A, B], "x/", "x/"), rule([B], "x/")], [rule([A, B], "x/")]),
        # Deletions are another matter
        (
            [rule([A], "x/", deletes=True), rule([A], "x/y/")],
            [rule([A], "x/", deletes=True), rule([A], "x/y/")],
        ),
        (
            [rule([A], "x/", deletes=True), rule([A], "y/", deletes=True)],
            [rule([A], "x/", "y/", deletes=True)],
        ),
    ],
)
def test_what_is_asked_for_fits_into_few_rules(
    wanted: list[ReplicationRule], merged: list[ReplicationRule]
) -> None:
    assert list(merge(wanted)) == merged


def test_a_rule_has_at_most_a_hundred_filters() -> None:
    wanted = [ReplicationRule.to(A, [f"r{index:03}/"]) for index in range(250)]
    merged = merge(wanted)
    assert [len(each.repository_filters) for each in merged] == [100, 100, 50]
    assert [f for each in merged for f in each.repository_filters] == [
        f"r{index:03}/" for index in range(250)
    ]


def test_a_prefix_that_is_not_known_stays() -> None:
    merged = merge([ReplicationRule.to(A, [UNKNOWN]), ReplicationRule.to(A, ["web/"])])
    assert merged == (ReplicationRule.to(A, [UNKNOWN, "web/"]),)
    assert merge([ReplicationRule.to(A, [UNKNOWN]), ReplicationRule.to(A)]) == (rule([A]),)


def test_the_key_sorts_and_not_the_token() -> None:
    """A construct tells tokens apart by what they resolve to."""
    resolved = {"${Token[B.1]}": "a", "${Token[A.2]}": "b", A.region: "r", A.registry_id: "i"}
    merged = merge(
        [ReplicationRule.to(A, ["${Token[A.2]}"]), ReplicationRule.to(A, ["${Token[B.1]}"])],
        key=lambda text: resolved[str(text)],
    )
    assert merged == (ReplicationRule.to(A, ["${Token[B.1]}", "${Token[A.2]}"]),)


def flows(rules: object) -> set[tuple[Destination, str]]:
    """Which repository is replicated where, as the guide says of prefixes."""
    return {
        (destination, name)
        for rule in rules  # type: ignore[attr-defined]
        for destination in rule.destinations
        for name in NAMES
        if not rule.repository_filters or any(map(name.startswith, rule.repository_filters))
    }


@given(st.lists(replication_rules(), max_size=8))
def test_what_replicates_stays_the_same(wanted: list[ReplicationRule]) -> None:
    assert flows(merge(wanted)) == flows(wanted)


@given(st.lists(replication_rules(), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_what_is_asked_for_means_nothing(
    wanted: list[ReplicationRule], random: object
) -> None:
    turned = list(wanted)
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert merge(turned) == merge(wanted)


@given(st.lists(replication_rules(), max_size=8))
def test_merging_again_changes_nothing(wanted: list[ReplicationRule]) -> None:
    merged = merge(wanted)
    assert merge(merged) == merged
    assert merge([*merged, *wanted]) == merged


@given(st.lists(replication_rules(), max_size=8))
def test_no_more_rules_than_destinations_or_prefixes(wanted: list[ReplicationRule]) -> None:
    merged = merge(wanted)
    asked = {destination for each in wanted for destination in each.destinations}
    prefixes = {prefix for each in wanted for prefix in each.repository_filters or ("",)}
    assert len(merged) <= min(len(asked), len(prefixes))


@given(st.lists(replication_rules(), max_size=8))
def test_no_repository_goes_to_a_destination_by_two_rules(wanted: list[ReplicationRule]) -> None:
    merged = merge(wanted)
    assert sum(len(flows([each])) for each in merged) == len(flows(merged))


@given(st.lists(st.text("ab", max_size=3)))
def test_minimal_prefixes_take_the_same(prefixes: list[str]) -> None:
    minimal = minimal_prefixes(prefixes)
    assert minimal <= set(prefixes)
    for prefix in prefixes:
        assert any(prefix.startswith(str(each)) for each in minimal)
    for each in minimal:
        assert not any(str(each).startswith(str(other)) for other in minimal - {each})


@given(st.lists(destinations(), min_size=1, max_size=6))
def test_any_number_of_destinations_of_one_prefix_is_one_rule(to: list[Destination]) -> None:
    (only,) = merge([ReplicationRule.to(each, ["web/"]) for each in to])
    assert set(only.destinations) == set(to)
