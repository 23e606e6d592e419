"""Which roles and users of a deployment have policies that are about a repository.

Layer: review. Policies name the repositories they are about, so that a fleet is
looked through once and not for each repository anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ecr_constructs.access.answer import Side, Source
from ecr_constructs.access.caller import Caller
from ecr_constructs.access.named import Kind, named_by
from ecr_constructs.access.sides import document_of
from ecr_constructs.access.target import Target
from ecr_constructs.access.text import equals
from ecr_constructs.access.truth import Truth
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.statement import ANYONE
from ecr_constructs.model.unresolved import Text, Unknown, Unresolved
from ecr_constructs.review.access.statements import Frames, Prepared, concerns, is_alike

#: Conditions that single out principals among those of an account.
_SINGLING_OUT: Final = ("aws:principaltag/", "aws:userid", "aws:username")
#: How the ARN of a repository begins, without its partition.
_ECR: Final = ("*", "arn:*", "arn:aws:ecr:", "arn:aws-cn:ecr:", "arn:aws-us-gov:ecr:")


@dataclass(slots=True)
class Held:
    """The policies of an identity.

    Attributes:
        caller: Who it is.
        statements: What they say.
        bounds: What the permissions boundary says.
        is_plain: Whether all of them are known and none is a boundary.
    """

    caller: Caller
    statements: list[Prepared] = field(default_factory=list)
    bounds: list[Prepared] = field(default_factory=list)
    is_plain: bool = True


class IdentityIndex:
    """The identities of a deployment by what their policies are about.

    Args:
        callers: The identities.
        frames: Numbers for their statements.
    """

    def __init__(self, callers: Iterable[Caller], frames: Frames) -> None:
        self._held: dict[Text, Held] = {}
        self._by_resource: dict[Text, list[Caller]] = {}
        self._broad: list[Caller] = []
        self._by_account: dict[Text, list[Caller]] = {}
        for caller in callers:
            self._add(caller, frames)

    def about(self, target: Target, statements: Sequence[Prepared]) -> Iterator[Caller]:
        """Yield the identities that have policies about a repository, or that it singles out.

        Args:
            target: The repository.
            statements: What its own policies say.
        """
        if not self._held:
            return
        found: dict[Text, Caller] = {}
        for caller in self._by_resource.get(target.arn, ()):
            found[caller.named.value] = caller
        opened = _opened_to(statements)
        for caller in self._broad:
            if self._may_reach(caller, target, opened):
                found[caller.named.value] = caller
        for prepared in statements:
            if prepared.allows:
                for caller in self._singled_out(prepared):
                    found[caller.named.value] = caller
        yield from found.values()

    def statements(self, caller: Caller, target: Target) -> tuple[list[Prepared], bool]:
        """Return the statements of an identity that are about a repository.

        Returns:
            The statements, and whether nothing but them decides.
        """
        # A session has the policies of its role.
        held = self._held.get(caller.identity.arn) if caller.identity is not None else None
        if held is None:
            return [], False
        is_plain, about = held.is_plain, []
        for each in (*held.statements, *held.bounds):
            concerned = concerns(each.statement, target.arn)
            if concerned is not False:
                about.append(each)
                is_plain = is_plain and concerned is True and is_alike(each.statement)
        return about, is_plain

    def _singled_out(self, prepared: Prepared) -> Iterator[Caller]:
        statement = prepared.statement
        if not any(c.key.lower().startswith(_SINGLING_OUT) for c in statement.conditions):
            return
        for principal in statement.principals:
            entry = named_by(principal)
            if entry.kind is Kind.ACCOUNT and entry.account is not None:
                yield from self._by_account.get(entry.account, ())

    def _add(self, caller: Caller, frames: Frames) -> None:
        identity = caller.identity
        assert identity is not None
        held = self._held[caller.named.value] = Held(caller)
        self._by_account.setdefault(identity.account, []).append(caller)
        held.is_plain = identity.permissions_boundary is None and not identity.partial
        boundary = identity.permissions_boundary
        bounds = None if boundary is None else document_of(boundary)
        if boundary is not None and isinstance(bounds, Policy):
            held.bounds += frames.prepare(bounds, Source(Side.BOUNDARY, boundary.name))
        is_broad = False
        for policy in identity.policies:
            document = document_of(policy)
            if not isinstance(document, Policy):
                held.is_plain = False
                continue
            source = Source(Side.IDENTITY, policy.name, policy.origin)
            for prepared in frames.prepare(document, source):
                if not frames.covers_any(prepared):
                    continue
                held.statements.append(prepared)
                if prepared.allows:
                    is_broad = self._index(caller, prepared) or is_broad
        if is_broad:
            self._broad.append(caller)

    def _index(self, caller: Caller, prepared: Prepared) -> bool:
        """Note what a statement is about; return whether it may be about any repository."""
        statement = prepared.statement
        if statement.not_resources:
            return True
        is_broad = False
        for resource in statement.resources:
            callers = self._by_resource.setdefault(resource, [])
            if caller not in callers:
                callers.append(caller)
            is_broad = is_broad or _may_be_any(resource)
        return is_broad

    def _may_reach(self, caller: Caller, target: Target, opened: set[Text] | None) -> bool:
        """Tell whether an identity can get at a repository of another account at all."""
        assert caller.account is not None
        if equals(caller.account, target.registry.account) is not Truth.NO:
            return any(
                concerns(each.statement, target.arn) is not False
                for each in self._held[caller.named.value].statements
            )
        return opened is None or caller.account in opened


def _opened_to(statements: Iterable[Prepared]) -> set[Text] | None:
    """Return the accounts that the policies of a repository name; None for any."""
    accounts: set[Text] = set()
    for each in statements:
        if not each.allows:
            continue
        if each.statement.not_principals or ANYONE in each.statement.principals:
            return None
        for principal in each.statement.principals:
            account = principal.account
            if isinstance(account, Unresolved):
                return None
            if account is not None:
                accounts.add(account)
    return accounts


def _may_be_any(resource: Text) -> bool:
    """Tell whether a resource may stand for a repository whose ARN is spelt otherwise."""
    if isinstance(resource, str):
        return ("*" in resource or "?" in resource or "${" in resource) and _is_ecr(resource)
    first = resource.parts[0]
    known = "" if isinstance(first, Unknown) else first
    return known == "" or _is_ecr(known) or any(each.startswith(known) for each in _ECR)


def _is_ecr(text: str) -> bool:
    fields = text.split(":", 3)
    return len(fields) < 3 or fields[2] in {"ecr", ""} or "*" in fields[2] or "?" in fields[2]  # noqa: PLR2004 - arn:partition:service
