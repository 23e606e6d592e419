"""The images of a live repository, with the indexes that list them.

Layer: sources; imports ``errors`` and ``service``.

``DescribeImages`` does not tell which manifests an index lists, and a lifecycle
policy keeps them as long as their index. Each index is asked for its manifest,
a hundred at a time, and what it lists is noted at its images.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html,
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self, final

from ecr_constructs.errors import SourceError
from ecr_constructs.service.media_types import INDEX_MEDIA_TYPES
from ecr_constructs.sources.aws.ecr_api import PAGE, ApiError, EcrApi

#: The most images of one call of BatchGetImage.
BATCH: Final = 100

_TABLES: Final = """
CREATE TABLE image (digest TEXT PRIMARY KEY, detail TEXT NOT NULL);
CREATE TABLE listed (digest TEXT, by_index TEXT, PRIMARY KEY (digest, by_index)) WITHOUT ROWID;
"""
_DETAILS: Final = """
SELECT detail, (SELECT json_group_array(by_index) FROM listed WHERE listed.digest = image.digest)
FROM image ORDER BY image.rowid
"""


@final
class ImageDetails:
    """The images of one repository, on disk: a repository may hold 100,000.

    A context manager: what is on disk goes when it ends.
    """

    def __init__(self) -> None:
        # A database without a name is a file that is deleted when it is closed.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is on disk; a second call does nothing."""
        self._database.close()

    def __len__(self) -> int:
        (count,) = self._database.execute("SELECT count(*) FROM image").fetchone()
        return int(count)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield each image as ``aws ecr describe-images`` prints it, with ``referencedBy``."""
        for detail, indexes in self._database.execute(_DETAILS):
            yield {**json.loads(detail), "referencedBy": json.loads(indexes)}

    def add(self, details: Sequence[Mapping[str, Any]]) -> None:
        """Take images; one that moved from page to page meanwhile is taken once."""
        self._database.executemany(
            "INSERT OR REPLACE INTO image VALUES (?, ?)",
            ((each["imageDigest"], json.dumps(each, default=_in_utc)) for each in details),
        )

    def note_index(self, index: str, digests: Sequence[str]) -> None:
        """Note the manifests that an index lists."""
        self._database.executemany(
            "INSERT OR IGNORE INTO listed VALUES (?, ?)", ((each, index) for each in digests)
        )


def read_images(
    api: EcrApi, repository_name: str, *, on_progress: Callable[[int], None] | None = None
) -> ImageDetails:
    """Read all images of a repository, those in the archive too.

    It takes a call for each thousand images and one for each hundred indexes.
    An index in the archive is not asked, as nobody can pull it and it holds
    nothing.

    Args:
        api: The registry.
        repository_name: The repository's name.
        on_progress: Told how many images were read.

    Returns:
        All of them, to be closed after use.

    Raises:
        ApiError: If a call fails, or an index cannot be read.
        SourceError: If there is no room for them on the disk.
    """
    details = ImageDetails()
    try:
        _read_into(details, api, repository_name, on_progress)
    except sqlite3.Error as error:
        details.close()
        raise SourceError(
            f"the images of {repository_name!r} must fit into a temporary file, got {error}; make"
            " room, or set TMPDIR to where there is some"
        ) from error
    except BaseException:
        details.close()
        raise
    return details


def _read_into(
    details: ImageDetails,
    api: EcrApi,
    repository_name: str,
    on_progress: Callable[[int], None] | None,
) -> None:
    indexes: list[str] = []
    read = 0
    for page in api.pages(
        "describe_images",
        repositoryName=repository_name,
        filter={"imageStatus": "ANY"},
        maxResults=PAGE,
    ):
        images = page.get("imageDetails", ())
        details.add(images)
        indexes += (each["imageDigest"] for each in images if _is_held_by(each))
        while len(indexes) >= BATCH:
            _read_indexes(details, api, repository_name, indexes[:BATCH])
            del indexes[:BATCH]
        read += len(images)
        if on_progress is not None:
            on_progress(read)
    if indexes:
        _read_indexes(details, api, repository_name, indexes)


def _is_held_by(detail: Mapping[str, Any]) -> bool:
    is_index = detail.get("imageManifestMediaType") in INDEX_MEDIA_TYPES
    return is_index and detail.get("imageStatus") != "ARCHIVED"


def _read_indexes(
    details: ImageDetails, api: EcrApi, repository_name: str, indexes: Sequence[str]
) -> None:
    for index, manifest in manifests_of(api, repository_name, indexes):
        details.note_index(index, [each["digest"] for each in listed_in(index, manifest)])


def manifests_of(
    api: EcrApi, repository_name: str, indexes: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield the manifests of indexes with their digests; one that is gone meanwhile is left out.

    Args:
        api: The registry.
        repository_name: The repository's name.
        indexes: The digests, at most a hundred.

    Raises:
        ApiError: If a manifest is refused.
    """
    left = list(indexes)
    while left:
        answer = api.call(
            "batch_get_image",
            repositoryName=repository_name,
            imageIds=[{"imageDigest": digest} for digest in left],
            acceptedMediaTypes=sorted(INDEX_MEDIA_TYPES),
        )
        done = set()
        for image in answer.get("images", ()):
            done.add(image["imageId"]["imageDigest"])
            yield image["imageId"]["imageDigest"], image["imageManifest"]
        for failure in answer.get("failures", ()):
            digest = failure["imageId"].get("imageDigest")
            if failure.get("failureCode") != "ImageNotFound":
                raise ApiError(
                    f"the index {digest!r} must be readable, got {failure.get('failureCode')}"
                    f" ({failure.get('failureReason')}); without it nobody can tell which images"
                    " it keeps"
                )
            done.add(digest)
        rest = [digest for digest in left if digest not in done]
        if len(rest) == len(left):
            raise ApiError(
                f"BatchGetImage must answer for every image, got none of {len(left)} in"
                f" {repository_name!r}; try again later"
            )
        left = rest


def listed_in(index: str, manifest: str) -> list[dict[str, Any]]:
    """Return the descriptors of the manifests that an index lists.

    Raises:
        ApiError: If its manifest is none.
    """
    try:
        entries = json.loads(manifest)["manifests"]
        listed = [each for each in entries if isinstance(each["digest"], str)]
    except (KeyError, TypeError, ValueError):
        raise ApiError(
            f"the manifest of the index {index!r} must list manifests with their digests, got one"
            " that does not; push the index again, or delete it"
        ) from None
    return listed


def _in_utc(value: object) -> str:
    """Return a time as JSON holds it."""
    assert isinstance(value, datetime), value
    return value.astimezone(UTC).isoformat()
