"""Which images a change of lifecycle policies takes, saves or archives.

Layer: review.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ecr_constructs.lifecycle.compare import Effect, compare
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.verdict import Outcome
from ecr_constructs.lifecycle.words import describe
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.probes import Shift, shifts

Document: TypeAlias = LifecyclePolicy | Malformed | Unresolved | None

_KINDS = {
    Effect.DELETE: ChangeClass.LOST,
    Effect.ARCHIVE: ChangeClass.WEAKENED,
    Effect.SAVE: ChangeClass.STRENGTHENED,
}
#: What happens to images that the older policy treats otherwise: to one and to several.
_TAILS = {
    Effect.DELETE: " that stay today expire",
    Effect.ARCHIVE: " that stay today go to the archive, where nobody can pull them",
    Effect.SAVE: " stay that expire or are archived today",
}


@dataclass(slots=True)
class Lifecycles:
    """Compares lifecycle policies; a fleet shares few, so that each pair is compared once.

    Attributes:
        now: When images are judged.
    """

    now: dt.datetime
    _known: dict[tuple[Document, Document], dict[Effect, Shift] | None] = field(
        default_factory=dict
    )

    def drafts(
        self,
        before: Document,
        after: Document,
        *,
        name: str,
        origin: Origin | None,
        images: tuple[Image, ...] | None,
        what: str = "images of ",
    ) -> Iterator[Draft]:
        """Yield what the change of a policy does.

        Args:
            before: The policy that is there.
            after: The policy that is to be.
            name: How to call the repository.
            origin: The resource on the newer side.
            images: What it holds; None where that is not known.
            what: What stands before the name.
        """
        if before == after:
            return
        old, new = _meaning(before), _meaning(after)
        if old == new:
            return
        cause = _cause(before, after)
        base = Draft(kind=ChangeClass.HARMLESS, cause=cause, repository=name, origin=origin)
        effects = self._effects(old, new)
        if effects is None:
            yield replace(
                base,
                kind=ChangeClass.LOST,
                head=f"whether {what}",
                tail=" expire cannot be told",
                certain=False,
            )
            return
        if not effects:
            yield replace(
                base,
                head="the lifecycle policy of ",
                tail=" is written otherwise, to the same effect",
            )
        counts = self._counts(old, new, images) if images is not None else {}
        for effect in Effect:
            count = counts.get(effect)
            if effect in effects or (count is not None and count.met):
                head, tail = _words(effect, what, count, images)
                yield replace(base, kind=_KINDS[effect], head=head, tail=tail)

    def _effects(self, old: Document, new: Document) -> dict[Effect, Shift] | None:
        key = (old, new)
        if key not in self._known:
            self._known[key] = _effects(old, new)
        return self._known[key]

    def _counts(
        self, old: Document, new: Document, images: tuple[Image, ...]
    ) -> dict[Effect, _Count]:
        comparison = compare(_acting(old), _acting(new), images, self.now)
        met = Counter(change.effect for change in comparison.changes)
        before = Counter(comparison.before.outcomes)
        stay = sum(count for outcome, count in before.items() if not outcome.acts)
        # What the older policy archives stays, too, for one that deletes it; and what it
        # deletes counts for one that archives it.
        rescued = sum(
            change.effect is Effect.ARCHIVE and change.before.outcome is Outcome.EXPIRE
            for change in comparison.changes
        )
        whole = {
            Effect.DELETE: stay + before[Outcome.ARCHIVE],
            Effect.ARCHIVE: stay + rescued,
            Effect.SAVE: before[Outcome.EXPIRE] + before[Outcome.ARCHIVE],
        }
        return {effect: _Count(met[effect], whole[effect]) for effect in Effect}


def _effects(old: Document, new: Document) -> dict[Effect, Shift] | None:
    for policy in (old, new):
        if policy is not None and (not isinstance(policy, LifecyclePolicy) or policy.problems()):
            return None
    assert not isinstance(old, Malformed | Unresolved)
    assert not isinstance(new, Malformed | Unresolved)
    return shifts(old, new)


def _acting(policy: Document) -> LifecyclePolicy:
    if isinstance(policy, LifecyclePolicy):
        return policy
    return LifecyclePolicy.of(LifecycleRule.protect())


@dataclass(frozen=True, slots=True)
class _Count:
    """How many images a change decides otherwise.

    Attributes:
        met: Those.
        whole: Those that the sentence speaks of: that stay, or go, by the older policy.
    """

    met: int
    whole: int


def _words(
    effect: Effect, what: str, count: _Count | None, images: tuple[Image, ...] | None
) -> tuple[str, str]:
    """Return what stands before and behind the repository's name."""
    if images is None or count is None:
        return what, _TAILS[effect]
    if not count.met:
        return what, f"{_TAILS[effect]}, though of the {len(images):,} that are there none does yet"
    soon = " within a day of the deployment" if effect is not Effect.SAVE else ""
    return f"{count.met:,} of the {count.whole:,} {what}", f"{_TAILS[effect]}{soon}"


def _meaning(policy: Document) -> Document:
    """Return a policy in the one form of its meaning: without descriptions, numbered from 1."""
    if not isinstance(policy, LifecyclePolicy):
        return policy
    if not policy.rules:
        return None
    rules = sorted(policy.normalise().rules, key=lambda rule: rule.rule_priority or 0)
    return LifecyclePolicy(
        tuple(
            replace(rule, rule_priority=place, description=None)
            for place, rule in enumerate(rules, start=1)
        )
    )


def _cause(before: Document, after: Document) -> str:
    old, new = _lines(before), _lines(after)
    gone = [line for line in old if line not in new]
    came = [line for line in new if line not in old]
    if not gone and not came:
        return "its rules stand in another order"
    if len(gone) == len(came) == 1:
        return f"the rule '{gone[0]}' becomes '{came[0]}'"
    parts = []
    if gone:
        parts.append(f"the rules no longer say {_quoted(gone)}")
    if came:
        parts.append(f"the rules {'now' if old else 'that are added'} say {_quoted(came)}")
    return " and ".join(parts)


def _quoted(lines: list[str]) -> str:
    return ", ".join(f"'{line}'" for line in lines)


def _lines(policy: Document) -> list[str]:
    if policy is None:
        return []
    if isinstance(policy, LifecyclePolicy):
        return [describe(rule) for rule in policy.normalise().rules]
    if isinstance(policy, Malformed):
        return ["a policy that Amazon ECR refuses"]
    return [f"a policy that is known only at deployment ({policy.text})"]
