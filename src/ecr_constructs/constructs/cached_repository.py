"""A repository that a pull through cache rule makes when an image is first pulled.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, final

from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_constructs.constructs.cdk_statements import cdk_statement_problems, to_document
from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.constructs.repository_events import RepositoryEvents
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import refuse
from ecr_constructs.model.statement import Principal, Statement
from ecr_constructs.model.statement_document import parse_statement
from ecr_constructs.model.unresolved import is_token
from ecr_constructs.service import actions as ecr_actions
from ecr_constructs.service import registry_actions

_LAMBDA: Final = "lambda.amazonaws.com"
_PULL: Final = ecr_actions.PULL | registry_actions.IMPORT


@final
class CachedRepository(RepositoryEvents):
    """A repository of a pull through cache; made by :meth:`PullThroughCache.repository`.

    It exists from the first pull on. Pulling therefore includes importing the
    image from the upstream and creating the repository. It is an
    :class:`aws_cdk.aws_ecr.IRepository`: ECS, CodeBuild and pipelines take it as
    it is. Lambda cannot pull through a cache and is refused, and so is pushing:
    what is pushed below a cache's prefix is stale for up to a day.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html

    Args:
        scope: Where to put it.
        construct_id: Id in ``scope``.
        repository_name: Its name, the cache's prefix included.
        place: The registry of the cache.
        allow: Allows a statement in the registry's policy.
        tag: Grants a principal what it takes if the registry's template sets tags.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository_name: str,
        place: Place,
        allow: Callable[[Statement], None],
        tag: Callable[[iam.IGrantable, str], None],
    ) -> None:
        arn = f"arn:{place.partition}:ecr:{place.region}:{place.account}:repository/"
        self._name = repository_name
        self._arn = f"{arn}{repository_name}"
        self._place = place
        self._allow = allow
        self._tag = tag
        super().__init__(scope, construct_id, environment_from_arn=self._arn)

    @property
    def repository_name(self) -> str:
        """The name, the cache's prefix included."""
        return self._name

    @property
    def repository_arn(self) -> str:
        """The ARN, in the account and Region of the cache."""
        return self._arn

    @property
    def _event_source(self) -> tuple[str, Place]:
        return self._name, self._place

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Grant actions; CDK's own ``grant_pull`` and ``grant_read`` come here.

        Whoever may pull may also import and create, and tag what is created if
        its template sets tags.

        Raises:
            ConfigurationError: If it is to push, or a Lambda function is to pull.
        """
        wanted = frozenset(actions)
        if wanted & (ecr_actions.PUSH - ecr_actions.PULL):
            raise ConfigurationError(
                f"a repository of a pull through cache must not be pushed to, got {self._name!r};"
                " push to a repository of your own",
                path=self.node.path,
            )
        pulls = bool(wanted & ecr_actions.PULL)
        if pulls:
            wanted |= _PULL
        account = grantee.grant_principal.principal_account
        if self._is_elsewhere(account) and not isinstance(grantee, iam.AccountPrincipal):
            # An identity of another account: its own policy, and the account in the registry's.
            # The identity itself is not named, as between registries travel strings only.
            root = Principal("AWS", f"arn:{self._place.partition}:iam::{account}:root")
            self._allow(
                Statement(principals=(root,), actions=tuple(sorted(wanted)), resources=(self._arn,))
            )
            grant = iam.Grant.add_to_principal(
                grantee=grantee, actions=sorted(wanted), resource_arns=[self._arn]
            )
        else:
            grant = iam.Grant.add_to_principal_or_resource(
                grantee=grantee,
                actions=sorted(wanted),
                resource_arns=[self._arn],
                resource_self_arns=[self._arn],
                resource=self,
            )
        if pulls:
            self._tag(grantee, self._arn)
        return grant

    def add_to_resource_policy(
        self, statement: iam.PolicyStatement
    ) -> iam.AddToResourcePolicyResult:
        """Allow something in the registry's policy, on this repository alone.

        A repository that does not exist yet has no policy of its own.

        Raises:
            ConfigurationError: If a Lambda function is to pull, or the registry's
                policy refuses the statement.
        """
        refuse(cdk_statement_problems(statement), path=self.node.path)
        document = to_document(statement, ledger_of(self))
        parsed, problems = parse_statement({**document, "Resource": self._arn}, "statement")
        refuse(problems, path=self.node.path)
        assert parsed is not None
        refuse_lambda(parsed.principals, self._name, self.node.path)
        self._allow(replace(parsed, sid=None))
        return iam.AddToResourcePolicyResult(statement_added=True, policy_dependable=self)

    def _is_elsewhere(self, account: str | None) -> bool:
        if account is None or is_token(account) or is_token(self._place.account):
            return False
        return account != self._place.account


def refuse_lambda(principals: Iterable[Principal], repository_name: str, path: str) -> None:
    """Refuse the principal of Lambda's service.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html

    Raises:
        ConfigurationError: If it is among them.
    """
    if any(each.value == _LAMBDA for each in principals):
        raise ConfigurationError(
            "a Lambda function must not take its image from a pull through cache, got"
            f" {repository_name!r}, as Lambda cannot pull from one; copy the image into a"
            " repository of your own and use that",
            path=path,
        )
