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
