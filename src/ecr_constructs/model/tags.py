"""Resource tags: how many a resource may have, and what a key and a value may be.

Layer: model; imports ``errors`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.unresolved import Text, is_known

#: Keys and values.
Tags: TypeAlias = tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLimits:
    """What the schema of one type says of its tags.

    Attributes:
        what: The words for the type.
        count: How many tags there may be.
        key_max: The greatest length of a key; the least is 1.
        value_min: The least length of a value.
        value_max: The greatest length of a value.
    """

    what: str
    count: int
    key_max: int
    value_min: int
    value_max: int


def tag_problems(tags: Tags, allowed: TagLimits, *, path: str) -> Iterator[Problem]:
    """Yield what is refused: too many tags, a key twice, a length, a key that AWS keeps."""
    if len(tags) > allowed.count:
        yield problem_at(
            path,
            f"{allowed.what} must have at most {allowed.count} tags, got {len(tags)}",
            "drop some",
        )
    for key, count in Counter(key for key, _ in tags).items():
        if count > 1:
            yield problem_at(
                path, f"a tag's key must be unique, got {str(key)!r} {count} times", "drop one"
            )
    for key, value in tags:
        place = f"{path}[{str(key)!r}]"
        yield from _length_problems(place, "key", key, 1, allowed.key_max)
        yield from _length_problems(place, "value", value, allowed.value_min, allowed.value_max)
        if isinstance(key, str) and key.lower().startswith("aws:"):
            yield problem_at(
                place, f"a tag's key must not begin with 'aws:', got {key!r}", "rename it"
            )


def _length_problems(path: str, what: str, text: Text, low: int, high: int) -> Iterator[Problem]:
    if isinstance(text, str) and is_known(text) and not low <= len(text) <= high:
        yield problem_at(
            path,
            f"a tag's {what} must be {low} to {high} characters, got {text!r}",
            "lengthen it" if len(text) < low else "shorten it",
        )
