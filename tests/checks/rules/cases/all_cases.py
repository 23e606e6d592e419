"""All cases together."""

from __future__ import annotations

from typing import Final

from tests.checks.rules.cases import (
    conditions,
    lifecycle,
    others,
    policies,
    registries,
    repositories,
    roles,
)
from tests.checks.rules.cases.case import Case

CASES: Final[tuple[Case, ...]] = (
    *repositories.CASES,
    *lifecycle.CASES,
    *policies.CASES,
    *conditions.CASES,
    *registries.CASES,
    *others.CASES,
    *roles.CASES,
)
