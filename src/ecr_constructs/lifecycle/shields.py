"""Rules of a lifecycle policy that earlier rules keep away from images.

Layer: lifecycle; imports ``model``.

An image is out of reach of every rule after the first one that selects it,
whether that one acts or not. Protection is made of it, and so are most
surprises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecr_constructs.lifecycle.words import subjects
from ecr_constructs.model.lifecycle import TagStatus
from ecr_constructs.model.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecr_constructs.lifecycle.evidence import Evidence, Sample
    from ecr_constructs.lifecycle.ranked import Ranked


def shields(rules: Sequence[Ranked], evidence: Evidence | None) -> Iterator[Problem]:
    """Yield a problem for each rule that earlier ones keep from images it seems made for."""
    for later in rules:
        earlier = [r for r in rules[: later.number] if r.storage_class is later.storage_class]
        if not earlier:
            continue
        whole = _covering(later, earlier)
        if whole:
            yield _wholly(later, whole)
            continue
        kept_away = [
            (rule, sample)
            for rule in earlier
            if rule.is_tagged and not rule.rule.never_acts
            for sample in [_sample(rule, later, evidence)]
            if sample or rule.overlaps(later)
        ]
        # Exceptions before a catch-all are how policies are written: worth knowing, no surprise.
        if later.takes_every_tag and later.expires and kept_away:
            yield _exceptions(later, kept_away)
        else:
            for rule, sample in kept_away:
                yield _partly(rule, later, sample)
        if evidence:
            for rule in earlier:
                yield from _taken(rule, later, evidence)


def _sample(earlier: Ranked, later: Ranked, evidence: Evidence | None) -> Sample | None:
    """Return the images that show how the earlier rule keeps the later one away."""
    return evidence.shielded.get((earlier.number, later.number)) if evidence else None


def _covering(later: Ranked, earlier: Sequence[Ranked]) -> list[Ranked]:
    """Return the earlier rules that together select all that the later one selects."""
    if not later.is_any:
        return next(([rule] for rule in earlier if rule.covers(later)), [])
    tagged = [rule for rule in earlier if rule.takes_every_tag]
    untagged = [rule for rule in earlier if rule.rule.tag_status is TagStatus.UNTAGGED]
    return [tagged[0], untagged[0]] if tagged and untagged else []


def _wholly(later: Ranked, whole: Sequence[Ranked]) -> Problem:
    paths = " and ".join(rule.path for rule in whole)
    select = "select" if len(whole) > 1 else "selects"
    effect = "protects nothing" if later.rule.never_acts else "never acts"
    return Problem(
        id="shielded",
        message=f"the rule {effect}, as {paths} {select} all its images before it",
        fix=f"give it a lower rulePriority than {paths}, or drop it",
        path=later.path,
        severity=Severity.WARNING,
    )


def _partly(earlier: Ranked, later: Ranked, sample: Sample | None) -> Problem:
    effect = "protects no" if later.rule.never_acts else "never acts on"
    shown = f"; out of its reach now: {sample}" if sample else ""
    return Problem(
        id="partly-shielded",
        message=f"the rule {effect} {subjects(earlier.rule)}, "
        f"as {earlier.path} decides them before it{shown}",
        fix=f"give it a lower rulePriority than {earlier.path}, or narrow the tags of one",
        path=later.path,
        severity=Severity.WARNING,
    )


def _exceptions(later: Ranked, kept_away: Sequence[tuple[Ranked, Sample | None]]) -> Problem:
    listed = ", ".join(f"{subjects(rule.rule)} ({rule.path})" for rule, _ in kept_away)
    return Problem(
        id="partly-shielded",
        message=f"the rule never acts on what earlier rules decide: {listed}",
        fix="keep it so if that is meant",
        path=later.path,
        severity=Severity.NOTE,
    )


def _taken(earlier: Ranked, later: Ranked, evidence: Evidence) -> Iterator[Problem]:
    """Warn of images that an earlier rule takes although a later one is there to keep them."""
    sample = evidence.taken.get((earlier.number, later.number))
    if not sample or not later.counts or not later.is_tagged:
        return
    verb = "expires" if earlier.expires else "archives"
    yield Problem(
        id="taken-before-kept",
        message=f"{earlier.path} {verb} images that the rule would keep, "
        f"as it comes first: {sample}",
        fix=f"give the rule a lower rulePriority than {earlier.path}",
        path=later.path,
        severity=Severity.WARNING,
    )
