"""A repository that the app does not own.

Layer: constructs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_constructs.constructs.access import RepositoryAccess
from ecr_constructs.constructs.exemptions import Exemptions
from ecr_constructs.constructs.hand_over import hand_overs_of, told
from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.constructs.pushers import Pushers
from ecr_constructs.constructs.resource_policy import ResourcePolicy
from ecr_constructs.constructs.slot import baseline_for
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.hand_over import HandOver
from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import Problem, problem_at, refuse
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.repository import name_problems
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

    Raises:
        ConfigurationError: If no repository can have that name or ARN, or they
            name two repositories.
    """

    _given_name: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository_name: str,
        repository_arn: str | None = None,
    ) -> None:
        wrong = list(_problems(repository_name, repository_arn))
        if wrong:
            refuse(wrong, path=f"{scope.node.path}/{construct_id}".lstrip("/"))
        self._ledger = ledger_of(scope)
        self._ledger.open()
        super().__init__(scope, construct_id, environment_from_arn=repository_arn)
        place = self._ledger.place
        organization = baseline_for(scope, self._ledger.slot).organization_id
        self._given_name = repository_name
        self._arn = repository_arn or (
            f"arn:{place.partition}:ecr:{place.region}:{place.account}:repository/{repository_name}"
        )
        self._gate = ResourcePolicy(
            path=lambda: f"{scope.node.path}/{construct_id}".lstrip("/"),
            ledger=self._ledger,
            place=self._place(organization),
            exemptions=Exemptions((), ()),
        )
        hand_overs_of(self._ledger).add(lambda: filter(None, [self.hand_over]))

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
        found = _ARN.fullmatch(str(repository_arn))
        name = found["name"] if found else ""
        return cls(scope, construct_id, repository_name=name, repository_arn=str(repository_arn))

    @property
    def repository_name(self) -> str:
        """The name as given."""
        return self._given_name

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
        return HandOver(
            repository_name=self._given_name,
            account=self._gate.place.account,
            region=self._gate.place.region,
            policy=policy,
        )

    @property
    def _pushers(self) -> Pushers:
        place, slot = self._gate.place, self._ledger.slot
        if is_token(place.account) or is_token(place.region):
            return slot.pushers
        return slot.neighbour(RegistryReference(place.account, place.region)).pushers

    def _place(self, organization_id: str | None) -> Place:
        found = _ARN.fullmatch(self._arn)
        if found is None:
            environment = self.env
            return replace(
                self._ledger.place,
                account=environment.account,
                region=environment.region,
                organization_id=organization_id,
            )
        return Place(
            account=found["account"],
            region=found["region"],
            partition=found["partition"],
            organization_id=organization_id,
        )

    def write_at_synthesis(self) -> None:
        """Warn of what must be handed over; the library calls it at synthesis."""
        self._gate.warn(self)
        hand_over = self.hand_over
        if hand_over is not None:
            sentence = told(hand_over, self._ledger.stack)
            cdk.Annotations.of(self).add_warning_v2("ecr-constructs:hand-over", sentence)


def _problems(repository_name: str, repository_arn: str | None) -> Iterator[Problem]:
    if not isinstance(cast("object", repository_name), str):
        yield problem_at(
            "repository_name",
            f"repository_name must be a string, got {repository_name!r}",
            "write for example 'payments/api'",
        )
        return
    if repository_arn is None or is_token(repository_arn):
        yield from name_problems(repository_name)
        return
    found = _ARN.fullmatch(str(repository_arn))
    if found is None:
        yield problem_at(
            "repository_arn",
            f"repository_arn must be the ARN of a repository, got {repository_arn!r}",
            "write for example 'arn:aws:ecr:eu-west-1:111122223333:repository/payments/api'",
        )
        return
    yield from name_problems(repository_name)
    if not is_token(repository_name) and repository_name != found["name"]:
        yield problem_at(
            "repository_name",
            f"repository_name must be the one in repository_arn, {found['name']!r}, got"
            f" {repository_name!r}",
            f"write {found['name']!r}",
        )
