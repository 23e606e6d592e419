"""What ministack's repositories lack: exclusion filters, and a clean end.

ministack drops the exclusion filters of a repository and takes the two modes
that have them for mutable; it also keeps the images of a repository that was
deleted, so that one made anew under the name would serve them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ministack.services import ecr
from tests.deploy.emulator import images
from tests.deploy.emulator.checks import (
    require_document,
    require_filters,
    require_key,
    tag_is_immutable,
)
from tests.deploy.emulator.operations import Operation, Request, Response, ministack_operation
from tests.deploy.emulator.service_model import ApiError

_FILTERS: Final = "imageTagMutabilityExclusionFilters"

Answer = tuple[int, dict[str, str], bytes]


def operations() -> dict[str, Operation]:
    """Return the operations that stand before ministack's of the same name."""
    return {
        "CreateRepository": _create,
        "DeleteRepository": _delete,
        "PutImage": _put_image,
        "PutImageTagMutability": _put_image_tag_mutability,
        "PutLifecyclePolicy": _put_lifecycle_policy,
        "SetRepositoryPolicy": _set_repository_policy,
        **images.operations(),
    }


def guard_registry_protocol() -> None:
    """Refuse a push over the OCI protocol that would move an immutable tag."""
    put_manifest = ecr._v2_put_manifest

    def guarded(name: str, ref: str, headers: Mapping[str, str], body: bytes) -> Answer:
        digest = ecr._content_digest(body or b"")
        if name in ecr._repositories and _would_move(name, ref, digest):
            answer: Answer = ecr._registry_error(
                400,
                "TAG_INVALID",
                f"The image tag '{ref}' already exists in the '{name}' repository and cannot "
                "be overwritten because the tag is immutable.",
            )
        else:
            answer = put_manifest(name, ref, headers, body)
        return answer

    ecr._v2_put_manifest = guarded


def show_filters() -> None:
    """Let the description of a repository hold its exclusion filters."""
    shape = ecr._repo_shape

    def with_filters(repository: Mapping[str, Any]) -> dict[str, Any]:
        described: dict[str, Any] = shape(repository)
        if repository.get(_FILTERS):
            described[_FILTERS] = repository[_FILTERS]
        return described

    ecr._repo_shape = with_filters


def _create(request: Request) -> Response:
    require_filters(request.get("imageTagMutability", "MUTABLE"), request.get(_FILTERS))
    require_key(request.get("encryptionConfiguration", {}).get("kmsKey"))
    ministack_operation("CreateRepository", request)
    repository = ecr._repositories[request["repositoryName"]]
    repository[_FILTERS] = request.get(_FILTERS, [])
    return {"repository": ecr._repo_shape(repository)}


def _delete(request: Request) -> Response:
    answer = ministack_operation("DeleteRepository", request)
    for store in (ecr._manifest_blobs, ecr._layer_blobs, ecr._uploads):
        store.pop(request["repositoryName"], None)
    return answer


def _put_image_tag_mutability(request: Request) -> Response:
    require_filters(request["imageTagMutability"], request.get(_FILTERS))
    answer = ministack_operation("PutImageTagMutability", request)
    filters = request.get(_FILTERS, [])
    ecr._repositories[request["repositoryName"]][_FILTERS] = filters
    return {**answer, _FILTERS: filters}


def _put_image(request: Request) -> Response:
    name, tag = request["repositoryName"], request.get("imageTag")
    digest = request.get("imageDigest") or ecr._image_digest(request["imageManifest"])
    if tag and name in ecr._repositories and _would_move(name, tag, digest):
        raise ApiError(
            "ImageTagAlreadyExistsException",
            f"The image tag '{tag}' already exists in the '{name}' repository and cannot be "
            "overwritten because the tag is immutable.",
        )
    return ministack_operation("PutImage", request)


def _put_lifecycle_policy(request: Request) -> Response:
    require_document(request["lifecyclePolicyText"], "LifecyclePolicyText", "rules")
    return ministack_operation("PutLifecyclePolicy", request)


def _set_repository_policy(request: Request) -> Response:
    require_document(request["policyText"], "PolicyText", "Statement")
    return ministack_operation("SetRepositoryPolicy", request)


def _would_move(name: str, tag: str, digest: str) -> bool:
    """Tell whether a push would take an immutable tag from another image."""
    repository = ecr._repositories[name]
    held = any(
        tag in image["imageTags"] and image["imageDigest"] != digest for image in ecr._images[name]
    )
    return held and tag_is_immutable(
        repository["imageTagMutability"], repository.get(_FILTERS, []), tag
    )
