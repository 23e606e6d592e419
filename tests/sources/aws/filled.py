"""A registry in which something of everything is set, on both sides of the API."""

from __future__ import annotations

from tests.sources.aws.fake_ecr import ACCOUNT, REGION, FakeEcr

from ecr_constructs.model.account_setting import AccountSetting
from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.encryption import Encryption
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.pull_time_exclusion import PullTimeUpdateExclusion
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.replication import Replication
from ecr_constructs.model.replication_rule import Destination, ReplicationRule
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.signing import Signing, SigningRule
from ecr_constructs.model.statement import Principal, Statement
from ecr_constructs.model.upstream import Upstream

LIFECYCLE = LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=14)).normalise()
PULL = Policy.of(
    Statement(
        principals=(Principal("AWS", "arn:aws:iam::222222222222:root"),),
        actions=("ecr:BatchGetImage",),
    )
)
REPLICATE = Policy.of(
    Statement(
        principals=(Principal("AWS", "arn:aws:iam::222222222222:root"),),
        actions=("ecr:ReplicateImage",),
        resources=("*",),
    )
)
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
PROFILE = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/release"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf"


def fill(ecr: FakeEcr) -> None:
    """Put something of everything into a registry."""
    ecr.add(
        "web",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "pr-*"}],
        imageScanningConfiguration={"scanOnPush": False},
        encryptionConfiguration={"encryptionType": "KMS", "kmsKey": KEY},
    )
    ecr.add("api")
    ecr.repository_policies["api"] = PULL.to_json()
    ecr.lifecycle_policies["web"] = LIFECYCLE.to_json()
    ecr.tags["api"] = {"team": "payments", "aws:cloudformation:stack-name": "Main"}
    ecr.registry_policy = REPLICATE.to_json()
    ecr.scanning = {
        "scanType": "ENHANCED",
        "rules": [
            {
                "scanFrequency": "CONTINUOUS_SCAN",
                "repositoryFilters": [{"filter": "prod*", "filterType": "WILDCARD"}],
            }
        ],
    }
    ecr.replication = {
        "rules": [
            {
                "destinations": [{"region": "eu-central-1", "registryId": ACCOUNT}],
                "repositoryFilters": [{"filter": "prod/", "filterType": "PREFIX_MATCH"}],
                "deleteReplication": {"enabled": True},
            }
        ]
    }
    ecr.signing = {
        "rules": [
            {
                "signingProfileArn": PROFILE,
                "repositoryFilters": [{"filter": "prod/*", "filterType": "WILDCARD_MATCH"}],
            }
        ]
    }
    ecr.cache_rules = [
        {
            "ecrRepositoryPrefix": "hub",
            "upstreamRegistryUrl": "registry-1.docker.io",
            "upstreamRegistry": "docker-hub",
            "upstreamRepositoryPrefix": "ROOT",
            "credentialArn": SECRET,
            "customRoleArn": f"{ROLE}cache",
            "createdAt": 1_700_000_000,
        }
    ]
    ecr.templates = [
        {
            "prefix": "hub",
            "description": "what the cache makes",
            "appliedFor": ["PULL_THROUGH_CACHE"],
            "imageTagMutability": "MUTABLE",
            "encryptionConfiguration": {"encryptionType": "AES256"},
            "resourceTags": [{"Key": "team", "Value": "platform"}],
            "repositoryPolicy": PULL.to_json(),
            "lifecyclePolicy": LIFECYCLE.to_json(),
            "customRoleArn": f"{ROLE}templates",
        }
    ]
    ecr.exclusions = [f"{ROLE}scanner-2", f"{ROLE}scanner-1"]
    ecr.account_settings = {"REGISTRY_POLICY_SCOPE": "V2", "BLOB_MOUNTING": "DISABLED"}


FILLED = Registry(
    account=ACCOUNT,
    region=REGION,
    repositories=(
        Repository(
            repository_name="api",
            image_tag_mutability="IMMUTABLE",
            scan_on_push=True,
            repository_policy=PULL,
            tags=(("team", "payments"),),
        ),
        Repository(
            repository_name="web",
            image_tag_mutability="IMMUTABLE_WITH_EXCLUSION",
            exclusion_filters=("pr-*",),
            encryption=Encryption("KMS", KEY),
            lifecycle_policy=LIFECYCLE,
        ),
    ),
    registry_policy=REPLICATE,
    scanning=Scanning.enhanced(continuous=["prod*"]),
    replication=Replication.of(
        ReplicationRule(
            destinations=(Destination("eu-central-1", ACCOUNT),),
            repository_filters=("prod/",),
            delete_replication=True,
        )
    ),
    signing=Signing.of(SigningRule(signing_profile_arn=PROFILE, repository_filters=("prod/*",))),
    creation_templates=(
        CreationTemplate(
            prefix="hub",
            applied_for=("PULL_THROUGH_CACHE",),
            description="what the cache makes",
            repository_policy=PULL,
            lifecycle_policy=LIFECYCLE,
            resource_tags=(("team", "platform"),),
            custom_role_arn=f"{ROLE}templates",
        ),
    ),
    pull_through_cache_rules=(
        PullThroughCacheRule(
            ecr_repository_prefix="hub",
            upstream=Upstream("docker-hub", "registry-1.docker.io"),
            upstream_repository_prefix="ROOT",
            credential_arn=SECRET,
            custom_role_arn=f"{ROLE}cache",
        ),
    ),
    pull_time_exclusions=(
        PullTimeUpdateExclusion(principal_arn=f"{ROLE}scanner-1"),
        PullTimeUpdateExclusion(principal_arn=f"{ROLE}scanner-2"),
    ),
    account_settings=(
        AccountSetting(name="BLOB_MOUNTING", value="DISABLED"),
        AccountSetting(name="REGISTRY_POLICY_SCOPE", value="V2"),
    ),
)
