"""Rules about ``AWS::ECR::PullThroughCacheRule``, and the templates that serve it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.roles import role_problems
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.settings import noted_for
from ecr_constructs.checks.sources import GUIDE
from ecr_constructs.model.cache_secret import CacheSecret
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.registry import Located
from ecr_constructs.model.repository_filter import ROOT, covers
from ecr_constructs.model.tag_mutability import keeps_tags
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.service.upstreams import CREDENTIAL_PREFIX

#: What takes the role of a cache of another account's registry, and what it needs at least.
#: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
_TAKES_ROLE: Final = "pullthroughcache.ecr.amazonaws.com"
_CACHES: Final = frozenset(
    {"ecr:BatchGetImage", "ecr:BatchImportUpstreamImage", "ecr:GetDownloadUrlForLayer"}
)
_BEFORE_NAME: Final = ":secret:"


def _credential(facts: Facts) -> Iterator[Located]:
    yield from noted_for("CacheCredential")(facts)
    for _, rule, origin in facts.cache_rules:
        for problem in _unknown_credential(rule):
            yield Located(origin, problem)
        for problem in role_problems(
            facts.deployment.identities, rule.custom_role_arn, _TAKES_ROLE, _CACHES
        ):
            yield Located(origin, problem)
    for secret in facts.deployment.cache_secrets:
        if secret.is_for_caches and secret.is_readable is not True and secret.origin is not None:
            yield Located(secret.origin, _unreadable_secret(secret))


def _unreadable_secret(secret: CacheSecret) -> Problem:
    unknown = secret.is_readable is None
    return violation(
        f"{'whether ' * unknown}Amazon ECR can{'not' * (not unknown)} read the secret"
        f"{' cannot be told' * unknown}: {secret.name!r} is encrypted with {secret.kms_key}, and a"
        " cache reads by the key aws/secretsmanager alone",
        "leave KmsKeyId out: PullThroughCacheSecret",
        path="KmsKeyId",
        unknown=unknown,
    )


def _unknown_credential(rule: PullThroughCacheRule) -> Iterator[Problem]:
    credential, upstream = rule.credential_arn, rule.upstream
    if isinstance(credential, Unresolved):
        name = _name_of(credential)
        if name is None:
            yield violation(
                f"which secret the cache uses cannot be told: CredentialArn is {credential}",
                f"name the secret {CREDENTIAL_PREFIX}... in the same app, or write its ARN",
                path="CredentialArn",
                unknown=True,
            )
        elif not name.startswith(CREDENTIAL_PREFIX):
            yield violation(
                f"Amazon ECR may not read the secret of the cache: its name is {name!r}, and must"
                f" begin with {CREDENTIAL_PREFIX!r}",
                f"name it {CREDENTIAL_PREFIX + name.rpartition('/')[2]!r}",
                path="CredentialArn",
            )
    elif not credential and upstream.kind is None and _is_unknown(upstream.registry, upstream.url):
        yield violation(
            "whether the upstream needs a credential cannot be told: it is"
            f" {upstream.registry or upstream.url}",
            "write UpstreamRegistry in the template",
            path="UpstreamRegistry",
            unknown=True,
        )


def _name_of(arn: Unresolved) -> str | None:
    """Return the name of a secret from what is known of its ARN, or None."""
    text = "".join(part if isinstance(part, str) else "\0" for part in arn.parts)
    name = text.partition(_BEFORE_NAME)[2]
    return name.rstrip("\0").rstrip("-") if name and "\0" not in name.rstrip("\0") else None


def _is_unknown(*texts: Text | None) -> bool:
    return any(isinstance(text, Unresolved) for text in texts)


def _tags(facts: Facts) -> Iterator[Located]:
    yield from noted_for("CacheTags")(facts)
    fix = "write MUTABLE for what is pulled through a cache"
    for _, template, origin in facts.templates:
        mode = template.image_tag_mutability
        is_cache = AppliedFor.PULL_THROUGH_CACHE in template.applied_for
        if is_cache and keeps_tags(mode, template.exclusion_filters) is None:
            message = (
                "whether cached tags follow the upstream cannot be told: ImageTagMutability is"
                f" {mode}"
            )
            yield Located(origin, violation(message, fix, path="ImageTagMutability", unknown=True))
    for registry, repository, origin in facts.repositories:
        prefixes = [rule.ecr_repository_prefix for rule in registry.pull_through_cache_rules]
        name = repository.repository_name
        if not prefixes or not isinstance(name, str) or not is_known(name):
            continue
        if not keeps_tags(repository.image_tag_mutability, repository.exclusion_filters):
            continue
        for prefix in prefixes:
            if isinstance(prefix, str) and prefix != ROOT and covers(prefix, name):
                message = (
                    f"cached tags never follow the upstream: the repository is below the cache"
                    f" {prefix!r}, and ImageTagMutability is {repository.image_tag_mutability}"
                )
                yield Located(origin, violation(message, fix, path="ImageTagMutability"))


RULES: Final = (
    Rule(
        id="EcrGovernance-CacheCredential",
        severity=Severity.ERROR,
        title="A cache has the credential that its upstream needs, where Amazon ECR can read it",
        explanation="Docker Hub, GitHub, GitLab, Azure and Chainguard are read with a secret of the"
        " same account and Region. Amazon ECR may read none but those whose name begins with"
        " ecr-pullthroughcache/, and none with a key of one's own. CloudFormation takes any ARN,"
        " and every pull fails. The registry of another account is read with a role that trusts"
        " pullthroughcache.ecr.amazonaws.com.",
        remediation="registry.add_pull_through_cache(Upstream.docker_hub(), credential=secret). In"
        " CloudFormation: CredentialArn of a secret named ecr-pullthroughcache/....",
        source=f"{GUIDE}/pull-through-cache-creating-secret.html",
        check=_credential,
    ),
    Rule(
        id="EcrGovernance-CacheTags",
        severity=Severity.WARNING,
        title="Tags of a cache can follow the upstream",
        explanation="A day after it was pulled Amazon ECR asks the upstream whether a tag has"
        " moved, and updates the cached one. Where tags are immutable it cannot: latest stays what"
        " it was when it was first pulled, with whatever was wrong with it.",
        remediation="image_tag_mutability=TagMutability.MUTABLE in a template for"
        " PULL_THROUGH_CACHE. In CloudFormation: ImageTagMutability: MUTABLE.",
        source=f"{GUIDE}/pull-through-cache.html",
        check=_tags,
    ),
)
