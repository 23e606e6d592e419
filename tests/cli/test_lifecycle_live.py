"""`lifecycle preview --live`: ECR's own preview beside ours, with what differs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tests.sources.aws.fake_ecr import FakeEcr, RefusalError, image, index

from ecr_constructs.cli.main import run
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.sources.aws.lifecycle_preview import preview_policy

POLICY = LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=7)).normalise()
OTHER = LifecyclePolicy.of(LifecycleRule.archive(older_than_days=1)).normalise()

Preview: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="preview")
def _preview(capsys: pytest.CaptureFixture[str]) -> Preview:
    """Preview; give the status, the output and the complaints."""

    def preview(*arguments: str) -> tuple[int, str, str]:
        status = run(["lifecycle", "preview", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return preview


class EcrPreviews:
    """ECR's previews: each takes so many looks, and then says what a test tells it to."""

    def __init__(self, ecr: FakeEcr, *results: tuple[dict[str, Any], str], looks: int = 0) -> None:
        self.texts: list[str] = []
        self.results = [
            {
                "imageDigest": each["imageDigest"],
                "imageTags": each["imageTags"],
                "imagePushedAt": each["imagePushedAt"],
                "action": {"type": action},
                "appliedRulePriority": 1,
                "storageClass": "STANDARD",
            }
            for each, action in results
        ]
        self.looks = looks
        self.status = "COMPLETE"
        self.told = ""
        ecr.answers["StartLifecyclePolicyPreview"] = self.start
        ecr.answers["GetLifecyclePolicyPreview"] = self.get

    def start(self, request: dict[str, Any]) -> dict[str, Any]:
        """Start a preview."""
        self.texts.append(request["lifecyclePolicyText"])
        return {"status": "IN_PROGRESS"}

    def get(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a page of the preview, one result each."""
        if self.looks:
            self.looks -= 1
            return {"status": "IN_PROGRESS"}
        start = int(request.get("nextToken", 0))
        more = {"nextToken": str(start + 1)} if start + 1 < len(self.results) else {}
        return {
            "status": self.status,
            "lifecyclePolicyText": self.told or self.texts[-1],
            "previewResults": self.results[start : start + 1],
            "summary": {"expiringImageTotalCount": len(self.results)},
            **more,
        }


@pytest.fixture(name="waits", autouse=True)
def _waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was waited, which takes no time."""
    waits: list[float] = []
    monkeypatch.setattr(preview_policy, "__kwdefaults__", {"sleep": waits.append})
    return waits


def old(name: str, *tags: str) -> dict[str, Any]:
    return image(name, *tags, imagePushedAt=1_600_000_000)


def test_both_say_the_same_of_the_policy_that_is_there(
    ecr: FakeEcr, preview: Preview, waits: list[float]
) -> None:
    lost, lost_too = old("lost"), old("lost too")
    ecr.add("api", lost, lost_too, old("v1", "v1"))
    ecr.lifecycle_policies["api"] = POLICY.to_json()
    previews = EcrPreviews(ecr, (lost, "EXPIRE"), (lost_too, "EXPIRE"), looks=2)
    status, out, err = preview("--live", "api", "--fail-on", "expire")
    assert (status, err, waits) == (1, "", [5, 5])
    assert "ECR's own preview  expires 2\n  says the same of all 3\n" in out
    assert [json.loads(text) for text in previews.texts] == [POLICY.to_document()]


def test_children_of_an_index_are_known_to_be_kept(ecr: FakeEcr, preview: Preview) -> None:
    child = old("child")
    ecr.add("api", child, index(ecr, "index", child, tags=["v1"]))
    ecr.lifecycle_policies["api"] = POLICY.to_json()
    EcrPreviews(ecr)
    status, out, _ = preview("--live", "api", "--fail-on", "expire")
    assert status == 0
    assert "says the same of all 2" in out
    assert "upper bound" not in out


def test_differences_are_named(ecr: FakeEcr, preview: Preview) -> None:
    lost, kept = old("lost"), old("v1", "v1")
    ecr.add("api", lost, kept)
    ecr.lifecycle_policies["api"] = POLICY.to_json()
    EcrPreviews(ecr, (kept, "EXPIRE"))
    _, out, _ = preview("--live", "api")
    assert "differs on 2\n" in out
    lines = [line.strip() for line in out.splitlines()]
    at = lines.index("v1")
    assert lines[at + 1] == "ECR:  expires by rule 1"
    assert lines[at + 2].startswith("here: stays (")
    document = json.loads(preview("--live", "api", "--format", "json")[1])
    assert document["summary"] == {"expiringImageTotalCount": 1}
    (theirs,) = document["ecr"]["previewResults"]
    assert (theirs["imageTags"], theirs["action"]) == (["v1"], {"type": "EXPIRE"})
    assert {tuple(each["imageTags"]): each["ecr"] for each in document["differences"]} == {
        (): None,
        ("v1",): {"outcome": "expire", "appliedRulePriority": 1},
    }


def test_many_differences_are_cut_unless_all_are_asked_for(ecr: FakeEcr, preview: Preview) -> None:
    ecr.add("api", *(old(f"v{number}", f"v{number}") for number in range(12)))
    ecr.lifecycle_policies["api"] = POLICY.to_json()
    EcrPreviews(ecr, *((each, "EXPIRE") for each in ecr.images["api"]))
    assert "and 2 more, --all shows them" in preview("--live", "api")[1]
    assert preview("--live", "api", "--all")[1].count("ECR:  expires by rule 1") == 12


def test_who_looks_on_sees_that_it_waits(
    ecr: FakeEcr, preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecr.add("api")
    ecr.lifecycle_policies["api"] = POLICY.to_json()
    EcrPreviews(ecr)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "waiting for ECR's own preview" in preview("--live", "api")[2]


@pytest.mark.parametrize(("gate", "status"), [("expire", 0), ("archive", 1), ("never", 0)])
def test_what_ecr_alone_says_shuts_the_gate_too(
    ecr: FakeEcr, preview: Preview, gate: str, status: int
) -> None:
    fresh = image("v1", "v1", imagePushedAt=int(time.time()))
    ecr.add("api", fresh)
    ecr.lifecycle_policies["api"] = OTHER.to_json()
    EcrPreviews(ecr, (fresh, "TRANSITION"))
    assert preview("--live", "api", "--fail-on", gate)[0] == status


def test_a_policy_of_a_file_is_tried_on_what_is_there(
    ecr: FakeEcr, preview: Preview, tmp_path: Path
) -> None:
    ecr.add("api", old("v1", "v1"))
    previews = EcrPreviews(ecr)
    file = tmp_path / "policy.json"
    file.write_text(OTHER.to_json(), encoding="utf-8")
    _, out, _ = preview("--live", "api", "--policy", str(file))
    assert "archives 1 image" in out
    assert [json.loads(text) for text in previews.texts] == [OTHER.to_document()]
    assert ecr.counts()["GetLifecyclePolicy"] == 0


def test_to_explain_one_image_no_preview_is_started(ecr: FakeEcr, preview: Preview) -> None:
    ecr.add("api", old("v1", "v1"))
    ecr.lifecycle_policies["api"] = POLICY.to_json()
    status, out, _ = preview("--live", "api", "--explain", "v1")
    assert (status, "v1" in out) == (0, True)
    assert ecr.counts()["StartLifecyclePolicyPreview"] == 0


def test_nothing_is_called_that_changes_an_image(ecr: FakeEcr, preview: Preview) -> None:
    ecr.add("api", old("v1", "v1"))
    ecr.lifecycle_policies["api"] = POLICY.to_json()
    EcrPreviews(ecr)
    preview("--live", "api")
    written = {name for name in ecr.counts() if not name.startswith(("Get", "Describe", "Batch"))}
    assert written == {"StartLifecyclePolicyPreview"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "got none; write --images INVENTORY, or --live REPOSITORY"),
        (["--images", "i.json", "--profile", "p"], "write --live REPOSITORY, or drop 'p'"),
        (["--live", "api", "--images", "i.json"], "got 'i.json' too; drop one of the two"),
        (["--live", "api", "--now", "2026-01-01T00:00:00Z"], "as ECR does, got --now 2026-01-01T"),
        (["--live", "api"], "got none of repository 'api'; write --policy POLICY to try one"),
        (["--live", "apy"], "got 'apy'; did you mean 'api'"),
    ],
)
def test_refuses_what_cannot_be_previewed(
    ecr: FakeEcr, preview: Preview, arguments: list[str], sentence: str
) -> None:
    ecr.add("api", old("v1", "v1"))
    status, out, err = preview(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


def in_progress(_: dict[str, Any]) -> dict[str, Any]:
    raise RefusalError("LifecyclePolicyPreviewInProgressException")


def no_permission(_: dict[str, Any]) -> dict[str, Any]:
    raise RefusalError("AccessDeniedException")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"start": in_progress}, "must have one preview at a time, got one of 'api' that is under"),
        ({"start": no_permission}, "credentials must allow ecr:StartLifecyclePolicyPreview on"),
        ({"status": "FAILED"}, "the preview of 'api' must be COMPLETE, got FAILED; try again"),
        ({"looks": 500}, "must end within 10 minutes, got none that did; try again later"),
        ({"told": OTHER.to_json()}, "got one of another for 'api', which somebody started mean"),
    ],
)
def test_refuses_a_preview_that_does_not_come(
    ecr: FakeEcr, preview: Preview, change: dict[str, Any], sentence: str
) -> None:
    ecr.add("api", old("v1", "v1"))
    ecr.lifecycle_policies["api"] = POLICY.to_json()
    previews = EcrPreviews(ecr)
    for name, value in change.items():
        setattr(previews, name, value)
    if "start" in change:
        ecr.answers["StartLifecyclePolicyPreview"] = change["start"]
    status, out, err = preview("--live", "api")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err
