"""A repository that the app does not own.

Layer: constructs.
"""

from __future__ import annotations

import re
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_constructs.constructs.access import RepositoryAccess
from ecr_constructs.constructs.exemptions import Exemptions
from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.constructs.resource_policy import ResourcePolicy
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.hand_over import HandOver
from ecr_constructs.model.unresolved import is_token

_ARN: Final = re.compile(
    r"arn:(?P<partition>[a-z-]+):ecr:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):repository/(?P<name>.+)"
)


class ReferencedRepository(RepositoryAccess):
    """A repository that the app does not own; made by ``GovernedRepository.from_...``.

    A grant to an identity takes effect through the identity's own policy. What
    the repository's policy would have to say cannot be written from here: it is
    in :attr:`hand_over`, and synthesis warns with it.

    Args:
        scope: Where to put the reference.
        construct_id: Id in ``scope``.
        repository_name: The repository.
        repository_arn: Its ARN. Default: in the account and Region of the stack.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository_name: str,
        repository_arn: str | None = None,
    ) -> None:
        self._ledger = ledger_of(scope)
        self._ledger.open()
        super().__init__(scope, construct_id, environment_from_arn=repository_arn)
        place = self._ledger.place
        self._name = repository_name
        self._arn = repository_arn or (
            f"arn:{place.partition}:ecr:{place.region}:{place.account}:repository/{repository_name}"
        )
        self._gate = ResourcePolicy(
            path=lambda: f"{scope.node.path}/{construct_id}",
            ledger=self._ledger,
            organization_id=None,
            exemptions=Exemptions((), ()),
        )

    @classmethod
    def from_arn(
        cls, scope: Construct, construct_id: str, repository_arn: str
    ) -> ReferencedRepository:
        """Return the repository that an ARN names.

        Raises:
            ConfigurationError: If it is a token or no repository's ARN.
        """
        if is_token(repository_arn):
            raise ConfigurationError(
                "repository_arn must be known at synthesis, got a token; use"
                " from_repository_attributes(repository_arn=..., repository_name=...)",
                path=f"{scope.node.path}/{construct_id}",
            )
        found = _ARN.fullmatch(repository_arn)
        if found is None:
            raise ConfigurationError(
                f"repository_arn must be the ARN of a repository, got {repository_arn!r}; write for"
                " example 'arn:aws:ecr:eu-west-1:111122223333:repository/payments/api'",
                path=f"{scope.node.path}/{construct_id}",
            )
        return cls(
            scope, construct_id, repository_name=found["name"], repository_arn=repository_arn
        )

    @property
    def repository_name(self) -> str:
        """The name as given."""
        return self._name

    @property
    def repository_arn(self) -> str:
        """The ARN as given, or in the account and Region of the stack."""
        return self._arn

    def add_to_resource_policy(
        self, statement: iam.PolicyStatement
    ) -> iam.AddToResourcePolicyResult:
        """Note a statement for :attr:`hand_over`; it does not take effect from here."""
        self._add(statement)
        return iam.AddToResourcePolicyResult(statement_added=False)

    @property
    def hand_over(self) -> HandOver | None:
        """What the repository's owner must add to its policy; None if nothing."""
        policy = self._gate.policy
        if not policy.statements:
            return None
        found = _ARN.fullmatch(self._arn)
        return HandOver(
            repository_name=self._name,
            account=found["account"] if found else self._ledger.place.account,
            region=found["region"] if found else self._ledger.place.region,
            policy=policy,
        )

    def write_policy(self) -> None:
        """Warn of what must be handed over; the library calls it at synthesis."""
        self._gate.warn(self)
        hand_over = self.hand_over
        if hand_over is not None:
            cdk.Annotations.of(self).add_warning_v2("ecr-constructs:hand-over", hand_over.sentence)
