"""Whatever stands under ``Resources``: findings, or one sentence, and never a crash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.checks.deployments import TODAY, repository
from tests.checks.rules.cases.all_cases import CASES
from tests.profiles import examples

from ecr_constructs.checks.engine import run_checks
from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.checks.sarif import to_sarif
from ecr_constructs.model.problem import Severity, Status
from ecr_constructs.sources.assembly import read_assembly

_WORDS = """* Allow Deny AWS Service ecr:* ecr:PutImage IMMUTABLE ROOT 222222222222
    arn:aws:iam::222222222222:root aws:PrincipalOrgID StringEquals REPLICATION PULL_THROUGH_CACHE
    ENHANCED eu-west-1 { [] ${AWS::Region}"""
_NAMES = """Properties Type Ref Fn::Sub Fn::If Fn::GetAtt Statement Principal Action Condition Rules
    RepositoryFilters Filter Destinations Region RepositoryPolicyText LifecyclePolicy
    LifecyclePolicyText PolicyText Prefix AppliedFor Metadata EcrConstructs exemptions control
    reason expires"""
WORDS = st.sampled_from(_WORDS.split())
NAMES = st.sampled_from(_NAMES.split())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | WORDS,
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(NAMES | st.text(), below, max_size=4)
    ),
    max_leaves=12,
)
TYPES = st.sampled_from(
    sorted(
        {
            resource["Type"]
            for case in CASES
            for template in case.stacks.values()
            for resource in template["Resources"].values()
        }
    )
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value below a document."""
    entries: Any = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, each in entries:
        yield (*path, key)
        yield from paths(each, (*path, key))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a document with another value at a path."""
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = replaced(copy[path[0]], path[1:], value)
    return copy


def check(tmp_path_factory: pytest.TempPathFactory, template: Any) -> None:
    """Check a template through the engine and its renderers."""
    path = tmp_path_factory.getbasetemp() / "fuzzed.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    deployment = read_assembly(path, account="111111111111", region="eu-west-1")
    found = run_checks(deployment, CATALOGUE, today=TODAY)
    json.dumps([each.to_json() for each in found])
    json.dumps(to_sarif(found, CATALOGUE, locate=lambda o: (o.template, None), version="0"))
    for each in found:
        assert each.message
        assert each.fix
        assert each.severity in tuple(Severity)
        assert each.status is Status.FAIL or each.severity is Severity.WARNING


@settings(max_examples=examples(80), suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(resources=st.dictionaries(st.text(min_size=1), JSON, max_size=4))
def test_any_json_under_resources_is_checked(
    tmp_path_factory: pytest.TempPathFactory, resources: Any
) -> None:
    check(tmp_path_factory, {"Resources": resources})


@settings(max_examples=examples(80), suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(kind=TYPES, properties=JSON, metadata=JSON)
def test_any_properties_of_a_type_that_is_known_are_checked(
    tmp_path_factory: pytest.TempPathFactory, kind: str, properties: Any, metadata: Any
) -> None:
    resource = {"Type": kind, "Properties": properties, "Metadata": metadata}
    check(tmp_path_factory, {"Resources": {"A": resource, "B": resource, "Api": repository()}})


@settings(max_examples=examples(120), suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_any_value_of_a_case_may_be_anything(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A mutant of a template that means something reaches deeper than what is made up."""
    case = data.draw(st.sampled_from(CASES))
    template = data.draw(st.sampled_from(list(case.stacks.values())))
    resources = template["Resources"]
    path = data.draw(st.sampled_from(list(paths(resources))))
    mutant = replaced(resources, path, data.draw(JSON))
    check(tmp_path_factory, {**template, "Resources": mutant})
