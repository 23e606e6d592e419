"""`images export`: an inventory that the other commands read, whole or not there."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from tests.sources.aws.fake_ecr import FakeEcr, image, index

from ecr_constructs.cli.main import run
from ecr_constructs.lifecycle.inventory import read_inventory

Export: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="export")
def _export(capsys: pytest.CaptureFixture[str]) -> Export:
    """Export the images of a repository; give the status, the output and the complaints."""

    def export(*arguments: str) -> tuple[int, str, str]:
        status = run(["images", "export", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return export


@pytest.mark.parametrize("name", ["images.json", "images.json.gz"])
def test_what_is_exported_is_read_by_the_lifecycle_commands(
    ecr: FakeEcr, export: Export, tmp_path: Path, name: str
) -> None:
    child = image("child")
    ecr.add("api", child, index(ecr, "index", child, tags=["v1"]))
    file = tmp_path / name
    status, out, err = export("api", "-o", str(file))
    assert (status, out) == (0, "")
    assert err == f"ecr-constructs: 2 images of api in {file}\n"
    inventory = read_inventory(file)
    assert inventory.repository_name == "api"
    found = {each.name: each.referenced_by for each in inventory.images}
    holder = index(ecr, "index", child)["imageDigest"]
    assert found == {"v1": (), child["imageDigest"][:19]: (holder,)}
    opener = gzip.open if name.endswith(".gz") else open
    with opener(file, "rt", encoding="utf-8") as stream:
        assert len(json.load(stream)["imageDetails"]) == 2
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_an_empty_repository_is_an_empty_inventory(ecr: FakeEcr, export: Export) -> None:
    ecr.add("api")
    assert export("api") == (0, '{"imageDetails": []}\n', "")


def test_a_failure_half_way_leaves_the_file_that_was_there(
    ecr: FakeEcr, export: Export, tmp_path: Path
) -> None:
    ecr.add("api", *(image(str(number)) for number in range(5)))
    ecr.page = 2
    ecr.fail("DescribeImages", "AccessDeniedException", after=2)
    file = tmp_path / "images.json"
    file.write_text("before", encoding="utf-8")
    status, out, err = export("api", "-o", str(file))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "the credentials must allow ecr:DescribeImages on repository 'api'" in err
    assert [each.read_text(encoding="utf-8") for each in tmp_path.iterdir()] == ["before"]


def test_refuses_a_repository_that_is_not_there_with_the_nearest_name(
    ecr: FakeEcr, export: Export
) -> None:
    ecr.add("payments/api")
    status, out, err = export("payment/api")
    assert (status, out) == (2, "")
    assert err == (
        "ecr-constructs: the repository must be in the registry in eu-west-1, got 'payment/api';"
        " did you mean 'payments/api'\n"
    )


def test_refuses_a_file_in_no_folder(ecr: FakeEcr, export: Export, tmp_path: Path) -> None:
    ecr.add("api")
    status, _, err = export("api", "-o", str(tmp_path / "none" / "images.json"))
    assert (status, "cannot be written (No such file or directory)" in err) == (2, True)


def test_progress_is_shown_where_somebody_looks_on(
    ecr: FakeEcr, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecr.add("api", image("v1"))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    _, out, err = export("api")
    assert json.loads(out)["imageDetails"]
    assert "reading images: 1" in err
