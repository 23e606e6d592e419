"""What Amazon ECR accepts in a lifecycle policy and what surprises people.

Layer: lifecycle; imports ``model``.

Each function is one surprise. It speaks from the policy alone, and names the
images that show it where there is an inventory.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ecr_constructs.lifecycle.evidence import Sample
from ecr_constructs.lifecycle.ranked import Ranked, standard
from ecr_constructs.lifecycle.shields import shields
from ecr_constructs.model.lifecycle import ActionType, CountType, StorageClass, TagStatus
from ecr_constructs.model.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecr_constructs.lifecycle.evidence import Evidence

#: https://github.com/opencontainers/distribution-spec/blob/main/spec.md, the grammar of a tag
_TAG: Final = re.compile(r"[A-Za-z0-9_.*-]*")

#: What teams call the images that they would miss.
_PRECIOUS: Final = re.compile(
    r"(latest|stable|main|master|prod|production|live|release)([-_.].*)?"
    r"|(v|release-)?[0-9]+\.[0-9]+(\.[0-9]+)?"
)


def surprises(rules: Sequence[Ranked], evidence: Evidence | None) -> list[Problem]:
    """Return what surprises people in a policy without errors, by rule."""
    unarchived = standard(rules)
    return [
        *_and_lists(rules, evidence),
        *_entries(rules, evidence),
        *shields(rules, evidence),
        *_catch_all(unarchived, evidence),
        *_untagged_stay(unarchived, evidence),
        *_empties(unarchived, evidence),
        *(_selects_nothing(rules, evidence) if evidence else ()),
        *(_archived_stay(rules) if len(unarchived) == len(rules) else ()),
    ]


def _and_lists(rules: Sequence[Ranked], evidence: Evidence | None) -> Iterator[Problem]:
    for ranked in rules:
        if len(ranked.entries) < 2:  # noqa: PLR2004 - one entry is no list
            continue
        shown = ""
        if evidence:
            near = evidence.near[ranked.number]
            selected = evidence.selected[ranked.number]
            if selected and not near.count:
                continue  # the images are tagged as the list asks
            shown = f"; it selects {selected} images, not {near}" if near.count else ""
        yield Problem(
            id="tags-are-and",
            message=f"{ranked.list_name} is an AND, so only an image with a tag for each entry is "
            f"selected, got {list(ranked.entries)}{shown}",
            fix="write a rule for each entry where one of them should do",
            path=f"{ranked.path}.selection.{ranked.list_name}",
            severity=Severity.WARNING,
        )


def _entries(rules: Sequence[Ranked], evidence: Evidence | None) -> Iterator[Problem]:
    """Warn of entries that match other tags than they seem to."""
    tags = {tag for image in evidence.images for tag in image.tags} if evidence else set()
    for ranked in rules:
        for index, entry in enumerate(ranked.entries):
            if ranked.rule.tag_prefix_list and "*" in entry:
                message = f"a prefix is plain text, in which '*' is no wildcard, got {entry!r}"
                fix = "write tagPatternList, or leave the '*' out"
            elif not _TAG.fullmatch(entry):
                message = (
                    "tags hold letters, digits, '.', '_' and '-' only, so no tag matches, "
                    f"got {entry!r}"
                )
                fix = "write the tag without the repository and without ':'"
            elif _looks_like_a_prefix(ranked, entry, tags):
                message = f"a pattern without '*' matches that one tag only, got {entry!r}"
                fix = f"write {entry + '*'!r} for all tags that start so"
            else:
                continue
            yield Problem(
                id="entry-matches-nothing",
                message=message,
                fix=fix,
                path=f"{ranked.path}.selection.{ranked.list_name}[{index}]",
                severity=Severity.WARNING,
            )


def _looks_like_a_prefix(ranked: Ranked, entry: str, tags: set[str]) -> bool:
    if ranked.rule.tag_prefix_list or "*" in entry or entry in tags:
        return False
    return entry.endswith(("-", "_", ".")) or any(tag.startswith(entry) for tag in tags)


def _catch_all(rules: Sequence[Ranked], evidence: Evidence | None) -> Iterator[Problem]:
    for ranked in rules:
        if not (ranked.takes_every_tag and ranked.expires) or ranked.rule.never_acts:
            continue
        named = [r for r in rules if r.number < ranked.number and r.is_tagged]
        precious, tagged = Sample(), Sample()
        for image in evidence.acted[ranked.number] if evidence else ():
            if image.tags:
                tagged.add(image)
            if any(map(_PRECIOUS.fullmatch, image.tags)):
                precious.add(image)
        worst = precious if precious.count else tagged
        if named and not precious.count:
            continue
        shown = f", among them {worst}" if worst.count else ""
        yield Problem(
            id="catch-all",
            message="the rule expires images of any tag that no earlier rule selects, "
            f"releases too{shown}",
            fix="protect what must stay with a rule before it",
            path=ranked.path,
            severity=Severity.WARNING,
        )


def _untagged_stay(rules: Sequence[Ranked], evidence: Evidence | None) -> Iterator[Problem]:
    if any(r.is_any or r.rule.tag_status is TagStatus.UNTAGGED for r in rules):
        return
    untagged = Sample()
    for image in evidence.images if evidence else ():
        if not image.tags and image.storage_class is StorageClass.STANDARD:
            untagged.add(image)
    shown = f", {untagged.count} of them now" if untagged.count else ""
    yield Problem(
        id="untagged-stay",
        message=f"no rule selects untagged images, so they stay for ever{shown}",
        fix="add a rule with tagStatus 'untagged'",
        path="rules",
        severity=Severity.WARNING,
    )


def _empties(rules: Sequence[Ranked], evidence: Evidence | None) -> Iterator[Problem]:
    for ranked in rules:
        rule = ranked.rule
        by_age = rule.count_type is CountType.SINCE_IMAGE_PUSHED
        if not (ranked.takes_every_tag and ranked.expires and by_age):
            continue
        if any(r.counts for r in rules if r.number < ranked.number):
            continue
        shown = f"; of {len(evidence.images)} images {evidence.left} stay now" if evidence else ""
        yield Problem(
            id="empties-repository",
            message=f"an age of {rule.count_number} days empties a repository that nobody pushes "
            f"to for so long{shown}",
            fix="keep a number of images with a rule on imageCountMoreThan before it",
            path=ranked.path,
            severity=Severity.WARNING,
        )


def _selects_nothing(rules: Sequence[Ranked], evidence: Evidence) -> Iterator[Problem]:
    classes = {image.storage_class for image in evidence.images}
    for ranked in rules:
        if (
            ranked.is_tagged
            and not evidence.selected[ranked.number]
            and ranked.storage_class in classes
        ):
            yield Problem(
                id="selects-nothing",
                message=f"no image of the inventory matches, got {list(ranked.entries)}",
                fix="compare it with the tags that are there",
                path=f"{ranked.path}.selection.{ranked.list_name}",
                severity=Severity.WARNING,
            )


def _archived_stay(rules: Sequence[Ranked]) -> Iterator[Problem]:
    archiving = [r for r in rules if r.rule.action is ActionType.TRANSITION]
    if archiving:
        yield Problem(
            id="archived-stay",
            message="no rule selects archived images, so what is archived stays for ever",
            fix="add a rule on sinceImageTransitioned, or keep it so",
            path=archiving[0].path,
            severity=Severity.NOTE,
        )
