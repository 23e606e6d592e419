"""Whether the allows of the two sides add up to access.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ecr_constructs.access.answer import UnmetCondition
from ecr_constructs.access.caller import Reach
from ecr_constructs.access.named import Kind
from ecr_constructs.access.request import Request
from ecr_constructs.access.sides import Knowledge, Sides, allowed_by
from ecr_constructs.access.text import equals
from ecr_constructs.access.truth import Truth
from ecr_constructs.access.words import describe_named
from ecr_constructs.model.problem import Status
from ecr_constructs.service import actions

#: Whoever stands for many principals of an account: some identity policy is taken to allow it.
_MANY: Final = frozenset({Kind.ACCOUNT, Kind.ANYONE})


@dataclass(frozen=True, slots=True)
class Grant:
    """What the allows of a request add up to.

    Attributes:
        truth: Whether it is allowed, denies apart.
        same_account: Whether whoever asks is of the repository's account;
            None for a service, which is of none.
        repository: Whether the policies of repository and registry allow what
            counts: in the same account, not what they leave to the account.
        identity: Whether the identity policies allow it.
        boundary: Whether the permissions boundary does; YES where there is none.
        is_assumed: Whether ``identity`` is taken for granted, as the policies
            of other accounts are not known.
        gaps: What is not known beside single statements, in words.
    """

    truth: Truth
    same_account: Truth | None
    repository: Truth
    identity: Truth = Truth.NO
    boundary: Truth = Truth.YES
    is_assumed: bool = False
    gaps: tuple[str, ...] = ()

    def counted(self, reach: Reach) -> Truth:
        """Return how far a statement that names a caller so counts."""
        if self.same_account is Truth.YES:
            return max(reach.directly, min(reach.by_role, self.boundary))
        return reach.truth

    def missing(self) -> Iterator[UnmetCondition]:
        """Yield what is not known beside single statements."""
        for gap in self.gaps:
            yield UnmetCondition(Status.UNKNOWN, None, None, gap)

    def why_not(self, request: Request) -> str:
        """Return why nothing allows it, in words."""
        who, what = describe_named(request.caller.named), request.action
        if self.identity and not self.boundary:
            return f"the permissions boundary of {who} does not allow {what}"
        if what in actions.REGISTRY:
            return f"no identity policy of {who} allows {what}, and no other policy can"
        if self.same_account is Truth.YES:
            return f"neither the repository nor an identity policy of {who} allows {what}"
        if not self.repository:
            return f"no policy of the repository or its registry allows {what} to {who}"
        return f"no identity policy of {who} allows {what}, which it takes from another account"


def grant_of(request: Request, sides: Sides) -> Grant:
    """Add the allows of a request up."""
    repository = allowed_by(sides.repository)
    caller = request.caller
    if caller.kind is Kind.SERVICE:
        return Grant(repository.truth, None, repository.truth)
    boundary = Truth.YES if sides.boundary is None else allowed_by(sides.boundary).truth
    identity = allowed_by(sides.identity).truth
    is_open = sides.knowledge is not Knowledge.WHOLE and identity is not Truth.YES
    is_many = caller.kind in _MANY
    # What nobody here can know: in the repository's account it is a gap, elsewhere an assumption.
    here = elsewhere = identity
    if is_open:
        here = Truth.YES if is_many else Truth.UNKNOWN
        elsewhere = Truth.YES
    same = _same_account(request)
    direct = max(repository.directly, min(repository.by_role, boundary))
    inside = max(direct, min(here, boundary))
    outside = min(elsewhere, boundary)
    if request.action not in actions.REGISTRY:
        outside = min(repository.truth, outside)
    truth = inside if same is Truth.YES else outside
    if same is Truth.UNKNOWN and inside is not outside:
        truth = Truth.UNKNOWN
    gaps = []
    if same is not Truth.NO and is_open and not is_many and truth is Truth.UNKNOWN:
        gaps.append(f"whether an identity policy of {caller} allows {request.action}")
    if same is Truth.UNKNOWN and inside is not outside:
        gaps.append(f"whether {caller} is of account {request.target.registry.account}")
    return Grant(
        truth,
        same,
        direct if same is Truth.YES else repository.truth,
        elsewhere if same is Truth.NO else here,
        boundary,
        is_assumed=is_open and (is_many or same is not Truth.YES) and not gaps,
        gaps=tuple(gaps),
    )


def _same_account(request: Request) -> Truth:
    account = request.caller.account
    if account is None:
        return Truth.UNKNOWN if request.caller.kind is Kind.UNKNOWN else Truth.NO
    return equals(account, request.target.registry.account)
