"""The arrows of the map: from where to where, along which line, and where their labels stand.

Layer: review.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ecr_constructs.review.change.difference import Place
from ecr_constructs.review.render.boxes import GAP, HEAD, LINE, Box, Lane, short
from ecr_constructs.review.report import Report

#: As wide is a letter, at the most; as far from its lane's side stands an account.
_LETTER: Final = 7
_TITLE_INSET: Final = 12
#: As far above a lane a label stands, in the space between two.
_ABOVE: Final = 4
#: As many characters fit into the label of an arrow.
_ON_ARROW: Final = 16


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

    @property
    def right(self) -> int:
        """Where its label ends."""
        return self.x + len(self.label) * _LETTER // 2


def arrows_between(
    report: Report, boxes: dict[Place, Box], upstreams: dict[str, Box], lanes: list[Lane]
) -> list[Arrow]:
    """Return the arrows of replication and of caches.

    Args:
        report: What there is.
        boxes: The registries that are drawn.
        upstreams: The upstream registries that are drawn.
        lanes: The accounts, whose titles labels keep off.
    """
    drawn = list(_connections(report, boxes, upstreams))
    # Arrows at one side of a box share it out among them.
    taken = Counter(end for each in drawn for end in each.ends)
    met: Counter[tuple[Box, str]] = Counter()
    ends = []
    for each in drawn:
        points = []
        for box, side in each.ends:
            met[box, side] += 1
            points.append(_point(box, side, met[box, side] / (taken[box, side] + 1)))
        ends.append((points[0], points[1]))
    # The labels at one side stand all above or all below their tips, and so clear of each other.
    above = {
        each.ends[1]
        for each, ((_, y1, _, _), (_, y2, _, _)) in zip(drawn, ends, strict=True)
        if y1 >= y2 - LINE
    }
    return [
        _clear_of(lanes, _arrow(each, start, end, is_below=each.ends[1] not in above))
        for each, (start, end) in zip(drawn, ends, strict=True)
    ]


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
                sides = _sides(source, target, boxes.values())
                yield _Connection(sides, what, f"{words}: {flow.permission}")
        for cache in registry.caches:
            upstream = upstreams.get(cache.upstream)
            if upstream is not None:
                words = f"{registry.place} caches {cache.upstream} below {cache.prefix}"
                sides = _sides(upstream, source, ())
                yield _Connection(sides, cache.prefix, words, cached=True)


def _sides(
    source: Box, target: Box, boxes: Iterable[Box]
) -> tuple[tuple[Box, str], tuple[Box, str]]:
    """Return at which sides of the boxes an arrow leaves and arrives.

    Within a column it goes around the boxes that stand between, and not through them.
    """
    if target.x > source.x:
        return (source, "right"), (target, "left")
    if target.x < source.x:
        return (source, "left"), (target, "right")
    upper, lower = sorted((source.y, target.y))
    if any(box.x == source.x and upper < box.y < lower for box in boxes):
        return (source, "right"), (target, "right")
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
    each: _Connection,
    start: tuple[int, int, int, int],
    end: tuple[int, int, int, int],
    *,
    is_below: bool,
) -> Arrow:
    (x1, y1, dx1, dy1), (x2, y2, dx2, dy2) = start, end
    # An arrow that goes around stays between two columns.
    most = GAP if dx1 and dx1 == dx2 else 2 * GAP
    bend = min(max(40, (abs(x2 - x1) + abs(y2 - y1)) // 3), most)
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
    x = x2 + dx2 * GAP // 2 if dx2 else (x1 + x2) // 2
    y = (y2 + 15 if is_below else y2 - 6) if dx2 else (y1 + y2) // 2 + 4
    return Arrow(path, tip, x, y, short(each.label, _ON_ARROW), each.words, each.cached)


def _clear_of(lanes: list[Lane], arrow: Arrow) -> Arrow:
    """Return an arrow whose label stands above an account, if it would meet the account's own."""
    half = len(arrow.label) * _LETTER // 2
    for lane in lanes:
        ends = lane.x + _TITLE_INSET + len(lane.title) * _LETTER
        beside = arrow.x + half < lane.x or arrow.x - half > ends
        if not beside and lane.y <= arrow.y <= lane.y + HEAD:
            return replace(arrow, y=lane.y - _ABOVE)
    return arrow
