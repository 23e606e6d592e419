"""The roles with which Amazon ECR works in an account.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_constructs.model.policy import VERSION


def service_role(
    scope: Construct,
    *,
    service: str,
    description: str,
    policy_name: str,
    statements: Sequence[Mapping[str, Any]],
) -> iam.Role:
    """Define the role ``Role`` below a construct, for one of Amazon ECR's services.

    It has no name, so that permissions boundaries and several Regions work. Its
    policy lies in the role itself: what takes the role needs no word that it
    depends on a policy. It outlives its stack, as that does.

    Args:
        scope: What takes the role.
        service: The principal that assumes it.
        description: What it does.
        policy_name: What its policy is called.
        statements: The policy's statements, as IAM spells them; they allow.
    """
    document = {
        "Version": VERSION,
        "Statement": [{"Effect": "Allow", **statement} for statement in statements],
    }
    role = iam.Role(
        scope,
        "Role",
        description=description,
        assumed_by=iam.ServicePrincipal(service),
        inline_policies={policy_name: iam.PolicyDocument.from_json(document)},
    )
    role.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    return role
