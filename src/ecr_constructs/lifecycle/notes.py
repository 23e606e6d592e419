"""What an evaluation assumed, where it made a difference.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecr_constructs.model.lifecycle import CountType, StorageClass
from ecr_constructs.service.media_types import INDEX_MEDIA_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecr_constructs.lifecycle.evaluation import Evaluation
    from ecr_constructs.lifecycle.images import Image


def notes(evaluation: Evaluation) -> list[str]:
    """Return a sentence for each assumption that the verdicts hang on."""
    return [
        *_upper_bound(evaluation),
        *_ties(evaluation),
        *_children(evaluation),
        *_referrers(evaluation),
        *_restoring(evaluation),
    ]


def may_be_held(evaluation: Evaluation) -> list[Image]:
    """Return the images that go unless an index, which the inventory does not tell, lists them.

    Empty where the inventory tells what indexes list, or has none.
    """
    images, inventory = evaluation.images, evaluation.newest_first
    if any(reference is not None for reference in inventory.column("referenced_by")):
        return []
    types = set(inventory.column("media_type"))
    typed = types != {None}
    if typed and not any(map(_holds, images) if types & INDEX_MEDIA_TYPES else ()):
        return []
    # Without media types any image may be an index, and an untagged one its child.
    return [
        image
        for image, outcome in zip(images, evaluation.outcomes, strict=True)
        if outcome.acts
        and not image.is_index
        and image.subject_digest is None
        and (typed or not image.tags)
    ]


def _holds(image: Image) -> bool:
    return image.is_index and image.storage_class is not StorageClass.ARCHIVE


def _upper_bound(evaluation: Evaluation) -> Iterator[str]:
    unsure = may_be_held(evaluation)
    if unsure:
        yield (
            "this is an upper bound: the inventory does not tell which manifests an index lists "
            f"(referencedBy), and such children may be among what goes ({len(unsure)} at most); "
            "they stay as long as their index"
        )


def _ties(evaluation: Evaluation) -> Iterator[str]:
    images = evaluation.images
    for scan in evaluation.scans:
        last = scan.last_kept
        if last is None or scan.first_dropped is None:
            continue
        if images[last].push_time == images[scan.first_dropped].push_time:
            yield (
                f"rule {scan.rule.rule_priority} draws its line between images pushed at the same "
                "time, and which of them ECR keeps is not documented: here the lower digest stays"
            )


def _children(evaluation: Evaluation) -> Iterator[str]:
    counting = any(
        scan.rule.count_type is CountType.IMAGE_COUNT_MORE_THAN and not scan.rule.never_acts
        for scan in evaluation.scans
    )
    if counting and evaluation.uncounted:
        yield (
            "untagged manifests that an index lists take no place in counts "
            f"({len(evaluation.uncounted)} here), as was seen once; ECR does not document it"
        )


def _referrers(evaluation: Evaluation) -> Iterator[str]:
    led = evaluation.relations.subject_of
    if led and not evaluation.assumptions.rules_see_referrers:
        selected = [
            place
            for place in led
            if any(scan.selects(evaluation.images[place]) for scan in evaluation.scans)
        ]
        if selected:
            yield (
                "signatures, SBOMs and attestations that rules would select "
                f"({len(selected)} here) go with their subject alone; ECR does not document "
                "whether rules see them"
            )


def _restoring(evaluation: Evaluation) -> Iterator[str]:
    restoring = list(evaluation.newest_first.column("status")).count("ACTIVATING")
    if restoring:
        yield (
            f"images that are being restored ({restoring} here) are out of reach of any rule; "
            "ECR does not document it"
        )
