"""Whose pulls do not count is told with the reason, in the report and in the change."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.review.templates import ACCOUNT, change, reviewed, told

from ecr_constructs.review.render.document import to_document
from ecr_constructs.review.render.html import to_html
from ecr_constructs.review.render.markdown import to_markdown
from ecr_constructs.review.render.terminal import to_text

SCANNER: Final = f"arn:aws:iam::{ACCOUNT}:role/Scanner"
WHY: Final = "scans every image each night"


def excluding(reason: str | None = WHY) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "Type": "AWS::ECR::PullTimeUpdateExclusion",
        "Properties": {"PrincipalArn": SCANNER},
    }
    if reason is not None:
        resource["Metadata"] = {"EcrConstructs": {"reason": reason}}
    return {"Exclusion": resource}


def test_every_form_of_the_report_tells_who_and_why(tmp_path: Path) -> None:
    review = reviewed(tmp_path, None, excluding())
    assert f"pulls of {SCANNER}: {WHY}" in to_text(review, width=200)
    assert WHY in to_markdown(review)
    assert f"{SCANNER}: {WHY}" in to_html(review)
    (registry,) = to_document(review)["registries"]
    assert registry["pull_time_exclusions"] == [SCANNER]


def test_without_a_reason_it_is_who(tmp_path: Path) -> None:
    text = to_text(reviewed(tmp_path, None, excluding(None)), width=200)
    assert f"pulls of {SCANNER}\n" in "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_the_change_tells_why_pulls_cease_to_count(tmp_path: Path) -> None:
    ((kind, sentence),) = told(change(tmp_path, {}, excluding()))
    assert kind == "harmless"
    assert sentence.startswith(f"pulls of {SCANNER} no longer count as the last pull of an image")
    (difference,) = change(tmp_path, {}, excluding()).differences
    assert f"is new: {WHY}" in str(difference)
    ((_, back),) = told(change(tmp_path, excluding(), {}))
    assert back.startswith(f"pulls of {SCANNER} count again")
    (other,) = change(tmp_path, excluding(), excluding("another")).differences
    assert (other.kind, other.cause) == ("harmless", f"it was '{WHY}' and is 'another'")
    assert other.sentence == f"the reason why pulls of {SCANNER} do not count is written otherwise"
