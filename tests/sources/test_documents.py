from __future__ import annotations

from pathlib import Path

import pytest

from ecr_constructs.errors import SourceError
from ecr_constructs.sources.documents import read_json, read_template


def _file(tmp_path: Path, text: str | bytes, name: str = "template.json") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("name", ["a.json", "a.yaml", "a.template", "a"])
def test_reads_json_under_any_name(tmp_path: Path, name: str) -> None:
    assert read_template(_file(tmp_path, ' {"a": 1}', name)) == {"a": 1}


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.template", "a"])
def test_reads_yaml_that_does_not_begin_like_json(tmp_path: Path, name: str) -> None:
    assert read_template(_file(tmp_path, "a: !Ref B", name)) == {"a": {"Ref": "B"}}


def test_reads_yaml_in_braces_where_the_name_says_yaml(tmp_path: Path) -> None:
    assert read_template(_file(tmp_path, "{a: 1}", "a.yaml")) == {"a": 1}


def test_passes_over_a_byte_order_mark(tmp_path: Path) -> None:
    assert read_json(_file(tmp_path, b'\xef\xbb\xbf{"a": 1}'), name="it") == {"a": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{\n  "a": 1,\n}', r"must be JSON, got .* in line [23], column \d; .*\[.*json\]$"),
        ("", r"a template must be JSON, got .* in line 1"),
        (b'{"a": "\xff"}', "must be UTF-8 text, got byte 0xff at position 7; save it as UTF-8"),
        ("[" * 100_000, "nest its values less deeply"),
        (f'{{"a": {"1" * 5000}}}', "got a value that cannot be read"),
    ],
)
def test_refuses_what_is_no_json(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_template(_file(tmp_path, content))


def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"got 'Is a directory'; correct the path"):
        read_json(tmp_path, name="a manifest")
