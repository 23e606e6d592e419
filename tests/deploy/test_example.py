"""The example, deployed as it is: what its assembly says is what is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.deploy.cdk_cli import CdkCli
from tests.deploy.conftest import client
from tests.deploy.emulator.launcher import ROOT, Emulator
from tests.deploy.read_back import live_registry, live_repositories

from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.review import review
from ecr_constructs.review.live import beside
from ecr_constructs.sources.assembly import read_assembly

pytestmark = pytest.mark.deploy


def as_seen(repository: Repository) -> Repository:
    """Return a repository without what only a template tells, in its normal form."""
    return replace(
        repository,
        empty_on_delete=False,
        deletion_policy="Delete",
        update_replace_policy="Delete",
        exemptions=(),
    ).normalise()


def without_secret(rule: PullThroughCacheRule) -> tuple[PullThroughCacheRule, bool]:
    """Return a rule, and whether it has a secret: its ARN ends as Secrets Manager likes."""
    return replace(rule.normalise(), credential_arn=None), rule.credential_arn is not None


def signed(signing: Signing | Unresolved | None) -> list[tuple[bool, tuple[Text, ...] | None]]:
    """Return the rules; of a profile that is made, only that it is one: its name is made up."""
    assert not isinstance(signing, Unresolved)
    return [
        (":/signing-profiles/" in str(rule.signing_profile_arn), rule.repository_filters)
        for rule in (signing.normalise().rules if signing else ())
    ]


def settings(registry: Registry) -> dict[str, Any]:
    """Return what a registry has once for an account and Region, in its normal form."""
    return {
        "policy": registry.registry_policy and registry.registry_policy.normalise(),
        "scanning": registry.scanning and registry.scanning.normalise(),
        "replication": registry.replication and registry.replication.normalise(),
        "signing": signed(registry.signing),
        "exclusions": [str(each.principal_arn) for each in registry.pull_time_exclusions],
        "templates": {each.prefix: each.normalise() for each in registry.creation_templates},
        "rules": {
            each.ecr_repository_prefix: without_secret(each)
            for each in registry.pull_through_cache_rules
        },
    }


@pytest.fixture(name="assembly", scope="module")
def _assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assembly = tmp_path_factory.mktemp("example") / "cdk.out"
    subprocess.run(
        [sys.executable, "examples/app.py"],
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": str(assembly)},
        check=True,
        capture_output=True,
    )
    return assembly


def test_the_example_is_what_its_assembly_says(
    emulator: Emulator, assembly: Path, tmp_path: Path
) -> None:
    """Two accounts and three Regions, each with credentials of its own account."""
    stacks: dict[str, list[str]] = {}
    environments: set[tuple[str, str]] = set()
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    for name, artifact in manifest["artifacts"].items():
        if artifact["type"] == "aws:cloudformation:stack":
            account, region = artifact["environment"].removeprefix("aws://").split("/")
            stacks.setdefault(account, []).append(name)
            environments.add((account, region))
    clis = {
        account: CdkCli(endpoint=emulator.url, account=account, directory=tmp_path / account)
        for account in stacks
    }
    deployment = read_assembly(assembly)
    registries = {(str(each.account), str(each.region)): each for each in deployment.registries}
    assert len(registries) == 3

    for account, region in sorted(environments):
        clis[account].bootstrap(assembly, f"aws://{account}/{region}")
    # The destinations come first: replication without its permission would lose images.
    for account in sorted(stacks, reverse=True):
        cdk = clis[account]
        cdk.deploy(assembly, *stacks[account])
        again = cdk.deploy(assembly, *stacks[account])
        assert again.count("(no changes)") == len(stacks[account])
        assert "Number of stacks with differences: 0" in cdk.diff(assembly, *stacks[account])
        assert "Number of resources with drift: 0" in cdk.drift(assembly, *stacks[account])

    live = {place: live_registry(client(emulator.url, "ecr", *place)) for place in registries}
    for place, registry in registries.items():
        declared = {str(each.repository_name): as_seen(each) for each in registry.repositories}
        assert declared == {str(each.repository_name): each for each in live[place].repositories}
        assert settings(registry) == settings(live[place])
    # Nothing that is known at deployment alone, and no way to spell a value, passes for a change.
    sides = beside(Deployment(registries=tuple(live.values())), deployment)
    for sentence in sides.left_out:
        assert "are not read" in sentence or "are taken for those that are there" in sentence
    change = review(sides.made, against=sides.there).change
    assert change is not None
    assert change.differences == ()

    for account, cdk in clis.items():
        cdk.destroy(assembly, *stacks[account])
    for (account, region), registry in registries.items():
        kept = {
            str(each.repository_name)
            for each in registry.repositories
            if each.deletion_policy == "Retain"
        }
        assert live_repositories(client(emulator.url, "ecr", account, region)).keys() == kept
