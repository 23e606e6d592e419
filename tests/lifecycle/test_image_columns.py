"""Images read column by column: those that are read one by one, or none at all."""

from __future__ import annotations

import json
from datetime import UTC
from io import BytesIO
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.lifecycle.strategies import MANIFEST, digest

from ecr_constructs.errors import SourceError
from ecr_constructs.lifecycle import inventory
from ecr_constructs.lifecycle.image_columns import images_of
from ecr_constructs.lifecycle.image_details import ImageDetailError, image_of
from ecr_constructs.lifecycle.images import Image

USUAL_TIMES: Final[list[list[Any]]] = [
    ["2026-01-31T13:00:00+01:00", "2026-01-31T13:00:00.123456+01:00", "2026-01-31T13:00+01:00"],
    ["2026-01-31T13:00:00+01:00", "2026-07-31T14:00:00+02:00"],  # clocks are changed in summer
    ["2026-01-31T12:00:00+00:00"],
    ["2026-01-31T12:00:00Z", "2026-07-31T12:00:00.5Z"],
    ["2026-01-31T07:00:00-05:00", "2026-01-31T17:45:00+05:45"],
    [1769860800, 1769860800.5, 0],
]
ODD_TIMES: Final[list[Any]] = [
    "", "x", "+01:00", "x+01:00", "12:00+01:00", "2026-01-31", "2026-01-31+01:00",
    "2026-01-31-05:00", "2026-01-31T+01:00", "2026-W05-6+01:00", "2026-01-31T12:00:00",
    "2026-01-31T12:00:00+24:00", "2026-01-31T12:00:00+01:00:30", "2026-01-31T12:00:00+0100",
    "2026-01-31T12:00-05:00+01:00", "2026-01-31T12:00:00+01:00Z", "2026-01-31T12:00:00z",
    "2026-01-31T12:00:00\u0661+01:00", "2026-02-30T12:00:00+01:00", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-01-31T12:00:00Z\n", "2026-01-31T12:00:00+01:00\n",
    "2026-01-31T12:00:00+01:00\n2026-01-31T12:00:00+01:00", "2026-01-31T12:00:00+01:00\r",
    True, 10**13, -(10**20), 1e300, ["2026-01-31T12:00:00Z"], {},
]  # fmt: skip
ODD: Final[dict[str, list[Any]]] = {
    "imageDigest": [digest(0), digest(1), None, "", 7, "\ud800", "s\u00fc\u00df", ["sha256:1"]],
    "imagePushedAt": [None, *ODD_TIMES],
    "imageTags": ["v1", [], {}, 0, "", [1], [None], [["v1"]], ["\ud800"], ["\u00fc"], {"v1": 1}],
    "lastRecordedPullTime": ODD_TIMES,
    "imageStatus": ["ARCHIVED", "", "\ud800", "\u00fc", 1, True, ["ACTIVE"]],
    "lastArchivedAt": ODD_TIMES,
    "lastActivatedAt": ODD_TIMES,
    "subjectManifestDigest": ["", 7, "\ud800", {}],
    "imageManifestMediaType": ["", False, "\ud800", []],
    "imageSizeInBytes": [0, -1, True, 1.5, "1", 10**30, []],
    "referencedBy": ["sha256:1", [], [7], False, ["\ud800"]],
    "repositoryName": ["other", None, 7, ["payments/api"], "\ud800", "\u00fc"],
    "imageDetails": [[], None, [{"imageDigest": "sha256:1", "imagePushedAt": 7}], [7]],
    "aMemberOfTheFuture": [None, {"imageDetails": []}],
}


