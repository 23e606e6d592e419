"""What changes in what Amazon ECR creates by itself, and whose pulls count.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.words import listed
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.lifecycle import Lifecycles
from ecr_constructs.review.change.pairs import RegistryPair
from ecr_constructs.review.change.protection import Movable, exemption_drafts, mutability_drafts
from ecr_constructs.review.describe import encryption_words

#: How the repositories of a template are called in a sentence.
_CREATED: Final = "repositories that are created below {}"


def exclusion_drafts(pair: RegistryPair) -> Iterator[Draft]:
    """Yield whose pulls cease to count, and whose count again."""
    old = {str(each.principal_arn): each for each in pair.before.pull_time_exclusions}
    new = {str(each.principal_arn): each for each in pair.after.pull_time_exclusions}
    for mine, theirs, words in ((new, old, "no longer count"), (old, new, "count again")):
        for arn, exclusion in mine.items():
            if arn not in theirs:
                cause = f"the pull time update exclusion is {'new' if mine is new else 'gone'}"
                why = f": {exclusion.reason}" if mine is new and exclusion.reason else ""
                yield Draft(
                    kind=ChangeClass.HARMLESS,
                    head=f"pulls of {arn} {words} as the last pull of an image, by which lifecycle"
                    " rules archive",
                    cause=f"{cause}{why}",
                    origin=exclusion.origin if mine is new else None,
                )


def template_drafts(pair: RegistryPair, lifecycles: Lifecycles) -> Iterator[Draft]:
    """Yield what changes for repositories that Amazon ECR creates by itself from now on."""
    old, new = _templates(pair.before), _templates(pair.after)
    for prefix, template in new.items():
        earlier = old.get(prefix)
        if earlier is None:
            yield Draft(
                kind=ChangeClass.HARMLESS,
                head=f"{_CREATED.format(prefix)} follow a creation template",
                cause="the template is new",
                origin=template.origin,
            )
        else:
            yield from _template_drafts(prefix, earlier, template, lifecycles)
    for prefix in old:
        if prefix not in new:
            yield Draft(
                kind=ChangeClass.WEAKENED,
                head=f"{_CREATED.format(prefix)} follow no creation template any more: they are"
                " mutable, without policies, and none is created by a push",
                cause="the template is gone",
            )


def _template_drafts(
    prefix: str, before: CreationTemplate, after: CreationTemplate, lifecycles: Lifecycles
) -> Iterator[Draft]:
    where = _CREATED.format(prefix)
    base = Draft(kind=ChangeClass.HARMLESS, repository=where, origin=after.origin)
    yield from mutability_drafts(
        base,
        Movable.of(before.image_tag_mutability, before.exclusion_filters),
        Movable.of(after.image_tag_mutability, after.exclusion_filters),
    )
    for draft in lifecycles.drafts(
        before.lifecycle_policy,
        after.lifecycle_policy,
        name=where,
        origin=after.origin,
        images=None,
    ):
        # A template is applied to what is created later: no image that is there goes.
        lost = draft.kind is ChangeClass.LOST
        yield replace(draft, kind=ChangeClass.WEAKENED if lost else draft.kind)
    yield from exemption_drafts(base, before.exemptions, after.exemptions)
    gone = sorted(map(str, set(before.applied_for) - set(after.applied_for)))
    came = sorted(map(str, set(after.applied_for) - set(before.applied_for)))
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
            )
    if before.encryption != after.encryption:
        yield replace(
            base,
            tail=f" are encrypted with {encryption_words(after.encryption)}, where before with"
            f" {encryption_words(before.encryption)}",
            cause="the encryption of the template changes",
        )
    if (before.resource_tags, before.description, before.custom_role_arn) != (
        after.resource_tags,
        after.description,
        after.custom_role_arn,
    ):
        yield replace(
            base,
            tail=" get other tags, or come from a template with another role or description",
            cause="the template changes",
        )


def _templates(registry: Registry) -> dict[str, CreationTemplate]:
    return {
        str(template.prefix).removesuffix("/"): template.normalise()
        for template in registry.creation_templates
    }
