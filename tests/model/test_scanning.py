"""The scanning configuration of a registry: limits, what bills, codecs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from tests.model.aws_models import refused, schema, shape
from tests.model.registry_strategies import ORIGIN, scannings
from tests.model.said import errors, warnings

from ecr_constructs.model.scanning import ScanFrequency, Scanning, ScanningRule, ScanType
from ecr_constructs.model.unresolved import Unknown, Unresolved

ON_PUSH, CONTINUOUS = ScanFrequency.SCAN_ON_PUSH, ScanFrequency.CONTINUOUS_SCAN
UNKNOWN = Unresolved((Unknown("Main.Type"),))


def rule(*filters: str, frequency: str = ON_PUSH) -> ScanningRule:
    return ScanningRule(scan_frequency=frequency, repository_filters=filters)


def test_basic_scanning_has_one_rule_and_costs_nothing() -> None:
    scanning = Scanning.basic(on_push=["*"])
    assert scanning == Scanning(scan_type=ScanType.BASIC, rules=(rule("*"),))
    assert scanning.bills is None
    assert scanning.problems() == []


def test_enhanced_scanning_has_a_rule_for_each_frequency_and_inspector_bills_it() -> None:
    scanning = Scanning.enhanced(continuous=["prod/*"], on_push=iter(["*"]))
    assert scanning.rules == (rule("prod/*", frequency=CONTINUOUS), rule("*"))
    assert scanning.bills == (
        "Amazon Inspector bills each image that enhanced scanning scans, at first and again"
    )
    assert scanning.problems() == []


def test_what_bills_is_said_where_the_type_is_not_known() -> None:
    assert str(Scanning(scan_type=UNKNOWN).bills).startswith("if the scan type is ENHANCED,")


def test_no_filters_are_no_rule() -> None:
    assert Scanning.basic().rules == ()
    assert Scanning.basic().problems() == []
    assert Scanning.enhanced(on_push=["a"]).rules == (rule("a"),)


def test_a_filter_alone_is_taken_for_a_list_of_one() -> None:
    assert Scanning.basic(on_push="prod").rules == (rule("prod"),)


def test_takes_two_rules_of_a_hundred_filters() -> None:
    filters = [f"repo{index}" for index in range(100)]
    assert Scanning.enhanced(continuous=filters, on_push=filters).problems() == []


@pytest.mark.parametrize(
    ("scanning", "said"),
    [
        (
            Scanning(scan_type="basic"),
            "scan_type must be one of BASIC, ENHANCED, got 'basic'; write Scanning.basic",
        ),
        (
            Scanning(rules=(rule("a"), rule("b"), rule("c"))),
            "rules: a scanning configuration must have at most 2 rules, got 3; write one rule",
        ),
        (
            Scanning.basic(on_push=[f"repo{index}" for index in range(101)]),
            r"rules\[0\].repository_filters: a rule must have at most 100 filters, got 101; fold",
        ),
        (
            Scanning.basic(on_push=["ok", "prod/"]),
            (
                r"rules\[0\].repository_filters\[1\]: a scanning filter must .* got 'prod/'; write"
                r" 'prod/\*'"
            ),
        ),
        (
            Scanning(rules=(rule("a", frequency="WEEKLY"),)),
            (
                "scan_frequency must be SCAN_ON_PUSH or CONTINUOUS_SCAN, got 'WEEKLY'; write"
                " ScanFrequency.SCAN_ON_PUSH"
            ),
        ),
        (
            Scanning(rules=(rule("a", frequency="MANUAL"),)),
            "in a template, got 'MANUAL'; leave the rule out",
        ),
        (
            Scanning(rules=(rule("a", frequency=CONTINUOUS),)),
            (
                "must be SCAN_ON_PUSH with basic scanning, got 'CONTINUOUS_SCAN'; write"
                r" Scanning.enhanced\(continuous=\[...\]\)"
            ),
        ),
    ],
)
def test_refuses_what_ecr_refuses(scanning: Scanning, said: str) -> None:
    (sentence,) = errors(scanning.problems())
    assert re.search(said, sentence)


@pytest.mark.parametrize(
    ("scanning", "said"),
    [
        (Scanning.enhanced(), r"got none; write Scanning.enhanced\(continuous=\['\*'\]\)"),
        (Scanning(rules=(rule(),)), r"got none; write \['\*'\] for all repositories"),
        (
            Scanning(rules=(rule("a"), rule("b"))),
            "one rule for each frequency, got 2 for 'SCAN_ON_PUSH'; unite their filters",
        ),
    ],
)
def test_warns_where_no_page_says_what_it_means(scanning: Scanning, said: str) -> None:
    (sentence,) = warnings(scanning.problems())
    assert re.search(said, sentence)
    assert errors(scanning.problems()) == []


def test_what_is_not_known_passes() -> None:
    scanning = Scanning(scan_type=UNKNOWN, rules=(rule("a", frequency=CONTINUOUS),))
    assert scanning.problems() == []
    assert Scanning(rules=(ScanningRule(scan_frequency=UNKNOWN, repository_filters=("a",)),)) == (
        Scanning(rules=(ScanningRule(scan_frequency=UNKNOWN, repository_filters=("a",)),))
    )


def test_manual_is_a_word_of_the_api_alone() -> None:
    definitions = schema("RegistryScanningConfiguration")["definitions"]
    assert {*definitions["ScanFrequency"]["enum"], "MANUAL"} == set(ScanFrequency)
    assert set(shape("ScanFrequency")["enum"]) == set(ScanFrequency)
    assert set(shape("ScanType")["enum"]) == set(ScanType) == set(definitions["ScanType"]["enum"])


@given(scannings())
def test_what_is_written_is_read_back(scanning: Scanning) -> None:
    written = scanning.normalise().to_cfn()
    assert Scanning.from_cfn({"Properties": written}, ORIGIN) == (scanning.normalise(), [])
    assert Scanning.from_cfn({"Properties": scanning.to_cfn()}, ORIGIN) == (scanning, [])
    assert refused("RegistryScanningConfiguration", written) == []
    assert errors(scanning.problems()) == []


@given(scannings())
def test_there_is_one_normal_form(scanning: Scanning) -> None:
    normal = scanning.normalise()
    assert normal.normalise() == normal
    assert errors(normal.problems()) == []
    turned = Scanning(
        scan_type=scanning.scan_type,
        rules=tuple(
            ScanningRule(
                scan_frequency=each.scan_frequency,
                repository_filters=each.repository_filters[::-1] * 2,
            )
            for each in scanning.rules[::-1]
        ),
    )
    assert turned.normalise() == normal


def test_the_normal_form_keeps_everything() -> None:
    full = Scanning.enhanced(continuous=["a", "prod/*"], on_push=["*"])
    assert full.normalise() == full
    assert Scanning(rules=(rule(),)).normalise() == Scanning(rules=(rule(),))


def test_rules_of_one_frequency_are_one_unless_their_filters_are_too_many() -> None:
    many = Scanning(
        rules=tuple(rule(*(f"r{i}x{n}" for i in range(60)), frequency=ON_PUSH) for n in range(2))
    )
    assert [len(each.repository_filters) for each in many.normalise().rules] == [100, 20]
    few = Scanning(rules=(rule("b"), rule("a")))
    assert few.normalise().rules == (rule("a", "b"),)


def test_where_it_was_read_from_is_no_part_of_the_value() -> None:
    scanning, _ = Scanning.from_cfn({"Properties": Scanning.basic().to_cfn()}, ORIGIN)
    assert scanning.origin == ORIGIN
    assert scanning == Scanning.basic()


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"ScanType": "BASIC", "Rules": "x"}, "Properties.Rules must be a list, got 'x'"),
        ({"ScanType": ["BASIC"], "Rules": []}, "Properties.ScanType must be a string, got"),
        ("x", "Properties must be an object, got 'x'"),
    ],
)
def test_notes_what_is_malformed(properties: Any, said: str) -> None:
    _, problems = Scanning.from_cfn({"Properties": properties}, ORIGIN)
    assert said in errors(problems)[0]


def test_a_resource_without_properties_is_refused() -> None:
    scanning, problems = Scanning.from_cfn({}, ORIGIN)
    assert problems == []
    assert "scan_type must be one of BASIC, ENHANCED, got ''" in errors(scanning.problems())[0]


def test_reads_a_live_registry() -> None:
    described = {
        "scanType": "ENHANCED",
        "rules": [
            {
                "scanFrequency": "CONTINUOUS_SCAN",
                "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}],
            }
        ],
    }
    assert Scanning.from_api(described) == Scanning.enhanced(continuous=["*"])
    assert Scanning.from_api({}) == Scanning.basic()
