"""What the managed policies of AWS allow of Amazon ECR, for those that roles often have.

Layer: access; imports ``model`` only.

Source: the policy's page below https://docs.aws.amazon.com/aws-managed-policy/latest/reference/,
read in 2026. AWS adds actions to its policies from time to time.
"""

from __future__ import annotations

from typing import Final

from ecr_constructs.model.policy import Policy
from ecr_constructs.model.statement import Statement
from ecr_constructs.model.unresolved import Text
from ecr_constructs.service import actions

_MANAGED: Final = ":iam::aws:policy/"
_PULL: Final = actions.PULL | {"ecr:GetAuthorizationToken"}
_READ: Final = _PULL | {
    "ecr:DescribeImages",
    "ecr:DescribeImageScanFindings",
    "ecr:DescribeRepositories",
    "ecr:GetLifecyclePolicy",
    "ecr:GetLifecyclePolicyPreview",
    "ecr:GetRepositoryPolicy",
    "ecr:ListImages",
    "ecr:ListTagsForResource",
}
#: Name -> the actions of ECR that it allows on every resource. All allow, none denies.
_ACTIONS: Final = {
    "AdministratorAccess": {"*"},
    "AmazonEC2ContainerRegistryFullAccess": {"ecr:*"},
    "AmazonEC2ContainerRegistryPowerUser": _READ | actions.PUSH,
    "AmazonEC2ContainerRegistryPullOnly": {
        "ecr:BatchGetImage",
        "ecr:BatchImportUpstreamImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
    },
    "AmazonEC2ContainerRegistryReadOnly": _READ,
    "AmazonEKSFargatePodExecutionRolePolicy": _PULL,
    "PowerUserAccess": {"ecr:*"},  # all but iam, organizations and account
    "service-role/AWSAppRunnerServicePolicyForECRAccess": _PULL | {"ecr:DescribeImages"},
    "service-role/AmazonEC2ContainerServiceforEC2Role": _PULL,
    "service-role/AmazonECSTaskExecutionRolePolicy": _PULL,
    # None of ECR:
    "AWSXRayDaemonWriteAccess": set(),
    "AmazonEKSClusterPolicy": set(),
    "AmazonEKSWorkerNodeMinimalPolicy": set(),
    "AmazonEKSWorkerNodePolicy": set(),
    "AmazonEKS_CNI_Policy": set(),
    "AmazonSSMManagedInstanceCore": set(),
    "CloudWatchAgentServerPolicy": set(),
    "service-role/AWSLambdaBasicExecutionRole": set(),
    "service-role/AWSLambdaDynamoDBExecutionRole": set(),
    "service-role/AWSLambdaKinesisExecutionRole": set(),
    "service-role/AWSLambdaSQSQueueExecutionRole": set(),
    "service-role/AWSLambdaVPCAccessExecutionRole": set(),
}
_POLICIES: Final = {
    name: Policy.of(Statement(actions=tuple(sorted(allowed)), resources=("*",)))
    if allowed
    else Policy()
    for name, allowed in _ACTIONS.items()
}


def managed_policy(arn: Text) -> Policy | None:
    """Return what a managed policy of AWS allows of ECR; None for one that is not listed."""
    last = arn if isinstance(arn, str) else arn.parts[-1]
    return _POLICIES.get(last.partition(_MANAGED)[2]) if isinstance(last, str) else None
