"""How the registry's images are scanned, and which repositories each rule covers.

Layer: model; imports ``errors`` and ``service`` only.

Sources: the schema of ``AWS::ECR::RegistryScanningConfiguration`` in the CloudFormation
registry, https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.codec import Fields
from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.repository_filter import (
    FilterType,
    as_filters,
    filter_problems,
    filters_from_api,
    filters_from_cfn,
    filters_to_cfn,
    ordered_filters,
)
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import limits


class ScanType(StrEnum):
    """Which engine scans."""

    BASIC = "BASIC"  # Amazon ECR: operating system packages, at no further cost
    ENHANCED = "ENHANCED"  # Amazon Inspector: packages of languages too, which Inspector bills


class ScanFrequency(StrEnum):
    """When the images of a repository are scanned."""

    SCAN_ON_PUSH = "SCAN_ON_PUSH"
    CONTINUOUS_SCAN = "CONTINUOUS_SCAN"  # enhanced scanning only
    MANUAL = "MANUAL"  # the API alone has it: a template leaves the repository out


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanningRule:
    """When the repositories that one of the filters selects are scanned.

    Attributes:
        scan_frequency: One of :class:`ScanFrequency`.
        repository_filters: 1 to 100 filters. One without ``*`` selects every
            name that *contains* it.
    """

    scan_frequency: Text
    repository_filters: tuple[Text, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "repository_filters", as_filters(self.repository_filters))

    def problems(self, scan_type: Text) -> Iterator[Problem]:
        """Yield what ECR or CloudFormation would refuse in a rule of this scan type."""
        frequency = self.scan_frequency
        if is_known(frequency) and frequency not in tuple(ScanFrequency):
            yield problem_at(
                "scan_frequency",
                f"scan_frequency must be SCAN_ON_PUSH or CONTINUOUS_SCAN, got {str(frequency)!r}",
                "write ScanFrequency.SCAN_ON_PUSH",
            )
        elif frequency == ScanFrequency.MANUAL:
            yield problem_at(
                "scan_frequency",
                "scan_frequency must be SCAN_ON_PUSH or CONTINUOUS_SCAN in a template, got"
                " 'MANUAL'",
                "leave the rule out: repositories that no rule selects are scanned by hand",
            )
        elif frequency == ScanFrequency.CONTINUOUS_SCAN and scan_type == ScanType.BASIC:
            yield problem_at(
                "scan_frequency",
                "scan_frequency must be SCAN_ON_PUSH with basic scanning, got 'CONTINUOUS_SCAN'",
                "write Scanning.enhanced(continuous=[...]), which Amazon Inspector bills",
            )
        yield from filter_problems(FilterType.WILDCARD, self.repository_filters)
        if not self.repository_filters:
            yield problem_at(
                "repository_filters",
                "a scanning rule must have filters, as no page says what one without them"
                " selects, got none",
                "write ['*'] for all repositories, or leave the rule out",
                severity=Severity.WARNING,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanning:
    """The scanning configuration of a registry.

    Removing it from a template sets the registry back to basic scanning without
    rules, and may turn off Amazon Inspector's scanning of it.

    Attributes:
        scan_type: One of :class:`ScanType`.
        rules: At most 2, one for each frequency. Where both select a
            repository, continuous scanning wins.
        origin: Where it was read from; no part of its value.

    Example:
        >>> Scanning.basic(on_push=["*"]).rules[0].repository_filters
        ('*',)
    """

    scan_type: Text = ScanType.BASIC
    rules: tuple[ScanningRule, ...] = ()
    origin: Origin | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(self.rules))

    @classmethod
    @tells_arguments(continuous="write Scanning.enhanced(continuous=...)")
    def basic(cls, *, on_push: Iterable[Text] = ()) -> Scanning:
        """Return scanning by Amazon ECR itself, at no further cost.

        Args:
            on_push: Filters: what is scanned when it is pushed. The other
                repositories are scanned by hand. Default: none.
        """
        return cls(scan_type=ScanType.BASIC, rules=_rules(on_push=on_push))

    @classmethod
    @tells_arguments()
    def enhanced(cls, *, continuous: Iterable[Text] = (), on_push: Iterable[Text] = ()) -> Scanning:
        """Return scanning by Amazon Inspector, which bills it.

        What neither selects is not scanned at all, and cannot be scanned by hand.

        Args:
            continuous: Filters: what is scanned when it is pushed and again
                whenever a new vulnerability is known. Default: none.
            on_push: Filters: what is scanned once, when it is pushed. Default: none.
        """
        return cls(
            scan_type=ScanType.ENHANCED, rules=_rules(continuous=continuous, on_push=on_push)
        )

    @property
    def bills(self) -> str | None:
        """Who bills what for this, in one sentence; None where it costs nothing further."""
        if self.scan_type == ScanType.BASIC:
            return None
        what = "bills each image that enhanced scanning scans, at first and again"
        if is_known(self.scan_type):
            return f"Amazon Inspector {what}"
        return f"if the scan type is ENHANCED, Amazon Inspector {what}"

    def problems(self) -> list[Problem]:
        """Return what ECR or CloudFormation would refuse, with the paths of the parameters."""
        problems = list(self._whole_problems())
        for index, rule in enumerate(self.rules):
            problems += (p.below(f"rules[{index}]") for p in rule.problems(self.scan_type))
        return problems

    def normalise(self) -> Scanning:
        """Return the configuration in the one form of its meaning; idempotent.

        Rules of one frequency are one, unless their filters are too many for it.
        """
        filters: dict[Text, list[Text]] = {}
        for rule in self.rules:
            filters.setdefault(rule.scan_frequency, []).extend(rule.repository_filters)
        return replace(
            self,
            rules=tuple(
                ScanningRule(scan_frequency=frequency, repository_filters=part)
                for frequency in sorted(filters, key=str)
                for part in _parts(ordered_filters(filters[frequency]))
            ),
        )

    def to_cfn(self) -> dict[str, Any]:
        """Return the ``Properties`` of ``AWS::ECR::RegistryScanningConfiguration``."""
        return {
            "ScanType": str(self.scan_type),
            "Rules": [
                {
                    "ScanFrequency": str(rule.scan_frequency),
                    "RepositoryFilters": filters_to_cfn(
                        FilterType.WILDCARD, rule.repository_filters
                    ),
                }
                for rule in self.rules
            ],
        }

    @classmethod
    def from_cfn(
        cls, resource: Mapping[str, Any], origin: Origin
    ) -> tuple[Scanning, list[Problem]]:
        """Read a resource of a template whose intrinsics are resolved as far as they go.

        Args:
            resource: The resource's ``Properties``.
            origin: Where it stands.

        Returns:
            The configuration, and what is malformed: such a value is left unknown.
        """
        fields = Fields(resource.get("Properties"))
        scanning = cls(
            scan_type=fields.text("ScanType") or "",
            rules=tuple(
                ScanningRule(
                    scan_frequency=each.text("ScanFrequency") or "",
                    repository_filters=filters_from_cfn(
                        FilterType.WILDCARD, each, f"Properties.Rules[{index}]"
                    ),
                )
                for index, each in enumerate(fields.each("Rules"))
            ),
            origin=origin,
        )
        return scanning, fields.problems

    @classmethod
    def from_api(cls, described: Mapping[str, Any]) -> Scanning:
        """Read a live registry.

        Args:
            described: ``scanningConfiguration`` of ``GetRegistryScanningConfiguration``.
        """
        return cls(
            scan_type=described.get("scanType", ScanType.BASIC),
            rules=tuple(
                ScanningRule(
                    scan_frequency=each["scanFrequency"],
                    repository_filters=filters_from_api(each),
                )
                for each in described.get("rules", ())
            ),
        )

    def _whole_problems(self) -> Iterator[Problem]:
        if is_known(self.scan_type) and self.scan_type not in tuple(ScanType):
            yield problem_at(
                "scan_type",
                f"scan_type must be one of {', '.join(ScanType)}, got {str(self.scan_type)!r}",
                "write Scanning.basic(...) or Scanning.enhanced(...)",
            )
        if len(self.rules) > limits.SCANNING_RULES:
            yield problem_at(
                "rules",
                f"a scanning configuration must have at most {limits.SCANNING_RULES} rules, got"
                f" {len(self.rules)}",
                "write one rule for each frequency, with all its filters",
            )
        counts = Counter(
            rule.scan_frequency for rule in self.rules if is_known(rule.scan_frequency)
        )
        for frequency, count in counts.items():
            if count > 1:
                yield problem_at(
                    "rules",
                    f"a scanning configuration must have one rule for each frequency, got {count}"
                    f" for {str(frequency)!r}",
                    "unite their filters",
                    severity=Severity.WARNING,
                )
        if self.scan_type == ScanType.ENHANCED and not self.rules:
            yield problem_at(
                "rules",
                "enhanced scanning must have rules, as no page says whether a template without"
                " them scans everything or nothing, got none",
                "write Scanning.enhanced(continuous=['*'])",
                severity=Severity.WARNING,
            )


def _rules(
    *, continuous: Iterable[Text] = (), on_push: Iterable[Text] = ()
) -> tuple[ScanningRule, ...]:
    given = (
        (ScanFrequency.CONTINUOUS_SCAN, as_filters(continuous)),
        (ScanFrequency.SCAN_ON_PUSH, as_filters(on_push)),
    )
    return tuple(
        ScanningRule(scan_frequency=frequency, repository_filters=filters)
        for frequency, filters in given
        if filters
    )


def _parts(filters: tuple[Text, ...]) -> Iterator[tuple[Text, ...]]:
    """Yield the filters in rules' worth; a rule without filters stays one."""
    for start in range(0, max(len(filters), 1), limits.SCANNING_FILTERS):
        yield filters[start : start + limits.SCANNING_FILTERS]
