"""The map of accounts and Regions, laid out: accounts are rows, Regions are columns.

Layer: review. Numbers and words alone; the page's template draws them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ecr_constructs.model.words import plural
from ecr_constructs.review.change.difference import Place
from ecr_constructs.review.render.arrows import Arrow, arrows_between
from ecr_constructs.review.render.boxes import GAP, HEAD, LINE, Box, Lane, short
from ecr_constructs.review.render.mermaid import NODES, namespaces
from ecr_constructs.review.report import RegistryReport, Report

_BOX: Final = 218
_PAD: Final = 16
_NAMESPACES: Final = 6
_UPSTREAM: Final = 250
_UPSTREAM_HEIGHT: Final = 34
#: As many characters fit into a box.
_IN_BOX: Final = 30
_IN_TITLE: Final = 25
_IN_UPSTREAM: Final = 34


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole map.

    Attributes:
        width: Its width.
        height: Its height.
        lanes: The accounts.
        boxes: The registries.
        upstreams: The registries that are cached.
        arrows: What goes where.
        left_out: What is not drawn, in words; empty for nothing.
    """

    width: int
    height: int
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    upstreams: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    left_out: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The map in words."""
        return (
            *(box.words for box in self.boxes),
            *(arrow.words for arrow in self.arrows),
        )


@dataclass(slots=True)
class _Plan:
    """What is drawn, before it has a place."""

    registries: dict[Place, RegistryReport | None] = field(default_factory=dict)
    upstreams: dict[str, None] = field(default_factory=dict)


def draw(report: Report) -> Drawing | None:
    """Return the map of a report; None where there is nothing to draw."""
    plan = _plan(report)
    if not plan.registries:
        return None
    accounts = list(dict.fromkeys(place.account for place in plan.registries))
    regions = _regions(plan)
    left = _PAD + (_UPSTREAM + GAP if plan.upstreams else 0)
    width = left + 2 * _PAD + len(regions) * (_BOX + GAP) - GAP
    boxes: dict[Place, Box] = {}
    lanes: list[Lane] = []
    y = _PAD
    for account in accounts:
        mine = {place: r for place, r in plan.registries.items() if place.account == account}
        height = HEAD + max(map(_height, mine.values())) + _PAD
        lanes.append(Lane(left, y, width - left, height, short(f"account {account}", 2 * _IN_BOX)))
        for place, registry in mine.items():
            x = left + _PAD + regions.index(place.region) * (_BOX + GAP)
            boxes[place] = _box(place, registry, x, y + HEAD)
        y += height + _PAD
    upstreams = _upstreams(plan, y)
    arrows = tuple(arrows_between(report, boxes, upstreams, lanes))
    rest = len(report.registries) - sum(r is not None for r in plan.registries.values())
    lowest = max((box.y + box.height + _PAD for box in upstreams.values()), default=0)
    return Drawing(
        width=max([width, *(arrow.right for arrow in arrows)]) + _PAD,
        height=max(y, lowest),
        lanes=tuple(lanes),
        boxes=tuple(boxes.values()),
        upstreams=tuple(upstreams.values()),
        arrows=arrows,
        left_out=f"{plural(rest, 'registry')} more are not drawn" if rest else "",
    )


def _plan(report: Report) -> _Plan:
    plan = _Plan()
    for registry in report.registries[: NODES // 2]:
        plan.registries[registry.place] = registry
    for registry in report.registries[: NODES // 2]:
        for flow in registry.replication:
            if len(plan.registries) < NODES * 3 // 4:
                plan.registries.setdefault(flow.destination, None)
        for cache in registry.caches:
            if len(plan.upstreams) < NODES // 4:
                plan.upstreams[cache.upstream] = None
    return plan


def _regions(plan: _Plan) -> list[str]:
    """Return the Regions from left to right: where images are pushed comes first."""
    weights: dict[str, int] = {}
    for place, registry in plan.registries.items():
        weight = 2
        if registry is not None and (registry.repositories or registry.caches):
            weight = 0
        elif registry is not None and registry.replication:
            weight = 1
        weights[place.region] = min(weight, weights.get(place.region, 2))
    return sorted(weights, key=lambda region: weights[region])


def _height(registry: RegistryReport | None) -> int:
    lines = 1 if registry is None else len(_lines(registry))
    return LINE * (lines + 1) + _PAD


def _lines(registry: RegistryReport) -> tuple[str, ...]:
    found = namespaces(registry)
    lines = [f"{name}  {count:,}" for name, count in found.most_common(_NAMESPACES)]
    if len(found) > _NAMESPACES:
        lines.append(f"{plural(len(found) - _NAMESPACES, 'namespace')} more")
    return tuple(lines) or ("no repositories of this app",)


def _box(place: Place, registry: RegistryReport | None, x: int, y: int) -> Box:
    lines = ("not in this app",) if registry is None else _lines(registry)
    held = "is not in this app"
    if registry is not None:
        held = f"holds {plural(len(registry.repositories), 'repository')} of this app"
    return Box(
        x=x,
        y=y,
        width=_BOX,
        height=_height(registry),
        title=short(place.region, _IN_TITLE),
        lines=tuple(short(line, _IN_BOX) for line in lines),
        words=f"the registry of account {place} {held}",
        outside=registry is None,
    )


def _upstreams(plan: _Plan, height: int) -> dict[str, Box]:
    step = max(_UPSTREAM_HEIGHT + _PAD, (height - _PAD) // max(len(plan.upstreams), 1))
    return {
        upstream: Box(
            x=_PAD,
            y=_PAD + place * step + (step - _UPSTREAM_HEIGHT) // 2,
            width=_UPSTREAM,
            height=_UPSTREAM_HEIGHT,
            title=short(upstream, _IN_UPSTREAM),
            lines=(),
            words=upstream,
        )
        for place, upstream in enumerate(plan.upstreams)
    }
