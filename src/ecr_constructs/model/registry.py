"""A registry: what one account has in one Region.

Layer: model; imports ``errors`` and ``service`` only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ecr_constructs.model.account_setting import AccountSetting
from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.cache_secret import CacheSecret
from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.event_rule import EventRule
from ecr_constructs.model.identity import Identity
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Problem
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.pull_time_exclusion import PullTimeUpdateExclusion
from ecr_constructs.model.replication import Replication
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.unresolved import Text, Unresolved


@dataclass(frozen=True, slots=True)
class Located:
    """A problem and the resource that has it."""

    origin: Origin
    problem: Problem


@dataclass(frozen=True, slots=True)
class Declaration:
    """A resource that sets what a registry has once.

    Attributes:
        member: The member of :class:`Registry` that it sets: ``"scanning"``.
        origin: The resource.
        exemptions: The controls that are loosened with it, and why.
        deletion_policy: What CloudFormation does with the setting when the
            resource is removed.
    """

    member: str
    origin: Origin
    exemptions: tuple[Exemption, ...] = ()
    deletion_policy: str = "Delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The registry of one account in one Region.

    What it has once is None where nothing sets it, and unresolved where two
    resources set it differently: nobody can tell which one is deployed.

    Attributes:
        account: 12 digits; :class:`~ecr_constructs.model.unresolved.Unresolved`
            for stacks without a concrete account. Such a registry is one
            stack's: two of them need not be the same.
        region: The Region, or unresolved likewise.
        repositories: In the order of their names, those without one last.
        registry_policy: The resource policy of the whole registry.
        scanning: The scanning configuration.
        replication: The replication configuration.
        signing: The signing configuration.
        creation_templates: In the order of their prefixes.
        pull_through_cache_rules: In the order of their prefixes.
        pull_time_exclusions: In the order of their principals.
        account_settings: In the order of their names. A template has those alone
            that this library sets.
        declarations: The resources that set what the registry has once, in the
            order of the assembly. Two of one member are two owners, of which
            the second to be deployed fails.
        retained: The resources whose ``DeletionPolicy`` keeps what they set when
            they are removed; no part of its value.
    """

    account: Text
    region: Text
    repositories: tuple[Repository, ...] = ()
    registry_policy: Policy | Malformed | Unresolved | None = None
    scanning: Scanning | Unresolved | None = None
    replication: Replication | Unresolved | None = None
    signing: Signing | Unresolved | None = None
    creation_templates: tuple[CreationTemplate, ...] = ()
    pull_through_cache_rules: tuple[PullThroughCacheRule, ...] = ()
    pull_time_exclusions: tuple[PullTimeUpdateExclusion, ...] = ()
    account_settings: tuple[AccountSetting, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    retained: frozenset[Origin] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """All registries that one assembly or one live account describes.

    Attributes:
        registries: In the order of account and Region.
        malformed: What could not be read as what it should be. The values stay
            unknown in the registries.
        acknowledgements: The findings that were silenced with CDK. An assembly
            holds those said on a stack or below; a live account has none.
        identities: The IAM roles and users of the same assembly.
        public_repositories: In the order of their names, those without one
            last. They are the account's, whatever their stack's Region.
        event_rules: The EventBridge rules of the same assembly.
        cache_secrets: The secrets of the same assembly.
        is_live: Whether it was read of what is there, rather than of templates; no
            part of its value.
    """

    registries: tuple[Registry, ...] = ()
    malformed: tuple[Located, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    identities: tuple[Identity, ...] = ()
    public_repositories: tuple[PublicRepository, ...] = ()
    event_rules: tuple[EventRule, ...] = ()
    cache_secrets: tuple[CacheSecret, ...] = ()
    is_live: bool = field(default=False, compare=False)
