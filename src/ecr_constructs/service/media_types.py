"""The media types of manifests that list others.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-manifest-formats.html
"""

from __future__ import annotations

from typing import Final

#: A manifest list of Docker and an image index of the OCI: one manifest for each platform.
INDEX_MEDIA_TYPES: Final = frozenset(
    {
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.index.v1+json",
    }
)
