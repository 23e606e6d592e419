"""The map of accounts and Regions, laid out: accounts are rows, Regions are columns.

Layer: review. Numbers and words alone; the page's template draws them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from ecr_constructs.model.words import plural
from ecr_constructs.review.change.difference import Place
from ecr_constructs.review.render.mermaid import NODES, namespaces
from ecr_constructs.review.report import RegistryReport, Report

_BOX: Final = 218
_GAP: Final = 108
_LINE: Final = 18
_HEAD: Final = 30
_PAD: Final = 16
_NAMESPACES: Final = 6
_UPSTREAM: Final = 250
_UPSTREAM_HEIGHT: Final = 34
#: As many characters fit into a box, into the label of an arrow.
_IN_BOX: Final = 30
#: As wide is a letter, at the most; as far from its lane's side stands an account.
_LETTER: Final = 7
_TITLE_INSET: Final = 12
#: As far above a lane a label stands, in the space between two.
_ABOVE: Final = 4
_IN_TITLE: Final = 25
_IN_UPSTREAM: Final = 34
_ON_ARROW: Final = 16


@dataclass(frozen=True, slots=True)
class Box:
    """A registry.

    Attributes:
        x: Its left side.
        y: Its upper side.
        width: Its width.
        height: Its height.
        title: Its Region.
        lines: What it holds.
        words: All of it, for those who cannot see it.
        outside: Whether it is not in this app.
    """

    x: int
    y: int
    width: int
    height: int
    title: str
    lines: tuple[str, ...]
    words: str
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """An account.

    Attributes:
        x: Its left side.
        y: Its upper side.
        width: Its width.
        height: Its height.
        title: The account.
    """

    x: int
    y: int
    width: int
    height: int
    title: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """Images that go from one place to another.

    Attributes:
        path: The line, as SVG writes paths.
        tip: The points of its tip.
        x: Where its label stands.
        y: Where its label stands.
        label: What goes.
        words: All of it, for those who cannot see it.
        cached: Whether they are pulled through a cache; else they are replicated.
    """

    path: str
    tip: str
    x: int
    y: int
    label: str
    words: str
    cached: bool = False


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
    left = _PAD + (_UPSTREAM + _GAP if plan.upstreams else 0)
    width = left + 2 * _PAD + len(regions) * (_BOX + _GAP) - _GAP
    boxes: dict[Place, Box] = {}
    lanes: list[Lane] = []
    y = _PAD
    for account in accounts:
        mine = {place: r for place, r in plan.registries.items() if place.account == account}
        height = _HEAD + max(map(_height, mine.values())) + _PAD
        lanes.append(Lane(left, y, width - left, height, _short(f"account {account}", 2 * _IN_BOX)))
        for place, registry in mine.items():
            x = left + _PAD + regions.index(place.region) * (_BOX + _GAP)
            boxes[place] = _box(place, registry, x, y + _HEAD)
        y += height + _PAD
    upstreams = _upstreams(plan, y)
    arrows = tuple(_clear_of(lanes, each) for each in _arrows(report, boxes, upstreams))
    rest = len(report.registries) - sum(r is not None for r in plan.registries.values())
    lowest = max((box.y + box.height + _PAD for box in upstreams.values()), default=0)
    return Drawing(
        width=width + _PAD,
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
    return _LINE * (lines + 1) + _PAD


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
        title=_short(place.region, _IN_TITLE),
        lines=tuple(_short(line, _IN_BOX) for line in lines),
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
            title=_short(upstream, _IN_UPSTREAM),
            lines=(),
            words=upstream,
        )
        for place, upstream in enumerate(plan.upstreams)
    }


def _arrows(report: Report, boxes: dict[Place, Box], upstreams: dict[str, Box]) -> list[Arrow]:
    drawn = list(_connections(report, boxes, upstreams))
    # Arrows at one side of a box share it out among them.
    taken = Counter(end for each in drawn for end in each.ends)
    met: Counter[tuple[Box, str]] = Counter()
    arrows = []
    for each in drawn:
        points = []
        for box, side in each.ends:
            met[box, side] += 1
            points.append(_point(box, side, met[box, side] / (taken[box, side] + 1)))
        arrows.append(_arrow(each, points[0], points[1]))
    return arrows


@dataclass(frozen=True, slots=True)
class _Connection:
    """An arrow before it has a place.

    Attributes:
        ends: The box and the side where it leaves, and where it arrives.
        label: What goes.
        words: All of it.
        cached: Whether it is a cache.
    """

    ends: tuple[tuple[Box, str], tuple[Box, str]]
    label: str
    words: str
    cached: bool = False


def _connections(
    report: Report, boxes: dict[Place, Box], upstreams: dict[str, Box]
) -> Iterator[_Connection]:
    for registry in report.registries:
        source = boxes.get(registry.place)
        if source is None:
            continue
        for flow in registry.replication:
            target = boxes.get(flow.destination)
            if target is not None and target is not source:
                what = ", ".join(flow.prefixes)
                words = f"{registry.place} replicates {what} to {flow.destination}"
                yield _Connection(_sides(source, target), what, f"{words}: {flow.permission}")
        for cache in registry.caches:
            upstream = upstreams.get(cache.upstream)
            if upstream is not None:
                words = f"{registry.place} caches {cache.upstream} below {cache.prefix}"
                yield _Connection(_sides(upstream, source), cache.prefix, words, cached=True)


def _sides(source: Box, target: Box) -> tuple[tuple[Box, str], tuple[Box, str]]:
    """Return at which sides of the boxes an arrow leaves and arrives."""
    if target.x > source.x:
        return (source, "right"), (target, "left")
    if target.x < source.x:
        return (source, "left"), (target, "right")
    if target.y > source.y:
        return (source, "bottom"), (target, "top")
    return (source, "top"), (target, "bottom")


#: Which way a side of a box looks.
_DIRECTIONS: Final = {"right": (1, 0), "left": (-1, 0), "bottom": (0, 1), "top": (0, -1)}


def _point(box: Box, side: str, share: float) -> tuple[int, int, int, int]:
    """Return a point on a side of a box, and which way it looks."""
    dx, dy = _DIRECTIONS[side]
    x = box.x + (box.width if side == "right" else 0 if dx else round(box.width * share))
    y = box.y + (box.height if side == "bottom" else 0 if dy else round(box.height * share))
    return x, y, dx, dy


def _arrow(
    each: _Connection, start: tuple[int, int, int, int], end: tuple[int, int, int, int]
) -> Arrow:
    (x1, y1, dx1, dy1), (x2, y2, dx2, dy2) = start, end
    bend = min(max(40, (abs(x2 - x1) + abs(y2 - y1)) // 3), 2 * _GAP)
    path = (
        f"M{x1} {y1} C{x1 + dx1 * bend} {y1 + dy1 * bend},"
        f" {x2 + dx2 * bend} {y2 + dy2 * bend}, {x2 + dx2 * 8} {y2 + dy2 * 8}"
    )
    side_x, side_y = (0, 4) if dx2 else (4, 0)
    tip = (
        f"{x2},{y2} {x2 + dx2 * 9 - side_x},{y2 + dy2 * 9 - side_y}"
        f" {x2 + dx2 * 9 + side_x},{y2 + dy2 * 9 + side_y}"
    )
    # The label stands before the tip, where no box is in the way.
    x = x2 + dx2 * _GAP // 2 if dx2 else (x1 + x2) // 2
    below = y1 < y2 - _LINE
    y = (y2 + 15 if below else y2 - 6) if dx2 else (y1 + y2) // 2 + 4
    return Arrow(path, tip, x, y, _short(each.label, _ON_ARROW), each.words, each.cached)


def _clear_of(lanes: list[Lane], arrow: Arrow) -> Arrow:
    """Return an arrow whose label stands above an account, if it would meet the account's own."""
    half = len(arrow.label) * _LETTER // 2
    for lane in lanes:
        ends = lane.x + _TITLE_INSET + len(lane.title) * _LETTER
        beside = arrow.x + half < lane.x or arrow.x - half > ends
        if not beside and lane.y <= arrow.y <= lane.y + _HEAD:
            return replace(arrow, y=lane.y - _ABOVE)
    return arrow


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
