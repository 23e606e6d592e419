"""Whatever JSON stands in a template or a manifest is read, or refused in one sentence."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.profiles import examples
from tests.sources.templates import ACCOUNT, REGION

from ecr_constructs.errors import SourceError
from ecr_constructs.model.identity_cfn import IAM_TYPES
from ecr_constructs.model.registry import Deployment
from ecr_constructs.sources.assembly import read_assembly
from ecr_constructs.sources.resources import KINDS

NAMES = ["A", "B", "Repo", "AWS::Region", "AWS::NoValue", "AWS::AccountId", "Cond", ""]
FUNCTIONS = [
    *("Ref", "Condition"),
    *(
        f"Fn::{name}"
        for name in (
            *("And", "Base64", "Equals", "FindInMap", "ForEach::L", "GetAtt", "GetStackOutput"),
            *("If", "ImportValue", "Join", "Length", "Not", "Or", "Select", "Split", "Sub"),
            *("ToJsonString", "Transform"),
        )
    ),
]
PROPERTIES = [
    *("PolicyText", "PolicyDocument", "Rules", "ReplicationConfiguration", "Destinations"),
    *("RepositoryFilters", "Filter", "FilterType", "ScanType", "ScanFrequency", "AppliedFor"),
    *("EcrRepositoryPrefix", "UpstreamRegistryUrl", "CredentialArn", "Prefix", "RepositoryPolicy"),
    *(
        "ResourceTags",
        "CustomRoleArn",
        "Roles",
        "Users",
        "Policies",
        "EventPattern",
        "PrincipalArn",
    ),
    *("RepositoryName", "ImageTagMutability", "ImageTagMutabilityExclusionFilters"),
    *("ImageScanningConfiguration", "ScanOnPush", "EncryptionConfiguration", "KmsKey"),
    *("LifecyclePolicy", "LifecyclePolicyText", "RepositoryPolicyText", "Tags", "EmptyOnDelete"),
    *("Statement", "Effect", "Principal", "NotPrincipal", "AWS", "Action", "Resource", "Condition"),
    *("StringEquals", "aws:PrincipalOrgID", "rules", "selection", "countType", "countNumber"),
]
MEMBERS = [
    *("Type", "Properties", "Metadata", "DeletionPolicy", "Parameters", "TemplateURL", "Default"),
    *("Value", "Export", "Name", "NoEcho", "EcrConstructs", "exemptions", "control", "reason"),
    *("aws:cdk:path", "aws:asset:path", "StackName", "OutputName", "WriterProps", "exports"),
]
TEXTS = [
    *("${A}", "${A.Arn}", "${!A}", "a,b", "{{resolve:ssm:/a}}", "*", "Allow", "A.Arn", "Outputs.A"),
    *('{"Statement": []}', '{"rules": [{}]}', "[[", "\ud800", "\ue0000\ue000", "main.json"),
    *("AWS::ECR::Repository", "AWS::IAM::Role", "AWS::CloudFormation::Stack", "String", "List<X>"),
    "Custom::CrossRegionExportReader",
]
WORDS = st.sampled_from([*NAMES, *TEXTS]) | st.text(max_size=6)
KEYS = st.sampled_from([*FUNCTIONS, *PROPERTIES, *MEMBERS, *NAMES]) | st.text(max_size=4)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    functions = st.builds(lambda name, value: {name: value}, st.sampled_from(FUNCTIONS), inner)
    return st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4) | functions


JSON = st.recursive(SCALARS, _containers, max_leaves=12)
SECTION = st.dictionaries(
    st.sampled_from([*NAMES, "Fn::ForEach::L", "Fn::Transform"]), JSON, max_size=4
)
REPOSITORY = st.fixed_dictionaries(
    {
        "Type": st.just("AWS::ECR::Repository"),
        "Properties": st.dictionaries(st.sampled_from(PROPERTIES), JSON, max_size=4) | JSON,
    },
    optional={
        "Condition": st.just("Cond") | JSON,
        "DeletionPolicy": JSON,
        "Metadata": st.fixed_dictionaries({"EcrConstructs": JSON}) | JSON,
    },
)
TYPES = [
    *("AWS::CloudFormation::Stack", "Custom::CrossRegionExportWriter", 5),
    *sorted(KINDS),
    *sorted(IAM_TYPES),
]
OTHER = st.fixed_dictionaries(
    {
        "Type": st.sampled_from(TYPES),
        "Properties": st.dictionaries(st.sampled_from(PROPERTIES) | KEYS, JSON, max_size=4) | JSON,
    }
)
RESOURCES = st.dictionaries(
    st.sampled_from(NAMES) | KEYS, REPOSITORY | OTHER | JSON, min_size=1, max_size=4
)
TEMPLATE = st.fixed_dictionaries(
    {"Resources": RESOURCES},
    optional={
        "Parameters": SECTION,
        "Mappings": SECTION,
        "Conditions": SECTION | st.fixed_dictionaries({"Cond": JSON}),
        "Outputs": SECTION,
        "Transform": st.just("AWS::LanguageExtensions"),
    },
)


def _read(files: dict[str, Any], name: str = "") -> Deployment | None:
    with tempfile.TemporaryDirectory() as directory:
        for file, document in files.items():
            (Path(directory) / file).write_text(json.dumps(document))
        try:
            return read_assembly(Path(directory) / name, account=ACCOUNT, region=REGION)
        except SourceError as error:
            assert len(error.sentences) == 1  # noqa: PT017 - either outcome is right
            assert "\n" not in str(error)  # noqa: PT017
            return None


@settings(deadline=None, max_examples=examples(100))
@given(RESOURCES)
def test_any_json_under_resources_is_read(resources: dict[str, Any]) -> None:
    assert _read({"main.json": {"Resources": resources}}, "main.json") is not None


@settings(deadline=None, max_examples=examples(100))
@given(TEMPLATE)
def test_any_json_in_the_sections_of_a_template_is_read(template: dict[str, Any]) -> None:
    deployment = _read({"main.json": template}, "main.json")
    assert deployment is not None
    for registry in deployment.registries:
        for repository in registry.repositories:
            repository.problems()
            hash(repository.normalise())


@settings(deadline=None)
@given(REPOSITORY)
def test_a_repository_is_found_whatever_is_in_it(resource: dict[str, Any]) -> None:
    resource.pop("Condition", None)
    deployment = _read({"main.json": {"Resources": {"R": resource}}}, "main.json")
    assert deployment is not None
    ((only,),) = (registry.repositories for registry in deployment.registries)
    assert only.origin is not None
    assert only.origin.logical_id == "R"


@settings(deadline=None)
@given(JSON)
def test_any_json_is_read_as_a_template_or_refused(document: Any) -> None:
    _read({"main.json": document}, "main.json")


ARTIFACT_KEYS = [
    *("type", "properties", "environment", "templateFile", "directoryName", "stackName"),
    *("displayName", "additionalMetadataFile", "metadata", "parameters"),
]
ARTIFACT_WORDS = [
    *("aws:cloudformation:stack", "cdk:cloud-assembly", "main.json", "meta.json", "manifest.json"),
    *("", "..", ".", "/", "\0", "aws://111111111111/eu-west-1", "aws://unknown-account", "Main"),
]
ARTIFACT_VALUES = st.recursive(
    SCALARS | st.sampled_from(ARTIFACT_WORDS),
    lambda inner: (
        st.dictionaries(st.sampled_from(ARTIFACT_KEYS), inner, max_size=5)
        | st.lists(inner, max_size=3)
    ),
    max_leaves=8,
)
ARTIFACT = st.fixed_dictionaries(
    {
        "type": st.sampled_from(ARTIFACT_WORDS),
        "properties": st.dictionaries(
            st.sampled_from(ARTIFACT_KEYS), st.sampled_from(ARTIFACT_WORDS) | ARTIFACT_VALUES
        ),
    },
    optional={key: st.sampled_from(ARTIFACT_WORDS) | ARTIFACT_VALUES for key in ARTIFACT_KEYS[2:]},
)
METADATA = st.dictionaries(
    st.sampled_from(["/Main", "/Main/A/Resource", "/Main/N.NestedStack/N.NestedStackResource", ""]),
    st.lists(
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(
                    ["aws:cdk:logicalId", "aws:cdk:templateFile", "aws:cdk:acknowledged-rules"]
                ),
                "data": JSON,
            }
        )
        | JSON
    )
    | JSON,
)


@settings(deadline=None)
@given(st.dictionaries(WORDS, ARTIFACT | ARTIFACT_VALUES, max_size=3), TEMPLATE, METADATA)
def test_any_manifest_is_read_or_refused(
    artifacts: dict[str, Any], template: dict[str, Any], metadata: Any
) -> None:
    manifest = {"version": "55.0.0", "artifacts": artifacts}
    _read({"manifest.json": manifest, "main.json": template, "meta.json": metadata})
