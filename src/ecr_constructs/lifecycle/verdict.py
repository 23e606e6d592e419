"""What the evaluation of a lifecycle policy answers for one image.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from ecr_constructs.lifecycle.images import Image
    from ecr_constructs.model.lifecycle import LifecycleRule


class Outcome(StrEnum):
    """What happens to an image."""

    EXPIRE = "expire"
    ARCHIVE = "archive"
    RETAIN = "retain"
    NOT_SELECTED = "not selected"

    @property
    def acts(self) -> bool:
        """Whether the image goes: is deleted, or moved to the archive."""
        return self in (Outcome.EXPIRE, Outcome.ARCHIVE)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What happens to an image, by which rule, and why.

    Attributes:
        image: The image.
        outcome: What happens to it.
        rule: The rule that decided: the first by priority that selects the
            image. None where no rule does.
        reason: Why, in words.
    """

    image: Image
    outcome: Outcome
    rule: LifecycleRule | None
    reason: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """How one rule sees one image.

    Attributes:
        rule: The rule.
        selects: Whether the image has the rule's storage class and tags.
        would_act: Whether the rule would act on it if it decided.
        decides: Whether it is the one that decides.
    """

    rule: LifecycleRule
    selects: bool
    would_act: bool
    decides: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """How points are taken that no source settles.

    Attributes:
        count_index_children: Whether an untagged manifest that an index lists
            takes a place in ``imageCountMoreThan``. Default: it does not, as
            was seen once on Amazon ECR.
        rules_see_referrers: Whether rules select signatures, SBOMs and
            attestations of an image that is there. Default: they do not; these
            go with their subject.
    """

    count_index_children: bool = False
    rules_see_referrers: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTotal:
    """What one rule decides.

    Attributes:
        rule: The rule.
        outcome: What it does; ``retain`` where it acts on nothing.
        images: The images that it acts on, newest first, with the referrers
            that go with them.
        kept: How many images it decides to keep.
    """

    rule: LifecycleRule
    outcome: Outcome
    images: tuple[Image, ...]
    kept: int
