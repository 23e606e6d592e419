"""Which events of images an EventBridge rule takes, and the pattern that says so.

Layer: model; imports ``errors`` and ``service`` only.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html and
image-scanning-enhanced-events.html beside it, which give a body of each event, and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.repository_filter import name_prefix_problems
from ecr_constructs.model.unresolved import is_known, is_token
from ecr_constructs.service import limits

ECR: Final = "aws.ecr"
INSPECTOR: Final = "aws.inspector2"


class DetailType(StrEnum):
    """What an event is called."""

    IMAGE_ACTION = "ECR Image Action"
    IMAGE_SCAN = "ECR Image Scan"  # basic scanning alone
    INSPECTOR_FINDING = "Inspector2 Finding"  # enhanced scanning alone
    INSPECTOR_SCAN = "Inspector2 Scan"  # enhanced scanning alone
    PULL_THROUGH_CACHE_ACTION = "ECR Pull Through Cache Action"
    REFERRER_ACTION = "ECR Referrer Action"
    REPLICATION_ACTION = "ECR Replication Action"
    SCAN_RESOURCE_CHANGE = "ECR Scan Resource Change"  # enhanced scanning alone

    @property
    def is_of_inspector(self) -> bool:
        """Whether Amazon Inspector sends it, and not Amazon ECR."""
        return self in {DetailType.INSPECTOR_FINDING, DetailType.INSPECTOR_SCAN}


class FindingSeverity(StrEnum):
    """How severe a finding is; the order of the members is the order of weight."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATIONAL = "INFORMATIONAL"
    UNDEFINED = "UNDEFINED"  # not assessed yet; Amazon Inspector says UNTRIAGED

    def and_above(self) -> tuple[str, ...]:
        """Return the words for this severity and all that weigh more, the heaviest first.

        >>> FindingSeverity.HIGH.and_above()
        ('CRITICAL', 'HIGH')
        """
        members = list(FindingSeverity)
        words = [str(each) for each in members[: members.index(self) + 1]]
        return (*words, "UNTRIAGED") if self is FindingSeverity.UNDEFINED else tuple(words)


class StorageClass(StrEnum):
    """Where an image is kept."""

    ARCHIVE = "ARCHIVE"
    STANDARD = "STANDARD"


class ImageEvent(StrEnum):
    """What happens to images, as a rule can wait for it."""

    PUSHED = "pushed"
    DELETED = "deleted"
    STORAGE_CLASS_UPDATED = "storage-class-updated"
    SCAN_COMPLETED = "scan-completed"
    SCAN_FINDING = "scan-finding"
    REPLICATED = "replicated"
    REPLICATION_FAILED = "replication-failed"
    PULL_THROUGH_CACHE_FAILED = "pull-through-cache-failed"


@dataclass(frozen=True, slots=True)
class _Form:
    """What an event looks like.

    Attributes:
        detail_types: What it is called.
        detail: What its detail says, whichever repository it is about.
        tags: The member of its detail that holds the image's tag, or its tags.
    """

    detail_types: tuple[DetailType, ...]
    detail: Mapping[str, Any]
    tags: str = "image-tag"


