"""What the registries of an assembly are: finished data for the renderers.

Layer: review.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ecr_constructs.checks.engine import Finding, run_checks
from ecr_constructs.checks.rule import Rule
from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.review.words import describe_lifecycle, describe_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryReport:
    """One repository, in words.

    Attributes:
        name: Its name, or where it stands if CloudFormation makes one up.
        construct_path: The construct that defines it, if known.
        tags: How pushed tags are kept: ``immutable``, ``immutable except latest``, ...
        scanning: ``on push``, ``not by the repository``, ``cannot be told``.
        encryption: ``AES256``, ``KMS (aws/ecr)``, ``KMS (<key>)``, ...
        retention: A line for each lifecycle rule.
        access: A line for each statement of its policy.
        deletion: What happens when it leaves its stack.
        exemptions: The controls that are loosened, and why.
    """

    name: str
    construct_path: str | None
    tags: str
    scanning: str
    encryption: str
    retention: tuple[str, ...]
    access: tuple[str, ...]
    deletion: str
    exemptions: tuple[Exemption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryReport:
    """One registry, in words.

    Attributes:
        account: The account, or where it comes from.
        region: The Region, or where it comes from.
        repositories: In the order of the model.
    """

    account: str
    region: str
    repositories: tuple[RepositoryReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All registries, and what the checks find.

    Attributes:
        registries: In the order of the model.
        findings: Worst first.
        today: The day on which exemptions were judged.
    """

    registries: tuple[RegistryReport, ...]
    findings: tuple[Finding, ...]
    today: dt.date


def report_on(deployment: Deployment, rules: Sequence[Rule], *, today: dt.date) -> Report:
    """Return the report on a deployment.

    Args:
        deployment: What was read.
        rules: What to check.
        today: The day on which exemptions are judged.
    """
    return Report(
        registries=tuple(_registry(registry) for registry in deployment.registries),
        findings=run_checks(deployment, rules, today=today),
        today=today,
    )


def _registry(registry: Registry) -> RegistryReport:
    return RegistryReport(
        account=str(registry.account),
        region=str(registry.region),
        repositories=tuple(_repository(repository) for repository in registry.repositories),
    )


def _repository(repository: Repository) -> RepositoryReport:
    origin = repository.origin
    where = f"{origin.stack}/{origin.logical_id}" if origin else "a repository"
    return RepositoryReport(
        name=str(repository.repository_name or f"({where}: named by CloudFormation)"),
        construct_path=origin.construct_path if origin else None,
        tags=_tags(repository),
        scanning=_scanning(repository.scan_on_push),
        encryption=_encryption(repository),
        retention=describe_lifecycle(repository.lifecycle_policy),
        access=_access(repository.repository_policy),
        deletion=_deletion(repository),
        exemptions=repository.exemptions,
    )


def _tags(repository: Repository) -> str:
    word = str(repository.image_tag_mutability).removesuffix("_WITH_EXCLUSION").lower()
    if not repository.exclusion_filters:
        return word
    return f"{word} except {', '.join(map(str, repository.exclusion_filters))}"


def _scanning(scan_on_push: bool | Unresolved) -> str:  # noqa: FBT001 - the model's own value
    if isinstance(scan_on_push, Unresolved):
        return "cannot be told"
    return "on push" if scan_on_push else "not by the repository"


def _encryption(repository: Repository) -> str:
    kind, key = str(repository.encryption.type), repository.encryption.kms_key
    if kind == "AES256":
        return kind
    return f"{kind} ({key or 'aws/ecr'})"


def _access(policy: Policy | Malformed | Unresolved | None) -> tuple[str, ...]:
    if policy is None:
        return ("its own account alone",)
    if isinstance(policy, Malformed):
        return ("the policy is malformed",)
    if isinstance(policy, Unresolved):
        return (f"cannot be told: {policy.text}",)
    return tuple(describe_statement(statement) for statement in policy.normalise().statements)


def _deletion(repository: Repository) -> str:
    if repository.deletion_policy != "Delete":
        return "kept"
    if repository.empty_on_delete is True:
        return "deleted with its images"
    return "deleted if empty"
