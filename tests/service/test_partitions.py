"""The partitions beside botocore's own data."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.service.partitions import REGIONS as KNOWN
from ecr_constructs.service.partitions import partition_of, url_suffix_of


def known_partitions() -> list[dict[str, Any]]:
    partitions: list[dict[str, Any]] = Loader().load_data("partitions")["partitions"]
    return partitions


REGIONS = [
    (region, each["id"], each["outputs"]["dnsSuffix"])
    for each in known_partitions()
    for region in each["regions"]
    if not region.endswith("-global")
]


def test_every_partition_has_a_region_in_the_table() -> None:
    assert {partition for _, partition, _ in REGIONS} == {each["id"] for each in known_partitions()}
    assert len(REGIONS) > 40


def test_every_region_of_botocore_is_known() -> None:
    assert {region for region, _, _ in REGIONS} <= KNOWN


@pytest.mark.parametrize(("region", "partition", "suffix"), REGIONS)
def test_a_region_is_told_as_botocore_tells_it(region: str, partition: str, suffix: str) -> None:
    assert partition_of(region) == partition
    assert url_suffix_of(region) == suffix


@given(
    st.sampled_from(known_partitions()).flatmap(
        lambda each: st.tuples(st.just(each["id"]), st.from_regex(each["regionRegex"]))
    )
)
def test_a_region_that_is_not_there_yet_is_told_by_its_prefix(drawn: tuple[str, str]) -> None:
    partition, region = drawn
    assert partition_of(region) == partition
