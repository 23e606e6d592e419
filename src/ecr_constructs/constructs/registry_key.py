"""The KMS key of a registry.

Layer: constructs.
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from ecr_constructs.model.place import Place


def registry_key(scope: Construct, place: Place) -> kms.Key:
    """Define the key ``Key`` below a registry, for the images of all its repositories.

    Args:
        scope: The registry's owner.
        place: Account and Region.
    """
    key = kms.Key(
        scope,
        "Key",
        description="Encrypts the images of this account's registry",
        enable_key_rotation=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    key.add_to_resource_policy(
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
        iam.PolicyStatement(
            sid="UseThroughEcr",
            principals=[iam.AccountPrincipal(place.account)],
            actions=["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
            resources=["*"],
            conditions={
                "StringEquals": {
                    "kms:ViaService": f"ecr.{place.region}.amazonaws.com",
                    "kms:CallerAccount": place.account,
                }
            },
        )
    )
    return key
