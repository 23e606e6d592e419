"""The lifecycle commands on files that a test writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.lifecycle.strategies import MANIFEST, NOW, days_ago, digest

from ecr_constructs.cli.main import run
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

R = LifecycleRule
POLICY = LifecyclePolicy.of(
    R.protect(tag_patterns=["latest"]),
    R.expire_untagged(older_than_days=7),
    R.keep_newest(2, tag_patterns=["v*"]),
    R.archive(older_than_days=90, tag_patterns=["sha-*"]),
)
OLD = LifecyclePolicy.of(R.keep_newest(3, tag_patterns=["v*"]))

AND_LIST = LifecyclePolicy.of(
    R.protect(tag_patterns=["latest", "main"]), R.expire_untagged(older_than_days=7)
)
REFUSED = {"rules": [AND_LIST.to_document()["rules"][1] | {"rulePriority": 0}]}


def detail(name: str, days: float, *tags: str, **members: Any) -> dict[str, Any]:
    return {
        "repositoryName": "payments/api",
        "imageDigest": digest(name),
        "imageTags": list(tags),
        "imagePushedAt": days_ago(days).isoformat(),
        "imageSizeInBytes": 12_345_678,
        "imageManifestMediaType": MANIFEST,
        **members,
    }


IMAGES = [
    detail("v4", 1, "v4", "latest"),
    detail("v3", 2, "v3"),
    detail("v2", 3, "v2"),
    detail("v1", 4, "v1"),
    detail("lost", 9),
    detail("build", 100, "sha-1"),
    detail("other", 500, "other"),
]


class Lifecycle:
    """Runs the commands at the time of the tests; gives status, output and complaints."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command."""
        status = run(["lifecycle", *arguments, "--now", NOW.isoformat()])
        captured = self.capsys.readouterr()
        return status, captured.out, captured.err

    def write(self, name: str, content: object) -> str:
        """Write bytes, text, a policy or a document, and return the path."""
        path = self.folder / name
        if isinstance(content, LifecyclePolicy):
            content = content.to_json()
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text, encoding="utf-8")
        return str(path)

    def preview(
        self, *options: str, policy: object = POLICY, images: object = None
    ) -> tuple[int, str, str]:
        """Preview the policy of the tests on the images of the tests."""
        inventory = {"imageDetails": IMAGES} if images is None else images
        return self(
            "preview",
            "--policy",
            self.write("policy.json", policy),
            "--images",
            self.write("images.json", inventory),
            *options,
        )

    def of_template(self, resource: dict[str, Any], *options: str) -> tuple[int, str, str]:
        """Preview the policy that a repository has in a template."""
        return self(
            "preview",
            "--assembly",
            self.write("template.json", {"Resources": {"Api": resource}}),
            "--images",
            self.write("images.json", IMAGES),
            *options,
        )

    def compare(
        self, old: LifecyclePolicy, new: LifecyclePolicy, *options: str
    ) -> tuple[int, str, str]:
        """Compare two policies on the images of the tests."""
        return self(
            "compare",
            "--policy",
            self.write("old.json", old),
            "--policy",
            self.write("new.json", new),
            "--images",
            self.write("images.json", IMAGES),
            *options,
        )
