"""What every setting of a registry knows of the registry.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct, Node

from ecr_constructs.constructs.exemptions import Exemptions
from ecr_constructs.constructs.ledger import StackLedger
from ecr_constructs.model.baseline import Baseline, Exemption
from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import Problem, Severity, refuse
from ecr_constructs.model.registry_needs import repositories_arn


@dataclass(frozen=True, eq=False)
class RegistryContext:
    """The registry that a setting belongs to.

    Attributes:
        owner: The construct that owns it; resources lie below.
        ledger: The ledger of the owner's stack.
        baseline: What every repository has to meet.
        exemptions: Given for the registry.
        beside: The exemption under which it is owned beside another owner; what a
            registry has once carries it. None for the one owner.
        encryption_key: Returns the registry's key; None where the baseline asks for none.
    """

    owner: Construct
    ledger: StackLedger
    baseline: Baseline
    exemptions: tuple[Exemption, ...]
    beside: tuple[Exemption, ...]
    encryption_key: Callable[[], kms.IKey | None]

    @property
    def place(self) -> Place:
        """Account, Region and partition; tokens where the stack has none."""
        return self.ledger.place

    @property
    def node(self) -> Node:
        """The owner's node."""
        return self.owner.node

    def repositories(self, prefix: str = "") -> str:
        """Return the ARN of all repositories whose names begin with ``prefix``."""
        return repositories_arn(self.place, prefix)

    def exemptions_for(self, own: Iterable[Exemption] = ()) -> Exemptions:
        """Return what one resource may rely on.

        Args:
            own: Given for this resource.
        """
        return Exemptions(own, [*self.exemptions, *self.baseline.exemptions])

    def warn(self, problems: Iterable[Problem]) -> None:
        """Put what ECR takes and should not on the owner."""
        for problem in problems:
            if problem.severity is not Severity.ERROR:
                cdk.Annotations.of(self.owner).add_warning_v2(
                    f"ecr-constructs:{problem.id}", problem.sentence
                )

    @staticmethod
    def refuse(problems: Iterable[Problem], by: str) -> None:
        """Raise all errors at once.

        Args:
            problems: What is wrong.
            by: The path of the construct that contributes.

        Raises:
            ConfigurationError: If there is one.
        """
        refuse(problems, path=by)


def child(scope: Construct, construct_id: str) -> Construct:
    """Return a construct below another one; it is made when there is none."""
    found = scope.node.try_find_child(construct_id)
    return Construct(scope, construct_id) if found is None else _construct(found)


def _construct(found: object) -> Construct:
    assert isinstance(found, Construct)
    return found


def namespace_id(prefix: str) -> str:
    """Return the id of what belongs to a prefix: as it is, as an id holds no ``/``."""
    return prefix.replace("/", ":")
