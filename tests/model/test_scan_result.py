"""What scanning found: what is read of either kind of finding, and what shuts a gate."""

from __future__ import annotations

import pytest
from tests.model.aws_models import shape

from ecr_constructs.model.scan_result import (
    FindingSeverity,
    ImageScan,
    ScanFinding,
    VulnerablePackage,
)


def test_the_severities_are_those_of_amazon_ecr_worst_first() -> None:
    assert {str(each) for each in FindingSeverity} == set(shape("FindingSeverity")["enum"])
    assert sorted(FindingSeverity, key=lambda each: each.weight) == list(FindingSeverity)
    assert FindingSeverity.of("UNTRIAGED") is FindingSeverity.UNDEFINED


@pytest.mark.parametrize(
    ("attributes", "score"),
    [
        ({"CVSS2_SCORE": "4.3", "CVSS3_SCORE": "9.8"}, 9.8),
        ({"CVSS2_SCORE": "4.3", "CVSS3_SCORE": ""}, 4.3),
        ({"CVSS3_SCORE": "high"}, None),
        ({}, None),
    ],
)
def test_a_finding_of_basic_scanning_is_read(
    attributes: dict[str, str], score: float | None
) -> None:
    given = {"package_name": "openssl", "package_version": "3.0.1", **attributes}
    assert ScanFinding.from_basic(
        {
            "name": "CVE-2024-1",
            "description": "A flaw",
            "uri": "https://example.com/1",
            "severity": "HIGH",
            "attributes": [{"key": key, "value": value} for key, value in given.items()],
        }
    ) == ScanFinding(
        name="CVE-2024-1",
        severity=FindingSeverity.HIGH,
        packages=(VulnerablePackage("openssl", "3.0.1"),),
        title="A flaw",
        url="https://example.com/1",
        score=score,
    )


def test_a_finding_of_amazon_inspector_is_read() -> None:
    described = {
        "title": "CVE-2024-2 - log4j",
        "severity": "CRITICAL",
        "status": "SUPPRESSED",
        "score": 10.0,
        "exploitAvailable": "YES",
        "packageVulnerabilityDetails": {
            "vulnerabilityId": "CVE-2024-2",
            "sourceUrl": "https://example.com/2",
            "vulnerablePackages": [
                {"name": "log4j", "version": "2.0", "fixedInVersion": "2.17"},
                {"name": "log4j-api", "version": "2.0", "fixedInVersion": "NotAvailable"},
            ],
        },
    }
    assert ScanFinding.from_enhanced(described) == ScanFinding(
        name="CVE-2024-2",
        severity=FindingSeverity.CRITICAL,
        packages=(
            VulnerablePackage("log4j", "2.0", "2.17"),
            VulnerablePackage("log4j-api", "2.0"),
        ),
        title="CVE-2024-2 - log4j",
        url="https://example.com/2",
        score=10.0,
        is_suppressed=True,
        exploit_available=True,
    )
    bare = ScanFinding.from_enhanced({"title": "t", "score": 0.0})
    assert bare == ScanFinding(name="t", severity=FindingSeverity.UNDEFINED, title="t")


HIGH = ScanFinding(name="a", severity=FindingSeverity.HIGH)
HIDDEN = ScanFinding(name="b", severity=FindingSeverity.CRITICAL, is_suppressed=True)


@pytest.mark.parametrize(
    ("status", "findings", "gate", "reaches"),
    [
        ("COMPLETE", (HIGH,), FindingSeverity.CRITICAL, False),
        ("COMPLETE", (HIGH,), FindingSeverity.HIGH, True),
        ("ACTIVE", (HIGH,), FindingSeverity.LOW, True),
        ("ACTIVE", (HIDDEN,), FindingSeverity.UNDEFINED, False),
        ("COMPLETE", (), FindingSeverity.UNDEFINED, False),
        # What is not known is never fine.
        ("IN_PROGRESS", (), FindingSeverity.CRITICAL, True),
        ("NOT_SCANNED", (), FindingSeverity.CRITICAL, True),
    ],
)
def test_a_gate_stays_shut_for_what_is_found_and_for_what_is_not_known(
    status: str, findings: tuple[ScanFinding, ...], gate: FindingSeverity, *, reaches: bool
) -> None:
    scan = ImageScan(digest="sha256:1", status=status, findings=findings)
    assert scan.reaches(gate) is reaches


def test_every_status_but_two_means_that_findings_are_not_known() -> None:
    told = {s for s in shape("ScanStatus")["enum"] if ImageScan(digest="d", status=s).is_told}
    assert told == {"ACTIVE", "COMPLETE"}


def test_what_is_suppressed_is_not_counted() -> None:
    scan = ImageScan(digest="d", status="ACTIVE", findings=(HIDDEN, HIGH, HIGH))
    assert scan.counts == {FindingSeverity.HIGH: 2}
