"""The images of a repository in the order in which rules count them.

Layer: lifecycle; imports ``lifecycle.images``.
"""

from __future__ import annotations

from array import array
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecr_constructs.lifecycle.images import Image


class NewestFirst:
    """All images of a repository, newest first; an image is known by its place among them.

    Ordered by push time, images of the same time by their digests.

    What has to be known of all images is asked in the order in which they were
    given, for so they lie in memory: in any other order a processor waits for
    each of 100,000, which takes longer than all that is then done with it.

    Args:
        given: All images, all times with a time zone.

    Attributes:
        given: All images, in the order given.
        places: The place of each of these.
        images: All images, by place.
    """

    def __init__(self, given: Sequence[Image]) -> None:
        self.given = given
        order = _order(given)
        self.images = list(map(given.__getitem__, order))
        self.places = array("q", bytes(8 * len(order)))
        for place, number in enumerate(order):
            self.places[number] = place

    def __len__(self) -> int:
        return len(self.given)

    def column(self, member: str) -> Iterator[Any]:
        """Return a member of every image, in the order given."""
        return map(attrgetter(member), self.given)

    def having(self, member: str) -> Iterator[tuple[int, Any]]:
        """Return the place and a member of every image that has it, in the order given."""
        if not any(self.column(member)):
            return iter(())
        return filter(itemgetter(1), zip(self.places, self.column(member), strict=True))


def _order(images: Sequence[Image]) -> list[int]:
    # Seconds are compared more quickly than dates. They are rounded, so where two are the same
    # the dates decide, and then the digests: sorting is stable in reverse too.
    push_time = attrgetter("push_time")
    seconds = list(map(datetime.timestamp, map(push_time, images)))
    order = sorted(range(len(images)), key=seconds.__getitem__, reverse=True)
    if len(set(seconds)) < len(seconds):
        order.sort(key=lambda number: images[number].digest)
        order.sort(key=lambda number: push_time(images[number]), reverse=True)
    return order
