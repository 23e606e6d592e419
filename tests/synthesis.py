"""Apps for tests, synthesised and validated: by CDK in strict mode, then by cfn-lint."""

from __future__ import annotations

import atexit
import functools
import itertools
import json
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.core import get_rules
from cfnlint.rules import RulesCollection
from cfnlint.template import Template as LintedTemplate

ACCOUNT: Final = "111111111111"
OTHER_ACCOUNT: Final = "222222222222"
REGION: Final = "eu-west-1"
ORGANIZATION: Final = "o-a1b2c3d4e5"
ENVIRONMENT: Final = cdk.Environment(account=ACCOUNT, region=REGION)
OTHER_ENVIRONMENT: Final = cdk.Environment(account=OTHER_ACCOUNT, region=REGION)

#: Any warning of CDK's own validation of the templates fails the synthesis.
STRICT: Final = "@aws-cdk/core:strictCfnValidateErrors"

#: CDK's weak references between stacks, which the flags recommend; cfn-lint takes it for no string.
_UNKNOWN_TO_CFN_LINT: Final = "Fn::GetStackOutput"

_numbers: Final = itertools.count()


@functools.cache
def recommended_flags() -> dict[str, Any]:
    """Return the feature flags that ``cdk init`` writes into a new app."""
    (archive,) = Path(cdk.__file__).parent.glob("_jsii/aws-cdk-lib@*.tgz")
    with tarfile.open(archive) as files:
        flags = files.extractfile("package/recommended-feature-flags.json")
        assert flags is not None
        found: dict[str, Any] = json.load(flags)
    assert "@aws-cdk/aws-iam:minimizePolicies" in found
    return found


@functools.cache
def _folder() -> Path:
    """Return one folder for all assemblies of the run; it goes with the process."""
    folder = tempfile.mkdtemp(prefix="assemblies-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def new_app(
    flags: Mapping[str, Any] | None = None, *, validate: bool = True, outdir: Path | None = None
) -> cdk.App:
    """Return an app; one that is not validated is quicker, for tests that make hundreds."""
    return cdk.App(
        analytics_reporting=False,
        builtin_cloud_formation_validation=validate,
        context={**(flags or {}), STRICT: True},
        outdir=str(outdir or _folder() / f"{next(_numbers)}"),
    )


def new_stack(
    scope: cdk.Stage | None = None,
    construct_id: str = "Stack",
    *,
    env: cdk.Environment | None = ENVIRONMENT,
) -> cdk.Stack:
    """Return a stack in an app of its own, or in one that is given."""
    return cdk.Stack(new_app() if scope is None else scope, construct_id, env=env)


def synthesise(stage: cdk.Stage, *, lint: bool = True, region: str = REGION) -> dict[str, Any]:
    """Synthesise an app or a stage, and return its templates by their files' names.

    Each is linted, those of nested stacks and stages too; what is an error for
    cfn-lint fails the test.
    """
    folder = Path(stage.synth().directory)
    templates = {
        str(path.relative_to(folder)).removesuffix(".template.json"): json.loads(
            path.read_text(encoding="utf-8")
        )
        for path in sorted(folder.rglob("*.template.json"))
    }
    if lint:
        for name, template in templates.items():
            errors = lint_errors(template, region)
            assert not errors, (name, errors)
    return templates


def template_of(stack: cdk.Stack, *, region: str = REGION) -> dict[str, Any]:
    """Synthesise a stack with its app or stage, and return its template."""
    stage = cdk.Stage.of(stack)
    assert stage is not None
    template: dict[str, Any] = synthesise(stage, region=region)[stack.artifact_id]
    return template


def repositories_in(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the repositories of a template by their logical ids."""
    return {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::ECR::Repository"
    }


def resource_of(stack: cdk.Stack, *, region: str = REGION) -> dict[str, Any]:
    """Return the one repository of a stack as its template has it."""
    (resource,) = repositories_in(template_of(stack, region=region)).values()
    return resource


def properties_of(stack: cdk.Stack, *, region: str = REGION) -> dict[str, Any]:
    """Return the properties of the one repository of a stack."""
    properties: dict[str, Any] = resource_of(stack, region=region)["Properties"]
    return properties


def statements_of(stack: cdk.Stack, *, region: str = REGION) -> list[dict[str, Any]]:
    """Return the statements of the policy of the one repository of a stack."""
    policy = properties_of(stack, region=region).get("RepositoryPolicyText", {})
    statements: list[dict[str, Any]] = policy.get("Statement", [])
    return statements


def warnings_of(stage: cdk.Stage) -> dict[str, list[str]]:
    """Synthesise, and return the warnings by the paths of their constructs."""
    folder = Path(stage.synth().directory)
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.metadata.json")):
        for construct, entries in json.loads(path.read_text(encoding="utf-8")).items():
            for entry in entries:
                if entry["type"] == "aws:cdk:warning":
                    found.setdefault(construct.lstrip("/"), []).append(entry["data"])
    return found


def lint_errors(template: Mapping[str, Any], region: str = REGION) -> list[str]:
    """Return what is an error for cfn-lint in a template."""
    return list(_lint(json.dumps(template, sort_keys=True), region))


@functools.lru_cache(maxsize=2048)
def _lint(text: str, region: str) -> tuple[str, ...]:
    template = LintedTemplate("template", json.loads(text), regions=[region])
    found = _rules().run("template", template, ConfigMixIn(**ManualArgs(regions=[region])))
    return tuple(
        f"{match.rule.id} {match.message}"
        for match in found
        if match.rule.id.startswith("E") and _UNKNOWN_TO_CFN_LINT not in match.message
    )


@functools.cache
def _rules() -> RulesCollection:
    # cfn-lint reads its 300 rules anew for each template unless it is given them.
    return get_rules([], [], [], {}, include_experimental=False)
