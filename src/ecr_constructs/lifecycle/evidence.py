"""The images that show what is odd about a lifecycle policy.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ecr_constructs.lifecycle.evaluate import evaluate
from ecr_constructs.lifecycle.scan import Shelf
from ecr_constructs.lifecycle.verdict import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ecr_constructs.lifecycle.images import Image
    from ecr_constructs.lifecycle.ranked import Ranked
    from ecr_constructs.model.lifecycle import LifecyclePolicy

_NAMED: Final = 3


@dataclass(slots=True)
class Sample:
    """Some images: how many, and the names of the first few."""

    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, image: Image) -> None:
        """Count an image."""
        self.count += 1
        if len(self.names) < _NAMED:
            self.names.append(image.name)

    def __str__(self) -> str:
        more = self.count - len(self.names)
        return ", ".join(self.names) + (f" and {more} more" if more else "")


class Evidence:
    """What a policy does to the images of an inventory, as far as it shows something odd.

    Args:
        policy: A policy without errors.
        rules: Its rules by priority.
        images: All images of the repository.
        now: The time of the evaluation.

    Attributes:
        images: All images, newest first.
        selected: How many images each rule selects.
        near: The images that match an entry of a rule's list, but not all.
        shielded: For an earlier and a later rule, the images that the later
            would act on while the earlier decides to keep them.
        taken: For an earlier and a later rule, the images that the earlier
            acts on while the later would keep them.
        acted: The images that each rule acts on.
        left: How many images stay.
    """

    def __init__(
        self,
        policy: LifecyclePolicy,
        rules: list[Ranked],
        images: Iterable[Image],
        now: datetime,
    ) -> None:
        evaluation = evaluate(policy, images, now)
        self.images = evaluation.images
        self.selected: list[int] = []
        self.near: list[Sample] = []
        self.shielded: dict[tuple[int, int], Sample] = defaultdict(Sample)
        self.taken: dict[tuple[int, int], Sample] = defaultdict(Sample)
        self.left = sum(not outcome.acts for outcome in evaluation.outcomes)
        self.acted = [total.images for total in evaluation.by_rule()]
        shelf = Shelf(evaluation.newest_first, hidden=evaluation.relations.subject_of)
        for number, scan in enumerate(evaluation.scans):
            selected = shelf.selected_by(scan.rule)
            self.selected.append(len(selected))
            self.near.append(self._near(rules[number]))
            goes = set(scan.acts_on(selected, evaluation.images))
            for place in selected:
                decider = evaluation.deciders[place]
                if decider is None or decider == number:
                    continue
                outcome = evaluation.outcomes[place]
                if place in goes and outcome is Outcome.RETAIN:
                    self.shielded[decider, number].add(evaluation.images[place])
                if place not in goes and outcome.acts:
                    self.taken[decider, number].add(evaluation.images[place])

    def _near(self, ranked: Ranked) -> Sample:
        sample = Sample()
        if len(ranked.patterns) > 1:
            for image in self.images:
                met = [any(map(pattern.matches, image.tags)) for pattern in ranked.patterns]
                if any(met) and not all(met):
                    sample.add(image)
        return sample
