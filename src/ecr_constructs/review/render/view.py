"""The review arranged for the page: which repository has which changes, flags and drawings.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ecr_constructs.review.access.purposes import Purpose
from ecr_constructs.review.change.difference import Change, ChangeClass, Difference, Place
from ecr_constructs.review.render.drawing import Drawing, draw
from ecr_constructs.review.render.timeline import Timeline, timeline
from ecr_constructs.review.report import RegistryReport, RepositoryReport
from ecr_constructs.review.run import Review

#: What a repository can be filtered by: the flag, and the words for it.
FLAGS: Final = {
    "changed": "Changed",
    "findings": "With findings",
    "exempt": "Exempt",
    "shared": "Shared outside the account",
    "unscanned": "Not scanned on push",
}
_ALWAYS: Final = (Purpose.PULL, Purpose.PUSH)
_NAMED: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryView:
    """One repository on the page.

    Attributes:
        anchor: Its id.
        report: What it is.
        differences: What changes in it.
        kinds: What that means, harmless only where nothing else is.
        flags: What it can be filtered by.
        purposes: The columns of its access matrix.
        shared: Whom it is shared with, the first of them.
        more: With how many others it is shared.
        timeline: Its images; None where no inventory tells.
    """

    anchor: str
    report: RepositoryReport
    differences: tuple[Difference, ...]
    kinds: tuple[ChangeClass, ...]
    flags: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    shared: tuple[str, ...]
    more: int
    timeline: Timeline | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryView:
    """One registry on the page.

    Attributes:
        anchor: Its id.
        report: What it is.
        repositories: Its repositories.
    """

    anchor: str
    report: RegistryReport
    repositories: tuple[RepositoryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The whole page.

    Attributes:
        registries: In the order of the report.
        drawing: The map; None where there is nothing to draw.
        groups: The differences by class, worst first.
        flags: The filters that select something, and how many repositories each selects.
    """

    registries: tuple[RegistryView, ...]
    drawing: Drawing | None
    groups: Mapping[ChangeClass, tuple[Difference, ...]]
    flags: Mapping[str, int]


def arranged(review: Review) -> PageView:
    """Arrange a review for the page."""
    change = review.change or Change()
    changed = dict(_by_repository(change))
    registries = tuple(
        _registry(index, registry, changed)
        for index, registry in enumerate(review.report.registries)
    )
    counts = {
        flag: sum(flag in each.flags for registry in registries for each in registry.repositories)
        for flag in FLAGS
    }
    return PageView(
        registries=registries,
        drawing=draw(review.report),
        groups={kind: change.of(kind) for kind in change.counts},
        flags={flag: count for flag, count in counts.items() if count},
    )


def _by_repository(change: Change) -> Iterator[tuple[tuple[Place | None, str], list[Difference]]]:
    found: dict[tuple[Place | None, str], list[Difference]] = {}
    for difference in change.differences:
        for name in difference.repositories:
            found.setdefault((difference.place, name), []).append(difference)
    yield from found.items()


def _registry(
    index: int,
    registry: RegistryReport,
    changed: Mapping[tuple[Place | None, str], list[Difference]],
) -> RegistryView:
    return RegistryView(
        anchor=f"registry-{index}",
        report=registry,
        repositories=tuple(
            _repository(
                f"repository-{index}-{number}",
                repository,
                tuple(changed.get((registry.place, repository.name), ())),
            )
            for number, repository in enumerate(registry.repositories)
        ),
    )


def _repository(
    anchor: str, report: RepositoryReport, differences: tuple[Difference, ...]
) -> RepositoryView:
    shared = report.shared_with
    held = {grant.purpose for row in report.access for grant in row.grants}
    flags = {
        "changed": bool(differences),
        "findings": bool(report.findings),
        "exempt": bool(report.exemptions),
        "shared": bool(shared),
        "unscanned": report.scan.is_scanned is not True,
    }
    kinds = dict.fromkeys(each.kind for each in differences)
    if len(kinds) > 1:
        kinds.pop(ChangeClass.HARMLESS, None)
    return RepositoryView(
        anchor=anchor,
        report=report,
        differences=differences,
        kinds=tuple(kinds),
        flags=tuple(flag for flag, holds in flags.items() if holds),
        purposes=tuple(each for each in Purpose if each in held or each in _ALWAYS),
        shared=shared[:_NAMED],
        more=max(0, len(shared) - _NAMED),
        timeline=None if report.images is None else timeline(report.images),
    )
