"""Words for lists and numbers."""

from __future__ import annotations

import pytest

from ecr_constructs.model.words import examples, listed, meant, plural


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d", "e"], "a, b, c, d and e"),
        (["a", "b", "c", "d", "e", "f"], "a, b, c, d and 2 more"),
    ],
)
def test_a_long_list_is_counted(words: list[str], text: str) -> None:
    assert listed(words) == text


def test_a_long_list_of_a_great_many_is_counted_with_a_comma() -> None:
    assert listed(map(str, range(2000)), "or", most=2) == "0, 1 or 1,998 more"
    assert examples([str(n) for n in range(2000)]) == "0, 1, 2 and 1,997 more"


def test_one_more_than_is_shown_is_named() -> None:
    assert listed(["a", "b", "c"], most=2) == "a, b and c"


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (0, "image", "0 images"),
        (1, "repository", "1 repository"),
        (2, "repository", "2 repositories"),
        (1000, "day", "1,000 days"),
    ],
)
def test_a_number_of_things(count: int, noun: str, text: str) -> None:
    assert plural(count, noun) == text


@pytest.mark.parametrize(
    ("name", "there", "text"),
    [
        ("payment/api", ["payments/api"], "did you mean 'payments/api'"),
        ("Payments/Api", ["payments/api"], "did you mean 'payments/api'"),
        ("payments/apy", ["payments/web", "payments/api"], "did you mean 'payments/api'"),
        ("payments", ["payments/api"], "did you mean 'payments/api'"),
        # The folder that they share makes the rest no nearer.
        ("payments/worker", ["payments/jobs"], "there is payments/jobs"),
        ("payments/one", ["payments/two", "payments/six"], "there are payments/six, payments/two"),
        ("x", list("abcdefg"), "there are a, b, c, d, e and 2 more"),
        ("x", [], "there is none"),
    ],
)
def test_a_name_is_taken_for_a_misspelling_of_one_that_is_near(
    name: str, there: list[str], text: str
) -> None:
    assert meant(name, there) == text
