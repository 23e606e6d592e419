"""What the resources of the installed aws-cdk-lib have, and from which release on.

Layer: constructs.

jsii drops a member that the installed library does not know in silence, so that a
template would lack what was asked for: it is refused instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import Final

from aws_cdk import aws_ecr as ecr

from ecr_constructs.model.problem import Problem, problem_at

_LIBRARY: Final = "aws-cdk-lib"


@dataclass(frozen=True, slots=True)
class CdkMember:
    """A member of a resource that older releases of aws-cdk-lib lack.

    Attributes:
        resource: The L1 that has it.
        struct: The class of the member's value, which tells whether it is there.
        type: The resource's type in CloudFormation.
        name: The member's name there.
        since: The first release that has it.
    """

    resource: type
    struct: str
    type: str
    name: str
    since: str

    @property
    def is_there(self) -> bool:
        """Whether the installed library has it."""
        return hasattr(self.resource, self.struct)

    def problems(self, parameter: str) -> Iterator[Problem]:
        """Yield whether the installed library lacks it.

        Args:
            parameter: The parameter that asks for it.
        """
        if not self.is_there:
            yield problem_at(
                parameter,
                f"{parameter} needs {_LIBRARY} {self.since} or newer, from which on {self.type} has"
                f" {self.name}, got {metadata.version(_LIBRARY)!r}",
                f"install '{_LIBRARY}>={self.since}', or leave it out",
            )


#: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication-delete.html
DELETE_REPLICATION: Final = CdkMember(
    resource=ecr.CfnReplicationConfiguration,
    struct="DeleteReplicationProperty",
    type="AWS::ECR::ReplicationConfiguration",
    name="DeleteReplication",
    since="2.278.0",
)
