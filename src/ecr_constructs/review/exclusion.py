"""Whose pulls do not count as the last pull of an image, and why.

Layer: review.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecr_constructs.model.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionReport:
    """Somebody whose pulls do not count.

    Attributes:
        principal: The ARN.
        reason: Why; None where the template does not say.
    """

    principal: str
    reason: str | None

    @property
    def words(self) -> str:
        """Who, and why."""
        return self.principal if self.reason is None else f"{self.principal}: {self.reason}"


def exclusions_of(registry: Registry) -> tuple[ExclusionReport, ...]:
    """Return the exclusions of a registry, in the order of the model."""
    return tuple(
        ExclusionReport(principal=str(each.principal_arn), reason=each.reason)
        for each in registry.pull_time_exclusions
    )
