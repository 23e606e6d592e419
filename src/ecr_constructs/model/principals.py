"""Who a resource policy names, in the words of the people who write one.

A :class:`PolicyPrincipal` knows nothing of the repository it will be named in;
:meth:`PolicyPrincipal.subjects` says what a policy *there* has to hold.

Layer: model; imports ``errors`` and ``service`` only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, cast, final

from ecr_constructs.model.given_text import account_fix, account_sentence, fits
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.statement import ANYONE, Condition, Principal
from ecr_constructs.service import patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a policy lies; each string may be a token.

    Attributes:
        account: The account that owns the repository.
        region: The repository's Region.
        partition: ``aws``, ``aws-us-gov``, ``aws-cn``, ...
        organization_id: The organisation of the baseline.
    """

    account: str
    region: str
    partition: str
    organization_id: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """The principals and conditions of one statement."""

    principals: tuple[Principal, ...]
    conditions: tuple[Condition, ...] = ()


class PolicyPrincipal(ABC):
    """Somebody whom a resource policy can name; made by :class:`Principals`."""

    __slots__ = ()

    @abstractmethod
    def subjects(self, place: Place) -> tuple[Subject, ...]:
        """Return what a policy at ``place`` has to hold, a statement for each subject."""

    @abstractmethod
    def problems(self, place: Place) -> Iterator[Problem]:
        """Yield what is wrong with naming this principal in a policy at ``place``."""


class _HasRoleArn(Protocol):
    @property
    def role_arn(self) -> str: ...


class _HasUserArn(Protocol):
    @property
    def user_arn(self) -> str: ...


@final
class Principals:
    """Everybody whom a repository policy can name.

    >>> Principals.account("111122223333")
    _Account(account='111122223333')
    """

    @staticmethod
    def account(account: str) -> PolicyPrincipal:
        """Return all principals of one account that its own policies allow.

        Args:
            account: 12 digits.
        """
        return _Account(account)

    @staticmethod
    def organization(organization_id: str | None = None) -> PolicyPrincipal:
        """Return all principals of an organisation.

        Services such as Lambda are no principals of an organisation: name them too.

        Args:
            organization_id: ``o-`` and 10 to 32 characters. Default: the
                organisation of the baseline.
        """
        return _Organization(organization_id)

    @staticmethod
    def organizational_unit(path: str) -> PolicyPrincipal:
        """Return all principals of the accounts in an organisational unit, at any depth.

        Args:
            path: From the organisation down:
                ``"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"``.
        """
        return _OrganizationalUnit(path)

    @staticmethod
    def role(role: str | _HasRoleArn) -> PolicyPrincipal:
        """Return an IAM role.

        A role of another account is written as its account, bound by
        ``aws:PrincipalArn``: ECR refuses a policy that names a role that does
        not exist yet, and a role made anew under the same name keeps its access.

        Args:
            role: An ARN, or anything with a ``role_arn``.
        """
        return _Identity(_arn(role, "role_arn"), "role")

    @staticmethod
    def user(user: str | _HasUserArn) -> PolicyPrincipal:
        """Return an IAM user; one of another account is written as for :meth:`role`.

        Args:
            user: An ARN, or anything with a ``user_arn``.
        """
        return _Identity(_arn(user, "user_arn"), "user")

    @staticmethod
    def lambda_functions(
        *, account: str | None = None, function_name: str = "*"
    ) -> PolicyPrincipal:
        """Return Lambda functions, which pull through the service of their own Region.

        For another account that takes two statements: one for the account,
        which creates the functions, one for the service, which fetches the
        image again later.
        https://docs.aws.amazon.com/lambda/latest/dg/images-create.html

        Args:
            account: The account of the functions. Default: the repository's own.
            function_name: A name, or a pattern with ``*``. Default: all functions.
        """
        return _Service(
            "lambda.amazonaws.com", account, f"lambda:{{}}:{{}}:function:{function_name}", True
        )

    @staticmethod
    def codebuild_projects(
        *, account: str | None = None, project_name: str = "*"
    ) -> PolicyPrincipal:
        """Return CodeBuild projects that use an image as their build environment.

        https://docs.aws.amazon.com/codebuild/latest/userguide/sample-ecr.html

        Args:
            account: The account of the projects. Default: the repository's own.
            project_name: A name, or a pattern with ``*``. Default: all projects.
        """
        return _Service(
            "codebuild.amazonaws.com", account, f"codebuild:{{}}:{{}}:project/{project_name}"
        )

    @staticmethod
    def service(
        service: str, *, source_account: str | None = None, source_arn: str | None = None
    ) -> PolicyPrincipal:
        """Return an AWS service acting for one account or one resource.

        Args:
            service: Such as ``"ecs-tasks.amazonaws.com"``.
            source_account: The account it acts for. Default: the repository's own.
            source_arn: The resource it acts for, whole or with ``*``. Default: any.
        """
        return _Service(service, source_account, source_arn)


