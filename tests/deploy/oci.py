"""Push and pull images with a real OCI client, oras from PyPI."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from oras.client import OrasClient
from requests import Response

_CONFIG: Final = "application/vnd.oci.image.config.v1+json"
_LAYER: Final = "application/vnd.oci.image.layer.v1.tar+gzip"
_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"


class RegistryRefusalError(Exception):
    """A request that the registry refused; the message holds its answer."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image of one layer, in bytes.

    Attributes:
        config: The image's configuration.
        layer: Its layer, a compressed archive.
    """

    config: bytes
    layer: bytes

    @classmethod
    def of(cls, text: str, *, architecture: str = "amd64") -> Self:
        """Return a real image for Linux that holds one file with ``text``."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            entry = tarfile.TarInfo("greeting.txt")
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
        config = {
            "architecture": architecture,
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [digest_of(archive.getvalue())]},
        }
        return cls(json.dumps(config).encode(), gzip.compress(archive.getvalue(), mtime=0))


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought.

    Attributes:
        digest: The digest that the registry named.
        manifest: The manifest's bytes.
        image: The image.
    """

    digest: str
    manifest: bytes
    image: Image


class OciRegistry:
    """The OCI client, talking to the registry of one account and Region.

    The emulator tells the registries apart by the host name of a request, so
    requests go to its address under the host name that the registry has on AWS.

    Args:
        url: The emulator.
        account: The registry's account.
        region: The registry's Region.
        directory: Where files lie on their way.
    """

    def __init__(self, url: str, account: str, region: str, directory: Path) -> None:
        self._host: Final = url.removeprefix("http://")
        self._directory: Final = directory
        self._client: Final = OrasClient(insecure=True)
        self._client.session.trust_env = False
        self._client.session.headers["Host"] = f"{account}.dkr.ecr.{region}.amazonaws.com"
        self._client.session.hooks["response"].append(self._remember)
        self._answer = ""

    def push(self, repository: str, tag: str, image: Image) -> str:
        """Push an image under a tag and return the digest that the registry named.

        Raises:
            RegistryRefusalError: If the registry refuses.
        """
        self._directory.mkdir(exist_ok=True)
        config, layer = self._directory / "config.json", self._directory / "layer.tar.gz"
        config.write_bytes(image.config)
        layer.write_bytes(image.layer)
        try:
            answer = self._client.push(
                self._target(repository, f":{tag}"),
                files=[f"{layer}:{_LAYER}"],
                manifest_config=f"{config}:{_CONFIG}",
                disable_path_validation=True,
                quiet=True,
            )
        except ValueError as error:
            raise RegistryRefusalError(self._answer) from error
        return str(answer.headers["Docker-Content-Digest"])

    def pull(self, repository: str, reference: str) -> Pulled:
        """Pull the image under a tag or a digest.

        Raises:
            RegistryRefusalError: If the registry does not have it.
        """
        joint = "@" if reference.startswith("sha256:") else ":"
        container = self._client.get_container(self._target(repository, f"{joint}{reference}"))
        answer = self._client.do_request(
            f"http://{container.manifest_url()}", headers={"Accept": _MANIFEST}
        )
        if not answer.ok:
            raise RegistryRefusalError(self._answer)
        manifest: dict[str, Any] = answer.json()
        (layer,) = manifest["layers"]
        return Pulled(
            digest=answer.headers["Docker-Content-Digest"],
            manifest=answer.content,
            image=Image(
                config=self._client.get_blob(container, manifest["config"]["digest"]).content,
                layer=self._client.get_blob(container, layer["digest"]).content,
            ),
        )

    def put_blob(self, repository: str, content: bytes) -> None:
        """Push a layer or a configuration, which a manifest names by its digest.

        Raises:
            RegistryRefusalError: If the registry refuses.
        """
        self._directory.mkdir(exist_ok=True)
        file = self._directory / "blob"
        file.write_bytes(content)
        layer = {"digest": digest_of(content), "size": len(content)}
        answer = self._client.upload_blob(str(file), self._target(repository, ":any"), layer)
        if not answer.ok:
            raise RegistryRefusalError(self._answer)

    def put_manifest(
        self, repository: str, content: bytes, media_type: str, *, tag: str | None = None
    ) -> str:
        """Push a manifest as it is, under a tag or under none, and return its digest.

        Raises:
            RegistryRefusalError: If the registry refuses.
        """
        answer = self._client.do_request(
            self._manifest_url(repository, tag or digest_of(content)),
            "PUT",
            headers={"Content-Type": media_type},
            data=content,
        )
        if not answer.ok:
            raise RegistryRefusalError(self._answer)
        return str(answer.headers["Docker-Content-Digest"])

    def get_manifest(self, repository: str, reference: str) -> bytes:
        """Pull the manifest under a tag or a digest, whatever its type.

        Raises:
            RegistryRefusalError: If the registry does not have it.
        """
        answer = self._client.do_request(self._manifest_url(repository, reference))
        if not answer.ok:
            raise RegistryRefusalError(self._answer)
        return bytes(answer.content)

    def _manifest_url(self, repository: str, reference: str) -> str:
        return f"http://{self._host}/v2/{repository}/manifests/{reference}"

    def _remember(self, answer: Response, *_: Any, **__: Any) -> None:
        """Keep what the registry said, as the client's own error names the status alone."""
        self._answer = f"{answer.status_code}: {answer.text}" if not answer.ok else ""

    def _target(self, repository: str, reference: str) -> str:
        return f"{self._host}/{repository}{reference}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.session.close()


def digest_of(content: bytes) -> str:
    """Return the digest of ``content``."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
