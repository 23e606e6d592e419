"""Who may use a repository: grants to identities, statements for everybody else.

Layer: constructs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

from aws_cdk import aws_iam as iam

from ecr_constructs.constructs._jsii import DeferredGrant, no_overrides, on_this_side
from ecr_constructs.constructs.cdk_statements import named_by_policy
from ecr_constructs.constructs.ledger import StackLedger
from ecr_constructs.constructs.named_principals import grantee_problems
from ecr_constructs.constructs.pushers import Pushers
from ecr_constructs.constructs.repository_events import RepositoryEvents
from ecr_constructs.constructs.resource_policy import ResourcePolicy
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.place import Place
from ecr_constructs.model.principal_kinds import PolicyPrincipal
from ecr_constructs.service import actions as ecr_actions


@no_overrides
class RepositoryAccess(RepositoryEvents):
    """The grants and the policy of a repository, owned by the app or not.

    A subclass sets these attributes after its own construction, and opens the
    ledger before. ``_given_name`` is None where CloudFormation makes a name up.
    """

    _gate: ResourcePolicy
    _ledger: StackLedger
    _given_name: str | None

    @property
    def _event_source(self) -> tuple[str, Place]:
        return self._given_name or self.repository_name, self._gate.place

    @property
    def _pushers(self) -> Pushers:
        """Who pushes to the registry that the repository lies in."""
        return self._ledger.slot.pushers

    @abstractmethod
    def write_at_synthesis(self) -> None:
        """Write the policy to where it belongs; the library calls it at synthesis."""

    @on_this_side
    def grant_pull(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grant pulling; an identity also gets ``ecr:GetAuthorizationToken``."""
        return self._answer(grantee, ecr_actions.PULL) or super().grant_pull(grantee)

    @on_this_side
    def grant_push(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grant pushing; an identity also gets ``ecr:GetAuthorizationToken``.

        Where the registry signs what is pushed, it gets ``signer:SignPayload`` too.
        """
        grant = self._answer(grantee, ecr_actions.PUSH) or super().grant_push(grantee)
        self._pushers.push(self._given_name, grantee)
        return grant

    @on_this_side
    def grant_pull_push(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grant pulling and pushing; an identity also gets what it takes, as above."""
        grant = self._answer(grantee, ecr_actions.PULL_PUSH) or super().grant_pull_push(grantee)
        self._pushers.push(self._given_name, grantee)
        return grant

    @on_this_side
    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grant describing the repository and its images."""
        return self._answer(grantee, ecr_actions.READ) or super().grant_read(grantee)

    @tells_arguments()
    def allow_pull(self, *principals: PolicyPrincipal) -> None:
        """Allow pulling in the repository policy.

        Principals of other accounts need it in a policy of their own as well,
        with ``ecr:GetAuthorizationToken``.

        Args:
            principals: Who; see :class:`Principals`.

        Raises:
            ConfigurationError: If nobody is named, or somebody is not well named.
        """
        self.allow(*principals, actions=ecr_actions.PULL)

    @tells_arguments()
    def allow_push(self, *principals: PolicyPrincipal) -> None:
        """Allow pushing in the repository policy; see :meth:`allow_pull`."""
        self.allow(*principals, actions=ecr_actions.PUSH)

    @tells_arguments()
    def allow_pull_push(self, *principals: PolicyPrincipal) -> None:
        """Allow pulling and pushing in the repository policy; see :meth:`allow_pull`."""
        self.allow(*principals, actions=ecr_actions.PULL_PUSH)

    @tells_arguments()
    def allow_read(self, *principals: PolicyPrincipal) -> None:
        """Allow describing the repository and its images; see :meth:`allow_pull`."""
        self.allow(*principals, actions=ecr_actions.READ)

    @tells_arguments()
    def allow(self, *principals: PolicyPrincipal, actions: Iterable[str]) -> None:
        """Allow actions in the repository policy; see :meth:`allow_pull`.

        Args:
            principals: Who.
            actions: What: actions of Amazon ECR that act on a repository.
        """
        self._gate.allow(principals, actions)
        self._schedule()

    def deny_outside_organization(self, organization_id: str | None = None) -> None:
        """Deny moving and deleting images to whoever is outside the organisation.

        AWS services that act for the account are not meant. The policy's own
        actions stay allowed, so that a wrong id locks nobody out of mending it.

        Args:
            organization_id: Default: the baseline's organisation.

        Raises:
            ConfigurationError: If there is no organisation, or its id is none.
        """
        self._gate.deny_outside_organization(organization_id)
        self._schedule()

    def deny_outside_vpc_endpoint(self, *vpc_endpoint_ids: str) -> None:
        """Deny moving and deleting images to requests through other ways than VPC endpoints.

        AWS services that act for the account are not meant; mind people at
        their desks and pipelines outside the VPC.

        Args:
            vpc_endpoint_ids: At least one, such as ``"vpce-1a2b3c4d"``.

        Raises:
            ConfigurationError: If none is given, or one is none.
        """
        self._gate.deny_outside_vpc_endpoint(vpc_endpoint_ids)
        self._schedule()

    def _schedule(self) -> None:
        self._ledger.schedule(self)

    def _answer(self, grantee: iam.IGrantable, wanted: frozenset[str]) -> iam.Grant | None:
        # Of the class, as asking the object itself costs a round trip.
        principal = "grant_principal"
        if not hasattr(type(grantee), principal) and not hasattr(grantee, principal):
            self._gate.refuse(grantee_problems(grantee), ())
        statement = named_by_policy(grantee, wanted, self._ledger)
        if statement is None:
            return None
        self._gate.add([statement])
        self._schedule()
        return DeferredGrant.of(
            lambda: iam.Grant.add_to_principal_or_resource(
                actions=sorted(wanted),
                grantee=grantee,
                resource=self,
                resource_arns=[self.repository_arn],
                resource_self_arns=[],
            )
        )

    def _add(self, statement: iam.PolicyStatement) -> None:
        self._gate.add_cdk(statement)
        self._schedule()
