"""The patterns beside those of CloudFormation's schemas and botocore's models."""

from __future__ import annotations

import re
import time

import pytest
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st
from tests.model.aws_models import definition, shape

from ecr_constructs.service import patterns
from ecr_constructs.service.partitions import partition_of

SCANNING = definition("RegistryScanningConfiguration", "Rules", "RepositoryFilters", "Filter")
SIGNING = definition("SigningConfiguration", "Rules", "RepositoryFilters", "Filter")
REPLICATION = definition(
    "ReplicationConfiguration", "ReplicationConfiguration", "Rules", "RepositoryFilters", "Filter"
)
TEMPLATE = definition("RepositoryCreationTemplate", "Prefix")
CACHE = definition("PullThroughCacheRule", "EcrRepositoryPrefix")
UPSTREAM = definition("PullThroughCacheRule", "UpstreamRepositoryPrefix")
PUBLIC = definition("PublicRepository", "RepositoryName")

# Short, as AWS's own patterns take exponential time on what they refuse.
NAMES = st.text("a0._-/*A", max_size=8) | st.sampled_from(["ROOT", "ROOT/", "root", "", "a" * 8])


def agrees(ours: re.Pattern[str], theirs: str, text: str) -> bool:
    return bool(ours.fullmatch(text)) == bool(re.compile(theirs, re.ASCII).fullmatch(text))


@given(NAMES)
def test_filters_and_prefixes_are_those_of_the_schemas(name: str) -> None:
    assert agrees(patterns.WILDCARD_FILTER, SCANNING["pattern"], name)
    assert agrees(patterns.WILDCARD_FILTER, SIGNING["pattern"], name)
    assert agrees(patterns.PREFIX_FILTER, REPLICATION["pattern"], name)
    for prefix in (TEMPLATE, CACHE, UPSTREAM):
        assert agrees(patterns.NAMESPACE_PREFIX, prefix["pattern"], name)
    if len(name) >= 2:  # the schema's pattern looks at the length too
        assert agrees(patterns.PUBLIC_REPOSITORY_NAME, PUBLIC["pattern"], name)


@given(NAMES)
def test_filters_and_prefixes_are_those_of_the_api(name: str) -> None:
    for ours, theirs in (
        (patterns.WILDCARD_FILTER, "ScanningRepositoryFilterValue"),
        (patterns.WILDCARD_FILTER, "SigningRepositoryFilterValue"),
        (patterns.PREFIX_FILTER, "RepositoryFilterValue"),
        (patterns.NAMESPACE_PREFIX, "Prefix"),
        (patterns.NAMESPACE_PREFIX, "PullThroughCacheRuleRepositoryPrefix"),
    ):
        assert agrees(ours, shape(theirs)["pattern"], name)
    assert agrees(
        patterns.PUBLIC_REPOSITORY_NAME, shape("RepositoryName", "ecr-public")["pattern"], name
    )


@pytest.mark.parametrize(
    "pattern", [patterns.WILDCARD_FILTER, patterns.PREFIX_FILTER, patterns.NAMESPACE_PREFIX]
)
@pytest.mark.parametrize("text", ["a" * 20_000 + "!", "a-" * 10_000 + "!", "a/" * 10_000 + "!"])
def test_a_long_name_is_refused_at_once(pattern: re.Pattern[str], text: str) -> None:
    """AWS's own pattern of a scanning filter would not end within anybody's life."""
    start = time.perf_counter()
    assert not pattern.fullmatch(text)
    assert time.perf_counter() - start < 1


ROLES = [
    "arn:aws:iam::111122223333:role/Build",
    "arn:aws-us-gov:iam::111122223333:role/Build_1+=,.@-x",
    "arn:aws:iam::111122223333:role/service/Build",
    "arn:aws:iam::111122223333:user/Eva",
    "arn:aws:iam::111122223333:group/Team",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::1111:role/Build",
    "arn:aws:sts::111122223333:assumed-role/Build/session",
    "arn:aws:iam::111122223333:role/",
    "arn:aws:iam::111122223333:role//x",
    "Build",
    "",
]


@pytest.mark.parametrize("arn", ROLES)
def test_role_arns_are_those_of_the_schemas(arn: str) -> None:
    theirs = definition("RepositoryCreationTemplate", "CustomRoleArn")["pattern"]
    assert agrees(patterns.TEMPLATE_ROLE_ARN, theirs, arn)
    theirs = definition("PullTimeUpdateExclusion", "PrincipalArn")["pattern"]
    assert agrees(patterns.PULL_TIME_PRINCIPAL, theirs, arn)
    assert agrees(patterns.PULL_TIME_PRINCIPAL, shape("PrincipalArn")["pattern"], arn)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/Images",
        "arn:aws-us-gov:signer:us-gov-west-1:111122223333:/signing-profiles/ab",
        "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/a",
        "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/Images/v1",
        "arn:aws:signer:eu-west-1:1:/signing-profiles/Images",
        "Images",
    ],
)
def test_signing_profiles_are_those_of_the_schema(arn: str) -> None:
    theirs = definition("SigningConfiguration", "Rules", "SigningProfileArn")["pattern"]
    assert agrees(patterns.SIGNING_PROFILE_ARN, theirs, arn)
    assert agrees(patterns.SIGNING_PROFILE_ARN, shape("SigningProfileArn")["pattern"], arn)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234",
        "arn:aws:kms:eu-west-1:111122223333:alias/images",
        "alias/images",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
    ],
)
def test_keys_of_templates_are_those_of_the_api(arn: str) -> None:
    theirs = shape("KmsKeyForRepositoryCreationTemplate")["pattern"].removeprefix("^$|")
    assert agrees(patterns.KEY_ARN, theirs, arn)


SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:"


@pytest.mark.parametrize(
    "arn",
    [
        f"{SECRET}ecr-pullthroughcache/docker-hub-AbCdEf",
        f"{SECRET}ecr-pullthroughcache/team/a_b+c=d.e@f-AbCdEf",
        "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:ecr-pullthroughcache/x-AbCdEf",
        f"{SECRET}docker-hub-AbCdEf",
        f"{SECRET}ecr-pullthroughcache/",
        f"{SECRET}ecr-pullthroughcache/a b",
        "ecr-pullthroughcache/docker-hub",
    ],
)
def test_credentials_are_those_of_the_api(arn: str) -> None:
    assert agrees(patterns.CREDENTIAL_ARN, shape("CredentialArn")["pattern"], arn)
    if patterns.CREDENTIAL_ARN.fullmatch(arn):
        theirs = definition("PullThroughCacheRule", "CredentialArn")["pattern"]
        assert re.fullmatch(theirs, arn)


PARTITIONS = Loader().load_data("partitions")["partitions"]


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        (region, partition["id"])
        for partition in PARTITIONS
        for region in partition["regions"]
        if not region.endswith("-global")
    ],
)
def test_every_region_of_botocore_is_in_a_known_partition(region: str, partition: str) -> None:
    assert patterns.PARTITION_REGION.fullmatch(region)
    assert partition_of(region) == partition


PREFIXES = st.sampled_from(
    ["us", "eu", "cn", "us-gov", "us-iso", "us-isox", "eu-isoe", "eusc-de", "eusc", "mars", "x-y"]
)


@given(PREFIXES, st.sampled_from(["west", "north", "a_b", "x-y", ""]), st.text("0123a", max_size=2))
def test_no_other_region_is_in_a_known_partition(prefix: str, where: str, number: str) -> None:
    region = f"{prefix}-{where}-{number}"
    claimed = any(re.fullmatch(each["regionRegex"], region) for each in PARTITIONS)
    assert bool(patterns.PARTITION_REGION.fullmatch(region)) == claimed


# What principals and places are called


@pytest.mark.parametrize("region", Loader().load_data("partitions")["partitions"])
def test_every_region_of_every_partition_is_one(region: dict[str, dict[str, object]]) -> None:
    names = [name for name in region["regions"] if not name.endswith("-global")]
    assert all(patterns.REGION.fullmatch(name) for name in names)


@pytest.mark.parametrize(
    "region", ["", "global", "eu-west", "EU-WEST-1", "eu-west-1a", "eu-west-1\n"]
)
def test_what_is_no_region_is_none(region: str) -> None:
    assert not patterns.REGION.fullmatch(region)


@pytest.mark.parametrize(
    ("pattern", "taken", "refused"),
    [
        (
            patterns.ACCOUNT_ID,
            ["111122223333", "000000000000"],
            ["", "11112222333", "1111222233334", "11112222333a", "111122223333\n", "\u0661" * 12],
        ),
        (
            patterns.ORGANIZATION_ID,
            ["o-a1b2c3d4e5", f"o-{'a' * 32}"],
            ["", "o-", "o-a1b2c3d4e", f"o-{'a' * 33}", "o-A1B2C3D4E5", "a1b2c3d4e5"],
        ),
        (
            patterns.ORGANIZATION_PATH,
            [
                "o-a1b2c3d4e5/r-ab12",
                "o-a1b2c3d4e5/r-ab12/*",
                "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111",
                "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/*",
            ],
            [
                "",
                "*",
                "o-a1b2c3d4e5",
                "o-a1b2c3d4e5/*",
                "ou-ab12-11111111",
                "o-a1b2c3d4e5/r-ab12/x",
            ],
        ),
        (
            patterns.SERVICE_PRINCIPAL,
            [
                "lambda.amazonaws.com",
                "states.eu-west-1.amazonaws.com",
                "ops.apigateway.amazonaws.com",
                "logs.cn-north-1.amazonaws.com.cn",
                "ec2.c2s.ic.gov",
                "ec2.amazonaws.eu",
            ],
            [
                "",
                "*",
                "lambda",
                "*.amazonaws.com",
                "amazonaws.com",
                "lambda.amazonaws.org",
                "a.com",
            ],
        ),
        (
            patterns.VPC_ENDPOINT_ID,
            ["vpce-1a2b3c4d", "vpce-0a2b3c4d5e6f70819"],
            ["", "vpce-", "vpc-1a2b3c4d", "vpce-1A2B3C4D", "vpce-1a2b3c4", "vpce-1a2b3c4d\n", "*"],
        ),
        (
            patterns.identity_arn("role"),
            [
                "arn:aws:iam::111122223333:role/Deploy",
                "arn:aws-us-gov:iam::111122223333:role/path/to/Deploy+=,.@-_",
            ],
            [
                "Deploy",
                "arn:aws:iam::111122223333:user/Deploy",
                "arn:aws:iam::111122223333:role/",
                "arn:aws:iam::111122223333:role/*",
                "arn:aws:iam::1:role/Deploy",
                "arn:aws:sts::111122223333:role/Deploy",
            ],
        ),
    ],
)
def test_a_principal_is_called_as_aws_calls_it(
    pattern: re.Pattern[str], taken: list[str], refused: list[str]
) -> None:
    assert [text for text in taken if not pattern.fullmatch(text)] == []
    assert [text for text in refused if pattern.fullmatch(text)] == []
