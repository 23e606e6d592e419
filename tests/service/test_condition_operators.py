"""Condition operators of IAM."""

from __future__ import annotations

import pytest

from ecr_constructs.access.operators import operator_of
from ecr_constructs.service import condition_operators

ORDERED = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
NAMES = (
    *(f"{kind}{each}" for kind in ("Numeric", "Date") for each in ORDERED),
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
)


@pytest.mark.parametrize("name", NAMES)
def test_operator_is_known_however_it_is_qualified(name: str) -> None:
    for form in (name, name.lower(), f"{name}IfExists", f"ForAnyValue:{name}"):
        assert condition_operators.is_known(form)
        assert operator_of(form) is not None


@pytest.mark.parametrize("name", ["StringMatches", "IfExists", "NullIfExists", "ForAnyValue:", ""])
def test_other_words_are_no_operators(name: str) -> None:
    assert not condition_operators.is_known(name)
    assert operator_of(name) is None


def test_null_is_one() -> None:
    assert condition_operators.is_known("Null")


def test_nearest_operator_is_the_one_that_was_meant() -> None:
    assert condition_operators.nearest("StringEqual") == "StringEquals"
    assert condition_operators.nearest("Matches") is None


def test_operator_and_the_one_that_negates_it_compare_alike() -> None:
    negations = [name for name in NAMES if "Not" in name]
    assert sorted(condition_operators.NEGATED.values()) == sorted(negations)
    for plain, negated in condition_operators.NEGATED.items():
        one, other = operator_of(plain), operator_of(negated)
        assert one is not None
        assert other is not None
        assert (one.negated, other.negated, one.family) == (False, True, other.family)
