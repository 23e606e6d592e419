"""Rules by which a registry caches the images of another one.

Layer: model; imports ``errors`` and ``service`` only.

Sources: the schema of ``AWS::ECR::PullThroughCacheRule`` in the CloudFormation registry,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ecr_constructs.model.cached_image import cached_repository_name, image_problems
from ecr_constructs.model.codec import Fields
from ecr_constructs.model.problem import Problem, problem_at, refuse
from ecr_constructs.model.pull_through_cache_problems import rule_problems, secret_problems
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.repository_filter import ROOT, unique_prefix_problems
from ecr_constructs.model.unresolved import Text
from ecr_constructs.model.upstream import Upstream
from ecr_constructs.service import limits

__all__ = ["PullThroughCacheRule", "Upstream", "cache_rule_set_problems", "secret_problems"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullThroughCacheRule:
    """A pull through cache rule.

    CloudFormation replaces it for every change, and a replacement under the same
    prefix collides with itself: to rotate a credential change the secret's value,
    not the secret.

    Attributes:
        ecr_repository_prefix: The namespace of the cached repositories, 2 to 30
            characters, a ``/`` at its end is assumed; ``ROOT`` for every
            repository that no other rule covers. It identifies the rule.
        upstream: The registry that is cached.
        upstream_repository_prefix: The namespace at the upstream that stands
            behind the prefix; None or ``ROOT`` for the whole upstream. With a
            prefix of ``ROOT`` it may be nothing else.
        credential_arn: The ARN of the Secrets Manager secret, named
            ``ecr-pullthroughcache/...``, of the registry's account and Region
            and encrypted with ``aws/secretsmanager``, for the upstreams that need one.
        custom_role_arn: The role that reads a private registry of Amazon ECR; of
            the registry's account. Needed where that is another account's.
        origin: Where it was read from; no part of its value.

    Example:
        >>> PullThroughCacheRule.of(Upstream.quay()).repository_name("org/app")
        'quay/org/app'
    """

    ecr_repository_prefix: Text
    upstream: Upstream
    upstream_repository_prefix: Text | None = None
    credential_arn: Text | None = None
    custom_role_arn: Text | None = None
    origin: Origin | None = field(default=None, compare=False)

    @classmethod
    def of(
        cls,
        upstream: Upstream,
        *,
        ecr_repository_prefix: Text | None = None,
        upstream_repository_prefix: Text | None = None,
        credential_arn: Text | None = None,
        custom_role_arn: Text | None = None,
    ) -> PullThroughCacheRule:
        """Return a rule for an upstream.

        Args:
            upstream: The registry that is cached.
            ecr_repository_prefix: The namespace of the cached repositories.
                Default: the one that Amazon ECR's console proposes.
            upstream_repository_prefix: The namespace at the upstream. Default: all.
            credential_arn: The secret's ARN. Default: none.
            custom_role_arn: The role's ARN. Default: none.
        """
        kind = upstream.kind
        default = "" if kind is None else kind.default_prefix
        return cls(
            ecr_repository_prefix=default
            if ecr_repository_prefix is None
            else ecr_repository_prefix,
            upstream=upstream,
            upstream_repository_prefix=upstream_repository_prefix,
            credential_arn=credential_arn,
            custom_role_arn=custom_role_arn,
        )

    def problems(self, *, account: Text | None = None, region: Text | None = None) -> list[Problem]:
        """Return what ECR or CloudFormation would refuse, and what surprises people.

        Args:
            account: The registry's account. Default: not known.
            region: The registry's Region. Default: not known.
        """
        return list(rule_problems(self, account=account, region=region))

    def image_problems(self, image: str) -> list[Problem]:
        """Return what is wrong with the name of an image at the upstream.

        A name without its namespace is refused, as is one with a host, a tag or
        a digest, and never completed: what is written is what stands in the
        registry, in policies and in logs.

        Args:
            image: Its name, such as ``"library/nginx"``.
        """
        return list(image_problems(self, image))

    def repository_name(self, image: str) -> str:
        """Return the name of the repository that caches an image of the upstream.

        Args:
            image: Its name at the upstream, such as ``"library/nginx"``: with
                the namespace, without host, tag and digest.

        Raises:
            ConfigurationError: If :meth:`image_problems` says so.
        """
        refuse(self.image_problems(image))
        return cached_repository_name(self, image)

    def normalise(self) -> PullThroughCacheRule:
        """Return the rule in the one form of its meaning; idempotent.

        Prefixes stay as they are spelt: a change replaces the rule.
        """
        prefix = self.upstream_repository_prefix
        return replace(
            self,
            upstream=self.upstream.normalise(),
            upstream_repository_prefix=None if prefix in (None, "", ROOT) else prefix,
            credential_arn=self.credential_arn or None,
            custom_role_arn=self.custom_role_arn or None,
        )

    def to_cfn(self) -> dict[str, Any]:
        """Return the ``Properties`` of ``AWS::ECR::PullThroughCacheRule``."""
        given = self.normalise()
        return {
            name: value
            for name, value in (
                ("EcrRepositoryPrefix", given.ecr_repository_prefix),
                ("UpstreamRegistry", given.upstream.registry),
                ("UpstreamRegistryUrl", given.upstream.url),
                ("UpstreamRepositoryPrefix", given.upstream_repository_prefix),
                ("CredentialArn", given.credential_arn),
                ("CustomRoleArn", given.custom_role_arn),
            )
            if value is not None
        }

    @classmethod
    def from_cfn(
        cls, resource: Mapping[str, Any], origin: Origin
    ) -> tuple[PullThroughCacheRule, list[Problem]]:
        """Read a resource of a template whose intrinsics are resolved as far as they go.

        Args:
            resource: The resource's ``Properties``.
            origin: Where it stands.

        Returns:
            The rule, and what is malformed: such a value is left unknown.
        """
        fields = Fields(resource.get("Properties"))
        rule = cls(
            ecr_repository_prefix=fields.text("EcrRepositoryPrefix") or "",
            upstream=Upstream(fields.text("UpstreamRegistry"), fields.text("UpstreamRegistryUrl")),
            upstream_repository_prefix=fields.text("UpstreamRepositoryPrefix"),
            credential_arn=fields.text("CredentialArn"),
            custom_role_arn=fields.text("CustomRoleArn"),
            origin=origin,
        )
        return rule, fields.problems

    @classmethod
    def from_api(cls, described: Mapping[str, Any]) -> PullThroughCacheRule:
        """Read a live rule.

        Args:
            described: An entry of ``DescribePullThroughCacheRules``.
        """
        return cls(
            ecr_repository_prefix=described["ecrRepositoryPrefix"],
            upstream=Upstream(described.get("upstreamRegistry"), described["upstreamRegistryUrl"]),
            upstream_repository_prefix=described.get("upstreamRepositoryPrefix"),
            credential_arn=described.get("credentialArn"),
            custom_role_arn=described.get("customRoleArn"),
        )


def cache_rule_set_problems(rules: Iterable[PullThroughCacheRule]) -> Iterator[Problem]:
    """Yield what is wrong between the rules of one registry: too many, a prefix twice."""
    prefixes = [rule.ecr_repository_prefix for rule in rules]
    if len(prefixes) > limits.CACHE_RULES:
        yield problem_at(
            "pull_through_cache_rules",
            f"a registry must have at most {limits.CACHE_RULES} pull through cache rules, got"
            f" {len(prefixes)}",
            "drop some",
        )
    yield from unique_prefix_problems("ecr_repository_prefix", prefixes)
