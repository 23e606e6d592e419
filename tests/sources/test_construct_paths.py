from __future__ import annotations

from typing import Any

import pytest

from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.sources.construct_paths import ConstructPaths, nested_stack_of, visible


def _id(logical_id: Any) -> dict[str, Any]:
    return {"type": "aws:cdk:logicalId", "data": logical_id, "trace": ["..."]}


@pytest.fixture(name="paths")
def _paths() -> ConstructPaths:
    paths = ConstructPaths()
    paths.add(
        "Main",
        {
            "/Main/Repo": [_id("Repo")],
            "/Main/Api/Resource": [_id("ApiF70053CD"), {"type": "aws:cdk:warning", "data": "x"}],
            "/Main/Nest": [
                {"type": "aws:cdk:templateFile", "data": "MainNest.nested.template.json"}
            ],
            "/Main/Nest.NestedStack/Nest.NestedStackResource": [_id("NestResource")],
            "/Main/Nest/Repo": [_id("Repo")],
            "/Main/Nest/Deep.NestedStack/Deep.NestedStackResource": [_id("DeepResource")],
            "/Main/Nest/Deep/Repo": [_id("Repo")],
        },
    )
    paths.add("Prod/Svc", {"/Prod/Svc/Repo": [_id("Repo")]})
    return paths


@pytest.mark.parametrize(
    ("stack", "logical_id", "expected"),
    [
        ("Main", "Repo", "Main/Repo"),
        ("Main", "ApiF70053CD", "Main/Api/Resource"),
        ("Main/Nest", "Repo", "Main/Nest/Repo"),
        ("Main/Nest/Deep", "Repo", "Main/Nest/Deep/Repo"),
        ("Prod/Svc", "Repo", "Prod/Svc/Repo"),
        ("Main", "NestResource", "Main/Nest.NestedStack/Nest.NestedStackResource"),
        ("Main/Nest", "ApiF70053CD", None),
        ("Prod", "Repo", None),
        (None, "Repo", None),
    ],
)
def test_finds_a_resource_in_its_own_stack(
    paths: ConstructPaths, stack: str | None, logical_id: str, expected: str | None
) -> None:
    assert paths.find(stack, logical_id) == expected


def test_finds_what_is_added_later(paths: ConstructPaths) -> None:
    assert paths.find("Late", "Repo") is None
    paths.add("Late", {"/Late/Repo": [_id("Repo")]})
    assert paths.find("Late", "Repo") == "Late/Repo"


def test_finds_nothing_of_a_construct_that_is_in_no_stack(paths: ConstructPaths) -> None:
    paths.add("Main", {"/Elsewhere/Lost": [_id("Lost")]})
    assert paths.find("Main", "Lost") is None
    assert paths.find("Elsewhere", "Lost") is None


def test_tells_the_template_of_a_nested_stack(paths: ConstructPaths) -> None:
    assert paths.template_files == {"Main/Nest": "MainNest.nested.template.json"}


def test_reads_acknowledgements_as_they_were_written() -> None:
    paths = ConstructPaths()
    rules = {"Annotation::AwsSolutions-ECR1": "a reason", "Pack::Rule": "", "Annotation::X": None}
    entry = {"type": "aws:cdk:acknowledged-rules", "data": rules}
    paths.add("Main", {"/Main/Api": [entry]})
    assert paths.acknowledgements == [
        Acknowledgement("AwsSolutions-ECR1", "a reason", "Main/Api"),
        Acknowledgement("Pack::Rule", "", "Main/Api"),
        Acknowledgement("X", "", "Main/Api"),
    ]


@pytest.mark.parametrize(
    "metadata", [None, [], "x", {"/Main": 5}, {"/Main": [5, None, {}]}, {"/Main": [_id(5)]}]
)
def test_passes_over_what_is_no_metadata(metadata: object) -> None:
    paths = ConstructPaths()
    paths.add("Main", metadata)
    assert paths.find("Main", "Repo") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Main/Api.NestedStack/Api.NestedStackResource", "Main/Api"),
        ("Main/Api.NestedStack/Other.NestedStackResource", None),
        ("Main/Api/Api.NestedStackResource", None),
        ("Main/Api/Resource", None),
        (None, None),
    ],
)
def test_knows_the_resource_of_a_nested_stack(path: str | None, expected: str | None) -> None:
    assert nested_stack_of(path) == expected


def test_names_the_construct_that_a_user_wrote() -> None:
    assert visible("Main/Api/Resource") == "Main/Api"
    assert visible("Main/Api/Default") == "Main/Api/Default"
    assert visible("Main/Raw") == "Main/Raw"
