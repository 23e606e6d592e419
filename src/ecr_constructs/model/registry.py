"""A registry: what one account has in one Region.

Layer: model; imports ``errors`` and ``service`` only.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.identity import Identity
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Problem
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.unresolved import Text, Unresolved


@dataclass(frozen=True, slots=True)
class Located:
    """A problem and the resource that has it."""

    origin: Origin
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The registry of one account in one Region.

    Attributes:
        account: 12 digits; :class:`~ecr_constructs.model.unresolved.Unresolved`
            for stacks without a concrete account. Such a registry is one
            stack's: two of them need not be the same.
        region: The Region, or unresolved likewise.
        repositories: In the order of their names, those without one last.
        registry_policy: The resource policy of the whole registry; None for none.
    """

    account: Text
    region: Text
    repositories: tuple[Repository, ...] = ()
    registry_policy: Policy | Malformed | Unresolved | None = None


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
    """

    registries: tuple[Registry, ...] = ()
    malformed: tuple[Located, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    identities: tuple[Identity, ...] = ()
