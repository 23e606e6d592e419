"""`ecr-constructs lifecycle preview`: the answer for programs and for people."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from tests.cli.lifecycle_runs import IMAGES, POLICY, Lifecycle, detail
from tests.lifecycle.strategies import NOW, days_ago, digest

from ecr_constructs.cli._lifecycle_json import print_preview
from ecr_constructs.cli.main import run
from ecr_constructs.lifecycle.evaluate import evaluate
from ecr_constructs.lifecycle.image_details import image_of
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.preview import preview_results
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

R = LifecycleRule


@pytest.fixture(name="lifecycle")
def _lifecycle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Lifecycle:
    return Lifecycle(tmp_path, capsys)


def test_preview_answers_as_aws_does(lifecycle: Lifecycle) -> None:
    status, out, err = lifecycle.preview("--format", "json")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert document["summary"] == {
        "expiringImageTotalCount": 3,
        "transitioningImageTotalCounts": [{"targetStorageClass": "ARCHIVE", "imageTotalCount": 1}],
    }
    assert document["previewResults"][0] == {
        "imageDigest": digest("lost"),
        "imageTags": [],
        "imagePushedAt": "2026-01-22T12:00:00+00:00",
        "action": {"type": "EXPIRE"},
        "appliedRulePriority": 2,
        "storageClass": "STANDARD",
    }
    assert [(r["imageTags"], r["appliedRulePriority"]) for r in document["previewResults"]] == [
        ([], 2),
        (["v2"], 3),
        (["v1"], 3),
        (["sha-1"], 4),
    ]
    assert document["previewResults"][3]["action"] == {
        "type": "TRANSITION",
        "targetStorageClass": "ARCHIVE",
    }
    assert list(document) == ["previewResults", "summary"]


def test_preview_tells_programs_what_it_assumed(
    lifecycle: Lifecycle,
) -> None:
    images = [{k: v for k, v in i.items() if k != "imageManifestMediaType"} for i in IMAGES]
    for options in ([], ["--explain", "v1"]):
        _, out, _ = lifecycle.preview("--format", "json", *options, images=images)
        assert json.loads(out)["notes"][0].startswith("this is an upper bound")
    _, out, _ = lifecycle.preview(images=images)
    assert "\nnote this is an upper bound" in out


@pytest.mark.parametrize("count", [0, 1, 1_200])
def test_preview_prints_the_same_results_in_lines_of_json(lifecycle: Lifecycle, count: int) -> None:
    awkward = 'a"b\\c}, {"imageDigest" ü'
    images = [detail(str(n), 9 + n / 1e7, f"x{n}", awkward) for n in range(count)]
    policy = LifecyclePolicy.of(R.expire(older_than_days=5, tag_patterns=["x*"]))
    _, out, _ = lifecycle.preview("--format", "json", policy=policy, images=images)
    evaluation = evaluate(policy, map(image_of, images), NOW)
    results = json.loads(out)["previewResults"]
    assert results == json.loads(json.dumps(list(preview_results(evaluation))))
    assert len(results) == count
    assert out.count("\n") == 4 + count + (count > 0)


def test_preview_prints_a_time_in_the_zone_that_it_has(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pushed = days_ago(9).astimezone(timezone(timedelta(hours=2)))
    policy = LifecyclePolicy.of(R.expire(older_than_days=5))
    evaluation = evaluate(policy, [Image(digest=digest("a"), pushed_at=pushed)], NOW)
    print_preview(evaluation, {})
    (result,) = json.loads(capsys.readouterr().out)["previewResults"]
    assert result["imagePushedAt"] == pushed.isoformat() == "2026-01-22T14:00:00+02:00"


def test_preview_shows_people_what_goes_by_rule(
    lifecycle: Lifecycle,
) -> None:
    status, out, err = lifecycle.preview()
    assert (status, err) == (0, "")
    assert (
        out
        == f"""\
7 images of payments/api on 2026-01-31 12:00 UTC

rule 1  protect images that match latest
  keeps 1

