"""What changes in public repositories, from which everybody may pull.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ecr_constructs.access.words import describe_statement
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.statement import Effect, Statement
from ecr_constructs.model.words import listed
from ecr_constructs.review.change.conditional import conditional_drafts, shared_words
from ecr_constructs.review.change.difference import (
    ChangeClass,
    Difference,
    Draft,
    Place,
    told_together,
)
from ecr_constructs.review.change.prefixes import may_be
from ecr_constructs.review.change.protection import KEPT_BY, exemption_drafts, tag_drafts

_WHAT = "the public repository "


def public_differences(older: Deployment, newer: Deployment) -> Iterator[Difference]:
    """Yield what changes in the public repositories of all accounts."""
    old, new = _by_name(older), _by_name(newer)
    by_account: dict[str, list[Draft]] = {}
    for (account, name), entries in new.items():
        before = old.get((account, name))
        after = entries[0]
        drafts = by_account.setdefault(account, [])
        drafts += _added(name, after) if before is None else _drafts(name, before[0], after)
        if len(entries) > max(1, len(before or ())):
            drafts.append(_shared(name, entries))
        elif before is not None and not {*map(_id, before)} & {*map(_id, entries)}:
            drafts.append(_moved(name, before[0], after))
    resources = {_id(each): each for entries in new.values() for each in entries}
    for (account, name), entries in old.items():
        if (account, name) not in new:
            successor = resources.get(_id(entries[0]))
            by_account.setdefault(account, []).append(_gone(name, entries[0], successor))
    for account, drafts in by_account.items():
        yield from told_together(drafts, Place(account, "Amazon ECR Public"))


def _by_name(deployment: Deployment) -> dict[tuple[str, str], list[PublicRepository]]:
    found: dict[tuple[str, str], list[PublicRepository]] = {}
    for each in deployment.public_repositories:
        found.setdefault((str(each.account), _name(each)), []).append(each)
    return found


def _name(repository: PublicRepository) -> str:
    return str(repository.repository_name or _place(repository))


def _id(repository: PublicRepository) -> tuple[str, str]:
    origin = repository.origin
    return ("", "") if origin is None else (origin.stack, origin.logical_id)


def _place(repository: PublicRepository) -> str:
    return "/".join(filter(None, _id(repository)))


def _added(name: str, after: PublicRepository) -> list[Draft]:
    return [
        Draft(
            kind=ChangeClass.WIDENED,
            head=f"anyone can pull from {_WHAT}",
            cause="it is new",
            repository=name,
            origin=after.origin,
        )
    ]


def _shared(name: str, entries: list[PublicRepository]) -> Draft:
    words, is_certain = shared_words(each.origin for each in entries)
    return Draft(
        kind=ChangeClass.REPLACED,
        head=_WHAT,
        tail=words,
        cause=f"{listed(map(_place, entries))} declare it",
        repository=name,
        origin=entries[0].origin,
        certain=is_certain,
    )


def _moved(name: str, before: PublicRepository, after: PublicRepository) -> Draft:
    where = "under another logical id" if _id(before)[0] == _id(after)[0] else "in another stack"
    return Draft(
        kind=ChangeClass.REPLACED,
        head=_WHAT,
        tail=f" is declared {where}, which CloudFormation takes for a new"
        " repository of a name that is taken, so that the deployment fails; keep the id, or move"
        " the resource with `cdk refactor`",
        cause=f"it was {_place(before)} and is {_place(after)}",
        repository=name,
        origin=after.origin,
    )


def _gone(name: str, before: PublicRepository, successor: PublicRepository | None) -> Draft:
    """Return what becomes of a repository that is no longer declared.

    Args:
        name: How it is called.
        before: What it was.
        successor: The one that its resource declares now; None for none.
    """
    if successor is not None:
        stays = before.update_replace_policy.startswith("Retain")
        return Draft(
            kind=ChangeClass.LOST,
            head=_WHAT,
            tail=f" is replaced by an empty one, {_name(successor)}, to which its images do not"
            f" move; the old one {'stays, outside of its stack' if stays else 'is deleted'}",
            cause="its name changes, and its UpdateReplacePolicy was"
            f" {before.update_replace_policy}",
            repository=name,
            certain=not may_be(before.repository_name or "", successor.repository_name or ""),
        )
    stays = before.deletion_policy.startswith("Retain")
    return Draft(
        kind=ChangeClass.WEAKENED if stays else ChangeClass.LOST,
        head=_WHAT,
        tail=" leaves its stack and stays, governed by nobody"
        if stays
        else " is deleted, and nobody can pull its images any more",
        cause="it is no longer in the template, and its DeletionPolicy was"
        f" {before.deletion_policy}",
        repository=name,
    )


def _drafts(name: str, before: PublicRepository, after: PublicRepository) -> Iterator[Draft]:
    base = Draft(kind=ChangeClass.HARMLESS, head=_WHAT, repository=name, origin=after.origin)
    if _id(before) == _id(after):
        is_kept = before.deletion_policy.startswith("Retain")
        lost = replace(base, kind=ChangeClass.LOST)
        yield from conditional_drafts(lost, before.origin, after.origin, is_kept=is_kept)
    old, new = _statements(before), _statements(after)
    if old is None or new is None:
        if before.repository_policy != after.repository_policy:
            yield replace(
                base,
                kind=ChangeClass.WIDENED,
                head=f"whether others can push to {_WHAT}",
                tail=" cannot be told",
                cause="its policy is not known, or is none",
                certain=False,
            )
    else:
        said = replace(base, head=f"the policy of {_WHAT}", cause="its policy changes")
        for statement in sorted(new - old, key=str):
            opens = statement.effect is Effect.ALLOW
            kind = ChangeClass.WIDENED if opens else ChangeClass.NARROWED
            yield replace(said, kind=kind, tail=f" now {describe_statement(statement)}")
        for statement in sorted(old - new, key=str):
            opens = statement.effect is Effect.DENY
            kind = ChangeClass.WIDENED if opens else ChangeClass.NARROWED
            yield replace(said, kind=kind, tail=f" no longer {describe_statement(statement)}")
    if before.catalog_data.normalise() != after.catalog_data.normalise():
        yield replace(base, tail=" is described otherwise", cause="its catalogue data changes")
    yield from tag_drafts(
        replace(base, head=f"the resource tags of {_WHAT}"), dict(before.tags), dict(after.tags)
    )
    for attribute, name_of_it, when in KEPT_BY:
        was, becomes = getattr(before, attribute), getattr(after, attribute)
        stayed, stays = (each.startswith("Retain") for each in (was, becomes))
        if was != becomes:
            kind = ChangeClass.STRENGTHENED if stays else ChangeClass.WEAKENED
            yield replace(
                base,
                kind=ChangeClass.HARMLESS if stayed is stays else kind,
                tail=f" {'stays' if stays else 'goes'}{' as before' * (stayed is stays)} {when}",
                cause=f"{name_of_it} was {was} and becomes {becomes}",
            )
    yield from exemption_drafts(base, before.exemptions, after.exemptions)


def _statements(repository: PublicRepository) -> frozenset[Statement] | None:
    """Return what a policy says, without ids; None where it is not known."""
    policy = repository.repository_policy
    if policy is None:
        return frozenset()
    if not isinstance(policy, Policy):
        return None
    bare = Policy(tuple(replace(each, sid=None) for each in policy.statements))
    return frozenset(bare.normalise().statements)
