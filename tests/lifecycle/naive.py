"""The definition of a lifecycle evaluation, transcribed: slow, and sharing no code with ours."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecr_constructs.lifecycle.images import Image


class Naive:
    """The verdicts on all images of a repository.

    Attributes:
        verdicts: Outcome and priority of the deciding rule for each digest.
    """

    def __init__(
        self,
        document: dict[str, Any],
        images: Sequence[Image],
        now: datetime,
        *,
        count_index_children: bool = False,
        rules_see_referrers: bool = False,
    ) -> None:
        self.rules = sorted(document["rules"], key=lambda rule: rule["rulePriority"])
        self.images = images
        self.now = now
        self.count_index_children = count_index_children
        self.rules_see_referrers = rules_see_referrers
        self.by_digest = {image.digest: image for image in images}
        self.verdicts = {image.digest: self.verdict(image) for image in images}

    def verdict(self, image: Image) -> tuple[str, int | None]:
        """Take the verdict on the image itself or, where it has one that goes, its subject."""
        verdict = self.alone(image)
        subject = self.subject_of(image)
        if subject is None:
            return verdict
        led = self.alone(subject)
        if led[0] == "archive" and image.status == "ARCHIVED":
            led = ("retain", led[1])
        return led if led[0] in ("expire", "archive") or verdict[1] is None else verdict

    def alone(self, image: Image) -> tuple[str, int | None]:
        """Let the first rule that identifies the image decide."""
        for rule in self.rules:
            if self.identifies(rule, image):
                action = {"expire": "expire", "transition": "archive"}[rule["action"]["type"]]
                goes = self.would_mark(rule, image) and not self.is_held(image)
                return (action if goes else "retain"), rule["rulePriority"]
        return "not selected", None

    def subject_of(self, image: Image) -> Image | None:
        """Follow the subjects that are there to the first one."""
        chain = [image]
        while chain[-1].subject_digest in self.by_digest:
            following = self.by_digest[chain[-1].subject_digest]
            if following in chain:
                return None
            chain.append(following)
        return chain[-1] if len(chain) > 1 else None

    def is_held(self, image: Image) -> bool:
        """Look for an index that is there, lists the image and is not archived."""
        return any(
            digest in self.by_digest
            and digest != image.digest
            and self.by_digest[digest].status != "ARCHIVED"
            for digest in image.referenced_by or ()
        )

    def identifies(self, rule: dict[str, Any], image: Image) -> bool:
        """Compare the storage class and the tags."""
        if self.subject_of(image) is not None and not self.rules_see_referrers:
            return False
        selection = rule["selection"]
        wanted = "ARCHIVED" if selection.get("storageClass") == "archive" else "ACTIVE"
        if image.status != wanted:
            return False
        if selection["tagStatus"] == "any":
            return True
        if selection["tagStatus"] == "untagged":
            return not image.tags
        return all(
            any(glob(pattern, tag) for tag in image.tags)
            for pattern in selection.get("tagPatternList", [])
        ) and all(
            any(tag.startswith(prefix) for tag in image.tags)
            for prefix in selection.get("tagPrefixList", [])
        )

    def counts(self, image: Image) -> bool:
        """Leave out untagged children of indexes, unless told."""
        return self.count_index_children or bool(image.tags) or not self.is_held(image)

    def would_mark(self, rule: dict[str, Any], image: Image) -> bool:
        """Count the images that come before this one, or the days."""
        selection = rule["selection"]
        number = selection["countNumber"]
        if selection["countType"] == "imageCountMoreThan":
            identified = [other for other in self.images if self.identifies(rule, other)]
            newer = [
                other
                for other in identified
                if self.counts(other)
                and (-pushed(other).timestamp(), other.digest)
                < (-pushed(image).timestamp(), image.digest)
            ]
            return len(newer) >= number
        clock = {
            "sinceImagePushed": pushed,
            "sinceImagePulled": pulled,
            "sinceImageTransitioned": lambda image: image.last_archived_at,
        }[selection["countType"]]
        return self.now - clock(image) > timedelta(days=number)


def pushed(image: Image) -> datetime:
    return image.last_activated_at if image.last_activated_at is not None else image.pushed_at


def pulled(image: Image) -> datetime:
    if image.last_activated_at is not None and (
        image.last_recorded_pull_time is None
        or image.last_recorded_pull_time < image.last_activated_at
    ):
        return image.last_activated_at
    if image.last_recorded_pull_time is not None:
        return image.last_recorded_pull_time
    return image.pushed_at


def glob(pattern: str, tag: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), tag, re.DOTALL) is not None
