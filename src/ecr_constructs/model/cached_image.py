"""The repository that caches an image of an upstream.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.repository_filter import ROOT
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import limits, patterns

if TYPE_CHECKING:
    from ecr_constructs.model.pull_through_cache import PullThroughCacheRule

#: A name on Docker Hub is a namespace and a repository.
_DOCKER_HUB: Final = "docker-hub"
_DOCKER_HUB_PARTS: Final = 2


def image_problems(rule: PullThroughCacheRule, image: str) -> Iterator[Problem]:
    """Yield what is wrong with the name of an image at the upstream of a rule."""
    if not is_known(image):
        return
    bare = _without_host(rule, re.split(r"[:@]", image, maxsplit=1)[0])
    if bare != image:
        yield _problem(
            "must be the repository's name alone, without host, tag or digest", image, bare
        )
        return
    if not patterns.REPOSITORY_NAME.fullmatch(image):
        yield _problem(
            "must be lower-case letters and digits, joined by '.', '_', '__' or '-' and by '/'"
            " between namespaces",
            image,
            image.lower().strip("/"),
        )
        return
    yield from _namespace_problems(rule, image)
    name = cached_repository_name(rule, image)
    if len(name) > limits.REPOSITORY_NAME_MAX:
        yield problem_at(
            "image",
            f"image must make a repository's name of at most {limits.REPOSITORY_NAME_MAX}"
            f" characters, got {len(name)} in {name!r}",
            "choose a shorter prefix",
        )


def cached_repository_name(rule: PullThroughCacheRule, image: str) -> str:
    """Return the name of the repository that caches an image.

    The namespace at the upstream is replaced by the rule's prefix.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private-wildcards.html
    """
    upstream, prefix = _namespace(rule.upstream_repository_prefix), rule.ecr_repository_prefix
    return f"{_namespace(prefix)}{image.removeprefix(upstream)}"


def _namespace_problems(rule: PullThroughCacheRule, image: str) -> Iterator[Problem]:
    kind = rule.upstream.kind
    parts = image.split("/")
    if kind is not None and kind.name == _DOCKER_HUB and len(parts) != _DOCKER_HUB_PARTS:
        # Docker Hub answers 403 to a name without a namespace.
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/error-pullthroughcache.html
        alone = len(parts) == 1
        yield _problem(
            f"must be '<namespace>/<repository>' at {kind.title}"
            + f", where an official image is in {kind.official_namespace!r}" * alone,
            image,
            f"{kind.official_namespace}/{image}" if alone else "/".join(parts[-_DOCKER_HUB_PARTS:]),
        )
    upstream = _namespace(rule.upstream_repository_prefix)
    if is_known(upstream) and not image.startswith(upstream):
        yield _problem(
            f"must lie in the rule's upstream_repository_prefix {upstream!r}",
            image,
            f"{upstream}{image}",
        )


def _without_host(rule: PullThroughCacheRule, image: str) -> str:
    kind, url = rule.upstream.kind, rule.upstream.url
    hosts = [*(kind.aliases if kind is not None else ()), *([url] if url is not None else [])]
    return next(
        (image.removeprefix(f"{host}/") for host in hosts if image.startswith(f"{host}/")), image
    )


def _namespace(prefix: Text | None) -> str:
    """Return what a prefix stands for before a name; nothing for the root."""
    return "" if prefix in (None, "", ROOT) else f"{str(prefix).removesuffix('/')}/"


def _problem(rule: str, image: str, better: str) -> Problem:
    fits = better != image and patterns.REPOSITORY_NAME.fullmatch(better)
    fix = f"write {better!r}" if fits else "write for example 'library/nginx'"
    return problem_at("image", f"image {rule}, got {image!r}", fix)
