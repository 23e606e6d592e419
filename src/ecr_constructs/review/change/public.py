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
from ecr_constructs.review.change.difference import (
    ChangeClass,
    Difference,
    Draft,
    Place,
    told_together,
)
from ecr_constructs.review.change.protection import exemption_drafts

_WHAT = "the public repository "


def public_differences(older: Deployment, newer: Deployment) -> Iterator[Difference]:
    """Yield what changes in the public repositories of all accounts."""
    old, new = _by_name(older), _by_name(newer)
    by_account: dict[str, list[Draft]] = {}
    for (account, name), after in new.items():
        before = old.get((account, name))
        drafts = [*_added(name, after)] if before is None else [*_drafts(name, before, after)]
        by_account.setdefault(account, []).extend(drafts)
    for (account, name), before in old.items():
        if (account, name) not in new:
            by_account.setdefault(account, []).append(_removed(name, before))
    for account, drafts in by_account.items():
        yield from told_together(drafts, Place(account, "Amazon ECR Public"))


def _by_name(deployment: Deployment) -> dict[tuple[str, str], PublicRepository]:
    found = {}
    for each in deployment.public_repositories:
        origin = each.origin
        name = each.repository_name or (f"{origin.stack}/{origin.logical_id}" if origin else "")
        found[str(each.account), str(name)] = each
    return found


def _added(name: str, after: PublicRepository) -> Iterator[Draft]:
    yield Draft(
        kind=ChangeClass.WIDENED,
        head=f"anyone can pull from {_WHAT}",
        cause="it is new",
        repository=name,
        origin=after.origin,
    )


def _removed(name: str, before: PublicRepository) -> Draft:
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
        for statement in sorted(new - old, key=str):
            opens = statement.effect is Effect.ALLOW
            kind = ChangeClass.WIDENED if opens else ChangeClass.NARROWED
            yield replace(
                base, kind=kind, tail=" has another policy", cause=describe_statement(statement)
            )
        for statement in sorted(old - new, key=str):
            opens = statement.effect is Effect.DENY
            kind = ChangeClass.WIDENED if opens else ChangeClass.NARROWED
            cause = f"it no longer {describe_statement(statement)}"
            yield replace(base, kind=kind, tail=" has another policy", cause=cause)
    if before.catalog_data.normalise() != after.catalog_data.normalise():
        yield replace(base, tail=" is described otherwise", cause="its catalogue data changes")
    if before.deletion_policy != after.deletion_policy:
        stays = after.deletion_policy.startswith("Retain")
        yield replace(
            base,
            kind=ChangeClass.STRENGTHENED if stays else ChangeClass.WEAKENED,
            tail=f" {'stays' if stays else 'goes'} when it leaves its stack",
            cause=f"DeletionPolicy was {before.deletion_policy} and becomes"
            f" {after.deletion_policy}",
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
