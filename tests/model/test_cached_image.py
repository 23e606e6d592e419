"""Which repository caches an image of an upstream."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule, Upstream
from ecr_constructs.service import patterns

OTHER = Upstream.ecr("222222222222", "eu-west-1")
HUB = PullThroughCacheRule.of(Upstream.docker_hub())


def rule(upstream: Upstream, prefix: str, upstream_prefix: str | None = None) -> Any:
    return PullThroughCacheRule.of(
        upstream, ecr_repository_prefix=prefix, upstream_repository_prefix=upstream_prefix
    )


@pytest.mark.parametrize(
    ("cache", "image", "repository"),
    [
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
        (HUB, "library/nginx", "docker-hub/library/nginx"),
        (HUB, "grafana/grafana", "docker-hub/grafana/grafana"),
        (PullThroughCacheRule.of(Upstream.kubernetes()), "pause", "kubernetes/pause"),
        (PullThroughCacheRule.of(Upstream.quay()), "quay/quay", "quay/quay/quay"),
        (PullThroughCacheRule.of(Upstream.gitlab()), "a/b/c/d", "gitlab/a/b/c/d"),
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private-wildcards.html
        (rule(OTHER, "ecr-public", "ROOT"), "my-app/image1", "ecr-public/my-app/image1"),
        (rule(OTHER, "ROOT", "ROOT"), "my-app/image1", "my-app/image1"),
        (rule(OTHER, "team-a", "team-a"), "team-a/myapp/image1", "team-a/myapp/image1"),
        (rule(OTHER, "my-app", "upstream-app"), "upstream-app/image1", "my-app/image1"),
        (rule(OTHER, "my-app/", "upstream-app/"), "upstream-app/image1", "my-app/image1"),
    ],
)
def test_the_prefix_stands_before_the_name(
    cache: PullThroughCacheRule, image: str, repository: str
) -> None:
    assert cache.repository_name(image) == repository


@pytest.mark.parametrize(
    ("cache", "image", "said"),
    [
        (
            HUB,
            "nginx",
            (
                "image must be '<namespace>/<repository>' at Docker Hub, where an official image is"
                " in 'library', got 'nginx'; write 'library/nginx'"
            ),
        ),
        (HUB, "docker-hub/library/nginx", "got 'docker-hub/library/nginx'; write 'library/nginx'"),
        (
            HUB,
            "docker.io/library/nginx",
            (
                "must be the repository's name alone, without host, tag or digest, got"
                " 'docker.io/library/nginx'; write 'library/nginx'"
            ),
        ),
        (HUB, "library/nginx:1.29", "got 'library/nginx:1.29'; write 'library/nginx'"),
        (HUB, "library/nginx@sha256:0", "got 'library/nginx@sha256:0'; write 'library/nginx'"),
        (HUB, "registry-1.docker.io/a/b:c", "write 'a/b'"),
        (HUB, "Library/Nginx", "must be lower-case .* got 'Library/Nginx'; write 'library/nginx'"),
        (HUB, "", "got ''; write for example 'library/nginx'"),
        (HUB, "a//b", "got 'a//b'; write for example 'library/nginx'"),
        (HUB, "A//b", "got 'A//b'; write for example 'library/nginx'"),
        (
            rule(OTHER, "my-app", "upstream-app"),
            "image1",
            (
                "must lie in the rule's upstream_repository_prefix 'upstream-app/', got 'image1';"
                " write 'upstream-app/image1'"
            ),
        ),
        (
            PullThroughCacheRule.of(Upstream.quay()),
            f"a/{'b' * 251}",
            (
                "a repository's name of at most 256 characters, got 258 in 'quay/a/b.*'; choose a"
                " short"
            ),
        ),
    ],
)
def test_refuses_a_name_that_is_none_at_the_upstream(
    cache: PullThroughCacheRule, image: str, said: str
) -> None:
    with pytest.raises(ConfigurationError) as error:
        cache.repository_name(image)
    assert re.search(said, str(error.value))


def test_a_host_that_is_no_host_of_the_upstream_is_a_namespace() -> None:
    quay = PullThroughCacheRule.of(Upstream.quay())
    assert quay.repository_name("docker.io/library/nginx") == "quay/docker.io/library/nginx"


def test_a_token_is_taken_as_it_is() -> None:
    assert HUB.repository_name("${Token[Image.3]}") == "docker-hub/${Token[Image.3]}"


@given(st.from_regex(patterns.REPOSITORY_NAME, fullmatch=True))
def test_other_names_make_names_of_repositories(image: str) -> None:
    cache = PullThroughCacheRule.of(Upstream.quay())
    if cache.image_problems(image) == []:
        assert patterns.REPOSITORY_NAME.fullmatch(cache.repository_name(image))
        assert cache.repository_name(image).removeprefix("quay/") == image
