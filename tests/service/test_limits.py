"""The limits beside what CloudFormation's schemas and botocore's models say."""

from __future__ import annotations

import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from tests.model.aws_models import definition, shape

from ecr_constructs.service import limits

SCANNING = "RegistryScanningConfiguration"
REPLICATION = "ReplicationConfiguration"
TEMPLATE = "RepositoryCreationTemplate"
CACHE = "PullThroughCacheRule"
SIGNING = "SigningConfiguration"
EXCLUSION = "PullTimeUpdateExclusion"
PUBLIC = "PublicRepository"
REPLICATION_RULES = ("ReplicationConfiguration", "Rules")


@pytest.mark.parametrize(
    ("limit", "resource_type", "path", "keyword"),
    [
        (limits.SCANNING_RULES, SCANNING, ("Rules",), "maxItems"),
        (limits.SCANNING_FILTERS, SCANNING, ("Rules", "RepositoryFilters"), "maxItems"),
        (
            limits.SCANNING_FILTER_MAX,
            SCANNING,
            ("Rules", "RepositoryFilters", "Filter"),
            "maxLength",
        ),
        (limits.REPLICATION_RULES, REPLICATION, REPLICATION_RULES, "maxItems"),
        (
            limits.REPLICATION_FILTERS,
            REPLICATION,
            (*REPLICATION_RULES, "RepositoryFilters"),
            "maxItems",
        ),
        (
            limits.REPLICATION_FILTER_MIN,
            REPLICATION,
            (*REPLICATION_RULES, "RepositoryFilters", "Filter"),
            "minLength",
        ),
        (
            limits.REPLICATION_FILTER_MAX,
            REPLICATION,
            (*REPLICATION_RULES, "RepositoryFilters", "Filter"),
            "maxLength",
        ),
        (limits.TEMPLATE_PREFIX_MIN, TEMPLATE, ("Prefix",), "minLength"),
        (limits.TEMPLATE_PREFIX_MAX, TEMPLATE, ("Prefix",), "maxLength"),
        (limits.TEMPLATE_DESCRIPTION_MAX, TEMPLATE, ("Description",), "maxLength"),
        (limits.TEMPLATE_TAGS, TEMPLATE, ("ResourceTags",), "maxItems"),
        (limits.TEMPLATE_TAG_KEY_MAX, TEMPLATE, ("ResourceTags", "Key"), "maxLength"),
        (limits.TEMPLATE_TAG_VALUE_MIN, TEMPLATE, ("ResourceTags", "Value"), "minLength"),
        (limits.TEMPLATE_TAG_VALUE_MAX, TEMPLATE, ("ResourceTags", "Value"), "maxLength"),
        (limits.ROLE_ARN_MAX, TEMPLATE, ("CustomRoleArn",), "maxLength"),
        (limits.ROLE_ARN_MAX, CACHE, ("CustomRoleArn",), "maxLength"),
        (limits.CACHE_PREFIX_MIN, CACHE, ("EcrRepositoryPrefix",), "minLength"),
        (limits.CACHE_PREFIX_MAX, CACHE, ("EcrRepositoryPrefix",), "maxLength"),
        (limits.CACHE_PREFIX_MIN, CACHE, ("UpstreamRepositoryPrefix",), "minLength"),
        (limits.CACHE_PREFIX_MAX, CACHE, ("UpstreamRepositoryPrefix",), "maxLength"),
        (limits.CREDENTIAL_ARN_MIN, CACHE, ("CredentialArn",), "minLength"),
        (limits.CREDENTIAL_ARN_MAX, CACHE, ("CredentialArn",), "maxLength"),
        (limits.SIGNING_FILTERS, SIGNING, ("Rules", "RepositoryFilters"), "maxItems"),
        (limits.SIGNING_FILTER_MAX, SIGNING, ("Rules", "RepositoryFilters", "Filter"), "maxLength"),
        (limits.SIGNING_PROFILE_ARN_MAX, SIGNING, ("Rules", "SigningProfileArn"), "maxLength"),
        (limits.PULL_TIME_PRINCIPAL_MAX, EXCLUSION, ("PrincipalArn",), "maxLength"),
        (
            limits.PUBLIC_DESCRIPTION_MAX,
            PUBLIC,
            ("RepositoryCatalogData", "RepositoryDescription"),
            "maxLength",
        ),
        (limits.PUBLIC_TEXT_MAX, PUBLIC, ("RepositoryCatalogData", "AboutText"), "maxLength"),
        (limits.PUBLIC_TEXT_MAX, PUBLIC, ("RepositoryCatalogData", "UsageText"), "maxLength"),
        (limits.PUBLIC_LABELS, PUBLIC, ("RepositoryCatalogData", "Architectures"), "maxItems"),
        (limits.PUBLIC_LABELS, PUBLIC, ("RepositoryCatalogData", "OperatingSystems"), "maxItems"),
        (limits.REPOSITORY_TAGS, PUBLIC, ("Tags",), "maxItems"),
        (limits.TAG_KEY_MAX, PUBLIC, ("Tags", "Key"), "maxLength"),
        (limits.TAG_VALUE_MIN, PUBLIC, ("Tags", "Value"), "minLength"),
        (limits.TAG_VALUE_MAX, PUBLIC, ("Tags", "Value"), "maxLength"),
        (limits.POLICY_TEXT_MAX, TEMPLATE, ("RepositoryPolicy",), "maxLength"),
        (limits.POLICY_TEXT_MAX, "RegistryPolicy", ("PolicyText",), "maxLength"),
        (limits.LIFECYCLE_TEXT_MIN, TEMPLATE, ("LifecyclePolicy",), "minLength"),
        (limits.LIFECYCLE_TEXT_MAX, TEMPLATE, ("LifecyclePolicy",), "maxLength"),
    ],
)
def test_a_limit_is_that_of_the_schema(
    limit: int, resource_type: str, path: tuple[str, ...], keyword: str
) -> None:
    assert limit == definition(resource_type, *path)[keyword]


