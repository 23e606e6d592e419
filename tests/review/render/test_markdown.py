"""The comment on a pull request: short first, as long as a comment may be, and nothing but text."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.review.templates import (
    ACCOUNT,
    OTHER,
    expiring,
    repository,
    reviewed,
    rule,
    shared,
    statement,
)

from ecr_constructs.review import Review
from ecr_constructs.review.render.markdown import LIMIT, MARK, to_markdown
from ecr_constructs.review.render.markdown_text import code, code_cell, prose, summary, table

#: Stands where a link would begin; nobody sees it.
JOINER = "\u2060"
HOSTILE = "x|`</details><img src=x onerror=alert(1)> @octocat #1 [a](http://b) \n# y"


def account(number: str) -> dict[str, str]:
    return {"AWS": f"arn:aws:iam::{number}:root"}


def fleet(count: int, *, open_: bool) -> dict[str, Any]:
    """Many repositories, each of which opens to another account."""
    return {
        f"R{n}": repository(
            f"team{n % 9}/service-{n}",
            RepositoryPolicyText={
                "Version": "2012-10-17",
                "Statement": [statement(account(f"{300000000000 + n}"))] if open_ else [],
            },
        )
        for n in range(count)
    }


@pytest.fixture(name="large", scope="module")
def _large(tmp_path_factory: pytest.TempPathFactory) -> Review:
    folder = tmp_path_factory.mktemp("large")
    return reviewed(folder, fleet(300, open_=False), fleet(300, open_=True))


def test_begins_with_its_mark_and_what_matters(tmp_path: Path) -> None:
    before, after = expiring(rule(1, count=9)), shared(statement(account(OTHER)))
    lines = to_markdown(reviewed(tmp_path, before, after)).splitlines()
    assert lines[0] == MARK
    assert lines[4].startswith("1 registry, 1 repository, ")
    text = "\n".join(lines)
    assert "▲ **1** access widened" in text
    assert text.index("### ▲ Access widened") < text.index("<details>")
    assert f"account {OTHER} can now pull payments/api" in text


def test_without_an_older_side_it_tells_of_no_change(tmp_path: Path) -> None:
    text = to_markdown(reviewed(tmp_path, None, shared()))
    assert "gainst" not in text
    assert "| `payments/api` | immutable | scanned on push | kept |" in text


def test_unchanged_side_is_said_in_one_line(tmp_path: Path) -> None:
    assert "**Nothing changes** against" in to_markdown(reviewed(tmp_path, shared(), shared()))


@pytest.mark.parametrize("limit", [LIMIT, 5_000, 1_200])
def test_long_review_is_cut_and_says_how_much_is_left_out(large: Review, limit: int) -> None:
    whole = to_markdown(large, limit=10_000_000)
    text = to_markdown(large, limit=limit)
    assert len(whole) > LIMIT
    assert len(text) <= limit
    note = text.rstrip().splitlines()[-1]
    assert note.startswith(f"_Left out, as a comment has room for {limit:,} characters: ")
    entry = re.compile(r"^- .*can now pull", re.MULTILINE)
    left = re.search(r"(\d+) changes?", note)
    assert len(entry.findall(text)) + (int(left[1]) if left else 0) == len(entry.findall(whole))


@pytest.mark.parametrize("limit", [LIMIT, 5_000, 1_200])
def test_cut_review_closes_what_it_opened(large: Review, limit: int) -> None:
    text = to_markdown(large, limit=limit)
    assert text.count("<details>") == text.count("</details>")
    assert text.count("```") % 2 == 0


def test_map_draws_registries_and_no_single_repository(large: Review) -> None:
    drawn = to_markdown(large, limit=10_000_000).partition("```mermaid\n")[2].partition("```")[0]
    assert drawn.startswith("flowchart LR\n")
    assert f"{ACCOUNT} in eu-west-1" in drawn
    assert "service-" not in drawn
    assert len(drawn.splitlines()) < 110


def test_text_of_a_template_stays_text(tmp_path: Path) -> None:
    exemption = {"control": "tag-immutability", "reason": HOSTILE}
    after = {"Api": repository(HOSTILE, exemptions=[exemption], Tags=[{"Key": "k", "Value": "v"}])}
    text = to_markdown(reviewed(tmp_path, {"Api": repository(HOSTILE)}, after))
    assert "octocat" in text
    parser = MarkdownIt("commonmark").enable("table")
    tokens = [each for token in parser.parse(text) for each in (token, *(token.children or ()))]
    tags = [each.content for each in tokens if each.type.startswith("html_")]
    assert {re.sub(r"<summary>.*</summary>", "", tag).strip() for tag in tags} == {
        MARK,
        "<details>",
        "</details>",
        "<br>",
        "<sub>",
        "</sub>",
    }
    assert not [each for each in tokens if each.type in {"link_open", "image", "hr"}]


def inline(markdown: str) -> list[Token]:
    """What CommonMark, and GitHub's tables and strikes, make of one paragraph."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    opening, content, closing = parser.parse(markdown)
    assert (opening.type, closing.type) == ("paragraph_open", "paragraph_close")
    return content.children or []


