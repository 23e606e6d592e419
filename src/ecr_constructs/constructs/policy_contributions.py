"""What any construct can allow and deny in a registry's policy.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from ecr_constructs.constructs.contributor import RegistryContributor
from ecr_constructs.constructs.parameters import several
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.principal_kinds import PolicyPrincipal
from ecr_constructs.model.problem import refuse
from ecr_constructs.model.repository_filter import as_filters, name_prefix_problems


class PolicyContributions(RegistryContributor):
    """What can be contributed to a registry's policy."""

    @tells_arguments()
    def allow(
        self,
        *principals: PolicyPrincipal,
        actions: Iterable[str],
        repository_prefixes: Iterable[str] = ("",),
    ) -> None:
        """Allow actions in the registry's policy, on many repositories at once.

        It takes effect where the scope of registry policies is ``V2``, as it is
        in every new registry; under ``V1`` ECR looks at three actions only, and
        ``AccountSetting.registry_policy_scope()`` ends that.
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html

        Args:
            principals: Who; see :class:`Principals`.
            actions: What: actions of Amazon ECR.
            repository_prefixes: What the names of the repositories begin with, such
                as ``"payments/"``; ``"prod"`` takes ``production`` too. Default:
                every repository.

        Raises:
            ConfigurationError: If nobody or nothing is named, the policy gets too
                long, or it opens the registry to anybody or lets other accounts
                administer it without an exemption.
        """
        wanted = cast("tuple[str, ...]", several(actions))
        prefixes = as_filters(repository_prefixes)
        by = self.path
        refuse(name_prefix_problems(prefixes), path=by)
        self.contribute(
            "allow(...)",
            lambda settings: settings.policy.allow(
                principals, wanted, tuple(map(str, prefixes)), by=by
            ),
        )

    def deny_outside_organization(self, organization_id: str | None = None) -> None:
        """Deny moving and deleting images of every repository to whoever is outside.

        AWS services that act for the account are not meant. The policy's own
        actions stay allowed, so that a wrong id locks nobody out of mending it.

        Args:
            organization_id: Default: the baseline's organisation.

        Raises:
            ConfigurationError: If there is no organisation, or its id is none.
        """
        by = self.path
        self.contribute(
            "deny_outside_organization(...)",
            lambda settings: settings.policy.deny_outside_organization(organization_id, by=by),
        )

    def deny_outside_vpc_endpoint(self, *vpc_endpoint_ids: str) -> None:
        """Deny moving and deleting images of every repository but through VPC endpoints.

        AWS services that act for the account are not meant; mind people at
        their desks and pipelines outside the VPC.

        Args:
            vpc_endpoint_ids: At least one, such as ``"vpce-1a2b3c4d"``.

        Raises:
            ConfigurationError: If none is given, or one is none.
        """
        by = self.path
        self.contribute(
            "deny_outside_vpc_endpoint(...)",
            lambda settings: settings.policy.deny_outside_vpc_endpoint(vpc_endpoint_ids, by=by),
        )
