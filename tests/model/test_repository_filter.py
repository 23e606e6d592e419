"""Filters that select repositories: three kinds, matched as Amazon ECR matches each."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.said import errors

from ecr_constructs.model.codec import Fields
from ecr_constructs.model.repository_filter import (
    FilterType,
    as_filters,
    covers,
    filter_problems,
    filters_from_api,
    filters_from_cfn,
    filters_to_cfn,
    matches,
    matches_any,
    prefix_problems,
    suggest_filter,
    unique_prefix_problems,
)
from ecr_constructs.model.unresolved import Unknown, Unresolved
from ecr_constructs.service import patterns

SCANNING, REPLICATION, SIGNING = (
    FilterType.WILDCARD,
    FilterType.PREFIX_MATCH,
    FilterType.WILDCARD_MATCH,
)
TOKEN = "${Token[Name.12]}"
UNKNOWN = Unresolved((Unknown("Main.Name"), "/api"))

NAMES = ["prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("prod", [True, True, True, True, True]),
        ("*prod", [True, True, False, False, False]),
        ("prod*", [True, False, True, False, True]),
        ("*prod*", [True, True, True, True, True]),
        ("prod*repo", [False, False, True, False, True]),
    ],
)
def test_a_scanning_filter_matches_as_in_the_guides_table(value: str, expected: list[bool]) -> None:
    """https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html."""
    assert [matches(SCANNING, value, name) for name in NAMES] == expected


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        ("myapp/*", "myapp/web", True),
        ("myapp/*", "other/myapp/web", False),
        ("*/production", "a/b/production", True),
        ("*/production", "production", False),
        ("*prod*", "reproduce", True),
        ("prod", "prod", True),
        ("prod", "prod-repo", False),
    ],
)
def test_a_signing_filter_matches_the_whole_name(value: str, name: str, *, expected: bool) -> None:
    """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SigningRepositoryFilter.html."""
    assert matches(SIGNING, value, name) is expected


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        ("prod", "prod", True),
        ("prod", "production/web", True),
        ("prod/", "production/web", False),
        ("prod/", "prod/api", True),
        ("prod", "repo-prod", False),
    ],
)
def test_a_replication_filter_is_a_prefix(value: str, name: str, *, expected: bool) -> None:
    assert matches(REPLICATION, value, name) is expected


def transcribed(filter_type: FilterType, value: str, name: str) -> bool:
    """What the guide says, word by word."""
    if filter_type is REPLICATION:
        return name[: len(value)] == value
    if filter_type is SCANNING and "*" not in value:
        return re.search(re.escape(value), name) is not None
    return re.fullmatch(".*".join(map(re.escape, value.split("*"))), name) is not None


@given(st.sampled_from(FilterType), st.text("ab*/", min_size=1, max_size=5), st.text("ab/"))
def test_every_filter_matches_as_its_definition_says(
    filter_type: FilterType, value: str, name: str
) -> None:
    assert matches(filter_type, value, name) is transcribed(filter_type, value, name)


@pytest.mark.parametrize("filter_type", FilterType)
def test_what_is_not_known_cannot_be_told(filter_type: FilterType) -> None:
    assert matches(filter_type, UNKNOWN, "prod") is None
    assert matches(filter_type, TOKEN, "prod") is None
    assert matches(filter_type, "prod", UNKNOWN) is None
    assert matches(filter_type, "prod", TOKEN) is None
    assert matches(filter_type, "prod", None) is None
    assert matches(filter_type, "", "prod") is None


@pytest.mark.parametrize("filter_type", [SCANNING, SIGNING])
def test_a_star_alone_takes_a_repository_without_a_name(filter_type: FilterType) -> None:
    assert matches(filter_type, "*", None) is True
    assert matches(filter_type, "**", UNKNOWN) is True


def test_one_of_several_filters_is_enough() -> None:
    assert matches_any(SCANNING, ["x", UNKNOWN, "prod"], "prod") is True
    assert matches_any(SCANNING, ["x", UNKNOWN], "prod") is None
    assert matches_any(SCANNING, ["x", "y"], "prod") is False
    assert matches_any(SCANNING, [], "prod") is False


def test_a_filter_alone_is_no_list_of_letters() -> None:
    assert as_filters("prod") == ("prod",)
    assert as_filters(UNKNOWN) == (UNKNOWN,)
    assert as_filters(iter(["a", "b"])) == ("a", "b")


ACCEPTED = [
    (SCANNING, "*"),
    (SCANNING, "p"),
    (SCANNING, "a" * 255),
    (SCANNING, "a*-*b/c.d_e"),
    (REPLICATION, "pr"),
    (REPLICATION, "prod/"),
    (REPLICATION, "a--b"),
    (REPLICATION, "prod-"),
    (REPLICATION, "a" * 256),
    (SIGNING, "*"),
    (SIGNING, "prod/*"),
    (SIGNING, "a" * 256),
]


@pytest.mark.parametrize(("filter_type", "value"), ACCEPTED)
def test_takes_what_ecr_takes(filter_type: FilterType, value: str) -> None:
    assert list(filter_problems(filter_type, [value])) == []


REFUSED = [
    (SCANNING, "prod/", r"got 'prod/'; write 'prod/\*'"),
    (SCANNING, "prod-", r"got 'prod-'; write 'prod-\*'"),
    (SCANNING, "a--b", r"got 'a--b'; write 'a-\*-b'"),
    (SCANNING, "/prod", r"got '/prod'; write '\*/prod'"),
    (SCANNING, "Prod", "got 'Prod'; write 'prod'"),
    (SCANNING, "", r"1 to 255 .* got ''; write for example 'prod/\*'"),
    (SCANNING, "a" * 256, r"1 to 255 .*; write for example 'prod/\*'"),
    (SCANNING, "pröd", r"got 'pröd'; write for example 'prod/\*'"),
    (SCANNING, "prod\n", r"got 'prod\\n'; write for example"),
    (REPLICATION, "p", "2 to 256 .* got 'p'; write for example 'prod/'"),
    (REPLICATION, "a" * 257, "2 to 256 .*; write for example 'prod/'"),
    (REPLICATION, "prod/*", r"no '\*', as it is a prefix, got 'prod/\*'; write 'prod/'"),
    (REPLICATION, "*", r"got '\*'; write for example 'prod/'"),
    (REPLICATION, "/prod", "got '/prod'; write 'prod'"),
    (REPLICATION, "a//b", "got 'a//b'; write for example 'prod/'"),
    (REPLICATION, "Prod/", "got 'Prod/'; write 'prod/'"),
    (SCANNING, "Pröd", r"got 'Pröd'; write for example 'prod/\*'"),
    (SCANNING, "P" * 255, "; write 'ppp"),
    (SCANNING, "P" * 256, r"; write for example 'prod/\*'"),
    (REPLICATION, "A//b", "got 'A//b'; write for example 'prod/'"),
    (REPLICATION, "PR", "got 'PR'; write 'pr'"),
    (REPLICATION, "P", "got 'P'; write for example 'prod/'"),
    (REPLICATION, "P" * 256, "; write 'ppp"),
    (REPLICATION, "P" * 257, "; write for example 'prod/'"),
    (SIGNING, "prod/", r"got 'prod/'; write 'prod/\*'"),
    (SIGNING, "a" * 257, r"1 to 256 .*; write for example 'prod/\*'"),
    (SIGNING, "", "1 to 256 .* got ''"),
]


@pytest.mark.parametrize(("filter_type", "value", "said"), REFUSED)
def test_refuses_a_filter_with_the_fix(filter_type: FilterType, value: str, said: str) -> None:
    (problem,) = filter_problems(filter_type, ["ok", value])
    assert re.search(said, problem.sentence)
    assert problem.path == "repository_filters[1]"


@pytest.mark.parametrize("filter_type", FilterType)
def test_refuses_more_than_a_hundred_filters(filter_type: FilterType) -> None:
    values = [f"repo{index}" for index in range(101)]
    assert list(filter_problems(filter_type, values[:100])) == []
    (sentence,) = errors(filter_problems(filter_type, values))
    assert sentence == (
        "repository_filters: a rule must have at most 100 filters, got 101;"
        " fold some into one that selects them all"
    )


@given(st.sampled_from([SCANNING, SIGNING]), st.text("a0._-/*A", min_size=1, max_size=8))
def test_a_suggested_filter_is_accepted_and_selects_no_less(
    filter_type: FilterType, value: str
) -> None:
    better = suggest_filter(filter_type, value)
    if better is None:
        return
    assert list(filter_problems(filter_type, [better])) == []
    meant = value.lower().replace("*", "x")
    if patterns.REPOSITORY_NAME.fullmatch(meant):
        assert matches(filter_type, better, meant)


def test_a_filter_that_is_not_known_passes() -> None:
    for filter_type in FilterType:
        assert list(filter_problems(filter_type, [UNKNOWN, TOKEN])) == []


def test_filters_are_written_and_read_with_their_type() -> None:
    written = filters_to_cfn(SIGNING, ["a", UNKNOWN])
    assert written == [
        {"Filter": "a", "FilterType": "WILDCARD_MATCH"},
        {"Filter": UNKNOWN, "FilterType": "WILDCARD_MATCH"},
    ]
    rule = Fields({"RepositoryFilters": written})
    assert filters_from_cfn(SIGNING, rule, "Properties.Rules[0]") == ("a", UNKNOWN)
    assert rule.problems == []
    api = {"repositoryFilters": [{"filter": "a", "filterType": "WILDCARD_MATCH"}]}
    assert filters_from_api(api) == ("a",)
    assert filters_from_api({}) == ()


def test_notes_a_filter_of_another_type() -> None:
    rule = Fields({"RepositoryFilters": [{"Filter": "a", "FilterType": "PREFIX_MATCH"}]})
    assert filters_from_cfn(SCANNING, rule, "Properties.Rules[3]") == ("a",)
    (sentence,) = errors(rule.problems)
    assert sentence == (
        "Properties.Rules[3].RepositoryFilters[0].FilterType: FilterType must be 'WILDCARD',"
        " got 'PREFIX_MATCH'; write 'WILDCARD'"
    )


def test_filters_that_are_not_known_stay_so() -> None:
    for value in (UNKNOWN, [UNKNOWN], [{"Filter": UNKNOWN, "FilterType": UNKNOWN}]):
        rule = Fields({"RepositoryFilters": value})
        assert filters_from_cfn(SCANNING, rule, "") == (UNKNOWN,)
        assert rule.problems == []


@pytest.mark.parametrize(
    ("prefix", "name", "expected"),
    [
        ("prod", "prod/api", True),
        ("prod/", "prod/api", True),
        ("prod", "production/api", False),
        ("prod", "prod", False),
        ("prod/team", "prod/api", False),
        ("ROOT", "anything", True),
    ],
)
def test_a_prefix_covers_its_namespace(prefix: str, name: str, *, expected: bool) -> None:
    assert covers(prefix, name) is expected


@pytest.mark.parametrize("prefix", ["ab", "ROOT", "a/b", "a--b/", "a" * 30, UNKNOWN, TOKEN])
def test_takes_a_prefix_that_ecr_takes(prefix: str) -> None:
    assert list(prefix_problems("prefix", prefix, 2, 30, "payments")) == []


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("root", None),
        ("Root", "got 'Root'; write 'ROOT'"),
        ("a", "2 to 30 .* got 'a'; write for example 'payments'"),
        ("a" * 31, "2 to 30 .*; write for example 'payments'"),
        ("AB", "got 'AB'; write 'ab'"),
        ("A", "got 'A'; write for example 'payments'"),
        ("A" * 30, "; write 'aaa"),
        ("A" * 31, "; write for example 'payments'"),
        ("A//b", "got 'A//b'; write for example 'payments'"),
        ("Prod/", "got 'Prod/'; write 'prod'"),
        ("/prod", "got '/prod'; write 'prod'"),
        ("prod/*", r"got 'prod/\*'; write 'prod'"),
        ("", "got ''; write for example 'payments'"),
    ],
)
def test_refuses_a_prefix_with_the_fix(prefix: str, said: str | None) -> None:
    found = errors(prefix_problems("prefix", prefix, 2, 30, "payments"))
    assert len(found) == (said is not None)
    assert said is None or re.search(said, found[0])


def test_refuses_a_prefix_twice() -> None:
    assert errors(unique_prefix_problems("prefix", ["a", "b", "a/", UNKNOWN, UNKNOWN])) == [
        "prefix must be unique in a registry, got 'a' 2 times; unite them, or choose another prefix"
    ]
