"""Tell what a change of a lifecycle policy does to the images of a repository.

Layer: lifecycle; imports ``errors`` and ``model``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, final

from ecr_constructs.lifecycle.evaluate import evaluate
from ecr_constructs.lifecycle.verdict import Assumptions, Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ecr_constructs.lifecycle.evaluation import Evaluation
    from ecr_constructs.lifecycle.images import Image
    from ecr_constructs.model.lifecycle import LifecyclePolicy


class Effect(StrEnum):
    """What the change does to an image; the order of the members is the order of weight."""

    DELETE = "delete"
    ARCHIVE = "archive"
    SAVE = "save"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An image on which two policies differ.

    Attributes:
        effect: What the new policy does to it that the old one does not.
            ``save``: it stays, where the old policy takes it. An image that is
            archived rather than deleted counts as ``archive``.
        before: The verdict of the old policy.
        after: The verdict of the new policy.
    """

    effect: Effect
    before: Verdict
    after: Verdict


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two policies on the same images.

    Attributes:
        before: The evaluation of the old policy.
        after: The evaluation of the new policy.
        changes: The images whose outcome differs, what is lost first, newest
            first within each effect.
    """

    before: Evaluation
    after: Evaluation
    changes: tuple[Change, ...]


def compare(
    old: LifecyclePolicy,
    new: LifecyclePolicy,
    images: Iterable[Image],
    now: datetime,
    *,
    assumptions: Assumptions | None = None,
) -> Comparison:
    """Return the images that the change from one policy to another deletes, archives or saves.

    Args:
        old: The policy that is there.
        new: The policy that is to be.
        images: All images of one repository.
        now: The time of the evaluation, with a time zone.
        assumptions: How to take what no source settles.

    Raises:
        ConfigurationError: If ECR would refuse one of the policies, or the
            images cannot be evaluated.
    """
    held = tuple(images)
    before = evaluate(old, held, now, assumptions=assumptions)
    after = evaluate(new, held, now, assumptions=assumptions)
    changes = [
        Change(effect=effect, before=before.at(place), after=after.at(place))
        for place, (was, becomes) in enumerate(zip(before.outcomes, after.outcomes, strict=True))
        if (effect := _effect(was, becomes))
    ]
    order = list(Effect)
    changes.sort(key=lambda change: order.index(change.effect))
    return Comparison(before=before, after=after, changes=tuple(changes))


def _effect(before: Outcome, after: Outcome) -> Effect | None:
    if before is after or not (before.acts or after.acts):
        return None
    if after is Outcome.EXPIRE:
        return Effect.DELETE
    return Effect.ARCHIVE if after is Outcome.ARCHIVE else Effect.SAVE
