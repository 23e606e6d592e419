"""Who may pull an image without its counting as pulled.

Layer: model; imports ``errors`` and ``service`` only.

Sources: the schema of ``AWS::ECR::PullTimeUpdateExclusion`` in the CloudFormation registry,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-time-update-exclusions.html.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ecr_constructs.model.codec import Fields
from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import limits, patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class PullTimeUpdateExclusion:
    """A role whose pulls do not refresh an image's ``lastRecordedPullTime``.

    Without it a scanner that pulls every image keeps all of them out of the
    archive: a lifecycle rule that counts the days since the last pull never acts.

    Attributes:
        principal_arn: The ARN of the role, at most 200 characters. It
            identifies the exclusion: a change replaces it.
        reason: Why its pulls do not count, as the resource's metadata tells; None
            where nothing does. ECR knows none.
        origin: Where it was read from; no part of its value.
    """

    principal_arn: Text
    reason: str | None = None
    origin: Origin | None = field(default=None, compare=False)

    def problems(self) -> list[Problem]:
        """Return what ECR would refuse; a user is a warning, as the guide knows roles only."""
        return list(self._problems())

    def normalise(self) -> PullTimeUpdateExclusion:
        """Return the exclusion itself: it has one form."""
        return self

    def to_cfn(self) -> dict[str, Any]:
        """Return the ``Properties`` of ``AWS::ECR::PullTimeUpdateExclusion``."""
        return {"PrincipalArn": self.principal_arn}

    def to_metadata(self) -> dict[str, str]:
        """Return what the resource's ``Metadata.EcrConstructs`` holds."""
        return {} if self.reason is None else {"reason": self.reason}

    @classmethod
    def from_cfn(
        cls, resource: Mapping[str, Any], origin: Origin
    ) -> tuple[PullTimeUpdateExclusion, list[Problem]]:
        """Read a resource of a template whose intrinsics are resolved as far as they go.

        Args:
            resource: The resource's ``Properties`` and ``Metadata``.
            origin: Where it stands.

        Returns:
            The exclusion, and what is malformed: such a value is left unknown.
        """
        fields = Fields(resource.get("Properties"))
        exclusion = cls(
            principal_arn=fields.text("PrincipalArn") or "",
            reason=_reason_in(resource.get("Metadata")),
            origin=origin,
        )
        return exclusion, fields.problems

    @classmethod
    def from_api(cls, principal_arn: str) -> PullTimeUpdateExclusion:
        """Read a live exclusion.

        Args:
            principal_arn: An entry of ``ListPullTimeUpdateExclusions``.
        """
        return cls(principal_arn=principal_arn)

    def _problems(self) -> Iterator[Problem]:
        arn = self.principal_arn
        if not isinstance(arn, str) or not is_known(arn):
            return
        found = patterns.PULL_TIME_PRINCIPAL.fullmatch(arn)
        if found is None or len(arn) > limits.PULL_TIME_PRINCIPAL_MAX:
            yield problem_at(
                "principal_arn",
                "principal_arn must be the ARN of a role, of at most"
                f" {limits.PULL_TIME_PRINCIPAL_MAX} characters, got {arn!r}",
                "write for example 'arn:aws:iam::111122223333:role/Scanner'",
            )
        elif found["kind"] != "role":
            yield problem_at(
                "principal_arn",
                f"principal_arn should be a role, as the guide knows no users here, got {arn!r}",
                "let the scanner assume a role, and write its ARN",
                severity=Severity.WARNING,
            )


def _reason_in(metadata: object) -> str | None:
    """Read the reason in a resource's metadata; what is no text is none."""
    ours = metadata.get("EcrConstructs") if isinstance(metadata, Mapping) else None
    reason = ours.get("reason") if isinstance(ours, Mapping) else None
    return reason if isinstance(reason, str) and reason.strip() else None


def exclusion_set_problems(exclusions: Iterable[PullTimeUpdateExclusion]) -> Iterator[Problem]:
    """Yield what is wrong between the exclusions of one registry: too many, one twice."""
    counts = Counter(exclusion.principal_arn for exclusion in exclusions)
    if counts.total() > limits.PULL_TIME_EXCLUSIONS:
        yield problem_at(
            "pull_time_exclusions",
            f"an account must have at most {limits.PULL_TIME_EXCLUSIONS} pull time update"
            f" exclusions, got {counts.total()}",
            "let several scanners assume one role",
        )
    for arn, count in counts.items():
        if count > 1:
            yield problem_at(
                "pull_time_exclusions",
                f"a principal must be excluded once, got {str(arn)!r} {count} times",
                "drop one",
            )
