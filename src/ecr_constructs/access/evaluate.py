"""IAM's evaluation of one request.

An explicit deny decides. In the repository's own account one allow is enough,
in a policy of the repository or of the identity; from another account it takes
both. A service needs the policies of the repository alone.

Layer: access; imports ``model`` and ``service`` only.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from ecr_constructs.access.answer import Answer, Decision, PlacedStatement, UnmetCondition
from ecr_constructs.access.assumptions import assumptions
from ecr_constructs.access.grant import Grant, grant_of
from ecr_constructs.access.request import Request
from ecr_constructs.access.sides import Sides, denied_by, sides_of
from ecr_constructs.access.statements import Hit, unmet_in
from ecr_constructs.access.truth import Truth
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.statement import Effect
from ecr_constructs.model.words import listed


@dataclass(frozen=True)
class Verdict:
    """A decision, and what it came out of.

    Attributes:
        request: Who asked for what.
        decision: Allow, deny or conditional.
        sides: The statements that are about the request.
        grant: What the allows add up to; None where a deny decided.
    """

    request: Request
    decision: Decision
    sides: Sides
    grant: Grant | None

    @functools.cached_property
    def deciding(self) -> list[Hit]:
        """The statements that decided; for a conditional decision all that may."""
        if self.grant is None:
            return [hit for hit in self.sides.all if _denies(hit) and hit.truth is Truth.YES]
        if self.decision is Decision.DENY:
            return []
        found = _allowing(self.grant, self.sides)
        if self.decision is Decision.CONDITIONAL:
            found += (h for h in self.sides.all if _denies(h) and h.truth and h not in found)
        return found

    @functools.cached_property
    def statements(self) -> tuple[PlacedStatement, ...]:
        """The statements that decided, and where they stand."""
        return tuple(hit.placed for hit in self.deciding)

    @functools.cached_property
    def unmet_conditions(self) -> tuple[UnmetCondition, ...]:
        """What does not hold, or cannot be told."""
        if self.grant is None or self.decision is Decision.ALLOW:
            return ()
        hits: Iterable[Hit] = self.deciding
        if self.decision is Decision.DENY:
            hits = (h for h in self.sides.all if not _denies(h) and h.truth is not Truth.YES)
        unmet = [each for hit in hits for each in unmet_in(hit, self.request)]
        if self.decision is Decision.CONDITIONAL:
            unmet += self.grant.missing()
        return tuple(unmet)

    @property
    def reason(self) -> str:
        """The decision in one sentence."""
        sources = listed(dict.fromkeys(f"the {hit.placed.source.side}" for hit in self.deciding))
        if self.grant is None:
            return f"denied by {sources}"
        if self.decision is Decision.DENY:
            return self.grant.why_not(self.request)
        if self.decision is Decision.ALLOW:
            return f"allowed by {sources}" if sources else "the account owns the repository"
        return f"depends on {listed(dict.fromkeys(each.missing for each in self.unmet_conditions))}"

    def answer(self) -> Answer:
        """Return the decision with all that is to be said of it."""
        return Answer(
            self.decision,
            self.statements,
            self.unmet_conditions,
            ()
            if self.grant is None
            else assumptions(self.request, self.sides, self.grant, self.decision),
            self.reason,
        )


def evaluate(request: Request, identity_policy: Policy | None = None) -> Verdict:
    """Decide a request.

    Args:
        request: Who asks for what.
        identity_policy: A policy of whoever asks, beside those of the assembly.
    """
    sides = sides_of(request, identity_policy)
    denied = denied_by(sides.all)
    if denied is Truth.YES:
        return Verdict(request, Decision.DENY, sides, None)
    grant = grant_of(request, sides)
    decision = Decision.CONDITIONAL
    if grant.truth is Truth.NO:
        decision = Decision.DENY
    elif grant.truth is Truth.YES and denied is Truth.NO:
        decision = Decision.ALLOW
    return Verdict(request, decision, sides, grant)


def _denies(hit: Hit) -> bool:
    """Tell whether a statement denies, or a policy that is not known may."""
    return hit.effect is not Effect.ALLOW


def _allowing(grant: Grant, sides: Sides) -> list[Hit]:
    """Return what allows; beside what certainly does, what only may is left out."""
    certain = grant.truth is Truth.YES
    return [
        hit
        for hits, truth in (
            (sides.repository, grant.repository),
            (sides.identity, grant.identity),
            (sides.boundary or (), grant.boundary),
        )
        for hit in hits
        if hit.effect is not Effect.DENY
        and (counts := min(hit.applies, grant.counted(hit.reach)))
        and counts >= (Truth.YES if certain else truth)
    ]
