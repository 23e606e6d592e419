"""The helper that validates every template of the tests: it must be able to fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from tests.synthesis import lint_errors, new_app, new_stack, recommended_flags, synthesise


def test_cdks_validation_is_strict(app: cdk.App) -> None:
    ecr.CfnRepository(new_stack(app), "Api", image_tag_mutability="SOMETIMES")
    with pytest.raises(RuntimeError, match="'SOMETIMES' is not one of"):
        synthesise(app, lint=False)


@pytest.mark.parametrize(
    ("properties", "rule"),
    [
        ({"ImageTagMutability": "SOMETIMES"}, "E3030"),
        ({"ImageTagMutabilty": "IMMUTABLE"}, "E3002"),
        ({"RepositoryName": "A"}, "E3031"),
        ({"RepositoryPolicyText": {"Statement": [{"Effect": "Maybe"}]}}, "E3513"),
    ],
)
def test_cfn_lint_finds_what_is_wrong(properties: dict[str, Any], rule: str) -> None:
    template = {"Resources": {"Api": {"Type": "AWS::ECR::Repository", "Properties": properties}}}
    assert rule in {error.split()[0] for error in lint_errors(template)}


def test_a_template_that_cfn_lint_refuses_fails_the_test() -> None:
    app = new_app(validate=False)
    repository = ecr.CfnRepository(new_stack(app), "Api")
    repository.add_property_override("ImageTagMutabilty", "IMMUTABLE")
    with pytest.raises(AssertionError, match="E3002"):
        synthesise(app)


@pytest.mark.parametrize("mode", ["IMMUTABLE", "SOMETIMES"])
def test_nested_stacks_and_stages_are_linted_too(mode: str) -> None:
    app = new_app(validate=False)
    nested = cdk.NestedStack(new_stack(cdk.Stage(app, "Prod")), "Nested")
    ecr.CfnRepository(nested, "Api", image_tag_mutability=mode)
    if mode == "IMMUTABLE":
        assert len(synthesise(app)) == 2
    else:
        with pytest.raises(AssertionError, match="E3030"):
            synthesise(app)


def test_the_recommended_flags_are_those_of_this_release(flags: Mapping[str, Any]) -> None:
    assert flags in ({}, recommended_flags())
    assert len(recommended_flags()) > 50
