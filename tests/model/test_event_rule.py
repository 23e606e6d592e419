from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sources.templates import ACCOUNT, REGION, read

from ecr_constructs.model.event_rule import EventRule
from ecr_constructs.model.unresolved import Unresolved

SCAN = {"source": ["aws.ecr"], "detail-type": ["ECR Image Scan"]}


def rule(tmp_path: Path, pattern: Any, **sections: Any) -> EventRule:
    properties = {} if pattern is None else {"EventPattern": pattern}
    resources = {"Rule": {"Type": "AWS::Events::Rule", "Properties": properties}}
    deployment = read(tmp_path, Resources=resources, **sections)
    assert deployment.malformed == ()
    assert deployment.registries == ()
    (only,) = deployment.event_rules
    return only


@pytest.mark.parametrize("pattern", [SCAN, json.dumps(SCAN)], ids=["object", "text"])
def test_services_and_kinds_of_events_are_read(tmp_path: Path, pattern: Any) -> None:
    found = rule(tmp_path, pattern)
    assert (found.sources, found.detail_types) == (("aws.ecr",), ("ECR Image Scan",))
    assert (found.account, found.region) == (ACCOUNT, REGION)
    assert found.origin is not None
    assert found.origin.logical_id == "Rule"


@pytest.mark.parametrize(
    "pattern",
    [None, "{", "[]", {}, {"source": "aws.ecr"}, {"source": [{"prefix": "aws."}]}, ["aws.ecr"]],
    ids=repr,
)
def test_other_words_than_a_list_say_nothing(tmp_path: Path, pattern: Any) -> None:
    assert rule(tmp_path, pattern).sources is None


def test_value_that_is_not_known_stays_so(tmp_path: Path) -> None:
    found = rule(tmp_path, {"source": [{"Ref": "S"}]}, Parameters={"S": {"Type": "String"}})
    assert found.sources == (Unresolved.of("Main.S"),)


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        (["arn:a", {"prefix": "arn:b"}], ("arn:a", "arn:b")),
        (["arn:a", {"suffix": "c"}], ()),
        ("arn:a", ()),
    ],
    ids=repr,
)
def test_what_is_asked_of_resources_is_read(
    tmp_path: Path, resources: Any, found: tuple[str, ...]
) -> None:
    assert rule(tmp_path, {**SCAN, "resources": resources}).resources == found
