"""Build the report on a deployment.

Layer: review.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ecr_constructs.checks.engine import Finding, run_checks
from ecr_constructs.checks.rule import Rule
from ecr_constructs.model.account_setting import sets_policy_scope
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.replication import Destination
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.review.access.matrix import Matrix, statement_lines
from ecr_constructs.review.access.survey import Survey
from ecr_constructs.review.alerts import alerts_of
from ecr_constructs.review.change.difference import Place
from ecr_constructs.review.change.flows import flows, is_replicated
from ecr_constructs.review.change.signing import profiles
from ecr_constructs.review.coverage import Scan, scans_of
from ecr_constructs.review.describe import (
    deletion_words,
    encryption_words,
    place_of,
    policy_words,
    tags_words,
)
from ecr_constructs.review.exclusion import exclusions_of
from ecr_constructs.review.handed_over import HandedOver
from ecr_constructs.review.images import Inventories, Older, images_report
from ecr_constructs.review.loosened import acknowledgements_of, exemptions_of
from ecr_constructs.review.public import public_repositories_of
from ecr_constructs.review.report import (
    RegistryReport,
    Report,
    RepositoryReport,
    Unreadable,
)
from ecr_constructs.review.settings import (
    bills_of,
    caches_of,
    replication_of,
    scanning_of,
    signing_of,
    templates_of,
)
from ecr_constructs.review.words import describe_lifecycle, name_of

#: What the access of every repository is taken to rest on.
ASSUMPTIONS: Final = tuple(
    (
        "the policies of this assembly are all there are: what is attached elsewhere may allow or"
        " deny more\n"
        "of principals that this assembly does not define, an identity policy allows what theirs"
        " has to allow\n"
        "no service control policy, resource control policy, session policy or VPC endpoint policy"
        " refuses anything"
    ).splitlines()
)
_SCOPE: Final = "the scope of registry policies is V2, so that they cover every action"

_OriginKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a report is made of, beside the deployment.

    Attributes:
        rules: What to check.
        now: When images and exemptions are judged.
        images: What repositories hold, as far as that is known.
        older: The lifecycle policies of the older side, by account, Region and name.
        hand_overs: What the owners of other accounts and apps must apply.
    """

    rules: Sequence[Rule]
    now: dt.datetime
    images: Inventories = field(default_factory=dict)
    older: Mapping[tuple[str, str, str], Older] = field(default_factory=dict)
    hand_overs: tuple[HandedOver, ...] = ()


def report_on(deployment: Deployment, sources: Sources, *, survey: Survey | None = None) -> Report:
    """Return the report on a deployment.

    Args:
        deployment: What was read.
        sources: What else it is made of.
        survey: The access to its repositories, if it is evaluated already.
    """
    today = sources.now.date()
    findings = run_checks(deployment, sources.rules, today=today)
    builder = _Builder(deployment, sources, survey or Survey(deployment), findings)
    registries = tuple(builder.registry(registry) for registry in deployment.registries)
    return Report(
        registries=registries,
        public_repositories=tuple(public_repositories_of(deployment)),
        exemptions=tuple(exemptions_of(deployment, today)),
        acknowledgements=tuple(acknowledgements_of(deployment)),
        hand_overs=sources.hand_overs,
        findings=findings,
        unreadable=tuple(
            Unreadable(where=place_of(each.origin), problem=each.problem)
            for each in deployment.malformed
        ),
        assumptions=_assumptions(deployment),
        today=today,
    )


def _assumptions(deployment: Deployment) -> tuple[str, ...]:
    is_set = all(
        registry.registry_policy is None or sets_policy_scope(registry.account_settings)
        for registry in deployment.registries
    )
    return ASSUMPTIONS if is_set else (*ASSUMPTIONS, _SCOPE)


class _Builder:
    def __init__(
        self,
        deployment: Deployment,
        sources: Sources,
        survey: Survey,
        findings: Iterable[Finding],
    ) -> None:
        self._deployment = deployment
        self._sources = sources
        self._survey = survey
        self._matrix = Matrix(survey)
        self._retention: dict[int, tuple[object, tuple[str, ...]]] = {}
        self._others = {
            Destination(region=registry.region, registry_id=registry.account): registry
            for registry in deployment.registries
        }
        self._findings = Counter(
            _origin_key(finding.origin) for finding in findings if finding.counts
        )

    def registry(self, registry: Registry) -> RegistryReport:
        """Return one registry."""
        place = Place(str(registry.account), str(registry.region))
        scans = scans_of(registry)
        routes = [
            (f"account {destination.registry_id} in {destination.region}", tuple(prefixes))
            for destination, prefixes in flows(registry).items()
        ]
        return RegistryReport(
            place=place,
            repositories=tuple(
                self._repository(registry, place, repository, scan, routes)
                for repository, scan in zip(registry.repositories, scans, strict=True)
            ),
            statements=statement_lines(registry.registry_policy),
            policy=policy_words(registry.registry_policy, "none"),
            replication=tuple(replication_of(registry, self._others, self._survey)),
            caches=tuple(caches_of(registry)),
            templates=tuple(templates_of(registry)),
            scanning=scanning_of(registry, scans),
            signing=tuple(signing_of(registry)),
            alerts=tuple(alerts_of(registry, self._deployment)),
            exclusions=exclusions_of(registry),
            account_settings=tuple(
                f"{each.name} is {each.value}" for each in registry.account_settings
            ),
            bills=tuple(bills_of(registry)),
        )

    def _repository(
        self,
        registry: Registry,
        place: Place,
        repository: Repository,
        scan: Scan,
        routes: Sequence[tuple[str, tuple[Text, ...]]],
    ) -> RepositoryReport:
        name = name_of(repository)
        key = (place.account, place.region, name)
        held = self._sources.images.get(key)
        policy = repository.lifecycle_policy
        signing = registry.signing if isinstance(registry.signing, Signing) else None
        origin = repository.origin
        return RepositoryReport(
            name=name,
            origin=origin,
            tags=tags_words(repository.image_tag_mutability, repository.exclusion_filters),
            scan=scan,
            encryption=encryption_words(repository.encryption),
            retention=self._retained(policy),
            access=self._matrix.rows(self._survey.subject(registry, repository)),
            statements=statement_lines(repository.repository_policy),
            policy=policy_words(repository.repository_policy, "none"),
            deletion=deletion_words(repository),
            replicated_to=tuple(
                where
                for where, prefixes in routes
                if is_replicated(prefixes, repository.repository_name) is not False
            ),
            signed_with=tuple(sorted(profiles(signing, repository))),
            resource_tags=tuple((str(key), str(value)) for key, value in repository.tags),
            exemptions=repository.exemptions,
            findings=0 if origin is None else self._findings[_origin_key(origin)],
            images=None
            if held is None
            else images_report(policy, held, self._sources.now, older=self._sources.older.get(key)),
        )

    def _retained(self, policy: LifecyclePolicy | Malformed | Unresolved | None) -> tuple[str, ...]:
        """Return a lifecycle policy in words; the repositories of a fleet share few."""
        known = self._retention.get(id(policy))
        if known is None:
            known = self._retention[id(policy)] = policy, describe_lifecycle(policy)
        return known[1]


def _origin_key(origin: Origin) -> _OriginKey:
    return origin.template, origin.logical_id
