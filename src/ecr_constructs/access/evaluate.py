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

from collections.abc import Iterable

from ecr_constructs.access.answer import Answer, Decision, PlacedStatement, UnmetCondition
from ecr_constructs.access.assumptions import assumptions
from ecr_constructs.access.grant import Grant, grant_of
from ecr_constructs.access.request import Request
from ecr_constructs.access.sides import Sides, denied_by, sides_of
from ecr_constructs.access.statements import Hit
from ecr_constructs.access.truth import Truth
from ecr_constructs.access.words import listed
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.statement import Effect


def evaluate(request: Request, identity_policy: Policy | None = None) -> Answer:
    """Decide a request.

    Args:
        request: Who asks for what.
        identity_policy: A policy of whoever asks, beside those of the assembly.
    """
    sides = sides_of(request, identity_policy)
    denied = denied_by(sides.all)
    if denied is Truth.YES:
        denies = [hit for hit in sides.all if hit.effect is Effect.DENY and hit.truth is denied]
        return Answer(Decision.DENY, _placed(denies), reason=f"denied by {_sources(denies)}")
    grant = grant_of(request, sides)
    if grant.truth is Truth.NO:
        return Answer(
            Decision.DENY,
            unmet_conditions=_unmet(
                hit
                for hit in sides.all
                if hit.effect is not Effect.DENY and hit.truth is not Truth.YES
            ),
            assumptions=assumptions(request, sides, grant, Decision.DENY),
            reason=grant.why_not(request),
        )
    decisive = _decisive(grant, sides)
    if grant.truth is Truth.YES and denied is Truth.NO:
        return Answer(
            Decision.ALLOW,
            _placed(decisive),
            assumptions=assumptions(request, sides, grant, Decision.ALLOW),
            reason=f"allowed by {_sources(decisive)}" if decisive else "the account owns it",
        )
    decisive += (
        hit
        for hit in sides.all
        if hit.effect is not Effect.ALLOW and hit.truth and hit not in decisive
    )
    unmet = (*_unmet(decisive), *grant.missing())
    return Answer(
        Decision.CONDITIONAL,
        _placed(decisive),
        unmet,
        assumptions(request, sides, grant, Decision.CONDITIONAL),
        f"depends on {listed(dict.fromkeys(each.missing for each in unmet))}",
    )


def _decisive(grant: Grant, sides: Sides) -> list[Hit]:
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


def _placed(hits: Iterable[Hit]) -> tuple[PlacedStatement, ...]:
    return tuple(hit.placed for hit in hits)


def _unmet(hits: Iterable[Hit]) -> tuple[UnmetCondition, ...]:
    return tuple(unmet for hit in hits for unmet in hit.unmet)


def _sources(hits: Iterable[Hit]) -> str:
    return listed(dict.fromkeys(f"the {hit.placed.source.side}" for hit in hits))
