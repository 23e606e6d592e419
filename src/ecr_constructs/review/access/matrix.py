"""The access matrix of a repository: who can do what, and by which statement.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecr_constructs.access.answer import PlacedStatement, Side
from ecr_constructs.access.named import Kind
from ecr_constructs.access.text import equals
from ecr_constructs.access.truth import Truth
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.statement import Effect, Principal
from ecr_constructs.review.access.phrases import phrase, statement_words
from ecr_constructs.review.access.purposes import Purpose, purposes_of
from ecr_constructs.review.access.survey import Subject, Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A statement of a policy, in words.

    Attributes:
        label: How to call it: its id, or its number.
        words: What it says.
        allows: Whether it allows.
    """

    label: str
    words: str
    allows: bool


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


def access_rows(survey: Survey, subject: Subject) -> tuple[AccessRow, ...]:
    """Return who can do something with a repository, the widest first.

    The repository's own account is among them only where a policy names it: by
    itself it can do everything that no policy denies.
    """
    rows = [
        row
        for principal, is_allowed in subject.principals.items()
        if is_allowed
        for row in _rows(survey, subject, principal)
    ]
    return tuple(sorted(rows, key=lambda row: (_ORDER[row.kind], row.who)))


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


def _rows(survey: Survey, subject: Subject, principal: Principal) -> Iterator[AccessRow]:
    permissions = survey.permissions(subject, principal)
    if not permissions:
        return
    caller = survey.caller(principal)
    by_action = {action: each for each in permissions for action in each.actions}
    found = purposes_of({action: each.form for action, each in by_action.items()})
    grants: dict[str, list[Grant]] = {}
    for purpose, (form, deciding) in found.items():
        told = phrase(caller, form)
        labels = dict.fromkeys(
            label_of(placed) for action in deciding for placed in by_action[action].statements
        )
        if not labels:
            continue  # what its own policies may allow, as those of everybody in the account
        grant = Grant(purpose=purpose, conditions=told.conditions, statements=tuple(labels))
        grants.setdefault(told.who, []).append(grant)
    account = subject.target.registry.account
    own = caller.account is not None and equals(caller.account, account) is Truth.YES
    for who, held in grants.items():
        yield AccessRow(
            principal=str(principal.value),
            who="its own account" if own and caller.kind is Kind.ACCOUNT else who,
            kind=str(caller.kind),
            is_own=own,
            grants=tuple(held),
        )


def statement_lines(policy: object) -> tuple[StatementLine, ...]:
    """Return the statements of a policy in words; none for what is no policy."""
    if not isinstance(policy, Policy):
        return ()
    return tuple(
        StatementLine(
            label=_label(index, statement.sid),
            words=statement_words(statement),
            allows=statement.effect is Effect.ALLOW,
        )
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
