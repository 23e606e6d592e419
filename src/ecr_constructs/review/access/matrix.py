"""The access matrix of a repository: who can do what, and by which statement.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from ecr_constructs.access.answer import PlacedStatement, Side
from ecr_constructs.access.caller import Caller
from ecr_constructs.access.named import Kind
from ecr_constructs.access.text import equals
from ecr_constructs.access.truth import Truth
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.statement import Effect, Principal, Statement
from ecr_constructs.model.unresolved import Text
from ecr_constructs.review.access.form import Form
from ecr_constructs.review.access.phrases import is_told_by_form, phrase, statement_words, who
from ecr_constructs.review.access.purposes import Purpose, purposes_of
from ecr_constructs.review.access.subject import Permission, Subject
from ecr_constructs.review.access.survey import Survey

#: What permissions amount to: for each purpose which of them decide.
Plan: TypeAlias = tuple[tuple[Purpose, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A statement of a policy, in words.

    Attributes:
        label: How to call it: its id, or its number.
        statement: The statement.
    """

    label: str
    statement: Statement

    @property
    def words(self) -> str:
        """What it says."""
        return statement_words(self.statement)

    @property
    def allows(self) -> bool:
        """Whether it allows."""
        return self.statement.effect is Effect.ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One thing that somebody can do.

    Attributes:
        purpose: What.
        conditions: What has to hold, each as it stands behind "if"; none of
            them if it is allowed whatever holds.
        statements: The statements that decide, by their labels.
    """

    purpose: Purpose
    conditions: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    """What one principal can do.

    Attributes:
        principal: Its ARN, a service's name or ``*``.
        who: The principal, in words.
        kind: What it is: ``account``, ``role``, ``service``, ``anyone``, ...
        is_own: Whether it is of the repository's own account.
        grants: What it can do, in the order of the purposes.
    """

    principal: str
    who: str
    kind: str
    is_own: bool
    grants: tuple[Grant, ...]


class Matrix:
    """Makes the access matrices of a survey's repositories.

    Args:
        survey: The access to them.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._known: dict[Any, list[tuple[str, tuple[Grant, ...]]]] = {}
        # The survey keeps the callers, so that no id is given to another one.
        self._names: dict[int, str] = {}
        self._labels: dict[int, tuple[PlacedStatement, str]] = {}
        self._kinds: dict[tuple[int, Text], tuple[str, bool]] = {}
        self._plans: dict[tuple[tuple[int, int], ...], tuple[tuple[Permission, ...], Plan]] = {}

    def rows(self, subject: Subject) -> tuple[AccessRow, ...]:
        """Return who can do something with a repository, the widest first.

        The repository's own account is among them only where a policy names it:
        by itself it can do everything that no policy denies.
        """
        rows = [
            row
            for principal, is_allowed in subject.principals.items()
            if is_allowed
            for row in self._rows(subject, principal)
        ]
        return tuple(sorted(rows, key=lambda row: (_ORDER[row.kind], row.who)))

    def _rows(self, subject: Subject, principal: Principal) -> Iterator[AccessRow]:
        permissions = self._survey.permissions(subject, principal)
        if not permissions:
            return
        caller = self._survey.caller(principal)
        kind, own = self._kind(caller, subject.target.registry.account)
        for name, held in self._grants(caller, permissions):
            yield AccessRow(
                principal=str(principal.value),
                who="its own account" if own and caller.kind is Kind.ACCOUNT else name,
                kind=kind,
                is_own=own,
                grants=held,
            )

    def _kind(self, caller: Caller, account: Text) -> tuple[str, bool]:
        """Return what a principal is, and whether it is of an account."""
        known = self._kinds.get((id(caller), account))
        if known is None:
            own = caller.account is not None and equals(caller.account, account) is Truth.YES
            known = self._kinds[id(caller), account] = str(caller.kind), own
        return known

    def _grants(
        self, caller: Caller, permissions: tuple[Permission, ...]
    ) -> Iterator[tuple[str, tuple[Grant, ...]]]:
        """Yield what permissions amount to, and in which words for who has them."""
        labels = tuple(tuple(map(self._label, each.statements)) for each in permissions)
        plan = self._plan(permissions)
        forms = tuple(id(each.form) for each in permissions)
        key = (id(caller) if is_told_by_form(caller) else None, id(plan), forms, labels)
        known = self._known.get(key)
        if known is None:
            grants: dict[str, list[Grant]] = {}
            for purpose, places in plan:
                deciding = tuple(dict.fromkeys(name for place in places for name in labels[place]))
                if not deciding:
                    continue  # what its own policies may allow, as those of all in the account
                told = phrase(caller, Form.all(permissions[place].form for place in places))
                grant = Grant(purpose=purpose, conditions=told.conditions, statements=deciding)
                grants.setdefault(told.who, []).append(grant)
            known = self._known[key] = [(name, tuple(held)) for name, held in grants.items()]
        if is_told_by_form(caller):
            yield from known
        else:
            if id(caller) not in self._names:
                self._names[id(caller)] = who(caller)
            yield from ((self._names[id(caller)], held) for _, held in known)

    def _label(self, placed: PlacedStatement) -> str:
        """Return how to call a statement; each decides about several principals."""
        known = self._labels.get(id(placed))
        if known is None:
            known = self._labels[id(placed)] = placed, label_of(placed)
        return known[1]

    def _plan(self, permissions: tuple[Permission, ...]) -> Plan:
        """Return what permissions amount to; those of a fleet are of few kinds."""
        key = tuple((id(each.actions), each.form.size) for each in permissions)
        known = self._plans.get(key)
        if known is None:
            by_action = {
                action: place for place, each in enumerate(permissions) for action in each.actions
            }
            sizes = {action: permissions[place].form.size for action, place in by_action.items()}
            plan = tuple(
                (purpose, tuple(dict.fromkeys(by_action[action] for action in deciding)))
                for purpose, deciding in purposes_of(sizes).items()
            )
            # The permissions are kept, so that no id is given to another one.
            known = self._plans[key] = permissions, plan
        return known[1]


#: The order in which principals are told: the widest first.
_ORDER = {
    str(kind): place
    for place, kind in enumerate(
        (
            Kind.ANYONE,
            Kind.ACCOUNT,
            Kind.SERVICE,
            Kind.UNKNOWN,
            Kind.PATTERN,
            Kind.ROLE,
            Kind.SESSION,
            Kind.USER,
            Kind.FEDERATED_USER,
            Kind.OTHER,
        )
    )
}


def statement_lines(policy: object) -> tuple[StatementLine, ...]:
    """Return the statements of a policy in words; none for what is no policy."""
    if not isinstance(policy, Policy):
        return ()
    return tuple(
        StatementLine(label=_label(index, statement.sid), statement=statement)
        for index, statement in enumerate(policy.statements)
    )


def label_of(placed: PlacedStatement) -> str:
    """Return how to call a statement: its id or number, and its policy if that is another's."""
    sid = None if placed.statement is None else placed.statement.sid
    label = "policy" if placed.index is None else _label(placed.index, sid)
    if placed.source.side is Side.REPOSITORY:
        return label
    where: Origin | None = placed.source.origin
    name = placed.source.name
    if placed.source.side is Side.REGISTRY:
        return f"registry policy {label}"
    return f"{placed.source.side} {(where and where.construct_path) or name} {label}"


def _label(index: int, sid: object) -> str:
    return f"#{index + 1}" if sid is None else str(sid)
