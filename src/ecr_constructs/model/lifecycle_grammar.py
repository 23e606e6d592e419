"""The words of a lifecycle policy document and which of them go together.

Layer: model; imports ``service`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar, cast

from ecr_constructs.service import limits

if TYPE_CHECKING:
    from collections.abc import Mapping


class TagStatus(StrEnum):
    """Which images a rule selects by their tags."""

    TAGGED = "tagged"
    UNTAGGED = "untagged"
    ANY = "any"


class StorageClass(StrEnum):
    """Where an image is kept; a rule sees the images of one storage class only."""

    STANDARD = "standard"
    ARCHIVE = "archive"


class CountType(StrEnum):
    """What a rule counts: images, or days on one of three clocks."""

    IMAGE_COUNT_MORE_THAN = "imageCountMoreThan"
    SINCE_IMAGE_PUSHED = "sinceImagePushed"
    SINCE_IMAGE_PULLED = "sinceImagePulled"
    SINCE_IMAGE_TRANSITIONED = "sinceImageTransitioned"


class ActionType(StrEnum):
    """What a rule does with an image: delete it, or move it to the archive."""

    EXPIRE = "expire"
    TRANSITION = "transition"


@dataclass(frozen=True, slots=True)
class Combination:
    """What may stand beside a count type.

    Attributes:
        storage_class: The storage class that the count type is for.
        actions: The actions that it may have.
        minimum: The least ``countNumber``.
        unit: Whether ``countUnit`` must be given (``days``) or must not.
        number: What ``countNumber`` stands for.
    """

    storage_class: StorageClass
    actions: tuple[ActionType, ...]
    minimum: int
    unit: bool
    number: str


#: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html, the notes
#: marked as important there; the minimum of 90 days is in archive-image.html.
COMBINATIONS: Final[Mapping[CountType, Combination]] = {
    CountType.IMAGE_COUNT_MORE_THAN: Combination(
        StorageClass.STANDARD,
        (ActionType.EXPIRE, ActionType.TRANSITION),
        minimum=1,
        unit=False,
        number="the number of images to keep",
    ),
    CountType.SINCE_IMAGE_PUSHED: Combination(
        StorageClass.STANDARD,
        (ActionType.EXPIRE, ActionType.TRANSITION),
        minimum=1,
        unit=True,
        number="the age in whole days",
    ),
    CountType.SINCE_IMAGE_PULLED: Combination(
        StorageClass.STANDARD,
        (ActionType.TRANSITION,),
        minimum=1,
        unit=True,
        number="the whole days without a pull",
    ),
    CountType.SINCE_IMAGE_TRANSITIONED: Combination(
        StorageClass.ARCHIVE,
        (ActionType.EXPIRE,),
        minimum=limits.LIFECYCLE_ARCHIVED_DAYS_MIN,
        unit=True,
        number="the whole days in the archive",
    ),
}

_Word = TypeVar("_Word", bound=StrEnum)


def read_word(words: type[_Word], value: object) -> _Word | None:
    """Return the word of an enumeration that ``value`` is, or None where it is none."""
    return cast("_Word | None", _by_text(words).get(value)) if isinstance(value, str) else None


@functools.cache
def _by_text(words: type[StrEnum]) -> Mapping[str, StrEnum]:
    return {str(word): word for word in words}


def storage_class_of(selection: Mapping[str, object]) -> StorageClass:
    """Return the storage class of the images that a rule's selection sees.

    A rule on ``sinceImageTransitioned`` that lacks its ``storageClass`` counts
    as one on the archive, as that is the mistake in it.
    """
    if selection.get("countType") == CountType.SINCE_IMAGE_TRANSITIONED:
        return StorageClass.ARCHIVE
    return read_word(StorageClass, selection.get("storageClass")) or StorageClass.STANDARD
