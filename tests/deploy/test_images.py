"""What a repository holds, pushed by an OCI client and judged by the library.

Indexes and their manifests, signatures and SBOMs: what clients push of them,
what ECR then says of each, and which of them a lifecycle policy would take.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from tests.deploy.artifacts import (
    CONFIG,
    IMAGE,
    INDEX,
    SBOM,
    SIGNATURE,
    Index,
    push_index,
    push_referrer,
    push_untagged,
)
from tests.deploy.conftest import Aws
from tests.deploy.oci import Image, OciRegistry, RegistryRefusalError, digest_of

from ecr_constructs.lifecycle.evaluate import evaluate
from ecr_constructs.lifecycle.evaluation import Evaluation
from ecr_constructs.lifecycle.inventory import Inventory, parse_inventory
from ecr_constructs.lifecycle.notes import may_be_held, notes
from ecr_constructs.lifecycle.verdict import Outcome
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.sources.aws import EcrApi
from ecr_constructs.sources.aws.images import read_images

pytestmark = pytest.mark.deploy

REPOSITORY: Final = "team/api"
NAME: Final[dict[str, Any]] = {"repositoryName": REPOSITORY}
POLICY: Final = LifecyclePolicy.of(
    LifecycleRule.expire_untagged(older_than_days=7),
    LifecycleRule.expire(older_than_days=30, tag_patterns=["pr-*"]),
)


@dataclass(frozen=True, slots=True)
class Pushed:
    """The digests of what :func:`_pushed` pushed."""

    release: Index
    request: Index
    signature: str
    sbom: str
    orphan: str


@pytest.fixture(name="pushed")
def _pushed(registry: OciRegistry, aws: Aws) -> Pushed:
    """A release and a pull request, each an index with a referrer, and what nobody names."""
    aws("ecr").create_repository(**NAME, imageTagMutability="IMMUTABLE")
    release = push_index(registry, REPOSITORY, "v1", "release")
    request = push_index(registry, REPOSITORY, "pr-7", "request")
    return Pushed(
        release=release,
        request=request,
        signature=push_referrer(registry, REPOSITORY, release.digest, SIGNATURE),
        sbom=push_referrer(registry, REPOSITORY, request.digest, SBOM),
        orphan=push_untagged(registry, REPOSITORY, Image.of("orphan")),
    )


def inventory(api: Any) -> Inventory:
    """Return the images as the library exports them, with the index that lists each."""
    with read_images(EcrApi(api), REPOSITORY) as details:
        text = json.dumps({"imageDetails": list(details)})
    return parse_inventory(io.BytesIO(text.encode()), name="images")


def judged(api: Any, *, days: int) -> Evaluation:
    """Return what the policy would do to the images so many days from now."""
    return evaluate(POLICY, inventory(api).images, datetime.now(UTC) + timedelta(days=days))


def expiring(evaluation: Evaluation) -> set[str]:
    return {verdict.image.digest for verdict in evaluation if verdict.outcome is Outcome.EXPIRE}


def delete(api: Any, digests: Sequence[str]) -> dict[str, str]:
    """Delete images, and return why some stay, by digest."""
    answer = api.batch_delete_image(**NAME, imageIds=[{"imageDigest": each} for each in digests])
    return {each["imageId"]["imageDigest"]: each["failureCode"] for each in answer["failures"]}


def test_what_a_client_pushes_is_described_as_what_it_is(
    pushed: Pushed, registry: OciRegistry, aws: Aws
) -> None:
    details = {
        each["imageDigest"]: each for each in aws("ecr").describe_images(**NAME)["imageDetails"]
    }
    seen = {
        digest: (
            each.get("imageTags"),
            each["imageManifestMediaType"],
            each.get("artifactMediaType"),
            each.get("subjectManifestDigest"),
        )
        for digest, each in details.items()
    }

    children = [*pushed.release.children.values(), *pushed.request.children.values()]
    assert seen == {
        pushed.release.digest: (["v1"], INDEX, None, None),
        pushed.request.digest: (["pr-7"], INDEX, None, None),
        pushed.signature: (None, IMAGE, SIGNATURE, pushed.release.digest),
        pushed.sbom: (None, IMAGE, SBOM, pushed.request.digest),
        **dict.fromkeys((*children, pushed.orphan), (None, IMAGE, CONFIG, None)),
    }
    for digest in details:
        assert digest_of(registry.get_manifest(REPOSITORY, digest)) == digest
    assert set(details) == {image.digest for image in inventory(aws("ecr")).images}


def test_an_index_keeps_its_manifests_and_takes_its_referrers(pushed: Pushed, aws: Aws) -> None:
    """What the policy takes is deleted as ECR would; a second run finds what that freed."""
    api = aws("ecr")

    soon = judged(api, days=8)
    assert expiring(soon) == {pushed.orphan}
    later = judged(api, days=31)
    assert expiring(later) == {pushed.orphan, pushed.request.digest, pushed.sbom}

    held = pushed.request.children.values()
    assert delete(api, list(held)) == dict.fromkeys(held, "ImageReferencedByManifestList")
    assert delete(api, sorted(expiring(later))) == {}
    freed = judged(api, days=31)
    assert expiring(freed) == set(held)
    assert delete(api, list(held)) == {}

    left = judged(api, days=31)
    assert expiring(left) == set()
    assert {image.digest for image in left.images} == {
        pushed.release.digest,
        *pushed.release.children.values(),
        pushed.signature,
    }


def test_without_knowing_the_indexes_the_answer_is_an_upper_bound(pushed: Pushed, aws: Aws) -> None:
    """``describe-images`` alone does not say which images an index lists."""
    images = [image._replace(referenced_by=None) for image in inventory(aws("ecr")).images]

    answer = evaluate(POLICY, images, datetime.now(UTC) + timedelta(days=8))

    children = {*pushed.release.children.values(), *pushed.request.children.values()}
    assert expiring(answer) == {pushed.orphan, *children}
    assert {image.digest for image in may_be_held(answer)} == expiring(answer)
    assert "this is an upper bound" in notes(answer)[0]


def test_refuses_another_index_under_an_immutable_tag(
    pushed: Pushed, registry: OciRegistry
) -> None:
    with pytest.raises(RegistryRefusalError, match=r"TAG_INVALID.*'v1'.*tag is immutable"):
        push_index(registry, REPOSITORY, "v1", "other")
    assert digest_of(registry.get_manifest(REPOSITORY, "v1")) == pushed.release.digest


def test_a_tag_goes_alone_until_it_is_the_last(registry: OciRegistry, aws: Aws) -> None:
    api = aws("ecr")
    api.create_repository(**NAME)
    digest = registry.push(REPOSITORY, "v1", Image.of("image"))
    assert registry.push(REPOSITORY, "latest", Image.of("image")) == digest

    api.batch_delete_image(**NAME, imageIds=[{"imageTag": "latest"}])
    (left,) = api.describe_images(**NAME)["imageDetails"]
    assert left["imageTags"] == ["v1"]
    assert registry.pull(REPOSITORY, "v1").digest == digest

    with pytest.raises(api.exceptions.RepositoryNotEmptyException, match="is not empty"):
        api.delete_repository(**NAME)
    api.batch_delete_image(**NAME, imageIds=[{"imageTag": "v1"}])
    for reference in ("v1", digest):
        with pytest.raises(RegistryRefusalError, match="MANIFEST_UNKNOWN"):
            registry.pull(REPOSITORY, reference)
    api.delete_repository(**NAME)
    with pytest.raises(RegistryRefusalError, match=r"NAME_UNKNOWN.*team/api"):
        registry.pull(REPOSITORY, "v1")


def test_images_are_described_in_pages(pushed: Pushed, aws: Aws) -> None:
    pages = list(
        aws("ecr")
        .get_paginator("describe_images")
        .paginate(**NAME, filter={"tagStatus": "UNTAGGED"}, PaginationConfig={"PageSize": 3})
    )
    digests = [each["imageDigest"] for page in pages for each in page["imageDetails"]]
    assert [len(page["imageDetails"]) for page in pages] == [3, 3, 1]
    assert set(digests) == {
        *pushed.release.children.values(),
        *pushed.request.children.values(),
        pushed.signature,
        pushed.sbom,
        pushed.orphan,
    }
