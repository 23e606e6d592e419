"""Rules about scanning, by the repository's own flag or by the registry's configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.sources import GUIDE
from ecr_constructs.model.baseline import Control
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.registry import Located, Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.scan_coverage import RepositoryCoverage, coverage
from ecr_constructs.model.scanning import Scanning, ScanType
from ecr_constructs.model.unresolved import Text, Unresolved

_BASIC: Final = "GovernedRegistry(scanning=Scanning.basic(on_push=['*']))"
_FLAG: Final = "ScanOnPush: true"
_ENHANCED: Final = (
    "GovernedRegistry(scanning=Scanning.enhanced(continuous=['*'])), or on_push=['*'] there"
)


def _scanning(facts: Facts) -> Iterator[Located]:
    covered: dict[int, RepositoryCoverage] = {}
    for registry in facts.deployment.registries:
        if isinstance(registry.scanning, Scanning):
            names = [repository.repository_name for repository in registry.repositories]
            pairs = zip(registry.repositories, coverage(registry.scanning, names), strict=True)
            covered.update((id(repository), found) for repository, found in pairs)
    for registry, repository, origin in facts.repositories:
        for problem in _of_repository(registry, repository, covered.get(id(repository))):
            yield Located(origin, problem)


def _of_repository(
    registry: Registry, repository: Repository, covered: RepositoryCoverage | None
) -> Iterator[Problem]:
    flag, path = repository.scan_on_push, "ImageScanningConfiguration"
    if isinstance(registry.scanning, Unresolved):
        if flag is not True:
            yield violation(
                "whether pushed images are scanned cannot be told: nor can the registry's scanning"
                " configuration",
                f"{_BASIC}, or {_FLAG}",
                path=path,
                unknown=True,
            )
        return
    scan_type = registry.scanning.scan_type if registry.scanning is not None else ScanType.BASIC
    is_scanned = None if covered is None else covered.is_scanned
    # Under enhanced scanning the repository's own flag means nothing.
    is_flagged = False if scan_type == ScanType.ENHANCED else flag
    has_rules = registry.scanning is not None and bool(registry.scanning.rules)
    if is_scanned or (is_flagged is True and not has_rules):
        return
    given = f"ScanOnPush is {str(flag).lower() if isinstance(flag, bool) else flag}"
    if covered is not None:
        given += f", and no rule of the registry's {scan_type} scanning is known to select it"
    # The guide says that what no filter selects is scanned by hand, and of the flag that it is
    # being retired: which one wins it does not say.
    fix = _fix(scan_type, is_flag_enough=not has_rules and flag is not True)
    if is_flagged is not False or (covered is not None and is_scanned is None):
        yield violation(
            f"whether pushed images are scanned cannot be told: {given}",
            fix,
            path=path,
            unknown=True,
        )
    else:
        yield violation(f"nothing scans pushed images: {given}", fix, path=path)


def _fix(scan_type: Text, *, is_flag_enough: bool) -> str:
    """Return what to write: where rules of the registry scan, the flag may not count."""
    if scan_type == ScanType.ENHANCED:
        return _ENHANCED
    return f"{_BASIC}, or {_FLAG}" if is_flag_enough else _BASIC


RULES: Final = (
    Rule(
        id="EcrGovernance-ImageScanning",
        severity=Severity.ERROR,
        title="Each pushed image is scanned",
        explanation="Basic scanning costs nothing, and an image that nothing scans is deployed with"
        " whatever is known to be wrong with it. A repository is scanned by a rule of the"
        " registry's configuration that selects it, or by its own flag, which AWS is about to"
        " retire and which means nothing under enhanced scanning: there a repository that no rule"
        " selects is not scanned at all. A filter without '*' selects every name that contains it.",
        remediation="Leave scan_on_push out, and GovernedRegistry(scanning=...) for the registry."
        " In CloudFormation: ImageScanningConfiguration: {ScanOnPush: true}, or"
        " AWS::ECR::RegistryScanningConfiguration.",
        source=f"{GUIDE}/image-scanning.html",
        control=Control.SCAN_ON_PUSH,
        elsewhere={
            "Security Hub": "ECR.1",
            "AWS Config": "ecr-private-image-scanning-enabled",
            "Control Tower": "CT.ECR.PR.2",
            "Prowler": "ecr_repositories_scan_images_on_push_enabled,"
            " ecr_registry_scan_images_on_push_enabled",
            "cfn-guard": "ECR_REPO_SCAN_ON_PUSH",
            "checkov": "CKV_AWS_163",
            "Trivy": "AWS-0030",
        },
        check=_scanning,
    ),
)
