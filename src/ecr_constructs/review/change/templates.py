"""What a change makes of repositories that Amazon ECR creates by itself.

Layer: review.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html.
The template with the longest prefix counts, and it counts for what is created later alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.model.words import listed
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.lifecycle import Lifecycles
from ecr_constructs.review.change.members import REPLACED, is_replaced
from ecr_constructs.review.change.pairs import RegistryPair
from ecr_constructs.review.change.protection import (
    Movable,
    exemption_drafts,
    mutability_drafts,
    tag_drafts,
)
from ecr_constructs.review.change.stand_ins import created_below, governing, key_of
from ecr_constructs.review.describe import encryption_words

#: What stands behind the name where a policy of a template takes, archives or saves images.
_LATER: Final = {
    ChangeClass.LOST: " expire, which by the template of before stayed",
    ChangeClass.WEAKENED: (
        " go to the archive, where nobody can pull them, which by the template of before stayed"
    ),
    ChangeClass.STRENGTHENED: " stay, which by the template of before expired or were archived",
}
_TYPES: Final = tuple(map(str, EncryptionType))


def template_drafts(pair: RegistryPair, lifecycles: Lifecycles) -> Iterator[Draft]:
    """Yield what changes for repositories that Amazon ECR creates by itself from now on."""
    old, new = (
        {key_of(each.prefix): each for each in side.creation_templates}
        for side in (pair.before, pair.after)
    )
    for prefix in dict.fromkeys((*new, *old)):
        before, after = governing(pair.before, prefix), governing(pair.after, prefix)
        where = created_below(prefix)
        base = Draft(
            kind=ChangeClass.HARMLESS,
            cause="the template is new" if prefix in new else "the template is gone",
            repository=where,
            origin=after.origin if isinstance(after, CreationTemplate) else None,
        )
        if prefix not in new and is_replaced(old[prefix], new.values()):
            base = replace(base, cause=REPLACED, certain=False)
        if isinstance(before, Unresolved) or isinstance(after, Unresolved):
            yield replace(
                base,
                kind=ChangeClass.WEAKENED,
                head="what ",
                tail=" are like cannot be told, as a prefix is known at deployment alone",
                certain=False,
            )
        elif after is None:
            yield replace(
                base,
                kind=ChangeClass.WEAKENED,
                tail=" follow no creation template any more: they are mutable, without policies,"
                " and none is created by a push",
            )
        elif before is None:
            yield replace(base, tail=" follow a creation template")
        else:
            yield from _in_place_of(base, before, after)
            certain = base.certain
            for draft in _drafts(where, before.normalise(), after.normalise(), lifecycles):
                yield draft if certain else replace(draft, certain=False)


def _in_place_of(base: Draft, before: CreationTemplate, after: CreationTemplate) -> Iterator[Draft]:
    if key_of(before.prefix) != key_of(after.prefix):
        tail = f" follow the creation template {str(after.prefix)!r}, and no longer"
        yield replace(base, tail=f"{tail} {str(before.prefix)!r}")
    elif before.prefix != after.prefix and before.origin and after.origin:
        yield replace(
            base,
            kind=ChangeClass.REPLACED,
            head=f"the creation template {str(before.prefix)!r} is replaced by"
            f" {str(after.prefix)!r}, which Amazon ECR may take for the same: CloudFormation makes"
            " the new one while the old one is there, so that the update may fail",
            cause="its prefix is spelt otherwise",
            repository="",
            certain=False,
        )


def _drafts(
    where: str, before: CreationTemplate, after: CreationTemplate, lifecycles: Lifecycles
) -> Iterator[Draft]:
    base = Draft(kind=ChangeClass.HARMLESS, repository=where, origin=after.origin)
    yield from mutability_drafts(
        base,
        Movable.of(before.image_tag_mutability, before.exclusion_filters),
        Movable.of(after.image_tag_mutability, after.exclusion_filters),
    )
    yield from _lifecycle_drafts(where, before, after, lifecycles)
    yield from exemption_drafts(base, before.exemptions, after.exemptions)
    yield from _purpose_drafts(base, before, after)
    yield from _encryption_drafts(base, before.encryption, after.encryption)
    yield from _role_drafts(base, before, after)
    yield from tag_drafts(
        replace(base, head="the resource tags of "),
        dict(before.resource_tags),
        dict(after.resource_tags),
    )
    if before.description != after.description:
        yield replace(
            base,
            tail=" come from a template with another description",
            cause=f"it was {_text(before.description)} and is {_text(after.description)}",
        )


def _lifecycle_drafts(
    where: str, before: CreationTemplate, after: CreationTemplate, lifecycles: Lifecycles
) -> Iterator[Draft]:
    for draft in lifecycles.drafts(
        before.lifecycle_policy,
        after.lifecycle_policy,
        name=where,
        origin=after.origin,
        images=None,
    ):
        tail = _LATER.get(draft.kind, draft.tail) if draft.certain else draft.tail
        # A template is applied to what is created later: no image that is there goes.
        lost = draft.kind is ChangeClass.LOST
        yield replace(draft, kind=ChangeClass.WEAKENED if lost else draft.kind, tail=tail)


def _purpose_drafts(
    base: Draft, before: CreationTemplate, after: CreationTemplate
) -> Iterator[Draft]:
    gone = sorted(map(str, set(before.applied_for) - set(after.applied_for)))
    came = sorted(map(str, set(after.applied_for) - set(before.applied_for)))
    certain = not any(
        isinstance(each, Unresolved) for each in (*before.applied_for, *after.applied_for)
    )
    for purposes, kind, words in (
        (gone, ChangeClass.WEAKENED, "no longer follow"),
        (came, ChangeClass.STRENGTHENED, "follow"),
    ):
        if purposes:
            yield replace(
                base,
                kind=kind,
                tail=f" by {listed(purposes)} {words} the creation template",
                cause="AppliedFor changes",
                certain=certain,
            )


def _encryption_drafts(base: Draft, before: Encryption, after: Encryption) -> Iterator[Draft]:
    if before == after:
        return
    old, new = _strength(before), _strength(after)
    kind = ChangeClass.HARMLESS
    if old is None or new is None or any(n < o for n, o in zip(new, old, strict=True)):
        kind = ChangeClass.WEAKENED
    elif new != old:
        kind = ChangeClass.STRENGTHENED
    yield replace(
        base,
        kind=kind,
        tail=f" are encrypted with {encryption_words(after)}, where before with"
        f" {encryption_words(before)}",
        cause="the encryption of the template changes",
        certain=old is not None and new is not None,
    )


def _strength(encryption: Encryption) -> tuple[int, bool] | None:
    """Return how strong, and whether with a key of one's own; None where it cannot be told."""
    if str(encryption.type) not in _TYPES:
        return None
    return _TYPES.index(str(encryption.type)), bool(encryption.kms_key)


