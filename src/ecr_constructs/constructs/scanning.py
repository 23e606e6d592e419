"""How a registry scans its images.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from constructs import Node

from ecr_constructs.constructs.cfn_registry import (
    CfnRegistryScanningConfiguration,
    record_exemptions,
)
from ecr_constructs.constructs.registry_context import RegistryContext
from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.scan_coverage import Coverage, coverage
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.words import examples

_SHOWN: Final = 3


class RegistryScanning:
    """The scanning configuration of a registry.

    Args:
        context: The registry.
        scanning: The configuration.
    """

    def __init__(self, context: RegistryContext, scanning: Scanning) -> None:
        self._context = context
        self._scanning = scanning
        cfn = CfnRegistryScanningConfiguration(
            context.owner, "Scanning", scanning.normalise().to_cfn()
        )
        record_exemptions(cfn, context.beside)
        context.ledger.schedule(self)

    @property
    def node(self) -> Node:
        """The owner's node."""
        return self._context.node

    def write_at_synthesis(self) -> None:
        """Warn of what no rule covers, now that all repositories are known."""
        self._context.warn([*self._scanning.problems(), *self._uncovered_problems()])

    def _uncovered_problems(self) -> Iterator[Problem]:
        found = coverage(self._scanning, self._context.ledger.slot.names)
        for kind, what in (
            (Coverage.OFF, "is not scanned at all"),
            (Coverage.MANUAL, "is scanned by hand only"),
        ):
            names = [repr(str(each.repository_name)) for each in found if each.coverage is kind]
            if names:
                yield problem_at(
                    "scanning",
                    f"scanning should cover every repository, got no rule for {examples(names)}:"
                    f" what no rule selects {what}, whatever the repository's own scan_on_push"
                    " says",
                    "add a filter that selects them, or '*'",
                    severity=Severity.WARNING,
                )
