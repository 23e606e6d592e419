"""Prefixes of names and destinations of replication, compared and in words.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ecr_constructs.model.replication import Destination
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.model.words import listed

#: The prefix of every name.
EVERYTHING: Final = ""


def is_taken(prefix: Text, taken: Iterable[Text]) -> bool:
    """Tell whether every name with a prefix has one of the others, too."""
    return any(
        other in (prefix, EVERYTHING)
        or (isinstance(prefix, str) and isinstance(other, str) and prefix.startswith(other))
        for other in taken
    )


def prefix_words(prefixes: Iterable[Text]) -> str:
    """Return the images of some prefixes: ``checkout/ and pay*``."""
    names = sorted(map(str, prefixes))
    if names == [EVERYTHING]:
        return "images"
    return listed(name if name.endswith("/") else f"{name}*" for name in names)


def registry_words(destination: Destination) -> str:
    """Return a registry in a sentence."""
    return f"the registry of account {destination.registry_id} in {destination.region}"


def may_be(one: Text, other: Text) -> bool:
    """Tell whether two texts, of which one may be known only at deployment, may be the same."""
    if isinstance(one, Unresolved) and isinstance(other, str):
        return one.may_be(other)
    if isinstance(other, Unresolved) and isinstance(one, str):
        return other.may_be(one)
    return one == other or (isinstance(one, Unresolved) and isinstance(other, Unresolved))
