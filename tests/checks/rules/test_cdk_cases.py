"""The cases as CDK writes them: L1s with overrides, at the top and in a nested stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct
from tests.checks.deployments import TODAY
from tests.checks.rules.cases.all_cases import CASES
from tests.checks.rules.cases.case import Case
from tests.synthesis import ENVIRONMENT

from ecr_constructs.testing import find

#: What names a parameter. CDK passes a value to every parameter of a nested stack, so cases
#: with one are tried at the top alone.
PARAMETER = "'Ref': 'Given'"


def chosen() -> Iterator[Case]:
    """Yield one case of each rule for each thing that it may find, nothing included."""
    seen = set()
    for case in CASES:
        kind = (case.rule, *sorted({each.partition(" ")[0] for each in case.found}))
        if kind not in seen and len(case.stacks) == 1 and not case.environments:
            seen.add(kind)
            yield case


def placed() -> Iterator[tuple[Case, str | None]]:
    """Yield each chosen case at the top of an app and, where it can be, in a nested stack."""
    for case in chosen():
        yield case, None
        if PARAMETER not in str(case.stacks):
            yield case, "Nested"


def define(scope: Construct, template: Mapping[str, Any]) -> None:
    """Define the resources of a template, whatever is wrong with them, by overrides."""
    for name, parameter in template.get("Parameters", {}).items():
        cdk.CfnParameter(scope, name, type=parameter["Type"])
    for logical_id, body in template["Resources"].items():
        resource = cdk.CfnResource(scope, logical_id, type=body["Type"])
        resource.override_logical_id(logical_id)
        for name, value in body.items():
            if name != "Type":
                resource.add_override(name, value)


@pytest.mark.parametrize(
    ("case", "nested"), [pytest.param(*each, id=f"{each[0]}-{each[1]}") for each in placed()]
)
def test_rule_finds_the_same_in_what_cdk_writes(
    case: Case, nested: str | None, tmp_path: Path
) -> None:
    app = cdk.App(
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        outdir=str(tmp_path / "cdk.out"),
    )
    stack = cdk.Stack(app, "Main", env=ENVIRONMENT)
    (template,) = case.stacks.values()
    define(cdk.NestedStack(stack, nested) if nested else stack, template)
    where = " Main/Nested/" if nested else " Main/"
    found = find(stack, select=[case.rule], today=TODAY)
    assert sorted(f"{each.status} {each.place}" for each in found) == sorted(
        each.replace(" Main/", where) for each in case.found
    )
