"""An evaluation as ECR's own preview would answer it.

Layer: lifecycle; imports ``model``.

Source: ``GetLifecyclePolicyPreview``,
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicyPreview.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecr_constructs.lifecycle.verdict import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecr_constructs.lifecycle.evaluation import Evaluation
    from ecr_constructs.lifecycle.images import Image

_ACTIONS: dict[Outcome, dict[str, str]] = {
    Outcome.EXPIRE: {"type": "EXPIRE"},
    Outcome.ARCHIVE: {"type": "TRANSITION", "targetStorageClass": "ARCHIVE"},
}


def preview_results(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Yield ``previewResults``: the images that are acted on, by rule, newest first."""
    for total in evaluation.by_rule():
        for image in total.images:
            yield {
                **image_document(image),
                **result_of(total.outcome, total.rule.rule_priority, image.status),
            }


def result_of(outcome: Outcome, priority: int | None, status: str) -> dict[str, Any]:
    """Return what a result tells beside the image: action, rule and storage class."""
    return {
        "action": _ACTIONS[outcome],
        "appliedRulePriority": priority,
        "storageClass": "ARCHIVE" if status == "ARCHIVED" else "STANDARD",
    }


def preview_summary(evaluation: Evaluation) -> dict[str, Any]:
    """Return ``summary``; transitions are in it only if there are some, as in ECR's answer."""
    totals = evaluation.totals
    summary: dict[str, Any] = {"expiringImageTotalCount": totals[Outcome.EXPIRE]}
    if totals[Outcome.ARCHIVE]:
        summary["transitioningImageTotalCounts"] = [
            {"targetStorageClass": "ARCHIVE", "imageTotalCount": totals[Outcome.ARCHIVE]}
        ]
    return summary


def image_document(image: Image) -> dict[str, Any]:
    """Return the members by which AWS names an image."""
    return {
        "imageDigest": image.digest,
        "imageTags": image.tags,
        "imagePushedAt": image.pushed_at.isoformat(),
    }
