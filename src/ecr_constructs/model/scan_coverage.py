"""Which rule of the scanning configuration covers each repository, and which has none.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ecr_constructs.model.repository_filter import FilterType, matches
from ecr_constructs.model.scanning import Scanning, ScanningRule, ScanType
from ecr_constructs.model.unresolved import Text, is_known


class Coverage(StrEnum):
    """How the images of a repository are scanned."""

    CONTINUOUS_SCAN = "CONTINUOUS_SCAN"
    SCAN_ON_PUSH = "SCAN_ON_PUSH"
    MANUAL = "MANUAL"  # basic scanning: only when somebody asks for it
    OFF = "OFF"  # enhanced scanning: not at all
    UNKNOWN = "UNKNOWN"  # cannot be told before deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryCoverage:
    """How one repository is scanned, and what decided.

    Attributes:
        repository_name: The repository; None where CloudFormation makes a name up.
        coverage: How it is scanned, at the least: where a rule for pushes
            selects it and it cannot be told whether a continuous one does too,
            it is ``SCAN_ON_PUSH``, and so where the frequency is not known.
        rule: The index of the rule that decided; None where none did.
        repository_filter: The first filter of that rule that selects it.
    """

    repository_name: Text | None
    coverage: Coverage
    rule: int | None = None
    repository_filter: Text | None = None

    @property
    def is_scanned(self) -> bool | None:
        """Whether each pushed image is scanned; None where it cannot be told."""
        if self.coverage is Coverage.UNKNOWN:
            return None
        return self.coverage in {Coverage.CONTINUOUS_SCAN, Coverage.SCAN_ON_PUSH}


def coverage(
    scanning: Scanning | None, repository_names: Iterable[Text | None]
) -> tuple[RepositoryCoverage, ...]:
    """Return how each repository is scanned, in the order of the names.

    Args:
        scanning: The configuration; None for a registry without one, which has
            basic scanning without rules.
        repository_names: The repositories.
    """
    scanning = Scanning.basic() if scanning is None else scanning
    uncovered = _uncovered(scanning)
    # Continuous scanning wins, and by hand is what is left.
    rules = sorted(
        (
            (_given_by(rule), index, rule.repository_filters)
            for index, rule in enumerate(scanning.rules)
        ),
        key=lambda rule: (_ORDER.index(rule[0]), rule[1]),
    )
    return tuple(_covered(name, rules, uncovered) for name in repository_names)


_ORDER: Final = (Coverage.CONTINUOUS_SCAN, Coverage.SCAN_ON_PUSH, Coverage.MANUAL)


def _given_by(rule: ScanningRule) -> Coverage:
    """Return how a rule scans, at the least: a frequency that is not known is one of the two."""
    if rule.scan_frequency in _ORDER:
        return Coverage(str(rule.scan_frequency))
    return Coverage.SCAN_ON_PUSH


def _covered(
    name: Text | None,
    rules: list[tuple[Coverage, int, tuple[Text, ...]]],
    uncovered: Coverage,
) -> RepositoryCoverage:
    is_certain = True
    for given, index, filters in rules:
        # What a rule without filters selects is not documented.
        answers = [matches(FilterType.WILDCARD, value, name) for value in filters] or [None]
        if True in answers:
            return RepositoryCoverage(
                repository_name=name,
                coverage=given,
                rule=index,
                repository_filter=filters[answers.index(True)],
            )
        is_certain = is_certain and None not in answers
    return RepositoryCoverage(
        repository_name=name, coverage=uncovered if is_certain else Coverage.UNKNOWN
    )


def _uncovered(scanning: Scanning) -> Coverage:
    """Return how a repository is scanned that no rule selects."""
    if not is_known(scanning.scan_type):
        return Coverage.UNKNOWN
    if scanning.scan_type != ScanType.ENHANCED:
        return Coverage.MANUAL
    # Without any rule the API scans everything; what a template then means is not documented.
    return Coverage.OFF if scanning.rules else Coverage.UNKNOWN
