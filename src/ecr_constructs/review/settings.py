"""What a registry has once, in words: replication, caches, templates, scanning, signing, bills.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ecr_constructs.model.creation_template import CreationTemplate, longest_match
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.replication import Destination, Replication, ReplicationRule
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.scanning import Scanning, ScanType
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.statement import Principal
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.model.words import listed, plural
from ecr_constructs.review.access.matrix import statement_lines
from ecr_constructs.review.access.survey import Survey
from ecr_constructs.review.change.difference import Place
from ecr_constructs.review.change.flows import flows, is_replicated
from ecr_constructs.review.coverage import Scan
from ecr_constructs.review.describe import encryption_words, tags_words
from ecr_constructs.review.report import (
    CacheReport,
    FlowReport,
    ScanningReport,
    TemplateReport,
)
from ecr_constructs.review.words import describe_lifecycle, name_of

_REPLICATE: Final = "ecr:ReplicateImage"
_FREQUENCIES: Final = {
    "SCAN_ON_PUSH": "on push",
    "CONTINUOUS_SCAN": "on push and again whenever a vulnerability is known",
}


def replication_of(
    registry: Registry, others: Mapping[Destination, Registry], survey: Survey
) -> Iterator[FlowReport]:
    """Yield what a registry sends where, in the order of the destinations.

    Args:
        registry: The registry.
        others: The registries of the same assembly.
        survey: The access to them.
    """
    deletes = {
        destination
        for rule in _replication_rules(registry)
        if rule.delete_replication is not False
        for destination in rule.destinations
    }
    for destination, prefixes in sorted(flows(registry).items(), key=lambda item: str(item[0])):
        yield FlowReport(
            destination=Place(str(destination.registry_id), str(destination.region)),
            prefixes=tuple(sorted(str(each) or "all repositories" for each in prefixes)),
            repositories=tuple(
                name_of(each)
                for each in registry.repositories
                if is_replicated(prefixes, each.repository_name) is True
            ),
            permission=_permission(registry, destination, list(prefixes), others, survey),
            deletes=destination in deletes,
        )


def _replication_rules(registry: Registry) -> Sequence[ReplicationRule]:
    replication = registry.replication
    return replication.rules if isinstance(replication, Replication) else ()


def _permission(
    registry: Registry,
    destination: Destination,
    prefixes: Sequence[object],
    others: Mapping[Destination, Registry],
    survey: Survey,
) -> str:
    """Return whether the destination lets in what is sent to it."""
    if destination.registry_id == registry.account:
        return "the same account"
    target = others.get(destination)
    if target is None:
        return "up to its owner: it is not in this app"
    if isinstance(target.registry_policy, Unresolved):
        return "cannot be told: its policy is known only at deployment"
    source = Principal("AWS", f"arn:aws:iam::{registry.account}:root").as_arn("aws")
    for prefix in prefixes:
        stand_in = Repository(repository_name=f"{prefix}any-other")
        subject = survey.subject(target, stand_in)
        held = survey.permissions(subject, source)
        if not any(_REPLICATE in permission.actions for permission in held):
            return "refused: its registry policy does not let this account replicate"
    return "allowed by its registry policy"


def caches_of(registry: Registry) -> Iterator[CacheReport]:
    """Yield the pull through caches of a registry."""
    for rule in registry.pull_through_cache_rules:
        template = longest_match(
            registry.creation_templates, f"{str(rule.ecr_repository_prefix).rstrip('/')}/image"
        )
        yield CacheReport(
            prefix=str(rule.ecr_repository_prefix),
            upstream=_upstream(rule),
            upstream_prefix=str(rule.upstream_repository_prefix or ""),
            credential=str(rule.credential_arn or rule.custom_role_arn or "none"),
            template=str(template.prefix) if isinstance(template, CreationTemplate) else "",
            origin=rule.origin,
        )


def _upstream(rule: PullThroughCacheRule) -> str:
    kind, url = rule.upstream.kind, rule.upstream.url
    return f"{kind.title} ({url})" if kind is not None else str(url)


def templates_of(registry: Registry) -> Iterator[TemplateReport]:
    """Yield the repository creation templates of a registry."""
    for template in registry.creation_templates:
        yield TemplateReport(
            prefix=str(template.prefix),
            applied_for=tuple(map(str, template.applied_for)),
            tags=tags_words(template.image_tag_mutability, template.exclusion_filters),
            encryption=encryption_words(template.encryption),
            retention=describe_lifecycle(template.lifecycle_policy),
            statements=statement_lines(template.repository_policy),
            exemptions=template.exemptions,
            origin=template.origin,
        )


def scanning_of(registry: Registry, scans: Sequence[Scan]) -> ScanningReport:
    """Return how a registry scans, and what it does not scan."""
    names = [name_of(each) for each in registry.repositories]
    pairs = list(zip(names, scans, strict=True))
    scanning = registry.scanning
    rules: tuple[str, ...] = ()
    if scanning is None:
        summary = "not set here: basic scanning, and each repository's own flag"
    elif isinstance(scanning, Scanning):
        enhanced = scanning.scan_type == ScanType.ENHANCED
        summary = "enhanced scanning by Amazon Inspector" if enhanced else "basic scanning"
        rules = tuple(
            f"{_FREQUENCIES.get(str(rule.scan_frequency), str(rule.scan_frequency))}:"
            f" {listed(map(str, rule.repository_filters))}"
            for rule in scanning.rules
        )
    else:
        summary = "cannot be told: two resources set it, or it is known only at deployment"
    return ScanningReport(
        summary=summary,
        rules=rules,
        scanned=sum(scan.is_scanned is True for scan in scans),
        uncovered=tuple(name for name, scan in pairs if scan.is_scanned is False),
        unknown=tuple(name for name, scan in pairs if scan.is_scanned is None),
    )


def signing_of(registry: Registry) -> Iterator[str]:
    """Yield a line for each signing rule of a registry."""
    if isinstance(registry.signing, Unresolved):
        yield "cannot be told: two resources set it, or it is known only at deployment"
    if isinstance(registry.signing, Signing):
        for rule in registry.signing.rules:
            filters = rule.repository_filters
            what = "all repositories" if filters is None else listed(map(str, filters))
            yield f"{what} with {rule.signing_profile_arn}"


def bills_of(registry: Registry) -> Iterator[str]:
    """Yield what costs beside storing and transferring images.

    Sources: https://aws.amazon.com/ecr/pricing/, https://aws.amazon.com/inspector/pricing/,
    https://aws.amazon.com/kms/pricing/
    """
    scanning = registry.scanning
    if isinstance(scanning, Scanning) and scanning.bills:
        yield scanning.bills
    destinations = sorted(flows(registry), key=str)
    if destinations:
        where = listed(f"account {to.registry_id} in {to.region}" for to in destinations)
        crosses = any(to.region != registry.region for to in destinations)
        yield f"each image that is replicated is stored a second time: by {where}" + (
            "; its way to another Region is billed as data transfer" if crosses else ""
        )
    if registry.pull_through_cache_rules:
        yield "images that are pulled through a cache are stored in this registry"
    own = sum(each.encryption.kms_key is not None for each in registry.repositories)
    if own:
        yield (
            f"AWS KMS bills the keys of one's own, and the requests of"
            f" {plural(own, 'repository')} that they encrypt"
        )
