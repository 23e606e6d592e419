"""Who can do what with each repository of a deployment.

Layer: review. The decisions are those of :func:`ecr_constructs.access.evaluate.evaluate`. It is
asked once for callers and actions of which the same statements decide alike, as a fleet has
thousands of repositories and few kinds of statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from ecr_constructs.access.answer import PlacedStatement, Side, Source
from ecr_constructs.access.caller import EVERYBODY, Caller, Reach, reach_of
from ecr_constructs.access.directory import Directory
from ecr_constructs.access.evaluate import evaluate
from ecr_constructs.access.named import Kind, named_by
from ecr_constructs.access.request import request_of
from ecr_constructs.access.target import Target
from ecr_constructs.access.truth import Truth
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.statement import ANYONE, Principal
from ecr_constructs.model.unresolved import Text
from ecr_constructs.review.access.form import Form
from ecr_constructs.review.access.identities import IdentityIndex
from ecr_constructs.review.access.naming import named_in, without_named
from ecr_constructs.review.access.outline import Outline, outline_of
from ecr_constructs.review.access.statements import Frames, Prepared, concerns, is_alike
from ecr_constructs.review.access.subject import Asked, Permission, Subject

_NOBODY: Final = Reach()
#: A statement, and how far it names a caller.
_Relevant: TypeAlias = tuple[Prepared, Reach]


class Survey:
    """The access to all repositories of a deployment.

    Args:
        deployment: The registries and identities.

    Attributes:
        identities: The identities.
    """

    def __init__(self, deployment: Deployment) -> None:
        self.identities = deployment.identities
        self._directory = Directory(deployment.identities)
        self._frames = Frames()
        self._anyone = self._frames.number(ANYONE)
        self._identities = IdentityIndex(self._directory.callers, self._frames)
        self._registry_statements: dict[int, tuple[Registry, tuple[Prepared, ...]]] = {}
        # Each subject keeps its repository, so that no id is given to another one.
        self._subjects: dict[int, Subject] = {}
        self._asked: dict[Principal, Asked] = {}
        self._reaches: dict[tuple[int, int], Reach] = {}
        self._answers: dict[Any, list[tuple[frozenset[str], Outline, tuple[int, ...]]]] = {}
        self._forms: dict[tuple[Any, ...], Form | None] = {}

    def subject(self, registry: Registry, repository: Repository) -> Subject:
        """Return a repository, ready to be asked about."""
        known = self._subjects.get(id(repository))
        if known is None:
            known = self._subjects[id(repository)] = self._subject(registry, repository)
        return known

    def _subject(self, registry: Registry, repository: Repository) -> Subject:
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
            asked = self._asked.get(principal) or self._ask(principal)
            known = subject.held[principal] = tuple(self._permissions(subject, asked))
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
        return (self._asked.get(principal) or self._ask(principal)).caller

    def _ask(self, principal: Principal) -> Asked:
        if principal.type == "AWS":
            caller = self._directory.caller(principal.value)
        else:
            caller = Caller(named_by(principal))
        number = self._frames.number(principal)
        asked = self._asked[principal] = Asked(caller, number, self._frames.scopes[number])
        return asked

    def _of_registry(self, registry: Registry) -> tuple[Prepared, ...]:
        known = self._registry_statements.get(id(registry))
        if known is None:
            policy = registry.registry_policy
            prepared: tuple[Prepared, ...] = ()
            if isinstance(policy, Policy):
                source = Source(Side.REGISTRY, f"{registry.account}/{registry.region}")
                prepared = tuple(self._frames.prepare(policy, source))
            # The registry is kept, so that its id is not given to another one.
            known = self._registry_statements[id(registry)] = registry, prepared
        return known[1]

    def _name_principals(self, subject: Subject) -> None:
        partition, principals = subject.target.partition, subject.principals
        for each in subject.statements:
            for principal in named_in(each.statement, partition):
                principals[principal] = principals.get(principal, False) or each.allows
        for caller in self._identities.about(subject.target, subject.statements):
            principals[Principal("AWS", caller.named.value)] = True

    def _permissions(self, subject: Subject, asked: Asked) -> Iterator[Permission]:
        caller = asked.caller
        relevant, is_plain = self._relevant(subject, asked)
        same = asked.is_of(subject.target.registry.account)
        # In the repository's own account the policies of whoever is not known here may allow.
        identity = caller.identity
        is_here = same is not Truth.NO and (identity is None or identity.partial)
        is_open = is_here or not is_plain
        if not is_open and not any(each.allows for each, _ in relevant):
            return
        if not is_plain:
            for group, outline, placed in self._decide(subject, asked, relevant, is_open=True):
                form = without_named(outline.form([p.statement for p in placed]), caller.kind)
                if form is not None:
                    yield Permission(group, form, placed)
            return
        key = _key(subject, caller, relevant, same)
        known = self._answers.get(key)
        if known is None:
            places = {_place(each.placed): place for place, (each, _) in enumerate(relevant)}
            known = self._answers[key] = [
                (group, outline, tuple(places[_place(each)] for each in placed))
                for group, outline, placed in self._decide(
                    subject, asked, relevant, is_open=is_open
                )
            ]
        for group, outline, members in known:
            deciding = [relevant[place][0] for place in members]
            form = self._form(outline, deciding, caller.kind)
            if form is not None:
                yield Permission(group, form, tuple(each.placed for each in deciding))

    def _form(self, outline: Outline, deciding: list[Prepared], kind: Kind) -> Form | None:
        """Return what has to hold; the same for statements with the same conditions."""
        key = (id(outline), kind, *(each.frame for each in deciding))
        if key not in self._forms:
            form = outline.form([each.statement for each in deciding])
            # The outline is kept among the answers, so that its id is not given to another one.
            self._forms[key] = without_named(form, kind)
        return self._forms[key]

    def _relevant(self, subject: Subject, asked: Asked) -> tuple[list[_Relevant], bool]:
        """Return the statements about a caller, and whether others like it can do the same."""
        is_plain, caller, scope = subject.is_plain, asked.caller, asked.scope
        relevant: list[_Relevant] = []
        for each in subject.statements:
            if scope is not None and each.scopes is not None and scope not in each.scopes:
                continue  # it names principals of other accounts
            reach = self._reach(each, asked)
            if reach is None or reach.truth is not Truth.NO:
                relevant.append((each, reach or _NOBODY))
        if caller.identity is not None:
            of_identity, is_alike_too = self._identities.statements(caller, subject.target)
            relevant += ((each, _NOBODY) for each in of_identity)
            is_plain = is_plain and is_alike_too
        return relevant, is_plain

    def _decide(
        self, subject: Subject, asked: Asked, relevant: list[_Relevant], *, is_open: bool
    ) -> Iterator[tuple[frozenset[str], Outline, tuple[PlacedStatement, ...]]]:
        """Yield the actions of which the same statements decide, and what the evaluation says."""
        target, caller = subject.target, asked.caller
        same_account = asked.is_of(target.registry.account) is Truth.YES
        numbers = tuple(each.actions for each, _ in relevant)
        for group in self._frames.partition(numbers, whole=is_open):
            if not is_open and not any(relevant[place][0].allows for place in group.members):
                continue
            verdict = evaluate(request_of(caller, min(group.actions), target, {}))
            outline = outline_of(verdict, same_account=same_account)
            if outline is not None:
                yield group.actions, outline, verdict.statements

    def _reach(self, prepared: Prepared, asked: Asked) -> Reach | None:
        """Return how far a statement names a caller; None where ``NotPrincipal`` does."""
        if prepared.statement.not_principals:
            return None
        reach = _NOBODY
        for number in prepared.principals:
            if number == self._anyone:
                return EVERYBODY
            known = self._reaches.get((number, asked.number))
            if known is None:
                known = reach_of(self._frames.principals[number], asked.caller)
                self._reaches[number, asked.number] = known
            reach = known if reach is _NOBODY else reach.either(known)
        return reach


def _key(subject: Subject, caller: Caller, relevant: list[_Relevant], same: Truth) -> Any:
    """Return what an answer depends on; what has the same key has the same answer."""
    registry = subject.target.registry
    is_own = caller.identity is not None or any(each.on_caller for each, _ in relevant)
    return (
        caller.kind,
        caller.named.value if is_own else same,
        registry.account,
        registry.region,
        subject.target.repository.tags if any(each.on_tags for each, _ in relevant) else None,
        tuple((each.actions, each.shape, reach) for each, reach in relevant),
    )


def _place(placed: PlacedStatement) -> tuple[Side, str, int | None]:
    return placed.source.side, str(placed.source.name), placed.index


def _name(repository: Repository) -> Text:
    if repository.repository_name is not None:
        return repository.repository_name
    return repository.origin.logical_id if repository.origin else ""
