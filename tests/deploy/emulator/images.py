"""Describe and delete images as the ECR API does, where ministack falls short.

ministack does not say what an image is about, has no pages, names the manifest's
media type as the artifact's, deletes an image with one of its tags, keeps
serving it by its digest, and deletes what an index lists.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html,
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html,
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageFailure.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import ecr
from tests.deploy.emulator.checks import page
from tests.deploy.emulator.operations import Operation, Request, Response
from tests.deploy.emulator.service_model import ApiError


def operations() -> dict[str, Operation]:
    """Return the operations that stand before ministack's of the same name."""
    return {"BatchDeleteImage": _delete, "DescribeImages": _describe}


def _describe(request: Request) -> Response:
    name = request["repositoryName"]
    asked = request.get("imageIds")
    if asked is not None:
        images = [_require(name, identifier) for identifier in asked]
    else:
        images = _images(name)
    wanted = request.get("filter", {})
    return page(
        request, "imageDetails", [_detail(image) for image in images if _matches(image, wanted)]
    )


def _matches(image: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Tell whether a filter lets an image through; none is archived here."""
    tagged = "TAGGED" if image["imageTags"] else "UNTAGGED"
    return wanted.get("tagStatus", "ANY") in {tagged, "ANY"} and (
        wanted.get("imageStatus", "ACTIVE") in {"ACTIVE", "ANY"}
    )


def _detail(image: Mapping[str, Any]) -> dict[str, Any]:
    manifest = json.loads(image["imageManifest"])
    media_type = image["imageManifestMediaType"]
    detail = {
        "registryId": image["registryId"],
        "repositoryName": image["repositoryName"],
        "imageDigest": image["imageDigest"],
        "imageTags": image["imageTags"],
        "imageSizeInBytes": len(image["imageManifest"]),
        "imagePushedAt": image["imagePushedAt"],
        "imageManifestMediaType": media_type,
        "artifactMediaType": manifest.get("artifactType")
        or manifest.get("config", {}).get("mediaType"),
        "subjectManifestDigest": manifest.get("subject", {}).get("digest"),
        "imageStatus": "ACTIVE",
    }
    return {member: value for member, value in detail.items() if value}


def _delete(request: Request) -> Response:
    name = request["repositoryName"]
    _images(name)
    deleted: list[dict[str, str]] = []
    failures: list[dict[str, Any]] = []
    for identifier in request["imageIds"]:
        image = ecr._find_image(name, identifier)
        if image is None:
            failures.append(_failure(identifier, "ImageNotFound", "Requested image not found"))
        elif holders := _holders(name, image, identifier):
            code = "ImageReferencedByManifestList"
            reason = f"Requested image referenced by manifest list: {holders}"
            failures.append(_failure(identifier, code, reason))
        else:
            deleted += _remove(name, image, identifier)
    return {"imageIds": deleted, "failures": failures}


def _failure(identifier: Mapping[str, str], code: str, reason: str) -> dict[str, Any]:
    return {"imageId": identifier, "failureCode": code, "failureReason": reason}


def _holders(name: str, image: Mapping[str, Any], identifier: Mapping[str, str]) -> list[str]:
    """Return the indexes that keep an image; a tag that is not its last may go."""
    if "imageDigest" not in identifier and image["imageTags"] != [identifier["imageTag"]]:
        return []
    return [
        each["imageDigest"] for each in ecr._images[name] if image["imageDigest"] in _listed(each)
    ]


def _listed(image: Mapping[str, Any]) -> list[str]:
    """Return the digests that an index lists; any other image lists none."""
    return [each["digest"] for each in json.loads(image["imageManifest"]).get("manifests", [])]


def _remove(
    name: str, image: dict[str, Any], identifier: Mapping[str, str]
) -> list[dict[str, str]]:
    """Remove an image by its digest with all its tags, or a tag and the image with the last."""
    digest, tags = image["imageDigest"], image["imageTags"]
    gone = list(tags) if "imageDigest" in identifier else [identifier["imageTag"]]
    image["imageTags"] = [tag for tag in tags if tag not in gone]
    if not image["imageTags"]:
        ecr._images[name].remove(image)
        ecr._manifest_blobs.get(name, {}).pop(digest, None)
    return [{"imageDigest": digest, "imageTag": tag} for tag in gone] or [{"imageDigest": digest}]


def _images(name: str) -> list[dict[str, Any]]:
    if name not in ecr._repositories:
        raise ApiError(
            "RepositoryNotFoundException", f"The repository with name '{name}' does not exist"
        )
    images: list[dict[str, Any]] = ecr._images[name]
    return images


def _require(name: str, identifier: Mapping[str, str]) -> dict[str, Any]:
    _images(name)
    image: dict[str, Any] | None = ecr._find_image(name, identifier)
    if image is None:
        raise ApiError("ImageNotFoundException", f"The image with imageId {identifier} not found")
    return image
