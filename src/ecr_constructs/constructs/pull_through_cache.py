"""Pull through caches: the rule, what it logs in with, its template, and who may pull.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, Protocol, final

from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_constructs.constructs.cached_repository import CachedRepository, refuse_lambda
from ecr_constructs.constructs.registry_context import RegistryContext, child, namespace_id
from ecr_constructs.model.place import Place
from ecr_constructs.model.principal_kinds import PolicyPrincipal
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.statement import Statement
from ecr_constructs.model.template_request import names_below
from ecr_constructs.model.upstream import Upstream
from ecr_constructs.service import actions as ecr_actions
from ecr_constructs.service import registry_actions

if TYPE_CHECKING:
    from ecr_constructs.constructs.registry_settings import RegistrySettings


class Contribute(Protocol):
    """Does something to a registry's settings; see :class:`RegistryContributor`."""

    def __call__(self, what: str, contribution: Callable[[RegistrySettings], None]) -> None:
        """Do it, now or when the registry has an owner."""


#: Below a construct: what stands for the repositories that are pulled through a cache.
_REPOSITORIES: Final = "CachedRepositories"


@final
class PullThroughCache:
    """A pull through cache of a registry; made by ``add_pull_through_cache``.

    It is no construct: the rule, its role and its template lie below the
    registry's owner, and may do so later than this is made.

    Args:
        rule: The rule.
        place: The registry.
        scope: What asked for it; what stands for its repositories lies below.
        path: The path of that.
        contribute: Does something to the registry's settings, now or when it has
            an owner.
    """

    def __init__(
        self,
        rule: PullThroughCacheRule,
        *,
        place: Place,
        scope: Construct,
        path: str,
        contribute: Contribute,
    ) -> None:
        self._rule = rule
        self._place = place
        self._scope = scope
        self._path = path
        self._contribute = contribute

    @property
    def upstream(self) -> Upstream:
        """The registry that is cached."""
        return self._rule.upstream

    @property
    def ecr_repository_prefix(self) -> str:
        """The namespace of the cached repositories."""
        return str(self._rule.ecr_repository_prefix)

    def repository(self, image: str) -> CachedRepository:
        """Return the repository that caches an image, as an :class:`aws_cdk.aws_ecr.IRepository`.

        The same image gives the same object.

        Args:
            image: Its name at the upstream, with the namespace, without host, tag
                or digest: ``"library/nginx"``. Known at synthesis.

        Raises:
            ConfigurationError: If the upstream can have no such image.

        Example:
            >>> nginx = cache.repository("library/nginx")
        """
        self._refuse(self._rule.image_problems(image))
        return self._cached(self._rule.repository_name(image))

    def grant_pull_through(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grant pulling every image of the upstream, importing and creating included.

        Args:
            grantee: An identity; one of another account gets the permission in its
                own policy and its account in the registry's.

        Raises:
            ConfigurationError: If it is a Lambda function's service, which cannot
                pull through a cache.
        """
        return self._cached(f"{names_below(self.ecr_repository_prefix)}*").grant_pull(grantee)

    def allow_pull_through(self, *principals: PolicyPrincipal) -> None:
        """Allow pulling every image of the upstream in the registry's policy.

        Principals of other accounts need it in a policy of their own as well,
        with ``ecr:GetAuthorizationToken``.

        Args:
            principals: Who; see :class:`Principals`.

        Raises:
            ConfigurationError: If nobody is named, or somebody is not well named.
        """
        wanted = ecr_actions.PULL | registry_actions.IMPORT
        prefix = names_below(self.ecr_repository_prefix)
        by = self._path
        for each in principals:
            if isinstance(each, PolicyPrincipal):
                for subject in each.subjects(self._place):
                    refuse_lambda(subject.principals, f"{prefix}*", by)
        self._contribute(
            "allow_pull_through(...)",
            lambda settings: settings.policy.allow(
                principals, wanted, (prefix,), creating=self.ecr_repository_prefix, by=by
            ),
        )

    def _cached(self, repository_name: str) -> CachedRepository:
        below = child(self._scope, _REPOSITORIES)
        construct_id = namespace_id(repository_name)
        found = below.node.try_find_child(construct_id)
        if isinstance(found, CachedRepository):
            return found
        return CachedRepository(
            below,
            construct_id,
            repository_name=repository_name,
            place=self._place,
            allow=self._allow,
            tag=self._tag,
        )

    def _allow(self, statement: Statement) -> None:
        by = self._path
        self._contribute(
            "a grant to pull through a cache",
            lambda settings: settings.policy.add(
                statement, creating=self.ecr_repository_prefix, by=by
            ),
        )

    def _tag(self, grantee: iam.IGrantable, arn: str) -> None:
        def grant() -> None:
            iam.Grant.add_to_principal(
                grantee=grantee, actions=[registry_actions.TAG], resource_arns=[arn]
            )

        self._contribute(
            "a grant to pull through a cache",
            lambda settings: settings.templates.when_tagged(self.ecr_repository_prefix, grant),
        )

    def _refuse(self, problems: Iterable[Problem]) -> None:
        RegistryContext.refuse(problems, self._path)
