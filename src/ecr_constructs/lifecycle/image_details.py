"""Read one image of what the API operation ``DescribeImages`` answers.

Layer: lifecycle; imports ``errors`` and ``model``.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeGuard

from ecr_constructs.lifecycle.images import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Strings that many images share, held in memory once.
_INTERNED: dict[str, str] = {}


#: What the dates of an inventory end with, mostly the same: it takes long to find out each time.
_OFFSETS: dict[str, timedelta] = {}

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class ImageDetailError(ValueError):
    """An image that cannot be judged.

    Args:
        member: The member that is wrong.
        sentence: The rule it breaks, what was given and what to write.
    """

    def __init__(self, member: str, sentence: str) -> None:
        super().__init__(f"{member} {sentence}")
        self.member = member
        self.sentence = sentence


def image_of(detail: Mapping[str, Any]) -> Image:
    """Return the image; members that are not known are passed over, null counts as absent.

    Args:
        detail: An ``ImageDetail`` as the AWS CLI prints it, dates in ISO 8601
            with an offset or in seconds since 1970; one member more is read,
            ``referencedBy``.

    Raises:
        ImageDetailError: If a member that decides is missing or of a wrong type.
    """
    # One call less for each member that is absent: this runs for every image.
    get = detail.get
    digest, pushed, tags, size = (
        get("imageDigest"),
        get("imagePushedAt"),
        get("imageTags"),
        get("imageSizeInBytes"),
    )
    pulled, status = get("lastRecordedPullTime"), get("imageStatus")
    archived, activated = get("lastArchivedAt"), get("lastActivatedAt")
    subject, media_type = get("subjectManifestDigest"), get("imageManifestMediaType")
    references = get("referencedBy")
    if not isinstance(digest, str) or not digest or not digest.isascii():
        _refuse("imageDigest", "must be the digest of the manifest", digest, "write 'sha256:...'")
    if pushed is None:
        _refuse("imagePushedAt", "is required", pushed, "take it from describe-images")
    if status == "ARCHIVED" and archived is None:
        fix = "take it from describe-images"
        _refuse("lastArchivedAt", "is required with imageStatus 'ARCHIVED'", archived, fix)
    if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
        _refuse("imageSizeInBytes", "must be a whole number", size, "write it without quotes")
    return Image(  # by position, which is much the quickest; in the order of its members
        digest,
        _time("imagePushedAt", pushed),
        () if tags is None else _strings("imageTags", tags),
        None if pulled is None else _time("lastRecordedPullTime", pulled),
        "ACTIVE" if status is None else word("imageStatus", status),
        None if archived is None else _time("lastArchivedAt", archived),
        None if activated is None else _time("lastActivatedAt", activated),
        None if subject is None else word("subjectManifestDigest", subject),
        None if media_type is None else word("imageManifestMediaType", media_type),
        size,
        None if references is None else _strings("referencedBy", references),
    )


def _time(member: str, value: object) -> datetime:
    """Return a time in UTC."""
    try:
        if isinstance(value, str):
            offset = _OFFSETS.get(value[-6:])
            if offset is None:
                return _in_utc(value)
            time = datetime.fromisoformat(f"{value[:-6]}+00:00")
            # In 2026-01-31+01:00 the offset is the time of the day, says Python.
            return time - offset if time.tzinfo is UTC else _in_utc(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    rule = "must be a date with a time zone, or seconds since 1970"
    return _refuse(member, rule, value, "write it as 2026-01-31T12:00:00Z")


def _in_utc(value: str) -> datetime:
    """Return a time that is not yet known how far it is from Greenwich."""
    time = datetime.fromisoformat(value)
    offset = time.utcoffset()
    if offset is None:
        raise ValueError
    if value[-6] in "+-" and value[-3] == ":":
        _OFFSETS[value[-6:]] = offset
    return time.astimezone(UTC)


def _strings(member: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        for entry in value:
            if not isinstance(entry, str) or not (entry.isascii() or _is_text(entry)):
                break
        else:
            return tuple(value)
    return _refuse(member, "must be a list of strings", value, 'write ["..."]')


def _is_text(value: object) -> TypeGuard[str]:
    """Tell whether it is a string that can be printed: JSON may hold halves of characters."""
    return isinstance(value, str) and _SURROGATE.search(value) is None


def word(member: str, value: Any) -> str:
    """Return a string that many images share, held in memory once."""
    try:
        return _INTERNED[value]
    except (KeyError, TypeError):
        if not _is_text(value):
            _refuse(member, "must be a string", value, "write it in quotes")
    return _INTERNED.setdefault(value, value)


def _refuse(member: str, rule: str, value: object, fix: str) -> NoReturn:
    shown, limit = repr(value) if value is not None else "none", 60
    if len(shown) > limit:
        shown = f"{shown[:limit]}..."
    raise ImageDetailError(member, f"{rule}, got {shown}; {fix}")
