"""The answer of an evaluation: every verdict, its reason, and what was assumed.

Layer: lifecycle; imports ``errors`` and ``model``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, final

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.lifecycle import reasons
from ecr_constructs.lifecycle.verdict import Assumptions, Outcome, RuleTotal, RuleView, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from ecr_constructs.lifecycle.images import Image
    from ecr_constructs.lifecycle.newest_first import NewestFirst
    from ecr_constructs.lifecycle.relations import Relations
    from ecr_constructs.lifecycle.scan import Scan

#: As many characters of a digest name an image to people.
_DIGEST_PREFIX = 7


@final
class Evaluation:
    """What a lifecycle policy does to each image, newest image first.

    Made by :func:`ecr_constructs.lifecycle.evaluate.evaluate`. Iterate over it
    for all verdicts. The attributes beside ``images`` are the working of the
    evaluation, by place in ``images``.

    Attributes:
        images: All images, newest first.
    """

    def __init__(
        self,
        *,
        newest_first: NewestFirst,
        scans: Sequence[Scan],
        deciders: Sequence[int | None],
        outcomes: Sequence[Outcome],
        relations: Relations,
        uncounted: Collection[int],
        assumptions: Assumptions,
    ) -> None:
        self.newest_first = newest_first
        self.images = newest_first.images
        self.scans = scans
        self.deciders = deciders
        self.outcomes = outcomes
        self.relations = relations
        self.uncounted = uncounted
        self.assumptions = assumptions

    def __len__(self) -> int:
        return len(self.images)

    def __iter__(self) -> Iterator[Verdict]:
        return map(self.at, range(len(self.images)))

    def verdict(self, name: str) -> Verdict:
        """Return the verdict on the image that a tag, a digest or the start of a digest names.

        Raises:
            ConfigurationError: If it names no image, or more than one.
        """
        return self.at(self._place(name))

    def views(self, name: str) -> list[RuleView]:
        """Return how each rule sees the image that is named so, by priority.

        Raises:
            ConfigurationError: If it names no image, or more than one.
        """
        place = self._place(name)
        hidden = place in self.relations.subject_of and not self.assumptions.rules_see_referrers
        views = []
        for number, scan in enumerate(self.scans):
            selects = not hidden and scan.selects(self.images[place])
            views.append(
                RuleView(
                    rule=scan.rule,
                    selects=selects,
                    would_act=selects and self._would_act(scan, place),
                    decides=self.deciders[place] == number,
                )
            )
        return views

    @property
    def totals(self) -> dict[Outcome, int]:
        """How many images meet each outcome."""
        counted = Counter(self.outcomes)
        return {outcome: counted[outcome] for outcome in Outcome}

    def by_rule(self) -> list[RuleTotal]:
        """Return for each rule, by priority, the images it acts on and how many it keeps."""
        acted: list[list[Image]] = [[] for _ in self.scans]
        kept = [0] * len(self.scans)
        for image, decider, outcome in zip(self.images, self.deciders, self.outcomes, strict=True):
            if decider is None:
                continue
            if outcome is Outcome.RETAIN:
                kept[decider] += 1
            else:
                acted[decider].append(image)
        return [
            RuleTotal(
                rule=scan.rule,
                outcome=scan.outcome if images else Outcome.RETAIN,
                images=tuple(images),
                kept=count,
            )
            for scan, images, count in zip(self.scans, acted, kept, strict=True)
        ]

    def at(self, place: int) -> Verdict:
        """Return the verdict on the image at a place of ``images``."""
        decider = self.deciders[place]
        return Verdict(
            image=self.images[place],
            outcome=self.outcomes[place],
            rule=None if decider is None else self.scans[decider].rule,
            reason=self._reason(place, decider),
        )

    def _reason(self, place: int, decider: int | None) -> str:
        image, outcome = self.images[place], self.outcomes[place]
        if decider is None:
            return reasons.untouched(image)
        subject = self.relations.subject_of.get(place)
        if subject is not None:
            goes = self.outcomes[subject].acts and outcome is self.outcomes[subject]
            if goes or not self.assumptions.rules_see_referrers:
                return reasons.led(outcome, self.images[subject])
        scan = self.scans[decider]
        holder = self.relations.holder_of.get(place)
        if holder is not None and not outcome.acts and self._would_act(scan, place):
            return reasons.held(scan, self.images[holder])
        shielded = []
        if not outcome.acts:
            shielded = [
                later.rule
                for later in self.scans[decider + 1 :]
                if later.selects(image) and self._would_act(later, place)
            ]
        return reasons.decided(image, scan, outcome, shielded)

    def _would_act(self, scan: Scan, place: int) -> bool:
        return bool(scan.acts_on([place], self.images))

    def _place(self, name: str) -> int:
        exact = self.relations.place_of.get(name)
        if exact is not None:
            return exact
        digest = name if name.startswith("sha256:") else f"sha256:{name}"
        long_enough = len(digest) >= len("sha256:") + _DIGEST_PREFIX
        found = [
            place
            for place, image in enumerate(self.images)
            if name in image.tags or (long_enough and image.digest.startswith(digest))
        ]
        if len(found) != 1:
            some = "more than one image has" if found else "no image has"
            raise ConfigurationError(
                f"{some} the tag or digest {name!r}; name a tag or a digest of the inventory"
            )
        return found[0]