@pytest.mark.parametrize("keyword", ["Architectures", "OperatingSystems"])
def test_a_label_of_a_public_repository_is_as_long_as_the_schema_says(keyword: str) -> None:
    labels = definition(PUBLIC, "RepositoryCatalogData", keyword)
    item = definition(PUBLIC)["definitions"][labels["items"]["$ref"].rpartition("/")[2]]
    assert (item["minLength"], item["maxLength"]) == (1, limits.PUBLIC_LABEL_MAX)


@pytest.mark.parametrize(
    ("limit", "name", "service", "keyword"),
    [
        (limits.SCANNING_RULES, "RegistryScanningRuleList", "ecr", "max"),
        (limits.SCANNING_FILTERS, "ScanningRepositoryFilterList", "ecr", "max"),
        (limits.SCANNING_FILTER_MAX, "ScanningRepositoryFilterValue", "ecr", "max"),
        (limits.REPLICATION_RULES, "ReplicationRuleList", "ecr", "max"),
        (limits.REPLICATION_FILTERS, "RepositoryFilterList", "ecr", "max"),
        (limits.REPLICATION_FILTER_MIN, "RepositoryFilterValue", "ecr", "min"),
        (limits.REPLICATION_FILTER_MAX, "RepositoryFilterValue", "ecr", "max"),
        (limits.TEMPLATE_PREFIX_MIN, "Prefix", "ecr", "min"),
        (limits.TEMPLATE_PREFIX_MAX, "Prefix", "ecr", "max"),
        (limits.TEMPLATE_DESCRIPTION_MAX, "RepositoryTemplateDescription", "ecr", "max"),
        (limits.ROLE_ARN_MAX, "CustomRoleArn", "ecr", "max"),
        (limits.CACHE_PREFIX_MIN, "PullThroughCacheRuleRepositoryPrefix", "ecr", "min"),
        (limits.CACHE_PREFIX_MAX, "PullThroughCacheRuleRepositoryPrefix", "ecr", "max"),
        (limits.CREDENTIAL_ARN_MIN, "CredentialArn", "ecr", "min"),
        (limits.CREDENTIAL_ARN_MAX, "CredentialArn", "ecr", "max"),
        (limits.SIGNING_RULES, "SigningRuleList", "ecr", "max"),
        (limits.SIGNING_FILTERS, "SigningRepositoryFilterList", "ecr", "max"),
        (limits.SIGNING_FILTER_MAX, "SigningRepositoryFilterValue", "ecr", "max"),
        (limits.SIGNING_PROFILE_ARN_MAX, "SigningProfileArn", "ecr", "max"),
        (limits.PULL_TIME_EXCLUSIONS, "PullTimeUpdateExclusionList", "ecr", "max"),
        (limits.PULL_TIME_PRINCIPAL_MAX, "PrincipalArn", "ecr", "max"),
        (limits.EVENT_PATTERN_MAX, "EventPattern", "events", "max"),
        (limits.EVENT_RULE_DESCRIPTION_MAX, "RuleDescription", "events", "max"),
        (limits.PUBLIC_NAME_MAX, "RepositoryName", "ecr-public", "max"),
        (limits.PUBLIC_DESCRIPTION_MAX, "RepositoryDescription", "ecr-public", "max"),
        (limits.PUBLIC_LABELS, "ArchitectureList", "ecr-public", "max"),
        (limits.PUBLIC_LABELS, "OperatingSystemList", "ecr-public", "max"),
        (limits.PUBLIC_LABEL_MAX, "Architecture", "ecr-public", "max"),
        (limits.POLICY_TEXT_MAX, "RepositoryPolicyText", "ecr", "max"),
        (limits.POLICY_TEXT_MAX, "RegistryPolicyText", "ecr", "max"),
        (limits.POLICY_TEXT_MAX, "RepositoryPolicyText", "ecr-public", "max"),
    ],
)
def test_a_limit_is_that_of_the_api(limit: int, name: str, service: str, keyword: str) -> None:
    assert limit == shape(name, service)[keyword]


def test_where_the_sources_disagree_the_stricter_one_is_taken() -> None:
    """The conflicts are on record; this fails when AWS settles one of them."""
    assert limits.SIGNING_RULES < definition(SIGNING, "Rules")["maxItems"] == 50
    assert limits.PUBLIC_NAME_MAX < definition(PUBLIC, "RepositoryName")["maxLength"] == 256
    assert limits.PUBLIC_TEXT_MAX < shape("AboutText", "ecr-public")["max"] == 25_600
    assert limits.PUBLIC_TEXT_MAX < shape("UsageText", "ecr-public")["max"] == 25_600
    destinations = definition(REPLICATION, *REPLICATION_RULES, "Destinations")["maxItems"]
    assert limits.REPLICATION_DESTINATIONS < destinations == 100


def regions_without(resource_type: str) -> set[str]:
    without = set()
    for region in REGIONS:
        try:
            PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, f"AWS::ECR::{resource_type}")
        except ResourceNotFoundError:
            without.add(region)
    return without


def test_the_regions_without_signing_are_those_without_the_type() -> None:
    assert regions_without("SigningConfiguration") == limits.REGIONS_WITHOUT_SIGNING


def test_public_repositories_are_in_one_region() -> None:
    """cfn-lint has no schemas of its own for the Regions that it takes for us-east-1."""
    others = set(REGIONS) - regions_without("PublicRepository") - {limits.PUBLIC_REGION}
    assert {region for region in others if "iso" not in region} <= {"eusc-de-east-1", "me-south-1"}
