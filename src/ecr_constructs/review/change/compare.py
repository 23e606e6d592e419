"""Everything that differs between two deployments, worst first.

Layer: review.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ecr_constructs.lifecycle.images import Image
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.unresolved import Text
from ecr_constructs.review.access.survey import Survey
from ecr_constructs.review.change import repositories
from ecr_constructs.review.change.accesses import accesses
from ecr_constructs.review.change.account_settings import account_setting_drafts
from ecr_constructs.review.change.acknowledged import acknowledgement_differences
from ecr_constructs.review.change.alerts import alert_differences
from ecr_constructs.review.change.conditional import conditional_drafts
from ecr_constructs.review.change.declared import declared_drafts
from ecr_constructs.review.change.difference import (
    Change,
    ChangeClass,
    Draft,
    told_together,
    worst_first,
)
from ecr_constructs.review.change.doubles import doubled_drafts
from ecr_constructs.review.change.exclusions import exclusion_drafts
from ecr_constructs.review.change.flows import cache_drafts, replication_drafts
from ecr_constructs.review.change.identities import identity_differences
from ecr_constructs.review.change.lifecycle import Lifecycles
from ecr_constructs.review.change.pairs import (
    RegistryPair,
    RepositoryPair,
    registry_pairs,
    repository_pairs,
)
from ecr_constructs.review.change.protection import protection_drafts
from ecr_constructs.review.change.public import public_differences
from ecr_constructs.review.change.scanning import scan_drafts
from ecr_constructs.review.change.signing import signing_drafts
from ecr_constructs.review.change.switched_off import as_it_stays, switched_off_drafts
from ecr_constructs.review.change.templates import template_drafts
from ecr_constructs.review.images import Inventories
from ecr_constructs.review.words import name_of, resource_id


def compare(
    older: Deployment,
    newer: Deployment,
    *,
    now: dt.datetime,
    images: Inventories | None = None,
    surveys: tuple[Survey, Survey] | None = None,
) -> Change:
    """Return what differs between two deployments.

    Args:
        older: What is there, or was.
        newer: What is to be.
        now: When images are judged.
        images: What repositories hold, as far as that is known.
        surveys: The access on both sides, if it is evaluated already.
    """
    before, after = surveys or (Survey(older), Survey(newer))
    tools = _Tools(newer, Lifecycles(now), images or {})
    differences = [
        difference
        for pair in registry_pairs(older, newer)
        for difference in told_together(_drafts(pair, before, after, tools), pair.place)
    ]
    differences += acknowledgement_differences(older, newer)
    differences += public_differences(older, newer)
    differences += alert_differences(older, newer)
    differences += identity_differences(older, newer)
    return Change(worst_first(differences))


@dataclass(frozen=True, slots=True)
class _Tools:
    """What is needed beside a registry and its access on both sides."""

    newer: Deployment
    lifecycles: Lifecycles
    images: Inventories


def _drafts(
    declared: RegistryPair, before: Survey, after: Survey, tools: _Tools
) -> Iterator[Draft]:
    is_live = tools.newer.is_live
    yield from switched_off_drafts(declared, is_live=is_live)
    yield from declared_drafts(declared)
    # What is not there did not stay, however it was to be retained.
    pair = declared if is_live else as_it_stays(declared)
    if pair.after.registry_policy is not declared.after.registry_policy:
        # A survey remembers; the report takes the same one, of what the app declares.
        after = Survey(tools.newer)
    pairs = list(repository_pairs(pair.before.repositories, pair.after.repositories))
    times = Counter(each.repository_name for each in pair.after.repositories)
    for each in pairs:
        count = _times(each, times)
        if each.after is not None or not count:
            images = tools.images.get(_key(pair, each))
            yield from _repository_drafts(each, tools, images, is_doubled=count > 1)
    yield from doubled_drafts(pair.before.repositories, pair.after.repositories)
    yield from accesses(pair, pairs, before, after)
    yield from scan_drafts(pair, pairs)
    yield from signing_drafts(pair, pairs)
    yield from replication_drafts(pair)
    yield from cache_drafts(pair)
    yield from template_drafts(pair, tools.lifecycles)
    yield from exclusion_drafts(pair)
    yield from account_setting_drafts(pair)


def _repository_drafts(
    pair: RepositoryPair, tools: _Tools, images: tuple[Image, ...] | None, *, is_doubled: bool
) -> Iterator[Draft]:
    before, after = pair.before, pair.after
    count = None if images is None else len(images)
    if after is None:
        assert before is not None
        name = name_of(before)
        if tools.newer.is_live:
            yield repositories.absent_draft(name)
        else:
            yield repositories.removed_draft(before, name, count)
        return
    if before is None:
        yield repositories.added_draft(after, name_of(after))
        return
    name = name_of(after)
    is_same_resource = resource_id(before) == resource_id(after)
    if is_same_resource:
        draft = repositories.written_draft(before, after, name, count)
        if draft is not None:
            yield draft
        yield from conditional_drafts(
            Draft(kind=ChangeClass.LOST, repository=name),
            before.origin,
            after.origin,
            is_kept=before.deletion_policy.startswith("Retain"),
        )
        if before == after:
            return
    if tools.newer.is_live:
        yield from repositories.remade_drafts(before, after, name)
    elif not is_doubled:
        yield from repositories.identity_drafts(before, after, name, count)
    yield from protection_drafts(before, after, name)
    yield from tools.lifecycles.drafts(
        before.lifecycle_policy,
        after.lifecycle_policy,
        name=name,
        origin=after.origin,
        images=images,
    )


def _times(pair: RepositoryPair, times: Counter[Text | None]) -> int:
    """Return how often the newer side declares the name of a repository, if that is known."""
    named = pair.after or pair.before
    assert named is not None
    return times[named.repository_name] if isinstance(named.repository_name, str) else 0


def _key(pair: RegistryPair, repositories: RepositoryPair) -> tuple[str, str, str]:
    # What is deployed has the older name.
    named = repositories.before or repositories.after
    assert named is not None
    return pair.place.account, pair.place.region, name_of(named)
