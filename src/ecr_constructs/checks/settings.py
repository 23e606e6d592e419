"""What the values of a registry say is wrong with them, and which rule that is for.

Layer: checks; imports ``model``.

A value's ``problems()`` speak of this library's parameters, as constructs
refuse them; a template has CloudFormation's properties, so that is what they
are called here.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from ecr_constructs.checks.facts import Facts, owners
from ecr_constructs.checks.rule import Check
from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.registry import Located, Registry
from ecr_constructs.model.replication import Replication
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.unresolved import Text
from ecr_constructs.service import limits, patterns
from ecr_constructs.service.partitions import partition_of

#: Policies, lifecycle policies and exemptions have rules of their own.
_ELSEWHERE: Final = ("repository_policy", "lifecycle_policy", "exemptions")
#: The rule that a problem is for, by the type that has it, its id and its weight. What is not
#: here is for one of the last two.
_RULES: Final[Mapping[tuple[str, str, Severity], str]] = {
    ("cache", "credential-arn", Severity.ERROR): "CacheCredential",
    ("replication", "destinations", Severity.ERROR): "ReplicationDestination",
    ("replication", "region", Severity.ERROR): "ReplicationDestination",
    ("replication", "region", Severity.WARNING): "ReplicationDestination",
    ("replication", "registry-id", Severity.ERROR): "ReplicationDestination",
    ("replication", "repository-filters", Severity.WARNING): "ReplicationPrefix",
    ("signing", "repository-filters", Severity.WARNING): "SigningOfCache",
    ("template", "custom-role-arn", Severity.ERROR): "TemplateRole",
    ("template", "image-tag-mutability", Severity.WARNING): "CacheTags",
    ("public", "region", Severity.ERROR): "PublicRepositoryRegion",
}
_REFUSED: Final = "Deployable"
_DOUBTFUL: Final = "Doubtful"
#: Parameters that CloudFormation does not call the same in camel case.
_PROPERTIES: Final = {
    "encryption_key": "KmsKey",
    "encryption": "EncryptionType",
    "upstream": "UpstreamRegistryUrl",
    "catalog_data": "RepositoryCatalogData",
    "resource_tags": "ResourceTags",
}
_PARAMETER: Final = re.compile(
    r"(?<![\w.'(])(image_tag_mutability_exclusion_filters|image_tag_mutability|repository_name"
    r"|repository_filters|encryption_key|encryption|custom_role_arn|credential_arn|applied_for"
    r"|ecr_repository_prefix|upstream_repository_prefix|resource_tags|registry_id|principal_arn"
    r"|signing_profile_arn|scan_frequency|scan_type|catalog_data|repository_description"
    r"|about_text|usage_text|operating_systems|upstream|secret_name)(?![\w('])"
)


def noted_for(*names: str) -> Check:
    """Make a rule's function from the names of rules that problems are for."""

    def check(facts: Facts) -> Iterator[Located]:
        noted = facts.once(_noted, lambda: _noted(facts))
        for name in names:
            yield from noted.get(name, ())

    return check


def _noted(facts: Facts) -> dict[str, list[Located]]:
    """Return what all values say is wrong with them, by the rule that it is for."""
    noted: dict[str, list[Located]] = {}
    for kind, located in _all(facts):
        problem = located.problem
        if problem.path.startswith(_ELSEWHERE):
            continue
        default = _REFUSED if problem.severity is Severity.ERROR else _DOUBTFUL
        name = _RULES.get((kind, problem.id, problem.severity), default)
        noted.setdefault(name, []).append(Located(located.origin, in_cfn_words(problem, kind)))
    return noted


def _all(facts: Facts) -> Iterator[tuple[str, Located]]:
    yield from _of_repositories(facts)
    for registry, template, origin in facts.templates:
        problems = template.problems(
            account=registry.account, region=registry.region, partition=_partition(registry)
        )
        yield from (("template", Located(origin, problem)) for problem in problems)
    for registry, rule, origin in facts.cache_rules:
        problems = rule.problems(account=registry.account, region=registry.region)
        yield from (("cache", Located(origin, problem)) for problem in problems)
    for _, exclusion, origin in facts.exclusions:
        yield from (("exclusion", Located(origin, p)) for p in exclusion.problems())
    for _, setting, origin in facts.account_settings:
        yield from (("setting", Located(origin, problem)) for problem in setting.problems())
    for public, origin in facts.public_repositories:
        yield from (("public", Located(origin, problem)) for problem in public.problems())
    for registry in facts.deployment.registries:
        yield from _of_registry(registry)


