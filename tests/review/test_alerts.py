"""Who is told of what happens to images, and what a change of it means."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from tests.review.templates import change, repository, reviewed, told

from ecr_constructs.review.render.html import to_html
from ecr_constructs.review.render.markdown import to_markdown
from ecr_constructs.review.render.terminal import to_text

ARNS: Final = "arn:aws:ecr:eu-west-1:111111111111:repository/"
SCANS: Final = {
    "source": ["aws.ecr", "aws.inspector2"],
    "detail-type": ["ECR Image Scan", "Inspector2 Scan"],
    "resources": [{"prefix": f"{ARNS}payments/"}],
}
PUSHES: Final = {"source": ["aws.ecr"], "detail-type": ["ECR Image Action"]}
ALERTS, MAIL = ("arn:aws:sns:eu-west-1:111111111111:" + name for name in ("alerts", "mail"))
WHAT: Final = "ECR Image Scan and Inspector2 Scan of payments/*"


def rule(*targets: Any, pattern: Any = SCANS, **properties: Any) -> dict[str, Any]:
    given = [{"Arn": arn, "Id": str(number)} for number, arn in enumerate(targets)]
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {"EventPattern": pattern, "Targets": given} | properties,
    }


def resources(**rules: Any) -> dict[str, Any]:
    return {"Api": repository(), **rules}


def differences(tmp_path: Path, before: Any, after: Any) -> list[tuple[str, str]]:
    return told(change(tmp_path, resources(**before), resources(**after)))


def test_rule_that_is_gone_weakens(tmp_path: Path) -> None:
    found = change(tmp_path, resources(Rule=rule(ALERTS)), resources())
    assert told(found) == [
        ("weakened", f"nobody is told any more of {WHAT}, where before {ALERTS} was")
    ]
    (difference,) = found.differences
    assert difference.cause == "the event rule Main/Rule is gone"
    assert difference.origins == ()
    assert str(difference.place) == "111111111111 in eu-west-1"


def test_rule_that_is_new_strengthens(tmp_path: Path) -> None:
    assert differences(tmp_path, {}, {"Rule": rule(ALERTS)}) == [
        ("strengthened", f"{ALERTS} is told of {WHAT}")
    ]


def test_who_else_is_told_still_is(tmp_path: Path) -> None:
    both = {"One": rule(ALERTS), "Two": rule(MAIL)}
    assert differences(tmp_path, both, {"Two": both["Two"]}) == [
        ("weakened", f"{ALERTS} is no longer told of {WHAT}")
    ]


def test_target_that_replaces_another_is_told_instead(tmp_path: Path) -> None:
    assert differences(tmp_path, {"Rule": rule(ALERTS)}, {"Rule": rule(MAIL)}) == [
        ("weakened", f"{ALERTS} is no longer told of {WHAT}"),
        ("strengthened", f"{MAIL} is told of {WHAT}"),
    ]


def test_disabled_rule_tells_nobody(tmp_path: Path) -> None:
    off = {"Rule": rule(ALERTS, MAIL, State="DISABLED")}
    found = change(tmp_path, resources(Rule=rule(ALERTS, MAIL)), resources(**off))
    assert told(found) == [
        ("weakened", f"nobody is told any more of {WHAT}, where before {ALERTS} and {MAIL} were")
    ]
    assert found.differences[0].cause == "the event rule Main/Rule is DISABLED"


def test_kinds_of_events_that_come_and_go_are_named(tmp_path: Path) -> None:
    fewer = rule(ALERTS, pattern=SCANS | {"detail-type": ["ECR Image Scan", "ECR Image Action"]})
    assert differences(tmp_path, {"Rule": rule(ALERTS)}, {"Rule": fewer}) == [
        ("weakened", f"{ALERTS} is no longer told of Inspector2 Scan"),
        ("strengthened", f"{ALERTS} is told of ECR Image Action"),
    ]


def test_other_pattern_is_told_with_doubt(tmp_path: Path) -> None:
    severe = rule(ALERTS, pattern=SCANS | {"detail": {"severity": ["CRITICAL"]}})
    found = change(tmp_path, resources(Rule=rule(ALERTS)), resources(Rule=severe))
    (difference,) = found.differences
    assert (str(difference.kind), difference.certain) == ("weakened", False)
    assert difference.sentence.endswith("whether some are left out cannot be told")
    assert '"severity": ["CRITICAL"]' in difference.cause


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Rule": rule(ALERTS, MAIL)}, {"Rule": rule(MAIL, ALERTS)}),
        ({"One": rule(ALERTS)}, {"Other": rule(ALERTS)}),
        ({"A": rule(ALERTS), "B": rule(ALERTS)}, {"C": rule(ALERTS), "D": rule(ALERTS)}),
        (
            {"Rule": rule(ALERTS)},
            {"Rule": rule(ALERTS, pattern={**SCANS, "source": ["aws.inspector2", "aws.ecr"]})},
        ),
        ({"Rule": rule(ALERTS, pattern={"source": ["aws.s3"]})}, {}),
        ({"Rule": rule(pattern=PUSHES)}, {}),
    ],
    ids=[
        "order of targets",
        "moved",
        "moved twice",
        "order of lists",
        "of another service",
        "told",
    ],
)
def test_same_alerts_are_no_change(tmp_path: Path, before: Any, after: Any) -> None:
    assert differences(tmp_path, before, after) == []


@pytest.mark.parametrize("render", [to_html, to_markdown, to_text])
def test_every_rendering_lists_the_alerts(tmp_path: Path, render: Any) -> None:
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}, "Rule": rule({"Ref": "Topic"}, pattern=PUSHES)}
    off = {"Off": rule(ALERTS, State="DISABLED")}
    text = " ".join(render(reviewed(tmp_path, None, resources(**topic, **off))).split())
    assert "ECR Image Action: told to Main.Topic" in text
    assert "Inspector2 Scan of payments/" in text
    assert "told to nobody: it is disabled" in text
