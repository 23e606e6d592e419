"""AWS CDK constructs for a governed Amazon ECR registry, with checks and a review.

Values, which need no CDK: :class:`Baseline`, :class:`Exemption`,
:class:`LifecyclePolicy`, :class:`Principals`, ...; constructs:
:class:`GovernedRepository`. Names are loaded when first used: ``import
ecr_constructs`` starts neither CDK nor Node.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecr_constructs.constructs.reference import ReferencedRepository
    from ecr_constructs.constructs.repository import GovernedRepository
    from ecr_constructs.errors import ConfigurationError, PolicyDocumentError, SourceError
    from ecr_constructs.model.baseline import Baseline, Control, Exemption
    from ecr_constructs.model.encryption import EncryptionType
    from ecr_constructs.model.hand_over import HandOver
    from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
    from ecr_constructs.model.policy import Policy
    from ecr_constructs.model.principals import PolicyPrincipal, Principals
    from ecr_constructs.model.problem import Problem, Severity, Status
    from ecr_constructs.model.statement import Condition, Effect, Principal, Statement
    from ecr_constructs.model.tag_mutability import TagMutability

_MODULES = {
    "Baseline": "model.baseline",
    "Condition": "model.statement",
    "ConfigurationError": "errors",
    "Control": "model.baseline",
    "Effect": "model.statement",
    "EncryptionType": "model.encryption",
    "Exemption": "model.baseline",
    "GovernedRepository": "constructs.repository",
    "HandOver": "model.hand_over",
    "LifecyclePolicy": "model.lifecycle",
    "LifecycleRule": "model.lifecycle",
    "Policy": "model.policy",
    "PolicyDocumentError": "errors",
    "PolicyPrincipal": "model.principals",
    "Principal": "model.statement",
    "Principals": "model.principals",
    "Problem": "model.problem",
    "ReferencedRepository": "constructs.reference",
    "Severity": "model.problem",
    "SourceError": "errors",
    "Statement": "model.statement",
    "Status": "model.problem",
    "TagMutability": "model.tag_mutability",
}

__all__ = [
    "Baseline",
    "Condition",
    "ConfigurationError",
    "Control",
    "Effect",
    "EncryptionType",
    "Exemption",
    "GovernedRepository",
    "HandOver",
    "LifecyclePolicy",
    "LifecycleRule",
    "Policy",
    "PolicyDocumentError",
    "PolicyPrincipal",
    "Principal",
    "Principals",
    "Problem",
    "ReferencedRepository",
    "Severity",
    "SourceError",
    "Statement",
    "Status",
    "TagMutability",
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
