"""`ecr-constructs lifecycle compare`: what a change of policy does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.lifecycle_runs import IMAGES, OLD, POLICY, Lifecycle, detail
from tests.lifecycle.strategies import digest

from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

R = LifecycleRule


@pytest.fixture(name="lifecycle")
def _lifecycle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Lifecycle:
    return Lifecycle(tmp_path, capsys)


def test_compare_shows_people_what_a_change_does(
    lifecycle: Lifecycle,
) -> None:
    status, out, err = lifecycle.compare(OLD, POLICY)
    assert (status, err) == (0, "")
    assert (
        out
        == f"""\
7 images of payments/api on 2026-01-31 12:00 UTC

the change deletes 2 images (24.7 MB)
    2026-01-28 12:00   12.3 MB  {digest("v2")[:19]}  v2
      new rule 3, expires: not one of the newest 2 images that match v*
    2026-01-22 12:00   12.3 MB  {digest("lost")[:19]}  untagged
      new rule 2, expires: pushed on 2026-01-22 12:00, more than 7 days ago

the change archives 1 image (12.3 MB)
    2025-10-23 12:00   12.3 MB  {digest("build")[:19]}  sha-1
      new rule 4, archived: pushed on 2025-10-23 12:00, more than 90 days ago
"""
    )
    _, out, _ = lifecycle.compare(POLICY, OLD)
    assert "the change saves 3 images (37.0 MB)" in out
    assert "v2\n      old rule 3, expires: not one of the newest 2" in out


def test_compare_tells_programs(lifecycle: Lifecycle) -> None:
    _, out, _ = lifecycle.compare(OLD, POLICY, "--format", "json")
    document = json.loads(out)
    assert document["summary"] == {
        "deleteImageTotalCount": 2,
        "archiveImageTotalCount": 1,
        "saveImageTotalCount": 0,
    }
    assert document["changes"][0] == {
        "imageDigest": digest("v2"),
        "imageTags": ["v2"],
        "imagePushedAt": "2026-01-28T12:00:00+00:00",
        "effect": "delete",
        "before": {
            "outcome": "retain",
            "rulePriority": 1,
            "reason": "kept: one of the newest 3 images that match v*",
        },
        "after": {
            "outcome": "expire",
            "rulePriority": 3,
            "reason": "expires: not one of the newest 2 images that match v*",
        },
    }


def test_compare_says_that_nothing_changes(lifecycle: Lifecycle) -> None:
    _, out, _ = lifecycle.compare(POLICY, POLICY)
    assert out.endswith("\nthe change makes no difference to them\n")


ARCHIVING = LifecyclePolicy.of(
    R.keep_newest(3, tag_patterns=["v*"]), R.archive(older_than_days=90, tag_patterns=["sha-*"])
)


@pytest.mark.parametrize(
    ("old", "new", "gate", "status"),
    [
        (OLD, POLICY, "never", 0),
        (OLD, POLICY, "delete", 1),
        (OLD, ARCHIVING, "delete", 0),
        (OLD, ARCHIVING, "archive", 1),
        (POLICY, OLD, "archive", 0),
    ],
)
def test_compare_fails_where_it_is_told_to(
    lifecycle: Lifecycle,
    old: LifecyclePolicy,
    new: LifecyclePolicy,
    gate: str,
    status: int,
) -> None:
    assert lifecycle.compare(old, new, "--fail-on", gate)[0] == status


def test_compare_tells_what_it_assumed(lifecycle: Lifecycle) -> None:
    images = [{k: v for k, v in image.items() if k != "imageManifestMediaType"} for image in IMAGES]
    arguments = ["compare", "--policy", lifecycle.write("old.json", OLD), "--policy"]
    arguments += [lifecycle.write("new.json", POLICY)]
    arguments += ["--images", lifecycle.write("images.json", images)]
    assert "\nnote this is an upper bound" in lifecycle(*arguments)[1]
    notes = json.loads(lifecycle(*arguments, "--format", "json")[1])["notes"]
    assert notes[0].startswith("this is an upper bound")


def test_compare_folds_long_lists(lifecycle: Lifecycle) -> None:
    images = [detail(str(n), 200 + n, "other") for n in range(12)]
    new = LifecyclePolicy.of(R.expire(older_than_days=100))
    arguments = ["compare", "--policy", lifecycle.write("old.json", OLD), "--policy"]
    arguments += [lifecycle.write("new.json", new)]
    arguments += ["--images", lifecycle.write("images.json", images)]
    assert "and 2 more, --all shows them" in lifecycle(*arguments)[1]
    assert lifecycle(*arguments, "--all")[1].count("sha256:") == 12
