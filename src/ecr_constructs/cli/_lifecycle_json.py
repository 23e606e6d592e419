"""What the lifecycle commands print for programs."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quote
from typing import TYPE_CHECKING, Any

from ecr_constructs.cli._common import print_json
from ecr_constructs.lifecycle.compare import Effect
from ecr_constructs.lifecycle.notes import notes
from ecr_constructs.lifecycle.preview import image_document, preview_summary, result_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ecr_constructs.lifecycle.compare import Comparison
    from ecr_constructs.lifecycle.evaluation import Evaluation
    from ecr_constructs.lifecycle.verdict import Outcome, Verdict

_BATCH = 500


def print_preview(evaluation: Evaluation, more: Mapping[str, Any]) -> None:
    """Print the members of ``GetLifecyclePolicyPreview``, and notes where there are some.

    One image a line, put together by hand: a repository may lose 100,000, and
    all that differs between them is three members.

    Args:
        evaluation: What to print.
        more: Members that stand beside them; none for none.
    """
    write = sys.stdout.write
    write('{\n  "previewResults": [')
    comma = ""
    for lines in _batches(evaluation):
        write(comma + ",".join(lines))
        comma = ","
    write("\n  ]" if comma else "]")
    members: dict[str, Any] = {"summary": preview_summary(evaluation), **more}
    if sentences := notes(evaluation):
        members["notes"] = sentences
    for name, value in members.items():
        write(f",\n  {_compact(name)}: {_compact(value)}")
    write("\n}\n")


def _batches(evaluation: Evaluation) -> Iterator[list[str]]:
    """Yield ``preview_results`` as lines of JSON, some at a time."""
    for total in evaluation.by_rule():
        outcome, priority = total.outcome, total.rule.rule_priority
        for first in range(0, len(total.images), _BATCH):
            yield [
                f'\n    {{"imageDigest": {quote(image.digest)}, '
                f'"imageTags": [{", ".join(map(quote, image.tags))}], '
                f'"imagePushedAt": "{_iso(image.pushed_at)}", '
                f"{_same_for(outcome, priority, image.status)}"
                for image in total.images[first : first + _BATCH]
            ]


def _iso(time: datetime) -> str:
    """Return what ``isoformat`` does, in half the time where it is in UTC."""
    if time.tzinfo is not UTC:
        return time.isoformat()
    return f"{_day(time.toordinal())}T{time.time().isoformat()}+00:00"


@lru_cache(maxsize=4096)
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


@lru_cache(maxsize=256)
def _same_for(outcome: Outcome, priority: int | None, status: str) -> str:
    """Return the members that many images share, and the end of the object."""
    return _compact(result_of(outcome, priority, status))[1:]


def _compact(value: object) -> str:
    return json.dumps(value)


def print_explanation(evaluation: Evaluation, name: str) -> None:
    """Print the verdict on one image and how each rule sees it."""
    verdict = evaluation.verdict(name)
    document = {
        **image_document(verdict.image),
        **_verdict(verdict),
        "rules": [
            {
                "rulePriority": view.rule.rule_priority,
                "selects": view.selects,
                "wouldAct": view.would_act,
                "decides": view.decides,
            }
            for view in evaluation.views(name)
        ],
    }
    if sentences := notes(evaluation):
        document["notes"] = sentences
    print_json(document)


def print_comparison(comparison: Comparison) -> None:
    """Print the images on which two policies differ, and how many there are."""
    document: dict[str, Any] = {
        "changes": [
            {
                **image_document(change.after.image),
                "effect": str(change.effect),
                "before": _verdict(change.before),
                "after": _verdict(change.after),
            }
            for change in comparison.changes
        ],
        "summary": {
            f"{effect}ImageTotalCount": sum(c.effect is effect for c in comparison.changes)
            for effect in Effect
        },
    }
    if sentences := notes(comparison.after):
        document["notes"] = sentences
    print_json(document)


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": str(verdict.outcome),
        "rulePriority": verdict.rule.rule_priority if verdict.rule else None,
        "reason": verdict.reason,
    }
