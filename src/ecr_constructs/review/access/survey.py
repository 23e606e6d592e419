"""Who can do what with each repository of a deployment.

Layer: review. The decisions are those of :func:`ecr_constructs.access.evaluate.evaluate`. It is
asked once for callers and actions of which the same statements decide alike, as a fleet has
thousands of repositories and few kinds of statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from ecr_constructs.access.answer import PlacedStatement, Side, Source
from ecr_constructs.access.caller import Caller, Reach, reach_of
from ecr_constructs.access.directory import Directory
from ecr_constructs.access.evaluate import evaluate
from ecr_constructs.access.named import Kind, named_by
from ecr_constructs.access.request import request_of
from ecr_constructs.access.target import Target
from ecr_constructs.access.text import equals
from ecr_constructs.access.truth import Truth
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.statement import Principal
from ecr_constructs.model.unresolved import Text
from ecr_constructs.review.access.form import Form, form_of
from ecr_constructs.review.access.identities import IdentityIndex
from ecr_constructs.review.access.naming import named_in, without_named
from ecr_constructs.review.access.statements import Frames, Group, Prepared, concerns, is_alike
from ecr_constructs.service import actions

_NOBODY: Final = Reach()
#: A statement, and how far it names a caller.
_Relevant: TypeAlias = tuple[Prepared, Reach]


@dataclass(frozen=True, slots=True)
class Permission:
    """What somebody can do with a repository under the same conditions.

    Attributes:
        actions: The actions.
        form: What has to hold.
        statements: What allows it, and what may refuse it.
    """

    actions: frozenset[str]
    form: Form
    statements: tuple[PlacedStatement, ...]


@dataclass(slots=True)
class Subject:
    """A repository, and what decides about it.

    Attributes:
        target: The repository.
        statements: Those of its policy and of the registry's that are about it.
        is_plain: Whether callers whom they name alike can do the same.
        principals: Who is named by its policies, or has a policy that is about
            it, and whether by an allow.
    """

    target: Target
    statements: Sequence[Prepared]
    is_plain: bool
    principals: dict[Principal, bool] = field(default_factory=dict)
    held: dict[Principal, tuple[Permission, ...]] = field(default_factory=dict)


class Survey:
    """The access to all repositories of a deployment.

    Args:
        deployment: The registries and identities.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._directory = Directory(deployment.identities)
        self._frames = Frames()
        self._identities = IdentityIndex(self._directory.callers, self._frames)
        self._registry_statements: dict[int, tuple[tuple[Prepared, ...], bool]] = {}
        self._callers: dict[Principal, Caller] = {}
        self._reaches: dict[tuple[Principal, Principal], Reach] = {}
        self._answers: dict[Any, tuple[Form | None, tuple[int, ...]]] = {}

    def subject(self, registry: Registry, repository: Repository) -> Subject:
        """Return a repository, ready to be asked about."""
        target = Target(registry, repository)
        statements: list[Prepared] = []
        own, general = repository.repository_policy, registry.registry_policy
        is_plain = all(each is None or isinstance(each, Policy) for each in (own, general))
        if isinstance(own, Policy):
            source = Source(Side.REPOSITORY, _name(repository), repository.origin)
            statements += self._frames.prepare(own, source)
            is_plain = is_plain and all(
                is_alike(each.statement)
                and not each.statement.resources
                and not each.statement.not_resources
                for each in statements
            )
        for each in self._of_registry(registry):
            about = concerns(each.statement, target.arn)
            if about is not False:
                statements.append(each)
                is_plain = is_plain and about is True and is_alike(each.statement)
        subject = Subject(target, statements, is_plain)
        self._name_principals(subject)
        return subject

    def permissions(self, subject: Subject, principal: Principal) -> tuple[Permission, ...]:
        """Return what a principal can do with a repository; what is refused is left out."""
        known = subject.held.get(principal)
        if known is None:
            known = subject.held[principal] = tuple(self._permissions(subject, principal))
        return known

    def fingerprint(self, subject: Subject) -> tuple[Any, ...]:
        """Return all that decides about a repository; equal where the access is the same."""
        registry, repository = subject.target.registry, subject.target.repository
        callers = (self.caller(principal) for principal in subject.principals)
        return (
            registry.account,
            registry.region,
            registry.registry_policy,
            repository.repository_policy,
            repository.tags,
            [caller.identity for caller in callers if caller.identity is not None],
        )

    def caller(self, principal: Principal) -> Caller:
        """Return who a principal is, with what the deployment knows of it."""
        known = self._callers.get(principal)
        if known is None:
            if principal.type == "AWS":
                known = self._directory.caller(principal.value)
            else:
                known = Caller(named_by(principal))
            self._callers[principal] = known
        return known

    def _of_registry(self, registry: Registry) -> tuple[Prepared, ...]:
        known = self._registry_statements.get(id(registry))
        if known is None:
            policy = registry.registry_policy
            prepared: tuple[Prepared, ...] = ()
            if isinstance(policy, Policy):
                source = Source(Side.REGISTRY, f"{registry.account}/{registry.region}")
                prepared = tuple(self._frames.prepare(policy, source))
            # The registry is kept, so that its id is not given to another one.
            known = self._registry_statements[id(registry)] = (prepared, True)
        return known[0]

    def _name_principals(self, subject: Subject) -> None:
        partition, principals = subject.target.partition, subject.principals
        for each in subject.statements:
            for principal in named_in(each.statement, partition):
                principals[principal] = principals.get(principal, False) or each.allows
        for caller in self._identities.about(subject.target, subject.statements):
            principals[Principal("AWS", caller.named.value)] = True

    def _permissions(self, subject: Subject, principal: Principal) -> Iterator[Permission]:
        caller = self.caller(principal)
        relevant, is_plain = self._relevant(subject, caller, principal)
        # In the repository's own account the policies of whoever is not known here may allow.
        identity = caller.identity
        is_stranger = identity is None or identity.partial
        is_here = is_stranger and _same_account(caller, subject.target) is not Truth.NO
        is_open = is_here or not is_plain
        if not is_open and not any(each.allows for each, _ in relevant):
            return
        groups = self._frames.partition(tuple(each.actions for each, _ in relevant))
        if is_open:
            rest = actions.REPOSITORY.difference(*(group.actions for group in groups))
            groups += (Group(rest, ()),) if rest else ()
        for group in groups:
            members = [relevant[place] for place in group.members]
            if not is_open and not any(each.allows for each, _ in members):
                continue
            key = self._key(subject, caller, members) if is_plain else None
            form, statements = self._decide(subject, caller, group, members, key)
            if form is not None:
                form = without_named(form, caller.kind)
            if form is not None:
                yield Permission(group.actions, form, statements)

    def _relevant(
        self, subject: Subject, caller: Caller, principal: Principal
    ) -> tuple[list[_Relevant], bool]:
        """Return the statements about a caller, and whether others like it can do the same."""
        is_plain = subject.is_plain
        relevant: list[_Relevant] = []
        for each in subject.statements:
            reach = self._reach(each, caller, principal)
            if reach is None or reach.truth is not Truth.NO:
                relevant.append((each, reach or _NOBODY))
        if caller.identity is not None:
            of_identity, is_alike_too = self._identities.statements(caller, subject.target)
            relevant += ((each, _NOBODY) for each in of_identity)
            is_plain = is_plain and is_alike_too
        return relevant, is_plain

    def _decide(
        self, subject: Subject, caller: Caller, group: Group, members: list[_Relevant], key: Any
    ) -> tuple[Form | None, tuple[PlacedStatement, ...]]:
        if key is not None:
            known = self._answers.get(key)
            if known is not None:
                form, places = known
                return form, tuple(members[place][0].placed for place in places)
        target = subject.target
        verdict = evaluate(request_of(caller, min(group.actions), target, {}))
        form = form_of(verdict, same_account=_same_account(caller, target) is Truth.YES)
        if key is not None:
            by_place = {_place(each.placed): place for place, (each, _) in enumerate(members)}
            places = tuple(by_place[_place(placed)] for placed in verdict.statements)
            self._answers[key] = (form, places)
        return form, verdict.statements

    def _key(self, subject: Subject, caller: Caller, members: list[_Relevant]) -> Any:
        """Return what an answer depends on; what has the same key has the same answer."""
        frames = [self._frames.frames[each.frame] for each, _ in members]
        registry, identity = subject.target.registry, caller.identity
        is_own = identity is not None or any(frame.on_caller for frame in frames)
        on_tags = any(frame.on_tags for frame in frames)
        return (
            caller.kind,
            caller.named.value if is_own else _same_account(caller, subject.target),
            registry.account,
            registry.region,
            subject.target.repository.tags if on_tags else None,
            tuple((each.frame, reach) for each, reach in members),
        )

    def _reach(self, prepared: Prepared, caller: Caller, asked: Principal) -> Reach | None:
        """Return how far a statement names a caller; None where ``NotPrincipal`` does."""
        statement = prepared.statement
        if statement.not_principals:
            return None
        reach = _NOBODY
        for principal in statement.principals:
            known = self._reaches.get((principal, asked))
            if known is None:
                known = self._reaches[principal, asked] = reach_of(principal, caller)
            reach = known if reach is _NOBODY else reach.either(known)
        return reach


def _same_account(caller: Caller, target: Target) -> Truth:
    account = caller.account
    if account is None:
        return Truth.UNKNOWN if caller.kind is Kind.UNKNOWN else Truth.NO
    return equals(account, target.registry.account)


def _place(placed: PlacedStatement) -> tuple[Side, str, int | None]:
    return placed.source.side, str(placed.source.name), placed.index


def _name(repository: Repository) -> Text:
    if repository.repository_name is not None:
        return repository.repository_name
    return repository.origin.logical_id if repository.origin else ""
