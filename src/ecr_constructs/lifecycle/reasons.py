"""Why an image goes or stays, in words.

Layer: lifecycle; imports ``model``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecr_constructs.lifecycle.verdict import Outcome
from ecr_constructs.lifecycle.words import some, subjects
from ecr_constructs.model.lifecycle import ActionType, CountType, StorageClass
from ecr_constructs.model.words import plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ecr_constructs.lifecycle.images import Image
    from ecr_constructs.lifecycle.scan import Scan
    from ecr_constructs.model.lifecycle import LifecycleRule


def untouched(image: Image) -> str:
    """Say why no rule selects an image."""
    if image.status == "ACTIVATING":
        return "untouched: it is being restored from the archive"
    if image.storage_class is None:
        return f"untouched: its status is {image.status}"
    if image.storage_class is StorageClass.ARCHIVE:
        return "untouched: no rule on archived images selects it"
    return "untouched: no rule selects it"


def led(outcome: Outcome, subject: Image) -> str:
    """Say that a referrer goes or stays with its subject."""
    verb = {Outcome.EXPIRE: "expires", Outcome.ARCHIVE: "archived"}.get(outcome, "stays")
    return f"{verb} with its subject, {subject.name}"


def held(scan: Scan, index: Image) -> str:
    """Say that an index keeps a manifest."""
    verb = "archive" if scan.rule.action is ActionType.TRANSITION else "expire"
    return f"kept: rule {scan.rule.rule_priority} would {verb} it, but index {index.name} lists it"


def decided(image: Image, scan: Scan, outcome: Outcome, shielded: Sequence[LifecycleRule]) -> str:
    """Say why the rule that decides acts or does not.

    Args:
        image: The image.
        scan: The rule that decides.
        outcome: What happens.
        shielded: The later rules that would act on the image, if they decided.
    """
    rule = scan.rule
    if outcome.acts:
        verb = "expires" if outcome is Outcome.EXPIRE else "archived"
        return f"{verb}: {_measure(image, scan, acts=True)}"
    if rule.never_acts:
        text = f"shielded by rule {rule.rule_priority}, which never acts on it"
    else:
        text = f"kept: {_measure(image, scan, acts=False)}"
    if shielded:
        numbers = ", ".join(str(other.rule_priority) for other in shielded)
        word = "rule" if len(shielded) == 1 else "rules"
        text += f"; {word} {numbers} would act on it, but rule {rule.rule_priority} comes first"
    return text


def _measure(image: Image, scan: Scan, *, acts: bool) -> str:
    """Say where the image stands on the rule's scale."""
    rule, number = scan.rule, scan.rule.count_number
    if rule.count_type is CountType.IMAGE_COUNT_MORE_THAN:
        among = "" if number == 1 else "one of "
        return f"{'not ' if acts else ''}{among}the newest {some(number, subjects(rule))}"
    than = f"{'' if acts else 'not '}more than {plural(number, 'day')} ago"
    return f"{_event(image, rule)} {_shown(scan.clock(image))}, {than}"


def _event(image: Image, rule: LifecycleRule) -> str:
    """Say what the clock of the rule started with."""
    if rule.count_type is CountType.SINCE_IMAGE_TRANSITIONED:
        return "archived on"
    if rule.count_type is CountType.SINCE_IMAGE_PULLED:
        if image.last_recorded_pull_time is not None and (
            image.pull_time == image.last_recorded_pull_time
        ):
            return "last pulled on"
        return (
            "never pulled since its restore on"
            if image.last_activated_at
            else ("never pulled, pushed on")
        )
    return "restored on" if image.last_activated_at else "pushed on"


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"
