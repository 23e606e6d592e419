"""The images of a live repository: all of them, what keeps them, and how few calls it takes."""

from __future__ import annotations

import json
import math
import sqlite3
import tracemalloc
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from tests.sources.aws.fake_ecr import FakeEcr, image, index

from ecr_constructs.errors import SourceError
from ecr_constructs.sources.aws import ApiError, EcrApi, connect
from ecr_constructs.sources.aws.images import ImageDetails, read_images


def held(ecr: FakeEcr, name: str = "api") -> dict[str, list[str]]:
    """Read a repository; give by what each image is held."""
    del ecr
    with read_images(connect(), name) as details:
        return {each["imageDigest"]: each["referencedBy"] for each in details}


def test_every_image_is_given_as_the_aws_cli_prints_it(ecr: FakeEcr) -> None:
    archived = image("old", imageStatus="ARCHIVED", lastArchivedAt=1_700_000_000)
    ecr.add("api", image("new", "v1"), archived)
    with read_images(connect(), "api") as details:
        assert len(details) == 2
        new, old = details
    assert new == {
        "registryId": "111122223333",
        "repositoryName": "api",
        "imageDigest": image("new")["imageDigest"],
        "imageTags": ["v1"],
        "imageSizeInBytes": 1000,
        "imagePushedAt": "2023-11-14T22:13:20+00:00",
        "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
        "referencedBy": [],
    }
    assert (old["imageStatus"], old["lastArchivedAt"]) == ("ARCHIVED", "2023-11-14T22:13:20+00:00")


@pytest.mark.parametrize("page", [1, 3, 1000])
def test_each_manifest_tells_the_indexes_that_list_it(ecr: FakeEcr, page: int) -> None:
    first, second, alone = image("first"), image("second"), image("alone")
    one, two = index(ecr, "one", first, second), index(ecr, "two", second)
    ecr.add("api", first, one, second, alone, two)
    ecr.page = page
    assert held(ecr) == {
        first["imageDigest"]: [one["imageDigest"]],
        second["imageDigest"]: sorted([one["imageDigest"], two["imageDigest"]]),
        one["imageDigest"]: [],
        two["imageDigest"]: [],
        alone["imageDigest"]: [],
    }
    assert ecr.counts()["BatchGetImage"] == 1


def test_indexes_are_asked_a_hundred_at_a_time_and_images_never(ecr: FakeEcr) -> None:
    images = [image(f"child {number}") for number in range(250)]
    indexes = [index(ecr, f"index {number}", each) for number, each in enumerate(images)]
    ecr.add("api", *images, *indexes)
    ecr.page = 100
    assert sum(map(len, held(ecr).values())) == 250
    assert ecr.counts() == {"DescribeImages": 5, "BatchGetImage": 3}


def test_an_archived_index_is_not_asked_and_one_that_is_gone_holds_nothing(ecr: FakeEcr) -> None:
    child = image("child")
    archived = index(ecr, "archived", child) | {"imageStatus": "ARCHIVED", "lastArchivedAt": 1}
    gone = index(ecr, "gone", child)
    del ecr.manifests[gone["imageDigest"]]
    ecr.add("api", child, archived, gone)
    assert held(ecr)[child["imageDigest"]] == []
    (request,) = [request for name, request in ecr.calls if name == "BatchGetImage"]
    assert request["imageIds"] == [{"imageDigest": gone["imageDigest"]}]


