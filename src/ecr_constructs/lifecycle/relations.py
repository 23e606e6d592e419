"""How the images of a repository hang together: indexes and children, subjects and referrers.

Layer: lifecycle; imports ``errors`` and ``model``.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.lifecycle import StorageClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecr_constructs.lifecycle.newest_first import NewestFirst


class Relations:
    """The places of images that others hold or lead.

    Args:
        images: All images.

    Attributes:
        holder_of: For a manifest that an index lists, the place of one such
            index that is there and not archived.
        subject_of: For a referrer whose subject is there, the place of the
            image that it is about, through referrers of referrers.

    Raises:
        ConfigurationError: If a digest is there twice.
    """

    def __init__(self, images: NewestFirst) -> None:
        self._images = images.images
        self._newest_first = images
        if len(set(images.column("digest"))) < len(images):
            ((twice, _),) = Counter(image.digest for image in self._images).most_common(1)
            raise ConfigurationError(
                f"images must have each digest once, got {twice!r} twice; leave one out"
            )
        self.holder_of: dict[int, int] = {}
        self.subject_of: dict[int, int] = {}
        for place, indexes in images.having("referenced_by"):
            self._find_holder(place, indexes)
        for place, _ in images.having("subject_digest"):
            self._find_subject(place)

    @cached_property
    def place_of(self) -> dict[str, int]:
        """The place of each digest."""
        digests = self._newest_first.column("digest")
        return dict(zip(digests, self._newest_first.places, strict=True))

    def _find_holder(self, place: int, indexes: Sequence[str]) -> None:
        for digest in indexes:
            index = self.place_of.get(digest, place)
            if index != place and self._images[index].storage_class is not StorageClass.ARCHIVE:
                self.holder_of[place] = index
                return

    def _find_subject(self, place: int) -> None:
        """Follow the subjects to the first; the images of a ring stand for themselves."""
        passed, at = {place}, place
        while True:
            subject = self._images[at].subject_digest
            following = None if subject is None else self.place_of.get(subject)
            if following is None:
                break
            if following in passed:
                return
            passed.add(following)
            at = following
        if at != place:
            self.subject_of[place] = at
