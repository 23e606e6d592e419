"""The page, read by a parser: whole, by itself, and deaf to what templates say."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.browser.pages import HOSTILE, fleet_page, hostile_page

#: Elements without an end.
VOID = {"meta", "link", "input"}
#: All that the page is made of.
ELEMENTS = {
    *("html", "head", "meta", "title", "link", "style", "script", "body", "main", "header", "nav"),
    *("section", "article", "div", "span", "p", "a", "h1", "h2", "h3", "h4", "code", "strong"),
    *("label", "input", "button", "output", "details", "summary", "figure", "figcaption"),
    *("ul", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "rect", "text", "path", "polygon", "line", "circle"),
}
EVENT = re.compile(r"on[a-z]+")


class Reader(HTMLParser):
    """Reads a page, and notes what is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and its attributes."""
        self.elements[tag] += 1
        self.attributes += ((tag, name, value or "") for name, value in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Hold that it is the one that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note the text of the element that is open."""
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data

    def values(self, *names: str) -> list[str]:
        """The values of attributes."""
        return [value for _, name, value in self.attributes if name in names]


def read(file: Path) -> Reader:
    reader = Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    reader.close()
    return reader


@pytest.fixture(name="fleet", scope="module")
def _fleet(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return read(fleet_page(tmp_path_factory.mktemp("fleet"), 110, held=500))


@pytest.fixture(name="hostile", scope="module")
def _hostile(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return read(hostile_page(tmp_path_factory.mktemp("hostile")))


@pytest.fixture(name="page", params=["fleet", "hostile"])
def _page(request: pytest.FixtureRequest) -> Reader:
    found: Reader = request.getfixturevalue(request.param)
    return found


def test_every_element_is_closed_and_known(page: Reader) -> None:
    assert page.open == []
    assert set(page.elements) <= ELEMENTS
    assert (page.elements["script"], page.elements["style"]) == (1, 1)


def test_ids_are_one_of_a_kind_and_references_lead_to_them(page: Reader) -> None:
    ids = page.values("id")
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    wanted = page.values("aria-labelledby", "for")
    wanted += [value.removeprefix("#") for value in page.values("href") if value.startswith("#")]
    assert set(wanted) <= set(ids)


def test_page_needs_nothing_and_reaches_for_nothing(page: Reader) -> None:
    assert page.values("src", "srcset", "action", "data", "poster") == []
    assert all(value.startswith("#") or value == "data:," for value in page.values("href"))
    assert "url(" not in page.texts["style"]
    assert "@import" not in page.texts["style"]


def test_policy_allows_its_own_script_and_style_alone(page: Reader) -> None:
    policy = page.values("content")[0]
    for element in ("script", "style"):
        digest = hashlib.sha256(page.texts[element].encode()).digest()
        assert f"{element}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_no_attribute_runs_anything(page: Reader) -> None:
    assert not [name for _, name, _ in page.attributes if EVENT.fullmatch(name)]
    assert not [value for value in page.values("href") if "javascript" in value]
    assert page.values("style") == []


def test_markup_in_a_template_stays_text(hostile: Reader) -> None:
    shown = [text for text in hostile.texts.values() if HOSTILE in text]
    assert sum(text.count(HOSTILE) for text in shown) > 20
    assert "img" not in hostile.elements


def test_many_images_are_bars_and_the_table_is_cut(fleet: Reader) -> None:
    """Five hundred images of one repository: as bars, with how many each stands for."""
    bars = [value for tag, name, value in fleet.attributes if (tag, name) == ("rect", "height")]
    assert len(bars) > 100
    assert "more" in fleet.texts["p"]
    assert re.search(r"and \d+ images more", fleet.texts["p"])
    titles = re.findall(r"(\d+) images pushed (?:on|from) 20", fleet.texts["title"])
    assert sum(map(int, titles)) > 400
