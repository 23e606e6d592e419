"""Inventories: what describe-images prints, in all the ways that it is saved."""

from __future__ import annotations

import gzip
import io
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lifecycle.strategies import digest

from ecr_constructs.errors import SourceError
from ecr_constructs.lifecycle import json_stream
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.inventory import Inventory, parse_inventory, read_inventory

if TYPE_CHECKING:
    from collections.abc import Callable

PUSHED = "2026-01-31T13:00:00+01:00"
FULL = {
    "registryId": "111122223333",
    "repositoryName": "payments/api",
    "imageDigest": digest("full"),
    "imageTags": ["v1", "latest"],
    "imageSizeInBytes": 1234,
    "imagePushedAt": PUSHED,
    "imageScanFindingsSummary": {"findingSeverityCounts": {"HIGH": 3}},
    "imageManifestMediaType": "application/vnd.oci.image.index.v1+json",
    "lastRecordedPullTime": 1769860800.5,
    "imageStatus": "ARCHIVED",
    "lastArchivedAt": 1769860800,
    "lastActivatedAt": "2026-01-31T12:00:00Z",
    "subjectManifestDigest": digest("subject"),
    "referencedBy": [digest("index")],
    "aMemberOfTheFuture": {"imageDetails": [], "imageDigest": None},
}
BARE = {"imageDigest": digest("bare"), "imagePushedAt": PUSHED}


def parse(text: str | bytes, **options: Any) -> Inventory:
    data = text.encode() if isinstance(text, str) else text
    return parse_inventory(io.BytesIO(data), name="images.json", **options)


def several(count: int) -> list[dict[str, Any]]:
    return [BARE | {"imageDigest": digest(number)} for number in range(count)]


def page(*details: Any, **members: Any) -> dict[str, Any]:
    return {"imageDetails": list(details), **members}


def test_reads_every_member_that_rules_look_at() -> None:
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    inventory = parse(json.dumps(page(FULL, BARE)))
    assert inventory.repository_name == "payments/api"
    assert inventory.images == (
        Image(
            digest=digest("full"),
            pushed_at=noon,
            tags=("v1", "latest"),
            last_recorded_pull_time=noon.replace(microsecond=500_000),
            status="ARCHIVED",
            last_archived_at=noon,
            last_activated_at=noon,
            subject_digest=digest("subject"),
            media_type="application/vnd.oci.image.index.v1+json",
            size_in_bytes=1234,
            referenced_by=(digest("index"),),
        ),
        Image(digest=digest("bare"), pushed_at=noon),
    )
    assert all(image.pushed_at.tzinfo is UTC for image in inventory.images)


SHAPES: dict[str, Callable[[list[Any]], str]] = {
    "one page": lambda images: json.dumps(page(*images)),
    "indented": lambda images: json.dumps(page(*images), indent=4),
    "several pages": lambda images: "\n".join(
        json.dumps(page(image, nextToken="t") if image is not images[-1] else page(image), indent=1)
        for image in images
    ),
    "a list of pages": lambda images: json.dumps([page(image) for image in images]),
    "a list of images": lambda images: json.dumps(images, indent="\t"),
    "json lines": lambda images: "".join(json.dumps(image) + "\r\n" for image in images),
    "lines of pages": lambda images: "\n".join(json.dumps(page(image)) for image in images),
    "token first": lambda images: json.dumps({"nextToken": None, **page(*images)}),
    "token last": lambda images: json.dumps(page(*images, NextToken=None)),
    "byte order mark": lambda images: "\ufeff" + json.dumps(images),
}
PACKINGS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "gzip": lambda text: gzip.compress(text.encode()),
    "utf-16": lambda text: text.lstrip("\ufeff").encode("utf-16"),
    "gzip in two members": lambda text: (
        gzip.compress(text.encode()[:100]) + gzip.compress(text.encode()[100:])
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("window", [7, 100, 1 << 20])
def test_reads_every_shape_and_packing(
    monkeypatch: pytest.MonkeyPatch, shape: str, packing: str, window: int
) -> None:
    monkeypatch.setattr(json_stream, "_WINDOW", window)
    images = [*several(5), FULL]
    inventory = parse(PACKINGS[packing](SHAPES[shape](images)))
    assert [image.digest for image in inventory.images] == [i["imageDigest"] for i in images]


@pytest.mark.parametrize("text", ['{"imageDetails": []}', "[]", ' {"imageDetails" : [ ] } \n'])
def test_a_repository_may_be_empty(text: str) -> None:
    assert parse(text).images == ()


def test_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "images.json.gz"
    path.write_bytes(gzip.compress(json.dumps(page(*several(3))).encode()))
    seen: list[int] = []
    assert len(read_inventory(path, on_progress=seen.append).images) == 3
    assert seen[-1] == path.stat().st_size


def test_null_counts_as_absent() -> None:
    nulls = dict.fromkeys(set(FULL) - set(BARE))
    assert parse(json.dumps([BARE | nulls])) == parse(json.dumps([BARE]))


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        ({"imagePushedAt": None}, r"imagePushedAt is required, got none; take it from describe"),
        ({"imagePushedAt": "2026-01-31T12:00:00"},
         r"imagePushedAt must be a date with a time zone, .*00'; write it as 2026-01-31T12:00:00Z"),
        ({"imagePushedAt": "yesterday"}, r"imagePushedAt must be a date .*got 'yesterday'"),
        ({"imagePushedAt": 1769860800000}, r"imagePushedAt must be .*seconds since 1970, got 176"),
        ({"imagePushedAt": True}, r"imagePushedAt must be a date .*got True"),
        ({"imagePushedAt": "0001-01-01T00:00:00+14:00"}, r"imagePushedAt must be a date"),
        ({"lastRecordedPullTime": "2026-01-31"}, r"lastRecordedPullTime must be a date"),
        ({"imageDigest": ""}, r"imageDigest must be the digest of the manifest, got ''"),
        ({"imageDigest": 7}, r"imageDigest must be .*got 7; write 'sha256"),
        ({"imageTags": "v1"}, r"imageTags must be a list of strings, got 'v1'"),
        ({"imageTags": ["\ud800"]}, r"imageTags must be a list of strings, got \['\\ud800'\]"),
        ({"imageDigest": "\udfff"}, r"imageDigest must be the digest of the manifest"),
        ({"repositoryName": 7}, r"repositoryName must be the name of a repository, got 7"),
        ({"imageTags": [1]}, r"imageTags must be a list of strings, got \[1\]"),
        ({"imageStatus": 1}, r"imageStatus must be a string, got 1"),
        ({"imageStatus": "ARCHIVED"}, r"lastArchivedAt is required with imageStatus 'ARCHIVED'"),
        ({"imageSizeInBytes": "1 MB"}, r"imageSizeInBytes must be a whole number, got '1 MB'"),
        ({"referencedBy": "sha256:1"}, r"referencedBy must be a list of strings"),
        ({"imageDigest": digest(0)}, rf"imageDigest must be there once, got '{digest(0)}' twice"),
    ],
)  # fmt: skip
def test_refuses_an_image_that_cannot_be_judged(image: dict[str, Any], sentence: str) -> None:
    images = [*several(2), BARE | image]
    with pytest.raises(SourceError, match=rf"^imageDetails\[2\]\.{sentence}.* \[images.json\]$"):
        parse(json.dumps(page(*images)))
    with pytest.raises(SourceError, match=rf"^line 3: {sentence}"):
        parse("\n".join(map(json.dumps, images)))


