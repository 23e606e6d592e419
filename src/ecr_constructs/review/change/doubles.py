"""Repositories that several resources declare: one of them is made, and nobody can tell which.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecr_constructs.model.repository import Repository
from ecr_constructs.model.words import listed
from ecr_constructs.review.change.conditional import shared_words
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.words import resource_id


def doubled_drafts(before: Iterable[Repository], after: Iterable[Repository]) -> Iterator[Draft]:
    """Yield which repositories are declared more than once, and which are no longer."""
    old, new = _by_name(before), _by_name(after)
    for name, entries in new.items():
        earlier = old.get(name, [])
        places = listed(map(_place, entries))
        if len(entries) > max(1, len(earlier)):
            words, is_certain = shared_words(each.origin for each in entries)
            yield Draft(
                kind=ChangeClass.REPLACED,
                tail=words,
                cause=f"{places} declare it",
                repository=name,
                origin=entries[0].origin,
                certain=is_certain,
            )
        if len(earlier) > 1:
            there = {resource_id(each) for each in entries}
            for each in earlier:
                if resource_id(each) not in there:
                    yield _gone(name, each, places)


def _gone(name: str, before: Repository, places: str) -> Draft:
    cause = f"{_place(before)} declared it too, and {places} declares it still"
    if before.deletion_policy.startswith("Retain"):
        return Draft(
            kind=ChangeClass.HARMLESS,
            tail=" is declared by one resource less",
            cause=cause,
            repository=name,
        )
    return Draft(
        kind=ChangeClass.LOST,
        head="whether ",
        tail=" is deleted cannot be told: a resource goes that declared it too, and deletes it if"
        " it was the one that made it",
        cause=f"{cause}; the DeletionPolicy of the former was {before.deletion_policy}",
        repository=name,
        certain=False,
    )


def _by_name(repositories: Iterable[Repository]) -> dict[str, list[Repository]]:
    """Return the repositories whose name is known, by it."""
    found: dict[str, list[Repository]] = {}
    for each in repositories:
        if isinstance(each.repository_name, str):
            found.setdefault(each.repository_name, []).append(each)
    return found


def _place(repository: Repository) -> str:
    return "/".join(resource_id(repository) or ("what is there",))
