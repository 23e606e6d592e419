"""Where deletions are carried out as well, on either side of a change.

Layer: review.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html. Which of two
rules decides that give one destination the same images, one of them with deletions, is
not documented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

from ecr_constructs.model.replication import Destination, Replication
from ecr_constructs.model.unresolved import Text
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.prefixes import (
    EVERYTHING,
    is_taken,
    prefix_words,
    registry_words,
)


class _Deletes(Enum):
    """Whether deletions are carried out at a destination."""

    YES = "are now"
    NO = "are no longer"
    UNKNOWN = "are"


_CLASSES: Final = {
    _Deletes.YES: ChangeClass.WEAKENED,
    _Deletes.UNKNOWN: ChangeClass.WEAKENED,
    _Deletes.NO: ChangeClass.STRENGTHENED,
}


def deletion_drafts(before: Replication | None, after: Replication | None) -> Iterator[Draft]:
    """Yield where deletions are carried out that were not, and no longer are that were."""
    if after is None:
        return
    old, new = _prefixes(before), _prefixes(after)
    for destination, given in new.items():
        found: dict[_Deletes, list[Text]] = {}
        for prefix in dict.fromkeys((*given, *old.get(destination, ()))):
            if not is_taken(prefix, given):
                continue  # it is no longer replicated at all
            was, becomes = (_deletes(each, destination, prefix) for each in (before, after))
            if was is not becomes:
                found.setdefault(becomes, []).append(prefix)
        for becomes, prefixes in found.items():
            whole = EVERYTHING in prefixes
            of = "" if whole else f" of {prefix_words(prefixes)}"
            sentence = (
                f"deletions{of}, lifecycle expiry included, {becomes.value} carried out in"
                f" {registry_words(destination)}"
            )
            is_known = becomes is not _Deletes.UNKNOWN
            yield Draft(
                kind=_CLASSES[becomes],
                head=sentence if is_known else f"whether {sentence} cannot be told",
                cause="the delete replication of a rule changes"
                if is_known
                else "it is known only at deployment, or two rules for the same images say both",
                origin=after.origin,
                certain=is_known,
            )


def _prefixes(replication: Replication | None) -> Mapping[Destination, dict[Text, None]]:
    found: dict[Destination, dict[Text, None]] = {}
    for rule in () if replication is None else replication.rules:
        for destination in rule.destinations:
            given = rule.repository_filters or (EVERYTHING,)
            found.setdefault(destination, {}).update(dict.fromkeys(given))
    return found


def _deletes(replication: Replication | None, destination: Destination, prefix: Text) -> _Deletes:
    """Tell whether images of a prefix are deleted at a destination when they are here."""
    flags = {
        rule.delete_replication
        for rule in (() if replication is None else replication.rules)
        if destination in rule.destinations
        and is_taken(prefix, rule.repository_filters or (EVERYTHING,))
    }
    if flags == {True}:
        return _Deletes.YES
    return _Deletes.NO if flags <= {False} else _Deletes.UNKNOWN
