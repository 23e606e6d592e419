"""The patterns that Amazon ECR checks names against.

Each is the pattern of the resource's schema in the CloudFormation registry.
Python's ``$`` also matches before a final line break, so match with ``fullmatch``.
"""

from __future__ import annotations

import re
from typing import Final

# AWS::ECR::Repository, RepositoryName; the length is checked apart, to say which of the two fails
REPOSITORY_NAME: Final = re.compile(
    r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
)
# AWS::ECR::Repository, ImageTagMutabilityExclusionFilterValue
EXCLUSION_FILTER: Final = re.compile(r"[0-9a-zA-Z._*-]{1,128}")
ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")  # API, RegistryId
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
ORGANIZATION_ID: Final = re.compile(r"o-[a-z0-9]{10,32}")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
# aws:PrincipalOrgPaths: organisation, root, then organisational units; "*" for all below
ORGANIZATION_PATH: Final = re.compile(
    r"o-[a-z0-9]{10,32}/r-[a-z0-9]{4,32}(/ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})*(/\*?)?"
)
REGION: Final = re.compile(r"[a-z]{2,3}(-[a-z]+)+-[0-9]+")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
SERVICE_PRINCIPAL: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
VPC_ENDPOINT_ID: Final = re.compile(r"vpce-[0-9a-f]{8,17}")


def identity_arn(kind: str) -> re.Pattern[str]:
    """Return the pattern of the ARNs of IAM's ``kind``, ``"role"`` or ``"user"``.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    return re.compile(rf"arn:aws(-[a-z]+)*:iam::[0-9]{{12}}:{kind}/[\w+=,.@/-]+")