def plain(tokens: list[Token]) -> str:
    assert {token.type for token in tokens} <= {"text", "text_special"}
    return "".join(token.content for token in tokens).replace(JOINER, "")


def one_line(text: str) -> str:
    return " ".join(re.split(r"\s+", text)).strip()


#: What means something in Markdown, and what GitHub and GitLab make links of.
MARKED = (
    *("**a**", "_a_", "~~a~~", "`a`", "``", "[a](b)", "![a](b)", "<b>", "&amp;", "\\", "\\*", "|"),
    *("@team", "#1", "!2", "%3", "http://a.b", "www.a.b", "GH-1", " ", "\n", "$a$", "<!--", "a:b"),
)
BEGINNINGS = ("", "- ", "+ ", "* ", "1. ", "23) ", "# ", "> ", "---", "===", "    ", "| ")
#: Text with much of that, and no character that Markdown has no place for.
TEXTS = st.builds(
    lambda beginning, pieces: beginning + "".join(pieces),
    st.sampled_from(BEGINNINGS),
    st.lists(
        st.sampled_from(MARKED) | st.text(st.characters(exclude_categories=("C",)), max_size=5),
        max_size=6,
    ),
).filter(lambda text: one_line(text) and JOINER not in text)


@given(TEXTS)
def test_prose_reads_as_the_text_that_it_was(text: str) -> None:
    assert plain(inline(prose(text))) == one_line(text)


@given(TEXTS)
def test_prose_calls_nobody_and_links_nothing(text: str) -> None:
    shown = html.unescape("".join(token.content for token in inline(prose(text))))
    assert not re.search(rf"[@#!%](?!{JOINER}|$)", shown)
    assert "://" not in shown


@given(TEXTS)
def test_code_reads_as_the_text_that_it_was(text: str) -> None:
    (token,) = inline(code(text))
    assert (token.type, token.content) == ("code_inline", one_line(text))


@given(TEXTS)
def test_row_of_a_table_has_as_many_cells_as_it_was_given(text: str) -> None:
    parser = MarkdownIt("commonmark").enable("table")
    row = f"| {code_cell(text)} | {prose(text)} |"
    tokens = parser.parse(f"{table(('a', 'b'))}\n{row}\n")
    cells = [tokens[n + 1] for n, token in enumerate(tokens) if token.type == "td_open"]
    assert len(cells) == 2
    assert (cells[0].children or [])[0].content == one_line(text)
    assert plain(cells[1].children or []) == one_line(text)


@given(TEXTS)
def test_heading_of_what_folds_is_html_that_reads_as_the_text(text: str) -> None:
    assert not set("<>") & set(summary(text))
    assert html.unescape(summary(text)).replace(JOINER, "") == one_line(text)


def test_repositories_of_which_nobody_can_tell_are_counted(tmp_path: Path) -> None:
    rules = [
        {
            "ScanFrequency": "SCAN_ON_PUSH",
            "RepositoryFilters": [{"Filter": "web/*", "FilterType": "WILDCARD"}],
        }
    ]
    scanning = {
        "Type": "AWS::ECR::RegistryScanningConfiguration",
        "Properties": {"ScanType": "BASIC", "Rules": rules},
    }
    text = to_markdown(reviewed(tmp_path, None, shared() | {"S": scanning}))
    assert "- scanned or not, nobody can tell: 1 repository" in text


def test_policy_that_cannot_be_read_leaves_nobody_out(tmp_path: Path) -> None:
    unknown = {"Api": repository(RepositoryPolicyText={"Fn::ImportValue": "P"})}
    text = to_markdown(reviewed(tmp_path, None, unknown))
    assert (
        '| repository policy: cannot be told before deployment: \\${Main.Fn::ImportValue("P")} |'
        in text
    )
    assert "its own account alone" not in text
