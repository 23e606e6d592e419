"""Whose pulls cease to count, and whose count again.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator

from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.members import REPLACED, is_replaced
from ecr_constructs.review.change.pairs import RegistryPair

_COUNTS = "as the last pull of an image, by which lifecycle rules archive"


def exclusion_drafts(pair: RegistryPair) -> Iterator[Draft]:
    """Yield whose pulls cease to count, and whose count again."""
    old = {str(each.principal_arn): each for each in pair.before.pull_time_exclusions}
    new = {str(each.principal_arn): each for each in pair.after.pull_time_exclusions}
    for arn, exclusion in new.items():
        if arn not in old:
            why = f": {exclusion.reason}" if exclusion.reason else ""
            yield Draft(
                kind=ChangeClass.HARMLESS,
                head=f"pulls of {arn} no longer count {_COUNTS}",
                cause=f"the pull time update exclusion is new{why}",
                origin=exclusion.origin,
            )
        elif old[arn].reason != exclusion.reason and old[arn].origin and exclusion.origin:
            # Amazon ECR knows no reason, so that one side that is live tells none.
            yield Draft(
                kind=ChangeClass.HARMLESS,
                head=f"the reason why pulls of {arn} do not count is written otherwise",
                cause=f"it was '{old[arn].reason}' and is '{exclusion.reason}'",
                origin=exclusion.origin,
            )
    for arn, exclusion in old.items():
        if arn not in new:
            is_certain = not is_replaced(exclusion, new.values())
            yield Draft(
                kind=ChangeClass.HARMLESS,
                head=f"pulls of {arn} count again {_COUNTS}",
                cause="the pull time update exclusion is gone" if is_certain else REPLACED,
                certain=is_certain,
            )
