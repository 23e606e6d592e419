"""The catalogue: a file a resource kind, and one for what lies between.

Layer: checks.
"""

from __future__ import annotations

from typing import Final

from ecr_constructs.checks.rule import Rule
from ecr_constructs.checks.rules import repository

#: Every rule, in the order of the catalogue.
RULES: Final[tuple[Rule, ...]] = repository.RULES
