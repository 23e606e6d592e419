"""The README's tables hold what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

import ecr_constructs

README: Final = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
#: The rows of the table of resource types: the type, and what defines it.
ROWS: Final = dict(re.findall(r"^\| `(AWS::ECR::\w+)` \| (.*) \|$", README, re.MULTILINE))


def test_every_resource_type_of_ecr_has_a_construct() -> None:
    """A type that AWS adds fails here, until somebody decides what to do with it."""
    types = PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1")
    assert sorted(ROWS) == sorted(each for each in types if each.startswith("AWS::ECR::"))


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_what_defines_a_type_is_there(kind: str) -> None:
    named = re.findall(r"`(registry\.)?(\w+)(?:\(\w+=\.\.\.\))?`", ROWS[kind])
    assert named
    for method, name in named:
        assert hasattr(ecr_constructs.GovernedRegistry if method else ecr_constructs, name), name