rule 2  expire untagged images after 7 days
  expires 1 (12.3 MB), keeps 0
    2026-01-22 12:00   12.3 MB  {digest("lost")[:19]}  untagged

rule 3  keep the newest 2 images that match v*
  expires 2 (24.7 MB), keeps 1
    2026-01-28 12:00   12.3 MB  {digest("v2")[:19]}  v2
    2026-01-27 12:00   12.3 MB  {digest("v1")[:19]}  v1

rule 4  archive images that match sha-* after 90 days
  archives 1 (12.3 MB), keeps 0
    2025-10-23 12:00   12.3 MB  {digest("build")[:19]}  sha-1

no rule  selects 1 image
  keeps 1

expires 3 images (37.0 MB)
archives 1 image (12.3 MB)
keeps 3 images
"""
    )


def test_preview_folds_long_lists(lifecycle: Lifecycle) -> None:
    images = [detail(str(n), n, f"v{n}") for n in range(1, 1015)]
    policy = LifecyclePolicy.of(R.keep_newest(2, tag_patterns=["v*"]))
    _, out, _ = lifecycle.preview(policy=policy, images=images)
    assert "    and 1,002 more, --all shows them\n" in out
    assert out.count("sha256:") == 10
    assert "expires 1,012 (12.5 GB), keeps 2" in out
    _, out, _ = lifecycle.preview("--all", policy=policy, images=images)
    assert out.count("sha256:") == 1012
    assert "--all" not in out


def test_preview_keeps_markup_in_tags_as_text(
    lifecycle: Lifecycle,
) -> None:
    policy = LifecyclePolicy.of(R.expire(older_than_days=1, tag_patterns=["[red]*"]))
    images = [detail("a", 9, "[red]x[/nothing]")]
    _, out, _ = lifecycle.preview(policy=policy, images=images)
    assert "  [red]x[/nothing]\n" in out
    assert "expire images that match [red]* after 1 day" in out


def test_preview_explains_one_image(lifecycle: Lifecycle) -> None:
    status, out, _ = lifecycle.preview("--explain", "latest")
    assert status == 0
    assert (
        out
        == f"""\
v4, latest  {digest("v4")}
pushed 2026-01-30 12:00, ACTIVE, 12.3 MB
shielded by rule 1, which never acts on it

> rule 1  protect images that match latest
    keeps it
  rule 2  expire untagged images after 7 days
    does not select it
  rule 3  keep the newest 2 images that match v*
    would keep it, comes too late
  rule 4  archive images that match sha-* after 90 days
    does not select it
