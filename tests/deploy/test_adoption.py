"""A registry that is there comes under the care of an app: nothing is replaced, nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from tests.deploy.apps import REGION, Assemble
from tests.deploy.cdk_cli import CdkCli, CdkError
from tests.deploy.conftest import Aws
from tests.deploy.read_back import registry_settings

from ecr_constructs import Principals
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.upstream import Upstream

pytestmark = pytest.mark.deploy

PARTNER = "999999999999"


def governed(stack: cdk.Stack) -> GovernedRegistry:
    """What the app says of the registry: what is there, and a template more."""
    registry = GovernedRegistry(stack, "Registry", scanning=Scanning.basic(on_push=["*"]))
    registry.add_repository("Api", repository_name="payments/api")
    registry.allow(Principals.account(PARTNER), actions=["ecr:BatchGetImage"])
    registry.replicate_to(RegistryReference(PARTNER, REGION), repository_filters=["payments/"])
    registry.add_pull_through_cache(Upstream.quay())
    registry.add_creation_template("payments", applied_for=[AppliedFor.CREATE_ON_PUSH])
    return registry


def changed(stack: cdk.Stack) -> None:
    """The next version of the app."""
    registry = governed(stack)
    registry.allow(Principals.account("8" * 12), actions=["ecr:BatchGetImage"])


def make_by_hand(ecr: Any, account: str) -> None:
    """Set the registry up as somebody once did, not quite as the app says."""
    ecr.create_repository(repositoryName="payments/api")
    ecr.put_registry_policy(
        policyText=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{PARTNER}:root"},
                        "Action": "ecr:ReplicateImage",
                        "Resource": f"arn:aws:ecr:{REGION}:{account}:repository/*",
                    }
                ],
            }
        )
    )
    ecr.put_replication_configuration(
        replicationConfiguration={
            "rules": [{"destinations": [{"region": "us-east-1", "registryId": account}]}]
        }
    )
    ecr.put_registry_scanning_configuration(
        scanType="BASIC",
        rules=[
            {
                "scanFrequency": "SCAN_ON_PUSH",
                "repositoryFilters": [{"filter": "prod*", "filterType": "WILDCARD"}],
            }
        ],
    )
    ecr.create_pull_through_cache_rule(
        ecrRepositoryPrefix="quay", upstreamRegistryUrl="quay.io", upstreamRegistry="quay"
    )
    ecr.create_repository_creation_template(prefix="quay", appliedFor=["PULL_THROUGH_CACHE"])


def import_map(assembly: Path, output: Path) -> dict[str, dict[str, str]]:
    subprocess.run(
        [sys.executable, "-m", "ecr_constructs", "import-map", str(assembly), "-o", str(output)],
        check=True,
        capture_output=True,
    )
    mapping: dict[str, dict[str, str]] = json.loads(output.read_text(encoding="utf-8"))
    return mapping


def test_a_registry_that_is_there_is_imported_and_then_governed(
    cdk_cli: CdkCli, assemble: Assemble, aws: Aws, account: str, tmp_path: Path
) -> None:
    ecr = aws("ecr")
    make_by_hand(ecr, account)
    before = registry_settings(ecr)
    created = ecr.describe_repositories()["repositories"][0]["createdAt"]
    assembly, file = assemble(governed), tmp_path / "import.json"

    # A first deployment finds that it is there.
    with pytest.raises(CdkError, match=r"(?s)already\s+exists"):
        cdk_cli.deploy(assembly)
    cdk_cli.destroy(assembly)
    assert registry_settings(ecr) == before

    mapping = import_map(assembly, file)
    # What is not there yet goes out of the file.
    (new,) = (key for key, value in mapping.items() if value == {"Prefix": "payments"})
    del mapping[new]
    file.write_text(json.dumps(mapping), encoding="utf-8")
    taken = tmp_path / "taken.json"
    cdk_cli.run(
        "import",
        "Main",
        f"--resource-mapping={file}",
        f"--record-resource-mapping={taken}",
        assembly=assembly,
    )
    # The command line knows every resource of the file.
    assert json.loads(taken.read_text(encoding="utf-8")) == mapping

    cdk_cli.run("import", "Main", f"--resource-mapping={file}", assembly=assembly)
    # An import changes nothing.
    assert registry_settings(ecr) == before

    # The next version of the app makes what is new, and writes whole what it touches.
    cdk_cli.deploy(assemble(changed))
    after = registry_settings(ecr)
    (statement,) = after["policy"]["Statement"]
    assert statement["Action"] == "ecr:BatchGetImage"
    assert len(statement["Principal"]["AWS"]) == 2
    assert sorted(each["prefix"] for each in after["templates"]) == ["payments", "quay"]
    (repository,) = ecr.describe_repositories()["repositories"]
    # It is the repository that was there, with its images.
    assert repository["createdAt"] == created
    # CloudFormation compares templates: what it has not touched is as it was, and that is drift.
    with_drift = cdk_cli.drift(assembly)
    for name in ("Api", "Replication", "Scanning"):
        assert f"Registry/{name}" in with_drift, with_drift
    assert "Registry/Policy" not in with_drift