_DONE: Final = {"result": ["SUCCESS"]}
_FORMS: Final[Mapping[ImageEvent, _Form]] = {
    ImageEvent.PUSHED: _Form((DetailType.IMAGE_ACTION,), {"action-type": ["PUSH"], **_DONE}),
    ImageEvent.DELETED: _Form((DetailType.IMAGE_ACTION,), {"action-type": ["DELETE"], **_DONE}),
    ImageEvent.STORAGE_CLASS_UPDATED: _Form(
        (DetailType.IMAGE_ACTION,), {"action-type": ["UPDATE_STORAGE_CLASS"], **_DONE}
    ),
    # One pattern for both kinds of scanning, whichever the registry has now or later.
    ImageEvent.SCAN_COMPLETED: _Form(
        (DetailType.IMAGE_SCAN, DetailType.INSPECTOR_SCAN),
        {"scan-status": ["COMPLETE", "INITIAL_SCAN_COMPLETE"]},
        tags="image-tags",
    ),
    ImageEvent.SCAN_FINDING: _Form((DetailType.INSPECTOR_FINDING,), {"status": ["ACTIVE"]}),
    ImageEvent.REPLICATED: _Form(
        (DetailType.REPLICATION_ACTION,), {"action-type": ["REPLICATE"], **_DONE}
    ),
    ImageEvent.REPLICATION_FAILED: _Form(
        (DetailType.REPLICATION_ACTION,), {"action-type": ["REPLICATE"], "result": ["FAILED"]}
    ),
    # The guide has an event of a success alone, and no word for a failure.
    ImageEvent.PULL_THROUGH_CACHE_FAILED: _Form(
        (DetailType.PULL_THROUGH_CACHE_ACTION,), {"sync-status": [{"anything-but": ["SUCCESS"]}]}
    ),
}
_SCANS: Final = (ImageEvent.SCAN_COMPLETED, ImageEvent.SCAN_FINDING)
#: Parameter -> the events that it goes with.
_TAKEN_BY: Final = {
    "severity": _SCANS,
    "storage_class": (ImageEvent.STORAGE_CLASS_UPDATED,),
    "referrers": (ImageEvent.STORAGE_CLASS_UPDATED,),
}
#: Stands for the registry where the length of a pattern is judged.
_LONGEST: Final = Place(account="0" * 12, region="ap-northeast-1", partition="aws-us-gov")
# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_TAG: Final = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPattern:
    """Which events a rule takes: what happens, to which images.

    Attributes:
        event: What happens.
        repository_names: The repositories; none for those of the prefixes.
        repository_prefixes: What the names of repositories begin with; the
            empty one is for all.
        image_tags: The tags of which the image has at least one; none for any
            image, tagged or not.
        severity: The least severe finding that counts; None for any scan, with
            findings or without.
        storage_class: Where images are moved to; None for either.
        referrers: Whether signatures, SBOMs and other referrers count as images.

    Example:
        >>> pattern = EventPattern(event=ImageEvent.PUSHED, repository_names=("payments/api",))
        >>> place = Place(account="111122223333", region="eu-west-1", partition="aws")
        >>> pattern.to_cfn(place)["detail-type"]
        ['ECR Image Action']
    """

    event: ImageEvent
    repository_names: tuple[str, ...] = ()
    repository_prefixes: tuple[str, ...] = ("",)
    image_tags: tuple[str, ...] = ()
    severity: FindingSeverity | None = None
    storage_class: StorageClass | None = None
    referrers: bool = False

    def problems(self) -> list[Problem]:
        """Return what no event can have, and what EventBridge would refuse."""
        return list(self._problems())

    def normalise(self) -> EventPattern:
        """Return the pattern in the one form of its meaning; idempotent."""
        prefixes = set(self.repository_prefixes)
        return EventPattern(
            event=self.event,
            repository_names=tuple(sorted(set(self.repository_names))),
            repository_prefixes=("",) if "" in prefixes else tuple(sorted(prefixes)),
            image_tags=tuple(sorted(set(self.image_tags))),
            severity=self.severity,
            storage_class=self.storage_class,
            referrers=self.referrers,
        )

    def to_cfn(self, place: Place) -> dict[str, Any]:
        """Return the ``EventPattern`` of ``AWS::Events::Rule``.

        Args:
            place: The registry's account and Region.
        """
        form = _FORMS[self.event]
        types = list(form.detail_types) + [DetailType.REFERRER_ACTION] * self.referrers
        pattern: dict[str, Any] = {
            "source": sorted({INSPECTOR if each.is_of_inspector else ECR for each in types}),
            "detail-type": [str(each) for each in types],
        }
        detail = dict(form.detail)
        if self.event in _SCANS:
            # Amazon Inspector scans more than images, and tells them apart by their ARNs.
            pattern["resources"] = list(self._arns(place))
        elif self.repository_names:
            detail["repository-name"] = list(self.repository_names)
        elif self.repository_prefixes != ("",):
            detail["repository-name"] = [{"prefix": each} for each in self.repository_prefixes]
        if self.storage_class is not None:
            detail["target-storage-class"] = [str(self.storage_class)]
        if self.severity is not None:
            detail |= self._of_severity(self.severity)
        if self.image_tags:
            detail |= self._of_tags(form.tags)
        return {**pattern, "detail": detail}

    def _arns(self, place: Place) -> Iterator[str | dict[str, str]]:
        """Yield the ARNs that events name: a scan the repository's, a finding the image's."""
        every = f"arn:{place.partition}:ecr:{place.region}:{place.account}:repository/"
        if not self.repository_names:
            yield from ({"prefix": f"{every}{prefix}"} for prefix in self.repository_prefixes)
        for name in self.repository_names:
            arn = f"{every}{name}"
            yield arn if self.event is ImageEvent.SCAN_COMPLETED else {"prefix": f"{arn}/sha256:"}

    def _of_severity(self, severity: FindingSeverity) -> dict[str, Any]:
        words = severity.and_above()
        if self.event is ImageEvent.SCAN_FINDING:
            return {"severity": list(words)}
        some: list[dict[str, Any]] = [{word: [{"numeric": [">", 0]}]} for word in words]
        # EventBridge takes one alternative alone for no alternative.
        return {"finding-severity-counts": some[0] if len(some) == 1 else {"$or": some}}

    def _of_tags(self, member: str) -> dict[str, Any]:
        tags = list(self.image_tags)
        if self.event is ImageEvent.SCAN_FINDING:
            return {"resources": {"details": {"awsEcrContainerImage": {"imageTags": tags}}}}
        return {member: tags}

    def _problems(self) -> Iterator[Problem]:
        for name, events in _TAKEN_BY.items():
            if getattr(self, name) and self.event not in events:
                yield problem_at(
                    name,
                    f"{name} goes with {' and '.join(events)} alone, got the event"
                    f" {str(self.event)!r}",
                    "leave it out",
                )
        yield from name_prefix_problems(self.repository_prefixes)
        for index, tag in enumerate(self.image_tags):
            if is_known(tag) and not _TAG.fullmatch(tag):
                yield problem_at(
                    f"image_tags[{index}]",
                    "an image tag must be 1 to 128 letters, digits, '.', '_' and '-', the first"
                    f" none of '.' and '-', got {tag!r}",
                    "write a whole tag, as no wildcard is taken here",
                )
        text = json.dumps(self.to_cfn(_LONGEST), separators=(",", ":"))
        if len(text) > limits.EVENT_PATTERN and not is_token(text):
            is_error = len(text) > limits.EVENT_PATTERN_MAX
            most = limits.EVENT_PATTERN_MAX if is_error else limits.EVENT_PATTERN
            yield problem_at(
                "event_pattern",
                f"an event pattern must have at most {most} characters, got about {len(text)}",
                "name what the repositories have in common, or define several rules",
                severity=Severity.ERROR if is_error else Severity.WARNING,
            )
