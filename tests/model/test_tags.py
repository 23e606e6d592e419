"""Resource tags: the limits of two types, which differ by one character."""

from __future__ import annotations

import re

import pytest
from tests.model.said import errors

from ecr_constructs.model.tags import TagLimits, Tags, tag_problems
from ecr_constructs.model.unresolved import Unresolved

LIMITS = TagLimits(what="a template", count=50, key_max=128, value_min=0, value_max=256)
STRICT = TagLimits(what="a repository", count=50, key_max=127, value_min=1, value_max=255)


@pytest.mark.parametrize(
    ("tags", "allowed"),
    [
        ((("k" * 128, "v" * 256), ("a", "")), LIMITS),
        ((("k" * 127, "v" * 255), ("a", "b")), STRICT),
        (tuple((f"k{index}", "v") for index in range(50)), LIMITS),
        ((("${Token[A.1]}" * 20, Unresolved.of("X")),), STRICT),
    ],
)
def test_takes_tags_within_the_limits(tags: Tags, allowed: TagLimits) -> None:
    assert list(tag_problems(tags, allowed, path="tags")) == []


@pytest.mark.parametrize(
    ("tags", "allowed", "said"),
    [
        ((("k" * 129, "v"),), LIMITS, r"key must be 1 to 128 characters, got 'k+'; shorten it"),
        ((("k" * 128, "v"),), STRICT, r"key must be 1 to 127 characters, got 'k+'; shorten it"),
        ((("", "v"),), LIMITS, r"key must be 1 to 128 characters, got ''; lengthen it"),
        ((("k", "v" * 257),), LIMITS, r"value must be 0 to 256 characters, got 'v+'; shorten it"),
        ((("k", "v" * 256),), STRICT, r"value must be 1 to 255 characters, got 'v+'; shorten it"),
        ((("k", ""),), STRICT, r"value must be 1 to 255 characters, got ''; lengthen it"),
        ((("k", "1"), ("k", "2")), LIMITS, r"key must be unique, got 'k' 2 times; drop one"),
        ((("AWS:x", "v"),), LIMITS, r"must not begin with 'aws:', got 'AWS:x'; rename it"),
        (
            tuple((f"k{index}", "v") for index in range(51)),
            LIMITS,
            r"a template must have at most 50 tags, got 51; drop some",
        ),
    ],
)
def test_refuses_tags_beyond_the_limits(tags: Tags, allowed: TagLimits, said: str) -> None:
    (sentence,) = errors(tag_problems(tags, allowed, path="tags"))
    assert re.search(said, sentence)
