"""What each kind of principal comes to in a policy, and what is wrong with it.

A :class:`PolicyPrincipal` knows nothing of the repository it will be named in;
:meth:`PolicyPrincipal.subjects` says what a policy *there* has to hold.

Layer: model; imports ``service`` only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from ecr_constructs.model.given_text import account_fix, account_sentence, fits
from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.statement import ANYONE, Condition, Principal
from ecr_constructs.service import patterns


@dataclass(frozen=True, slots=True)
class Subject:
    """The principals and conditions of one statement."""

    principals: tuple[Principal, ...]
    conditions: tuple[Condition, ...] = ()


class PolicyPrincipal(ABC):
    """Somebody whom a resource policy can name; made by ``Principals``."""

    __slots__ = ()

    @abstractmethod
    def subjects(self, place: Place) -> tuple[Subject, ...]:
        """Return what a policy at ``place`` has to hold, a statement for each subject."""

    @abstractmethod
    def problems(self, place: Place) -> Iterator[Problem]:
        """Yield what is wrong with naming this principal in a policy at ``place``."""


@dataclass(frozen=True, slots=True)
class Account(PolicyPrincipal):
    """An account: every identity of it that its own policies let."""

    account: str

    def subjects(self, place: Place) -> tuple[Subject, ...]:
        """Return the account's root, which stands for all of its identities."""
        return (Subject((_root(self.account, place),)),)

    def problems(self, place: Place) -> Iterator[Problem]:
        """Yield what is wrong with its id."""
        del place
        yield from _account_problems(self.account)


@dataclass(frozen=True, slots=True)
class Organization(PolicyPrincipal):
    """Every account of an organisation; of the baseline's where none is given."""

    organization_id: str | None

    def subjects(self, place: Place) -> tuple[Subject, ...]:
        """Return anyone whose ``aws:PrincipalOrgID`` is the organisation's."""
        value = self.organization_id or place.organization_id or ""
        return (Subject((ANYONE,), (Condition("StringEquals", "aws:PrincipalOrgID", (value,)),)),)

    def problems(self, place: Place) -> Iterator[Problem]:
        """Yield what is wrong with its id, or that there is none."""
        value = self.organization_id or place.organization_id
        if value is None:
            yield _problem(
                "an organisation must be named where the baseline has none, got none",
                "write its id, 'o-...', or Baseline(organization_id='o-...')",
            )
        else:
            yield from organization_problems(value)


@dataclass(frozen=True, slots=True)
class OrganizationalUnit(PolicyPrincipal):
    """Every account below an organisational unit."""

    path: str

    def subjects(self, place: Place) -> tuple[Subject, ...]:
        """Return anyone whose ``aws:PrincipalOrgPaths`` lies below the unit."""
        del place
        pattern = self.path.removesuffix("*").removesuffix("/") + "/*"
        condition = Condition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", (pattern,))
        return (Subject((ANYONE,), (condition,)),)

    def problems(self, place: Place) -> Iterator[Problem]:
        """Yield what is wrong with its path."""
        del place
        if not fits(self.path, patterns.ORGANIZATION_PATH):
            yield _problem(
                "an organisational unit must be a path from the organisation down,"
                f" got {self.path!r}",
                "write for example 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111'",
            )


@dataclass(frozen=True, slots=True)
class Identity(PolicyPrincipal):
    """One role or user; one of another account by condition, so that it need not exist yet."""

    arn: str
    kind: str

    def subjects(self, place: Place) -> tuple[Subject, ...]:
        """Return its ARN; of another account the root, bound to its ARN by condition."""
        principal = Principal("AWS", self.arn)
        account = principal.account
        if not isinstance(account, str) or account == place.account:
            return (Subject((principal,)),)
        condition = Condition("ArnEquals", "aws:PrincipalArn", (self.arn,))
        return (Subject((_root(account, place),), (condition,)),)

    def problems(self, place: Place) -> Iterator[Problem]:
        """Yield what is wrong with its ARN."""
        del place
        if not fits(self.arn, patterns.identity_arn(self.kind)):
            yield _problem(
                f"a {self.kind} must be given by its ARN, got {self.arn!r}",
                f"write for example 'arn:aws:iam::111122223333:{self.kind}/Deploy'",
            )


@dataclass(frozen=True, slots=True)
class Service(PolicyPrincipal):
    """A service of AWS, bound to whom it acts for."""

    service: str
    account: str | None
    #: An ARN, whole or from its service on with two blanks for Region and account.
    source: str | None = None
    account_too: bool = False

    def subjects(self, place: Place) -> tuple[Subject, ...]:
        """Return the service and for whom it acts, and their account where it must be let in."""
        account = self.account or place.account
        conditions: list[Condition] = []
        if self.source is not None:
            arn = self.source
            if not arn.startswith("arn:") and "{}" in arn:
                # Not str.format: a token in the name has braces of its own.
                arn = arn.replace("{}", place.region, 1).replace("{}", account, 1)
                arn = f"arn:{place.partition}:{arn}"
            conditions.append(Condition("ArnLike", "aws:SourceArn", (arn,)))
        if self.source is None or not self.account_too:
            conditions.append(Condition("StringEquals", "aws:SourceAccount", (account,)))
        service = Subject((Principal("Service", self.service),), tuple(conditions))
        if self.account_too and account != place.account:
            return (Subject((_root(account, place),)), service)
        return (service,)

    def problems(self, place: Place) -> Iterator[Problem]:
        """Yield what is wrong with the service, or with what it acts for."""
        del place
        if self.account is not None:
            yield from _account_problems(self.account)
        if not fits(self.service, patterns.SERVICE_PRINCIPAL):
            yield _problem(
                f"a service principal must be a service's name, got {self.service!r}",
                "write for example 'codebuild.amazonaws.com'",
            )
        if self.source is not None and not isinstance(self.source, str):
            yield _problem(
                f"source_arn must be an ARN, whole or with '*', got {self.source!r}",
                "write for example 'arn:aws:ecs:eu-west-1:111122223333:cluster/*'",
            )


def organization_problems(organization_id: str) -> Iterator[Problem]:
    """Yield what is wrong with an organisation's id."""
    if not fits(organization_id, patterns.ORGANIZATION_ID):
        yield _problem(
            "an organisation must be 'o-' and 10 to 32 lower-case letters or digits,"
            f" got {organization_id!r}",
            "copy it from `aws organizations describe-organization`",
            "organization_id",
        )


def _account_problems(account: str) -> Iterator[Problem]:
    if not fits(account, patterns.ACCOUNT_ID):
        yield _problem(account_sentence("an account", account), account_fix(account))


def _problem(message: str, fix: str, path: str = "") -> Problem:
    return Problem(id="principal", message=message, fix=fix, path=path)


def _root(account: str, place: Place) -> Principal:
    return Principal("AWS", f"arn:{place.partition}:iam::{account}:root")
