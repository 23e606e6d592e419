"""Generated repositories: few times and tags, so that all that can coincide does."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from tests.model.lifecycle_strategies import TAG_WORDS

from ecr_constructs.lifecycle.images import Image
from ecr_constructs.service.media_types import INDEX_MEDIA_TYPES

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def digest(name: object) -> str:
    return "sha256:" + hashlib.sha256(str(name).encode()).hexdigest()


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


#: Whole days and what lies just on either side of them.
AGES = [0.0, 1.0, 2.0, 2.5, 3.0, 3.0001, 4.0, 5.0, 6.0, 7.0, 89.0, 90.0, 92.0, 99.0]
times = st.sampled_from(AGES).map(days_ago)


@st.composite
def repositories(draw: st.DrawFn, max_size: int = 9) -> list[Image]:
    """All images of a repository."""
    size = draw(st.integers(0, max_size))
    digests = [digest(number) for number in range(size + 1)]
    return [draw(_image(digests[number], digests)) for number in range(size)]


@st.composite
def _image(draw: st.DrawFn, own: str, digests: list[str]) -> Image:
    status = draw(st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "ARCHIVED", "ACTIVATING"]))
    others = st.sampled_from(digests)
    return Image(
        digest=own,
        pushed_at=draw(times),
        tags=tuple(draw(st.lists(st.sampled_from(TAG_WORDS), max_size=3, unique=True))),
        last_recorded_pull_time=draw(st.none() | times),
        status=status,
        last_archived_at=draw(times if status == "ARCHIVED" else st.none() | times),
        last_activated_at=draw(st.one_of(st.none(), st.none(), times)),
        subject_digest=draw(st.one_of(st.none(), st.none(), others)),
        media_type=draw(st.sampled_from([None, MANIFEST, *sorted(INDEX_MEDIA_TYPES)])),
        size_in_bytes=draw(st.none() | st.integers(0, 10**9)),
        referenced_by=draw(
            st.none() | st.lists(others, max_size=2, unique=True).map(tuple),
        ),
    )
