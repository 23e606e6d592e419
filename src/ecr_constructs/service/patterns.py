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
# What stands before a repository's name where it is pulled from:
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
REGISTRY_HOST: Final = re.compile(r"[0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9.-]+/")
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
REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
SERVICE_PRINCIPAL: Final = re.compile(
    r"([a-z0-9-]+\.)+(amazonaws\.(com(\.cn)?|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
)
VPC_ENDPOINT_ID: Final = re.compile(r"vpce-[0-9a-f]{8,17}")
# A Region that a partition of AWS claims; botocore's partitions.json holds these as regionRegex
PARTITION_REGION: Final = re.compile(
    r"(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|us-iso|us-isob|us-isof|eu-isoe|eusc-de)-\w+-\d+",
    re.ASCII,
)

# The two wildcard filters. The schema's own patterns try every way to split a name before they
# give up; these accept the same filters in one pass.
# AWS::ECR::RegistryScanningConfiguration and AWS::ECR::SigningConfiguration, Filter
WILDCARD_FILTER: Final = re.compile(r"[a-z0-9*]+([._/-][a-z0-9*]+)*")
# AWS::ECR::ReplicationConfiguration, Filter, spelt shorter
PREFIX_FILTER: Final = re.compile(r"([a-z0-9][a-z0-9._-]*/)*[a-z0-9._-]*")
# AWS::ECR::RepositoryCreationTemplate, Prefix, and AWS::ECR::PullThroughCacheRule,
# EcrRepositoryPrefix and UpstreamRepositoryPrefix
NAMESPACE_PREFIX: Final = re.compile(f"{REPOSITORY_NAME.pattern}/?|ROOT")
# API, KmsKeyForRepositoryCreationTemplate (CFN takes an alias and an id too)
KEY_ARN: Final = re.compile(
    r"arn:aws[a-z0-9-]*:kms:(?P<region>[a-z0-9-]+):[0-9]{12}:key/[a-z0-9-]+"
)
# AWS::ECR::RepositoryCreationTemplate, CustomRoleArn: its "," to "." leaves "/" out, so no path
TEMPLATE_ROLE_ARN: Final = re.compile(
    r"arn:aws[-a-z0-9]*:iam::(?P<account>[0-9]{12}):role/[A-Za-z0-9+=,\-.@_]*"
)
# API, CustomRoleArn of CreatePullThroughCacheRule, with the path that IAM gives a role
ROLE_ARN: Final = re.compile(
    r"arn:aws(-[a-z]+)*:iam::(?P<account>[0-9]{12}):role/[\w+=,.@-]+(/[\w+=,.@-]+)*", re.ASCII
)
# API, CredentialArn (CFN takes any partition); Region and account are told apart here
CREDENTIAL_ARN: Final = re.compile(
    r"arn:aws(-\w+)*:secretsmanager:(?P<region>[a-zA-Z0-9-]+):(?P<account>[0-9]{12}):secret:"
    r"ecr-pullthroughcache/[a-zA-Z0-9/_+=.@-]+",
    re.ASCII,
)
# UG pull-through-cache-creating-secret.html, and the characters of the ARN above
SECRET_NAME: Final = re.compile(r"ecr-pullthroughcache/[a-zA-Z0-9/_+=.@-]+")
# AWS::ECR::SigningConfiguration, SigningProfileArn
SIGNING_PROFILE_ARN: Final = re.compile(
    r"arn:(?P<partition>aws(-[a-z]+)*):signer:(?P<region>[a-z0-9-]+):[0-9]{12}:"
    r"/signing-profiles/[a-zA-Z0-9_]{2,}"
)
# AWS::ECR::PullTimeUpdateExclusion, PrincipalArn
PULL_TIME_PRINCIPAL: Final = re.compile(
    r"arn:aws(-[a-z]+)*:iam::[0-9]{12}:(?P<kind>role|user)/[\w+=,.@-]+(/[\w+=,.@-]+)*", re.ASCII
)
# AWS::ECR::PublicRepository, RepositoryName, spelt shorter; the length is checked apart
PUBLIC_REPOSITORY_NAME: Final = re.compile(r"[a-z0-9]+([._/-][a-z0-9]+)*")


def identity_arn(kind: str) -> re.Pattern[str]:
    """Return the pattern of the ARNs of IAM's ``kind``, ``"role"`` or ``"user"``.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    return re.compile(rf"arn:aws(-[a-z]+)*:iam::[0-9]{{12}}:{kind}/[\w+=,.@/-]+")
