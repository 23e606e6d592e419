"""What the policies on either side say of a request: the repository's and the identity's.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from ecr_constructs.access.answer import PlacedStatement, Side, Source
from ecr_constructs.access.caller import NOBODY, Caller, Reach
from ecr_constructs.access.managed import managed_policy
from ecr_constructs.access.request import Request
from ecr_constructs.access.statements import Entry, Hit, entries_of, hits_in
from ecr_constructs.access.target import Target
from ecr_constructs.access.text import concat
from ecr_constructs.access.truth import Truth, some
from ecr_constructs.model.identity import IdentityPolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed
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


def sides_of(request: Request, given: Policy | None = None) -> Sides:
    """Return what all known policies say of a request.

    Args:
        request: The request.
        given: A policy of whoever asks, beside those of the assembly.
    """
    caller, identity = request.caller, request.caller.identity
    knowledge = Knowledge.NOTHING
    if identity is not None:
        knowledge = Knowledge.PART if identity.partial else Knowledge.WHOLE
    if given is not None:
        knowledge = Knowledge.WHOLE
    ours = request.target.once(repository_entries)
    if request.action in actions.REGISTRY:
        # Such an action is allowed in an identity policy only; a deny for the registry counts.
        ours = tuple(e for e in request.target.once(registry_entries) if e.effect is Effect.DENY)
    bounds = caller.once(boundary_entries)
    return Sides(
        tuple(hits_in(ours, request)),
        tuple(identity_hits(request, given)),
        None if bounds is None else tuple(hits_in(bounds, request)),
        knowledge,
        given,
    )


def repository_entries(target: Target) -> tuple[Entry, ...]:
    """Return the statements of a repository's policy and of its registry's."""
    own = entries_of(target.repository.repository_policy, target.once(repository_source))
    return own + target.once(registry_entries)


def repository_source(target: Target) -> Source:
    """Return what a repository's policy is called."""
    origin = target.repository.origin
    name = target.repository.repository_name or (origin.logical_id if origin else "")
    return Source(Side.REPOSITORY, name, origin)


def registry_entries(target: Target) -> tuple[Entry, ...]:
    """Return the statements of a registry's policy."""
    registry = target.registry
    if registry.registry_policy is None:
        return ()
    name = concat(registry.account, "/", registry.region)
    return entries_of(registry.registry_policy, Source(Side.REGISTRY, name))


def identity_entries(caller: Caller) -> tuple[Entry, ...]:
    """Return the statements of an identity's policies."""
    entries: list[Entry] = []
    for policy in () if caller.identity is None else caller.identity.policies:
        source, document = Source(Side.IDENTITY, policy.name, policy.origin), document_of(policy)
        if document is None:
            entries.append(Entry(PlacedStatement(source), Effect.ALLOW))
        entries += entries_of(document, source)
    return tuple(entries)


def boundary_entries(caller: Caller) -> tuple[Entry, ...] | None:
    """Return the statements of a permissions boundary; None where none is known."""
    boundary = None if caller.identity is None else caller.identity.permissions_boundary
    document = None if boundary is None else document_of(boundary)
    if boundary is None or document is None:
        return None
    return entries_of(document, Source(Side.BOUNDARY, boundary.name, boundary.origin))


def document_of(policy: IdentityPolicy) -> Policy | Malformed | Unresolved | None:
    """Return what a policy says; None for one that is defined elsewhere."""
    return managed_policy(policy.name) if policy.document is None else policy.document


def allowed_by(hits: Iterable[Hit]) -> Reach:
    """Return whether there is an allow among the statements, by how it names the caller."""
    reach = NOBODY
    for hit in hits:
        if hit.effect is not Effect.DENY:
            applies = hit.applies
            if applies is not Truth.NO:
                reach = reach.either(Reach(*(min(applies, each) for each in hit.reach)))
    return reach


def denied_by(hits: Iterable[Hit]) -> Truth:
    """Return whether there is a deny among the statements."""
    return some(hit.truth for hit in hits if hit.effect is not Effect.ALLOW)


def identity_hits(request: Request, given: Policy | None) -> Iterator[Hit]:
    """Yield what the policies of whoever asks say, with the one that was given."""
    yield from hits_in(request.caller.once(identity_entries), request)
    if given is not None:
        yield from hits_in(entries_of(given, Source(Side.IDENTITY, "given")), request)
