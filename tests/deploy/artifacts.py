"""What a registry holds beside single images: indexes, signatures and SBOMs, pushed as clients do.

Source: https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.deploy.oci import Image, OciRegistry, digest_of

IMAGE: Final = "application/vnd.oci.image.manifest.v1+json"
INDEX: Final = "application/vnd.oci.image.index.v1+json"
CONFIG: Final = "application/vnd.oci.image.config.v1+json"
SIGNATURE: Final = "application/vnd.cncf.notary.signature"
SBOM: Final = "application/spdx+json"

_LAYER: Final = "application/vnd.oci.image.layer.v1.tar+gzip"
_EMPTY: Final = "application/vnd.oci.empty.v1+json"


@dataclass(frozen=True, slots=True)
class Index:
    """An index that was pushed.

    Attributes:
        digest: Its digest.
        children: The digests of the manifests that it lists, by architecture.
    """

    digest: str
    children: Mapping[str, str]


def push_untagged(registry: OciRegistry, repository: str, image: Image) -> str:
    """Push an image under its digest alone, and return the digest."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": IMAGE,
        "config": _pushed(registry, repository, image.config, CONFIG),
        "layers": [_pushed(registry, repository, image.layer, _LAYER)],
    }
    return registry.put_manifest(repository, json.dumps(manifest).encode(), IMAGE)


def push_index(registry: OciRegistry, repository: str, tag: str, text: str) -> Index:
    """Push an image with ``text`` for each of two architectures, and the index of them."""
    children = {
        architecture: push_untagged(registry, repository, Image.of(text, architecture=architecture))
        for architecture in ("amd64", "arm64")
    }
    manifests = [
        {
            **_descriptor(registry.get_manifest(repository, digest), IMAGE),
            "platform": {"architecture": architecture, "os": "linux"},
        }
        for architecture, digest in children.items()
    ]
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}
    digest = registry.put_manifest(repository, json.dumps(index).encode(), INDEX, tag=tag)
    return Index(digest, children)


def push_referrer(registry: OciRegistry, repository: str, subject: str, artifact_type: str) -> str:
    """Push a signature or an SBOM of the manifest under a digest, and return its digest."""
    about = registry.get_manifest(repository, subject)
    statement = f"{artifact_type} of {subject}".encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": IMAGE,
        "artifactType": artifact_type,
        "config": _pushed(registry, repository, b"{}", _EMPTY),
        "layers": [_pushed(registry, repository, statement, artifact_type)],
        "subject": _descriptor(about, json.loads(about)["mediaType"]),
    }
    return registry.put_manifest(repository, json.dumps(manifest).encode(), IMAGE)


def _pushed(
    registry: OciRegistry, repository: str, content: bytes, media_type: str
) -> dict[str, Any]:
    registry.put_blob(repository, content)
    return _descriptor(content, media_type)


def _descriptor(content: bytes, media_type: str) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}
