"""The catalogue: a file a resource kind, and one for what lies between.

Layer: checks.
"""

from __future__ import annotations

from typing import Final

from ecr_constructs.checks.rule import Rule
from ecr_constructs.checks.rules import (
    between,
    between_registries,
    creation_template,
    deployable,
    events,
    exemptions,
    lifecycle,
    policy,
    policy_conditions,
    policy_reach,
    public_repository,
    pull_through_cache,
    replication,
    repository,
    scanning,
)

#: Every rule, in the order in which docs/rules.md lists them.
CATALOGUE: Final[tuple[Rule, ...]] = (
    *repository.RULES,
    *scanning.RULES,
    *lifecycle.RULES,
    *policy_reach.RULES,
    *policy_conditions.RULES,
    *policy.RULES,
    *replication.RULES,
    *pull_through_cache.RULES,
    *creation_template.RULES,
    *public_repository.RULES,
    *between.RULES,
    *events.RULES,
    *between_registries.RULES,
    *deployable.RULES,
    *exemptions.RULES,
    exemptions.acknowledged_rule(lambda: CATALOGUE),
)
#: The rules that run unless others are selected.
RULES: Final[tuple[Rule, ...]] = tuple(rule for rule in CATALOGUE if not rule.opt_in)
