"""Whether a tag can be pushed again, and the tags that are the exception.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import limits, patterns


class TagMutability(StrEnum):
    """Whether a tag can be pushed again."""

    MUTABLE = "MUTABLE"
    IMMUTABLE = "IMMUTABLE"
    MUTABLE_WITH_EXCLUSION = "MUTABLE_WITH_EXCLUSION"
    IMMUTABLE_WITH_EXCLUSION = "IMMUTABLE_WITH_EXCLUSION"

    @property
    def takes_filters(self) -> bool:
        """Whether this mode needs exclusion filters; the others forbid them."""
        return self.value.endswith("_WITH_EXCLUSION")


def keeps_tags(mode: Text, filters: tuple[Text, ...]) -> bool | None:
    """Tell whether a pushed tag is safe from being overwritten; None if it cannot be told.

    ``IMMUTABLE_WITH_EXCLUSION`` keeps the tags that no filter names, so it counts,
    unless a filter of wildcards alone names every tag.
    """
    if not is_known(mode):
        return None
    if mode == TagMutability.IMMUTABLE:
        return True
    if mode != TagMutability.IMMUTABLE_WITH_EXCLUSION:
        return False
    if any(isinstance(value, str) and not value.strip("*") for value in filters):
        return False
    return True if all(map(is_known, filters)) else None


def mutability_problems(mode: Text, filters: tuple[Text, ...]) -> Iterator[Problem]:
    """Yield what ECR refuses: an unknown mode, filters without need, none, too many, bad ones."""
    if not is_known(mode):
        return
    if mode not in tuple(TagMutability):
        yield problem_at(
            "image_tag_mutability",
            f"image_tag_mutability must be one of {', '.join(TagMutability)}, got {str(mode)!r}",
            "write TagMutability.IMMUTABLE",
        )
        return
    takes, name = TagMutability(str(mode)).takes_filters, "image_tag_mutability_exclusion_filters"
    if not takes and filters:
        yield problem_at(
            name,
            f"{name} go with a mode that has exclusions, got {str(mode)!r} and {len(filters)}"
            " filters",
            f"write TagMutability.{mode!s}_WITH_EXCLUSION or drop the filters",
        )
    if takes and not 1 <= len(filters) <= limits.EXCLUSION_FILTERS:
        yield problem_at(
            name,
            f"{name} must be 1 to {limits.EXCLUSION_FILTERS} with {mode!s}, got {len(filters)}",
            "write for example ['latest']",
        )
    for index, value in enumerate(filters):
        yield from _filter_problems(f"{name}[{index}]", value)


def _filter_problems(path: str, value: Text) -> Iterator[Problem]:
    if not isinstance(value, str) or not is_known(value):
        return
    if not patterns.EXCLUSION_FILTER.fullmatch(value):
        yield problem_at(
            path,
            f"an exclusion filter must be 1 to {limits.EXCLUSION_FILTER_MAX} letters, digits, '.',"
            f" '_', '-' or '*', got {value!r}",
            "write for example 'latest' or 'dev-*'",
        )
    elif (count := value.count("*")) > limits.EXCLUSION_FILTER_WILDCARDS:
        yield problem_at(
            path,
            f"an exclusion filter must have at most {limits.EXCLUSION_FILTER_WILDCARDS} wildcards,"
            f" got {value!r} with {count}",
            "split it into several filters",
        )
