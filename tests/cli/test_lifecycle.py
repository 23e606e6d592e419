"""`ecr-constructs lifecycle`: bad input in one sentence, and the frame of the commands."""

from __future__ import annotations

import gc
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.lifecycle_runs import IMAGES, POLICY, REFUSED, Lifecycle, detail

from ecr_constructs.cli import _lifecycle_input
from ecr_constructs.cli.main import run


@pytest.fixture(name="lifecycle")
def _lifecycle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Lifecycle:
    return Lifecycle(tmp_path, capsys)


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ("rules: []", "policy.json': the policy must be JSON, got 'rules: []': Expecting value"),
        ("", "the policy must be JSON, got ''"),
        (REFUSED, "got 0; number the rules from 1 on [rules[0].rulePriority]"),
        ({"rules": [{}]}, "rulePriority is required, got none; add it, and 2 more problems; see"),
    ],
)  # fmt: skip
def test_preview_refuses_a_policy_in_one_sentence(
    lifecycle: Lifecycle, policy: object, sentence: str
) -> None:
    status, out, err = lifecycle.preview(policy=policy)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        ("", "the inventory is empty"),
        ({"imageDetails": [*IMAGES, IMAGES[0]]}, "imageDetails[7].imageDigest must be there once"),
        ({"imageDetails": [{"imageDigest": "sha256:1"}]}, "imageDetails[0].imagePushedAt is req"),
        ({"imageDetails": [detail("a", 1, imagePushedAt="2026-01-01T00:00:00")]},
         "must be a date with a time zone"),
        (gzip.compress(json.dumps(IMAGES).encode())[:-9], "gzip data is damaged or cut off"),
        ('{"imageDetails": [', "line 1 is no JSON: the text ends too early"),
        ({"rules": []}, "line 1 is no image and no page"),
    ],
)  # fmt: skip
def test_preview_refuses_an_inventory_in_one_sentence(
    lifecycle: Lifecycle, images: object, sentence: str
) -> None:
    for options in ([], ["--format", "json"]):
        status, out, err = lifecycle.preview(*options, images=images)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert sentence in err
        assert "images.json]" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["preview", "--images", "i"], "a preview takes one policy, got none; write --policy POL"),
        (["preview", "--images", "i", "--policy", "p", "--assembly", "a"], "one policy, got two"),
        (["preview", "--images", "-", "--policy", "-"], "standard input can be read once"),
        (["compare", "--images", "-", "--policy", "-", "--policy", "p"], "can be read once"),
        (["compare", "--images", "i", "--policy", "p"],
         "takes two policies, the old one first, got 1 of --policy; write --policy OLD --policy"),
        (["compare", "--images", "i", "--policy", "p", "--assembly", "a"],
         "got 1 of --policy and 1 of --assembly; write --policy OLD --policy NEW, or --assembly"),
        (["compare", "--images", "i", "--assembly", "a", "--assembly", "b"],
         "--assembly needs a repository, got none; write --repository NAME"),
        (["preview", "--images", "i", "--policy", "p", "--repository", "web"],
         "--repository must be of an assembly, got 'web' and none; write --assembly ASSEMBLY"),
        (["compare", "--images", "i", "--policy", "p", "--policy", "q", "--repository", "web"],
         "--repository must be of an assembly, got 'web' and none; write --assembly ASSEMBLY"),
        (["lint", "none.json"], "policy 'none.json' cannot be read (No such file or directory)"),
        (["preview", "--policy", "p"], "write --images INVENTORY, or --live REPOSITORY"),
    ],
)  # fmt: skip
def test_refuses_wrong_usage_in_one_sentence(
    lifecycle: Lifecycle, arguments: list[str], sentence: str
) -> None:
    status, out, err = lifecycle(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err.replace("Missing", "missing")


@pytest.mark.parametrize("now", ["yesterday", "2026-01-31T12:00:00", "2026-01-31"])
def test_refuses_a_time_without_zone(
    lifecycle: Lifecycle, capsys: pytest.CaptureFixture[str], now: str
) -> None:
    policy, images = lifecycle.write("p.json", POLICY), lifecycle.write("i.json", IMAGES)
    given = ["lifecycle", "preview", "--policy", policy, "--images", images, "--now", now]
    assert run(given) == 2
    assert f"--now must be a time with a time zone, got '{now}'; write" in capsys.readouterr().err


def test_refuses_to_explain_an_image_that_is_not_there(
    lifecycle: Lifecycle,
) -> None:
    status, out, err = lifecycle.preview("--explain", "v99")
    assert (status, out) == (2, "")
    assert "no image has the tag or digest 'v99'; name a tag or a digest of the inventory" in err


def test_lint_refuses_a_text_that_is_no_json_in_one_sentence(lifecycle: Lifecycle) -> None:
    status, out, err = lifecycle("lint", lifecycle.write("p.json", '{"rules": [}'))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "line 1 column 12" in err
    assert "p.json]" in err


# The frame -----------------------------------------------------------------------------------


def test_shows_on_a_terminal_how_far_reading_is(
    lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    lifecycle.preview()
    assert terminal.getvalue() == ""  # a small file is read at once
    monkeypatch.setattr(_lifecycle_input, "_LARGE", 100)
    status, out, _ = lifecycle.preview()
    assert status == 0
    assert "expires 3 images" in out
    assert "reading" in terminal.getvalue()


def test_the_collector_is_on_again_after_a_command(
    lifecycle: Lifecycle,
) -> None:
    assert gc.isenabled()
    lifecycle.preview()
    lifecycle.preview(images="")
    assert gc.isenabled()
    gc.disable()
    try:
        lifecycle.preview()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_command_for_programs_loads_neither_rich_nor_cdk(lifecycle: Lifecycle) -> None:
    policy, images = lifecycle.write("p.json", POLICY), lifecycle.write("i.json", IMAGES)
    code = f"""
import sys
from ecr_constructs.cli.main import run
run(["lifecycle", "lint", {policy!r}, "--format", "json"])
run(["lifecycle", "preview", "--policy", {policy!r}, "--images", {images!r}, "--format", "json"])
sys.exit(", ".join(sorted({{"rich", "jsii", "aws_cdk", "boto3", "jinja2"}} & set(sys.modules))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
