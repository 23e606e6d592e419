"""What is built is what users get: the wheel alone, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from email.parser import Parser
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

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


def requirements(requires: Iterable[str]) -> Iterator[Distribution]:
    """Yield what is needed without any extra, and what that needs in turn."""
    pending, seen = list(requires), set()
    while pending:
        requirement = Requirement(pending.pop())
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and requirement.name not in seen:
            seen.add(requirement.name)
            found = distribution(requirement.name)
            assert found.version in requirement.specifier
            yield found
            pending += found.requires or ()


def environment_with(wheel: Path, folder: Path) -> Path:
    """Make an environment of the wheel and what it says that it needs; return its programs' folder.

    What is needed is linked, as to install CDK anew takes most of a minute.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    metadata = zipfile.Path(wheel) / f"{'-'.join(wheel.name.split('-')[:2])}.dist-info" / "METADATA"
    needed = Parser().parsestr(metadata.read_text(encoding="utf-8")).get_all("Requires-Dist")
    for found in requirements(needed or ()):
        for name in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            if not (site / name).exists():
                (site / name).symlink_to(Path(str(found.locate_file(name))))
    python = folder / "bin" / "python"
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", *options, wheel],
        check=True,
        capture_output=True,
    )
    return folder / "bin"


def test_wheel_installs_and_synthesises_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """The dependencies of the core are enough: no extra is installed, the source is not there."""
    programs = environment_with(wheel, tmp_path / "environment")
    without_extras = (
        "import importlib.util as u; assert not any(map(u.find_spec, ['typer', 'boto3']))"
    )
    subprocess.run([programs / "python", "-c", without_extras], check=True)
    subprocess.run(
        [programs / "python", "-c", APP],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert "payments/api" in (tmp_path / "out" / "Stack.template.json").read_text(encoding="utf-8")
    command = subprocess.run(
        [programs / "ecr-constructs", "check", "out"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert command.returncode == 2
    assert "pip install 'ecr-constructs[cli]'" in command.stderr
