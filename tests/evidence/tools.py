"""Checkers that nobody here wrote: checkov, and Control Tower's rules run by cfn-guard.

Both live in ``.venv-evidence``, which ``make test`` makes: checkov brings a hundred
packages, and of the validator only the binary and the rules are taken.
"""

from __future__ import annotations

import functools
import json
import os
import platform
import re
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

ROOT: Final = Path(__file__).parents[2]
ENVIRONMENT: Final = ROOT / ".venv-evidence"
CHECKOV: Final = ("CKV_AWS_32", "CKV_AWS_51", "CKV_AWS_136", "CKV_AWS_163")
CONTROL_TOWER: Final = ("CT.ECR.PR.1", "CT.ECR.PR.2", "CT.ECR.PR.3")

#: Whether each check passes a repository, by template, logical id and check.
Verdicts: TypeAlias = Mapping[tuple[str, str, str], bool]


def environment() -> Path:
    """Return the environment of the checkers; a machine that only tests quickly may lack it."""
    if not (ENVIRONMENT / "bin" / "checkov").exists():
        if os.environ.get("CI"):
            pytest.fail(".venv-evidence is missing; `make test` makes it")
        pytest.skip(".venv-evidence is missing; `make test` makes it")
    return ENVIRONMENT


@functools.cache
def checkov(folder: Path) -> Verdicts:
    """Return what checkov's rules about Amazon ECR say of the templates below a folder."""
    options = (
        f"--framework cloudformation --check {','.join(CHECKOV)} --skip-download --output json"
    )
    done = subprocess.run(
        [environment() / "bin" / "checkov", "--directory", folder, *options.split()],
        capture_output=True,
        text=True,
        check=False,
        # It asks nobody: no platform, no downloads, no version check.
        env={**os.environ, "BC_SKIP_MAPPING": "TRUE", "CHECKOV_RUN_SECRETS": "false"},
    )
    report = json.loads(done.stdout)
    verdicts = {}
    for outcome, passes in (("passed_checks", True), ("failed_checks", False)):
        for check in report["results"][outcome]:
            file = Path(check["file_path"]).name
            logical_id = check["resource"].rpartition(".")[2]
            verdicts[file, logical_id, check["check_id"]] = passes
    return verdicts


@functools.cache
def control_tower(folder: Path) -> Verdicts:
    """Return what Control Tower's three rules about Amazon ECR say of the templates."""
    guard, rules = _guard()
    # Of an assembly its templates; it has other JSON beside them.
    templates = sorted(folder.rglob("*.template.json")) or sorted(folder.glob("*.json"))
    verdicts: dict[tuple[str, str, str], bool] = {}
    for template in templates:
        for logical_id in _repositories(template):
            verdicts |= {(template.name, logical_id, check): True for check in CONTROL_TOWER}
        options = "--structured --output-format json --show-summary none"
        done = subprocess.run(
            [guard, "validate", "--data", template, "--rules", rules, *options.split()],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        for report in json.loads(done.stdout):
            for failed in report["not_compliant"]:
                text = json.dumps(failed)
                (check,) = set(re.findall(r"\[(CT\.ECR\.PR\.\d)\]", text))
                for logical_id in re.findall(r'"path": "/Resources/([^/"]+)', text):
                    verdicts[template.name, logical_id, check] = False
    return verdicts


@functools.cache
def _guard() -> tuple[Path, Path]:
    """Unpack the binary and the rules out of the validator's package; return where they are."""
    site = next((environment() / "lib").glob("python*/site-packages"))
    (archive,) = site.glob("cdklabs/cdk_validator_cfnguard/_jsii/*.tgz")
    folder = ENVIRONMENT / "cfn-guard"
    if not folder.is_dir():
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
    system = "macos" if platform.system() == "Darwin" else "ubuntu"
    machine = "aarch64" if platform.machine() in {"aarch64", "arm64"} else "x86_64"
    guard = folder / "package" / "bin" / system / machine / "cfn-guard"
    guard.chmod(0o755)
    return guard, folder / "package" / "rules" / "control-tower" / "cfn-guard" / "ecr"


def _repositories(template: Path) -> list[str]:
    from ecr_constructs.sources.documents import read_template

    resources: dict[str, Any] = read_template(template)["Resources"]
    return [
        logical_id
        for logical_id, body in resources.items()
        if isinstance(body, dict) and body.get("Type") == "AWS::ECR::Repository"
    ]
