"""Repositories that come, go, are replaced or move, and what becomes of their images.

Layer: review.

Sources: ``createOnlyProperties`` in the schema of ``AWS::ECR::Repository``;
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.unresolved import Unresolved, is_known
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.words import name_of

_ANOTHER = " is another repository than the one declared, and holds no images of that one"
_COLLIDES = (
    "; CloudFormation cannot make a second repository of that name, so that the update fails"
)


def removed_draft(before: Repository, name: str, images: int | None) -> Draft:
    """Return what becomes of a repository that is no longer in the templates.

    Args:
        before: The repository; its own DeletionPolicy decides, as it is deployed.
        name: How to call it.
        images: How many images it holds; None where that is not known.
    """
    policy, empties = before.deletion_policy, before.empty_on_delete
    held = "" if images is None else f", {images:,} of them"
    cause = f"it is no longer in the template, and its DeletionPolicy was {policy}"
    if policy.startswith("Retain"):
        return Draft(
            kind=ChangeClass.WEAKENED,
            tail=" leaves its stack and stays with its images, governed by nobody",
            tails=" leave their stacks and stay with their images, governed by nobody",
            cause=cause,
            repository=name,
        )
    if not is_known(policy) or policy not in {"Delete", "Snapshot"} or empties not in {True, False}:
        return Draft(
            kind=ChangeClass.LOST,
            head="whether ",
            tail=f" is deleted with its images{held} cannot be told",
            cause=cause,
            repository=name,
            certain=False,
        )
    if empties is True:
        return Draft(
            kind=ChangeClass.LOST,
            tail=f" is deleted with all its images{held}",
            tails=" are deleted with all their images",
            cause=f"{cause}, with EmptyOnDelete",
            repository=name,
        )
    return Draft(
        kind=ChangeClass.LOST,
        tail=" is deleted if it holds no image, and its deletion fails as long as it holds some"
        + (f"; it holds {images:,}" if images is not None else ""),
        cause=f"{cause}, without EmptyOnDelete",
        repository=name,
    )


def absent_draft(name: str) -> Draft:
    """Return that a repository is not there, whatever was to become of it."""
    return Draft(
        kind=ChangeClass.LOST,
        tail=" is not there, and neither are images that it held",
        tails=" are not there, and neither are images that they held",
        repository=name,
    )


def remade_drafts(before: Repository, after: Repository, name: str) -> Iterator[Draft]:
    """Yield that a repository that is there is not the one that was declared."""
    if before.encryption != after.encryption:
        yield Draft(
            kind=ChangeClass.LOST,
            tail=_ANOTHER,
            cause=f"its encryption is {_key(after)} and not {_key(before)}, and ECR cannot change"
            " it",
            repository=name,
            origin=after.origin,
        )


def added_draft(after: Repository, name: str) -> Draft:
    """Return that a repository is new."""
    condition = after.origin.condition if after.origin else None
    cause = "the template declares it" if after.origin else ""
    return Draft(
        kind=ChangeClass.HARMLESS,
        tail=" is new",
        tails=" are new",
        cause=f"{cause}, if the condition {condition} holds" if condition else cause,
        repository=name,
        origin=after.origin,
        certain=condition is None,
    )


def identity_drafts(
    before: Repository, after: Repository, name: str, images: int | None
) -> Iterator[Draft]:
    """Yield what replaces a repository that is on both sides, or moves it."""
    if _has_moved(before, after):
        yield _moved(before, after, name, images)
    old, new = before.repository_name, after.repository_name
    if old != new:
        may_be_same = any(
            isinstance(one, Unresolved) and isinstance(other, str | Unresolved)
            for one, other in ((old, new), (new, old))
        ) and _may_be_same(old, new)
        yield _replaced(
            before,
            after,
            name_of(before),
            f"its name changes from {_name(old)} to {_name(new)}",
            images,
            certain=not may_be_same,
        )
    if before.encryption != after.encryption:
        cause = f"its encryption changes from {_key(before)} to {_key(after)}, which ECR cannot"
        unknown = any(
            isinstance(value, Unresolved)
            for each in (before.encryption, after.encryption)
            for value in (each.type, each.kms_key)
        )
        collides = isinstance(new, str) and old == new
        draft = _replaced(
            before, after, name, f"{cause} change", images, certain=not unknown, collides=collides
        )
        yield replace(draft, left_alone=_ANOTHER)


def written_draft(
    before: Repository,
    after: Repository,
    name: str,
    images: int | None,
) -> Draft | None:
    """Return that writing a default out, or no longer, replaces a repository; None if it does not.

    Args:
        before: The older side.
        after: The newer side.
        name: How to call it.
        images: How many images it holds; None where that is not known.
    """
    old, new = before.writes_encryption, after.writes_encryption
    if old is new or old is None or new is None or before.encryption != after.encryption:
        return None
    words = ("is written out", "was not") if new else ("is no longer written out", "was")
    return _replaced(
        before,
        after,
        name,
        f"EncryptionConfiguration {words[0]} where it {words[1]} before: the images are encrypted"
        " alike, and CloudFormation replaces the repository all the same; write it as it was",
        images,
        certain=True,
        collides=isinstance(after.repository_name, str),
    )


def _replaced(
    before: Repository,
    after: Repository,
    name: str,
    cause: str,
    images: int | None,
    *,
    certain: bool,
    collides: bool = False,
) -> Draft:
    held = "its images do" if images is None else f"its {images:,} images do"
    tail = f" is replaced by an empty repository, to which {held} not move{_fate(before, after)}"
    if collides:
        tail = f" would be replaced by an empty repository, to which {held} not move{_COLLIDES}"
    if not certain:
        tail = f" may be replaced by an empty repository, to which {held} not move"
    return Draft(
        kind=ChangeClass.LOST,
        tail=tail,
        cause=cause,
        repository=name,
        origin=after.origin,
        certain=certain,
    )


def _fate(before: Repository, after: Repository) -> str:
    """Return what becomes of the old repository."""
    # Whether the attribute of the deployed template or that of the new one counts is not
    # documented for an update that changes both.
    policies = {before.update_replace_policy, after.update_replace_policy}
    if all(policy.startswith("Retain") for policy in policies):
        return "; the old one stays with them, outside of its stack"
    if before.empty_on_delete is True or after.empty_on_delete is True:
        return ", and which are deleted with the old one"
    return "; the old one is deleted if it is empty, and left to itself otherwise"


def _has_moved(before: Repository, after: Repository) -> bool:
    old, new = before.origin, after.origin
    if old is None or new is None or not isinstance(after.repository_name, str):
        return False
    return before.repository_name == after.repository_name and (
        (old.stack, old.logical_id) != (new.stack, new.logical_id)
    )


def _moved(before: Repository, after: Repository, name: str, images: int | None) -> Draft:
    old, new = before.origin, after.origin
    assert old is not None
    assert new is not None
    cause = f"it was {old.stack}/{old.logical_id} and is {new.stack}/{new.logical_id}"
    if old.stack != new.stack and not before.deletion_policy.startswith("Retain"):
        held = "its images" if images is None else f"its {images:,} images"
        gone = before.empty_on_delete is True
        return Draft(
            kind=ChangeClass.LOST,
            tail=f" moves to another stack, and is deleted {f'with {held} ' * gone}"
            f"{'if it is empty ' * (not gone)}when the old one is updated first; the new stack"
            " fails while it is there",
            cause=cause,
            repository=name,
            origin=new,
        )
    where = "under another logical id" if old.stack == new.stack else "in another stack"
    return Draft(
        kind=ChangeClass.REPLACED,
        tail=f" is declared {where}, which CloudFormation takes for a new"
        " repository of a name that is taken, so that the deployment fails; keep the id, or move"
        " the resource with `cdk refactor`",
        cause=cause,
        repository=name,
        origin=new,
    )


def _may_be_same(one: object, other: object) -> bool:
    if isinstance(one, Unresolved) and isinstance(other, str):
        return one.may_be(other)
    if isinstance(other, Unresolved) and isinstance(one, str):
        return other.may_be(one)
    return isinstance(one, Unresolved) and isinstance(other, Unresolved)


def _name(name: object) -> str:
    return "one that CloudFormation makes up" if name is None else f"'{name}'"


def _key(repository: Repository) -> str:
    encryption: Encryption = repository.encryption
    if encryption.type == EncryptionType.AES256:
        return "AES256"
    if encryption.type == encryption.kms_key:
        return f"{encryption.type}"  # the whole is known at deployment alone
    return f"{encryption.type} with {encryption.kms_key or 'aws/ecr'}"
