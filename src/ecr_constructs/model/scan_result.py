"""What scanning found in an image.

Layer: model; imports the standard library only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class FindingSeverity(StrEnum):
    """How much a vulnerability matters; the order of the members is the order of weight.

    Amazon Inspector's ``UNTRIAGED`` is read as ``UNDEFINED``: nobody has weighed it yet.
    """

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATIONAL = "INFORMATIONAL"
    UNDEFINED = "UNDEFINED"

    @property
    def weight(self) -> int:
        """0 for the heaviest: sort by it to see the worst first."""
        return _WEIGHTS[self]

    @classmethod
    def of(cls, text: str | None) -> FindingSeverity:
        """Return the severity that a finding names; ``UNDEFINED`` for one that is not known."""
        try:
            return cls(text or "")
        except ValueError:
            return cls.UNDEFINED


_WEIGHTS: Final = {severity: weight for weight, severity in enumerate(FindingSeverity)}
#: The findings of an image are there, and new ones still come with ``ACTIVE``.
_TOLD: Final = frozenset({"ACTIVE", "COMPLETE"})
#: What :attr:`ImageScan.status` says where ECR has no scan of an image.
NOT_SCANNED: Final = "NOT_SCANNED"


@dataclass(frozen=True, slots=True)
class VulnerablePackage:
    """A package that has a vulnerability.

    Attributes:
        name: Its name.
        version: Its version; empty where it is not told.
        fixed_in: The first version without it; None where none is known.
    """

    name: str
    version: str = ""
    fixed_in: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFinding:
    """One vulnerability in one image.

    Attributes:
        name: ``CVE-2024-1234``, or as its source calls it.
        severity: How much it matters.
        packages: What has it.
        title: What it is, in a line; empty where nobody says.
        url: Where it is described; None where that is not told.
        score: The CVSS score, 0 to 10; None for none.
        is_suppressed: Whether a rule of Amazon Inspector suppresses it, or it
            is closed: it does not count.
        exploit_available: Whether an exploit is known; None where that is not told.
    """

    name: str
    severity: FindingSeverity
    packages: tuple[VulnerablePackage, ...] = ()
    title: str = ""
    url: str | None = None
    score: float | None = None
    is_suppressed: bool = False
    exploit_available: bool | None = None

    @classmethod
    def from_basic(cls, described: Mapping[str, Any]) -> ScanFinding:
        """Read a finding of basic scanning.

        Args:
            described: An entry of ``findings``.
        """
        attributes = {
            each["key"]: each.get("value", "") for each in described.get("attributes", ())
        }
        package = attributes.get("package_name")
        scores = (attributes.get(f"CVSS{version}_SCORE") for version in (4, 3, 2))
        return cls(
            name=described.get("name", ""),
            severity=FindingSeverity.of(described.get("severity")),
            packages=(VulnerablePackage(package, attributes.get("package_version", "")),)
            if package
            else (),
            title=described.get("description", ""),
            url=described.get("uri"),
            score=next((found for each in scores if (found := _number(each)) is not None), None),
        )

    @classmethod
    def from_enhanced(cls, described: Mapping[str, Any]) -> ScanFinding:
        """Read a finding of Amazon Inspector.

        Args:
            described: An entry of ``enhancedFindings``.
        """
        details = described.get("packageVulnerabilityDetails", {})
        exploit = described.get("exploitAvailable")
        return cls(
            name=details.get("vulnerabilityId") or described.get("title", ""),
            severity=FindingSeverity.of(described.get("severity")),
            packages=tuple(
                VulnerablePackage(
                    each.get("name", ""),
                    each.get("version", ""),
                    _fixed(each.get("fixedInVersion")),
                )
                for each in details.get("vulnerablePackages", ())
            ),
            title=described.get("title") or described.get("description", ""),
            url=details.get("sourceUrl"),
            # A score of 0 is Inspector's way to say that there is none.
            score=described.get("score") or None,
            is_suppressed=described.get("status", "ACTIVE") != "ACTIVE",
            exploit_available=None if exploit is None else exploit == "YES",
        )

    @property
    def weight(self) -> tuple[int, float, str]:
        """What to sort by to see the worst first."""
        return self.severity.weight, -(self.score or 0), self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageScan:
    """The scan of one image.

    Attributes:
        digest: The image's digest.
        tags: Its tags.
        platform: What an index says that it runs on; None for an image that
            was asked for itself.
        status: The ``status`` of ``imageScanStatus``, or :data:`NOT_SCANNED`.
        description: What ECR says of the status; empty for nothing.
        findings: Worst first.
    """

    digest: str
    tags: tuple[str, ...] = ()
    platform: str | None = None
    status: str
    description: str = ""
    findings: tuple[ScanFinding, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether the findings are known. Where not, none of them means nothing."""
        return self.status in _TOLD

    @property
    def counted(self) -> tuple[ScanFinding, ...]:
        """The findings that count: those that are not suppressed."""
        return tuple(each for each in self.findings if not each.is_suppressed)

    @property
    def counts(self) -> dict[FindingSeverity, int]:
        """How many findings there are of each severity that has some, worst first."""
        counts = Counter(each.severity for each in self.counted)
        return {severity: counts[severity] for severity in FindingSeverity if counts[severity]}

    def reaches(self, severity: FindingSeverity) -> bool:
        """Tell whether a gate at a severity stays shut.

        It does where a finding weighs as much, and where the findings are not known.
        """
        return not self.is_told or any(
            each.severity.weight <= severity.weight for each in self.counted
        )


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _fixed(version: str | None) -> str | None:
    return None if version in (None, "", "NotAvailable") else version
