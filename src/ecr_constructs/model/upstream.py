"""The registry that a pull through cache rule caches.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import patterns
from ecr_constructs.service.partitions import url_suffix_of
from ecr_constructs.service.upstreams import UPSTREAMS, UpstreamRegistry, upstream_of_url

_ECR: Final = "ecr"
_AZURE: Final = "azure-container-registry"


@final
@dataclass(frozen=True, slots=True)
class Upstream:
    """An upstream registry.

    Attributes:
        registry: The value of ``UpstreamRegistry``; None where a template leaves
            it to Amazon ECR, which tells it from the URL.
        url: The value of ``UpstreamRegistryUrl``; None where a template has none.

    Example:
        >>> Upstream.docker_hub().url
        'registry-1.docker.io'
    """

    registry: Text | None
    url: Text | None

    @classmethod
    def docker_hub(cls) -> Upstream:
        """Return Docker Hub; needs a secret with an access token."""
        return cls._fixed("docker-hub")

    @classmethod
    def ecr_public(cls) -> Upstream:
        """Return Amazon ECR Public; needs no credential."""
        return cls._fixed("ecr-public")

    @classmethod
    def kubernetes(cls) -> Upstream:
        """Return the registry of the Kubernetes project; needs no credential."""
        return cls._fixed("k8s")

    @classmethod
    def quay(cls) -> Upstream:
        """Return Quay; needs no credential."""
        return cls._fixed("quay")

    @classmethod
    def github(cls) -> Upstream:
        """Return the GitHub Container Registry; needs a secret with a personal access token."""
        return cls._fixed("github-container-registry")

    @classmethod
    def gitlab(cls) -> Upstream:
        """Return the registry of GitLab.com, and of no GitLab of one's own; needs a secret."""
        return cls._fixed("gitlab-container-registry")

    @classmethod
    def azure(cls, registry_name: str) -> Upstream:
        """Return a Microsoft Azure Container Registry; needs a secret with a token.

        Args:
            registry_name: What stands before ``.azurecr.io``.
        """
        return cls(_AZURE, f"{registry_name}.azurecr.io")

    @classmethod
    def chainguard(cls) -> Upstream:
        """Return the Chainguard Registry; needs a secret with a pull token."""
        return cls._fixed("chainguard")

    @classmethod
    def ecr(cls, account: str, region: str) -> Upstream:
        """Return the private registry of another account or Region; no secret.

        Another account needs a role, see
        :attr:`~ecr_constructs.model.pull_through_cache.PullThroughCacheRule.custom_role_arn`.

        Args:
            account: 12 digits; may be a token.
            region: The Region, known at synthesis: the domain depends on it.
        """
        return cls(_ECR, f"{account}.dkr.ecr.{region}.{url_suffix_of(region)}")

    @property
    def kind(self) -> UpstreamRegistry | None:
        """What is known of upstreams of this kind; None where the kind is not known."""
        if isinstance(self.registry, str) and is_known(self.registry):
            return UPSTREAMS.get(self.registry)
        if self.registry is None and isinstance(self.url, str) and is_known(self.url):
            return upstream_of_url(self.url)
        return None

    @property
    def account(self) -> str | None:
        """The account of a private registry of Amazon ECR; None for others or where not known."""
        return self._part("account")

    @property
    def region(self) -> str | None:
        """The Region of a private registry of Amazon ECR; None for others or where not known."""
        return self._part("region")

    def problems(self) -> Iterator[Problem]:
        """Yield what ECR would refuse: an unknown kind, a URL that is not of its kind."""
        registry, url = self.registry, self.url
        if registry is not None and is_known(registry) and registry not in UPSTREAMS:
            yield problem_at(
                "upstream",
                f"upstream must be one of {', '.join(UPSTREAMS)}, got {str(registry)!r}",
                "write for example Upstream.docker_hub()",
            )
            return
        kind = self.kind
        if url is None:
            url_of = f"'{kind.url}'" if kind else "the registry's host"
            yield problem_at(
                "upstream", "upstream must have a URL, got none", f"write {url_of} as its URL"
            )
        elif not isinstance(url, str) or not is_known(url):
            yield from self._unknown_region_problems()
        elif kind is None:
            if registry is None:
                known = ", ".join(each.url for each in UPSTREAMS.values())
                yield problem_at(
                    "upstream",
                    f"upstream must be a registry that Amazon ECR can cache, got {url!r}",
                    f"write one of {known}, without 'https://'",
                )
        elif not kind.url_pattern.fullmatch(url):
            yield problem_at(
                "upstream",
                f"upstream must be {kind.url!r} for {kind.title}, got {url!r}",
                _better_url(kind, url),
            )

    def normalise(self) -> Upstream:
        """Return the upstream with its kind written out; idempotent."""
        kind = self.kind
        return self if kind is None else Upstream(kind.name, self.url)

    @classmethod
    def _fixed(cls, name: str) -> Upstream:
        return cls(name, UPSTREAMS[name].url)

    def _part(self, name: str) -> str | None:
        if not isinstance(self.url, str):
            return None
        found = UPSTREAMS[_ECR].url_pattern.fullmatch(self.url)
        return None if found is None else found[name]

    def _unknown_region_problems(self) -> Iterator[Problem]:
        """Yield a problem if the URL was made of a Region that is a token."""
        if self.registry != _ECR or not isinstance(self.url, str):
            return
        region = self.url.rpartition(".dkr.ecr.")[2]
        if not is_known(region):
            yield problem_at(
                "upstream",
                "upstream must have a Region that is known at synthesis, as its domain depends on"
                " it, got a CDK token",
                "write the Region itself: Upstream.ecr(account, 'eu-west-1')",
            )


def _better_url(kind: UpstreamRegistry, url: str) -> str:
    if not kind.given:
        return f"write {kind.url!r}"
    if kind.name == _AZURE:
        name = re.sub(r"^https?://|(\.azurecr\.io)+/?$", "", url.lower())
        fits = kind.url_pattern.fullmatch(f"{name}.azurecr.io")
        return f"write Upstream.azure({name!r})" if fits else "write Upstream.azure('myregistry')"
    account = url.partition(".")[0]
    fits = patterns.ACCOUNT_ID.fullmatch(account)
    return f"write Upstream.ecr({account if fits else '111122223333'!r}, 'eu-west-1')"
