"""The example, deployed as it is: what its assembly says is what is there."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.deploy.cdk_cli import CdkCli
from tests.deploy.conftest import client
from tests.deploy.emulator.launcher import ROOT, Emulator
from tests.deploy.read_back import live_repositories

from ecr_constructs.model.repository import Repository
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


def test_the_example_is_what_its_assembly_says(emulator: Emulator, tmp_path: Path) -> None:
    assembly = tmp_path / "cdk.out"
    subprocess.run(
        [sys.executable, "examples/app.py"],
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": str(assembly)},
        check=True,
        capture_output=True,
    )
    (registry,) = read_assembly(assembly).registries
    account, region = str(registry.account), str(registry.region)
    cdk_cli = CdkCli(endpoint=emulator.url, account=account, directory=tmp_path / "cdk")

    cdk_cli.bootstrap(assembly)
    cdk_cli.deploy(assembly)

    stacks = len(list(assembly.glob("*.template.json")))
    assert cdk_cli.deploy(assembly).count("(no changes)") == stacks
    assert "Number of stacks with differences: 0" in cdk_cli.diff(assembly)
    assert "Number of resources with drift: 0" in cdk_cli.drift(assembly)
    declared = {str(each.repository_name): as_seen(each) for each in registry.repositories}
    assert declared == live_repositories(client(emulator.url, "ecr", account, region))
    assert len(declared) == 4

    cdk_cli.destroy(assembly)

    kept = {
        name
        for name, each in zip(declared, registry.repositories, strict=True)
        if each.deletion_policy == "Retain"
    }
    assert live_repositories(client(emulator.url, "ecr", account, region)).keys() == kept
    assert 0 < len(kept) < len(declared)
