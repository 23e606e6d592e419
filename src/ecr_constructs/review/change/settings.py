"""What changes in the settings of a registry: scanning, signing, templates, exclusions.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.model.words import listed
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.lifecycle import Lifecycles
from ecr_constructs.review.change.pairs import RegistryPair, RepositoryPair
from ecr_constructs.review.change.protection import Movable, exemption_drafts, mutability_drafts
from ecr_constructs.review.coverage import Scan, scans_of
from ecr_constructs.review.describe import encryption_words
from ecr_constructs.review.words import name_of

#: How the repositories of a template are called in a sentence.
_CREATED: Final = "repositories that are created below {}"


def scan_drafts(pair: RegistryPair, repositories: list[RepositoryPair]) -> Iterator[Draft]:
    """Yield which repositories are scanned more or less than before."""
    old, new = _scans(pair.before), _scans(pair.after)
    for each in repositories:
        if each.before is None or each.after is None:
            continue
        was, becomes = old[id(each.before)], new[id(each.after)]
        draft = _scan_draft(was, becomes)
        if draft is not None:
            name = name_of(each.after)
            yield replace(draft, repository=name, origin=each.after.origin)


def _scans(registry: Registry) -> dict[int, Scan]:
    return {
        id(repository): scan
        for repository, scan in zip(registry.repositories, scans_of(registry), strict=True)
    }


def _scan_draft(before: Scan, after: Scan) -> Draft | None:
    if (before.coverage, before.enhanced) == (after.coverage, after.enhanced):
        return None
    cause = f"decided by {after.by}, where before by {before.by}"
    was = f", where before {{}} {before.words}"
    if after.weight is None:
        # What was not scanned can only be scanned more.
        return Draft(
            kind=ChangeClass.UNSCANNED if before.is_scanned else ChangeClass.SCANNED,
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
    more = (after.weight, after.enhanced) > (before.weight, before.enhanced)
    return Draft(
        kind=ChangeClass.SCANNED if more else ChangeClass.UNSCANNED,
        tail=f" is {after.words}{was.format('it was')}",
        tails=f" are {after.words}{was.format('they were')}",
        cause=cause,
    )


def signing_drafts(pair: RegistryPair, repositories: list[RepositoryPair]) -> Iterator[Draft]:
    """Yield which repositories begin and cease to be signed."""
    old, new = pair.before.signing, pair.after.signing
    if old == new:
        return
    if isinstance(old, Unresolved) or isinstance(new, Unresolved):
        yield Draft(
            kind=ChangeClass.WEAKENED,
            head="which images are signed cannot be told",
            cause="two resources set the signing of this registry",
            certain=False,
        )
        return
    origin = new.origin if new else None
    for each in repositories:
        if each.before is None or each.after is None:
            continue
        was, becomes = profiles(old, each.before), profiles(new, each.after)
        if was == becomes:
            continue
        gone, came = sorted(was - becomes), sorted(becomes - was)
        words = [f"no longer with {listed(gone)}"] * bool(gone)
        words += [f"with {listed(came)}"] * bool(came)
        yield Draft(
            kind=ChangeClass.WEAKENED if gone and not came else ChangeClass.STRENGTHENED,
            head="images pushed to ",
            tail=f" are signed {' and '.join(words)}",
            cause="the signing rules of the registry change",
            repository=name_of(each.after),
            origin=origin,
        )


def profiles(signing: Signing | None, repository: Repository) -> frozenset[str]:
    """Return the signing profiles that may sign what is pushed to a repository."""
    return frozenset(
        str(rule.signing_profile_arn)
        for rule in (signing.rules if signing else ())
        if rule.signs(repository.repository_name) is not False
    )


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
