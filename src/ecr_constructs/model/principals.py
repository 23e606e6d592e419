"""Who a resource policy names, in the words of the people who write one.

Layer: model; imports ``errors`` and ``service`` only.
"""

from __future__ import annotations

from typing import Protocol, cast, final

from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.principal_kinds import (
    Account,
    Identity,
    Organization,
    OrganizationalUnit,
    PolicyPrincipal,
    Service,
)


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
    Account(account='111122223333')
    """

    @staticmethod
    def account(account: str) -> PolicyPrincipal:
        """Return all principals of one account that its own policies allow.

        Args:
            account: 12 digits.
        """
        return Account(account)

    @staticmethod
    def organization(organization_id: str | None = None) -> PolicyPrincipal:
        """Return all principals of an organisation.

        Services such as Lambda are no principals of an organisation: name them too.

        Args:
            organization_id: ``o-`` and 10 to 32 characters. Default: the
                organisation of the baseline.
        """
        return Organization(organization_id)

    @staticmethod
    def organizational_unit(path: str) -> PolicyPrincipal:
        """Return all principals of the accounts in an organisational unit, at any depth.

        Args:
            path: From the organisation down:
                ``"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"``.
        """
        return OrganizationalUnit(path)

    @staticmethod
    def role(role: str | _HasRoleArn) -> PolicyPrincipal:
        """Return an IAM role.

        A role of another account is written as its account, bound by
        ``aws:PrincipalArn``: ECR refuses a policy that names a role that does
        not exist yet, and a role made anew under the same name keeps its access.

        Args:
            role: An ARN, or anything with a ``role_arn``.
        """
        return Identity(_arn(role, "role_arn"), "role")

    @staticmethod
    def user(user: str | _HasUserArn) -> PolicyPrincipal:
        """Return an IAM user; one of another account is written as for :meth:`role`.

        Args:
            user: An ARN, or anything with a ``user_arn``.
        """
        return Identity(_arn(user, "user_arn"), "user")

    @staticmethod
    @tells_arguments()
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
        return Service(
            "lambda.amazonaws.com", account, f"lambda:{{}}:{{}}:function:{function_name}", True
        )

    @staticmethod
    @tells_arguments()
    def codebuild_projects(
        *, account: str | None = None, project_name: str = "*"
    ) -> PolicyPrincipal:
        """Return CodeBuild projects that use an image as their build environment.

        https://docs.aws.amazon.com/codebuild/latest/userguide/sample-ecr.html

        Args:
            account: The account of the projects. Default: the repository's own.
            project_name: A name, or a pattern with ``*``. Default: all projects.
        """
        return Service(
            "codebuild.amazonaws.com", account, f"codebuild:{{}}:{{}}:project/{project_name}"
        )

    @staticmethod
    @tells_arguments()
    def service(
        service: str, *, source_account: str | None = None, source_arn: str | None = None
    ) -> PolicyPrincipal:
        """Return an AWS service acting for one account or one resource.

        Args:
            service: Such as ``"ecs-tasks.amazonaws.com"``.
            source_account: The account it acts for. Default: the repository's own.
            source_arn: The resource it acts for, whole or with ``*``. Default: any.
        """
        return Service(service, source_account, source_arn)


def _arn(identity: object, member: str) -> str:
    """Return the ARN of an identity; what has none stays what it is, for problems() to say so."""
    return cast("str", getattr(identity, member, identity))
