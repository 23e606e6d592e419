"""The commands on a registry that is there, from a deployment to a change by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import aws_cdk as cdk
import pytest
from tests.deploy.apps import REGION, synthesise
from tests.deploy.artifacts import push_index, push_untagged
from tests.deploy.cdk_cli import CdkCli
from tests.deploy.conftest import Aws
from tests.deploy.emulator.launcher import Emulator
from tests.deploy.oci import Image, OciRegistry

from ecr_constructs.cli.main import run
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.principals import Principals
from ecr_constructs.model.scanning import Scanning

pytestmark = pytest.mark.deploy

Command: TypeAlias = Callable[..., tuple[int, Any]]


@pytest.fixture(name="command")
def _command(
    emulator: Emulator,
    account: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Runs a command with the credentials of the test's account; gives the status and the JSON."""
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": account,
        "AWS_CONFIG_FILE": "none",
        "AWS_ENDPOINT_URL": emulator.url,
        "AWS_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "dummy",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)

    def command(*arguments: str) -> tuple[int, Any]:
        status = run(arguments)
        captured = capsys.readouterr()
        return status, json.loads(captured.out) if captured.out else captured.err

    return command


def build(stack: cdk.Stack) -> None:
    registry = GovernedRegistry(stack, "Registry", scanning=Scanning.basic(on_push=["*"]))
    registry.allow(Principals.account("9" * 12), actions=["ecr:BatchGetImage"])
    api = registry.add_repository("Api", repository_name="payments/api")
    api.allow_pull(Principals.lambda_functions())


def test_a_change_by_hand_is_told_and_what_is_deployed_is_none(
    cdk_cli: CdkCli, account: str, tmp_path: Path, aws: Aws, command: Command
) -> None:
    assembly = synthesise(tmp_path / "app", account, Main=build)
    _, document = command("review", str(assembly), "--against", "live", "--format", "json")
    assert {each["class"] for each in document["change"]} == {"harmless", "scanned", "widened"}
    cdk_cli.deploy(assembly)

    _, document = command("review", str(assembly), "--against", "live", "--format", "json")
    assert document["change"] == []
    status, document = command("check", "--live", "--format", "json")
    found = {each["rule"] for each in document["findings"] if each["severity"] == "error"}
    assert (status, found) == (0, set())

    aws("ecr").put_image_tag_mutability(repositoryName="payments/api", imageTagMutability="MUTABLE")
    aws("ecr").delete_registry_policy()
    against = ("--live", "--against", str(assembly), "--format", "json")
    status, document = command("review", *against, "--fail-on", "weakened")
    assert status == 1
    assert {each["class"] for each in document["change"]} == {"narrowed", "weakened"}
    _, document = command("review", str(assembly), "--against", "live", "--format", "json")
    assert {each["class"] for each in document["change"]} == {"widened", "strengthened"}
    for each in document["change"]:
        assert "somebody changed it by hand" in each["cause"]
    status, document = command("check", "--live", "--format", "json")
    assert status == 1
    assert {each["rule"] for each in document["findings"]} >= {"EcrGovernance-TagImmutability"}


def test_what_is_exported_tells_which_index_keeps_an_image(
    aws: Aws, registry: OciRegistry, command: Command
) -> None:
    aws("ecr").create_repository(repositoryName="payments/api")
    index = push_index(registry, "payments/api", "v1", "whole")
    alone = push_untagged(registry, "payments/api", Image.of("alone"))
    status, document = command("images", "export", "payments/api")
    assert status == 0
    held = {each["imageDigest"]: each["referencedBy"] for each in document["imageDetails"]}
    assert held == {
        **{digest: [index.digest] for digest in index.children.values()},
        index.digest: [],
        alone: [],
    }
    status, said = command("images", "export", "payment/api")
    assert (status, "did you mean 'payments/api'" in said) == (2, True)