def test_what_is_not_answered_at_once_is_asked_again(ecr: FakeEcr) -> None:
    children = [image(f"child {number}") for number in range(5)]
    indexes = [index(ecr, f"index {number}", each) for number, each in enumerate(children)]
    ecr.add("api", *children, *indexes)

    def two_at_a_time(request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = ecr._BatchGetImage(request)
        return {"images": answer["images"][:2], "failures": []}

    ecr.answers["BatchGetImage"] = two_at_a_time
    assert sum(map(len, held(ecr).values())) == 5
    assert ecr.counts()["BatchGetImage"] == 3


def test_an_image_that_moves_to_the_next_page_meanwhile_is_taken_once(ecr: FakeEcr) -> None:
    """A push between two pages moves all that follow it; an inventory has each digest once."""
    moved = image("moved", "v1")
    ecr.add("api", image("first"), moved, moved)
    ecr.page = 2
    assert len(held(ecr)) == 2
    with read_images(connect(), "api") as details:
        assert len(details) == 2


def test_refuses_half_the_images_where_a_page_fails(ecr: FakeEcr) -> None:
    ecr.add("api", *(image(str(number)) for number in range(5)))
    ecr.page = 2
    ecr.fail("DescribeImages", "ServerException", "Internal failure.", after=1)
    with pytest.raises(ApiError, match=r"DescribeImages on repository 'api' must succeed, got Ser"):
        held(ecr)


def test_refuses_an_index_that_cannot_be_read(ecr: FakeEcr) -> None:
    broken = index(ecr, "broken", image("child"))
    ecr.add("api", broken)
    ecr.manifests[broken["imageDigest"]] = "[]"
    with pytest.raises(ApiError, match=r"must list manifests with their digests, got one that"):
        held(ecr)
    failure = {"imageId": {"imageDigest": broken["imageDigest"]}, "failureCode": "KmsError"}
    ecr.answers["BatchGetImage"] = lambda _: {"images": [], "failures": [failure]}
    with pytest.raises(ApiError, match=r"must be readable, got KmsError"):
        held(ecr)
    ecr.answers["BatchGetImage"] = lambda _: {"images": [], "failures": []}
    with pytest.raises(ApiError, match=r"must answer for every image, got none of 1 in 'api'"):
        held(ecr)


class ManyImages:
    """A client of a repository that holds so many images, a quarter of them indexes."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.calls = 0
        self.meta = SimpleNamespace(region_name="eu-west-1")

    def describe_images(self, **request: Any) -> dict[str, Any]:
        """Answer a page."""
        self.calls += 1
        start = int(request.get("nextToken", 0))
        end = min(start + request["maxResults"], self.count)
        page: dict[str, Any] = {"imageDetails": [self._image(n) for n in range(start, end)]}
        return page | ({"nextToken": str(end)} if end < self.count else {})

    def batch_get_image(self, **request: Any) -> dict[str, Any]:
        """Answer with indexes that list the three images behind them."""
        self.calls += 1
        return {"images": list(map(self._index, request["imageIds"])), "failures": []}

    def _index(self, wanted: dict[str, str]) -> dict[str, Any]:
        number = int(wanted["imageDigest"].removeprefix("sha256:"), 16)
        listed = [{"digest": self._image(number + n)["imageDigest"]} for n in (1, 2, 3)]
        return {"imageId": wanted, "imageManifest": json.dumps({"manifests": listed})}

    def _image(self, number: int) -> dict[str, Any]:
        kind = "image.manifest" if number % 4 else "image.index"
        return {
            "imageDigest": f"sha256:{number:064x}",
            "imageTags": [f"v{number}"],
            "imageManifestMediaType": f"application/vnd.oci.{kind}.v1+json",
        }


def test_memory_does_not_grow_with_the_images_and_calls_do_by_the_hundred() -> None:
    def peak(count: int) -> int:
        client = ManyImages(count)
        tracemalloc.start()
        try:
            with read_images(EcrApi(client), "api") as details:
                referenced = sum(bool(each["referencedBy"]) for each in details)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert referenced == count * 3 // 4
        assert client.calls == math.ceil(count / 1000) + math.ceil(count / 400)
        return most

    few, many = peak(2_000), peak(12_000)
    assert many < few * 1.2


def test_refuses_images_for_which_there_is_no_room(
    ecr: FakeEcr, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecr.add("api", image("v1"))

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(ImageDetails, "add", full)
    with pytest.raises(SourceError, match=r"images of 'api' must fit .*disk is full; make room"):
        read_images(connect(), "api")


def test_what_is_on_disk_goes_when_reading_fails(
    ecr: FakeEcr, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure closes the database: else Python would complain of it."""
    ecr.add("api")

    def broken(*_: object, **__: object) -> Iterator[Any]:
        raise ApiError("no")

    monkeypatch.setattr(EcrApi, "pages", broken)
    with pytest.raises(ApiError):
        read_images(connect(), "api")
