"""What is built is what users get: the wheel alone, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = """
import aws_cdk as cdk
from ecr_constructs import GovernedRepository
app = cdk.App(outdir="out")
GovernedRepository(cdk.Stack(app, "Stack"), "Api", repository_name="payments/api")
app.synth()
"""


@pytest.fixture(name="wheel", scope="module")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dist = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", dist, ROOT],
        check=True,
        capture_output=True,
    )
    return next(dist.glob("*.whl"))


def test_wheel_holds_the_package_its_types_and_its_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob("*.py")}
    assert sources <= names
    assert "ecr_constructs/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not {name for name in names if name.startswith(("tests", "examples", "benchmarks"))}


def test_wheel_installs_and_synthesises_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """The dependencies of the core are enough: no extra is installed, the source is not there."""
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    constraints = ROOT / "constraints.txt"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--constraint", constraints, wheel],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [python, "-c", APP],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert "payments/api" in (tmp_path / "out" / "Stack.template.json").read_text(encoding="utf-8")
    command = subprocess.run(
        [environment / "bin" / "ecr-constructs", "check", "out"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert command.returncode == 2
    assert "pip install 'ecr-constructs[cli]'" in command.stderr
