"""An image of a repository, as lifecycle rules see it.

Layer: lifecycle; imports ``errors`` and ``model``.

Source of the members: ``ImageDetail`` of the API operation ``DescribeImages``,
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ecr_constructs.model.lifecycle import StorageClass
from ecr_constructs.service.media_types import INDEX_MEDIA_TYPES

if TYPE_CHECKING:
    from datetime import datetime

_CLASSES: Final = {"ACTIVE": StorageClass.STANDARD, "ARCHIVED": StorageClass.ARCHIVE}


class Image(NamedTuple):
    """An image: one manifest with all its tags, and the clocks that rules read.

    All times carry a time zone. A named tuple, as a frozen dataclass takes many
    times as long to make and a repository may hold 100,000; give the members
    by name.

    Attributes:
        digest: The digest of the manifest: ``sha256:...``.
        pushed_at: When the manifest was pushed (``imagePushedAt``). A tag that
            is added later does not make it younger.
        tags: Its tags; none for an untagged image.
        last_recorded_pull_time: The last pull, up to a day late. Default: never
            pulled.
        status: ``ACTIVE``, ``ARCHIVED`` or ``ACTIVATING`` (``imageStatus``).
        last_archived_at: When it was archived last. Needed with ``ARCHIVED``.
        last_activated_at: When it was restored from the archive last.
        subject_digest: The image that this one is about: it is a signature, an
            SBOM or an attestation (``subjectManifestDigest``).
        media_type: The type of the manifest (``imageManifestMediaType``).
        size_in_bytes: Its size, of an index the largest of its manifests.
        referenced_by: The digests of the indexes in the repository that list
            this manifest. ``DescribeImages`` does not tell: the inventory may
            say it in a member of its own. Default: not known.
    """

    digest: str
    pushed_at: datetime
    tags: tuple[str, ...] = ()
    last_recorded_pull_time: datetime | None = None
    status: str = "ACTIVE"
    last_archived_at: datetime | None = None
    last_activated_at: datetime | None = None
    subject_digest: str | None = None
    media_type: str | None = None
    size_in_bytes: int | None = None
    referenced_by: tuple[str, ...] | None = None

    @property
    def storage_class(self) -> StorageClass | None:
        """Where the image is kept; None while it is being restored, and for other statuses."""
        return _CLASSES.get(self.status)

    @property
    def is_index(self) -> bool:
        """Whether it is a list of manifests, such as one for each architecture."""
        return self.media_type in INDEX_MEDIA_TYPES

    @property
    def push_time(self) -> datetime:
        """What ages and orders it: its push, or its restore if it was ever archived."""
        return self.last_activated_at or self.pushed_at

    @property
    def pull_time(self) -> datetime:
        """The later of its last pull and its restore; its push, if there was neither."""
        pulled, activated = self.last_recorded_pull_time, self.last_activated_at
        if pulled is None:
            return activated or self.pushed_at
        return pulled if activated is None or pulled > activated else activated

    @property
    def name(self) -> str:
        """What people call it: its tags, or its digest where it has none."""
        return ", ".join(self.tags) or self.short_digest

    @property
    def short_digest(self) -> str:
        """The digest cut to what tells images apart: ``sha256:0123456789ab``."""
        return self.digest[:19]
