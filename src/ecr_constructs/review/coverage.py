"""How each repository is scanned, by the registry's configuration and by its own flag.

Layer: review. It says the same as the rule ``EcrGovernance-Scanning``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ecr_constructs.model.registry import Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.scan_coverage import Coverage, RepositoryCoverage, coverage
from ecr_constructs.model.scanning import Scanning, ScanType
from ecr_constructs.model.unresolved import Unresolved, is_known

#: What each says of a repository, as it stands behind its name.
_WORDS: Final = {
    Coverage.CONTINUOUS_SCAN: "scanned on push and again whenever a vulnerability is known",
    Coverage.SCAN_ON_PUSH: "scanned on push",
    Coverage.MANUAL: "scanned only when somebody asks for it",
    Coverage.OFF: "not scanned",
    Coverage.UNKNOWN: "scanned or not: it cannot be told",
}
_SHORT: Final = {
    Coverage.CONTINUOUS_SCAN: "continuously",
    Coverage.SCAN_ON_PUSH: "on push",
    Coverage.MANUAL: "by hand",
    Coverage.OFF: "not at all",
    Coverage.UNKNOWN: "cannot tell",
}
#: How much is scanned; what cannot be told is nothing that can be relied on.
_WEIGHTS: Final = {
    Coverage.CONTINUOUS_SCAN: 3,
    Coverage.SCAN_ON_PUSH: 2,
    Coverage.MANUAL: 1,
    Coverage.OFF: 0,
}


@dataclass(frozen=True, slots=True)
class Scan:
    """How a repository is scanned.

    Attributes:
        coverage: When.
        enhanced: Whether Amazon Inspector does it; False for basic scanning, None where
            the scan type is known only at deployment.
        by: What decided, for people.
        at_least: Whether it may be more, as the frequency of the rule that decided is
            known only at deployment.
    """

    coverage: Coverage
    enhanced: bool | None
    by: str
    at_least: bool = False

    @property
    def words(self) -> str:
        """How, as it stands behind a name and "is"."""
        engine = " by Amazon Inspector"
        if self.enhanced is None and self.is_scanned:
            engine = ", whether by Amazon Inspector cannot be told"
        elif not self.enhanced or self.coverage is Coverage.OFF:
            engine = ""
        return f"{_WORDS[self.coverage]}{' at least' * self.at_least}{engine}"

    @property
    def short(self) -> str:
        """How, in a word or two for a table."""
        return _SHORT[self.coverage]

    @property
    def is_scanned(self) -> bool | None:
        """Whether each pushed image is scanned; None where it cannot be told."""
        if self.coverage is Coverage.UNKNOWN:
            return None
        return self.coverage in {Coverage.CONTINUOUS_SCAN, Coverage.SCAN_ON_PUSH}

    @property
    def weight(self) -> int | None:
        """How much is scanned; None where it cannot be told."""
        return _WEIGHTS.get(self.coverage)


def scans_of(registry: Registry) -> list[Scan]:
    """Return how each repository of a registry is scanned, in their order."""
    scanning = registry.scanning
    if not isinstance(scanning, Scanning):
        return [_alone(each, is_known=scanning is None) for each in registry.repositories]
    names = [each.repository_name for each in registry.repositories]
    return [
        _together(scanning, repository, covered)
        for repository, covered in zip(
            registry.repositories, coverage(scanning, names), strict=True
        )
    ]


def _alone(repository: Repository, *, is_known: bool) -> Scan:
    """Return how a repository is scanned by its own flag."""
    flag = repository.scan_on_push
    if flag is True:
        return Scan(Coverage.SCAN_ON_PUSH, enhanced=False, by="its own flag")
    if not is_known or isinstance(flag, Unresolved):
        return Scan(Coverage.UNKNOWN, enhanced=False, by="what is known at deployment")
    return Scan(Coverage.MANUAL, enhanced=False, by="no rule and no flag")


def _together(scanning: Scanning, repository: Repository, covered: RepositoryCoverage) -> Scan:
    enhanced: bool | None = scanning.scan_type == ScanType.ENHANCED
    if not is_known(scanning.scan_type):
        enhanced = None
    if covered.is_scanned:
        by = f"the filter {str(covered.repository_filter)!r} of the registry"
        decided = None if covered.rule is None else scanning.rules[covered.rule]
        at_least = decided is not None and not is_known(decided.scan_frequency)
        return Scan(covered.coverage, enhanced, by, at_least)
    flag = False if enhanced else repository.scan_on_push
    if flag is True and not scanning.rules and enhanced is not None:
        return Scan(Coverage.SCAN_ON_PUSH, enhanced=False, by="its own flag")
    # Which one wins of a flag and of rules that do not select the repository is not documented.
    if flag is not False:
        return Scan(Coverage.UNKNOWN, enhanced, "its own flag, against the registry's rules")
    if covered.is_scanned is None:
        return Scan(Coverage.UNKNOWN, enhanced, _undecided(scanning))
    return Scan(covered.coverage, enhanced, "no rule of the registry")


def _undecided(scanning: Scanning) -> str:
    """Return why it cannot be told whether the rules of a registry select a repository."""
    if not scanning.rules:
        return "enhanced scanning without rules, which a template gives no documented meaning"
    return "rules of the registry that are not known, or have no filters"
