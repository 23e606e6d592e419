"""The L1 of a repository, made from the model's properties.

Layer: constructs.
"""

from __future__ import annotations

from typing import Any

import jsii
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_constructs.constructs._jsii import no_overrides, to_jsii


@no_overrides
class CfnRepository(ecr.CfnRepository):
    """The L1, made from CloudFormation's properties.

    The generated constructor checks and copies every value twice, at a sixth
    of the cost of a repository. jsii drops a misspelt name in silence, so a
    test reads back every property.
    """

    def __init__(self, scope: Construct, properties: dict[str, Any]) -> None:
        jsii.create(ecr.CfnRepository, self, [scope, "Resource", to_jsii(properties)])
