"""Comparing text of which a part may not be known."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.access.text import arn_fields, concat, equals, like
from ecr_constructs.access.truth import Truth, every, negate, some
from ecr_constructs.model.unresolved import Text, Unknown, Unresolved

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
NAME = Unknown("Name")
OTHER = Unknown("Other")


def text(*parts: str | Unknown) -> Unresolved:
    return Unresolved(parts)


@pytest.mark.parametrize(
    ("expected", "value", "truth"),
    [
        ("a", "a", YES),
        ("a", "A", NO),
        ("*", "a", NO),  # no wildcard here
        (text("role/", NAME), text("role/", NAME), YES),
        (text("role/", NAME), text("role/", OTHER), UNKNOWN),
        (text("role/", NAME), text("user/", NAME), NO),
        (text("role/", NAME), "role/Build", UNKNOWN),
        (text("role/", NAME), "user/Eva", NO),
        (text("role/", NAME, "-ci"), "role/Build", NO),
        ("role/Build", text("role/", NAME), UNKNOWN),
        ("${Token[TOKEN.1]}", "${Token[TOKEN.1]}", YES),
        ("${Token[TOKEN.1]}", "anything", UNKNOWN),
    ],
)
def test_equals(expected: Text, value: Text, truth: Truth) -> None:
    assert equals(expected, value) is truth


def test_equals_can_ignore_case() -> None:
    assert equals("True", "tRUE", ignore_case=True) is YES
    assert equals(text("A", NAME), text("a", NAME), ignore_case=True) is YES


@pytest.mark.parametrize(
    ("pattern", "value", "truth"),
    [
        ("*", "", YES),
        ("a*", "abc", YES),
        ("a?c", "abc", YES),
        ("a?c", "ac", NO),
        ("a.c", "abc", NO),
        ("*/api", "payments/api", YES),
        ("*", text(NAME), YES),  # whatever it is
        ("repository/*", text("repository/", NAME), YES),
        ("repository/p*", text("repository/", NAME), UNKNOWN),
        ("repository/?", text("repository/", NAME), UNKNOWN),
        ("user/*", text("repository/", NAME), NO),
        (text(NAME, "*"), "anything", UNKNOWN),
        (text(NAME, "/*"), text(NAME, "/api"), YES),
        (text("p", NAME), "payments", UNKNOWN),
        (text("p", NAME, "x"), "payments", NO),
    ],
)
def test_like(pattern: Text, value: Text, truth: Truth) -> None:
    assert like(pattern, value) is truth


ALPHABET = st.text("ab*?", max_size=6)


@given(ALPHABET, st.text("ab", max_size=6))
def test_wildcards_mean_what_the_regular_expression_means(pattern: str, value: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(c, c) for c in pattern)
    assert like(pattern, value) is (YES if re.fullmatch(expression, value) else NO)


def test_many_stars_match_in_bounded_time() -> None:
    """A template of somebody else's must not keep a review busy for ever."""
    pattern, value = "*a" * 30 + "b", "a" * 2000
    started = time.process_time()
    assert like(pattern, value) is NO
    assert like(Unresolved((pattern, NAME)), value) is NO
    assert time.process_time() - started < 1


@given(ALPHABET, st.text("ab", max_size=4), st.integers(0, 4), st.text("ab", max_size=3))
def test_an_unknown_part_never_turns_an_answer_around(
    pattern: str, value: str, position: int, part: str
) -> None:
    """What is said of ``a${Name}b`` holds for every name."""
    unresolved = concat(value[:position], text(NAME), value[position:])
    truth = like(pattern, unresolved)
    known = like(pattern, value[:position] + part + value[position:])
    assert truth in (UNKNOWN, known)


@given(ALPHABET, st.text("ab", max_size=6), st.integers(0, 6), st.text("ab", max_size=3))
def test_an_unknown_part_of_a_pattern_never_turns_an_answer_around(
    pattern: str, value: str, position: int, part: str
) -> None:
    unresolved = concat(pattern[:position], text(NAME), pattern[position:])
    truth = like(unresolved, value)
    known = like(pattern[:position] + part + pattern[position:], value)
    assert truth in (UNKNOWN, known)


@pytest.mark.parametrize(
    ("arn", "fields"),
    [
        (
            "arn:aws:lambda:eu-west-1:111122223333:function:resize:1",
            ["arn", "aws", "lambda", "eu-west-1", "111122223333", "function:resize:1"],
        ),
        ("arn:aws:s3:::bucket", ["arn", "aws", "s3", "", "", "bucket"]),
        ("arn:aws:iam::111122223333", None),
        (text(NAME), None),
        (
            text("arn:", NAME, ":iam::1:role/", OTHER),
            ["arn", text(NAME), "iam", "", "1", text("role/", OTHER)],
        ),
    ],
)
def test_takes_an_arn_apart(arn: Text, fields: list[Text] | None) -> None:
    assert arn_fields(arn) == fields


def test_the_logic_has_three_values() -> None:
    assert [negate(truth) for truth in (NO, UNKNOWN, YES)] == [YES, UNKNOWN, NO]
    assert every([]) is YES
    assert some([]) is NO
    assert every([YES, UNKNOWN]) is UNKNOWN
    assert every([UNKNOWN, NO]) is NO
    assert some([NO, UNKNOWN]) is UNKNOWN
    assert some([UNKNOWN, YES]) is YES
