"""Which repositories a change scans more or less than before.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from ecr_constructs.model.registry import Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.scanning import Scanning, ScanType
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.pairs import RegistryPair, RepositoryPair
from ecr_constructs.review.change.stand_ins import taken_by
from ecr_constructs.review.coverage import Scan, scans_of
from ecr_constructs.review.words import name_of

#: Of a repository that no template has nobody knows the flag.
_OWN_FLAG: Final = Unresolved.of("its own flag")


def scan_drafts(pair: RegistryPair, repositories: list[RepositoryPair]) -> Iterator[Draft]:
    """Yield which repositories are scanned more or less than before."""
    drafts = [*_of_repositories(pair, repositories), *_of_others(pair)]
    yield from drafts
    if not drafts:
        yield from _of_nobody(pair)


def _of_repositories(pair: RegistryPair, repositories: list[RepositoryPair]) -> Iterator[Draft]:
    old, new = _scans(pair.before), _scans(pair.after)
    for each in repositories:
        if each.before is None or each.after is None:
            continue
        draft = _scan_draft(old[id(each.before)], new[id(each.after)])
        if draft is None and each.before.scan_on_push != each.after.scan_on_push:
            draft = Draft(
                kind=ChangeClass.HARMLESS,
                tail=" is scanned as before, whatever its own flag says",
                tails=" are scanned as before, whatever their own flags say",
                cause=f"ScanOnPush was {each.before.scan_on_push} and becomes"
                f" {each.after.scan_on_push}; decided by {new[id(each.after)].by}",
            )
        if draft is not None:
            yield replace(draft, repository=name_of(each.after), origin=each.after.origin)


def _scans(registry: Registry) -> dict[int, Scan]:
    return {
        id(repository): scan
        for repository, scan in zip(registry.repositories, scans_of(registry), strict=True)
    }


def _of_others(pair: RegistryPair) -> Iterator[Draft]:
    """Yield how repositories are scanned that the rules of either side take, and no template has.

    Where the rules go altogether it is told that they do.
    """
    old, new = pair.before.scanning, pair.after.scanning
    if old == new or not isinstance(new, Scanning) or isinstance(old, Unresolved):
        return
    names = dict(taken_by(("*", *_filters(old, new)), anywhere=True))
    others = tuple(
        Repository(repository_name=name, scan_on_push=_OWN_FLAG) for name in names.values()
    )
    was, becomes = (_scans_of_others(each, others) for each in (pair.before, pair.after))
    for called, *scans in zip(names, was, becomes, strict=True):
        draft = _scan_draft(*scans)
        if draft is not None:
            yield replace(draft, repository=called, origin=new.origin)


def _scans_of_others(registry: Registry, others: tuple[Repository, ...]) -> list[Scan]:
    scans = scans_of(replace(registry, repositories=others))
    if registry.scanning is None:
        return [replace(each, by="the own flag of each") for each in scans]
    return scans


def _filters(*sides: Scanning | None) -> Iterator[str | Unresolved]:
    rules = chain.from_iterable(each.rules for each in sides if each is not None)
    return chain.from_iterable(rule.repository_filters for rule in rules)


def _of_nobody(pair: RegistryPair) -> Iterator[Draft]:
    """Yield that the configuration is otherwise, where no repository shows it."""
    old, new = pair.before.scanning, pair.after.scanning
    if old == new or (new is None and switches_off(old)):
        return
    base = Draft(
        kind=ChangeClass.HARMLESS,
        head="how images are scanned is written otherwise, to the same effect",
        cause="the scanning configuration of the registry changes",
        origin=new.origin if isinstance(new, Scanning) else None,
    )
    if isinstance(old, Unresolved) or isinstance(new, Unresolved):
        yield replace(
            base,
            kind=ChangeClass.UNSCANNED,
            head="which images are scanned cannot be told",
            cause="two resources set the scanning of this registry",
            certain=False,
        )
    elif _in_one_form(old) != _in_one_form(new):
        yield base


def switches_off(scanning: Scanning | Unresolved | None) -> bool:
    """Tell whether a configuration scans anything that nothing else would."""
    return isinstance(scanning, Scanning) and (
        scanning.scan_type == ScanType.ENHANCED or bool(scanning.rules)
    )


def _in_one_form(scanning: Scanning | None) -> Scanning:
    # What a registry has that nobody has set anything of.
    return (scanning or Scanning.basic()).normalise()


def _scan_draft(before: Scan, after: Scan) -> Draft | None:
    was_so, is_so = ((s.coverage, s.enhanced, s.at_least) for s in (before, after))
    if was_so == is_so:
        return None
    cause = f"decided by {after.by}, where before by {before.by}"
    if after.by == before.by:
        changed = "frequency" if after.enhanced == before.enhanced else "scan type"
        cause = f"decided by {after.by}, whose {changed} changes"
    was = f", where before {{}} {before.words}"
    if after.weight is None:
        # What was not scanned can only be scanned more.
        return Draft(
            kind=ChangeClass.SCANNED if before.is_scanned is False else ChangeClass.UNSCANNED,
            head="whether ",
            tail=" is scanned cannot be told",
            tails=" are scanned cannot be told",
            cause=cause,
            certain=False,
        )
    if before.weight is None:
        # What is not scanned may have been.
        return Draft(
            kind=ChangeClass.SCANNED if after.is_scanned else ChangeClass.UNSCANNED,
            tail=f" is {after.words}",
            tails=f" are {after.words}",
            cause=cause,
            certain=after.is_scanned is True,
        )
    more = (_weight(after), _engine(after)) > (_weight(before), _engine(before))
    return Draft(
        kind=ChangeClass.SCANNED if more else ChangeClass.UNSCANNED,
        tail=f" is {after.words}{was.format('it was')}",
        tails=f" are {after.words}{was.format('they were')}",
        cause=cause,
        certain=not (before.at_least or after.at_least)
        and (before.weight != after.weight or None not in (before.enhanced, after.enhanced)),
    )


def _weight(scan: Scan) -> float:
    """Return how much is scanned; what is a weight at least is more than it and no other one."""
    assert scan.weight is not None
    return scan.weight + 0.5 * scan.at_least


def _engine(scan: Scan) -> float:
    """Return how much an engine finds; one that is not known is either."""
    return 0.5 if scan.enhanced is None else float(scan.enhanced)
