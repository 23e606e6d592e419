"""What a repository holds, and what its lifecycle policy does to it.

Layer: review.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ecr_constructs.lifecycle.evaluate import evaluate
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.notes import notes
from ecr_constructs.lifecycle.verdict import Outcome
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

#: The images of repositories by account, Region and name.
Inventories: TypeAlias = Mapping[tuple[str, str, str], tuple[Image, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReport:
    """One image.

    Attributes:
        name: Its tags, or its digest cut short.
        digest: Its digest.
        pushed_at: When it was pushed.
        pulled_at: When it was last pulled; None if never.
        size_in_bytes: Its size; None where that is not known.
        archived: Whether it is in the archive.
        outcome: What the policy does to it.
        before: What the older policy does to it; None where there is no older side.
        reason: Why.
    """

    name: str
    digest: str
    pushed_at: dt.datetime
    pulled_at: dt.datetime | None
    size_in_bytes: int | None
    archived: bool
    outcome: Outcome
    before: Outcome | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesReport:
    """The images of a repository, and what becomes of them.

    Attributes:
        images: All images, newest first.
        counts: How many images meet each outcome.
        notes: What the verdicts assume.
        now: When they were judged.
        policy: Whether the repository has a policy that can be evaluated.
    """

    images: tuple[ImageReport, ...]
    counts: Mapping[Outcome, int]
    notes: tuple[str, ...]
    now: dt.datetime
    policy: bool


@dataclass(frozen=True, slots=True)
class Older:
    """What a repository had on the older side.

    Attributes:
        policy: Its lifecycle policy; None for none.
    """

    policy: object


def images_report(
    policy: object,
    images: tuple[Image, ...],
    now: dt.datetime,
    *,
    older: Older | None = None,
) -> ImagesReport:
    """Return what a policy does to images.

    Args:
        policy: The lifecycle policy; what is none acts on nothing.
        images: What the repository holds.
        now: When it is judged.
        older: The older side's policy; None where there is no older side.
    """
    evaluation = evaluate(_acting(policy), images, now)
    earlier = None if older is None else evaluate(_acting(older.policy), images, now)
    return ImagesReport(
        images=tuple(
            ImageReport(
                name=verdict.image.name,
                digest=verdict.image.digest,
                pushed_at=verdict.image.pushed_at,
                pulled_at=verdict.image.last_recorded_pull_time,
                size_in_bytes=verdict.image.size_in_bytes,
                archived=verdict.image.status == "ARCHIVED",
                outcome=verdict.outcome,
                before=None if earlier is None else earlier.outcomes[place],
                reason=verdict.reason,
            )
            for place, verdict in enumerate(evaluation)
        ),
        counts=evaluation.totals,
        notes=tuple(notes(evaluation)),
        now=now,
        policy=_is_known(policy),
    )


def _is_known(policy: object) -> bool:
    return isinstance(policy, LifecyclePolicy) and bool(policy.rules) and not policy.problems()


def _acting(policy: object) -> LifecyclePolicy:
    if isinstance(policy, LifecyclePolicy) and _is_known(policy):
        return policy
    return LifecyclePolicy.of(LifecycleRule.protect())