def test_shortens_a_long_value() -> None:
    with pytest.raises(SourceError) as raised:
        parse(json.dumps([BARE | {"imagePushedAt": "x" * 10_000}]))
    assert len(str(raised.value)) < 250


def test_refuses_the_images_of_two_repositories() -> None:
    other = BARE | {"repositoryName": "other"}
    with pytest.raises(
        SourceError,
        match=r"imageDetails\[1\].repositoryName must be 'payments/api' as before, got 'other'; "
        "give an inventory for each repository",
    ):
        parse(json.dumps(page(FULL, other)))


def test_tells_the_document_where_there_are_several() -> None:
    text = json.dumps(page(FULL)) + json.dumps(page(BARE, BARE))
    with pytest.raises(SourceError, match=r"^document 2: imageDetails\[1\].imageDigest"):
        parse(text)
    with pytest.raises(SourceError, match=r"^\[1\].imageDetails\[0\].imagePushedAt is required"):
        parse(json.dumps([page(FULL), page({"imageDigest": "sha256:1"})]))


def test_reads_a_page_of_many_images_that_begins_with_its_token() -> None:
    images = several(1_100)
    whole = {"nextToken": None, **page(*images)}
    digests = [image.digest for image in parse(json.dumps(whole)).images]
    assert digests == [image["imageDigest"] for image in images]
    images[1_001]["imagePushedAt"] = "yesterday"
    with pytest.raises(SourceError, match=r"^imageDetails\[1001\].imagePushedAt must be a date"):
        parse(json.dumps({"nextToken": None, **page(*images)}))