"""
    )


def test_preview_explains_one_image_to_programs(
    lifecycle: Lifecycle,
) -> None:
    _, out, _ = lifecycle.preview("--explain", digest("v2")[:20], "--format", "json")
    document = json.loads(out)
    assert document["outcome"] == "expire"
    assert document["rulePriority"] == 3
    assert document["reason"] == "expires: not one of the newest 2 images that match v*"
    assert document["imageTags"] == ["v2"]
    assert document["rules"][2] == {
        "rulePriority": 3,
        "selects": True,
        "wouldAct": True,
        "decides": True,
    }


def test_preview_says_how_each_rule_sees_an_image(
    lifecycle: Lifecycle,
) -> None:
    index = detail(
        "index", 1, "v9", imageManifestMediaType="application/vnd.oci.image.index.v1+json"
    )
    child = detail("child", 99, referencedBy=[digest("index")])
    signature = detail("signature", 1, subjectManifestDigest=digest("index"))
    images = [index, child, signature]
    _, out, _ = lifecycle.preview("--explain", digest("child"), images=images)
    assert "would expire it, is held back" in out
    _, out, _ = lifecycle.preview("--explain", digest("signature"), images=images)
    assert "goes with its subject" in out
    _, out, _ = lifecycle.preview("--explain", "sha-1")
    assert "archives it" in out
    policy = LifecyclePolicy.of(R.keep_newest(9, tag_patterns=["v*"]), R.expire(older_than_days=1))
    _, out, _ = lifecycle.preview("--explain", "v1", policy=policy)
    assert "would expire it, comes too late" in out


@pytest.mark.parametrize(
    ("gate", "policy", "status"),
    [
        ("never", POLICY, 0),
        ("expire", POLICY, 1),
        ("expire", LifecyclePolicy.of(R.archive(older_than_days=90)), 0),
        ("archive", LifecyclePolicy.of(R.archive(older_than_days=90)), 1),
        ("archive", POLICY, 1),
        ("archive", LifecyclePolicy.of(R.keep_newest(50)), 0),
    ],
)
def test_preview_fails_where_it_is_told_to(
    lifecycle: Lifecycle,
    gate: str,
    policy: LifecyclePolicy,
    status: int,
) -> None:
    assert lifecycle.preview("--fail-on", gate, policy=policy)[0] == status


@pytest.mark.parametrize("packing", [bytes, gzip.compress])
def test_preview_reads_standard_input(
    lifecycle: Lifecycle,
    monkeypatch: pytest.MonkeyPatch,
    packing: Callable[[bytes], bytes],
) -> None:
    data = packing(json.dumps(IMAGES).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    policy = lifecycle.write("policy.json", POLICY)
    status, out, _ = lifecycle("preview", "--policy", policy, "--images", "-")
    assert status == 0
    assert "expires 3 images" in out


def test_preview_takes_assumptions(lifecycle: Lifecycle) -> None:
    index = detail(
        "index", 2, "v2", imageManifestMediaType="application/vnd.oci.image.index.v1+json"
    )
    images = [index, detail("child", 1, referencedBy=[digest("index")]), detail("v1", 3, "v1")]
    policy = LifecyclePolicy.of(R.keep_newest(2))
    assert "expires 0 images" in lifecycle.preview(policy=policy, images=images)[1]
    _, out, _ = lifecycle.preview("--count-index-children", policy=policy, images=images)
    assert "expires 1 image (" in out
    images = [index, detail("sig", 9, subjectManifestDigest=digest("index"))]
    policy = LifecyclePolicy.of(R.expire_untagged(older_than_days=7))
    assert "expires 0 images" in lifecycle.preview(policy=policy, images=images)[1]
    _, out, _ = lifecycle.preview("--rules-see-referrers", policy=policy, images=images)
    assert "expires 1 image (" in out


def test_preview_of_an_empty_repository(lifecycle: Lifecycle) -> None:
    status, out, _ = lifecycle.preview(images={"imageDetails": []})
    assert status == 0
    assert out.startswith("0 images on 2026-01-31")
    assert "expires 0 images\nkeeps 0 images" in out


def test_preview_without_sizes(lifecycle: Lifecycle) -> None:
    images = [{k: v for k, v in image.items() if k != "imageSizeInBytes"} for image in IMAGES]
    _, out, _ = lifecycle.preview(images=images)
    assert "expires 3 images\n" in out
    _, out, _ = lifecycle.preview("--explain", "v1", images=images)
    assert "pushed 2026-01-27 12:00, ACTIVE\n" in out


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (12_345_678_901, "12.3 GB"),
        (9_876_543_210_123_456, "9.9 PB"),
        (10**19, "10000.0 PB"),
    ],
)
def test_preview_shows_sizes_in_decimal_units(lifecycle: Lifecycle, size: int, shown: str) -> None:
    images = [detail("a", 99, "v1", imageSizeInBytes=size)]
    assert f", ACTIVE, {shown}\n" in lifecycle.preview("--explain", "v1", images=images)[1]


def test_preview_judges_the_present_unless_told(lifecycle: Lifecycle) -> None:
    policy = lifecycle.write("p.json", LifecyclePolicy.of(R.expire(older_than_days=1)))
    soon = detail("a", 0, "v1", imagePushedAt="2999-01-01T00:00:00Z")
    images = lifecycle.write("i.json", [soon, detail("b", 0, "v2")])
    assert run(["lifecycle", "preview", "--policy", policy, "--images", images]) == 0
    assert "expires 1 image (" in lifecycle.capsys.readouterr().out
