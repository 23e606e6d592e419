from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.model.unresolved import Unknown, Unresolved, is_known, is_token, join

X = Unknown("X")
PARTS = st.lists(st.text("ab*", max_size=3) | st.just(X), min_size=1, max_size=5)


def test_shows_unknown_parts_by_their_names() -> None:
    assert (
        str(Unresolved(("arn:", Unknown("AWS::Partition"), ":iam"))) == "arn:${AWS::Partition}:iam"
    )


def test_join_gives_plain_text_where_all_is_known() -> None:
    assert join(["a", "", "b"]) == "ab"
    assert join([]) == ""
    assert join(["a", "b", X, "", "c", "d"]) == Unresolved(("ab", X, "cd"))


@given(PARTS, st.text("ab*", max_size=8))
def test_may_be_is_what_a_pattern_of_the_known_text_says(
    parts: list[str | Unknown], value: str
) -> None:
    pattern = "".join(re.escape(p) if isinstance(p, str) else ".*" for p in parts)
    expected = re.fullmatch(pattern, value, re.DOTALL) is not None
    assert Unresolved(tuple(parts)).may_be(value) is expected


@given(PARTS, st.text(string.printable, max_size=4))
def test_may_be_whatever_the_unknown_part_turns_out_to_be(
    parts: list[str | Unknown], value: str
) -> None:
    told = "".join(p if isinstance(p, str) else value for p in parts)
    assert Unresolved(tuple(parts)).may_be(told)


def test_may_be_answers_at_once_for_many_unknown_parts() -> None:
    many = Unresolved(tuple(part for _ in range(200) for part in (X, "a")))
    assert many.may_be("a" * 20_000)
    assert not many.may_be("a" * 20_000 + "b")


@pytest.mark.parametrize(
    ("value", "known"),
    [("x", True), ("${Token[X.1]}", False), ("#{Token[X.1]}", False), (Unresolved((X,)), False)],
)
def test_tells_what_can_be_looked_into(value: object, *, known: bool) -> None:
    assert is_known(value) is known
    assert is_token(value) is (isinstance(value, str) and not known)
