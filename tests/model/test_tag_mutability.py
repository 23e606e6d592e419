"""Whether a tag can be pushed again, and the tags that are the exception."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_constructs.model.tag_mutability import TagMutability, keeps_tags, mutability_problems
from ecr_constructs.model.unresolved import Unknown, Unresolved

IMMUTABLE_WITH = TagMutability.IMMUTABLE_WITH_EXCLUSION
MUTABLE_WITH = TagMutability.MUTABLE_WITH_EXCLUSION
UNKNOWN = Unresolved.of("Mode")
TOKEN = "${Token[Mode.7]}"


def sentences(mode: Any, *filters: Any) -> list[str]:
    return [problem.sentence for problem in mutability_problems(mode, filters)]


def test_two_modes_take_filters() -> None:
    assert {mode for mode in TagMutability if mode.takes_filters} == {IMMUTABLE_WITH, MUTABLE_WITH}


@pytest.mark.parametrize(
    ("mode", "filters"),
    [
        (TagMutability.MUTABLE, ()),
        (TagMutability.IMMUTABLE, ()),
        ("IMMUTABLE", ()),
        (IMMUTABLE_WITH, ("latest",)),
        (MUTABLE_WITH, ("v*", "b", "c", "d", "e")),
        (IMMUTABLE_WITH, ("a*b*",)),
        (IMMUTABLE_WITH, ("**",)),
        (IMMUTABLE_WITH, ("x" * 128,)),
        (IMMUTABLE_WITH, ("0aZ._-*",)),
        (IMMUTABLE_WITH, (UNKNOWN,)),
        (IMMUTABLE_WITH, (TOKEN, "a")),
        (UNKNOWN, ()),
        (UNKNOWN, ("any", "thing" * 99)),
        (TOKEN, ()),
    ],
)
def test_takes_what_ecr_takes(mode: Any, filters: tuple[Any, ...]) -> None:
    assert sentences(mode, *filters) == []


@pytest.mark.parametrize("mode", ["IMUTABLE", "", "immutable", "IMMUTABLE_WITH_EXCLUSIONS"])
def test_refuses_a_mode_that_ecr_does_not_know(mode: str) -> None:
    (sentence,) = sentences(mode, "latest")
    assert sentence.startswith("image_tag_mutability must be one of MUTABLE, IMMUTABLE, MUTABLE_W")
    assert sentence.endswith(f"got {mode!r}; write TagMutability.IMMUTABLE")


@pytest.mark.parametrize("mode", [IMMUTABLE_WITH, MUTABLE_WITH])
@pytest.mark.parametrize("count", [0, 6])
def test_refuses_too_few_and_too_many_filters(mode: TagMutability, count: int) -> None:
    assert sentences(mode, *"abcdef"[:count]) == [
        (
            f"image_tag_mutability_exclusion_filters must be 1 to 5 with {mode}, got {count};"
            " write for example ['latest']"
        )
    ]


@pytest.mark.parametrize("mode", [TagMutability.IMMUTABLE, TagMutability.MUTABLE])
def test_refuses_filters_with_a_mode_that_has_none(mode: TagMutability) -> None:
    assert sentences(mode, "latest", "main") == [
        (
            "image_tag_mutability_exclusion_filters go with a mode that has exclusions, got"
            f" '{mode}' and 2 filters; write TagMutability.{mode}_WITH_EXCLUSION or drop the"
            " filters"
        )
    ]


@pytest.mark.parametrize("value", ["", "a b", "a/b", "ä", "a\n", "x" * 129, "a:b"])
def test_refuses_a_filter_that_is_none(value: str) -> None:
    assert sentences(IMMUTABLE_WITH, "fine", value) == [
        (
            "image_tag_mutability_exclusion_filters[1]: an exclusion filter must be 1 to 128"
            f" letters, digits, '.', '_', '-' or '*', got {value!r}; write for example 'latest'"
            " or 'dev-*'"
        )
    ]


@pytest.mark.parametrize(("value", "count"), [("a*b*c*", 3), ("****", 4)])
def test_refuses_more_than_two_wildcards(value: str, count: int) -> None:
    (sentence,) = sentences(IMMUTABLE_WITH, value)
    assert f"at most 2 wildcards, got {value!r} with {count}; split it" in sentence


@pytest.mark.parametrize(
    ("mode", "filters", "keeps"),
    [
        (TagMutability.IMMUTABLE, (), True),
        ("IMMUTABLE", (), True),
        (TagMutability.MUTABLE, (), False),
        (MUTABLE_WITH, ("latest",), False),
        (IMMUTABLE_WITH, ("latest", "dev-*"), True),
        (IMMUTABLE_WITH, ("*",), False),
        (IMMUTABLE_WITH, ("latest", "**"), False),
        (IMMUTABLE_WITH, (UNKNOWN,), None),
        (IMMUTABLE_WITH, ("*", UNKNOWN), False),
        (IMMUTABLE_WITH, (TOKEN,), None),
        ("SOMETIMES", (), False),
        (UNKNOWN, (), None),
        (Unresolved(("IMM", Unknown("x"))), (), None),
        (TOKEN, (), None),
    ],
)
def test_tells_whether_pushed_tags_are_safe(
    mode: Any, filters: tuple[Any, ...], *, keeps: bool | None
) -> None:
    assert keeps_tags(mode, filters) is keeps
