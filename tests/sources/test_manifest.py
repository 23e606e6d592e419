from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.sources.templates import write

from ecr_constructs.errors import SourceError
from ecr_constructs.sources.manifest import Artifact, inside, read_manifest


def _stack(**changes: Any) -> dict[str, Any]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111111111111/eu-west-1",
        "properties": {"templateFile": "Main.template.json"},
        **changes,
    }


def _assembly(tmp_path: Path, artifacts: Any, **members: Any) -> Path:
    write(tmp_path / "Main.template.json", {"Resources": {}})
    write(tmp_path / "manifest.json", {"version": "55.0.0", "artifacts": artifacts, **members})
    return tmp_path


def _read(tmp_path: Path, artifacts: Any) -> list[Artifact]:
    return list(read_manifest(_assembly(tmp_path, artifacts)))


def test_reads_a_stack(tmp_path: Path) -> None:
    properties = {
        "templateFile": "Main.template.json",
        "stackName": "main-stack",
        "parameters": {"P": "x"},
    }
    metadata = {"/App/Main/Repo": [{"type": "aws:cdk:logicalId", "data": "Repo"}]}
    stack = _stack(properties=properties, displayName="App/Main", metadata=metadata)
    tree = {"type": "cdk:tree", "properties": {"file": "tree.json"}}
    assert _read(tmp_path, {"AppMain123": stack, "Tree": tree, "odd": 5}) == [
        Artifact(
            name="main-stack",
            template="Main.template.json",
            account="111111111111",
            region="eu-west-1",
            construct_path="App/Main",
            parameters={"P": "x"},
            metadata=metadata,
        )
    ]


def test_a_stack_is_called_after_its_artifact_unless_it_has_a_name(tmp_path: Path) -> None:
    (artifact,) = _read(tmp_path, {"Main": _stack()})
    assert (artifact.name, artifact.construct_path) == ("Main", "Main")


@pytest.mark.parametrize(
    ("environment", "account", "region"),
    [
        ("aws://111111111111/eu-west-1", "111111111111", "eu-west-1"),
        ("aws://unknown-account/unknown-region", None, None),
        ("aws://unknown-account/eu-west-1", None, "eu-west-1"),
        ("aws://111111111111/unknown-region", "111111111111", None),
        (None, None, None),
        ({}, None, None),
    ],
)
def test_reads_the_environment(
    tmp_path: Path, environment: object, account: str | None, region: str | None
) -> None:
    (artifact,) = _read(tmp_path, {"Main": _stack(environment=environment)})
    assert (artifact.account, artifact.region) == (account, region)


def test_metadata_of_its_own_file_counts_before_the_manifests(tmp_path: Path) -> None:
    write(tmp_path / "Main.metadata.json", {"/Main": []})
    stack = _stack(additionalMetadataFile="Main.metadata.json", metadata={"/Old": []})
    (artifact,) = _read(tmp_path, {"Main": stack})
    assert artifact.metadata == {"/Main": []}


@pytest.mark.parametrize("file", ["Gone.metadata.json", "../outside.json", 5])
def test_metadata_that_is_not_there_is_passed_over(tmp_path: Path, file: object) -> None:
    write(tmp_path.parent / "outside.json", {"/Outside": []})
    (artifact,) = _read(tmp_path, {"Main": _stack(additionalMetadataFile=file)})
    assert artifact.metadata is None


def test_reads_stages_in_stages(tmp_path: Path) -> None:
    def stage(folder: str) -> dict[str, Any]:
        return {"type": "cdk:cloud-assembly", "properties": {"directoryName": folder}}

    _assembly(tmp_path, {"assembly-Prod": stage("assembly-Prod"), "Main": _stack()})
    _assembly(tmp_path / "assembly-Prod", {"in": stage("assembly-Prod-In"), "P": _stack()})
    _assembly(tmp_path / "assembly-Prod" / "assembly-Prod-In", {"I": _stack()})
    assert [artifact.template for artifact in read_manifest(tmp_path)] == [
        "Main.template.json",
        "assembly-Prod/Main.template.json",
        "assembly-Prod/assembly-Prod-In/Main.template.json",
    ]


def test_an_assembly_that_names_itself_is_read_once(tmp_path: Path) -> None:
    again = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}
    assert len(_read(tmp_path, {"again": again, "Main": _stack()})) == 1


def test_a_newer_schema_is_read_as_long_as_its_shape_is_kept(tmp_path: Path) -> None:
    assembly = _assembly(tmp_path, {"Main": _stack(new=1)}, version="999.0.0", new={})
    assert len(list(read_manifest(assembly))) == 1


@pytest.mark.parametrize("artifacts", [[], "x", 5])
def test_refuses_a_manifest_of_another_shape(tmp_path: Path, artifacts: object) -> None:
    with pytest.raises(SourceError, match=r"object 'artifacts', got .* in schema version '55.0.0'"):
        _read(tmp_path, artifacts)


def test_refuses_a_manifest_that_is_no_object(tmp_path: Path) -> None:
    write(tmp_path / "manifest.json", [1])
    with pytest.raises(SourceError, match=r"got None in schema version \[1\]; synthesise"):
        list(read_manifest(tmp_path))


def test_refuses_a_directory_without_manifest(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"got one without; give the directory that cdk synth"):
        list(read_manifest(tmp_path))


def test_refuses_a_stage_without_manifest(tmp_path: Path) -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Gone"}}
    with pytest.raises(SourceError, match=r"\[.*assembly-Gone\]"):
        _read(tmp_path, {"stage": stage})


def test_refuses_a_template_that_is_not_there(tmp_path: Path) -> None:
    stack = _stack(properties={"templateFile": "Gone.template.json"})
    with pytest.raises(SourceError, match=r"got 'Gone.template.json' of stack 'Main'; synthesise"):
        _read(tmp_path, {"Main": stack})


@pytest.mark.parametrize("file", ["../Main.template.json", "/etc/hosts", None, "a\0b"])
def test_refuses_a_template_outside_of_the_assembly(tmp_path: Path, file: object) -> None:
    stack = _stack(properties={"templateFile": file})
    with pytest.raises(SourceError, match="must name files of its own assembly, got"):
        _read(tmp_path / "below", {"Main": stack})


def test_refuses_a_stage_outside_of_the_assembly(tmp_path: Path) -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": ".."}}
    with pytest.raises(SourceError, match=r"must name files of its own assembly, got '\.\.'"):
        _read(tmp_path / "below", {"stage": stage})


def test_a_link_that_leads_outside_is_outside(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    assert inside(root, "", "link/x") is None
    assert inside(root, "", "x") == "x"
    assert inside(root, "sub", "../x") == "x"
