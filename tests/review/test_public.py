"""Public repositories are in every form of the report, with who else may push."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.review.templates import ACCOUNT, OTHER, policy, reviewed, statement

from ecr_constructs.review.render.document import to_document
from ecr_constructs.review.render.html import to_html
from ecr_constructs.review.render.markdown import to_markdown
from ecr_constructs.review.render.terminal import to_text

TOOLS: Final[dict[str, Any]] = {
    "Type": "AWS::ECR::PublicRepository",
    "Properties": {
        "RepositoryName": "tools/app",
        "RepositoryPolicyText": policy(
            statement({"AWS": f"arn:aws:iam::{OTHER}:root"}, "ecr-public:PutImage")
        ),
    },
    "DeletionPolicy": "Retain",
}
WORDS: Final = f"anyone pulls, account {ACCOUNT} pushes, "


def test_every_form_of_the_report_shows_a_public_repository(tmp_path: Path) -> None:
    review = reviewed(tmp_path, None, {"Tools": TOOLS})
    text = to_text(review, width=300)
    assert f"Public repositories\n  tools/app: {WORDS}" in text
    assert OTHER in text
    assert "kept on removal" in text
    assert f"- `tools/app`: {WORDS}" in to_markdown(review)
    assert "tools/app" in to_html(review)
    (public,) = to_document(review)["public_repositories"]
    assert public["name"] == "tools/app"


def test_without_one_there_is_no_heading(tmp_path: Path) -> None:
    review = reviewed(tmp_path, None, {})
    assert "Public repositories" not in to_text(review) + to_markdown(review) + to_html(review)
