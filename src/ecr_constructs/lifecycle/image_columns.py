"""Read many images of what the API operation ``DescribeImages`` answers at once.

Layer: lifecycle; imports ``lifecycle``.

An inventory holds 100,000 images that are much alike. Here their members are
read column by column, each by a few calls that loop over all of it in C, which
takes a third of the time of one image after the other. What a member may be is
for ``image_details`` to say: where anything among the images is unusual, that
reads them one by one, and tells what is wrong with which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import chain, repeat
from operator import attrgetter, sub
from typing import Any, Final, TypeAlias

from ecr_constructs.lifecycle.image_details import word
from ecr_constructs.lifecycle.images import Image

_Read: TypeAlias = Callable[[Sequence[Any]], Sequence[Any]]

#: Fewer images are read more quickly one by one.
_FEW: Final = 8

#: What values that are not as most are raise.
_UNUSUAL: Final = (TypeError, ValueError, OverflowError, OSError)

#: As ``Image._make`` does it, without a call of Python's for each.
_image: Final = partial(tuple.__new__, Image)
_zone: Final = attrgetter("tzinfo")


def images_of(details: Sequence[Any]) -> list[Image] | None:
    """Return for each image what ``image_of`` returns, or None where that must be asked.

    Args:
        details: Entries of ``imageDetails``, as JSON was decoded.
    """
    if len(details) < _FEW or set(map(type, details)) != {dict}:
        return None
    there: set[str] = set().union(*details)
    if "imageDetails" in there:  # a page among the images
        return None
    try:
        columns = [
            _column(details, member, read, default) if member in there else [default] * len(details)
            for member, (read, default) in _MEMBERS.items()
        ]
    except _UNUSUAL:
        return None
    digests, pushed, _, _, statuses, archived, *_ = columns
    if not (all(digests) and all(pushed)) or _lacks_archive_time(statuses, archived):
        return None
    return list(map(_image, zip(*columns, strict=True)))


def _column(details: Sequence[Any], member: str, read: _Read, default: object) -> Sequence[Any]:
    """Return a member of every image, the default where it is absent or null."""
    values = [detail.get(member) for detail in details]
    if all(values):
        return read(values)
    present = [value for value in values if value is not None]
    following = iter(read(present) if present else ())
    return [default if value is None else next(following) for value in values]


def _lacks_archive_time(statuses: Sequence[object], archived: Sequence[object]) -> bool:
    return "ARCHIVED" in statuses and ("ARCHIVED", None) in zip(statuses, archived, strict=True)


def _digests(values: Sequence[Any]) -> Sequence[Any]:
    _check_ascii(values)
    return values


def _whole_numbers(values: Sequence[Any]) -> Sequence[Any]:
    _check_types(values, int)
    return values


def _words(values: Sequence[Any]) -> Sequence[Any]:
    shared = {value: word("", value) for value in set(values)}
    return list(map(shared.__getitem__, values))


def _strings(values: Sequence[Any]) -> Sequence[Any]:
    _check_types(values, list)
    _check_ascii(chain.from_iterable(values))
    return list(map(tuple, values))


def _times(values: Sequence[Any]) -> Sequence[Any]:
    """Return the times in UTC: read as if they were, then moved by what they end with."""
    if not isinstance(values[0], str):
        _check_types(values, int, float)
        return list(map(datetime.fromtimestamp, values, repeat(UTC)))
    lines = "\n".join([*values, ""])
    if lines.endswith("Z\n"):
        lines = lines.replace("Z\n", "+00:00\n")
    ends = [lines[-7:-1]]
    offsets: Iterable[timedelta] = repeat(_offset(ends[0]))
    if lines.count(f"{ends[0]}\n") != len(values):  # as where clocks are changed in summer
        ends = [line[-6:] for line in lines.split("\n")[:-1]]
        offsets = map(_offset, ends)
    for end in set(ends):
        lines = lines.replace(f"{end}\n", "+00:00\n")
    times = list(map(datetime.fromisoformat, lines.split("\n")[:-1]))
    if len(times) != len(values) or set(map(_zone, times)) != {UTC}:
        raise ValueError
    return list(map(sub, times, offsets))


@lru_cache
def _offset(end: str) -> timedelta:
    """Return what a date that ends so is ahead of UTC: ``+01:00``."""
    offset = datetime.fromisoformat(f"2000-01-01T00:00:00{end}").utcoffset()
    # What ends in +0000 ends in a digit more here, which is the time's.
    if offset is None or end[0] not in "+-" or end[-3] != ":":
        raise ValueError
    return offset


def _check_ascii(strings: Iterable[Any]) -> None:
    if not "".join(strings).isascii():
        raise ValueError


def _check_types(values: Iterable[Any], *types: type) -> None:
    if not set(map(type, values)) <= set(types):
        raise TypeError


#: How each member of an image is read, and what it is where it is absent; in the order of Image.
_MEMBERS: Final[dict[str, tuple[_Read, object]]] = {
    "imageDigest": (_digests, None),
    "imagePushedAt": (_times, None),
    "imageTags": (_strings, ()),
    "lastRecordedPullTime": (_times, None),
    "imageStatus": (_words, "ACTIVE"),
    "lastArchivedAt": (_times, None),
    "lastActivatedAt": (_times, None),
    "subjectManifestDigest": (_words, None),
    "imageManifestMediaType": (_words, None),
    "imageSizeInBytes": (_whole_numbers, None),
    "referencedBy": (_strings, None),
}
