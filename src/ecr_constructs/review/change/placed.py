"""Stacks that name an account and a Region now, and were deployed to whatever was at hand.

Layer: review.
"""

from __future__ import annotations

from ecr_constructs.model.registry import Deployment
from ecr_constructs.review.change.difference import ChangeClass, Difference, Place
from ecr_constructs.review.change.pairs import is_placed, stacks_of


def place_of_unplaced(older: Deployment, newer: Deployment) -> Place | None:
    """Return where the stacks of the older side that name no place are deployed by the newer one.

    None where all name one, or the newer side does not give them one and the same.
    """
    places = {
        stack: (str(registry.account), str(registry.region))
        for registry in newer.registries
        if is_placed(registry)
        for stack in stacks_of(registry)
    }
    wanted = {
        places.get(stack)
        for registry in older.registries
        if not is_placed(registry)
        for stack in stacks_of(registry)
    }
    if len(wanted) != 1 or None in wanted:
        return None
    ((account, region),) = filter(None, wanted)
    return Place(account, region)


def taken_for(place: Place) -> Difference:
    """Return that the older side is taken for what is in a place."""
    return Difference(
        kind=ChangeClass.HARMLESS,
        sentence=f"whether the stacks were deployed to account {place} before cannot be told: what"
        " is told here takes them for it",
        cause="they name an account and a Region now, and named none",
        place=place,
        certain=False,
    )
