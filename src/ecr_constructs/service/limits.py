"""The limits of Amazon ECR as numbers, each with the page or model that states it.

``CFN`` is the resource's schema in the CloudFormation registry, ``API`` the
service model that botocore ships, ``UG`` the Amazon ECR user guide below
https://docs.aws.amazon.com/AmazonECR/latest/userguide/.
"""

from __future__ import annotations

from typing import Final

# Lifecycle policies
LIFECYCLE_RULES: Final = 50  # UG service-quotas.html, "Rules per lifecycle policy"
LIFECYCLE_TEXT_MIN: Final = 100  # CFN and API, LifecyclePolicyText
LIFECYCLE_TEXT_MAX: Final = 30_720  # CFN and API, LifecyclePolicyText
LIFECYCLE_PATTERN_WILDCARDS: Final = 4  # UG lifecycle_policy_parameters.html, tagPatternList
LIFECYCLE_ARCHIVED_DAYS_MIN: Final = 90  # UG archive-image.html

# Repositories
IMAGES_PER_REPOSITORY: Final = 100_000  # UG service-quotas.html, "Images per repository"
REPOSITORY_NAME_MIN: Final = 2  # CFN, RepositoryName
REPOSITORY_NAME_MAX: Final = 256  # CFN, RepositoryName
REPOSITORY_TAGS: Final = 50  # CFN, Tags
TAG_KEY_MAX: Final = 127  # CFN, Tags.Key (the API takes 128; CloudFormation's limit binds here)
TAG_VALUE_MIN: Final = 1  # CFN, Tags.Value
TAG_VALUE_MAX: Final = 255  # CFN, Tags.Value (the API takes 256)
EXCLUSION_FILTERS: Final = 5  # CFN, ImageTagMutabilityExclusionFilters
EXCLUSION_FILTER_MAX: Final = 128  # CFN, ImageTagMutabilityExclusionFilterValue
EXCLUSION_FILTER_WILDCARDS: Final = 2  # not in AWS's models; other tools report the refusal
KMS_KEY_MAX: Final = 2048  # CFN, EncryptionConfiguration.KmsKey

# Policies
POLICY_TEXT_MAX: Final = 10_240  # API, RepositoryPolicyText and RegistryPolicyText

# Registry scanning configuration
SCANNING_RULES: Final = 2  # CFN and API, Rules
SCANNING_FILTERS: Final = 100  # CFN and API, RepositoryFilters
SCANNING_FILTER_MAX: Final = 255  # CFN and API, Filter

# Replication configuration
REPLICATION_RULES: Final = 25  # CFN and API, Rules; UG replication.html
REPLICATION_RULES_QUOTA: Final = 10  # UG service-quotas.html, where 25 is said of one Region only
REPLICATION_DESTINATIONS: Final = 25  # UG replication.html: unique ones, across all rules
REPLICATION_FILTERS: Final = 100  # CFN and API, RepositoryFilters
REPLICATION_FILTER_MIN: Final = 2  # CFN and API, Filter
REPLICATION_FILTER_MAX: Final = 256  # CFN and API, Filter

# Repository creation templates
TEMPLATE_PREFIX_MIN: Final = 1  # CFN and API, Prefix
TEMPLATE_PREFIX_MAX: Final = 256  # CFN and API, Prefix
TEMPLATE_DESCRIPTION_MAX: Final = 256  # CFN and API, Description
TEMPLATE_TAGS: Final = 50  # CFN, ResourceTags
TEMPLATE_TAG_KEY_MAX: Final = 128  # CFN, ResourceTags.Key
TEMPLATE_TAG_VALUE_MIN: Final = 0  # CFN, ResourceTags.Value
TEMPLATE_TAG_VALUE_MAX: Final = 256  # CFN, ResourceTags.Value
ROLE_ARN_MAX: Final = 2048  # CFN and API, CustomRoleArn

# Pull through cache rules
CACHE_RULES: Final = 50  # UG service-quotas.html, "Pull through cache rules per registry"
CACHE_PREFIX_MIN: Final = 2  # CFN and API, EcrRepositoryPrefix and UpstreamRepositoryPrefix
CACHE_PREFIX_MAX: Final = 30  # CFN and API, EcrRepositoryPrefix and UpstreamRepositoryPrefix
CREDENTIAL_ARN_MIN: Final = 50  # CFN and API, CredentialArn
CREDENTIAL_ARN_MAX: Final = 612  # CFN and API, CredentialArn
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
SECRET_NAME_MAX: Final = 512

# Signing configuration
SIGNING_RULES: Final = 10  # API, rules, and UG managed-signing.html (CFN says 50)
SIGNING_FILTERS: Final = 100  # CFN and API, RepositoryFilters
SIGNING_FILTER_MAX: Final = 256  # CFN and API, Filter
SIGNING_PROFILE_ARN_MAX: Final = 200  # CFN and API, SigningProfileArn
#: CFN: the Regions whose registry has no AWS::ECR::SigningConfiguration.
REGIONS_WITHOUT_SIGNING: Final = frozenset(
    {
        "ap-east-2",
        "ap-northeast-3",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "cn-north-1",
        "cn-northwest-1",
        "eu-central-2",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "mx-central-1",
    }
)

# Pull time update exclusions
PULL_TIME_EXCLUSIONS: Final = 100  # UG pull-time-update-exclusions.html, per account
PULL_TIME_PRINCIPAL_MAX: Final = 200  # CFN and API, PrincipalArn

# Public repositories
PUBLIC_REGION: Final = "us-east-1"  # CFN: the one Region that has AWS::ECR::PublicRepository
PUBLIC_NAME_MAX: Final = 205  # API of ecr-public, RepositoryName (CFN says 256)
PUBLIC_DESCRIPTION_MAX: Final = 1_024  # CFN, RepositoryDescription
PUBLIC_TEXT_MAX: Final = 10_240  # CFN, AboutText and UsageText (the API takes 25,600)
PUBLIC_LABELS: Final = 50  # CFN, Architectures and OperatingSystems
PUBLIC_LABEL_MAX: Final = 50  # CFN, an entry of these

# Event rules
EVENT_PATTERN: Final = 2048  # https://docs.aws.amazon.com/general/latest/gr/ev.html, unless raised
EVENT_PATTERN_MAX: Final = 4096  # API of EventBridge, EventPattern
EVENT_RULE_DESCRIPTION_MAX: Final = 512  # API of EventBridge, RuleDescription
