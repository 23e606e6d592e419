"""What others must apply, as the assembly has it beside its templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.review.templates import NOW, repository, write

from ecr_constructs.errors import SourceError
from ecr_constructs.review import review
from ecr_constructs.review.handed_over import HandedOver, hand_overs_in
from ecr_constructs.review.render.html import to_html
from ecr_constructs.review.render.markdown import to_markdown
from ecr_constructs.review.render.terminal import to_text

ENTRY: dict[str, Any] = {
    "account": "333333333333",
    "region": "eu-central-1",
    "policy": {"Statement": [{}, {}]},
    "creationTemplates": [{"prefix": "payments"}],
    "notes": ["scan on push"],
    "commands": ["aws ecr put-registry-policy --policy-text file://policy.json"],
}
COMMAND = ENTRY["commands"][0]


@pytest.fixture(name="assembly")
def _assembly(tmp_path: Path) -> Path:
    write(tmp_path / "Main.template.json", {"Api": repository()})
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111111111111/eu-west-1",
        "properties": {"templateFile": "Main.template.json"},
    }
    manifest = {"version": "36.0.0", "artifacts": {"Main": stack}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path


def hand_over(assembly: Path, document: object, *, stack: str = "Main") -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    (assembly / f"{stack}.hand-over.json").write_text(text, encoding="utf-8")


def test_tells_what_a_registry_and_a_repository_need(assembly: Path) -> None:
    named = {"account": "4", "region": "eu-west-1", "repositoryName": "their/app"}
    accounts = [f"arn:aws:iam::{account}:root" for account in ("111111111111", "222222222222")]
    theirs = named | {"policy": {"Statement": [{"Principal": {"AWS": accounts}}]}}
    hand_over(assembly, {"version": "1", "handOvers": [ENTRY, theirs]})
    assert hand_overs_in(assembly) == (
        HandedOver(
            title="the registry of account 333333333333 in eu-central-1",
            needs=(
                "2 statements in its registry policy",
                "the creation template 'payments'",
                "scan on push",
            ),
            commands=(COMMAND,),
        ),
        HandedOver(
            title="repository 'their/app' of account 4 in eu-west-1",
            needs=("1 statement in its repository policy, for 111111111111 and 222222222222",),
            commands=(),
        ),
    )


@pytest.mark.parametrize("render", [to_html, to_markdown, to_text])
def test_every_rendering_has_it(assembly: Path, render: Any) -> None:
    hand_over(assembly, {"handOvers": [ENTRY]})
    shown = " ".join(render(review(assembly, now=NOW)).split())
    assert "the registry of account 333333333333 in eu-central-1" in shown
    assert "2 statements in its registry policy" in shown
    assert "scan on push" in shown


@pytest.mark.parametrize("document", [[], {}, {"handOvers": {}}, {"handOvers": ["x"]}])
def test_file_of_another_shape_hands_nothing_over(assembly: Path, document: object) -> None:
    hand_over(assembly, document)
    assert hand_overs_in(assembly) == ()


def test_file_that_an_older_synthesis_left_is_passed_over(assembly: Path) -> None:
    hand_over(assembly, {"handOvers": [ENTRY]}, stack="Gone")
    assert hand_overs_in(assembly) == ()


def test_refuses_a_file_that_is_no_json(assembly: Path) -> None:
    hand_over(assembly, "{")
    with pytest.raises(SourceError, match="a file of hand-overs must be JSON, got"):
        hand_overs_in(assembly)


def test_lone_template_hands_nothing_over(assembly: Path) -> None:
    assert hand_overs_in(assembly / "Main.template.json") == ()
