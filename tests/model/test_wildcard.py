"""Matching with wildcards beside the definition of it, written down naively."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.model.wildcard import matches, overlap

PATTERNS = st.text("ab*", max_size=6)
TEXTS = st.text("ab", max_size=6)


def regex(pattern: str) -> re.Pattern[str]:
    words = {"*": ".*", "?": "."}
    return re.compile("".join(words.get(c, re.escape(c)) for c in pattern), re.DOTALL)


@given(PATTERNS, TEXTS)
def test_a_star_is_any_text(pattern: str, text: str) -> None:
    assert matches(pattern, text) == bool(regex(pattern).fullmatch(text))


def test_a_question_mark_is_no_wildcard_of_a_filter() -> None:
    assert not matches("a?", "ab")
    assert matches("a?", "a?")


#: All texts that tell patterns of three characters apart: a meeting of two needs no longer one.
ALL = ["".join(word) for n in range(7) for word in itertools.product("ab", repeat=n)]


@given(st.text("ab*?", max_size=3), st.text("ab*?", max_size=3))
def test_two_patterns_meet_where_one_text_matches_both(one: str, other: str) -> None:
    both = any(regex(one).fullmatch(text) and regex(other).fullmatch(text) for text in ALL)
    assert overlap(one, other) == both
    assert overlap(other, one) == both


@given(PATTERNS, TEXTS)
def test_a_text_meets_the_patterns_that_match_it(pattern: str, text: str) -> None:
    assert overlap(pattern, text) == matches(pattern, text)


@pytest.mark.parametrize("ask", [matches, overlap])
def test_no_pattern_takes_long(ask: type) -> None:
    start = time.perf_counter()
    assert not ask("a*" * 125 + "b", "a" * 250)
    assert time.perf_counter() - start < 1
