"""Which protections of a repository a change loosens or adds.

Layer: review.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from ecr_constructs.lifecycle.tags import TagPattern
from ecr_constructs.model import wildcard
from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.tag_mutability import TagMutability
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.model.words import listed
from ecr_constructs.review.change.difference import ChangeClass, Draft

#: How much a repository is kept: 2 stays, 1 goes if it is empty, 0 goes with its images.
_KEPT = {
    2: "stays with its images",
    1: "is deleted if it holds no image",
    0: "is deleted with its images",
}
#: The attributes that say so: the member, CloudFormation's name, and when it counts.
KEPT_BY = (
    ("deletion_policy", "DeletionPolicy", "when it leaves its stack"),
    ("update_replace_policy", "UpdateReplacePolicy", "when it is replaced"),
)


def protection_drafts(before: Repository, after: Repository, name: str) -> Iterator[Draft]:
    """Yield what changes in how one repository is protected."""
    base = Draft(kind=ChangeClass.HARMLESS, repository=name, origin=after.origin)
    yield from mutability_drafts(
        base,
        Movable.of(before.image_tag_mutability, before.exclusion_filters),
        Movable.of(after.image_tag_mutability, after.exclusion_filters),
    )
    yield from _kept_drafts(base, before, after)
    yield from exemption_drafts(base, before.exemptions, after.exemptions)
    yield from tag_drafts(
        replace(base, head="the resource tags of "), dict(before.tags), dict(after.tags)
    )


@dataclass(frozen=True, slots=True)
class Movable:
    """Which pushed tags can be overwritten.

    Attributes:
        filters: The tag wildcards.
        others: Whether it is all tags but these.
    """

    filters: frozenset[str]
    others: bool

    @classmethod
    def of(cls, mode: Text, filters: tuple[Text, ...]) -> Movable | None:
        """Return what a mode and its filters mean; None where it cannot be told."""
        known = [value for value in filters if isinstance(value, str) and is_known(value)]
        if not is_known(mode) or len(known) < len(filters) or mode not in tuple(TagMutability):
            return None
        excludes = TagMutability(str(mode)).takes_filters
        mutable = str(mode).startswith("MUTABLE")
        return cls(frozenset(known) if excludes else frozenset(), mutable)

    @property
    def words(self) -> str:
        """The tags, for people."""
        named = listed(sorted(self.filters))
        if not self.filters:
            return "every tag" if self.others else "no tag"
        if self.others:
            return f"every tag but {named}"
        return f"the tag{'s' * (len(self.filters) > 1)} {named}"

    def within(self, other: Movable) -> bool:
        """Tell whether the other mode lets all of these tags be overwritten, too."""
        if self.others:
            return other.others and all(_covered(each, self.filters) for each in other.filters)
        if other.others:
            return not any(
                wildcard.overlap(mine, theirs) for mine in self.filters for theirs in other.filters
            )
        return all(_covered(each, other.filters) for each in self.filters)


def mutability_drafts(
    base: Draft, before: Movable | None, after: Movable | None
) -> Iterator[Draft]:
    """Yield what changes in the tags that can be overwritten.

    Args:
        base: What the draft is about.
        before: The tags on the older side; None where it cannot be told.
        after: The tags on the newer side.
    """
    if before == after:
        return
    cause = "its tag mutability changes"
    if before is None or after is None:
        yield replace(
            base,
            kind=ChangeClass.WEAKENED,
            head="whether tags of ",
            tail=" can be overwritten cannot be told",
            cause=cause,
            certain=False,
        )
        return
    if after.within(before) and before.within(after):
        yield replace(
            base, head="the tag mutability of ", tail=" is written otherwise", cause=cause
        )
        return
    kind = ChangeClass.STRENGTHENED if after.within(before) else ChangeClass.WEAKENED
    tail = f" can be overwritten, where before {before.words} could"
    yield replace(base, kind=kind, head=f"{after.words} of ", tail=tail, cause=cause)


def _covered(pattern: str, filters: frozenset[str]) -> bool:
    return any(TagPattern.of(pattern).within(TagPattern.of(each)) for each in filters)


def _kept_drafts(base: Draft, before: Repository, after: Repository) -> Iterator[Draft]:
    causes: list[str] = []
    empties = (before.empty_on_delete, after.empty_on_delete)
    emptied = f"EmptyOnDelete was {empties[0]} and becomes {empties[1]}"
    is_told = False
    for attribute, name, when in KEPT_BY:
        old, new = _kept(before, attribute), _kept(after, attribute)
        was, becomes = getattr(before, attribute), getattr(after, attribute)
        cause = f"{name} was {was} and becomes {becomes}" if was != becomes else emptied
        if was == becomes and empties[0] == empties[1]:
            continue
        causes.append(cause)
        if old == new is not None:
            continue
        is_told = True
        weaker = old is None or new is None or new < old
        tail = f" {_KEPT[new]} {when}" if new is not None else f" may go with its images {when}"
        if old is not None:
            tail += (
                f", where before it {_KEPT[old].replace('stays', 'stayed').replace('is ', 'was ')}"
            )
        kind = ChangeClass.WEAKENED if weaker else ChangeClass.STRENGTHENED
        certain = old is not None and new is not None
        yield replace(base, kind=kind, tail=tail, cause=cause, certain=certain)
    if causes and not is_told:
        yield replace(
            base,
            head="what becomes of ",
            tail=" without its resource is written otherwise, to the same effect",
            cause=listed(dict.fromkeys(causes)),
        )


def _kept(repository: Repository, attribute: str) -> int | None:
    """Return how much a repository is kept; None where it cannot be told."""
    policy = getattr(repository, attribute)
    if policy.startswith("Retain"):
        return 2
    if policy not in {"Delete", "Snapshot"}:
        return None
    if not isinstance(repository.empty_on_delete, bool):
        return None
    return 0 if repository.empty_on_delete else 1


def exemption_drafts(
    base: Draft, before: tuple[Exemption, ...], after: tuple[Exemption, ...]
) -> Iterator[Draft]:
    """Yield the controls that are loosened by a written reason, and those that are no longer."""
    old = {each.control: each for each in before}
    new = {each.control: each for each in after}
    yield from _gone_or_come(base, old, new)
    for control, exemption in new.items():
        earlier = old.get(control)
        if earlier is None or earlier == exemption:
            continue
        kind, words = _held(earlier.expires, exemption.expires)
        yield replace(
            base,
            kind=kind,
            head=f"the exemption from {control} of {base.head}",
            tail=f" {words}",
            cause=f"its reason is '{exemption.reason}', {_until(exemption)}",
        )


def _held(before: dt.date | None, after: dt.date | None) -> tuple[ChangeClass, str]:
    """Return what it means that an exemption holds until another day; None is for ever."""
    last = dt.date.max
    if (after or last) > (before or last):
        return ChangeClass.WEAKENED, "holds longer"
    if (after or last) < (before or last):
        return ChangeClass.STRENGTHENED, "ends earlier"
    return ChangeClass.HARMLESS, "is written otherwise"


def _gone_or_come(
    base: Draft, old: Mapping[Control, Exemption], new: Mapping[Control, Exemption]
) -> Iterator[Draft]:
    one: Callable[[Control], bool]
    for mine, one, kind, words in (
        (new, lambda c: c not in old, ChangeClass.WEAKENED, "is now exempt"),
        (old, lambda c: c not in new, ChangeClass.STRENGTHENED, "is no longer exempt"),
    ):
        for control in filter(one, mine):
            reason = mine[control].reason
            yield replace(
                base,
                kind=kind,
                tail=f" {words} from {control}",
                tails=f" {words.replace('is ', 'are ', 1)} from {control}",
                cause=f"the reason {'is' if mine is new else 'was'} '{reason}'"
                + (f", {_until(mine[control])}" if mine is new else ""),
            )


def _until(exemption: Exemption) -> str:
    return f"until {exemption.expires}" if exemption.expires else "with no expiry date"


def tag_drafts(
    base: Draft, before: Mapping[Text, Text], after: Mapping[Text, Text]
) -> Iterator[Draft]:
    """Yield that resource tags change; ``base`` says of what."""
    keys = sorted(
        (key for key in before.keys() | after.keys() if before.get(key) != after.get(key)), key=str
    )
    if not all(isinstance(key, str) for key in keys):
        yield replace(
            base,
            head=f"whether {base.head}",
            tail=" change cannot be told",
            cause="the key of one is known only at deployment",
            certain=False,
        )
    elif keys:
        yield replace(
            base,
            tail=" change",
            cause=listed(tag_words(key, before.get(key), after.get(key)) for key in keys),
        )


def tag_words(key: Text, before: Text | None, after: Text | None) -> str:
    """Return what becomes of one resource tag; None for none."""
    if before is None:
        return f"'{key}' is '{after}'"
    return f"'{key}' is gone" if after is None else f"'{key}' was '{before}' and is '{after}'"
