"""Scanning: what is written, which rule covers what, and the warning for what none covers."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from tests.synthesis import new_app, new_stack, template_of, warnings_of

from ecr_constructs import GovernedRepository
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.scan_coverage import Coverage
from ecr_constructs.model.scanning import ScanFrequency, Scanning, ScanningRule, ScanType


def scanning_of(stack: cdk.Stack) -> dict[str, Any]:
    (found,) = (
        each["Properties"]
        for each in template_of(stack)["Resources"].values()
        if each["Type"] == "AWS::ECR::RegistryScanningConfiguration"
    )
    properties: dict[str, Any] = found
    return properties


def rule(frequency: str, *filters: str) -> dict[str, Any]:
    return {
        "ScanFrequency": frequency,
        "RepositoryFilters": [{"Filter": each, "FilterType": "WILDCARD"} for each in filters],
    }


@pytest.mark.parametrize(
    ("scanning", "written"),
    [
        (Scanning.basic(), {"ScanType": "BASIC", "Rules": []}),
        (
            Scanning.basic(on_push=["web", "prod*"]),
            {"ScanType": "BASIC", "Rules": [rule("SCAN_ON_PUSH", "prod*", "web")]},
        ),
        (
            Scanning.enhanced(on_push=["*"], continuous=["prod*"]),
            {
                "ScanType": "ENHANCED",
                "Rules": [rule("CONTINUOUS_SCAN", "prod*"), rule("SCAN_ON_PUSH", "*")],
            },
        ),
    ],
)
def test_a_configuration_is_written_in_one_order(
    stack: cdk.Stack, scanning: Scanning, written: dict[str, Any]
) -> None:
    GovernedRegistry(stack, "Registry", scanning=scanning)
    assert scanning_of(stack) == written


def test_rules_of_one_frequency_become_one() -> None:
    stack = new_stack()
    rules = [
        ScanningRule(scan_frequency=ScanFrequency.SCAN_ON_PUSH, repository_filters=[each])
        for each in ("web", "app")
    ]
    GovernedRegistry(
        stack, "Registry", scanning=Scanning(scan_type=ScanType.BASIC, rules=tuple(rules))
    )
    assert scanning_of(stack)["Rules"] == [rule("SCAN_ON_PUSH", "app", "web")]


def test_coverage_says_which_rule_covers_each_repository_of_the_app() -> None:
    """Of every stack; a filter without a star selects the names that contain it."""
    app = new_app(validate=False)
    registry = GovernedRegistry(
        new_stack(app),
        "Registry",
        scanning=Scanning.enhanced(continuous=["prod"], on_push=["web/*"]),
    )
    registry.add_repository("Api", repository_name="payments/prod-api")
    other = new_stack(app, "Service")
    for number, name in enumerate(("web/store", "data/jobs")):
        GovernedRepository(other, f"R{number}", repository_name=name)
    GovernedRepository(other, "MadeUp")
    found = {
        each.repository_name: (each.coverage, each.rule, each.repository_filter)
        for each in registry.scan_coverage()
    }
    assert found == {
        "data/jobs": (Coverage.OFF, None, None),
        "payments/prod-api": (Coverage.CONTINUOUS_SCAN, 0, "prod"),
        "web/store": (Coverage.SCAN_ON_PUSH, 1, "web/*"),
    }


def test_without_a_configuration_repositories_are_scanned_by_hand() -> None:
    registry = GovernedRegistry(new_stack(), "Registry")
    registry.add_repository("Api", repository_name="payments/api")
    (found,) = registry.scan_coverage()
    assert (found.coverage, found.is_scanned) == (Coverage.MANUAL, False)


@pytest.mark.parametrize(
    ("scanning", "how"),
    [
        (Scanning.basic(on_push=["web/*"]), "is scanned by hand only"),
        (Scanning.enhanced(on_push=["web/*"]), "is not scanned at all"),
    ],
)
def test_warns_of_repositories_that_no_rule_covers(scanning: Scanning, how: str) -> None:
    """Also of one that is defined after the registry, in another stack."""
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app), "Registry", scanning=scanning)
    other = new_stack(app, "Service")
    for number, name in enumerate(("web/store", "d/a", "d/b", "d/c", "d/d")):
        GovernedRepository(other, f"R{number}", repository_name=name)
    (warning,) = warnings_of(app)["Stack/Registry"]
    assert warning.startswith(
        "scanning should cover every repository, got no rule for 'd/a', 'd/b', 'd/c' and 1 more:"
        f" what no rule selects {how}, whatever the repository's own scan_on_push says; add a"
        " filter that selects them, or '*'"
    )


def test_a_rule_for_all_is_no_warning() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry", scanning=Scanning.basic(on_push="*"))
    registry.add_repository("Api", repository_name="payments/api")
    assert warnings_of(app) == {}


def test_what_aws_does_not_document_is_a_warning() -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app), "Registry", scanning=Scanning.enhanced())
    (warning,) = warnings_of(app)["Stack/Registry"]
    assert "no page says whether a template without them scans everything or nothing" in warning
