"""What happens to the settings of a registry when their resources leave the app.

Layer: review.

CloudFormation removes the setting, unless the resource is retained: then it stays as
it was, and nobody's template says so any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from ecr_constructs.model.scanning import Scanning, ScanType
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.model.words import listed
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.members import (
    ENTRIES,
    SETTINGS,
    entry_key,
    is_replaced,
    is_retained,
    registry_of,
)
from ecr_constructs.review.change.pairs import RegistryPair
from ecr_constructs.review.change.scanning import switches_off


def as_it_stays(pair: RegistryPair) -> RegistryPair:
    """Return a pair whose newer side still has the settings that are retained."""
    kept = {member: getattr(pair.before, member) for member in _gone(pair, retained=True)}
    for member in ENTRIES:
        left = tuple(_left(pair, member).values())
        if left:
            kept[member] = (*getattr(pair.after, member), *left)
    return RegistryPair(pair.before, replace(pair.after, **kept)) if kept else pair


def switched_off_drafts(pair: RegistryPair, *, is_live: bool = False) -> Iterator[Draft]:
    """Yield what is switched off, and what stays on with nobody to govern it.

    Args:
        pair: The registry on both sides.
        is_live: Whether the newer side is what is there, where nothing has stayed
            that it does not have.
    """
    where = registry_of(pair)
    if is_live:
        gone = (*_gone(pair, retained=True), *_gone(pair, retained=False))
        yield from _off_drafts(pair, gone, where)
        return
    for member in _gone(pair, retained=True):
        yield _left_alone(f"{SETTINGS[member]} of {where}")
    for member, (_, words) in ENTRIES.items():
        for name in _left(pair, member):
            yield _left_alone(f"{words} {name} in {where}")
    for draft in _off_drafts(pair, _gone(pair, retained=False), where):
        yield replace(draft, cause="its resource is gone, and is deleted with what it set")


def _off_drafts(pair: RegistryPair, gone: Iterable[str], where: str) -> Iterator[Draft]:
    for member in gone:
        draft = _OFF[member](getattr(pair.before, member), where) if member in _OFF else None
        if draft is not None:
            yield draft


def _left_alone(what: str) -> Draft:
    return Draft(
        kind=ChangeClass.WEAKENED,
        head=f"{what} leaves its stack and stays as it is, governed by nobody",
        cause="its resource is gone, and was retained",
    )


def _left(pair: RegistryPair, member: str) -> dict[str, Any]:
    """Return what of a member stays, by its name: retained before, and not there after.

    Whether what is replaced stays is for its UpdateReplacePolicy to say.
    """
    after = getattr(pair.after, member)
    there = {entry_key(member, each) for each in after}
    return {
        entry_key(member, each): each
        for each in getattr(pair.before, member)
        if entry_key(member, each) not in there
        and each.origin in pair.before.retained
        and not is_replaced(each, after)
    }


def _gone(pair: RegistryPair, *, retained: bool) -> list[str]:
    """Return the settings that the older side declares, and the newer one does not."""
    return [
        member
        for member in SETTINGS
        if getattr(pair.before, member) is not None
        and not isinstance(getattr(pair.before, member), Unresolved)
        and getattr(pair.after, member) is None
        and is_retained(pair.before, member) is retained
    ]


def _scanning_off(scanning: Scanning, where: str) -> Draft | None:
    if not switches_off(scanning):
        return None
    is_enhanced = scanning.scan_type == ScanType.ENHANCED
    what = (
        f"enhanced scanning by Amazon Inspector is switched off for {where}"
        if is_enhanced
        else f"the scanning rules of {where} are switched off"
    )
    return Draft(
        kind=ChangeClass.UNSCANNED,
        head=f"{what}: basic scanning is left, and each repository's own scan_on_push decides",
    )


def _signing_off(signing: Signing, where: str) -> Draft | None:
    if not signing.rules:
        return None
    profiles = sorted({str(rule.signing_profile_arn) for rule in signing.rules})
    return Draft(
        kind=ChangeClass.WEAKENED,
        head=f"signing is switched off for {where}: nothing that is pushed is signed any more,"
        f" where before it was with {listed(profiles)}; signatures that are there stay",
    )


#: A policy is told of by who gains and loses access, replication by where no images arrive.
_OFF: Final[dict[str, Callable[[Any, str], Draft | None]]] = {
    "scanning": _scanning_off,
    "signing": _signing_off,
}
