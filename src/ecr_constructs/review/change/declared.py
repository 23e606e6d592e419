"""How the resources differ that set up a registry, beside what they set: kept, exempt, moved.

Layer: review.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html.
CloudFormation's handlers of the registry policy and of replication refuse to make what is
there already, and so does Amazon ECR for what has a name; what those of scanning and signing do
is not documented.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ecr_constructs.model.registry import Registry
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.words import listed
from ecr_constructs.review.change.conditional import conditional_drafts, shared_words
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.members import (
    ENTRIES,
    SETTINGS,
    entry_key,
    is_retained,
    registry_of,
)
from ecr_constructs.review.change.pairs import RegistryPair
from ecr_constructs.review.change.protection import exemption_drafts

_UNDOCUMENTED: Final = frozenset({"scanning", "signing"})


@dataclass(frozen=True, slots=True)
class _Declared:
    """What is set, and by which resources.

    Attributes:
        what: What it is called.
        origins: The resources.
        retained: Whether it outlives them; None where that is not known.
        is_refused: Whether another resource for the same is sure to fail.
    """

    what: str
    origins: tuple[Origin, ...]
    retained: bool | None
    is_refused: bool = True

    @property
    def ids(self) -> frozenset[tuple[str, str]]:
        """The resources, as CloudFormation knows them."""
        return frozenset((each.stack, each.logical_id) for each in self.origins)

    @property
    def places(self) -> str:
        """The resources, for people."""
        return listed(f"{each.stack}/{each.logical_id}" for each in self.origins)


def declared_drafts(pair: RegistryPair) -> Iterator[Draft]:
    """Yield what differs in the resources that set what a registry has beside its repositories."""
    old, new = _declared(pair, pair.before), _declared(pair, pair.after)
    for key, after in new.items():
        before = old.get(key)
        if len(after.ids) > max(1, len(before.ids) if before else 1):
            yield _shared(after)
        elif before is not None and not before.ids & after.ids:
            yield _moved(before, after)
        if before is not None:
            yield from _conditional(before, after)
        if before is not None and {before.retained, after.retained} == {True, False}:
            yield _kept(after)
    for member, words in SETTINGS.items():
        sides = [
            [each for each in side.declarations if each.member == member]
            for side in (pair.before, pair.after)
        ]
        if sides[1]:
            base = Draft(
                kind=ChangeClass.HARMLESS,
                head=f"{words} of {registry_of(pair)}",
                origin=sides[1][0].origin,
            )
            exemptions = (
                tuple(exemption for each in side for exemption in each.exemptions) for side in sides
            )
            yield from exemption_drafts(base, *exemptions)


def _conditional(before: _Declared, after: _Declared) -> Iterator[Draft]:
    """Yield what another condition decides about, resource by resource."""
    base = Draft(kind=ChangeClass.WEAKENED, head=after.what)
    old = {(each.stack, each.logical_id): each for each in before.origins}
    for each in after.origins:
        earlier = old.get((each.stack, each.logical_id))
        yield from conditional_drafts(base, earlier, each, is_kept=before.retained is True)


def _declared(pair: RegistryPair, registry: Registry) -> dict[tuple[str, str], _Declared]:
    where = registry_of(pair)
    found: dict[tuple[str, str], _Declared] = {}
    for member, words in SETTINGS.items():
        origins = tuple(each.origin for each in registry.declarations if each.member == member)
        if origins:
            retained = is_retained(registry, member)
            is_refused = member not in _UNDOCUMENTED
            found[member, ""] = _Declared(f"{words} of {where}", origins, retained, is_refused)
    for member, (_, words) in ENTRIES.items():
        for name, entries in _by_key(member, getattr(registry, member)).items():
            origins = tuple(each.origin for each in entries if each.origin is not None)
            if origins:
                retained = all(each in registry.retained for each in origins)
                found[member, name] = _Declared(f"{words} {name} in {where}", origins, retained)
    return found


def _by_key(member: str, entries: Iterable[Any]) -> dict[str, Sequence[Any]]:
    found: dict[str, list[Any]] = {}
    for each in entries:
        found.setdefault(entry_key(member, each), []).append(each)
    return dict(found)


def _shared(after: _Declared) -> Draft:
    words, is_certain = shared_words(after.origins, is_refused=after.is_refused)
    return Draft(
        kind=ChangeClass.REPLACED,
        head=f"{after.what}{words}",
        cause=f"{after.places} declare it",
        origin=after.origins[0],
        certain=is_certain,
    )


def _moved(before: _Declared, after: _Declared) -> Draft:
    moves = not {each.stack for each in before.origins} & {each.stack for each in after.origins}
    where = "in another stack" if moves else "under another logical id"
    head = f"{after.what} is declared {where}, which CloudFormation takes for a"
    if after.is_refused:
        head += " new resource, and cannot make while the old one is there"
    else:
        head += " new resource: whether it can be made while the old one is there cannot be told"
    if not before.retained:
        head += ", and with the old one goes what it set"
    return Draft(
        kind=ChangeClass.REPLACED,
        head=f"{head}; keep the id, or move the resource with `cdk refactor`",
        cause=f"it was {before.places} and is {after.places}",
        origin=after.origins[0],
        certain=after.is_refused,
    )


def _kept(after: _Declared) -> Draft:
    now, then = ("outlives", "went with") if after.retained else ("goes with", "outlived")
    return Draft(
        kind=ChangeClass.STRENGTHENED if after.retained else ChangeClass.WEAKENED,
        head=f"{after.what} {now} its resource, where before it {then} it",
        cause="its DeletionPolicy changes",
        origin=after.origins[0],
    )
