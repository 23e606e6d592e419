"""What a review costs: report and change of a fleet, beside json.loads of the same templates.

A thousand repositories with five statements each, no two policies alike, as CDK
writes them, against the same fleet of which every tenth repository is changed.
The yardstick is the time that ``json.loads`` of the standard library takes for
both templates in the same process. Where there is a Chromium the page is opened
in it, and what a keystroke of the search takes is measured there.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.report import Row, best_of, show
from ecr_constructs.review import review
from ecr_constructs.review.render.html import to_html
from ecr_constructs.service import actions
from ecr_constructs.sources.assembly import read_assembly

REPOSITORIES = 1000
ROUNDS = 5
ACCOUNT, REGION = "111111111111", "eu-west-1"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ORGANIZATION = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}


def statement(principal: object, allowed: object, **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": principal, "Action": allowed} | more


def statements(number: int) -> list[dict[str, object]]:
    """Return five statements: two accounts pull, a role pushes, Lambda pulls, a deny bounds all."""
    pull, push = sorted(actions.PULL), sorted(actions.PULL_PUSH)
    first, second = (f"{200_000_000_000 + 2 * number + i}" for i in range(2))
    functions = f"arn:aws:lambda:{REGION}:{first}:function:*"
    return [
        statement({"AWS": f"arn:aws:iam::{first}:root"}, pull),
        statement({"AWS": f"arn:aws:iam::{second}:root"}, pull),
        statement({"AWS": f"arn:aws:iam::{ACCOUNT}:role/deploy-{number}"}, push),
        statement(
            {"Service": "lambda.amazonaws.com"},
            pull,
            Condition={"ArnLike": {"aws:SourceArn": functions}},
        ),
        statement(
            "*",
            "ecr:*",
            Effect="Deny",
            Condition={
                "StringNotEquals": ORGANIZATION,
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        ),
    ]


def repository(number: int, *, changed: bool) -> dict[str, Any]:
    policy = statements(number)
    kept = 50
    match number % 40 if changed else None:
        case 0:
            policy.append(statement({"AWS": "arn:aws:iam::333333333333:root"}, "ecr:*"))
        case 10:
            policy.pop()
        case 20:
            kept = 20
        case 30:
            policy.reverse()
    rules = [
        {
            "rulePriority": priority,
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": [pattern],
                "countType": "imageCountMoreThan",
                "countNumber": count,
            },
            "action": {"type": "expire"},
        }
        for priority, (pattern, count) in enumerate((("v*", kept), ("pr-*", 10)), start=1)
    ]
    return {
        "Type": "AWS::ECR::Repository",
        "Properties": {
            "EncryptionConfiguration": {"EncryptionType": "AES256"},
            "ImageScanningConfiguration": {"ScanOnPush": True},
            "ImageTagMutability": "IMMUTABLE",
            "LifecyclePolicy": {"LifecyclePolicyText": json.dumps({"rules": rules})},
            "RepositoryName": f"team{number % 40}/service-{number}",
            "RepositoryPolicyText": {"Statement": policy, "Version": "2012-10-17"},
        },
        "UpdateReplacePolicy": "Retain",
        "DeletionPolicy": "Retain",
        "Metadata": {"aws:cdk:path": f"Fleet/R{number}/Resource"},
    }


def write(path: Path, *, changed: bool) -> Path:
    resources = {f"R{n}": repository(n, changed=changed) for n in range(REPOSITORIES)}
    path.parent.mkdir()
    path.write_text(json.dumps({"Resources": resources}, indent=1), encoding="utf-8")
    return path


def main() -> bool:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        new = write(folder / "new" / "Fleet.template.json", changed=True)
        old = write(folder / "old" / "Fleet.template.json", changed=False)
        rows = [*_time(new, old), *_keystrokes(folder, new, old)]
    return show(f"review of {REPOSITORIES:,} repositories with five statements each", rows)


def _time(new: Path, old: Path) -> Iterator[Row]:
    texts = [path.read_text(encoding="utf-8") for path in (new, old)]
    place = {"account": ACCOUNT, "region": REGION}
    after, before = (read_assembly(path, **place) for path in (new, old))
    seconds = best_of(
        ROUNDS,
        {
            "loads": lambda: [json.loads(text) for text in texts],
            "report": lambda: review(after, now=NOW),
            "change": lambda: review(after, against=before, now=NOW),
            "whole": lambda: review(new, against=old, now=NOW, **place),
        },
    )
    loads = seconds["loads"]
    yield Row("json.loads of both sides", loads)
    yield Row("report", seconds["report"], ratio=seconds["report"] / loads)
    yield Row("report and change", seconds["change"], ratio=seconds["change"] / loads, limit=20)
    yield Row("the same, with reading both", seconds["whole"], ratio=seconds["whole"] / loads)


def _keystrokes(folder: Path, new: Path, old: Path) -> Iterator[Row]:
    from tests.browser.chromium import Page, browser, chromium
    from tests.browser.test_page import KEYSTROKES

    if chromium() is None:
        print("\nthere is no Chromium, so that the page's search is not measured")
        return
    page = folder / "review.html"
    found = review(new, against=old, now=NOW, account=ACCOUNT, region=REGION)
    page.write_text(to_html(found), encoding="utf-8")
    with browser() as running:
        opened = Page(running)
        opened.open(page)
        opened.evaluate(KEYSTROKES)
        taken = [statistics.median(opened.evaluate(KEYSTROKES)) / 1000 for _ in range(ROUNDS)]
    yield Row("a tenth of a second", 0.1)
    yield Row("a keystroke of the page's search", min(taken), ratio=min(taken) / 0.1, limit=1)


if __name__ == "__main__":
    main()
