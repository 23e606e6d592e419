from __future__ import annotations

import pytest

from ecr_constructs.model.acknowledgement import Acknowledgement


@pytest.mark.parametrize(
    ("said_on", "construct_path", "covered"),
    [
        ("Main", "Main", True),
        ("Main", "Main/Api", True),
        ("Main/Api", "Main/Api", True),
        ("Main/Api/Resource", "Main/Api", True),
        ("Main/Api", "Main", False),
        ("Main/Api", "Main/ApiTwo", False),
        ("Main/Api/Resource", "Main", False),
        ("Main/Registry/Resource", "Main/Registry/Api", False),
        ("Main", None, False),
    ],
)
def test_covers_its_construct_and_all_below(
    said_on: str, construct_path: str | None, *, covered: bool
) -> None:
    assert Acknowledgement("Rule", "reason", said_on).covers(construct_path) is covered
