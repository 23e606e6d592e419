"""The example is what a new user sees first: held whole, and clean through every door."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from tests.browser.picture import EDITS, edited
from tests.synthesis import lint_errors

ROOT = Path(__file__).parents[1]


def templates(assembly: Path) -> dict[str, Any]:
    return {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(assembly.rglob("*.template.json"))
    }


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ecr_constructs", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_templates_are_what_was_reviewed(
    example_assembly: Path, snapshot: SnapshotAssertion
) -> None:
    held = snapshot.use_extension(JSONSnapshotExtension)
    for name, template in templates(example_assembly).items():
        # What deployment adds to every stack tells nothing of the library.
        template.pop("Parameters", None)
        template.pop("Rules", None)
        assert template == held(name=name.removesuffix(".template.json"))


def test_synthesis_asks_aws_for_nothing(example_assembly: Path) -> None:
    """What the manifest misses, CDK's command line would look up, with credentials."""
    manifest = json.loads((example_assembly / "manifest.json").read_text(encoding="utf-8"))
    assert "missing" not in manifest


def test_templates_pass_cfn_lint(example_assembly: Path) -> None:
    """Each in its Region: none but us-east-1 has public repositories."""
    manifest = json.loads((example_assembly / "manifest.json").read_text(encoding="utf-8"))
    regions = {
        artifact["properties"]["templateFile"]: artifact["environment"].rpartition("/")[2]
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    for name, template in templates(example_assembly).items():
        assert lint_errors(template, regions[name]) == [], name


def test_check_finds_nothing(example_assembly: Path) -> None:
    done = run("check", str(example_assembly), "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    counted = [f for f in json.loads(done.stdout)["findings"] if f["acknowledged"] is None]
    assert counted == []


def test_review_shows_each_repository_and_the_reason_of_its_exemption(
    example_assembly: Path,
) -> None:
    done = run("review", str(example_assembly))
    assert (done.returncode, done.stderr) == (0, "")
    for shown in ("payments/api", "web/storefront", "data/notebooks", "web/thumbnails"):
        assert shown in done.stdout
    assert "rebuilt from the notebooks every night" in " ".join(done.stdout.split())


def test_change_in_the_picture_of_the_readme_is_one_to_the_example() -> None:
    """Each edit finds what it replaces, so that the picture can be made anew."""
    lines = (ROOT / "examples" / "app.py").read_text(encoding="utf-8").splitlines()
    changed = [new for old, new in zip(lines, edited().splitlines(), strict=True) if old != new]
    assert len(changed) == len(EDITS)


def test_example_is_importable_without_being_synthesised() -> None:
    """A user's test imports the app's module and builds the app itself."""
    spec = importlib.util.spec_from_file_location("example_app", ROOT / "examples" / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert callable(module.build)