def _role_drafts(base: Draft, before: CreationTemplate, after: CreationTemplate) -> Iterator[Draft]:
    """Yield whether repositories are created at all: tags and keys need a role that makes them."""
    failed, fails = _lacks_role(before), _lacks_role(after)
    if fails and not failed:
        yield replace(
            base,
            kind=ChangeClass.STOPPED,
            tail=" are no longer created",
            cause="the template has resource tags or a KMS key, for which Amazon ECR needs a"
            " CustomRoleArn, and has none",
        )
    elif failed and not fails:
        yield replace(
            base,
            kind=ChangeClass.STARTED,
            tail=" are created from now on",
            cause="the template has a CustomRoleArn, without which Amazon ECR makes none with"
            " resource tags or a KMS key"
            if after.custom_role_arn is not None
            else "the template no longer has resource tags or a KMS key, for which it lacked a"
            " CustomRoleArn",
        )
    elif before.custom_role_arn != after.custom_role_arn:
        yield replace(
            base,
            tail=" are created by another role",
            cause=f"CustomRoleArn was {_text(before.custom_role_arn)} and is"
            f" {_text(after.custom_role_arn)}",
        )


def _lacks_role(template: CreationTemplate) -> bool:
    needs = bool(template.resource_tags) or str(template.encryption.type) in _TYPES[1:]
    return needs and template.custom_role_arn is None


def _text(value: object) -> str:
    return "none" if value is None else f"'{value}'"
