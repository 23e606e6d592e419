"""Assemblies of many registries, to be drawn."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.review.templates import NOW, repository, write

from ecr_constructs.review import Review, review

#: Account and Region.
Place = tuple[str, str]


def world(
    folder: Path,
    places: Iterable[Place],
    *,
    flows: Iterable[tuple[Place, Place]] = (),
    caches: int = 0,
    namespaces: int = 2,
) -> Review:
    """Review an assembly with a registry at each place, and what goes between them."""
    artifacts = {}
    for number, (account, region) in enumerate(places):
        resources: dict[str, Any] = {
            f"R{each}": repository(f"team{each}/api") for each in range(namespaces)
        }
        rules = [
            {"Destinations": [{"Region": to[1], "RegistryId": to[0]}]}
            for source, to in flows
            if source == (account, region)
        ]
        if rules:
            configuration = {"ReplicationConfiguration": {"Rules": rules}}
            resources["Replication"] = {
                "Type": "AWS::ECR::ReplicationConfiguration",
                "Properties": configuration,
            }
        for each in range(caches):
            resources[f"Cache{each}"] = {
                "Type": "AWS::ECR::PullThroughCacheRule",
                "Properties": {
                    "EcrRepositoryPrefix": f"cache-{each}",
                    "UpstreamRegistryUrl": f"upstream-{each}.example.com",
                },
            }
        name = f"S{number}"
        write(folder / f"{name}.template.json", resources)
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{account}/{region}",
            "properties": {"templateFile": f"{name}.template.json"},
        }
    manifest = {"version": "36.0.0", "artifacts": artifacts}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return review(folder, now=NOW, rules=[])


def accounts(count: int, *regions: str) -> list[Place]:
    return [(f"{n:012d}", region) for n in range(1, count + 1) for region in regions]
