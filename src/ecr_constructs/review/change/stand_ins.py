"""Repositories that stand for those that no template has: of other stacks, or not there yet.

Layer: review. A setting of a registry decides about them too, by the wildcards in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from ecr_constructs.model.creation_template import CreationTemplate, longest_match
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.repository_filter import ROOT
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.review.change.difference import UNNAMED

#: Stands for whatever a repository is called that is not there yet.
ANY_NAME: Final = "any-other"
#: How those are called in a sentence that nothing is known of.
OTHERS: Final = f"{UNNAMED}that are not in this app"


def named_like(pattern: str, *, among: Collection[object] = ()) -> str:
    """Return how the repositories that a wildcard takes are called in a sentence.

    Args:
        pattern: The wildcard.
        among: All wildcards that stand beside it; what another one takes is no other repository.
    """
    if pattern.strip("*"):
        return f"{UNNAMED}named {pattern}"
    is_one_of_several = any(str(each).strip("*") for each in among)
    return f"{UNNAMED}that nothing here names" if is_one_of_several else OTHERS


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
    given = dict.fromkeys(each for each in patterns if isinstance(each, str))
    for pattern in given:
        if "*" not in pattern and anywhere:
            yield f"{UNNAMED}whose names contain {pattern}", f"{ANY_NAME}-{pattern}-{ANY_NAME}"
        else:
            yield named_like(pattern, among=given), filled(pattern)


def created_below(prefix: str) -> str:
    """Return how the repositories are called that a creation template makes."""
    if prefix == ROOT:
        return f"{UNNAMED}that are created where no other prefix covers them"
    return f"{UNNAMED}that are created below {prefix}"


def name_below(prefix: str) -> str:
    """Return the name of a repository that a creation template makes."""
    return ANY_NAME if prefix == ROOT else f"{prefix}/{ANY_NAME}"


def governing(registry: Registry, prefix: str) -> CreationTemplate | Unresolved | None:
    """Return the template that repositories below a prefix are made from: its own, or a shorter.

    Args:
        registry: The registry.
        prefix: A prefix, without the slash at its end.
    """
    own = (each for each in registry.creation_templates if key_of(each.prefix) == prefix)
    return next(own, None) or longest_match(registry.creation_templates, name_below(prefix))


def key_of(prefix: Text) -> str:
    """Return a prefix as Amazon ECR takes it: a slash at its end is assumed."""
    return str(prefix).removesuffix("/")
