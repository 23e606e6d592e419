"""Tell what a lifecycle policy does to the images of a repository.

Layer: lifecycle; imports ``errors`` and ``model``.

The algorithm is that of
https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html:

1. Each rule selects the images of its storage class that have its tags,
   whatever other rules do, and tells which of them it would act on.
2. By ascending priority, a rule acts on an image only if no earlier rule
   selects it, whether that one acts or not. So the first rule that selects an
   image decides, and an image that another rule claims still fills a count.
3. "Older than" is strict. For an image that was restored from the archive the
   restore stands in for the push; ``sinceImagePulled`` reads the last pull, or
   the restore if that came later, or the push of an image never pulled.
4. A manifest that an index lists stays as long as the index is there and not
   archived; an index that goes now frees it for the next run only.
5. Signatures, SBOMs and attestations go with their subject.

No source settles these, and this is how they are taken: images pushed at the
same time count in the order of their digests; a day is 24 hours, counted back
from ``now``; an image that is being restored is not touched; the others are in
:class:`Assumptions`. Where one of them mattered, ``notes`` says so.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.lifecycle.evaluation import Evaluation
from ecr_constructs.lifecycle.newest_first import NewestFirst
from ecr_constructs.lifecycle.relations import Relations
from ecr_constructs.lifecycle.scan import Scan, Shelf
from ecr_constructs.lifecycle.verdict import Assumptions, Outcome
from ecr_constructs.model.lifecycle import StorageClass
from ecr_constructs.model.problem import refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ecr_constructs.lifecycle.images import Image
    from ecr_constructs.model.lifecycle import LifecyclePolicy


def evaluate(
    policy: LifecyclePolicy,
    images: Iterable[Image],
    now: datetime,
    *,
    assumptions: Assumptions | None = None,
) -> Evaluation:
    """Return the verdict on every image, as ECR would act at ``now``.

    Args:
        policy: A policy that ECR accepts.
        images: All images of one repository, archived ones too, in any order.
        now: The time of the evaluation, with a time zone.
        assumptions: How to take what no source settles. Default: as
            :class:`Assumptions` says.

    Raises:
        ConfigurationError: If ECR would refuse the policy, a time has no time
            zone, or a digest is there twice.
    """
    refuse(policy.problems())
    taken = assumptions or Assumptions()
    given = tuple(images)
    _check_zones(given, now)
    newest_first = NewestFirst(given)
    ordered = newest_first.images
    relations = Relations(newest_first)
    shelf = Shelf(newest_first, hidden=() if taken.rules_see_referrers else relations.subject_of)
    uncounted: set[int] = set()
    if not taken.count_index_children:
        uncounted = {place for place in relations.holder_of if not ordered[place].tags}
    scans = [Scan.of(rule, now) for rule in policy.normalise().rules]
    deciders: list[int | None] = [None] * len(ordered)
    outcomes = [Outcome.NOT_SELECTED] * len(ordered)
    for number, scan in enumerate(scans):
        selected = shelf.selected_by(scan.rule)
        scan.draw_line(selected, uncounted, ordered)
        outcome = scan.outcome
        undecided = [place for place in selected if deciders[place] is None]
        for place in undecided:
            deciders[place], outcomes[place] = number, Outcome.RETAIN
        for place in scan.acts_on(undecided, ordered):
            if place not in relations.holder_of:
                outcomes[place] = outcome
    _lead_referrers(ordered, relations, deciders, outcomes)
    return Evaluation(
        newest_first=newest_first,
        scans=scans,
        deciders=deciders,
        outcomes=outcomes,
        relations=relations,
        uncounted=uncounted,
        assumptions=taken,
    )


def _check_zones(images: Sequence[Image], now: datetime) -> None:
    """Refuse times without a zone: they cannot be compared."""
    if now.tzinfo is None:
        raise ConfigurationError(f"now must have a time zone, got {now!r}; write tzinfo=UTC")
    zone_of = attrgetter("tzinfo")
    for name in ("pushed_at", "last_recorded_pull_time", "last_archived_at", "last_activated_at"):
        member = attrgetter(name)
        if None in map(zone_of, filter(None, map(member, images))):
            first = next(i for i in images if member(i) and member(i).tzinfo is None)
            raise ConfigurationError(
                f"{name} of {first.name} must have a time zone, got {member(first)!r}; "
                "write tzinfo=UTC"
            )


def _lead_referrers(
    images: Sequence[Image],
    relations: Relations,
    deciders: list[int | None],
    outcomes: list[Outcome],
) -> None:
    """Let each referrer go with its subject; what its subject keeps, rules may still take."""
    for place, subject in relations.subject_of.items():
        outcome = outcomes[subject]
        if outcome is Outcome.ARCHIVE and images[place].storage_class is StorageClass.ARCHIVE:
            outcome = Outcome.RETAIN
        if outcome.acts or deciders[place] is None:
            deciders[place], outcomes[place] = deciders[subject], outcome
