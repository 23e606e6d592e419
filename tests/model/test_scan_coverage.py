"""Which scanning rule covers each repository."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.registry_strategies import NAMES, names, scannings

from ecr_constructs.model.repository_filter import FilterType, matches
from ecr_constructs.model.scan_coverage import Coverage, RepositoryCoverage, coverage
from ecr_constructs.model.scanning import ScanFrequency, Scanning, ScanningRule, ScanType
from ecr_constructs.model.unresolved import Text, Unknown, Unresolved

UNKNOWN = Unresolved((Unknown("Main.Name"),))


def covered(scanning: Scanning | None, name: Text | None) -> RepositoryCoverage:
    (each,) = coverage(scanning, [name])
    assert each.repository_name == name
    return each


def test_the_rule_and_the_filter_that_decided_are_told() -> None:
    scanning = Scanning.enhanced(continuous=["x", "prod/*"], on_push=["*"])
    assert coverage(scanning, ["prod/api", "web"]) == (
        RepositoryCoverage(
            repository_name="prod/api",
            coverage=Coverage.CONTINUOUS_SCAN,
            rule=0,
            repository_filter="prod/*",
        ),
        RepositoryCoverage(
            repository_name="web", coverage=Coverage.SCAN_ON_PUSH, rule=1, repository_filter="*"
        ),
    )


def test_continuous_wins_wherever_its_rule_stands() -> None:
    rules = Scanning.enhanced(continuous=["prod"], on_push=["prod"]).rules
    turned = Scanning(scan_type=ScanType.ENHANCED, rules=rules[::-1])
    assert covered(turned, "prod").coverage is Coverage.CONTINUOUS_SCAN
    assert covered(turned, "prod").rule == 1


def test_of_two_rules_of_one_frequency_the_first_is_told() -> None:
    rules = tuple(
        ScanningRule(scan_frequency="SCAN_ON_PUSH", repository_filters=(value,))
        for value in ("prod*", "*", "pr")
    )
    assert covered(Scanning(rules=rules), "prod").rule == 0
    assert covered(Scanning(rules=rules[::-1]), "prod").repository_filter == "pr"


@pytest.mark.parametrize(
    ("scanning", "expected", "is_scanned"),
    [
        (None, Coverage.MANUAL, False),
        (Scanning.basic(), Coverage.MANUAL, False),
        (Scanning.basic(on_push=["web"]), Coverage.MANUAL, False),
        (Scanning.basic(on_push=["pro"]), Coverage.SCAN_ON_PUSH, True),
        (Scanning.enhanced(on_push=["web"]), Coverage.OFF, False),
        (Scanning.enhanced(), Coverage.UNKNOWN, None),
        (Scanning(scan_type=UNKNOWN), Coverage.UNKNOWN, None),
        (Scanning.basic(on_push=[UNKNOWN]), Coverage.UNKNOWN, None),
        (Scanning.enhanced(continuous=[UNKNOWN], on_push=["prod"]), Coverage.SCAN_ON_PUSH, True),
        (
            Scanning(rules=(ScanningRule(scan_frequency="SCAN_ON_PUSH", repository_filters=()),)),
            Coverage.UNKNOWN,
            None,
        ),
        (
            Scanning(rules=(ScanningRule(scan_frequency=UNKNOWN, repository_filters=("prod",)),)),
            Coverage.SCAN_ON_PUSH,
            True,
        ),
        (
            Scanning(rules=(ScanningRule(scan_frequency="MANUAL", repository_filters=("prod",)),)),
            Coverage.MANUAL,
            False,
        ),
    ],
)
def test_a_repository_is_covered_so(
    scanning: Scanning | None, expected: Coverage, *, is_scanned: bool | None
) -> None:
    assert covered(scanning, "prod").coverage is expected
    assert covered(scanning, "prod").is_scanned is is_scanned


@pytest.mark.parametrize("name", [None, UNKNOWN])
def test_a_name_that_is_not_known_is_covered_by_a_star_alone(name: Text | None) -> None:
    assert covered(Scanning.basic(on_push=["*"]), name).coverage is Coverage.SCAN_ON_PUSH
    assert covered(Scanning.basic(on_push=["prod*"]), name).coverage is Coverage.UNKNOWN


@given(scannings(), st.lists(names))
def test_coverage_is_what_the_guide_says(scanning: Scanning, repository_names: list[str]) -> None:
    for name, each in zip(repository_names, coverage(scanning, repository_names), strict=True):
        selected = {
            rule.scan_frequency
            for rule in scanning.rules
            if any(matches(FilterType.WILDCARD, value, name) for value in rule.repository_filters)
        }
        if ScanFrequency.CONTINUOUS_SCAN in selected:
            assert each.coverage is Coverage.CONTINUOUS_SCAN
        elif selected:
            assert each.coverage is Coverage.SCAN_ON_PUSH
        else:
            off = scanning.scan_type == ScanType.ENHANCED
            assert each.coverage is (Coverage.OFF if off else Coverage.MANUAL)
            assert each.rule is None
            assert each.repository_filter is None


@given(scannings())
def test_the_normal_form_covers_the_same(scanning: Scanning) -> None:
    before, after = coverage(scanning, NAMES), coverage(scanning.normalise(), NAMES)
    assert [each.coverage for each in before] == [each.coverage for each in after]
