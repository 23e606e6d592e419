"""Patterns and prefixes against tags."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lifecycle.naive import glob

from ecr_constructs.lifecycle.tags import TagPattern, all_match

patterns = st.text("ab*", max_size=6)
WORDS = ["".join(word) for size in range(6) for word in itertools.product("abc", repeat=size)]


@pytest.mark.parametrize(
    ("pattern", "matched", "unmatched"),
    [
        ("prod", ["prod"], ["prod1", "aprod", ""]),
        ("prod*", ["prod", "prod1", "production"], ["repo-production"]),
        ("*prod*", ["prod", "repo-production", "prod-team"], ["pro"]),
        ("*", ["anything", ""], []),
        ("v*.*.0", ["v1.2.0", "v1.0.0"], ["v1.0", "v.0", "v1.2.1"]),
        ("a*a", ["aa", "aba"], ["a"]),
        ("a.c", ["a.c"], ["abc"]),
        ("*test*1*2*3", ["test123", "xtest-1-2-3"], ["test132", "test1234"]),
    ],
)
def test_an_asterisk_stands_for_any_characters(
    pattern: str, matched: list[str], unmatched: list[str]
) -> None:
    compiled = TagPattern.of(pattern)
    assert [tag for tag in (*matched, *unmatched) if compiled.matches(tag)] == matched


@given(patterns, st.text("ab*", max_size=9))
def test_agrees_with_regular_expressions(pattern: str, tag: str) -> None:
    assert TagPattern.of(pattern).matches(tag) == glob(pattern, tag)


@given(patterns, st.lists(st.text("ab\U0010ffff", max_size=4), max_size=8))
def test_finds_the_owners_of_all_tags_that_match(pattern: str, tags: list[str]) -> None:
    tags = sorted(tags)
    owners = list(range(len(tags)))
    expected = {owner for owner, tag in zip(owners, tags, strict=True) if glob(pattern, tag)}
    assert TagPattern.of(pattern).matching(tags, owners) == expected


@given(st.text("ab*", max_size=4), st.text("ab*", max_size=6))
def test_a_prefix_is_plain_text(prefix: str, tag: str) -> None:
    pattern = TagPattern.of_prefix(prefix)
    assert pattern.matches(tag) == tag.startswith(prefix)
    assert pattern.matching([tag], [7]) == ({7} if tag.startswith(prefix) else set())


@given(patterns, patterns)
def test_within_and_meets_agree_with_all_words(one: str, other: str) -> None:
    first, second = TagPattern.of(one), TagPattern.of(other)
    of_first = {word for word in WORDS if first.matches(word)}
    of_second = {word for word in WORDS if second.matches(word)}
    if first.within(second):
        assert of_first <= of_second
    elif len(one.replace("*", "")) + one.count("*") <= 5:
        assert not of_first <= of_second  # a word with "c" for each asterisk tells
    if of_first & of_second:
        assert first.meets(second)
    if not first.meets(second):
        assert not of_first & of_second


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("v*", "*-rc", True),
        ("v*", "pr-*", False),
        ("*", "latest", True),
        ("latest", "late", False),
        ("*a*b", "b*a*", True),
        ("a*", "*", True),
    ],
)
def test_meets_where_one_tag_can_match_both(one: str, other: str, expected: bool) -> None:  # noqa: FBT001
    assert TagPattern.of(one).meets(TagPattern.of(other)) is expected
    assert TagPattern.of(other).meets(TagPattern.of(one)) is expected


def test_an_asterisk_in_a_prefix_stands_for_itself() -> None:
    assert not TagPattern.of_prefix("v*").meets(TagPattern.of("v1"))
    assert TagPattern.of_prefix("v*").meets(TagPattern.of("v*"))


def test_each_entry_asks_for_some_tag() -> None:
    entries = [TagPattern.of("a*"), TagPattern.of("*b")]
    assert all_match(entries, ["a1", "1b"])
    assert all_match(entries, ["ab"])
    assert not all_match(entries, ["a1", "a2"])


def test_a_pattern_that_almost_matches_costs_no_more() -> None:
    """Backtracking would take time with the fourth power of the tag's length."""
    pattern, tag = TagPattern.of("*a*a*a*b"), "a" * 300
    started = time.process_time()
    for _ in range(1000):
        assert not pattern.matches(tag)
    assert time.process_time() - started < 2
