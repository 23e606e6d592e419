"""What a resource policy belongs to, and what differs between the three kinds.

Layer: model; imports ``service`` only.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html,
https://docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policies.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ecr_constructs.model.problem import Severity
from ecr_constructs.service import actions, limits, public_actions


class PolicyKind(StrEnum):
    """What a resource policy is attached to."""

    REPOSITORY = "repository"  # a private repository
    REGISTRY = "registry"  # the private registry of an account in a Region, scope V2
    PUBLIC_REPOSITORY = "public-repository"

    @property
    def rules(self) -> PolicyRules:
        """What policies of this kind may hold."""
        return _RULES[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRules:
    """What policies of one kind may hold.

    Attributes:
        what: The words for one.
        actions: The actions that may stand in it.
        account_actions: Actions of the same service that may not, as they act
            on the account and come from an identity policy alone.
        prefix: What the names of its actions begin with.
        needs_resource: Whether each statement must name resources.
        resource_severity: How much a ``Resource`` matters where none is needed.
        text_max: How many characters it may have.
        fold: How to get below that.
    """

    what: str
    actions: frozenset[str]
    account_actions: frozenset[str] = frozenset()
    prefix: str = "ecr:"
    needs_resource: bool = False
    resource_severity: Severity = Severity.ERROR
    text_max: int = limits.POLICY_TEXT_MAX
    fold: str = (
        "fold the accounts into one condition: allow_pull(Principals.organization()) or"
        " Principals.organizational_unit('o-.../r-.../ou-...')"
    )


_RULES: Final = {
    PolicyKind.REPOSITORY: PolicyRules(
        what="a repository policy",
        actions=actions.REPOSITORY,
        account_actions=actions.REGISTRY - actions.REPOSITORY,
    ),
    # Under scope V2, the only one that new registries have, every action may stand in it.
    PolicyKind.REGISTRY: PolicyRules(
        what="a registry policy",
        actions=actions.REPOSITORY | actions.REGISTRY,
        needs_resource=True,
        fold="fold the accounts into one statement with a condition StringEquals"
        " aws:PrincipalOrgID",
    ),
    # The guide's examples have "Resource": "*", and the service is on record refusing one in the
    # policy of a private repository; without it both are sure to work.
    PolicyKind.PUBLIC_REPOSITORY: PolicyRules(
        what="the policy of a public repository",
        actions=public_actions.REPOSITORY,
        account_actions=public_actions.REGISTRY,
        prefix="ecr-public:",
        resource_severity=Severity.WARNING,
        fold="name an organisation or fewer accounts: everybody may pull without it",
    ),
}
