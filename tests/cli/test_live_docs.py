"""docs/live.md: the permissions that it asks for are the calls that are made."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from tests.cli.test_lifecycle_live import POLICY, EcrPreviews
from tests.cli.test_review_live import DEPLOYED, write_assembly
from tests.sources.aws.fake_ecr import ACCOUNT, REGION, FakeEcr, image, index
from tests.sources.aws.filled import fill

from ecr_constructs.cli.main import run

PAGE: Final = (Path(__file__).parents[2] / "docs" / "live.md").read_text(encoding="utf-8")
ROWS: Final = dict(re.findall(r"^\| `([^`]+)` \| (.*`) \|$", PAGE, re.MULTILINE))
CLOUDFORMATION: Final = {"GetTemplate", "ListStackResources"}


def asked_for(command: str) -> set[str]:
    """Return the actions that the page names for a command."""
    row = ROWS[command]
    rest = asked_for("check --live") if "those of `check --live`" in row else set()
    return rest | set(re.findall(r"`(\w+:\w+)`", row))


@pytest.mark.parametrize("command", ROWS)
def test_the_permissions_that_are_asked_for_are_the_calls_that_are_made(
    command: str, ecr: FakeEcr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ecr)
    child = image("child")
    ecr.add("api", child, index(ecr, "index", child, tags=["v1"]))
    ecr.lifecycle_policies["api"] = POLICY.to_json()
    ecr.answers["DescribeImageScanFindings"] = lambda _: {"imageScanStatus": {"status": "ACTIVE"}}
    ecr.stacks["A"] = DEPLOYED, {"Api": "api"}
    EcrPreviews(ecr)
    folder = write_assembly(tmp_path, {"A": (ACCOUNT, REGION)})
    arguments = {
        "check --live": ["check", "--live"],
        "review --against live": ["review", folder, "--against", "live"],
        "images export": ["images", "export", "api"],
        "findings": ["findings", "api:v1"],
        "lifecycle preview --live": ["lifecycle", "preview", "--live", "api"],
    }
    assert run(arguments[command]) in {0, 1}
    made = {
        f"{'cloudformation' if name in CLOUDFORMATION else 'ecr'}:{name}" for name in ecr.counts()
    }
    assert asked_for(command) == made


def test_the_page_has_a_row_for_each_command() -> None:
    assert len(ROWS) == 5
