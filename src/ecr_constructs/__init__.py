"""AWS CDK constructs for a governed Amazon ECR registry, with checks and a review.

Values, which need no CDK: :class:`Baseline`, :class:`Exemption`,
:class:`LifecyclePolicy`, :class:`Principals`, ...; constructs:
:class:`GovernedRegistry`, :class:`GovernedRepository`. Names are loaded when first used: ``import
ecr_constructs`` starts neither CDK nor Node.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecr_constructs.constructs.cache_secret import PullThroughCacheSecret
    from ecr_constructs.constructs.image_signing import ImageSigning
    from ecr_constructs.constructs.public_repository import GovernedPublicRepository
    from ecr_constructs.constructs.pull_through_cache import PullThroughCache
    from ecr_constructs.constructs.reference import ReferencedRepository
    from ecr_constructs.constructs.registry import GovernedRegistry
    from ecr_constructs.constructs.registry_handle import RegistryHandle
    from ecr_constructs.constructs.repository import GovernedRepository
    from ecr_constructs.constructs.validation import EcrGovernanceValidation
    from ecr_constructs.errors import ConfigurationError, PolicyDocumentError, SourceError
    from ecr_constructs.model.account_setting import AccountSetting
    from ecr_constructs.model.baseline import Baseline, Control, Exemption
    from ecr_constructs.model.catalog_data import CatalogData
    from ecr_constructs.model.creation_template import AppliedFor
    from ecr_constructs.model.encryption import EncryptionType
    from ecr_constructs.model.event_pattern import FindingSeverity, StorageClass
    from ecr_constructs.model.hand_over import HandOver
    from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
    from ecr_constructs.model.policy import Policy
    from ecr_constructs.model.principal_kinds import PolicyPrincipal
    from ecr_constructs.model.principals import Principals
    from ecr_constructs.model.problem import Problem, Severity, Status
    from ecr_constructs.model.registry_reference import RegistryReference
    from ecr_constructs.model.scanning import Scanning
    from ecr_constructs.model.statement import Condition, Effect, Principal, Statement
    from ecr_constructs.model.tag_mutability import TagMutability
    from ecr_constructs.model.upstream import Upstream

_MODULES = {
    "AccountSetting": "model.account_setting",
    "AppliedFor": "model.creation_template",
    "Baseline": "model.baseline",
    "CatalogData": "model.catalog_data",
    "Condition": "model.statement",
    "ConfigurationError": "errors",
    "Control": "model.baseline",
    "EcrGovernanceValidation": "constructs.validation",
    "Effect": "model.statement",
    "EncryptionType": "model.encryption",
    "Exemption": "model.baseline",
    "FindingSeverity": "model.event_pattern",
    "GovernedPublicRepository": "constructs.public_repository",
    "GovernedRegistry": "constructs.registry",
    "GovernedRepository": "constructs.repository",
    "HandOver": "model.hand_over",
    "ImageSigning": "constructs.image_signing",
    "LifecyclePolicy": "model.lifecycle",
    "LifecycleRule": "model.lifecycle",
    "Policy": "model.policy",
    "PolicyDocumentError": "errors",
    "PolicyPrincipal": "model.principal_kinds",
    "Principal": "model.statement",
    "Principals": "model.principals",
    "Problem": "model.problem",
    "PullThroughCache": "constructs.pull_through_cache",
    "PullThroughCacheSecret": "constructs.cache_secret",
    "ReferencedRepository": "constructs.reference",
    "RegistryHandle": "constructs.registry_handle",
    "RegistryReference": "model.registry_reference",
    "Scanning": "model.scanning",
    "Severity": "model.problem",
    "SourceError": "errors",
    "Statement": "model.statement",
    "Status": "model.problem",
    "StorageClass": "model.event_pattern",
    "TagMutability": "model.tag_mutability",
    "Upstream": "model.upstream",
}

__all__ = [
    "AccountSetting",
    "AppliedFor",
    "Baseline",
    "CatalogData",
    "Condition",
    "ConfigurationError",
    "Control",
    "EcrGovernanceValidation",
    "Effect",
    "EncryptionType",
    "Exemption",
    "FindingSeverity",
    "GovernedPublicRepository",
    "GovernedRegistry",
    "GovernedRepository",
    "HandOver",
    "ImageSigning",
    "LifecyclePolicy",
    "LifecycleRule",
    "Policy",
    "PolicyDocumentError",
    "PolicyPrincipal",
    "Principal",
    "Principals",
    "Problem",
    "PullThroughCache",
    "PullThroughCacheSecret",
    "ReferencedRepository",
    "RegistryHandle",
    "RegistryReference",
    "Scanning",
    "Severity",
    "SourceError",
    "Statement",
    "Status",
    "StorageClass",
    "TagMutability",
    "Upstream",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib import metadata

        return metadata.version("ecr-constructs")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
