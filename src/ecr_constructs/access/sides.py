"""What the policies on either side say of a request: the repository's and the identity's.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from ecr_constructs.access.answer import PlacedStatement, Side, Source, UnmetCondition
from ecr_constructs.access.caller import EVERYBODY, Reach
from ecr_constructs.access.managed import managed_policy
from ecr_constructs.access.request import Request
from ecr_constructs.access.statements import Hit, hits_in
from ecr_constructs.access.text import concat
from ecr_constructs.access.truth import Truth, some
from ecr_constructs.model.identity import IdentityPolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Status
from ecr_constructs.model.statement import Effect
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.service import actions


class Knowledge(Enum):
    """How much is known of the policies of whoever asks."""

    WHOLE = auto()
    PART = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Sides:
    """The statements that are about a request, by where they stand.

    Attributes:
        repository: In the policies of the repository and of its registry.
        identity: In the policies of whoever asks.
        boundary: In the permissions boundary; None where there is none, or it
            is defined elsewhere.
        knowledge: How much is known of ``identity``.
        given: The policy that was given beside those of the assembly.
    """

    repository: tuple[Hit, ...]
    identity: tuple[Hit, ...]
    boundary: tuple[Hit, ...] | None
    knowledge: Knowledge
    given: Policy | None = None

    @property
    def all(self) -> tuple[Hit, ...]:
        """The statements of all sides."""
        return self.repository + self.identity + (self.boundary or ())


def sides_of(request: Request, identity_policy: Policy | None = None) -> Sides:
    """Return what all known policies say of a request.

    Args:
        request: The request.
        identity_policy: A policy of whoever asks, beside those of the assembly.
    """
    identity = request.caller.identity
    knowledge = Knowledge.NOTHING
    if identity is not None:
        knowledge = Knowledge.PART if identity.partial else Knowledge.WHOLE
    if identity_policy is not None:
        knowledge = Knowledge.WHOLE
    boundary = None if identity is None else identity.permissions_boundary
    bounds = None if boundary is None else document_of(boundary)
    return Sides(
        tuple(_repository_hits(request)),
        tuple(identity_hits(request, identity_policy)),
        None
        if boundary is None or bounds is None
        else tuple(hits_in(bounds, Source(Side.BOUNDARY, boundary.name), request)),
        knowledge,
        identity_policy,
    )


def document_of(policy: IdentityPolicy) -> Policy | Malformed | Unresolved | None:
    """Return what a policy says; None for one that is defined elsewhere."""
    return managed_policy(policy.name) if policy.document is None else policy.document


def allowed_by(hits: Iterable[Hit]) -> Reach:
    """Return whether there is an allow among the statements, by how it names the caller."""
    reach = Reach()
    for hit in hits:
        if hit.effect is not Effect.DENY:
            reach = reach.either(Reach(*(min(hit.applies, each) for each in hit.reach)))
    return reach


def denied_by(hits: Iterable[Hit]) -> Truth:
    """Return whether there is a deny among the statements."""
    return some(hit.truth for hit in hits if hit.effect is not Effect.ALLOW)


def identity_hits(request: Request, given: Policy | None) -> Iterator[Hit]:
    """Yield what the policies of whoever asks say, with the one that was given."""
    identity = request.caller.identity
    for policy in () if identity is None else identity.policies:
        yield from _policy_hits(policy, Source(Side.IDENTITY, policy.name, policy.origin), request)
    if given is not None:
        yield from hits_in(given, Source(Side.IDENTITY, "given"), request)


def _repository_hits(request: Request) -> Iterator[Hit]:
    registry, repository = request.target.registry, request.target.repository
    name = concat(registry.account, "/", registry.region)
    source = Source(Side.REGISTRY, name)
    if request.action in actions.REGISTRY:
        # Such an action is allowed in an identity policy only; a deny for the registry counts.
        for hit in hits_in(registry.registry_policy, source, request):
            if hit.effect is not Effect.ALLOW:
                yield hit
        return
    origin = repository.origin
    name = repository.repository_name or (origin.logical_id if origin else "")
    own = Source(Side.REPOSITORY, name, origin)
    yield from hits_in(repository.repository_policy, own, request)
    yield from hits_in(registry.registry_policy, source, request)


def _policy_hits(policy: IdentityPolicy, source: Source, request: Request) -> Iterator[Hit]:
    document = document_of(policy)
    if document is not None:
        yield from hits_in(document, source, request)
        return
    placed = PlacedStatement(source)
    missing = f"whether the managed policy {policy.name} allows {request.action}"
    unmet = (UnmetCondition(Status.UNKNOWN, placed, None, missing),)
    yield Hit(placed, Effect.ALLOW, Truth.UNKNOWN, EVERYBODY, unmet)
