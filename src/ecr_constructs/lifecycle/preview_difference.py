"""Where ECR's own preview of a policy and an evaluation part ways.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from ecr_constructs.lifecycle.evaluation import Evaluation
from ecr_constructs.lifecycle.verdict import Outcome, Verdict

_OUTCOMES: Final = {"EXPIRE": Outcome.EXPIRE, "TRANSITION": Outcome.ARCHIVE}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens to an image, and by which rule.

    Attributes:
        outcome: That it expires, or goes to the archive.
        rule_priority: The priority of the rule.
    """

    outcome: Outcome
    rule_priority: int | None

    @property
    def sentence(self) -> str:
        """The decision in words: ``expires by rule 2``."""
        verb = "expires" if self.outcome is Outcome.EXPIRE else "goes to the archive"
        return f"{verb} by rule {self.rule_priority}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewDifference:
    """An image of which the two say different things.

    Attributes:
        digest: The image's digest.
        tags: Its tags.
        ecr: What ECR's preview says; None where it has nothing to say of the image.
        ours: What the evaluation says; None where the image stays.
        reason: Why the evaluation says so, in words.
    """

    digest: str
    tags: tuple[str, ...]
    ecr: Decision | None
    ours: Decision | None
    reason: str


def preview_differences(
    evaluation: Evaluation, results: Iterable[Mapping[str, Any]]
) -> list[PreviewDifference]:
    """Return the images on which ECR's preview and an evaluation differ.

    Args:
        evaluation: Ours.
        results: ``previewResults`` of ``GetLifecyclePolicyPreview``.

    Returns:
        Those that the inventory has in its order, then the others.
    """
    left = {each["imageDigest"]: each for each in results}
    differences = []
    for place, (image, outcome) in enumerate(
        zip(evaluation.images, evaluation.outcomes, strict=True)
    ):
        result = left.pop(image.digest, None)
        if result is None and not outcome.acts:
            continue
        verdict = evaluation.at(place)
        ecr, ours = _told(result), _decided(verdict)
        if ecr != ours:
            differences.append(
                PreviewDifference(
                    digest=image.digest,
                    tags=image.tags,
                    ecr=ecr,
                    ours=ours,
                    reason=verdict.reason,
                )
            )
    differences += (
        PreviewDifference(
            digest=digest,
            tags=tuple(result.get("imageTags", ())),
            ecr=_told(result),
            ours=None,
            reason="the inventory does not have it: it was pushed since, or left out",
        )
        for digest, result in left.items()
    )
    return differences


def _told(result: Mapping[str, Any] | None) -> Decision | None:
    if result is None:
        return None
    return Decision(
        outcome=_OUTCOMES[result["action"]["type"]],
        rule_priority=result.get("appliedRulePriority"),
    )


def _decided(verdict: Verdict) -> Decision | None:
    if not verdict.outcome.acts:
        return None
    priority = None if verdict.rule is None else verdict.rule.rule_priority
    return Decision(outcome=verdict.outcome, rule_priority=priority)
