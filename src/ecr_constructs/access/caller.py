"""Who asks, and which entries of a ``Principal`` element name them.

Layer: access; imports ``model`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

from ecr_constructs.access.named import Kind, Named, named_by
from ecr_constructs.access.text import concat, equals, like
from ecr_constructs.access.truth import Truth, every, some, told
from ecr_constructs.model.identity import Identity
from ecr_constructs.model.statement import Principal
from ecr_constructs.model.unresolved import Text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal that asks for something.

    Attributes:
        named: Who it is.
        identity: The role or user of the assembly, with its policies; of a
            session, its role. None for one that is not in the assembly.
    """

    named: Named
    identity: Identity | None = None
    _made: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, make: Callable[[Caller], T]) -> T:
        """Return what ``make`` makes of this caller, which is asked for many times."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.named.kind

    @property
    def account(self) -> Text | None:
        """Its account; None for anyone, for services and where nothing is known."""
        return self.named.account

    @property
    def principal_arn(self) -> Text:
        """The ARN that conditions see: of a session that of its role."""
        if self.kind is not Kind.SESSION:
            return self.named.value
        if self.identity is not None:
            return self.identity.arn
        account, name = self.named.account, self.named.name
        assert account is not None
        assert name is not None
        partition = self.named.value.split(":")[1]
        return concat("arn:", partition, ":iam::", account, ":role/", name)

    def shown(self, partition: str) -> Text:
        """Return how an answer shows it: an account by the ARN of its root, others as they are."""
        return Principal("AWS", self.named.value).as_arn(partition).value

    def __str__(self) -> str:
        return str(self.named.value)


class Reach(NamedTuple):
    """How far the principals of a statement name a caller.

    Attributes:
        directly: As itself, as its session or as anyone: such an allow needs
            no identity policy in the same account.
        by_role: By the ARN of its role: as before, but a permissions boundary
            binds it.
        by_account: By its account, which leaves it to the identity policies.
    """

    directly: Truth = Truth.NO
    by_role: Truth = Truth.NO
    by_account: Truth = Truth.NO

    @property
    def truth(self) -> Truth:
        """Whether the statement is about the caller at all."""
        return max(self)

    def either(self, other: Reach) -> Reach:
        """Return how far two entries together name a caller."""
        if self is NOBODY:
            return other
        return Reach(*map(max, self, other))


EVERYBODY: Final = Reach(directly=Truth.YES)
NOBODY: Final = Reach()


def reach_of(principal: Principal, caller: Caller) -> Reach:
    """Tell how an entry of a ``Principal`` element names a caller."""
    entry = named_by(principal)
    if entry.kind is Kind.ANYONE:
        return EVERYBODY
    if entry.kind is Kind.ACCOUNT:
        return Reach(by_account=_same_account(entry, caller.named))
    if entry.kind is Kind.ROLE:
        return Reach(by_role=_is_role(entry, caller))
    return Reach(directly=_is_directly(principal, entry, caller))


def _is_directly(principal: Principal, entry: Named, caller: Caller) -> Truth:
    match entry.kind:
        case Kind.OTHER:
            return Truth.NO
        case Kind.SERVICE:
            return told(caller.kind is Kind.SERVICE and entry.value == caller.named.value)
        case Kind.UNKNOWN:
            return _may_be(principal, caller)
        case Kind.PATTERN:
            # ECR refuses such a policy, so that nobody can say whom it would name.
            return min(like(entry.value, caller.named.value), Truth.UNKNOWN)
    return _is_same(entry, caller)


def _same_account(entry: Named, asks: Named) -> Truth:
    if asks.kind is Kind.UNKNOWN and asks.account is None:
        return Truth.UNKNOWN
    if asks.account is None or entry.account is None:
        return Truth.NO
    return equals(entry.account, asks.account)


def _is_role(entry: Named, caller: Caller) -> Truth:
    asks = caller.named
    if asks.kind is Kind.SESSION:
        # The ARN of a session does not hold the path of its role; names are unique without it.
        assert entry.name is not None
        assert asks.name is not None
        return every([_same_account(entry, asks), equals(entry.name, asks.name)])
    return _is_same(entry, caller)


def _is_same(entry: Named, caller: Caller) -> Truth:
    """Tell whether an entry names this very role, user or session."""
    asks, identity = caller.named, caller.identity
    if entry.value == asks.value or (
        identity is not None and asks.kind is not Kind.SESSION and identity.is_called(entry.value)
    ):
        return Truth.YES
    if asks.kind is Kind.UNKNOWN:
        return Truth.UNKNOWN
    if entry.kind is Kind.SESSION and asks.kind is Kind.ROLE:
        # A role is asked for: the entry names one of its sessions.
        assert entry.name is not None
        assert asks.name is not None
        role = every([_same_account(entry, asks), equals(entry.name, asks.name)])
        return min(role, Truth.UNKNOWN)
    if entry.kind is Kind.USER and asks.kind is Kind.FEDERATED_USER:
        # Whether this user made the session is not in its ARN.
        return min(_same_account(entry, asks), Truth.UNKNOWN)
    if entry.kind is not asks.kind:
        return Truth.NO
    assert entry.resource is not None
    assert asks.resource is not None
    # The partition is left out: there is no way from one into another.
    return every([_same_account(entry, asks), equals(entry.resource, asks.resource)])


def _may_be(principal: Principal, caller: Caller) -> Truth:
    """Tell whether an entry that is not known could turn out to name the caller."""
    entry, asks, identity = principal.value, caller.named, caller.identity
    if entry == asks.value or (identity is not None and identity.is_called(entry)):
        return Truth.YES
    if asks.kind is Kind.UNKNOWN:
        return Truth.UNKNOWN
    if (principal.type == "Service") != (asks.kind is Kind.SERVICE):
        return Truth.NO
    names = [asks.value, "*"]
    if asks.account is not None:
        names += [asks.account, concat("arn:aws:iam::", asks.account, ":root")]
    return min(some(equals(entry, name) for name in names), Truth.UNKNOWN)
