"""Repositories that stand for those that no template has: of other stacks, or not there yet.

Layer: review. A setting of a registry decides about them too, by the wildcards in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ecr_constructs.model.unresolved import Text
from ecr_constructs.review.change.difference import UNNAMED

#: Stands for whatever a repository is called that is not there yet.
ANY_NAME: Final = "any-other"
#: How those are called in a sentence that nothing is known of.
OTHERS: Final = f"{UNNAMED}that are not in this app"


def named_like(pattern: str) -> str:
    """Return how the repositories that a wildcard takes are called in a sentence."""
    return f"{UNNAMED}named {pattern}" if pattern.strip("*") else OTHERS


def filled(pattern: str) -> str:
    """Return a name that a wildcard takes."""
    return pattern.replace("*", ANY_NAME).replace("?", "x")


def taken_by(patterns: Iterable[Text], *, anywhere: bool) -> Iterator[tuple[str, str]]:
    """Yield how what each wildcard takes is called, and a name that it takes.

    Args:
        patterns: The wildcards; what is not known of them is left out.
        anywhere: Whether one without ``*`` takes every name that contains it, as
            those of scanning do, and not that name alone.
    """
    for pattern in dict.fromkeys(each for each in patterns if isinstance(each, str)):
        if "*" not in pattern and anywhere:
            yield f"{UNNAMED}whose names contain {pattern}", f"{ANY_NAME}-{pattern}-{ANY_NAME}"
        else:
            yield named_like(pattern), filled(pattern)
