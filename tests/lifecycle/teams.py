"""Repositories that look like real teams': what they push, and how they tag it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecr_constructs.testing import NOW, image

if TYPE_CHECKING:
    from ecr_constructs.lifecycle.images import Image

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
__all__ = ["NOW", "TEAMS"]


def digest(name: str) -> str:
    return image(name, pushed_days_ago=0).digest


def library_team() -> list[Image]:
    """A release each fortnight for three years, a build each night, pull requests between."""
    releases = [
        image(f"v{number // 10}.{number % 10}.0", pushed_days_ago=14.0 * (75 - number))
        for number in range(75)
    ]
    releases[-1] = image(*releases[-1].tags, "latest", "stable", pushed_days_ago=14)
    candidates = [
        image(f"v{n}.0.0-rc{k}", pushed_days_ago=200.0 * n + k) for n in range(5) for k in range(4)
    ]
    nightly = [image(f"nightly-2026.{n:03}", pushed_days_ago=n + 0.1) for n in range(200)]
    pulls = [image(f"pr-{n}", f"{n:07x}", pushed_days_ago=n * 1.5) for n in range(150)]
    both = [image("pr-900", "v2.9.1", pushed_days_ago=300)]
    return [*releases, *candidates, *nightly, *pulls, *both]


def service_team() -> list[Image]:
    """Twenty commits a day to main; a few of them run, an old one in production."""
    commits = [image(f"{n:040x}", pushed_days_ago=n / 20) for n in range(1500)]
    commits[3] = image(*commits[3].tags, "staging-eu", "main", pushed_days_ago=3 / 20)
    commits[700] = image(*commits[700].tags, "prod-eu", pushed_days_ago=35)
    commits[1400] = image(*commits[1400].tags, "prod-us", pushed_days_ago=70)
    pulls = [image(f"pr-{n}-{k}", pushed_days_ago=n / 3) for n in range(200) for k in range(2)]
    lost = [image(pushed_days_ago=n / 2, digest=digest(f"lost {n}")) for n in range(100)]
    return [*commits, *pulls, *lost]


def multi_architecture_team() -> list[Image]:
    """Each release an index of two manifests, signed, with an SBOM; moved tags leave orphans."""
    images: list[Image] = []
    for number in range(40):
        age = 9.0 * number
        index = image(
            f"v1.{40 - number}.0",
            *(["latest"] if number == 0 else []),
            pushed_days_ago=age,
            media_type=INDEX,
            size_in_bytes=90_000_000,
        )
        images.append(index)
        for architecture in ("amd64", "arm64"):
            child = digest(f"{index.digest} {architecture}")
            images.append(
                image(
                    pushed_days_ago=age,
                    digest=child,
                    media_type=MANIFEST,
                    referenced_by=(index.digest,),
                )
            )
            images.append(
                image(
                    pushed_days_ago=age,
                    digest=digest(f"sbom of {child}"),
                    media_type=MANIFEST,
                    subject_digest=child,
                )
            )
        images.append(
            image(
                pushed_days_ago=age,
                digest=digest(f"signature of {index.digest}"),
                media_type=MANIFEST,
                subject_digest=index.digest,
            )
        )
    orphans = [
        image(
            pushed_days_ago=5.0 * n,
            digest=digest(f"orphan {n}"),
            media_type=MANIFEST,
            referenced_by=(),
        )
        for n in range(20)
    ]
    return [*images, *orphans]


def cache() -> list[Image]:
    """Tags that upstream moves, so that the images they left are untagged."""
    tagged = [
        image("1.29", "latest", pushed_days_ago=3),
        image("1.28", pushed_days_ago=200),
        image("1.27.3-alpine", pushed_days_ago=40),
    ]
    left = [image(pushed_days_ago=n * 2.0, digest=digest(f"left {n}")) for n in range(30)]
    return [*tagged, *left]


def quiet_team() -> list[Image]:
    """Nobody has pushed for two years; some of it was archived, some restored."""
    old = [image(f"v0.{n}", pushed_days_ago=800.0 + n) for n in range(20)]
    runs = [image("prod-eu", "v1.0", pushed_days_ago=730, last_recorded_pull_time=NOW)]
    archived = [
        image(
            f"v0.0.{n}",
            *(["prod-old"] if n == 5 else []),
            pushed_days_ago=1500.0 + n,
            status="ARCHIVED",
            last_archived_at=image(pushed_days_ago=100.0 * n).pushed_at,
        )
        for n in range(8)
    ]
    restored = [
        image(
            "v0.9-hotfix",
            pushed_days_ago=900,
            last_archived_at=image(pushed_days_ago=300).pushed_at,
            last_activated_at=image(pushed_days_ago=2).pushed_at,
        )
    ]
    return [*old, *runs, *archived, *restored]


TEAMS = {
    "library": library_team(),
    "service": service_team(),
    "multi-architecture": multi_architecture_team(),
    "cache": cache(),
    "quiet": quiet_team(),
}