@dataclass(frozen=True, slots=True)
class _Account(PolicyPrincipal):
    account: str

    def subjects(self, place: Place) -> tuple[Subject, ...]:
        return (Subject((_root(self.account, place),)),)

    def problems(self, place: Place) -> Iterator[Problem]:
        del place
        yield from _account_problems(self.account)


@dataclass(frozen=True, slots=True)
class _Organization(PolicyPrincipal):
    organization_id: str | None

    def subjects(self, place: Place) -> tuple[Subject, ...]:
        value = self.organization_id or place.organization_id or ""
        return (Subject((ANYONE,), (Condition("StringEquals", "aws:PrincipalOrgID", (value,)),)),)

    def problems(self, place: Place) -> Iterator[Problem]:
        value = self.organization_id or place.organization_id
        if value is None:
            yield _problem(
                "Principals.organization() needs an organisation, got none",
                "write Principals.organization('o-...') or Baseline(organization_id='o-...')",
            )
        else:
            yield from organization_problems(value)


@dataclass(frozen=True, slots=True)
class _OrganizationalUnit(PolicyPrincipal):
    path: str

    def subjects(self, place: Place) -> tuple[Subject, ...]:
        del place
        pattern = self.path.removesuffix("*").removesuffix("/") + "/*"
        condition = Condition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", (pattern,))
        return (Subject((ANYONE,), (condition,)),)

    def problems(self, place: Place) -> Iterator[Problem]:
        del place
        if not fits(self.path, patterns.ORGANIZATION_PATH):
            yield _problem(
                "an organisational unit must be a path from the organisation down,"
                f" got {self.path!r}",
                "write for example 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111'",
            )


@dataclass(frozen=True, slots=True)
class _Identity(PolicyPrincipal):
    arn: str
    kind: str

    def subjects(self, place: Place) -> tuple[Subject, ...]:
        principal = Principal("AWS", self.arn)
        account = principal.account
        if not isinstance(account, str) or account == place.account:
            return (Subject((principal,)),)
        condition = Condition("ArnEquals", "aws:PrincipalArn", (self.arn,))
        return (Subject((_root(account, place),), (condition,)),)

    def problems(self, place: Place) -> Iterator[Problem]:
        del place
        if not fits(self.arn, patterns.identity_arn(self.kind)):
            yield _problem(
                f"a {self.kind} must be given by its ARN, got {self.arn!r}",
                f"write for example 'arn:aws:iam::111122223333:{self.kind}/Deploy'",
            )


@dataclass(frozen=True, slots=True)
class _Service(PolicyPrincipal):
    service: str
    account: str | None
    #: An ARN, whole or from its service on with two blanks for Region and account.
    source: str | None = None
    account_too: bool = False

    def subjects(self, place: Place) -> tuple[Subject, ...]:
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


def _arn(identity: object, member: str) -> str:
    """Return the ARN of an identity; what has none stays what it is, for problems() to say so."""
    return cast("str", getattr(identity, member, identity))


def _problem(message: str, fix: str, path: str = "") -> Problem:
    return Problem(id="principal", message=message, fix=fix, path=path)


def _root(account: str, place: Place) -> Principal:
    return Principal("AWS", f"arn:{place.partition}:iam::{account}:root")
