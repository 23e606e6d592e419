"""The L1s of a registry's settings, made from the model's properties.

Layer: constructs.

What stands for a setting outlives its stack: a registry without its policy, or a
cache rule that is gone, stops what runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_constructs.constructs._jsii import camel_case, no_overrides, to_jsii
from ecr_constructs.model.baseline import Exemption


@no_overrides
class CfnRegistryPolicy(ecr.CfnRegistryPolicy):
    """The policy of a registry."""

    def __init__(self, scope: Construct, construct_id: str, properties: Mapping[str, Any]) -> None:
        _create(ecr.CfnRegistryPolicy, self, scope, construct_id, properties)


@no_overrides
class CfnReplicationConfiguration(ecr.CfnReplicationConfiguration):
    """Where a registry replicates to."""

    def __init__(self, scope: Construct, construct_id: str, properties: Mapping[str, Any]) -> None:
        _create(ecr.CfnReplicationConfiguration, self, scope, construct_id, properties)


@no_overrides
class CfnRegistryScanningConfiguration(ecr.CfnRegistryScanningConfiguration):
    """How a registry scans."""

    def __init__(self, scope: Construct, construct_id: str, properties: Mapping[str, Any]) -> None:
        _create(ecr.CfnRegistryScanningConfiguration, self, scope, construct_id, properties)


@no_overrides
class CfnRepositoryCreationTemplate(ecr.CfnRepositoryCreationTemplate):
    """What repositories are like that Amazon ECR creates."""

    def __init__(self, scope: Construct, construct_id: str, properties: Mapping[str, Any]) -> None:
        _create(ecr.CfnRepositoryCreationTemplate, self, scope, construct_id, properties)


@no_overrides
class CfnPullThroughCacheRule(ecr.CfnPullThroughCacheRule):
    """Which upstream stands behind a prefix."""

    def __init__(self, scope: Construct, construct_id: str, properties: Mapping[str, Any]) -> None:
        _create(ecr.CfnPullThroughCacheRule, self, scope, construct_id, properties)


@no_overrides
class CfnSigningConfiguration(ecr.CfnSigningConfiguration):
    """Which images are signed."""

    def __init__(self, scope: Construct, construct_id: str, properties: Mapping[str, Any]) -> None:
        _create(ecr.CfnSigningConfiguration, self, scope, construct_id, properties)


@no_overrides
class CfnPullTimeUpdateExclusion(ecr.CfnPullTimeUpdateExclusion):
    """Whose pulls do not count.

    It goes with its stack, as its role does: what is left then is only that pulls
    count again, and one that stayed would stand in the way of its successor.
    """

    def __init__(self, scope: Construct, construct_id: str, properties: Mapping[str, Any]) -> None:
        jsii.create(
            ecr.CfnPullTimeUpdateExclusion, self, [scope, construct_id, to_jsii(properties)]
        )


R = TypeVar("R", bound=cdk.CfnResource)


def _create(
    kind: type[R], resource: R, scope: Construct, construct_id: str, properties: Mapping[str, Any]
) -> None:
    jsii.create(kind, resource, [scope, construct_id, to_jsii(properties)])
    jsii.invoke(resource, "applyRemovalPolicy", [cdk.RemovalPolicy.RETAIN])


def write_properties(
    resource: cdk.CfnResource, properties: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    """Write properties anew, as far as they differ from what was written before."""
    for name in {**before, **properties}:
        if properties.get(name) != before.get(name):
            value = to_jsii({name: properties[name]}) if name in properties else {}
            jsii.set(resource, camel_case(name), value.get(camel_case(name)))


def record_exemptions(resource: cdk.CfnResource, exemptions: Iterable[Exemption]) -> None:
    """Write the exemptions that a resource relies on into its metadata."""
    recorded = tuple(exemptions)
    if recorded:
        from ecr_constructs.constructs.validation import acknowledge_exemptions

        resource.add_metadata(
            "EcrConstructs", {"exemptions": [each.to_metadata() for each in recorded]}
        )
        acknowledge_exemptions(resource, recorded)