def _of_repositories(facts: Facts) -> Iterator[tuple[str, Located]]:
    known: dict[Hashable, list[Problem]] = {}
    for registry, repository, origin in facts.repositories:
        # The repositories of a fleet differ in their names, and hardly in anything else.
        alike = (
            repository.image_tag_mutability,
            repository.exclusion_filters,
            repository.encryption,
            repository.tags,
            registry.region,
        )
        if alike not in known:
            known[alike] = _repository_problems(registry, repository)
        for each in known[alike]:
            yield "repository", Located(origin, each)
        name = repository.repository_name
        if isinstance(name, str) and not _is_name(name):
            problems: Iterable[Problem] = Repository(repository_name=name).problems()
            yield from (("repository", Located(origin, each)) for each in problems)


def _repository_problems(registry: Registry, repository: Repository) -> list[Problem]:
    """Return what is wrong with a repository but for its name and what is judged elsewhere."""
    bare = Repository(
        image_tag_mutability=repository.image_tag_mutability,
        exclusion_filters=repository.exclusion_filters,
        encryption=repository.encryption,
        tags=repository.tags,
    )
    return [
        *bare.problems(partition=_partition(registry)),
        *_key_problems(registry, repository.encryption.kms_key),
    ]


def _of_registry(registry: Registry) -> Iterator[tuple[str, Located]]:
    """Yield what is wrong with what a registry has once, and with the number of things in it."""
    found: list[tuple[str, str, Iterable[Problem]]] = []
    if isinstance(registry.scanning, Scanning):
        found.append(("scanning", "scanning", registry.scanning.problems()))
    if isinstance(registry.replication, Replication):
        problems = registry.replication.problems(
            account=registry.account,
            region=registry.region,
            repository_names=[each.repository_name for each in registry.repositories],
        )
        found.append(("replication", "replication", problems))
    if isinstance(registry.signing, Signing):
        prefixes = [rule.ecr_repository_prefix for rule in registry.pull_through_cache_rules]
        problems = registry.signing.problems(region=registry.region, pull_through_prefixes=prefixes)
        found.append(("signing", "signing", problems))
    for kind, member, each in found:
        for problem in each:
            yield from ((kind, Located(origin, problem)) for origin in owners(registry, member))
    for what, values, most in (
        ("pull through cache rules", registry.pull_through_cache_rules, limits.CACHE_RULES),
        ("pull time update exclusions", registry.pull_time_exclusions, limits.PULL_TIME_EXCLUSIONS),
    ):
        if len(values) > most and values[-1].origin is not None:
            message = f"a registry must have at most {most} {what}, got {len(values)}"
            yield "registry", Located(values[-1].origin, problem_at("", message, "drop some"))


def _is_name(name: str) -> bool:
    fits = limits.REPOSITORY_NAME_MIN <= len(name) <= limits.REPOSITORY_NAME_MAX
    return fits and patterns.REPOSITORY_NAME.fullmatch(name) is not None


def _partition(registry: Registry) -> str:
    # What is not known passes for the partition in which most is allowed.
    return partition_of(registry.region) if isinstance(registry.region, str) else "aws-us-gov"


def _key_problems(registry: Registry, key: Text | None) -> Iterator[Problem]:
    arn = patterns.KEY_ARN.fullmatch(key) if isinstance(key, str) else None
    if arn is not None and isinstance(registry.region, str) and arn["region"] != registry.region:
        yield problem_at(
            "encryption_key",
            f"encryption_key must be in the repository's Region {registry.region!r}, got {key!r}",
            f"use a key of {registry.region!r}, for example a replica of this one",
        )


def in_cfn_words(problem: Problem, kind: str) -> Problem:
    """Return a problem that speaks of CloudFormation's properties.

    Args:
        problem: The problem of a value.
        kind: What kind of value has it.
    """
    path = re.sub(r"\['.*'\]", "", problem.path)
    path = ".".join(_property(part) for part in path.split(".")) if path else ""
    if kind == "replication":
        path = f"ReplicationConfiguration.{path}".removesuffix(".")
    return replace(
        problem,
        id=path,
        path=path,
        message=_PARAMETER.sub(lambda found: _property(found[0]), problem.message),
    )


def _property(parameter: str) -> str:
    name, bracket, index = parameter.partition("[")
    given = _PROPERTIES.get(name) or "".join(word.capitalize() for word in name.split("_"))
    return f"{given}{bracket}{index}"
