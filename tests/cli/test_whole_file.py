"""A file that is written whole or not at all."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ecr_constructs.cli._whole_file import whole_file


class BrokenError(Exception):
    """What goes wrong half-way."""


def fail_after(written: int) -> None:
    assert written
    raise BrokenError


def write(file: Path, *parts: bytes) -> None:
    with whole_file(file) as stream:
        for part in parts:
            stream.write(part)


@pytest.mark.parametrize("name", ["out.json", "out.json.gz"])
def test_a_failure_half_way_leaves_what_was_there_and_nothing_else(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_bytes(b"before")
    with pytest.raises(BrokenError), whole_file(file) as stream:
        fail_after(stream.write(b"half"))
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {name: b"before"}


def test_a_file_keeps_its_permissions_and_a_link_its_target(tmp_path: Path) -> None:
    file, link = tmp_path / "out", tmp_path / "link"
    file.write_bytes(b"")
    file.chmod(0o640)
    link.symlink_to(file)
    write(link, b"a", b"b")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"ab", 0o640)
    assert link.is_symlink()


def test_the_same_content_is_the_same_gzip_file(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "x.gz", tmp_path / "b" / "x.gz"
    for file in (first, second):
        file.parent.mkdir()
        write(file, b"content")
    assert first.read_bytes() == second.read_bytes()
    assert gzip.decompress(first.read_bytes()) == b"content"


def test_a_device_is_written_to_as_it_is() -> None:
    write(Path("/dev/null"), b"content")
    assert not Path("/dev/null").is_file()
