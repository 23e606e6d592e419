"""What scanning found in the images of a live repository.

Layer: sources; imports ``model``.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.scan_result import NOT_SCANNED, ImageScan, ScanFinding
from ecr_constructs.service.media_types import INDEX_MEDIA_TYPES
from ecr_constructs.sources.aws.ecr_api import PAGE, ApiError, EcrApi
from ecr_constructs.sources.aws.images import listed_in, manifests_of

#: The platform of what an index lists and nobody runs, such as BuildKit's attestations.
_NO_PLATFORM: Final = "unknown"


@dataclass(frozen=True, slots=True)
class ImageName:
    """An image, as people name it.

    Attributes:
        repository: The repository's name.
        tag: A tag of it; None where it has none in its name.
        digest: Its digest likewise.
    """

    repository: str
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``REPOSITORY``, ``REPOSITORY:TAG`` or ``REPOSITORY@DIGEST``.

        >>> ImageName.parse("payments/api:v1")
        ImageName(repository='payments/api', tag='v1', digest=None)

        Raises:
            ConfigurationError: If a part is empty, or a host stands before the name.
        """
        name, at, digest = text.partition("@")
        repository, colon, tag = name.partition(":")
        if not repository or (at and not digest) or (colon and not tag):
            raise ConfigurationError(
                f"an image must be REPOSITORY, REPOSITORY:TAG or REPOSITORY@DIGEST, got {text!r};"
                " write for example 'payments/api:v1'"
            )
        host, slash, rest = repository.partition("/")
        if slash and ".dkr.ecr" in host:
            raise ConfigurationError(
                f"an image must be named without its registry, got {text!r}; write"
                f" {text.removeprefix(f'{host}/')!r}, and --region"
                if rest
                else f"an image must have a repository, got {text!r}; write its name"
            )
        return cls(repository, tag or None, digest or None)

    def __str__(self) -> str:
        if self.digest is not None:
            return f"{self.repository}@{self.digest}"
        return self.repository if self.tag is None else f"{self.repository}:{self.tag}"


def read_scans(api: EcrApi, name: ImageName) -> list[ImageScan]:
    """Read what scanning found in an image.

    An index is not scanned itself: what it lists is, each manifest for one
    platform, without attestations.

    Args:
        api: The registry.
        name: The image. Without a tag or a digest it is the one that was
            pushed last, signatures and what is in the archive aside.

    Returns:
        One scan, or one for each manifest of an index.

    Raises:
        ApiError: If a call fails, or there is no such image.
    """
    image = _find(api, name)
    digest, tags = image["imageDigest"], tuple(image.get("imageTags", ()))
    if image.get("imageManifestMediaType") not in INDEX_MEDIA_TYPES:
        return [_scan(api, name.repository, digest, tags=tags)]
    scans = [
        _scan(api, name.repository, listed["digest"], tags=tags, platform=platform)
        for index, manifest in manifests_of(api, name.repository, [digest])
        for listed in listed_in(index, manifest)
        if (platform := _platform(listed)) != _NO_PLATFORM
    ]
    if not scans:
        raise ApiError(
            f"an index must list an image that can be scanned, got none in {str(name)!r}; name an"
            " image of its own"
        )
    return scans


def _find(api: EcrApi, name: ImageName) -> Mapping[str, Any]:
    if name.digest is None and name.tag is None:
        return _last(api, name.repository)
    wanted = {"imageDigest": name.digest} if name.digest else {"imageTag": name.tag}
    try:
        answer = api.call("describe_images", repositoryName=name.repository, imageIds=[wanted])
    except ApiError as error:
        if error.code != "ImageNotFoundException":
            raise
        raise ApiError(_no_image(api, name), error.code) from error
    found: Mapping[str, Any] = answer["imageDetails"][0]
    return found


def _last(api: EcrApi, repository: str) -> Mapping[str, Any]:
    images = (
        image for image in _images(api, repository) if image.get("subjectManifestDigest") is None
    )
    last: Mapping[str, Any] | None = max(
        images, key=lambda image: (image["imagePushedAt"], image["imageDigest"]), default=None
    )
    if last is None:
        raise ApiError(f"the repository must hold an image, got none in {repository!r}; push one")
    return last


def _images(api: EcrApi, repository: str) -> Iterator[Any]:
    return api.entries(
        "describe_images", "imageDetails", repositoryName=repository, maxResults=PAGE
    )


def _no_image(api: EcrApi, name: ImageName) -> str:
    what = "tag" if name.tag else "digest"
    named = name.tag or name.digest or ""
    images = list(_images(api, name.repository))
    names = [
        each
        for image in images
        for each in (image.get("imageTags", ()) if name.tag else (image["imageDigest"],))
    ]
    close = difflib.get_close_matches(named, names, n=1)
    fix = f"did you mean {close[0]!r}" if close else "`ecr-constructs images export` lists them"
    return f"an image of {name.repository!r} must have the {what}, got {named!r}; {fix}"


def _platform(listed: Mapping[str, Any]) -> str:
    platform = listed.get("platform", {})
    system, architecture = platform.get("os"), platform.get("architecture")
    if system == _NO_PLATFORM:
        return _NO_PLATFORM
    parts = (system, architecture, platform.get("variant"))
    return "/".join(each for each in parts if each) or "any platform"


def _scan(
    api: EcrApi,
    repository: str,
    digest: str,
    *,
    tags: tuple[str, ...],
    platform: str | None = None,
) -> ImageScan:
    status: Mapping[str, Any] = {"status": NOT_SCANNED}
    findings: list[ScanFinding] = []
    try:
        for page in api.pages(
            "describe_image_scan_findings",
            repositoryName=repository,
            imageId={"imageDigest": digest},
            maxResults=PAGE,
        ):
            status = page.get("imageScanStatus", status)
            found = page.get("imageScanFindings", {})
            findings += map(ScanFinding.from_basic, found.get("findings", ()))
            findings += map(ScanFinding.from_enhanced, found.get("enhancedFindings", ()))
    except ApiError as error:
        if error.code != "ScanNotFoundException":
            raise
    return ImageScan(
        digest=digest,
        tags=tags,
        platform=platform,
        status=status.get("status", NOT_SCANNED),
        description=status.get("description", ""),
        findings=tuple(sorted(findings, key=lambda each: each.weight)),
    )