@st.composite
def usual(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A batch of images as inventories have them: some lack what others have."""
    times = st.sampled_from(draw(st.sampled_from(USUAL_TIMES)))
    optional: dict[str, st.SearchStrategy[Any]] = {
        "imageTags": st.lists(st.sampled_from(["v1", "latest", "pr-7"]), unique=True),
        "lastRecordedPullTime": times,
        "lastActivatedAt": times,
        "subjectManifestDigest": st.sampled_from([digest("a"), digest("b")]),
        "imageManifestMediaType": st.just(MANIFEST),
        "imageSizeInBytes": st.integers(0, 10**12),
        "referencedBy": st.lists(st.just(digest("index")), max_size=1),
    }
    archived = {"imageStatus": st.just("ARCHIVED"), "lastArchivedAt": times}
    there = {name: value for name, value in optional.items() if draw(st.booleans())}
    details = st.one_of(
        st.fixed_dictionaries({"imagePushedAt": times}, optional=there),
        st.fixed_dictionaries({"imagePushedAt": times, **archived, **there}),
        st.fixed_dictionaries({"imagePushedAt": times, "imageStatus": st.just("ACTIVE"), **there}),
    )
    batch = draw(st.lists(details, min_size=9, max_size=11))
    return [{"imageDigest": digest(number), **detail} for number, detail in enumerate(batch)]


def one_by_one(batch: list[Any]) -> list[Image] | None:
    try:
        return [image_of(detail) for detail in batch]
    except ImageDetailError:
        return None


@given(usual())
def test_reads_what_inventories_mostly_hold_at_once(batch: list[dict[str, Any]]) -> None:
    images = images_of(batch)
    assert images is not None
    assert list(map(repr, images)) == list(map(repr, one_by_one(batch) or ()))
    assert all(image.pushed_at.tzinfo is UTC for image in images)


def read(batch: list[Any]) -> tuple[object, str]:
    """What an inventory of the batch is read as, or the sentence that refuses it."""
    pages = [{"nextToken": None, "imageDetails": images} for images in (batch[:1], batch[1:])]
    try:
        return inventory.parse_inventory(
            BytesIO(json.dumps(pages).encode()), name="images.json"
        ), ""
    except SourceError as error:
        return None, str(error)


def check_alike(batch: list[Any]) -> None:
    """Hold that the images are the same, or the sentence is, on the same one."""
    at_once = read(batch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inventory, "images_of", lambda _: None)
        assert repr(at_once) == repr(read(batch))


ARCHIVED: Final = {"imageStatus": "ARCHIVED", "lastArchivedAt": "2026-01-31T13:00:00+01:00"}


@pytest.mark.parametrize("member", ODD)
@pytest.mark.parametrize("others", [{}, ARCHIVED])
def test_reads_an_odd_value_as_one_by_one(member: str, others: dict[str, Any]) -> None:
    """Among images that have the member, among those that lack it, and in all of them."""
    bare = {"imagePushedAt": "2026-01-31T13:00:00+01:00", **others}
    full = bare | {
        "imageTags": ["v1"],
        "lastRecordedPullTime": "2026-01-31T13:00:00+01:00",
        "lastActivatedAt": "2026-01-31T13:00:00+01:00",
        "subjectManifestDigest": digest("subject"),
        "imageManifestMediaType": MANIFEST,
        "imageSizeInBytes": 7,
        "referencedBy": [digest("index")],
        "repositoryName": "payments/api",
    }
    for image in (bare, full):
        for value in ODD[member]:
            batch = [image | {"imageDigest": digest(number)} for number in range(12)]
            check_alike([each | {member: value} for each in batch])
            batch[7][member] = value
            check_alike(batch)


@pytest.mark.parametrize("entry", [None, 7, "x", [], {}])
def test_reads_an_entry_that_is_no_image_as_one_by_one(entry: object) -> None:
    batch: list[Any] = [{"imageDigest": digest(n), "imagePushedAt": 7} for n in range(12)]
    check_alike([*batch[:7], entry, *batch[7:]])


@given(usual(), st.data())
def test_reads_any_images_as_one_by_one(batch: list[dict[str, Any]], data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(0, 2))):
        member = data.draw(st.sampled_from(sorted(ODD)))
        batch[data.draw(st.integers(0, len(batch) - 1))][member] = data.draw(
            st.sampled_from(ODD[member])
        )
    check_alike(batch)


@given(
    time=st.sampled_from([t for times in USUAL_TIMES for t in times if isinstance(t, str)]),
    at=st.integers(0, 40),
    drop=st.integers(0, 3),
    insert=st.text("0123456789+-:.TZW \n\r\x1c", max_size=6),
    everywhere=st.booleans(),
)
@example(time="2026-01-31T13:00:00.123456+01:00", at=28, drop=2, insert="0", everywhere=False)
def test_reads_no_date_otherwise_at_once(
    *,
    time: str,
    at: int,
    drop: int,
    insert: str,
    everywhere: bool,
) -> None:
    broken = time[:at] + insert + time[at + drop :]
    batch = [
        {"imageDigest": digest(n), "imagePushedAt": broken if everywhere or n == 4 else time}
        for n in range(8)
    ]
    images = images_of(batch)
    assert images is None or repr(images) == repr(one_by_one(batch))


def test_does_not_take_a_page_for_an_image() -> None:
    batch = [{"imageDigest": digest(n), "imagePushedAt": 7, "imageDetails": []} for n in range(9)]
    assert images_of(batch) is None
    assert read(batch)[0] == inventory.Inventory(images=())
