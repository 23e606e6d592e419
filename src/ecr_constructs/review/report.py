"""What the registries of an assembly are: finished data for the renderers.

Layer: review. Everything here is words, numbers and names; a renderer arranges
them and decides nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ecr_constructs.checks.engine import Finding
from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.repository import Origin
from ecr_constructs.review.access.matrix import AccessRow, StatementLine
from ecr_constructs.review.change.difference import Place
from ecr_constructs.review.coverage import Scan
from ecr_constructs.review.exclusion import ExclusionReport
from ecr_constructs.review.handed_over import HandedOver
from ecr_constructs.review.images import ImagesReport
from ecr_constructs.review.public import PublicRepositoryReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryReport:
    """One repository, in words.

    Attributes:
        name: Its name, or where it stands if CloudFormation makes one up.
        origin: The resource.
        tags: How pushed tags are kept: ``immutable``, ``immutable except latest``, ...
        scan: How it is scanned, by its own flag and by the registry's rules.
        encryption: ``AES256``, ``KMS (aws/ecr)``, ``KMS (<key>)``, ...
        retention: A line for each lifecycle rule.
        access: Who can do what, by which statement.
        statements: A line for each statement of its policy.
        policy: What there is to say of its policy as a whole.
        deletion: What happens when it leaves its stack.
        replicated_to: The registries that receive what is pushed to it.
        signed_with: The signing profiles.
        resource_tags: Keys and values.
        exemptions: The controls that are loosened, and why.
        findings: How many findings it has that count.
        images: What it holds and what becomes of it, where an inventory tells.
    """

    name: str
    origin: Origin | None
    tags: str
    scan: Scan
    encryption: str
    retention: tuple[str, ...]
    access: tuple[AccessRow, ...]
    statements: tuple[StatementLine, ...]
    policy: str
    deletion: str
    replicated_to: tuple[str, ...] = ()
    signed_with: tuple[str, ...] = ()
    resource_tags: tuple[tuple[str, str], ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    findings: int = 0
    images: ImagesReport | None = None

    @property
    def construct_path(self) -> str | None:
        """The construct that defines it, if known."""
        return None if self.origin is None else self.origin.construct_path

    @property
    def namespace(self) -> str:
        """What stands before the last ``/`` of its name; empty for none."""
        return self.name.rpartition("/")[0]

    @property
    def beside_access(self) -> str:
        """What there is to say beside who can do what: of a policy that nobody can read here."""
        if self.policy not in {"", "none"}:
            return f"repository policy: {self.policy}"
        return "" if self.access else "its own account alone"

    @property
    def shared_with(self) -> tuple[str, ...]:
        """Who beside the repository's own account can do something with it."""
        return tuple(row.who for row in self.access if not row.is_own)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReport:
    """What one registry replicates to another.

    Attributes:
        destination: The registry that receives it.
        prefixes: The prefixes of names; ``all repositories`` for no filters.
        repositories: The repositories of this app that it takes.
        permission: Whether the destination lets it in: ``the same account``,
            ``allowed by its registry policy``, ...
        deletes: Whether deletions are carried out there, too.
    """

    destination: Place
    prefixes: tuple[str, ...]
    repositories: tuple[str, ...]
    permission: str
    deletes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheReport:
    """A pull through cache rule.

    Attributes:
        prefix: The namespace of the cached repositories.
        upstream: The registry that is cached.
        upstream_prefix: The namespace there; empty for all.
        credential: What opens the upstream: a secret's ARN, a role's, or ``none``.
        template: The creation template that its repositories follow; empty for none.
        origin: The resource.
    """

    prefix: str
    upstream: str
    upstream_prefix: str
    credential: str
    template: str
    origin: Origin | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReport:
    """A repository creation template.

    Attributes:
        prefix: The namespace of the repositories that it is for.
        applied_for: When it is applied.
        tags: How pushed tags are kept.
        encryption: How images are encrypted.
        retention: A line for each lifecycle rule.
        statements: A line for each statement of the repository policy.
        exemptions: The controls that are loosened, and why.
        origin: The resource.
    """

    prefix: str
    applied_for: tuple[str, ...]
    tags: str
    encryption: str
    retention: tuple[str, ...]
    statements: tuple[StatementLine, ...]
    exemptions: tuple[Exemption, ...]
    origin: Origin | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanningReport:
    """How the registry scans.

    Attributes:
        summary: The engine and its rules, in a line.
        rules: A line for each rule.
        scanned: How many repositories are scanned on push.
        uncovered: The repositories of which pushed images are not scanned.
        unknown: Those of which it cannot be told.
    """

    summary: str
    rules: tuple[str, ...]
    scanned: int
    uncovered: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryReport:
    """One registry, in words.

    Attributes:
        place: Its account and Region.
        repositories: In the order of the model.
        statements: A line for each statement of the registry policy.
        policy: What there is to say of the registry policy as a whole.
        replication: What it sends where.
        caches: In the order of their prefixes.
        templates: In the order of their prefixes.
        scanning: How it scans.
        signing: A line for each rule.
        alerts: Who is told of which events, a line for each event rule.
        exclusions: Those whose pulls do not count.
        account_settings: Each setting and its value, of those that the app sets.
        bills: What costs beside storage.
    """

    place: Place
    repositories: tuple[RepositoryReport, ...]
    statements: tuple[StatementLine, ...]
    policy: str
    replication: tuple[FlowReport, ...]
    caches: tuple[CacheReport, ...]
    templates: tuple[TemplateReport, ...]
    scanning: ScanningReport
    signing: tuple[str, ...]
    alerts: tuple[str, ...]
    exclusions: tuple[ExclusionReport, ...]
    account_settings: tuple[str, ...]
    bills: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosened:
    """A control that is loosened, or a finding that is silenced, with the reason.

    Attributes:
        where: The resource, for people.
        control: The control, or the rule.
        reason: Why.
        expires: The last day on which the reason holds; None for no end.
        expired: Whether that day is over.
    """

    where: str
    control: str
    reason: str
    expires: dt.date | None = None
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Something in the templates that is not what it should be.

    Attributes:
        where: The resource, for people.
        problem: What is wrong.
    """

    where: str
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All registries, and what the checks find.

    Attributes:
        registries: In the order of the model.
        public_repositories: In the order of the model.
        exemptions: The controls that are loosened.
        acknowledgements: The findings that are silenced with CDK.
        hand_overs: What the owners of other accounts and apps must apply.
        findings: Worst first.
        unreadable: What could not be read.
        assumptions: What the access is taken to rest on.
        today: The day on which exemptions were judged.
    """

    registries: tuple[RegistryReport, ...]
    public_repositories: tuple[PublicRepositoryReport, ...]
    exemptions: tuple[Loosened, ...]
    acknowledgements: tuple[Loosened, ...]
    hand_overs: tuple[HandedOver, ...]
    findings: tuple[Finding, ...]
    unreadable: tuple[Unreadable, ...]
    assumptions: tuple[str, ...]
    today: dt.date

    @property
    def repositories(self) -> int:
        """How many repositories there are."""
        return sum(len(registry.repositories) for registry in self.registries)

    @property
    def counted(self) -> tuple[Finding, ...]:
        """The findings that count."""
        return tuple(finding for finding in self.findings if finding.counts)
