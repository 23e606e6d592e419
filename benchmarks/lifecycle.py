"""What a lifecycle preview costs: time and memory, beside json.loads on the same file.

The inventory is as detailed as ECR prints it, 100,000 images, which is the
quota of a repository; the policy has ten rules. The yardstick is the time that
``json.loads`` of the standard library takes for the same file in the same
process, and the size of the file.

A lean inventory, as of images that were never scanned, is measured beside it,
without a limit: it has half the text for ``json.loads`` to read, and as many
images to judge and to print.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random

from benchmarks.report import Row, best_of, show
from ecr_constructs.cli.main import run
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

IMAGES = 100_000
MILLION = 1_000_000
ROUNDS = 3
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
#: The members that a lean inventory does not have.
DETAILS = {"imageScanStatus", "imageScanFindingsSummary", "imageStatus"}

#: Prints the peak memory of a preview in kB, less that of one without images.
PEAK = """
import resource, sys
from ecr_constructs.cli.main import run
def peak(inventory):
    run([*sys.argv[2:], "--images", inventory])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
empty = peak(sys.argv[1] + "/empty.json")
print(peak(sys.argv[1] + "/images.json") - empty, file=sys.stderr)
"""


def policy() -> LifecyclePolicy:
    return LifecyclePolicy.of(
        LifecycleRule.protect(tag_patterns=["latest"]),
        LifecycleRule.protect(tag_patterns=["prod*"]),
        LifecycleRule.keep_newest(50, tag_patterns=["v*"]),
        LifecycleRule.keep_newest(30, tag_patterns=["nightly-*"]),
        LifecycleRule.expire(older_than_days=14, tag_patterns=["*-rc*"]),
        LifecycleRule.expire(older_than_days=30, tag_patterns=["pr-*"]),
        LifecycleRule.archive(not_pulled_for_days=90, tag_prefixes=["sha-"]),
        LifecycleRule.expire_untagged(older_than_days=7),
        LifecycleRule.expire_archived(after_days=365),
        LifecycleRule.keep_newest(20_000),
    )


def images(count: int) -> Iterator[dict[str, object]]:
    """Yield images as ``aws ecr describe-images`` prints them in a zone east of Greenwich."""
    random = Random(7)  # noqa: S311 - a case, no secret
    zone = timezone(timedelta(hours=1))
    for number in range(count):
        pushed = NOW - timedelta(seconds=random.random() * 400 * 86400)
        scanned = pushed + timedelta(minutes=1)
        tags = {
            0: [],
            1: [f"v{number // 100}.{number % 100}.0", f"sha-{number:07x}"],
            2: [f"nightly-{number}"],
            3: [f"sha-{number:07x}"],
        }.get(number % 6, [f"pr-{number}"])
        yield {
            "registryId": "111122223333",
            "repositoryName": "payments/api",
            "imageDigest": f"sha256:{hashlib.sha256(str(number).encode()).hexdigest()}",
            **({"imageTags": tags} if tags else {}),
            "imageSizeInBytes": random.randrange(10**9),
            "imagePushedAt": pushed.astimezone(zone).isoformat(),
            "imageScanStatus": {
                "status": "COMPLETE",
                "description": "The scan was completed successfully.",
            },
            "imageScanFindingsSummary": {
                "imageScanCompletedAt": scanned.astimezone(zone).isoformat(),
                "vulnerabilitySourceUpdatedAt": scanned.astimezone(zone).isoformat(),
                "findingSeverityCounts": {"HIGH": 3, "MEDIUM": 10, "LOW": 4, "UNDEFINED": 1},
            },
            "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
            "artifactMediaType": "application/vnd.oci.image.config.v1+json",
            "lastRecordedPullTime": (pushed + timedelta(days=2)).astimezone(zone).isoformat(),
            "imageStatus": "ACTIVE",
        }


def write(path: Path, count: int, *, without: Collection[str] = ()) -> None:
    """Write an inventory, indented as the AWS CLI does, without holding it in memory."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{\n    "imageDetails": [')
        for number, image in enumerate(images(count)):
            members = {name: value for name, value in image.items() if name not in without}
            text = json.dumps(members, indent=4).replace("\n", "\n        ")
            file.write(f"{',' if number else ''}\n        {text}")
        file.write("\n    ]\n}\n")


def preview(folder: Path, inventory: str) -> list[str]:
    return [
        "lifecycle", "preview", "--format", "json", "--now", NOW.isoformat(),
        "--policy", str(folder / "policy.json"), "--images", str(folder / inventory),
    ]  # fmt: skip


def main() -> bool:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "policy.json").write_text(policy().to_json(), encoding="utf-8")
        write(folder / "empty.json", 0)
        write(folder / "images.json", IMAGES)
        write(folder / "lean.json", IMAGES, without=DETAILS)
        # Memory first: the system counts for a child the most that its parent ever had.
        rows = [
            *_memory(folder),
            *_time(folder, "images.json", limit=3),
            *_time(folder, "lean.json", of=", lean"),
            *_growth(folder),
        ]
    return show(f"lifecycle preview of {IMAGES:,} images with ten rules", rows)


def _time(
    folder: Path, inventory: str, *, of: str = "", limit: float | None = None
) -> Iterator[Row]:
    text = (folder / inventory).read_text(encoding="utf-8")
    with _quiet():
        seconds = best_of(
            ROUNDS,
            {
                "loads": lambda: json.loads(text),
                "preview": lambda: run(preview(folder, inventory)),
            },
        )
    yield Row(f"json.loads{of}", seconds["loads"])
    ratio = seconds["preview"] / seconds["loads"]
    yield Row(f"preview{of}", seconds["preview"], ratio=ratio, limit=limit)


def _memory(folder: Path) -> Iterator[Row]:
    command = [sys.executable, "-c", PEAK, str(folder), *preview(folder, "")[:-2]]
    done = subprocess.run(
        command, check=True, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    megabytes = int(done.stderr.split()[-1]) / 1000
    size = (folder / "images.json").stat().st_size / 1e6
    yield Row("size of the file", size, unit="MB")
    yield Row("peak memory of the preview", megabytes, ratio=megabytes / size, limit=3, unit="MB")


def _growth(folder: Path) -> Iterator[Row]:
    """Measure ten times the images: the time for each must not grow."""
    write(folder / "million.json", MILLION)
    with _quiet():
        seconds = best_of(
            1,
            {
                "some": lambda: run(preview(folder, "images.json")),
                "many": lambda: run(preview(folder, "million.json")),
            },
        )
    ratio = seconds["many"] / seconds["some"] / (MILLION / IMAGES)
    yield Row("a million images, for each", seconds["many"], ratio=ratio, limit=1.5)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with Path(os.devnull).open("w", encoding="utf-8") as sink, contextlib.redirect_stdout(sink):
        yield
