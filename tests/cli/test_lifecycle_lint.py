"""`ecr-constructs lifecycle lint`: what it prints and its status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.lifecycle_runs import AND_LIST, IMAGES, REFUSED, Lifecycle

from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

R = LifecycleRule


@pytest.fixture(name="lifecycle")
def _lifecycle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Lifecycle:
    return Lifecycle(tmp_path, capsys)


def test_lint_tells_programs(lifecycle: Lifecycle) -> None:
    status, out, err = lifecycle("lint", lifecycle.write("p.json", REFUSED), "--format", "json")
    assert (status, err) == (1, "")
    assert json.loads(out) == {
        "problems": [
            {
                "id": "number",
                "path": "rules[0].rulePriority",
                "severity": "error",
                "message": "rulePriority must be 1 or more, got 0",
                "fix": "number the rules from 1 on",
            }
        ]
    }


def test_lint_shows_people(lifecycle: Lifecycle) -> None:
    status, out, _ = lifecycle("lint", lifecycle.write("p.json", REFUSED))
    assert status == 1
    assert out == (
        "error rules[0].rulePriority\n"
        "  rulePriority must be 1 or more, got 0; number the rules from 1 on\n"
        "1 error\n"
    )
    sound = LifecyclePolicy.of(R.expire_untagged(older_than_days=7))
    assert lifecycle("lint", lifecycle.write("p.json", sound)) == (0, "nothing to say\n", "")


def test_policy_may_begin_with_a_byte_order_mark(lifecycle: Lifecycle) -> None:
    sound = LifecyclePolicy.of(R.expire_untagged(older_than_days=7))
    path = lifecycle.write("p.json", sound.to_json().encode("utf-8-sig"))
    assert lifecycle("lint", path) == (0, "nothing to say\n", "")


def test_refuses_a_policy_that_is_no_utf_8_text(lifecycle: Lifecycle) -> None:
    path = lifecycle.write("p.json", AND_LIST.to_json().encode("utf-16"))
    status, out, err = lifecycle("lint", path)
    assert (status, out) == (2, "")
    assert err == (
        f"ecr-constructs: policy {path!r} must be UTF-8 text, got byte 0xff at position 0; save it"
        " as UTF-8\n"
    )


@pytest.mark.parametrize(
    ("policy", "options", "status"),
    [
        (AND_LIST, [], 0),
        (AND_LIST, ["--fail-on", "warning"], 1),
        (REFUSED, ["--fail-on", "error"], 1),
        (LifecyclePolicy.of(R.archive(older_than_days=9)), ["--fail-on", "warning"], 0),
        (LifecyclePolicy.of(R.archive(older_than_days=9)), ["--fail-on", "note"], 1),
    ],
)
def test_lint_status_is_that_of_the_worst(
    lifecycle: Lifecycle,
    policy: object,
    options: list[str],
    status: int,
) -> None:
    assert lifecycle("lint", lifecycle.write("p.json", policy), *options)[0] == status


def test_lint_names_the_images_that_show_a_surprise(lifecycle: Lifecycle) -> None:
    policy, images = lifecycle.write("p.json", AND_LIST), lifecycle.write("i.json", IMAGES)
    _, out, _ = lifecycle("lint", policy, "--images", images)
    assert "it selects 0 images, not v4, latest" in out


@pytest.mark.parametrize("printed", [AND_LIST.to_json(), None])
def test_lint_takes_what_the_aws_command_line_prints(
    lifecycle: Lifecycle, printed: str | None
) -> None:
    document = printed or {
        "registryId": "111111111111",
        "repositoryName": "payments/api",
        "lifecyclePolicyText": AND_LIST.to_json(),
    }
    said = lifecycle("lint", lifecycle.write("policy.json", AND_LIST))
    assert "1 warning" in said[1]
    assert lifecycle("lint", lifecycle.write("printed.json", json.dumps(document))) == said
    _, shown, _ = lifecycle.preview(policy=AND_LIST)
    assert lifecycle.preview(policy=json.dumps(document))[1] == shown


@pytest.mark.parametrize(
    "inventory",
    [{"imageDetails": IMAGES}, IMAGES, [{"imageDetails": IMAGES}], {"imageIds": []}],
)
def test_refuses_an_inventory_in_place_of_a_policy(lifecycle: Lifecycle, inventory: object) -> None:
    path = lifecycle.write("images.json", inventory)
    said = (
        f"ecr-constructs: policy {path!r} must be a lifecycle policy, got an inventory of images;"
        " give it with --images, and the policy in its place\n"
    )
    assert lifecycle("lint", path) == (2, "", said)
    assert lifecycle("preview", "--policy", path, "--images", path) == (2, "", said)