@pytest.mark.parametrize("token", ["nextToken", "NextToken"])
def test_refuses_an_inventory_of_which_pages_are_missing(token: str) -> None:
    for text in (
        json.dumps(page(FULL, **{token: "abc"})),
        json.dumps({token: "abc", **page(FULL)}),
    ):
        with pytest.raises(SourceError, match="images are missing; leave out --max-items"):
            parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the inventory is empty; give what `aws ecr describe-images"),
        (" \n ", "the inventory is empty"),
        ("{", "line 1 is no JSON"),
        ("nonsense", "line 1 is no JSON: expecting value"),
        ('{"imageDetails": [\n{}\n{}]}', "imageDetails[0].imageDigest must be the digest"),
        ('{"imageDetails": [', "line 1 is no JSON: the text ends"),
        ('{"imageDetails": []', "line 1 is no JSON: the text ends too early"),
        ('{"imageDetails": [],\n"imageDetails": []}', "line 2 is no JSON: expected one value"),
        ('{"imageDetails": [] 7}', "line 1 is no JSON: expected '}'"),
        ('{"imageDetails": [], 7: 8}', "line 1 is no JSON: expected a name"),
        ('{"imageDetails": {}}', "imageDetails must be a list of images"),
        ('{"imageDetails": [7]}', "imageDetails[0] must be an image, got 7"),
        ("[[]]", "[0] must be an image, got []"),
        ('{"rules": []}', "line 1 is no image and no page"),
        ("7", "line 1 is no image and no page"),
        ("[NaN]", "line 1 is no JSON: NaN is no JSON number"),
        ("[" * 100_000, "line 1 is no JSON"),
        (b"\xff\xff{}", "the inventory is no utf-8 text; save it as UTF-8"),
        (b'{"imageDetails": [], "x": "\xc3', "the inventory is no utf-8 text"),
    ],
)
def test_refuses_what_is_no_inventory(text: str | bytes, sentence: str) -> None:
    with pytest.raises(SourceError, match=re.escape(sentence)) as raised:
        parse(text)
    assert raised.value.path == "images.json"


@given(st.integers(0, 10_000))
def test_refuses_any_cut_of_a_document(cut: int) -> None:
    whole = json.dumps(page(*several(4), FULL), indent=4)
    cut %= len(whole)
    with pytest.raises(SourceError):
        parse(whole[:cut])


@given(st.integers(0, 10_000))
def test_refuses_any_cut_of_a_gzip_file(cut: int) -> None:
    whole = gzip.compress(json.dumps(page(*several(4), FULL)).encode(), mtime=0)
    cut %= len(whole)
    with pytest.raises(SourceError):
        parse(whole[:cut])


def test_refuses_a_damaged_gzip_file() -> None:
    data = bytearray(gzip.compress(json.dumps(page(*several(50))).encode()))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(SourceError, match="gzip data is damaged or cut off; make the file again"):
        parse(bytes(data))


def test_tells_the_line_of_an_error_behind_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_WINDOW", 64)
    lines = json.dumps(page(*several(20)), indent=1).splitlines()
    broken = 40
    lines[broken - 1] = lines[broken - 1].replace(":", "")
    with pytest.raises(SourceError, match=f"^line {broken} is no JSON: expecting"):
        parse("\n".join(lines))


def test_tells_the_line_of_an_error_among_many_images() -> None:
    lines = json.dumps(page(*several(200)), indent=4).splitlines()
    lines[500] = lines[500].replace('"', "")
    with pytest.raises(SourceError, match=r"^line 501 is no JSON"):
        parse("\n".join(lines))


def test_reads_images_that_hold_what_looks_like_the_end_of_one() -> None:
    """What lies between two images also lies between two objects inside of them."""
    nested = {"extra": [{"extra": 1}, {"extra": 2}]}
    images = [nested | image for image in several(300)]
    assert len(parse(json.dumps(page(*images))).images) == 300
    ends = [image | nested for image in several(300)]
    assert len(parse(json.dumps(page(nested | BARE, *ends))).images) == 301


def test_names_the_character_where_lines_cannot_be_counted() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with pytest.raises(SourceError, match=r"^character 3 is no JSON: expecting value"):
        parse_inventory(Pipe(b"[\n?"), name="standard input")


def test_leaves_the_stream_open() -> None:
    stream = io.BytesIO(b"[]")
    parse_inventory(stream, name="images.json")
    assert not stream.closed


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot be read \(No such file.*; name a file that is"):
        read_inventory(tmp_path / "none.json")
    with pytest.raises(SourceError, match=r"cannot be read \(Is a directory"):
        read_inventory(tmp_path)


def test_reads_from_a_pipe() -> None:
    class Pipe(io.RawIOBase):
        """A stream that gives little at a time and cannot tell where it is."""

        def __init__(self, data: bytes) -> None:
            self.data = data

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:
            size = min(11, len(buffer), len(self.data))
            buffer[:size], self.data = self.data[:size], self.data[size:]
            return size

    for data in (json.dumps(several(9)).encode(), gzip.compress(json.dumps(several(9)).encode())):
        assert len(parse_inventory(Pipe(data), name="standard input").images) == 9


@given(
    st.datetimes(
        min_value=datetime(2, 1, 1),  # noqa: DTZ001
        max_value=datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(
            lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
        ),
    ),
    st.booleans(),
)
def test_reads_every_date_with_an_offset(time: datetime, with_seconds_of_offset: bool) -> None:  # noqa: FBT001
    if with_seconds_of_offset:
        offset = time.utcoffset() or timedelta()
        time = time.replace(tzinfo=timezone(offset + timedelta(seconds=30)))
    for _ in range(2):  # the second time, the offset is known
        (image,) = parse(json.dumps([BARE | {"imagePushedAt": time.isoformat()}])).images
        assert image.pushed_at == time
        assert image.pushed_at.tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["+01:00", "x+01:00", "2026-01-31+01:00", "2026-02-30T00:00:00+01:00", "12:00+01:00"]
)
def test_refuses_what_only_ends_like_a_date(text: str) -> None:
    parse(json.dumps([BARE]))  # +01:00 is known now
    with pytest.raises(SourceError, match="imagePushedAt must be a date with a time zone"):
        parse(json.dumps([BARE | {"imagePushedAt": text}]))
