"""The L1 of a repository, made from the model's properties.

Layer: constructs.
"""

from __future__ import annotations

from typing import Any, Final

import jsii
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_constructs.constructs._jsii import no_overrides

#: Below these, names are not CloudFormation's, and stay as they are.
_OPAQUE: Final = frozenset({"RepositoryPolicyText"})


@no_overrides
class CfnRepository(ecr.CfnRepository):
    """The L1, made from CloudFormation's properties.

    The generated constructor checks and copies every value twice, at a sixth
    of the cost of a repository. jsii drops a misspelt name in silence, so a
    test reads back every property.
    """

    def __init__(self, scope: Construct, properties: dict[str, Any]) -> None:
        jsii.create(ecr.CfnRepository, self, [scope, "Resource", _to_jsii(properties)])


def _to_jsii(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the properties as the L1's struct spells them: the first letter is lower case."""
    return {
        name[0].lower() + name[1:]: value if name in _OPAQUE else _values_to_jsii(value)
        for name, value in properties.items()
    }


def _values_to_jsii(value: Any) -> Any:
    if isinstance(value, dict):
        return _to_jsii(value)
    if isinstance(value, list):
        return [_values_to_jsii(each) for each in value]
    return value
