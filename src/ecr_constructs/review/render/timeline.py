"""The images of a repository on a time line, laid out: a row for each outcome.

Layer: review. Numbers and words alone; the page's template draws them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ecr_constructs.lifecycle.verdict import Outcome
from ecr_constructs.model.words import plural
from ecr_constructs.review.images import ImageReport, ImagesReport

WIDTH: Final = 900
_LEFT: Final = 130
_RIGHT: Final = 20
_ROW: Final = 34
_TOP: Final = 12
#: As many images are drawn each by itself; of more, bars tell how many there are.
MARKS: Final = 400
_BARS: Final = 120
#: As many images stand in the table.
ROWS: Final = 200
_TICKS: Final = 6
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Mark:
    """One image, or as many as fell into one bar.

    Attributes:
        x: Its place.
        height: The height of a bar; 0 for a single image.
        words: What it is.
        changed: Whether the older policy had another outcome for it.
    """

    x: float
    height: float
    words: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The images that meet one outcome.

    Attributes:
        outcome: The outcome.
        kind: The outcome, as a name for its colour.
        y: The middle of the row.
        label: The outcome and how many images there are.
        marks: The images.
    """

    outcome: Outcome
    kind: str
    y: int
    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A date on the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The time line of one repository.

    Attributes:
        height: Its height.
        rows: The outcomes that images meet.
        ticks: The dates.
        now: Where the present is.
        left: Where the line begins.
        words: What it shows, for those who cannot see it.
        table: The images that go or whose outcome changes, newest first.
        left_out: How many of them are not in the table.
        altered: Of how many images the change decides otherwise.
    """

    height: int
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    now: float
    left: int
    words: str
    table: tuple[ImageReport, ...]
    left_out: int
    altered: int


_KINDS: Final = {
    Outcome.EXPIRE: "expire",
    Outcome.ARCHIVE: "archive",
    Outcome.RETAIN: "retain",
    Outcome.NOT_SELECTED: "untouched",
}


def timeline(images: ImagesReport) -> Timeline | None:
    """Return the time line of a repository's images; None where it has none."""
    if not images.images:
        return None
    oldest = min(image.pushed_at for image in images.images)
    span = max((images.now - oldest).total_seconds(), _DAY)
    place = _Scale(oldest, span)
    outcomes = [outcome for outcome in Outcome if images.counts.get(outcome)]
    acted = [i for i in images.images if i.outcome.acts or _is_changed(i)]
    counts = ", ".join(f"{images.counts[outcome]:,} {outcome}" for outcome in outcomes)
    return Timeline(
        height=_TOP + _ROW * len(outcomes) + 28,
        rows=tuple(
            _row(outcome, _TOP + _ROW * index + _ROW // 2, images, place)
            for index, outcome in enumerate(outcomes)
        ),
        ticks=tuple(_ticks(place)),
        now=place.x(images.now),
        left=_LEFT,
        words=f"{plural(len(images.images), 'image')} pushed since {oldest.date()}: {counts}",
        table=tuple(acted[:ROWS]),
        left_out=max(0, len(acted) - ROWS),
        altered=sum(map(_is_changed, images.images)),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """From times to places on the line."""

    oldest: dt.datetime
    span: float

    def share(self, time: dt.datetime) -> float:
        """Return how far along the line a time is; one after the present is at its end."""
        return min((time - self.oldest).total_seconds() / self.span, 1.0)

    def x(self, time: dt.datetime) -> float:
        """Return the place of a time."""
        share = self.share(time)
        return round(_LEFT + 8 + share * (WIDTH - _LEFT - _RIGHT - 8), 1)


def _row(outcome: Outcome, y: int, images: ImagesReport, scale: _Scale) -> Row:
    mine = [image for image in images.images if image.outcome is outcome]
    few = len(images.images) <= MARKS
    marks = _single(mine, scale) if few else _bars(mine, scale)
    return Row(outcome, _KINDS[outcome], y, f"{outcome} {len(mine):,}", tuple(marks))


def _single(images: Sequence[ImageReport], scale: _Scale) -> Iterator[Mark]:
    for image in images:
        words = f"{image.name}, pushed {image.pushed_at.date()}: {image.reason}"
        yield Mark(scale.x(image.pushed_at), 0, words, _is_changed(image))


def _bars(images: Sequence[ImageReport], scale: _Scale) -> Iterator[Mark]:
    bars: dict[int, list[ImageReport]] = {}
    for image in images:
        bar = min(int(scale.share(image.pushed_at) * _BARS), _BARS - 1)
        bars.setdefault(bar, []).append(image)
    highest = max(map(len, bars.values()), default=1)
    for held in bars.values():
        first, last = held[-1].pushed_at.date(), held[0].pushed_at.date()
        when = f"on {first}" if first == last else f"from {first} to {last}"
        height = round(3 + (_ROW - 10) * len(held) / highest, 1)
        yield Mark(
            scale.x(held[-1].pushed_at),
            height,
            f"{plural(len(held), 'image')} pushed {when}",
            any(map(_is_changed, held)),
        )


def _ticks(scale: _Scale) -> Iterator[Tick]:
    for number in range(_TICKS):
        time = scale.oldest + dt.timedelta(seconds=scale.span * number / (_TICKS - 1))
        yield Tick(scale.x(time), str(time.date()))


def _is_changed(image: ImageReport) -> bool:
    return image.before is not None and image.before is not image.outcome
