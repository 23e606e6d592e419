"""The registries that a pull through cache rule can have as its upstream.

``UG`` is the Amazon ECR user guide below
https://docs.aws.amazon.com/AmazonECR/latest/userguide/; the names are those of
``UpstreamRegistry`` in the schema of ``AWS::ECR::PullThroughCacheRule``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/"
_RULES: Final = f"{_GUIDE}pull-through-cache-creating-rule.html"
_ECR: Final = f"{_GUIDE}pull-through-cache-private.html"

#: The members of a secret's JSON, the same for all upstreams that need one.
#: UG pull-through-cache-creating-secret.html
SECRET_KEYS: Final = ("username", "accessToken")
#: What the name of such a secret begins with; Amazon ECR may read no other.
CREDENTIAL_PREFIX: Final = "ecr-pullthroughcache/"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamRegistry:
    """A kind of upstream.

    Attributes:
        name: The value of ``UpstreamRegistry``.
        title: What people call it.
        url: The value of ``UpstreamRegistryUrl``; ``<...>`` is what has to be given.
        url_pattern: Every URL of this kind.
        default_prefix: The prefix that Amazon ECR's console proposes.
        credential: What ``accessToken`` in the secret holds; None where no
            secret is needed.
        takes_role: Whether an IAM role can stand for the cache at the upstream.
        aliases: Other hosts that people write before the name of an image.
        official_namespace: The namespace of the images that are pulled without
            one elsewhere; None where there are none.
        source: The page that says so.
    """

    name: str
    title: str
    url: str
    url_pattern: re.Pattern[str]
    default_prefix: str
    credential: str | None = None
    takes_role: bool = False
    aliases: tuple[str, ...] = ()
    official_namespace: str | None = None
    source: str = _RULES

    @property
    def given(self) -> tuple[str, ...]:
        """What has to be given to know the URL: ``("registry name",)`` for Azure."""
        return tuple(re.findall(r"<([^>]+)>", self.url))

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The members of the secret's JSON; empty where no secret is needed."""
        return SECRET_KEYS if self.credential is not None else ()


def _fixed(url: str) -> re.Pattern[str]:
    return re.compile(re.escape(url))


_ALL: Final = (
    UpstreamRegistry(
        name="ecr-public",
        title="Amazon ECR Public",
        url="public.ecr.aws",
        url_pattern=_fixed("public.ecr.aws"),
        default_prefix="ecr-public",
    ),
    UpstreamRegistry(
        name="k8s",
        title="Kubernetes",
        url="registry.k8s.io",
        url_pattern=_fixed("registry.k8s.io"),
        default_prefix="kubernetes",
    ),
    UpstreamRegistry(
        name="quay",
        title="Quay",
        url="quay.io",
        url_pattern=_fixed("quay.io"),
        default_prefix="quay",
    ),
    UpstreamRegistry(
        name="docker-hub",
        title="Docker Hub",
        url="registry-1.docker.io",
        url_pattern=_fixed("registry-1.docker.io"),
        default_prefix="docker-hub",
        credential="an access token",
        aliases=("docker.io", "index.docker.io", "hub.docker.com"),
        official_namespace="library",
    ),
    UpstreamRegistry(
        name="github-container-registry",
        title="GitHub Container Registry",
        url="ghcr.io",
        url_pattern=_fixed("ghcr.io"),
        default_prefix="github",
        credential="a personal access token",
    ),
    UpstreamRegistry(
        name="gitlab-container-registry",
        title="GitLab Container Registry",
        url="registry.gitlab.com",
        url_pattern=_fixed("registry.gitlab.com"),
        default_prefix="gitlab",
        credential="a personal, group or project access token",
    ),
    UpstreamRegistry(
        name="azure-container-registry",
        title="Microsoft Azure Container Registry",
        url="<registry name>.azurecr.io",
        url_pattern=re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.azurecr\.io"),
        default_prefix="azure",
        credential="a token",
    ),
    UpstreamRegistry(
        name="chainguard",
        title="Chainguard Registry",
        url="cgr.dev",
        url_pattern=_fixed("cgr.dev"),
        default_prefix="chainguard",
        credential="a pull token",
    ),
    UpstreamRegistry(
        name="ecr",
        title="Amazon ECR",
        url="<account>.dkr.ecr.<Region>.amazonaws.com",
        # The domain is that of the Region's partition
        url_pattern=re.compile(
            r"(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\."
            r"(amazonaws\.com(\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov"
            r"|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
        ),
        default_prefix="ecr",
        takes_role=True,
        source=_ECR,
    ),
)

#: All upstreams by the value of ``UpstreamRegistry``.
UPSTREAMS: Final[Mapping[str, UpstreamRegistry]] = {each.name: each for each in _ALL}


def upstream_of_url(url: str) -> UpstreamRegistry | None:
    """Return the kind of upstream that a URL belongs to, or None.

    >>> upstream_of_url("team.azurecr.io").title
    'Microsoft Azure Container Registry'
    """
    return next((each for each in _ALL if each.url_pattern.fullmatch(url)), None)
