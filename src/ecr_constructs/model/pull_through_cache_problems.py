"""What Amazon ECR refuses in a pull through cache rule, or takes and should not.

Layer: model; imports ``errors`` and ``service`` only.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.repository_filter import ROOT, prefix_problems
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.model.upstream import Upstream
from ecr_constructs.service import limits, patterns
from ecr_constructs.service.partitions import partition_of
from ecr_constructs.service.upstreams import CREDENTIAL_PREFIX, SECRET_KEYS, UpstreamRegistry

if TYPE_CHECKING:
    from ecr_constructs.model.pull_through_cache import PullThroughCacheRule


def rule_problems(
    rule: PullThroughCacheRule, *, account: Text | None, region: Text | None
) -> Iterator[Problem]:
    """Yield what is wrong with one rule, see :meth:`PullThroughCacheRule.problems`."""
    yield from rule.upstream.problems()
    yield from _prefix_problems(rule)
    kind = rule.upstream.kind
    if kind is not None:
        yield from _credential_problems(rule, kind)
        yield from _role_problems(rule, kind, account)
    yield from _credential_arn_problems(rule.credential_arn, account, region)
    yield from _role_arn_problems(rule.custom_role_arn, account)
    if isinstance(region, str) and is_known(region):
        yield from _place_problems(rule.upstream, account, region)


def secret_problems(*, name: Text | None = None, keys: Iterable[str] = ()) -> Iterator[Problem]:
    """Yield what is wrong with the secret of a rule.

    Args:
        name: Its name: ``ecr-pullthroughcache/`` and more, at most 512
            characters. Default: not looked at.
        keys: The members of its JSON, which must be ``username`` and
            ``accessToken``. Default: not looked at.
    """
    if isinstance(name, str) and is_known(name):
        fits = patterns.SECRET_NAME.fullmatch(name) and len(name) <= limits.SECRET_NAME_MAX
        if not fits:
            better = f"{CREDENTIAL_PREFIX}{name.rpartition('/')[2]}"
            is_better = patterns.SECRET_NAME.fullmatch(better) and better != name
            yield problem_at(
                "secret_name",
                f"secret_name must be {CREDENTIAL_PREFIX!r} and at least one letter, digit or"
                f" '/_+=.@-' more, at most {limits.SECRET_NAME_MAX} characters, as Amazon ECR may"
                f" read no other secret, got {name!r}",
                f"write {better if is_better else f'{CREDENTIAL_PREFIX}docker-hub'!r}",
            )
    given = list(keys)
    if given and set(given) != set(SECRET_KEYS):
        yield problem_at(
            "secret_keys",
            f"a secret's JSON must have the members {' and '.join(map(repr, SECRET_KEYS))}, got"
            f" {', '.join(map(repr, sorted(given)))}",
            f"write {{'{SECRET_KEYS[0]}': '...', '{SECRET_KEYS[1]}': '...'}}",
        )


def _prefix_problems(rule: PullThroughCacheRule) -> Iterator[Problem]:
    low, high = limits.CACHE_PREFIX_MIN, limits.CACHE_PREFIX_MAX
    kind, prefix = rule.upstream.kind, rule.ecr_repository_prefix
    example = kind.default_prefix if kind is not None else "docker-hub"
    yield from prefix_problems("ecr_repository_prefix", prefix, low, high, example)
    upstream = rule.upstream_repository_prefix or ROOT
    yield from prefix_problems("upstream_repository_prefix", upstream, low, high, "upstream-app")
    if prefix == ROOT and upstream != ROOT and is_known(upstream):
        yield problem_at(
            "upstream_repository_prefix",
            "upstream_repository_prefix must be left out where ecr_repository_prefix is 'ROOT', got"
            f" {str(upstream)!r}",
            "choose another ecr_repository_prefix, or leave it out",
        )
    if kind is None or kind.takes_role:
        return
    for name, value in (
        ("ecr_repository_prefix", prefix if prefix == ROOT else None),
        ("upstream_repository_prefix", upstream if upstream != ROOT else None),
    ):
        if value is not None:
            yield problem_at(
                name,
                f"{name} is documented as {str(value)!r} for upstreams in Amazon ECR only, got"
                f" {kind.title}",
                f"write {kind.default_prefix!r}"
                if value == ROOT
                else "leave it out, or try it before you rely on it",
                severity=Severity.WARNING,
            )


def _credential_problems(rule: PullThroughCacheRule, kind: UpstreamRegistry) -> Iterator[Problem]:
    if kind.credential is not None and not rule.credential_arn:
        yield problem_at(
            "credential_arn",
            f"credential_arn must be given, as {kind.title} needs {kind.credential}, got none",
            f"write the ARN of a secret named '{CREDENTIAL_PREFIX}{kind.default_prefix}' that holds"
            f" {' and '.join(map(repr, SECRET_KEYS))}",
        )
    if kind.credential is None and rule.credential_arn:
        yield problem_at(
            "credential_arn",
            f"credential_arn is of no use, as {kind.title} takes no secret, got"
            f" {str(rule.credential_arn)!r}",
            "leave it out",
            severity=Severity.WARNING,
        )


def _role_problems(
    rule: PullThroughCacheRule, kind: UpstreamRegistry, account: Text | None
) -> Iterator[Problem]:
    if not kind.takes_role:
        if rule.custom_role_arn:
            yield problem_at(
                "custom_role_arn",
                "custom_role_arn is of no use, as it is for upstreams in Amazon ECR, got"
                f" {str(rule.custom_role_arn)!r} for {kind.title}",
                "leave it out",
                severity=Severity.WARNING,
            )
        return
    theirs = rule.upstream.account
    if rule.custom_role_arn or theirs is None or not isinstance(account, str):
        return
    if is_known(account) and theirs != account:
        yield problem_at(
            "custom_role_arn",
            f"custom_role_arn must be given, as the upstream is in account {theirs!r} and the"
            f" registry in {account!r}, got none",
            f"write the ARN of a role in {account!r} that pullthroughcache.ecr.amazonaws.com may"
            " assume",
        )


def _credential_arn_problems(
    arn: Text | None, account: Text | None, region: Text | None
) -> Iterator[Problem]:
    if not arn or not isinstance(arn, str) or not is_known(arn):
        return
    low, high = limits.CREDENTIAL_ARN_MIN, limits.CREDENTIAL_ARN_MAX
    found = patterns.CREDENTIAL_ARN.fullmatch(arn)
    if found is None or not low <= len(arn) <= high:
        yield problem_at(
            "credential_arn",
            f"credential_arn must be the ARN of a secret named '{CREDENTIAL_PREFIX}...', {low} to"
            f" {high} characters, got {arn!r}",
            "name the secret so, as Amazon ECR may read no other, and write its ARN",
        )
        return
    for name, ours in (("account", account), ("region", region)):
        if isinstance(ours, str) and is_known(ours) and found[name] != ours:
            what = "Region" if name == "region" else name
            yield problem_at(
                "credential_arn",
                f"credential_arn must be a secret of the registry's {what} {ours!r}, got {arn!r}",
                f"make the secret in {ours!r}, or replicate it there"
                if name == "region"
                else f"make the secret in {ours!r}",
            )


def _role_arn_problems(role: Text | None, account: Text | None) -> Iterator[Problem]:
    if not role or not isinstance(role, str) or not is_known(role):
        return
    found = patterns.ROLE_ARN.fullmatch(role)
    if found is None or len(role) > limits.ROLE_ARN_MAX:
        yield problem_at(
            "custom_role_arn",
            f"custom_role_arn must be the ARN of a role, of at most {limits.ROLE_ARN_MAX:,}"
            f" characters, got {role!r}",
            "write for example 'arn:aws:iam::111122223333:role/EcrPullThroughCache'",
        )
    elif isinstance(account, str) and is_known(account) and found["account"] != account:
        yield problem_at(
            "custom_role_arn",
            f"custom_role_arn must be a role of the registry's account {account!r}, got {role!r}",
            f"use a role of {account!r}",
        )


def _place_problems(upstream: Upstream, account: Text | None, region: str) -> Iterator[Problem]:
    """Yield what is wrong with a private registry as the upstream of one in this place."""
    if upstream.region is None:
        return
    theirs, ours = partition_of(upstream.region), partition_of(region)
    if theirs != ours:
        yield problem_at(
            "upstream",
            f"upstream must be in the partition {ours!r} of the registry, got {upstream.region!r}"
            f" in {theirs!r}",
            f"write a Region of {ours!r}: no role is trusted across partitions",
        )
    if upstream.region == region and upstream.account == account:
        yield problem_at(
            "upstream",
            f"upstream must be another registry, got the registry's own {upstream.url!r}",
            "write another Region or another account",
        )
