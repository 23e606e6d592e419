"""Uniting what several parts of an app want signed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.registry_strategies import NAMES, PROFILE, signings

from ecr_constructs.model.signing import Signing, SigningRule
from ecr_constructs.model.signing_merge import unite

OTHER = f"{PROFILE}2"


def rule(*filters: str, profile: str = PROFILE) -> SigningRule:
    return SigningRule(signing_profile_arn=profile, repository_filters=filters)


EVERYTHING = SigningRule(signing_profile_arn=PROFILE)


@pytest.mark.parametrize(
    ("wanted", "united"),
    [
        ([], []),
        ([rule("web/*"), rule("api/*", "web/*")], [rule("api/*", "web/*")]),
        # Profiles stay apart
        (
            [rule("web/*", profile=OTHER), rule("web/*")],
            [rule("web/*"), rule("web/*", profile=OTHER)],
        ),
        # No filters are all repositories
        (
            [rule("web/*"), EVERYTHING, rule("web/*", profile=OTHER)],
            [EVERYTHING, rule("web/*", profile=OTHER)],
        ),
        # An empty list stays what it is, for its problem to be told
        ([rule()], [rule()]),
    ],
)
def test_one_rule_for_each_profile(wanted: list[SigningRule], united: list[SigningRule]) -> None:
    assert list(unite(wanted)) == united


def test_a_rule_has_at_most_a_hundred_filters() -> None:
    names = [f"team{number:03}" for number in range(201)]
    found = unite([rule(*names[:90]), rule(*names[90:180]), rule(*names[180:])])
    assert [len(each.repository_filters or ()) for each in found] == [100, 100, 1]
    assert [name for each in found for name in each.repository_filters or ()] == names
    assert Signing.of(*found).problems() == []


@given(signings(), st.permutations(range(4)))
def test_what_is_signed_stays_and_no_order_changes_it(signing: Signing, order: list[int]) -> None:
    shuffled = [signing.rules[index] for index in order if index < len(signing.rules)]
    united = unite(signing.rules)
    assert unite(shuffled) == united
    assert unite(united) == united
    for name in NAMES:
        before = {r.signing_profile_arn for r in signing.rules if r.signs(name)}
        after = [r.signing_profile_arn for r in united if r.signs(name)]
        assert sorted(after) == sorted(before)
