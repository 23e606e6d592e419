"""Generated values of a registry that have no problems."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

from ecr_constructs.model.catalog_data import CatalogData
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.encryption import AES256, Encryption, EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule, Upstream
from ecr_constructs.model.pull_time_exclusion import PullTimeUpdateExclusion
from ecr_constructs.model.replication import Destination, Replication, ReplicationRule
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.scanning import ScanFrequency, Scanning, ScanningRule, ScanType
from ecr_constructs.model.signing import Signing, SigningRule
from ecr_constructs.model.statement import ANYONE, Condition, Principal, Statement
from ecr_constructs.model.tag_mutability import TagMutability
from ecr_constructs.model.unresolved import Unresolved

ORIGIN = Origin("Main", "Resource", "Main.template.json")
ACCOUNT, REGION = "111122223333", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/EcrTemplates"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PROFILE = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/Images"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf"

NAMES = ["prod", "prod/api", "production/web", "web", "web/a-b", "prod-eu/x", "team.x/app_y", "p"]
WILDCARDS = ["*", "prod", "prod/*", "*web*", "prod*x", "a*b*c", "team.x/app_y", "p"]
PREFIXES = ["prod", "prod/", "production", "web/", "pr", "team.x/app_", "we"]
TEXTS = st.text("abc é", min_size=1, max_size=5)

#: A few: their own tests generate more, and each takes long.
POLICIES = (
    None,
    Policy(),
    Policy.of(
        Statement(
            principals=(Principal("AWS", "222222222222"), Principal("AWS", ACCOUNT)),
            actions=("ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"),
        )
    ),
    Policy.of(
        Statement(
            principals=(Principal("AWS", Unresolved.of("Main.Role.Arn")),),
            actions=("ecr:PutImage",),
            sid="É",
        )
    ),
)
LIFECYCLE_POLICIES = (
    None,
    LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=7)),
    LifecyclePolicy.of(
        LifecycleRule.keep_newest(50, tag_patterns=["v*", "b*"]),
        LifecycleRule.expire(older_than_days=30, tag_patterns=["pr-*"]),
    ),
)

names = st.sampled_from(NAMES)


def scannings() -> st.SearchStrategy[Scanning]:
    """A scanning configuration."""
    filters = st.lists(st.sampled_from(WILDCARDS), min_size=1, max_size=4)
    basic = st.builds(lambda f: Scanning.basic(on_push=f), filters)
    rules = st.builds(
        ScanningRule,
        scan_frequency=st.sampled_from([ScanFrequency.SCAN_ON_PUSH, ScanFrequency.CONTINUOUS_SCAN]),
        repository_filters=filters,
    )
    enhanced = st.builds(
        Scanning,
        scan_type=st.just(ScanType.ENHANCED),
        rules=st.lists(rules, min_size=1, max_size=2),
    )
    return basic | enhanced


def destinations() -> st.SearchStrategy[Destination]:
    """One of six registries."""
    return st.builds(
        Destination,
        st.sampled_from(["eu-west-1", "eu-west-2", "us-east-1"]),
        st.sampled_from(["222222222222", "333333333333"]),
    )


def replication_rules() -> st.SearchStrategy[ReplicationRule]:
    """A rule of a replication configuration that CloudFormation of today can write."""
    return st.builds(
        ReplicationRule,
        destinations=st.lists(destinations(), min_size=1, max_size=3),
        repository_filters=st.lists(st.sampled_from(PREFIXES), max_size=3),
    )


def replications() -> st.SearchStrategy[Replication]:
    """A replication configuration."""
    return st.builds(Replication, rules=st.lists(replication_rules(), max_size=5))


def signings() -> st.SearchStrategy[Signing]:
    """A signing configuration."""
    rules = st.builds(
        SigningRule,
        signing_profile_arn=st.sampled_from([PROFILE, f"{PROFILE}2"]),
        repository_filters=st.none()
        | st.lists(st.sampled_from(WILDCARDS), min_size=1, max_size=3).map(tuple),
    )
    return st.builds(Signing, rules=st.lists(rules, max_size=4))


def exclusions() -> st.SearchStrategy[PullTimeUpdateExclusion]:
    """An exclusion of a role."""
    roles = st.sampled_from(["Scanner", "team/Scanner", "A+b=c,d.e@f-g_h"])
    return roles.map(
        lambda role: PullTimeUpdateExclusion(principal_arn=f"arn:aws:iam::{ACCOUNT}:role/{role}")
    )


@st.composite
def creation_templates(draw: st.DrawFn) -> CreationTemplate:
    """A repository creation template."""
    mode = draw(st.sampled_from(TagMutability))
    filters = st.lists(st.sampled_from(["latest", "dev-*"]), min_size=1, max_size=3)
    return CreationTemplate(
        prefix=draw(st.sampled_from(["ROOT", "prod", "prod/", "a/b"])),
        applied_for=tuple(
            draw(st.lists(st.sampled_from(AppliedFor), min_size=1, max_size=3, unique=True))
        ),
        description=draw(st.none() | TEXTS),
        image_tag_mutability=mode,
        exclusion_filters=tuple(draw(filters)) if mode.takes_filters else (),
        encryption=draw(
            st.sampled_from([AES256, Encryption(EncryptionType.KMS, KEY)])
            | st.just(Encryption(EncryptionType.KMS))
        ),
        repository_policy=draw(st.sampled_from(POLICIES)),
        lifecycle_policy=draw(st.sampled_from(LIFECYCLE_POLICIES)),
        resource_tags=draw(tags()),
        custom_role_arn=ROLE,
    )


@st.composite
def cache_rules(draw: st.DrawFn) -> PullThroughCacheRule:
    """A pull through cache rule."""
    upstream = draw(
        st.sampled_from(
            [
                Upstream.docker_hub(),
                Upstream.ecr_public(),
                Upstream.kubernetes(),
                Upstream.quay(),
                Upstream.github(),
                Upstream.gitlab(),
                Upstream.azure("team"),
                Upstream.chainguard(),
                Upstream.ecr(ACCOUNT, "eu-west-2"),
            ]
        )
    )
    assert upstream.kind is not None
    is_ecr = upstream.kind.takes_role
    prefix = draw(st.sampled_from(["ROOT", "team-a"])) if is_ecr else None
    rule = PullThroughCacheRule.of(
        upstream,
        ecr_repository_prefix=prefix,
        upstream_repository_prefix=draw(st.sampled_from([None, "ROOT"]))
        if prefix != "team-a"
        else draw(st.sampled_from([None, "ROOT", "upstream-app"])),
        credential_arn=SECRET if upstream.kind.credential else None,
        custom_role_arn=draw(st.sampled_from([None, ROLE])) if is_ecr else None,
    )
    if draw(st.booleans()):
        return dataclasses.replace(rule, upstream=Upstream(None, upstream.url))
    return rule


def tags() -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    """Resource tags."""
    return st.dictionaries(TEXTS, TEXTS, max_size=3).map(lambda d: tuple(d.items()))


def public_policies() -> st.SearchStrategy[Policy]:
    """A policy of a public repository."""
    condition = Condition("StringEquals", "aws:PrincipalOrgID", ("o-a1b2c3d4e5",))
    statements = st.builds(
        Statement,
        principals=st.just((ANYONE,)),
        actions=st.lists(
            st.sampled_from(["ecr-public:PutImage", "ecr-public:UploadLayerPart"]),
            min_size=1,
            max_size=2,
        ).map(tuple),
        conditions=st.just((condition,)),
    )
    return st.lists(statements, max_size=2).map(lambda s: Policy.of(*s))


def public_repositories() -> st.SearchStrategy[PublicRepository]:
    """A public repository."""
    labels = st.lists(st.sampled_from(["ARM", "ARM 64", "x86"]), max_size=2, unique=True)
    return st.builds(
        PublicRepository,
        repository_name=st.none() | st.sampled_from(["tools/app", "ab"]),
        catalog_data=st.builds(
            CatalogData,
            repository_description=st.none() | TEXTS,
            about_text=st.none() | TEXTS,
            usage_text=st.none() | TEXTS,
            architectures=labels,
            operating_systems=labels,
        ),
        repository_policy=st.none() | public_policies(),
        tags=tags(),
    )
