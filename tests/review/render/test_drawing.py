"""The map: nothing lies on anything else, arrows touch what they join, and it stays readable."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from tests.review.render.worlds import Place, accounts, world

from ecr_constructs.review.render.boxes import Box
from ecr_constructs.review.render.drawing import Drawing, draw
from ecr_constructs.review.render.mermaid import registry_map

HOME = ("000000000001", "eu-west-1")
NEAR = ("000000000001", "eu-central-1")
FAR = ("000000000002", "us-east-1")
BELOW = ("000000000002", "eu-west-1")
ELSE = ("000000000009", "eu-west-1")
AWAY = ("000000000009", "ap-south-1")
#: Registries, and what replicates where: to the right, to the left, down, up, and out of the app.
FLOWS: list[tuple[Place, Place]] = [
    (HOME, NEAR),
    (HOME, FAR),
    (HOME, BELOW),
    (NEAR, HOME),
    (BELOW, HOME),
    (FAR, AWAY),
]


@pytest.fixture(name="drawing")
def _drawing(tmp_path: Path) -> Drawing:
    drawn = draw(world(tmp_path, [HOME, NEAR, FAR, BELOW], flows=FLOWS, caches=3).report)
    assert drawn is not None
    return drawn


def apart(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    above = one.y + one.height <= other.y or other.y + other.height <= one.y
    return beside or above


def on_border(box: Box, x: int, y: int, slack: int = 0) -> bool:
    across = box.x - slack <= x <= box.x + box.width + slack
    along = box.y - slack <= y <= box.y + box.height + slack
    edge_x = min(abs(x - box.x), abs(x - box.x - box.width)) <= slack
    edge_y = min(abs(y - box.y), abs(y - box.y - box.height)) <= slack
    return across and along and (edge_x or edge_y)


def test_boxes_lie_apart_and_within_the_drawing(drawing: Drawing) -> None:
    boxes = [*drawing.boxes, *drawing.upstreams]
    assert len(boxes) == 5 + 3
    assert all(apart(one, other) for one, other in itertools.combinations(boxes, 2))
    for box in boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= drawing.width
        assert box.y + box.height <= drawing.height


def test_account_is_a_lane_around_its_registries(drawing: Drawing) -> None:
    assert [lane.title for lane in drawing.lanes] == [
        f"account {number:012d}" for number in (1, 2, 9)
    ]
    for box in drawing.boxes:
        (around,) = (
            lane
            for lane in drawing.lanes
            if lane.y <= box.y and box.y + box.height <= lane.y + lane.height
        )
        assert around.title.removeprefix("account ") in box.words
        assert around.x <= box.x
        assert box.x + box.width <= around.x + around.width


def test_region_is_a_column(drawing: Drawing) -> None:
    columns = {(box.title, box.x) for box in drawing.boxes}
    assert len(columns) == len({title for title, _ in columns}) == len({x for _, x in columns})


def test_arrows_begin_and_end_at_boxes(drawing: Drawing) -> None:
    boxes = [*drawing.boxes, *drawing.upstreams]
    # Each of the four registries caches three upstreams.
    assert len(drawing.arrows) == len(FLOWS) + 4 * 3
    for arrow in drawing.arrows:
        numbers = [int(each) for each in re.findall(r"-?\d+", arrow.path)]
        assert any(on_border(box, numbers[0], numbers[1]) for box in boxes), arrow.words
        tip = [int(each) for each in arrow.tip.split()[0].split(",")]
        assert any(on_border(box, tip[0], tip[1]) for box in boxes), arrow.words


def _points(path: str) -> list[tuple[float, float]]:
    """Some points of a curve, without its ends."""
    (x0, y0, x1, y1, x2, y2, x3, y3) = (int(each) for each in re.findall(r"-?\d+", path))
    return [
        (
            (1 - t) ** 3 * x0 + 3 * (1 - t) ** 2 * t * x1 + 3 * (1 - t) * t**2 * x2 + t**3 * x3,
            (1 - t) ** 3 * y0 + 3 * (1 - t) ** 2 * t * y1 + 3 * (1 - t) * t**2 * y2 + t**3 * y3,
        )
        for t in (each / 50 for each in range(1, 50))
    ]


def test_labels_keep_off_each_other(tmp_path: Path) -> None:
    """Of arrows that come from above and from below to one side, too."""
    drawing = draw(world(tmp_path, accounts(2, "eu-west-1"), caches=4, namespaces=4).report)
    assert drawing is not None
    assert len(drawing.arrows) == 8
    for one, other in itertools.combinations(drawing.arrows, 2):
        beside = abs(one.x - other.x) >= 7 * (len(one.label) + len(other.label)) // 2
        assert beside or abs(one.y - other.y) >= 12, (one.words, other.words)


@pytest.mark.parametrize("around", [(0, 2), (2, 0), (0, 3)])
@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_arrows_pass_no_registry_that_stands_between(
    tmp_path: Path, region: str, around: tuple[int, int]
) -> None:
    column = accounts(4, region)
    flow = (column[around[0]], column[around[1]])
    drawing = draw(world(tmp_path, [*column, NEAR], flows=[flow]).report)
    assert drawing is not None
    (arrow,) = drawing.arrows
    for x, y in _points(arrow.path):
        assert 0 <= x <= drawing.width
        for box in drawing.boxes:
            is_inside = box.x < x < box.x + box.width and box.y < y < box.y + box.height
            assert not is_inside, box.words
    assert arrow.x + 7 * len(arrow.label) // 2 <= drawing.width


@pytest.mark.parametrize("flows", [[(HOME, BELOW)], [(BELOW, HOME)], [(HOME, ELSE)]], ids=str)
def test_label_of_an_arrow_keeps_off_the_titles_of_accounts(
    tmp_path: Path, flows: list[tuple[Place, Place]]
) -> None:
    """Text is at most 12 pixels high, and stands on a base line."""
    drawing = draw(world(tmp_path, [HOME, BELOW], flows=flows).report)
    assert drawing is not None
    titles = [
        (lane.x + 12, lane.x + 12 + 7 * len(lane.title), lane.y + 20) for lane in drawing.lanes
    ]
    for arrow in drawing.arrows:
        half = 7 * len(arrow.label) // 2
        for left, right, y in titles:
            is_beside = arrow.x + half < left or arrow.x - half > right
            assert is_beside or abs(arrow.y - y) >= 18, arrow.words


def test_every_flow_is_told_in_words(drawing: Drawing) -> None:
    for source, target in FLOWS:
        assert any(
            words.startswith(
                f"{' in '.join(source)} replicates all repositories to {' in '.join(target)}: "
            )
            for words in drawing.words
        )
    assert "the registry of account 000000000009 in ap-south-1 is not in this app" in drawing.words


def test_registry_elsewhere_is_marked(drawing: Drawing) -> None:
    assert [box.title for box in drawing.boxes if box.outside] == ["ap-south-1"]


def test_nothing_is_drawn_of_nothing(tmp_path: Path) -> None:
    report = world(tmp_path, []).report
    assert draw(report) is None
    assert registry_map(report) == ""


def test_fleet_is_drawn_in_part_and_the_rest_is_counted(tmp_path: Path) -> None:
    places = accounts(60, "eu-west-1", "eu-central-1")
    report = world(tmp_path, places, namespaces=8).report
    drawn = draw(report)
    assert drawn is not None
    assert len(drawn.boxes) == 50
    assert drawn.left_out == "70 registries more are not drawn"
    assert drawn.boxes[0].lines[-1] == "2 namespaces more"


def test_long_names_are_cut_to_their_boxes(tmp_path: Path) -> None:
    drawn = draw(world(tmp_path, [("1" * 12, "eu-west-1" * 9)], caches=1).report)
    assert drawn is not None
    (box,) = drawn.boxes
    assert box.title.endswith("…")
    assert len(box.title) == 25
    assert "eu-west-1" * 9 in box.words
